//! `budget-beyond-space`: a search that may evaluate more architectures than there are.

use crate::lint::{Facts, Findings, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds strategies that are allowed at least as many evaluations as the space has architectures.
    /// ## Why is this bad?
    /// `exhaustive` gives the true front for the same cost, without chance.
    /// ## Example
    /// ```qnas wrong
    /// circuit c() -> real { qubit[2] q; let g = choose { rx, ry }; g(weight[2]) q; cx q[0], q[1]; expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], strategy: nsga2(population: 20, generations: 8), seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c() -> real { qubit[2] q; let g = choose { rx, ry }; g(weight[2]) q; cx q[0], q[1]; expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub BUDGET_BEYOND_SPACE = ("QL0207", "budget-beyond-space", "a search may evaluate more than there is"); Cost, Search(check)
}

fn check(facts: &Facts<'_>, out: &mut Findings) {
    let Some(search) = &facts.search else { return };
    let (Some(wanted), Some(all)) = (search.evaluations, search.architectures) else { return };
    if wanted >= all && search.strategy != "exhaustive" && all > 0 {
        let place = search.spec.strategy.as_ref().map(|call| call.span).unwrap_or_default();
        out.about(facts.place(&[place]), quoted(&search.strategy), "{} may evaluate more architectures than there are")
            .note(format!("it is allowed {wanted} evaluations, the space has {all} architectures"))
            .help("write `strategy: exhaustive`");
    }
}
