//! `dead-input`: a number that enters a circuit and reaches no read-out.

use crate::ir::Variable;
use crate::lint::{Findings, GraphView, RegionView, declare_lint};

declare_lint! {
    /// ## What it does
    /// Finds numbers that enter a circuit as an angle or amplitude, and on which no output depends, whatever the weights. The
    /// finding carries a proof: `--explain` shows it.
    /// ## Why is this bad?
    /// The model is blind to them. Training runs, the loss falls to what the rest can do, and nothing says so. The usual
    /// causes are `rz` on a qubit in |0⟩, where it is a phase, and a feature on a qubit that no read-out reaches.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; rz(x) q; ry(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; h q; rz(x) q; ry(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// Deleting the statement is safe where everything it makes is proved to do nothing; it is rarely what was meant.
    pub DEAD_INPUT = ("QL0101", "dead-input", "a number enters a circuit and reaches no output"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    let input = |_: &RegionView<'_>, variable| matches!(variable, Variable::Input(_));
    super::without_effect(view, out, input, ("no output depends on {}", "it enters here"));
}
