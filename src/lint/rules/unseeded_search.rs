//! `unseeded-search`: a search without a seed of its own.

use crate::lint::{Facts, Findings, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds searches without `seed:`.
    /// ## Why is this bad?
    /// Without one the seed is 0, unless the command line gives another; whoever repeats the search has to know which. One line in the file
    /// says it.
    /// ## Example
    /// ```qnas wrong
    /// circuit c() -> real { qubit[2] q; let g = choose { rx, ry }; g(weight[2]) q; cx q[0], q[1]; expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], strategy: exhaustive }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c() -> real { qubit[2] q; let g = choose { rx, ry }; g(weight[2]) q; cx q[0], q[1]; expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub UNSEEDED_SEARCH = ("QL0406", "unseeded-search", "a search does not name its seed"); Heuristic, Search(check)
}

fn check(facts: &Facts<'_>, out: &mut Findings) {
    let Some(search) = &facts.search else { return };
    if search.spec.seed.is_none() {
        out.about(facts.home, quoted(&search.spec.name), "the search {} does not name its seed").help("add `seed: 42`");
    }
}
