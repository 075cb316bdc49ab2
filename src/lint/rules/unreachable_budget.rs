//! `unreachable-budget`: a budget of qubits, cuts or cost that no architecture keeps.

use crate::lint::{Findings, SpaceView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds requirements over cost that no architecture of the space meets, and objectives over cutting that are infinite in all
    /// of those looked at: no cut brings the pieces down to the budget.
    /// ## Why is this bad?
    /// The search has nothing to look for. A gate on three qubits never fits pieces of two, and a `prepare` is not cut: both are
    /// known before anything is trained.
    /// ## Example
    /// ```qnas wrong
    /// circuit c() -> real { qubit[4] q; let depth = choose 1..=3; for k in 0..depth { ry(weight[4]) q; ccx q[0], q[1], q[2]; cx q[2], q[3]; } expect(Z(q[3])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss, overhead(budget: 2)], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c() -> real { qubit[4] q; let depth = choose 1..=3; for k in 0..depth { ry(weight[4]) q; ccx q[0], q[1], q[2]; cx q[2], q[3]; } expect(Z(q[3])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss, overhead(budget: 3)], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub UNREACHABLE_BUDGET = ("QL0215", "unreachable-budget", "no architecture keeps a budget"); Cost, Space(check)
}

fn check(view: &SpaceView<'_>, out: &mut Findings) {
    let Some(search) = &view.facts.search else { return };
    if let Some((0, all, place)) = search.left {
        out.say(view.facts.place(&[place]), "no architecture meets the requirements over cost")
            .note(format!("{all} were {}", if view.scope.exact { "counted" } else { "drawn" }))
            .help("widen the budget, or the choices");
    }
    let share = if view.scope.exact { "in every architecture" } else { "in every architecture drawn" };
    for (at, (expr, text)) in search.spec.minimize.iter().enumerate() {
        let infinite = |arch: &crate::lint::Arch| arch.objectives.get(at) == Some(&Some(f64::INFINITY));
        let cuts = super::metric_names(expr).iter().any(|name| !name.starts_with("device."));
        if cuts && !view.archs.is_empty() && view.archs.iter().all(infinite) {
            out.about(
                view.facts.place(&[super::metric_span(expr)]),
                quoted(text),
                format!("the objective {{}} is infinite {share}"),
            )
            .note("no cut brings all pieces down to the budget: a gate or a `prepare` on more qubits stays whole")
            .help("give the pieces more qubits, or take gates on fewer");
        }
    }
}
