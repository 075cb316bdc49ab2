//! `constant-readout`: an expectation value that is always the same number.

use crate::ir::Readout;
use crate::lint::{Findings, GraphView, declare_lint, quoted};
use crate::math::PauliSum;

declare_lint! {
    /// ## What it does
    /// Finds read-outs that depend on no weight and no input.
    /// ## Why is this bad?
    /// A constant feature: the layer behind it learns a second bias. Often an observable that the circuit cannot tilt, such as X
    /// on a state that only `x` and `cx` made.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; rz(x) q; cx q[0], q[1]; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub CONSTANT_READOUT = ("QL0109", "constant-readout", "a read-out is always the same number"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    // A circuit that takes nothing and trains nothing is constant on purpose.
    for region in view.regions.iter().filter(|region| !region.effects.variables.is_empty()) {
        for (readout, effect) in region.judged().readouts.iter().zip(&region.effects.readouts) {
            if effect.weights || effect.inputs {
                continue;
            }
            let what = match readout {
                // A plain number is meant to be one.
                Readout::Expectation(sum) if sum.terms().iter().all(|term| term.1.weight() == 0) => continue,
                Readout::Expectation(sum) => spelled(sum),
                Readout::Probabilities(_) => "probabilities".to_owned(),
            };
            let place = view.place(region, &[]);
            out.about(place, quoted(&what), "the read-out {} is always the same")
                .note("it depends on no weight and no input");
        }
    }
}

/// The first strings of an observable.
fn spelled(sum: &PauliSum) -> String {
    const SHOWN: usize = 3;
    let strings: Vec<String> = sum.terms().iter().take(SHOWN).map(|term| term.1.to_string()).collect();
    let more = if sum.terms().len() > SHOWN { " + .." } else { "" };
    format!("{}{more}", strings.join(" + "))
}
