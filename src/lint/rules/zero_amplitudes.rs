//! `zero-amplitudes`: amplitudes that can all be zero at once.

use crate::ir::{Activation, NodeId, Op, QuantumOp, Variable};
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds amplitude embeddings of numbers that come straight from `relu`, which can all be zero for one sample.
    /// ## Why is this bad?
    /// A zero vector has no direction: the sample's outputs are not numbers, and a loss that averages over the batch is not one
    /// either. Padding with zeros does not help.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[4]) -> real[2] { qubit[2] q; prepare(x) q; rx(weight[2]) q; cx q[0], q[1]; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { x |> linear[4] |> relu |> c |> linear[2] }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[4]) -> real[2] { qubit[2] q; prepare(x) q; rx(weight[2]) q; cx q[0], q[1]; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { x |> linear[4] |> sigmoid |> c |> linear[2] }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub ZERO_AMPLITUDES = ("QL0117", "zero-amplitudes", "the amplitudes of a sample can all be zero"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in &view.regions {
        for (at, op) in region.region.ops.iter().enumerate() {
            let QuantumOp::Prepare { values, .. } = op else { continue };
            let mut sources = Vec::new();
            let all = values.iter().all(|value| {
                let inputs: Vec<Variable> = value.terms().iter().map(|term| term.0).collect();
                match inputs[..] {
                    [] => value.constant == 0.0,
                    [Variable::Input(input)] if value.constant == 0.0 => {
                        let found =
                            view.source(region, input).and_then(|(node, element)| rectified(view, node, element));
                        sources.extend(found);
                        found.is_some()
                    }
                    _ => false,
                }
            });
            if let (true, Some(&source)) = (all, sources.first()) {
                let place = view.place(region, &[region.op_span(at)]);
                let name = view.graph.node(source).path.clone();
                out.about(
                    place,
                    quoted(if name.is_empty() { "relu" } else { &name }),
                    "the amplitudes from {} can all be zero",
                )
                .note("`relu` gives zero for every negative number, and a zero vector is no state");
            }
        }
    }
}

/// The `relu` whose output a number is, up to a constant factor.
fn rectified(view: &GraphView<'_>, node: NodeId, element: usize) -> Option<NodeId> {
    let inputs = view.graph.inputs_of(node);
    match &view.graph.node(node).op {
        Op::Activation(Activation::Relu) => Some(node),
        Op::Gather { indices } => rectified(view, *inputs.first()?, *indices.get(element)? as usize),
        Op::Pad | Op::Reshape | Op::Normalize => {
            let first = *inputs.first()?;
            let element = element.min(view.graph.node(first).len().saturating_sub(1));
            rectified(view, first, element)
        }
        _ => None,
    }
}
