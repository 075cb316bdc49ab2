//! `duplicate-objective`: two objectives that put all architectures in the same order.

use crate::lint::{Findings, SpaceView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds pairs of objectives over cost that order all architectures looked at alike: smaller in one is smaller in the other.
    /// ## Why is this bad?
    /// The second decides nothing that the first has not decided; crowding distances count it twice.
    /// ## Example
    /// ```qnas wrong
    /// circuit c() -> real { qubit[2] q; let depth = choose 1..=3; for k in 0..depth { ry(weight[2]) q; cx q[0], q[1]; } expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss, two_qubit_count, weights], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c() -> real { qubit[2] q; let depth = choose 1..=3; for k in 0..depth { ry(weight[2]) q; cx q[0], q[1]; } expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss, two_qubit_count], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub DUPLICATE_OBJECTIVE = ("QL0203", "duplicate-objective", "two objectives order architectures alike"); Cost, Space(check)
}

fn check(view: &SpaceView<'_>, out: &mut Findings) {
    let Some(search) = &view.facts.search else { return };
    let count = search.spec.minimize.len();
    let values = |at: usize| -> Option<Vec<f64>> {
        view.archs.iter().map(|arch| arch.objectives.get(at).copied().flatten()).collect()
    };
    let all: Vec<Option<Vec<f64>>> = (0..count).map(values).collect();
    for second in 1..count {
        for first in 0..second {
            let (Some(a), Some(b)) = (&all[first], &all[second]) else { continue };
            if view.archs.len() > 2 && varies(a) && same_order(a, b) {
                let (expr, text) = &search.spec.minimize[second];
                let place = view.facts.place(&[super::metric_span(expr)]);
                let names = format!("{} and {}", quoted(&search.spec.minimize[first].1), quoted(text));
                let share = if view.scope.exact { "all architectures" } else { "all architectures drawn" };
                out.about(place, names, format!("the objectives {{}} put {share} in the same order"))
                    .help("keep one of them");
            }
        }
    }
}

fn varies(values: &[f64]) -> bool {
    values.iter().any(|value| *value != values[0])
}

/// Is one a strictly increasing function of the other?
fn same_order(a: &[f64], b: &[f64]) -> bool {
    let mut pairs: Vec<(f64, f64)> = a.iter().copied().zip(b.iter().copied()).collect();
    pairs.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.total_cmp(&y.1)));
    pairs.windows(2).all(|w| match w[0].0 == w[1].0 {
        true => w[0].1 == w[1].1,
        false => w[0].1 < w[1].1,
    })
}
