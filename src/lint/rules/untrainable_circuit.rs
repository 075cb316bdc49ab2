//! `untrainable-circuit`: a circuit with weights, none of which has an effect.

use crate::ir::Variable;
use crate::lint::{Findings, GraphView, declare_lint};

declare_lint! {
    /// ## What it does
    /// Finds circuits that have weights of which none has an effect on an output.
    /// ## Why is this bad?
    /// The circuit is a fixed function: what is trained is the classical part around it.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; rz(weight[2]) q; cz q[0], q[1]; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cz q[0], q[1]; rx(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub UNTRAINABLE_CIRCUIT = ("QL0111", "untrainable-circuit", "no weight of a circuit has an effect"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in &view.regions {
        let weights: Vec<Variable> =
            region.effects.variables.keys().copied().filter(|&variable| view.is_trainable(variable)).collect();
        let dead = weights.iter().all(|&variable| region.effects.is_dead(variable) || !region.live);
        if weights.is_empty() || !dead {
            continue;
        }
        let place = view.place(region, &[]);
        out.about(place, view.circuit_name(region), "none of the weights of the circuit {} has an effect")
            .note("the circuit is a fixed function of its input");
    }
}
