//! Short names for weights, inputs and angles, with the legend that spells them out.

use crate::ir::{Angle, Graph, Node, Variable, names};
use indexmap::{IndexMap, IndexSet};

/// A weight's path up to this length stands in the drawing itself.
const SHORT_PATH: usize = 6;
/// An angle up to this length stands in the drawing itself.
const SHORT_ANGLE: usize = 14;
/// Amplitudes of a `prepare` spelled out in the legend.
const SHOWN: usize = 4;

/// Names given so far.
pub(super) struct Labels<'a> {
    graph: &'a Graph,
    operands: Vec<(String, usize)>,
    ascii: bool,
    weights: IndexMap<String, String>,
    inputs: IndexSet<usize>,
    angles: IndexMap<String, String>,
    states: IndexMap<String, String>,
}

impl<'a> Labels<'a> {
    /// For the region at `node`.
    pub(super) fn new(graph: &'a Graph, node: &Node, ascii: bool) -> Self {
        let operand = |id| {
            let operand = graph.node(id);
            let name = if operand.path.is_empty() { operand.op.name() } else { &operand.path };
            (name.to_owned(), operand.len())
        };
        let operands = graph.inputs_of(node.id).into_iter().map(operand).collect();
        Self {
            graph,
            operands,
            ascii,
            weights: IndexMap::new(),
            inputs: IndexSet::new(),
            angles: IndexMap::new(),
            states: IndexMap::new(),
        }
    }

    /// An angle, at most a few characters long.
    pub(super) fn angle(&mut self, angle: &Angle) -> String {
        let angle = rounded(angle);
        let text = names::angle(&angle, |variable| self.variable(variable));
        if text.chars().count() <= SHORT_ANGLE {
            return text;
        }
        let next = format!("{}{}", if self.ascii { "t" } else { "θ" }, self.angles.len() + 1);
        self.angles.entry(text).or_insert(next).clone()
    }

    /// The amplitudes of a `prepare`: a stretch of one tensor, or a name for the list.
    pub(super) fn values(&mut self, values: &[Angle]) -> String {
        if let Some(first) = stretch(values) {
            let text = self.variable(first);
            if let Some((name, start)) = text.strip_suffix(']').and_then(|text| text.rsplit_once('[')) {
                let end = start.parse::<usize>().unwrap_or(0) + values.len();
                return format!("{name}[{start}..{end}]");
            }
        }
        let shown: Vec<String> = values
            .iter()
            .take(SHOWN)
            .map(|value| names::angle(&rounded(value), |variable| self.variable(variable)))
            .collect();
        let rest = if values.len() > SHOWN { format!(", .. {} in all", values.len()) } else { String::new() };
        let next = format!("v{}", self.states.len() + 1);
        self.states.entry(format!("({}{rest})", shown.join(", "))).or_insert(next).clone()
    }

    fn variable(&mut self, variable: Variable) -> String {
        match variable {
            Variable::Weight { weight, index } => {
                let Some(weight) = self.graph.weights.get(weight.0 as usize) else { return "?".to_owned() };
                let next = letters(self.weights.len());
                let short = weight.path.chars().count() <= SHORT_PATH;
                let name =
                    self.weights.entry(weight.path.clone()).or_insert(if short { weight.path.clone() } else { next });
                format!("{name}{}", names::element(&weight.shape, index))
            }
            Variable::Input(index) => {
                let mut rest = index as usize;
                for (at, (_, length)) in self.operands.iter().enumerate() {
                    if rest < *length {
                        self.inputs.insert(at);
                        return format!("{}[{rest}]", self.input_name(at));
                    }
                    rest -= length;
                }
                format!("x?[{index}]")
            }
        }
    }

    fn input_name(&self, operand: usize) -> String {
        if self.operands.len() == 1 { "x".to_owned() } else { format!("x{}", operand + 1) }
    }

    /// `a = vqc.layer.0.rx` and so on, for every name that is not its own explanation.
    pub(super) fn legend(&self) -> Vec<String> {
        let mut inputs: Vec<usize> = self.inputs.iter().copied().collect();
        inputs.sort_unstable();
        let inputs = inputs.into_iter().map(|at| (self.input_name(at), self.operands[at].0.clone()));
        let swap = |(text, name): (&String, &String)| (name.clone(), text.clone());
        let all = inputs
            .chain(self.weights.iter().map(swap))
            .chain(self.angles.iter().map(swap))
            .chain(self.states.iter().map(swap));
        all.filter(|(name, text)| name != text).map(|(name, text)| format!("{name} = {text}")).collect()
    }
}

/// Numbers to four decimals, unless they are simple multiples of pi: a drawing is for reading.
fn rounded(angle: &Angle) -> Angle {
    let short = |value: f64| {
        let rounded = (value * 1e4).round() / 1e4;
        if names::number(value).contains("pi") || rounded == 0.0 { value } else { rounded }
    };
    angle.terms().iter().fold(Angle::constant(short(angle.constant)), |sum, &(variable, coefficient)| {
        sum.add_scaled(&Angle::variable(variable), short(coefficient))
    })
}

/// The first variable, if the values are variables one after another.
fn stretch(values: &[Angle]) -> Option<Variable> {
    let single = |angle: &Angle| match angle.terms() {
        [(variable, coefficient)] if *coefficient == 1.0 && angle.constant == 0.0 => Some(*variable),
        _ => None,
    };
    let first = single(values.first()?)?;
    let follows = |(offset, angle): (u32, &Angle)| {
        let expected = match first {
            Variable::Weight { weight, index } => Variable::Weight { weight, index: index + offset },
            Variable::Input(index) => Variable::Input(index + offset),
        };
        single(angle) == Some(expected)
    };
    (0u32..).zip(values).all(follows).then_some(first)
}

/// `a`, `b`, … without `v` and `x`, then `a2`, `b2`, ….
fn letters(at: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuwyz";
    let letter = char::from(LETTERS[at % LETTERS.len()]);
    match at / LETTERS.len() {
        0 => letter.to_string(),
        round => format!("{letter}{}", round + 1),
    }
}
