//! `angle-aliasing`: two values of a feature that a circuit cannot tell apart.

use crate::ir::{Operation, QuantumOp, Variable};
use crate::lint::{Findings, GraphView, RegionView, declare_lint, quoted};
use std::f64::consts::PI;

declare_lint! {
    /// ## What it does
    /// Compares the range of every number that enters a circuit (from the data's own range and the operations in between)
    /// with the period of the angles it turns.
    /// ## Why is this bad?
    /// Beyond one period two different values give the same angles: the circuit cannot tell a small value from a large one.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { 8 * tanh(x |> linear[2]) |> c |> linear[2] }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { pi * tanh(x |> linear[2]) |> c |> linear[2] }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub ANGLE_ALIASING = ("QL0116", "angle-aliasing", "a feature's range is longer than the period of its angle"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in view.regions.iter().filter(|region| region.live) {
        for (variable, period) in periods(region) {
            let Variable::Input(input) = variable else { continue };
            let Some((node, element)) = view.source(region, input) else { continue };
            let (low, high) = view.ranges().get(node, element);
            if !(low.is_finite() && high.is_finite()) || high - low <= period * (1.0 + 1e-9) {
                continue;
            }
            let place = view.place(region, &[region.variable_span(variable)]);
            let name = quoted(&view.element_name(node, element));
            let periods = format!("{:.2}", (high - low) / period);
            out.about(place, name, "{} ranges over more than one period of the angle it turns")
                .note(format!("it lies in {low:.4} to {high:.4}: {periods} periods of {period:.4}"))
                .help("scale it to one period, `pi * tanh(..)` or `scale: minmax`");
        }
    }
}

/// Per input that only turns rotations, the number by which it can grow without changing any of them.
pub(super) fn periods(region: &RegionView<'_>) -> Vec<(Variable, f64)> {
    let mut turns: std::collections::BTreeMap<Variable, Option<Vec<f64>>> = std::collections::BTreeMap::new();
    for op in &region.region.ops {
        for angle in op.angles() {
            for &(variable, coefficient) in angle.terms().iter().filter(|term| matches!(term.0, Variable::Input(_))) {
                let entry = turns.entry(variable).or_insert_with(|| Some(Vec::new()));
                match (period(op), entry.as_mut()) {
                    (Some(period), Some(list)) => list.push(period / coefficient.abs()),
                    _ => *entry = None,
                }
            }
        }
    }
    let whole = |list: Vec<f64>| {
        let longest = list.iter().copied().fold(0.0, f64::max);
        let fits = list.iter().all(|one| (longest / one - (longest / one).round()).abs() < 1e-9);
        (fits && longest > 0.0).then_some(longest)
    };
    turns
        .into_iter()
        .filter(|(variable, _)| !region.effects.is_dead(*variable))
        .filter_map(|(variable, list)| Some((variable, whole(list?)?)))
        .collect()
}

/// The period of a gate's angles, up to a global phase; `None` for amplitudes.
fn period(op: &QuantumOp) -> Option<f64> {
    let QuantumOp::Gate(gate) = op else { return None };
    let Operation::Gate { gate: kind, .. } = &gate.operation else { return None };
    let phase = kind.meta.name == "p" || kind.meta.name == "u1" || kind.meta.name == "cp" || kind.meta.name == "cu1";
    Some(if phase || gate.n_controls() == 0 { 2.0 * PI } else { 4.0 * PI })
}
