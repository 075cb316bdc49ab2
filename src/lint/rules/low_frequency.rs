//! `low-frequency`: features of the data that enter one gate each.

use crate::ir::{Op, QuantumOp, Variable};
use crate::lint::{Findings, GraphView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds features of the data that turn exactly one gate of a circuit, untouched by a trained layer before.
    /// ## Why is this bad?
    /// The outputs are sines of the feature with one frequency: a + b sin(x + c), however many weights follow. K gates give at
    /// most K frequencies (Schuld, Sweke and Meyer, Phys. Rev. A 103, 032430, 2021, arXiv:2008.08605).
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; for k in 0..2 { ry(x) q; cx q[0], q[1]; rx(weight[2]) q; } expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub LOW_FREQUENCY = ("QL0404", "low-frequency", "outputs are one sine of a feature"); Heuristic, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in view.regions.iter().filter(|region| region.live) {
        for &variable in region.effects.variables.keys() {
            let Variable::Input(input) = variable else { continue };
            let Some((node, element)) = view.source(region, input) else { continue };
            if !matches!(view.graph.node(node).op, Op::Input { .. }) || region.effects.is_dead(variable) {
                continue;
            }
            let readers: Vec<usize> = region.readers(variable).collect();
            if let [at] = readers[..]
                && matches!(region.region.ops[at], QuantumOp::Gate(_))
            {
                let place = view.place(region, &[region.op_span(at)]);
                out.about(
                    place,
                    quoted(&view.element_name(node, element)),
                    "every output is one sine of the feature {}",
                )
                .note("it turns one gate; K gates give up to K frequencies")
                .help("re-upload it: apply the embedding in every layer");
            }
        }
    }
}
