//! `plateau-slope`: gradients that fall exponentially over the space's numbers of qubits.

use crate::ir::build::build_with;
use crate::lint::{Findings, SpaceView, declare_lint};
use crate::probe::gradient_variance;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::collections::BTreeMap;

declare_lint! {
    /// ## What it does
    /// Over a space with circuits of at least four different sizes, measures the variance of gradients of a few architectures of each
    /// size, fits its logarithm by a line in the number of qubits, and reports slopes steeper than a factor of 1.5 per qubit, with
    /// their 95 % interval.
    /// ## Why is this bad?
    /// The family has a barren plateau: what trains at small sizes will not at larger ones.
    /// ## Example
    /// ```qnas wrong
    /// circuit c[n](x: real[n]) -> real[2 ** n] {
    ///     qubit[n] q;
    ///     ry(x) q;
    ///     for k in 0..3 { rx(weight[n]) q; rz(weight[n]) q; for i in 0..n - 1 { cx q[i], q[i + 1]; } }
    ///     probabilities(q)
    /// }
    /// model m(x: real[4]) -> real[2] { let n = choose 2..=6; x |> linear[n] |> c[n] |> linear[2] }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c[n](x: real[n]) -> real[n] { qubit[n] q; ry(x) q; rx(weight[n]) q; for i in 0..n - 1 { cz q[i], q[i + 1]; } expect(X(q)) }
    /// model m(x: real[4]) -> real[2] { let n = choose 2..=6; x |> linear[n] |> c[n] |> linear[2] }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub PLATEAU_SLOPE = ("QL0307", "plateau-slope", "gradients fall exponentially with size"); Sampled, Space(check)
}

/// Architectures of one size.
const EACH: usize = 3;
const SAMPLES: usize = 24;
const SIZES: usize = 4;

fn check(view: &SpaceView<'_>, out: &mut Findings) {
    let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
    let mut points = Vec::new();
    let mut rng = ChaCha8Rng::seed_from_u64(view.facts.seed);
    for arch in &view.archs {
        let Ok(graph) = build_with(view.space.template(), arch.bindings.clone()) else { continue };
        let Some((_, region)) = graph.regions().next() else { continue };
        let count = sizes.entry(region.n_qubits).or_default();
        if *count >= EACH {
            continue;
        }
        if let Some(found) = gradient_variance(region, SAMPLES, &mut rng).filter(|found| found.mean > 0.0) {
            *count += 1;
            points.push((f64::from(region.n_qubits), found.mean.ln()));
        }
    }
    let measured = sizes.values().filter(|count| **count > 0).count();
    let Some((slope, error)) = line(&points).filter(|_| measured >= SIZES) else { return };
    let (low, high) = (slope - 1.96 * error, slope + 1.96 * error);
    if high < -(1.5f64.ln()) {
        out.say(view.facts.home, "gradients fall exponentially with the number of qubits of this space").note(format!(
            "their variance falls by a factor of {:.2} per qubit (95 % interval {:.2} to {:.2}), from {} architectures of {measured} sizes",
            (-slope).exp(),
            (-high).exp(),
            (-low).exp(),
            points.len()
        ));
    }
}

/// Slope of the least-squares line, and its standard error.
fn line(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let n = points.len() as f64;
    if points.len() < 4 {
        return None;
    }
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let xx: f64 = points.iter().map(|p| (p.0 - mx) * (p.0 - mx)).sum();
    if xx == 0.0 {
        return None;
    }
    let slope = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum::<f64>() / xx;
    let rest: f64 = points.iter().map(|p| (p.1 - my - slope * (p.0 - mx)).powi(2)).sum();
    Some((slope, (rest / (n - 2.0) / xx).sqrt()))
}
