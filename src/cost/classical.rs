//! The neutral price of classical nodes; the rules stand in the documentation of `flops.classical`.

use crate::ir::{Activation, Cell, Graph, Node, Op, Pooling, WeightId};

/// Real operations of one node for one sample; 0 for a quantum region.
pub(super) fn node_flops(graph: &Graph, node: &Node) -> f64 {
    let outputs = node.len() as f64;
    let inputs = |slot: usize| graph.inputs_of(node.id).get(slot).map_or(0, |id| graph.node(*id).len()) as f64;
    match &node.op {
        Op::Linear { weight, .. } | Op::Conv2d { weight, .. } => 2.0 * fan_in(graph, *weight) * outputs,
        Op::Recurrent { cell, input, hidden, .. } => {
            let gates = 2.0 * (fan_in(graph, *input) + fan_in(graph, *hidden)) * cell.gates() as f64;
            // Per number of the state: what joins the gates, every function counted as in `activation_flops`.
            let joins = match cell {
                Cell::Rnn => 1.0,
                Cell::Lstm => 3.0 * 4.0 + 2.0 + 4.0,
                Cell::Gru => 2.0 * 4.0 + 1.0 + 6.0,
            };
            outputs * (gates + joins)
        }
        Op::Mix { weight, .. } => (2 * graph.weight(*weight).len()).saturating_sub(1) as f64 * outputs,
        Op::Generate { .. } | Op::Bits { .. } | Op::Join => 0.0,
        Op::Pool2d { pooling: Pooling::Average, kernel, .. } => (kernel * kernel) as f64 * outputs,
        Op::Pool2d { pooling: Pooling::Max, kernel, .. } => (kernel * kernel).saturating_sub(1) as f64 * outputs,
        Op::BatchNorm { .. } => 2.0 * outputs,
        Op::Activation(activation) => activation_flops(*activation, node),
        Op::Unary(_) | Op::Binary(_) => outputs,
        Op::Normalize => 3.0 * outputs + 1.0,
        Op::Sum => (inputs(0) - 1.0).max(0.0),
        Op::Input { .. } | Op::Weight { .. } | Op::Constant { .. } | Op::Region(_) => 0.0,
        Op::Dropout { .. } | Op::Reshape | Op::Concat | Op::Gather { .. } | Op::Pad => 0.0,
    }
}

/// Terms of one output number: all axes of the weight but the first.
pub(super) fn fan_in(graph: &Graph, weight: WeightId) -> f64 {
    graph.weight(weight).shape.iter().skip(1).product::<usize>() as f64
}

fn activation_flops(activation: Activation, node: &Node) -> f64 {
    let numbers = node.len() as f64;
    let rows = numbers / node.shape.last().copied().unwrap_or(1).max(1) as f64;
    match activation {
        Activation::Relu | Activation::Tanh => numbers,
        Activation::Sigmoid => 4.0 * numbers,
        Activation::Gelu => 5.0 * numbers,
        Activation::Softmax => 5.0 * numbers - 2.0 * rows,
        Activation::LogSoftmax => 5.0 * numbers - rows,
    }
}
