//! `unreached-frequency`: an encoding that has more frequencies than the outputs.

use super::measured;
use crate::ir::{Op, QuantumOp, Variable};
use crate::lint::{Findings, GraphView, declare_lint, quoted};
use crate::probe::{Point, spectrum};

declare_lint! {
    /// ## What it does
    /// For features that enter several gates of a circuit, compares the highest frequency those gates could give with the highest that any
    /// output has at random points, and reports features whose encoding is more than is reached.
    /// ## Why is this bad?
    /// A feature that turns K gates by whole angles can enter outputs with frequencies up to K (Schuld, Sweke and Meyer, Phys. Rev. A 103,
    /// 032430, 2021, arXiv:2008.08605). Where turns meet on commuting axes, or outside the read-outs' reach, the re-uploads are paid for and
    /// add no frequency.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cz q[0], q[1]; ry(x[1]) q[1]; rx(weight[2]) q; rz(x[0]) q[0]; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; for k in 0..2 { ry(x) q; cx q[0], q[1]; rx(weight[2]) q; } expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub UNREACHED_FREQUENCY = ("QL0308", "unreached-frequency", "outputs have fewer frequencies than the encoding"); Sampled, Graph(check)
}

const POINTS: usize = 3;
/// Coefficients smaller than this are rounding.
const ZERO: f64 = 1e-9;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for (region, mut rng) in measured(view) {
        for &variable in region.effects.variables.keys() {
            let Variable::Input(input) = variable else { continue };
            let Some((node, element)) = view.source(region, input) else { continue };
            if !matches!(view.graph.node(node).op, Op::Input { .. }) || region.effects.is_dead(variable) {
                continue;
            }
            let gates: Vec<usize> = region.readers(variable).collect();
            let Some(most) = encoded(&region.region.ops, variable).filter(|most| *most > 1) else { continue };
            let mut reached = 0;
            for _ in 0..POINTS {
                let point = Point::random(region.region, &mut rng);
                let Some(sizes) = spectrum(region.region, input, &point) else { return };
                reached = reached.max(sizes.iter().rposition(|size| *size > ZERO).unwrap_or(0));
            }
            if reached < most {
                let place = view.place(region, &[region.op_span(*gates.last().unwrap_or(&0))]);
                out.about(
                    place,
                    quoted(&view.element_name(node, element)),
                    "outputs have fewer frequencies of the feature {} than its encoding",
                )
                .note(format!(
                    "it turns {} gates, which could give frequencies up to {most}; outputs reach {reached} at {POINTS} random points",
                    gates.len()
                ))
                .help("put gates on other axes, or on other qubits, between the turns");
            }
        }
    }
}

/// The highest frequency that rotations by whole multiples of a feature can give; `None` for other encodings.
fn encoded(ops: &[QuantumOp], variable: Variable) -> Option<usize> {
    let mut most = 0.0;
    for op in ops {
        for (_, factor) in op.angles().iter().flat_map(|angle| angle.terms()).filter(|term| term.0 == variable) {
            let QuantumOp::Gate(gate) = op else { return None };
            let rotation = matches!(gate.full_name().as_str(), "rx" | "ry" | "rz" | "p" | "rxx" | "ryy" | "rzz");
            if !rotation || (factor - factor.round()).abs() > 1e-12 {
                return None;
            }
            most += factor.abs();
        }
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // A sum of a few small whole numbers.
    Some(most.round() as usize)
}
