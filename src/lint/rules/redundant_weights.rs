//! `redundant-weights`: two trainable numbers that act only through one combination of them.

use crate::ir::{QuantumOp, Region, Variable};
use crate::lint::{Findings, GraphView, RegionView, declare_lint, quoted};
use std::collections::BTreeMap;

declare_lint! {
    /// ## What it does
    /// Finds weights that stand in angles only together and always in the same proportion, once rotations about one axis that
    /// meet are merged: every output is a function of one combination of them.
    /// ## Why is this bad?
    /// Two numbers are trained where one would do: the landscape gets a flat direction, and the model looks larger than it is.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; rx(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; cx q[0], q[1]; rx(weight[2]) q; ry(weight[2]) q; expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered: deleting one changes what the same weights give.
    pub REDUNDANT_WEIGHTS = ("QL0105", "redundant-weights", "weights act only through one combination"); Proved, Graph(check)
}

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for region in view.regions.iter().filter(|region| region.live) {
        let groups = view.redundant_weights(region);
        if groups.is_empty() {
            continue;
        }
        let written = combinations(region.region);
        for group in groups {
            let [(first, _), rest @ ..] = &group[..] else { continue };
            let together = written.values().any(|list| group.iter().all(|(v, _)| list.iter().any(|(own, _)| own == v)));
            let why = match together {
                true => "they stand in the same angles in the same proportion",
                false => "they turn about one axis and meet: what stands between them commutes with one of them",
            };
            let name = quoted(&view.variable_name(region, *first));
            for &(variable, _) in rest {
                let place = view.place(region, &[region.variable_span(variable)]);
                out.about(
                    place,
                    quoted(&view.variable_name(region, variable)),
                    "{} acts only together with another weight",
                )
                .note(format!("every output depends on it and {name} through one combination only: {why}"));
            }
        }
    }
}

impl GraphView<'_> {
    /// The groups of at least two weights of a region on which outputs depend through one combination alone, `Σ factor · weight` with the
    /// factors given.
    #[must_use]
    pub fn redundant_weights(&self, region: &RegionView<'_>) -> Vec<Vec<(Variable, f64)>> {
        let acts = |v: Variable| self.is_trainable(v) && !region.effects.is_dead(v) && only_here(self, region.id, v);
        if region.effects.variables.keys().filter(|variable| acts(**variable)).nth(1).is_none() {
            return Vec::new();
        }
        let groups = combinations(region.reduced()).into_values().filter(|group| group.len() > 1);
        let live = groups.map(|group| group.into_iter().filter(|one| acts(one.0)).collect::<Vec<_>>());
        live.filter(|group| group.len() > 1).collect()
    }
}

/// Does the number stand nowhere else?
fn only_here(view: &GraphView<'_>, own: crate::ir::NodeId, variable: Variable) -> bool {
    let Variable::Weight { weight, .. } = variable else { return false };
    view.readers(weight).iter().all(|&node| node == own)
}

/// Angles by place, each with a coefficient as a share of the first.
type Places = Vec<(usize, usize, i64)>;

/// Variables by the angles they stand in, with their first coefficients: the same places with proportional coefficients are one group.
fn combinations(region: &Region) -> BTreeMap<Places, Vec<(Variable, f64)>> {
    let mut places: BTreeMap<Variable, Vec<(usize, usize, f64)>> = BTreeMap::new();
    for (at, op) in region.ops.iter().enumerate() {
        if matches!(op, QuantumOp::Prepare { .. }) {
            continue;
        }
        for (param, angle) in op.angles().iter().enumerate() {
            for &(variable, coefficient) in angle.terms() {
                places.entry(variable).or_default().push((at, param, coefficient));
            }
        }
    }
    let mut groups: BTreeMap<Places, Vec<(Variable, f64)>> = BTreeMap::new();
    for (variable, places) in places {
        let first = places[0].2;
        #[allow(clippy::cast_possible_truncation)] // Ratios of coefficients are moderate; a clash would need 2^33.
        let key = places.iter().map(|&(at, param, c)| (at, param, (c / first * 1e9).round() as i64)).collect();
        groups.entry(key).or_default().push((variable, first));
    }
    groups
}
