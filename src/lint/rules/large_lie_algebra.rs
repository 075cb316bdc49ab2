//! `large-lie-algebra`: generators that make everything.

use super::measured;
use crate::lint::{Findings, GraphView, declare_lint};
use crate::probe::{LieDimension, lie_dimension};

declare_lint! {
    /// ## What it does
    /// Computes the dimension of the Lie algebra that a circuit's rotations generate, up to a cap of 300, and reports circuits of at least
    /// four qubits that pass half of 4^n or the cap.
    /// ## Why is this bad?
    /// The variance of gradients of such a circuit, once it is deep, is about one over that dimension (Ragone et al., Nat.
    /// Commun. 15, 7172, 2024): a plateau. At small depth it may train well, so this is a measurement, not a verdict.
    /// ## Example
    /// ```qnas wrong
    /// circuit c(x: real[4]) -> real[4] { qubit[4] q; for k in 0..3 { ry(x) q; rx(weight[4]) q; rz(weight[4]) q; for i in 0..3 { rzz(weight) q[i], q[i + 1]; } } expect(Z(q)) }
    /// ```
    /// ## Use instead
    /// ```qnas right
    /// circuit c(x: real[4]) -> real[4] { qubit[4] q; for k in 0..3 { rz(x) q; rx(weight[4]) q; } expect(Z(q)) }
    /// ```
    /// ## Fix safety
    /// None is offered.
    pub LARGE_LIE_ALGEBRA = ("QL0304", "large-lie-algebra", "the generators span nearly everything"); Sampled, Graph(check)
}

const CAP: usize = 300;
const QUBITS: u32 = 4;

fn check(view: &GraphView<'_>, out: &mut Findings) {
    for (region, _) in measured(view) {
        let n = region.region.n_qubits;
        // A circuit with fewer rotations than directions is far from the depth the theory speaks of.
        if n < QUBITS || crate::probe::trainable(region.region).len() < 4 * n as usize {
            continue;
        }
        let dimension = match lie_dimension(region.region, CAP) {
            Some(LieDimension::Exactly(dimension)) if dimension as f64 >= 0.5 * 4f64.powi(n.cast_signed()) => {
                format!("{dimension}")
            }
            Some(LieDimension::AtLeast(dimension)) => format!("at least {dimension}"),
            _ => continue,
        };
        let place = view.place(region, &[]);
        out.about(place, view.circuit_name(region), "the rotations of {} generate nearly every unitary")
            .note(format!("the dimension of their Lie algebra is {dimension}; deep circuits have gradients of about its inverse in variance"));
    }
}
