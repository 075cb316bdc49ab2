//! A whole hybrid model: values and exact gradients of a graph over batches.
//!
//! A [`Model`] is compiled once per architecture and owns every buffer, so a training step of a batch size it has seen
//! allocates nothing. Parameters stay outside in one flat vector described by [`Layout`].

mod backward;
mod cost;
mod forward;
mod layout;
mod mixture;
mod plan;

pub use layout::{Layout, LayoutEntry};

use super::errors::BAD_LENGTH;
pub use super::sim::Shots;
use super::sim::simd::Isa;
use super::{Plan, Real};
use crate::diag::Diagnostic;
use crate::ir::Graph;
use forward::Batch;
use plan::Step;
use std::ops::Range;

/// What a forward pass is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Nothing random, running statistics.
    Evaluate,
    /// Dropout and batch statistics; masks are a pure function of `(seed, step, node, position in the batch)`.
    Train {
        /// The seed.
        seed: u64,
        /// The step.
        step: u64,
    },
}

/// A compiled model.
#[derive(Debug)]
pub struct Model<T> {
    layout: Layout,
    inputs: Vec<(String, usize)>,
    steps: Vec<Step<T>>,
    /// Position of the step and place in a row of the result, by name.
    outputs: Vec<(String, usize, Range<usize>)>,
    output_len: usize,
    result: Vec<T>,
    rows: usize,
    parallel: bool,
}

impl<T: Real> Model<T> {
    /// Plans a graph.
    ///
    /// # Errors
    /// `QN07xx`: a state that is too large, operands that do not fit, `prepare` after a gate.
    pub fn compile(graph: &Graph) -> Result<Self, Diagnostic> {
        Self::compile_for(graph, Isa::detect())
    }

    /// As [`Model::compile`], for an instruction set.
    ///
    /// # Errors
    /// As [`Model::compile`].
    pub fn compile_for(graph: &Graph, isa: Isa) -> Result<Self, Diagnostic> {
        Self::compile_with(graph, isa, None)
    }

    /// As [`Model::compile`], with read-outs of quantum regions measured rather than exact. Such a model only runs forwards.
    ///
    /// # Errors
    /// As [`Model::compile`].
    pub fn compile_measured(graph: &Graph, shots: Shots) -> Result<Self, Diagnostic> {
        Self::compile_with(graph, Isa::detect(), Some(shots))
    }

    fn compile_with(graph: &Graph, isa: Isa, shots: Option<Shots>) -> Result<Self, Diagnostic> {
        let layout = Layout::new(graph);
        let (steps, at) = plan::plan(graph, &layout, isa, shots)?;
        let mut output_len = 0;
        let mut outputs = Vec::new();
        for output in &graph.outputs {
            let step = at[&output.node];
            let end = output_len + steps[step].len;
            outputs.push((output.name.clone(), step, output_len..end));
            output_len = end;
        }
        let inputs = graph.inputs.iter().map(|input| (input.name.clone(), input.shape.iter().product())).collect();
        Ok(Self { layout, inputs, steps, outputs, output_len, result: Vec::new(), rows: 0, parallel: false })
    }

    /// Lets quantum regions use this many threads of the current pool. Results are the same bytes.
    pub fn set_threads(&mut self, threads: usize) {
        self.parallel = threads > 1;
    }

    /// Bytes that the states of quantum regions take, the adjoint ones included if a `gradient` is wanted.
    #[must_use]
    pub fn state_bytes(&self, gradient: bool) -> u128 {
        let of = |step: &Step<T>| match &step.kind {
            plan::Kind::Region { engine, .. } => engine.bytes(gradient),
            _ => 0,
        };
        self.steps.iter().map(of).sum()
    }

    /// The kernels of a forward pass with their operations and bytes.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let sizes: Vec<usize> = self.steps.iter().map(|step| step.len).collect();
        Plan { nodes: self.steps.iter().map(|step| cost::node(step, &sizes)).collect() }
    }

    /// Where every weight lies.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Initial parameters; see [`Layout::initial`].
    #[must_use]
    pub fn initial(&self, seed: u64) -> Vec<T> {
        self.layout.initial(seed)
    }

    /// Numbers per sample in the result.
    #[must_use]
    pub fn output_len(&self) -> usize {
        self.output_len
    }

    /// The place of every output in a row of the result, by name.
    pub fn outputs(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.outputs.iter().map(|(name, _, range)| (&name[..], range.clone()))
    }

    /// Runs `inputs` (one per model input, `[batch, len]`); the result is `[batch, output_len]`, outputs one after another.
    /// Running statistics in `params` move while training.
    ///
    /// # Errors
    /// [`BAD_LENGTH`] and [`super::errors::STATE_TOO_LARGE`].
    pub fn forward(&mut self, params: &mut [T], inputs: &[&[T]], batch: usize, mode: Mode) -> Result<&[T], Diagnostic> {
        self.pass(params, inputs, batch, (mode, false))
    }

    /// As [`Model::forward`] with the `params` and mode of the last pass: what is the same for all samples (a circuit without data, the
    /// weights it generates) is not computed again. A policy looks at many states between two changes of its weights.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn forward_again(
        &mut self,
        params: &mut [T],
        inputs: &[&[T]],
        batch: usize,
        mode: Mode,
    ) -> Result<&[T], Diagnostic> {
        self.pass(params, inputs, batch, (mode, true))
    }

    fn pass(
        &mut self,
        params: &mut [T],
        inputs: &[&[T]],
        batch: usize,
        (mode, again): (Mode, bool),
    ) -> Result<&[T], Diagnostic> {
        self.check(params, inputs, batch)?;
        self.rows = batch;
        let context = Batch { inputs, rows: batch, mode, parallel: self.parallel };
        for at in 0..self.steps.len() {
            let (before, rest) = self.steps.split_at_mut(at);
            if again && rest[0].shared && !rest[0].value.is_empty() {
                continue;
            }
            forward::run(before, &mut rest[0], params, &context)?;
        }
        self.result.resize(batch * self.output_len, T::zero());
        for (at, result) in self.result.chunks_exact_mut(self.output_len.max(1)).enumerate() {
            for (_, step, range) in &self.outputs {
                result[range.clone()].copy_from_slice(forward::row(&self.steps[*step], at));
            }
        }
        Ok(&self.result)
    }

    /// Takes `d_outputs[batch, output_len]` back through the last forward pass: adds to `d_params`, and sets `d_inputs` (one
    /// per model input, `[batch, len]`) if asked to. Buffers get no gradient.
    ///
    /// # Errors
    /// [`BAD_LENGTH`] and [`super::errors::STATE_TOO_LARGE`].
    pub fn backward(
        &mut self,
        params: &[T],
        d_outputs: &[T],
        d_params: &mut [T],
        d_inputs: Option<&mut [Vec<T>]>,
    ) -> Result<(), Diagnostic> {
        let rows = self.rows;
        length("parameters", params.len(), self.layout.len)?;
        length("parameter gradients", d_params.len(), self.layout.len)?;
        length("output gradients", d_outputs.len(), rows * self.output_len)?;
        let wants = d_inputs.is_some();
        for step in &mut self.steps {
            if backward::active(step, wants) {
                let len = step.value.len();
                step.gradient.resize(len, T::zero());
                step.gradient.fill(T::zero());
            }
        }
        for (at, d) in d_outputs.chunks_exact(self.output_len.max(1)).enumerate() {
            for (_, step, range) in &self.outputs {
                let step = &mut self.steps[*step];
                if backward::active(step, wants) {
                    let to = if step.shared { 0 } else { at * step.len };
                    let sums = step.gradient[to..to + step.len].iter_mut();
                    sums.zip(&d[range.clone()]).for_each(|(sum, &d)| *sum += d);
                }
            }
        }
        for at in (0..self.steps.len()).rev() {
            let (before, rest) = self.steps.split_at_mut(at);
            if backward::active(&rest[0], wants) {
                backward::run(before, &mut rest[0], params, d_params, (rows, wants, self.parallel))?;
            }
        }
        if let Some(d_inputs) = d_inputs {
            for (d, (_, len)) in d_inputs.iter_mut().zip(&self.inputs) {
                d.clear();
                d.resize(rows * len, T::zero());
            }
            for step in &self.steps {
                if let plan::Kind::Input(index) = step.kind {
                    d_inputs[index].iter_mut().zip(&step.gradient).for_each(|(sum, &d)| *sum += d);
                }
            }
        }
        Ok(())
    }

    fn check(&self, params: &[T], inputs: &[&[T]], batch: usize) -> Result<(), Diagnostic> {
        length("parameters", params.len(), self.layout.len)?;
        length("inputs", inputs.len(), self.inputs.len())?;
        for ((name, len), input) in self.inputs.iter().zip(inputs) {
            if input.len() != batch * len {
                length(&format!("numbers for the input `{name}`"), input.len(), batch * len)?;
            }
        }
        Ok(())
    }
}

fn length(what: &str, got: usize, wanted: usize) -> Result<(), Diagnostic> {
    match got == wanted {
        true => Ok(()),
        false => Err(Diagnostic::global(&BAD_LENGTH, format!("the model wants {wanted} {what} and got {got}"))),
    }
}
