//! One architecture run on given numbers: its outputs, and their exact derivatives by every weight and input.

use super::errors::TOO_MANY_DERIVATIVES;
use super::input::Inputs;
use crate::backends::Real;
use crate::backends::hybrid::{Mode, Model, Shots};
use crate::diag::Diagnostic;
use crate::driver::memory;
use crate::driver::train::{Precision, Weights};
use crate::ir::Graph;
use serde_json::{Map, Value};

/// Most numbers of all Jacobians together.
pub const MOST_DERIVATIVES: usize = 4_000_000;

/// Which derivatives are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    /// None.
    Outputs,
    /// Of every number of every output, for every sample.
    Jacobian,
    /// Of the sum of all numbers of all outputs over all samples.
    Sum,
}

/// Numbers with a name and a shape, row-major.
#[derive(Clone, PartialEq, Debug)]
pub struct Named {
    /// A weight's path, or the name of an input or output.
    pub name: String,
    /// Shape.
    pub shape: Vec<usize>,
    /// The numbers.
    pub values: Vec<f64>,
}

/// Derivatives of one output, or of the sum of all.
#[derive(Clone, PartialEq, Debug)]
pub struct Gradients {
    /// The output; `None` for the sum of all.
    pub of: Option<String>,
    /// By trainable weight: `[samples, ..output, ..weight]`, or the weight's shape for the sum.
    pub weights: Vec<Named>,
    /// By input: `[samples, ..output, ..input]`, or `[samples, ..input]` for the sum.
    pub inputs: Vec<Named>,
}

/// What a simulation gives.
#[derive(Clone, PartialEq, Debug)]
pub struct Simulated {
    /// Number of samples.
    pub rows: usize,
    /// `[samples, ..output]` each; a model's only output without a name is called `output`.
    pub outputs: Vec<Named>,
    /// The weights it was run with.
    pub weights: Weights,
    /// Derivatives.
    pub gradients: Vec<Gradients>,
}

/// Where weights come from.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// These.
    Given(&'a Weights),
    /// Their initial distribution.
    Seed(u64),
}

/// Runs a graph on samples; with `shots`, the read-outs of its circuits are measured so often rather than exact.
///
/// # Errors
/// `QN0942` for weights of another architecture, `QN0834` for more derivatives than [`MOST_DERIVATIVES`], `QN0707` for
/// derivatives of measurements, and what the back end has against the graph.
pub fn simulate(
    graph: &Graph,
    start: Start<'_>,
    inputs: &Inputs,
    want: Want,
    (precision, shots): (Precision, Option<Shots>),
) -> Result<Simulated, Diagnostic> {
    match precision {
        Precision::F32 => Run::<f32>::new(graph, start, inputs, (want, shots))?.all(want),
        Precision::F64 => Run::<f64>::new(graph, start, inputs, (want, shots))?.all(want),
    }
}

struct Run<'a, T> {
    graph: &'a Graph,
    inputs: &'a Inputs,
    model: Model<T>,
    params: Vec<T>,
}

impl<'a, T: Real> Run<'a, T> {
    fn new(
        graph: &'a Graph,
        start: Start<'_>,
        inputs: &'a Inputs,
        (want, shots): (Want, Option<Shots>),
    ) -> Result<Self, Diagnostic> {
        let model = match shots {
            None => Model::<T>::compile(graph)?,
            Some(shots) => Model::<T>::compile_measured(graph, shots)?,
        };
        memory::check(model.state_bytes(want != Want::Outputs))?;
        let params = match start {
            Start::Seed(seed) => model.initial(seed),
            Start::Given(weights) => {
                let mut params = vec![T::zero(); model.layout().len];
                weights.fill(model.layout(), &mut params)?;
                params
            }
        };
        Ok(Self { graph, inputs, model, params })
    }

    /// The shape of every output of one sample, with its name.
    fn outputs(&self) -> Vec<(String, Vec<usize>)> {
        let name = |name: &str| if name.is_empty() { "output".to_owned() } else { name.to_owned() };
        self.graph.outputs.iter().map(|out| (name(&out.name), self.graph.node(out.node).shape.clone())).collect()
    }

    fn forward(&mut self, rows: std::ops::Range<usize>) -> Result<Vec<f64>, Diagnostic> {
        let all = self.inputs.rows.max(1);
        let part = |values: &Vec<f64>| {
            let width = values.len() / all;
            values[rows.start * width..rows.end * width].iter().map(|value| T::of(*value)).collect::<Vec<T>>()
        };
        let inputs: Vec<Vec<T>> = self.inputs.values.iter().map(part).collect();
        let views: Vec<&[T]> = inputs.iter().map(Vec::as_slice).collect();
        let result = self.model.forward(&mut self.params, &views, rows.len(), Mode::Evaluate)?;
        Ok(result.iter().map(|value| value.wide()).collect())
    }

    /// The gradient by all parameters and inputs of `d_outputs` after a forward pass over as many rows.
    fn backward(&mut self, d_outputs: &[T]) -> Result<(Vec<T>, Vec<Vec<T>>), Diagnostic> {
        let mut d_params = vec![T::zero(); self.params.len()];
        let mut d_inputs = vec![Vec::new(); self.inputs.values.len()];
        self.model.backward(&self.params, d_outputs, &mut d_params, Some(&mut d_inputs))?;
        Ok((d_params, d_inputs))
    }

    fn all(mut self, want: Want) -> Result<Simulated, Diagnostic> {
        let rows = self.inputs.rows;
        let flat = self.forward(0..rows)?;
        let width = self.model.output_len();
        let mut from = 0;
        let mut outputs = Vec::new();
        for (name, shape) in self.outputs() {
            let len: usize = shape.iter().product();
            let values = flat.chunks_exact(width.max(1)).flat_map(|row| row[from..from + len].to_vec()).collect();
            outputs.push(Named { name, shape: [&[rows], &shape[..]].concat(), values });
            from += len;
        }
        let gradients = match want {
            Want::Outputs => Vec::new(),
            Want::Sum => vec![self.sum()?],
            Want::Jacobian => self.jacobian()?,
        };
        let weights = Weights::of(self.model.layout(), &self.params, crate::driver::train::Origin::default());
        Ok(Simulated { rows, outputs, weights, gradients })
    }

    fn sum(&mut self) -> Result<Gradients, Diagnostic> {
        let rows = self.inputs.rows;
        let ones = vec![T::one(); rows * self.model.output_len()];
        let (d_params, d_inputs) = self.backward(&ones)?;
        let weights = self.by_weight(&d_params, &[]);
        let inputs = self.by_input(&[rows]).into_iter().zip(d_inputs);
        let inputs = inputs.map(|(named, values)| Named { values: wide(&values), ..named }).collect();
        Ok(Gradients { of: None, weights, inputs })
    }

    /// Trainable weights with their numbers of `params`, their shapes prefixed.
    fn by_weight(&self, params: &[T], prefix: &[usize]) -> Vec<Named> {
        let trainable = self.model.layout().entries.iter().filter(|entry| entry.trainable);
        trainable
            .map(|entry| Named {
                name: entry.path.clone(),
                shape: [prefix, &entry.shape].concat(),
                values: params.get(entry.range()).map(wide).unwrap_or_default(),
            })
            .collect()
    }

    /// Inputs without numbers yet, their shapes prefixed.
    fn by_input(&self, prefix: &[usize]) -> Vec<Named> {
        let named = |input: &crate::ir::InputId| Named {
            name: input.name.clone(),
            shape: [prefix, &input.shape].concat(),
            values: Vec::new(),
        };
        self.graph.inputs.iter().map(named).collect()
    }

    fn jacobian(&mut self) -> Result<Vec<Gradients>, Diagnostic> {
        let rows = self.inputs.rows;
        let width = self.model.output_len();
        let by: usize =
            self.params.len() + self.graph.inputs.iter().map(|i| i.shape.iter().product::<usize>()).sum::<usize>();
        let count = rows.saturating_mul(width).saturating_mul(by);
        if count > MOST_DERIVATIVES {
            let message = format!("{rows} samples × {width} outputs × {by} weights and inputs are {count} derivatives");
            return Err(Diagnostic::global(&TOO_MANY_DERIVATIVES, message)
                .note(format!("at most {MOST_DERIVATIVES} are given"))
                .help("ask for `--grad=sum`, or for fewer samples"));
        }
        let mut out: Vec<Gradients> = Vec::new();
        let shapes = self.outputs();
        for (name, shape) in &shapes {
            let prefix = [&[rows], &shape[..]].concat();
            out.push(Gradients {
                of: Some(name.clone()),
                weights: self.by_weight(&[], &prefix),
                inputs: self.by_input(&prefix),
            });
        }
        for row in 0..rows {
            let mut at = 0;
            for ((_, shape), gradients) in shapes.iter().zip(&mut out) {
                for _ in 0..shape.iter().product::<usize>() {
                    let mut one = vec![T::zero(); width];
                    one[at] = T::one();
                    at += 1;
                    // Going back may use up what going forward left.
                    self.forward(row..row + 1)?;
                    let (d_params, d_inputs) = self.backward(&one)?;
                    let trainable = self.model.layout().entries.iter().filter(|entry| entry.trainable);
                    for (named, entry) in gradients.weights.iter_mut().zip(trainable) {
                        named.values.extend(wide(&d_params[entry.range()]));
                    }
                    for (named, values) in gradients.inputs.iter_mut().zip(&d_inputs) {
                        named.values.extend(wide(values));
                    }
                }
            }
        }
        Ok(out)
    }
}

fn wide<T: Real>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| value.wide()).collect()
}

impl Named {
    /// The numbers nested as their shape says; what is not a number is `null`.
    #[must_use]
    pub fn nested(&self) -> Value {
        let numbers: Vec<Value> = self.values.iter().map(|value| Value::from(*value)).collect();
        nest(&self.shape, &numbers)
    }
}

fn nest(shape: &[usize], numbers: &[Value]) -> Value {
    match shape {
        [] => numbers.first().cloned().unwrap_or(Value::Null),
        [axis, rest @ ..] => {
            let width: usize = rest.iter().product();
            Value::Array((0..*axis).map(|at| nest(rest, &numbers[at * width..(at + 1) * width])).collect())
        }
    }
}

impl Simulated {
    /// Everything as JSON: `rows`, `outputs` by name, `weights` by path, and `gradients`, by output or of their sum.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Value> {
        let object = |all: &[Named]| all.iter().map(|one| (one.name.clone(), one.nested())).collect::<Map<_, _>>();
        let mut out = Map::new();
        out.insert("rows".into(), self.rows.into());
        out.insert("outputs".into(), object(&self.outputs).into());
        out.insert("weights".into(), self.weights.to_json());
        let both = |one: &Gradients| {
            let mut both = Map::new();
            both.insert("weights".into(), object(&one.weights).into());
            both.insert("inputs".into(), object(&one.inputs).into());
            Value::Object(both)
        };
        match self.gradients.as_slice() {
            [] => {}
            [sum] if sum.of.is_none() => drop(out.insert("gradient_of_sum".into(), both(sum))),
            each => {
                let each = each.iter().map(|one| (one.of.clone().unwrap_or_default(), both(one))).collect();
                out.insert("jacobian".into(), Value::Object(each));
            }
        }
        out
    }
}
