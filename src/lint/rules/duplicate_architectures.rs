//! `duplicate-architectures`: different choices, the same architecture.

use crate::lint::{Findings, SpaceView, declare_lint};
use std::collections::BTreeMap;

declare_lint! {
    /// ## What it does
    /// Counts the architectures of a space that are the same as another one, once gates, weights and choices that are proved to
    /// have no effect are taken out. Needs all architectures: `--exact`, or a small space.
    /// ## Why is this bad?
    /// A search that draws from the space evaluates the same model again and again, and statistics over the space count it
    /// several times.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] {
    ///     qubit[2] q;
    ///     ry(x) q;
    ///     rx(weight[2]) q;
    ///     let last = choose { cz, swap };
    ///     let again = choose { id, z };
    ///     last q[0], q[1];
    ///     again q;
    ///     expect(Z(q))
    /// }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] {
    ///     qubit[2] q;
    ///     ry(x) q;
    ///     rx(weight[2]) q;
    ///     let last = choose { cz, swap };
    ///     last q[0], q[1];
    ///     expect(Z(q))
    /// }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub DUPLICATE_ARCHITECTURES =
        ("QL0120", "duplicate-architectures", "architectures of the space are the same"); Proved, Space(check)
}

fn check(view: &SpaceView<'_>, out: &mut Findings) {
    if !view.scope.exact {
        return;
    }
    let mut by_identity: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, arch) in view.archs.iter().enumerate() {
        by_identity.entry(arch.identity).or_default().push(at);
    }
    let (seen, distinct) = (view.archs.len(), by_identity.len());
    let Some(largest) = by_identity.values().max_by_key(|group| (group.len(), std::cmp::Reverse(group[0]))) else {
        return;
    };
    if distinct == seen {
        return;
    }
    let percent = 100.0 * (seen - distinct) as f64 / seen as f64;
    let pair: Vec<String> =
        largest.iter().take(2).map(|&at| super::super::report::spelled(&view.archs[at].assignment)).collect();
    out.say(view.facts.home, format!("{percent:.1} % of this space repeats an architecture that is there already"))
        .note(format!(
            "{seen} architectures are reachable, {distinct} are distinct; one of them occurs {} times",
            largest.len()
        ))
        .help(format!("compare `{}` with `{}`", pair[0], pair[1]));
}
