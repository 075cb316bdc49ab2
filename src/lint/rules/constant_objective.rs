//! `constant-objective`: an objective that is the same for every architecture.

use crate::lint::{Findings, SpaceView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds objectives over cost that have one value in all architectures looked at.
    /// ## Why is this bad?
    /// It decides nothing. With one objective left, a multi-objective search keeps a single best architecture.
    /// ## Example
    /// ```qnas wrong
    /// circuit c() -> real { qubit[2] q; let g = choose { rx, ry }; g(weight[2]) q; cx q[0], q[1]; expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss, qubits], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c() -> real { qubit[2] q; let g = choose { rx, ry }; g(weight[2]) q; cx q[0], q[1]; expect(X(q[0]) * Z(q[1])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub CONSTANT_OBJECTIVE = ("QL0202", "constant-objective", "an objective is the same everywhere"); Cost, Space(check)
}

fn check(view: &SpaceView<'_>, out: &mut Findings) {
    let Some(search) = &view.facts.search else { return };
    if view.archs.len() < 2 {
        return;
    }
    for (at, (expr, text)) in search.spec.minimize.iter().enumerate() {
        let values: Option<Vec<f64>> =
            view.archs.iter().map(|arch| arch.objectives.get(at).copied().flatten()).collect();
        let Some(values) = values else { continue };
        if values.iter().all(|value| (value - values[0]).abs() <= 1e-12 * values[0].abs()) {
            let place = view.facts.place(&[super::metric_span(expr)]);
            let share = if view.scope.exact { "every architecture" } else { "all architectures drawn" };
            out.about(place, quoted(text), format!("the objective {{}} is {} in {share}", values[0]));
        }
    }
}
