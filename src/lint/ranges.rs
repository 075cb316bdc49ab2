//! Which values the numbers of a model can take: intervals, from the data's ranges through the classical operations.

use super::GraphView;
use crate::ir::{Activation, BinaryFn, Graph, Node, NodeId, Op, Readout, Region, UnaryFn};
use std::collections::BTreeMap;

/// An interval; unbounded where nothing is known.
pub type Range = (f64, f64);

/// Nothing is known.
pub const ANY: Range = (f64::NEG_INFINITY, f64::INFINITY);

/// Tensors of more numbers than this are described by one interval.
const EACH: usize = 4096;

/// The intervals of every node, one per number, or one for all.
#[derive(Debug)]
pub struct Ranges(BTreeMap<NodeId, Vec<Range>>);

impl Ranges {
    /// The intervals of a graph.
    #[must_use]
    pub fn new(view: &GraphView<'_>) -> Self {
        let data = view.facts.data.as_ref().map(|data| &data.ranges[..]).unwrap_or_default();
        let mut out = Self(BTreeMap::new());
        for id in view.graph.order() {
            let ranges = out.node(view.graph, view.graph.node(id), data);
            out.0.insert(id, ranges);
        }
        out
    }

    /// The interval of one number of a node.
    #[must_use]
    pub fn get(&self, node: NodeId, element: usize) -> Range {
        match self.0.get(&node).map(Vec::as_slice) {
            Some([one]) => *one,
            Some(many) => many.get(element).copied().unwrap_or(ANY),
            None => ANY,
        }
    }

    fn all(&self, node: NodeId) -> Range {
        self.0.get(&node).map_or(ANY, |ranges| ranges.iter().copied().reduce(hull).unwrap_or(ANY))
    }

    fn node(&self, graph: &Graph, node: &Node, data: &[Range]) -> Vec<Range> {
        let inputs = graph.inputs_of(node.id);
        let len = node.len();
        let small = len <= EACH;
        let each = |f: &dyn Fn(usize) -> Range| -> Vec<Range> { (0..if small { len } else { 1 }).map(f).collect() };
        let first = inputs.first().copied();
        let map = |f: &dyn Fn(Range) -> Range| match first {
            Some(input) if small => each(&|at| f(self.get(input, at))),
            Some(input) => vec![f(self.all(input))],
            None => vec![ANY],
        };
        match &node.op {
            Op::Input { .. } if data.len() == len && small => data.to_vec(),
            Op::Constant { values } if small => values.iter().map(|&value| (value, value)).collect(),
            Op::Reshape => map(&|range| range),
            Op::Dropout { p } => map(&|(low, high)| ((low / (1.0 - p)).min(0.0), (high / (1.0 - p)).max(0.0))),
            Op::Pool2d { .. } => vec![first.map_or(ANY, |input| hull(self.all(input), (0.0, 0.0)))],
            Op::Activation(activation) => map(&|range| activated(*activation, range)),
            Op::Unary(function) => map(&|range| unary(*function, range)),
            Op::Binary(function) => {
                let (Some(&a), Some(&b)) = (inputs.first(), inputs.get(1)) else { return vec![ANY] };
                let side = |node: NodeId, at: usize| if small { self.get(node, at) } else { self.all(node) };
                each(&|at| binary(*function, side(a, at), side(b, at)))
            }
            Op::Gather { indices } if small => {
                each(&|at| first.map_or(ANY, |input| self.get(input, indices.get(at).map_or(0, |&i| i as usize))))
            }
            Op::Pad if small => {
                let Some(input) = first else { return vec![ANY] };
                let given = graph.node(input).len();
                each(&|at| if at < given { self.get(input, at) } else { (0.0, 0.0) })
            }
            Op::Concat if small => {
                let parts =
                    inputs.iter().flat_map(|&input| (0..graph.node(input).len()).map(move |at| self.get(input, at)));
                parts.collect()
            }
            Op::Normalize => vec![(-1.0, 1.0)],
            Op::Region(region) => readouts(region),
            _ => vec![ANY],
        }
    }
}

fn hull(a: Range, b: Range) -> Range {
    (a.0.min(b.0), a.1.max(b.1))
}

fn activated(activation: Activation, (low, high): Range) -> Range {
    match activation {
        Activation::Relu => (low.max(0.0), high.max(0.0)),
        // The smallest value of x Φ(x) is -0.1700.
        Activation::Gelu => (if low >= 0.0 { 0.0 } else { -0.17005 }, high.max(0.0)),
        Activation::Tanh => (low.tanh(), high.tanh()),
        Activation::Sigmoid => (1.0 / (1.0 + (-low).exp()), 1.0 / (1.0 + (-high).exp())),
        Activation::Softmax => (0.0, 1.0),
        Activation::LogSoftmax => (f64::NEG_INFINITY, 0.0),
    }
}

fn unary(function: UnaryFn, (low, high): Range) -> Range {
    match function {
        UnaryFn::Neg => (-high, -low),
        UnaryFn::Sin | UnaryFn::Cos => (-1.0, 1.0),
        UnaryFn::Exp => (low.exp(), high.exp()),
        UnaryFn::Abs if low >= 0.0 => (low, high),
        UnaryFn::Abs => (if high <= 0.0 { -high } else { 0.0 }, low.abs().max(high.abs())),
        UnaryFn::Ln | UnaryFn::Sqrt => ANY,
    }
}

fn binary(function: BinaryFn, a: Range, b: Range) -> Range {
    let corners = |f: &dyn Fn(f64, f64) -> f64| {
        // Zero times what is unbounded is zero here: the unbounded side is some finite number.
        let product = |x: f64, y: f64| if x == 0.0 || y == 0.0 { 0.0 } else { f(x, y) };
        let all = [product(a.0, b.0), product(a.0, b.1), product(a.1, b.0), product(a.1, b.1)];
        (all.iter().copied().fold(f64::INFINITY, f64::min), all.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    };
    match function {
        BinaryFn::Add => (a.0 + b.0, a.1 + b.1),
        BinaryFn::Sub => (a.0 - b.1, a.1 - b.0),
        BinaryFn::Mul => corners(&|x, y| x * y),
        BinaryFn::Div if b.0 == b.1 && b.0 != 0.0 => corners(&|x, y| x / y),
        BinaryFn::Rem if b.0 == b.1 && b.0 > 0.0 => (0.0, b.0),
        BinaryFn::Min => (a.0.min(b.0), a.1.min(b.1)),
        BinaryFn::Max => (a.0.max(b.0), a.1.max(b.1)),
        _ => ANY,
    }
}

fn readouts(region: &Region) -> Vec<Range> {
    let one = |readout: &Readout| match readout {
        Readout::Expectation(sum) => {
            let constant: f64 = sum.terms().iter().filter(|term| term.1.weight() == 0).map(|term| term.0).sum();
            let most: f64 = sum.terms().iter().filter(|term| term.1.weight() > 0).map(|term| term.0.abs()).sum();
            vec![(constant - most, constant + most)]
        }
        Readout::Probabilities(qubits) if qubits.len() < 12 => vec![(0.0, 1.0); 1 << qubits.len()],
        Readout::Probabilities(_) => vec![(0.0, 1.0)],
    };
    let all: Vec<Range> = region.readouts.iter().flat_map(one).collect();
    if all.len() == region.n_outputs() { all } else { vec![all.into_iter().reduce(hull).unwrap_or(ANY)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_what_they_say() {
        assert_eq!(binary(BinaryFn::Mul, (-1.0, 2.0), (3.0, 3.0)), (-3.0, 6.0));
        assert_eq!(binary(BinaryFn::Rem, ANY, (6.0, 6.0)), (0.0, 6.0));
        assert_eq!(binary(BinaryFn::Mul, ANY, (0.0, 0.0)), (0.0, 0.0));
        assert_eq!(activated(Activation::Tanh, ANY), (-1.0, 1.0));
        assert_eq!(activated(Activation::Relu, ANY), (0.0, f64::INFINITY));
        assert_eq!(unary(UnaryFn::Abs, (-3.0, 2.0)), (0.0, 3.0));
    }
}
