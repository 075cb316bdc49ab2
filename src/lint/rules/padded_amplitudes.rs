//! `padded-amplitudes`: amplitudes most of which are zeros.

use crate::ir::QuantumOp;
use crate::lint::{Findings, GraphView, declare_lint};

declare_lint! {
    /// ## What it does
    /// Finds `prepare` where at least half of the amplitudes are the number zero: padding that another qubit brings.
    /// ## Why is this bad?
    /// Half of the state carries nothing: one qubit fewer holds the same numbers, at half the cost.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[4]) -> real[3] { qubit[3] q; prepare(pad(x, 8)) q; rx(weight[3]) q; cx q[0], q[1]; cx q[1], q[2]; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[8]) -> real[3] { qubit[3] q; prepare(x) q; rx(weight[3]) q; cx q[0], q[1]; cx q[1], q[2]; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub PADDED_AMPLITUDES = ("QL0208", "padded-amplitudes", "half of the amplitudes are padding"); Cost, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in &view.regions {
        for (at, op) in region.region.ops.iter().enumerate() {
            let QuantumOp::Prepare { values, .. } = op else { continue };
            let used = values.iter().filter(|value| !is_zero(view, region, value)).count();
            if used * 2 > values.len() || values.len() < 4 {
                continue;
            }
            let place = view.place(region, &[region.op_span(at)]);
            out.say(place, "at least half of these amplitudes are zeros")
                .note(format!("{used} numbers stand in {} amplitudes", values.len()))
                .help(format!("{} qubits hold them", used.max(2).next_power_of_two().trailing_zeros()));
        }
    }
}

/// Is the amplitude the number zero, or a zero that was padded?
fn is_zero(view: &GraphView<'_>, region: &crate::lint::RegionView<'_>, value: &crate::ir::Angle) -> bool {
    match value.terms() {
        [] => value.constant == 0.0,
        [(crate::ir::Variable::Input(input), _)] if value.constant == 0.0 => {
            view.source(region, *input).is_some_and(|(node, element)| {
                let first = view.graph.inputs_of(node).first().copied();
                matches!(view.graph.node(node).op, crate::ir::Op::Pad)
                    && first.is_some_and(|first| element >= view.graph.node(first).len())
            })
        }
        _ => false,
    }
}
