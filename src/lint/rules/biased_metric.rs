//! `biased-metric`: an objective in which `cx` is free and `cz` is not.

use crate::lint::{Findings, SpaceView, declare_lint, quoted};

declare_lint! {
    /// ## What it does
    /// Finds searches that minimise a profiler-compatible flop count over a space that chooses between `cx` and gates that count.
    /// ## Why is this bad?
    /// What a profiler sees of a simulator charges `cz` and not `cx`, which is done by moving numbers. The search prefers `cx` for a
    /// reason that has nothing to do with the circuit.
    /// ## Example
    /// ```qnas wrong
    /// circuit c() -> real { qubit[2] q; let two = choose { cx, cz }; ry(weight[2]) q; two q[0], q[1]; rx(weight[2]) q; expect(Z(q[0])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss, flops.profiler], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c() -> real { qubit[2] q; let two = choose { cx, cz }; ry(weight[2]) q; two q[0], q[1]; rx(weight[2]) q; expect(Z(q[0])) }
    /// search s { model: c, train: fit(adam(lr: 0.1), loss: output, steps: 50), minimize: [loss, flops.quantum], strategy: exhaustive, seed: 1 }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub BIASED_METRIC = ("QL0206", "biased-metric", "an objective charges `cz` and not `cx`"); Cost, Space(check)
}

fn check(view: &SpaceView<'_>, out: &mut Findings) {
    let Some(search) = &view.facts.search else { return };
    let mixed = view.archs.iter().any(|arch| arch.uses_cx) && view.archs.iter().any(|arch| arch.uses_cz);
    for (expr, text) in &search.spec.minimize {
        if mixed && super::metric_names(expr).iter().any(|name| name.starts_with("flops.profiler")) {
            out.about(
                view.facts.place(&[super::metric_span(expr)]),
                quoted(text),
                "the objective {} charges `cz` and not `cx`",
            )
            .note("a profiler counts multiplications; `cx` only moves numbers")
            .help("`flops.quantum` charges both alike what they do; `bytes` counts what is moved");
        }
    }
}
