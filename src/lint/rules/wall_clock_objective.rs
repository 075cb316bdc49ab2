//! `wall-clock-objective`: an objective that is read off a clock.

use crate::lint::{Facts, Findings, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds searches that minimise measured seconds.
    /// ## Why is this bad?
    /// The same architecture has other seconds in every run, on every machine, and while something else runs: fronts cannot be repeated,
    /// and the luckiest measurement of many wins. What an architecture costs is counted without a clock.
    /// ## Example
    /// ```qnas wrong
    /// circuit c() -> real { qubit[2] q; let depth = choose 1..=8; for k in 0..depth { ry(weight[2]) q; cx q[0], q[1]; } expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss, seconds], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c() -> real { qubit[2] q; let depth = choose 1..=8; for k in 0..depth { ry(weight[2]) q; cx q[0], q[1]; } expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss, flops.quantum], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub WALL_CLOCK_OBJECTIVE = ("QL0213", "wall-clock-objective", "an objective is read off a clock"); Cost, Search(check)
}

/// Metrics that are measured with a clock.
const MEASURED: &str = "seconds";

fn check(facts: &Facts<'_>, out: &mut Findings) {
    let Some(search) = &facts.search else { return };
    for (expr, text) in &search.spec.minimize {
        if super::metric_names(expr).contains(&MEASURED) {
            out.about(facts.place(&[super::metric_span(expr)]), quoted(text), "the objective {} is read off a clock")
                .note("no two runs measure the same seconds, so the search cannot be repeated")
                .help("`flops.total`, `bytes` or, on a device, `device.seconds` are counted");
        }
    }
}
