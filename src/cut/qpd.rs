//! Quasi-probability decompositions: a two-qubit gate, or a wire, as a signed sum of things that single qubits can do.
//!
//! With `U = L (Σ u_a σ_a σ_a) R`, `U ρ U†` is a sum over pairs `a, b`. A pair's off-diagonal part is made of two maps per
//! side, `R: ρ -> (σ_a ρ σ_b + σ_b ρ σ_a) / 2` and `I: ρ -> (σ_a ρ σ_b - σ_b ρ σ_a) / 2i`; each is a measurement whose outcome
//! is a sign, or half the difference of two unitaries (Mitarai and Fujii, arXiv:1909.07534). No ancilla is used; then the
//! coefficients add up to gamma, except for gates with all three interactions, where [`GateTerms::gamma`] is a little larger.

use super::gamma::block_matrix;
use super::kak::{kak, pauli};
use crate::ir::{GateOp, Variable};
use crate::math::{C64, Matrix, Pauli, c};
use std::f64::consts::FRAC_1_SQRT_2;

/// Coefficients below this are zero in exact arithmetic.
const EPS: f64 = 1e-12;

/// One thing done to a qubit.
// A plan holds a few dozen of them; a box would only be in the way.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, PartialEq, Debug)]
pub enum Act {
    /// A unitary.
    Apply(Matrix),
    /// A measurement in the computational basis whose outcome, 1 or -1, multiplies the result.
    Sign,
}

/// A gate as terms.
#[derive(Clone, PartialEq, Debug)]
pub struct GateTerms {
    /// Per side the different things that may be done instead of the gate.
    pub acts: [Vec<Vec<Act>>; 2],
    /// Coefficient and what each side does.
    pub terms: Vec<(f64, [usize; 2])>,
}

impl GateTerms {
    /// The sum of the magnitudes of the coefficients.
    #[must_use]
    pub fn gamma(&self) -> f64 {
        self.terms.iter().map(|term| term.0.abs()).sum()
    }
}

/// What a side does between its local gates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Core {
    Pauli(usize),
    /// `(σ_a + sign σ_b) / √2` or `(σ_a + i sign σ_b) / √2`.
    Mixed(usize, usize, bool, bool),
    /// Measure `σ`, then apply another.
    Signed(usize, usize),
}

/// One of the two maps of a pair as a signed sum of cores.
fn real_part(a: usize, b: usize) -> Vec<(f64, Core)> {
    match a {
        0 => vec![(1.0, Core::Signed(b, 0))],
        _ => vec![(0.5, Core::Mixed(a, b, true, false)), (-0.5, Core::Mixed(a, b, false, false))],
    }
}

fn imaginary_part(a: usize, b: usize) -> Vec<(f64, Core)> {
    if a == 0 {
        return vec![(0.5, Core::Mixed(0, b, true, true)), (-0.5, Core::Mixed(0, b, false, true))];
    }
    // σ_a σ_b = i e σ_c
    let c = 6 - a - b;
    let e = if (b + 3 - a) % 3 == 1 { 1.0 } else { -1.0 };
    vec![(-e, Core::Signed(c, a))]
}

impl Core {
    fn acts(self) -> Vec<Act> {
        match self {
            Self::Pauli(a) => vec![Act::Apply(pauli(a))],
            Self::Mixed(a, b, plus, imaginary) => {
                let sign = if plus { 1.0 } else { -1.0 };
                let factor = if imaginary { c(0.0, sign) } else { c(sign, 0.0) };
                let sum = pauli(a).plus(&pauli(b).scale(factor));
                vec![Act::Apply(sum.scale(c(FRAC_1_SQRT_2, 0.0)))]
            }
            Self::Signed(measured, then) => {
                let basis = to_z(measured);
                vec![Act::Apply(basis.clone()), Act::Sign, Act::Apply(pauli(then).matmul(&basis.dagger()))]
            }
        }
    }
}

/// The unitary `V` with `V σ V† = Z`.
fn to_z(a: usize) -> Matrix {
    let h = FRAC_1_SQRT_2;
    match a {
        1 => Matrix::from_rows(vec![c(h, 0.0), c(h, 0.0), c(h, 0.0), c(-h, 0.0)]),
        2 => Matrix::from_rows(vec![c(h, 0.0), c(0.0, -h), c(h, 0.0), c(0.0, h)]),
        _ => Matrix::identity(2),
    }
}

/// The unitary that turns a measurement of a Pauli into one of Z.
#[must_use]
pub fn basis_of(pauli: Pauli) -> Matrix {
    to_z(match pauli {
        Pauli::X => 1,
        Pauli::Y => 2,
        Pauli::Z => 3,
    })
}

/// The terms of gates on two qubits (the lower qubit is side 0) for given values of what their angles depend on. `None` if
/// they touch more qubits.
#[must_use]
pub fn gate_terms(gates: &[&GateOp], variable: &mut dyn FnMut(Variable) -> f64) -> Option<GateTerms> {
    Some(matrix_terms(&block_matrix(gates, variable)?))
}

/// The terms of a two-qubit unitary.
#[must_use]
pub fn matrix_terms(unitary: &Matrix) -> GateTerms {
    let parts = kak(unitary);
    let mut cores: Vec<Core> = Vec::new();
    let mut terms: Vec<(f64, [usize; 2])> = Vec::new();
    let mut add = |coefficient: f64, first: &[(f64, Core)], second: &[(f64, Core)]| {
        if coefficient.abs() < EPS {
            return;
        }
        let mut place = |core: Core| {
            cores.iter().position(|&other| other == core).unwrap_or_else(|| {
                cores.push(core);
                cores.len() - 1
            })
        };
        for &(x, one) in first {
            for &(y, other) in second {
                terms.push((coefficient * x * y, [place(one), place(other)]));
            }
        }
    };
    for a in 0..4 {
        let whole = [(1.0, Core::Pauli(a))];
        add(parts.u[a].norm_sqr(), &whole, &whole);
    }
    for a in 0..4 {
        for b in a + 1..4 {
            let z: C64 = parts.u[a] * parts.u[b].conj() * 2.0;
            let (r, i) = (real_part(a, b), imaginary_part(a, b));
            add(z.re, &r, &r);
            add(-z.re, &i, &i);
            add(-z.im, &r, &i);
            add(-z.im, &i, &r);
        }
    }
    let side = |k: usize| -> Vec<Vec<Act>> {
        let around = |core: &Core| {
            let mut acts = vec![Act::Apply(parts.right[k].clone())];
            acts.extend(core.acts());
            acts.push(Act::Apply(parts.left[k].clone()));
            fused(acts)
        };
        cores.iter().map(around).collect()
    };
    GateTerms { acts: [side(0), side(1)], terms }
}

/// Unitaries one after another as one.
fn fused(acts: Vec<Act>) -> Vec<Act> {
    let mut out: Vec<Act> = Vec::with_capacity(acts.len());
    for act in acts {
        match (out.last_mut(), act) {
            (Some(Act::Apply(before)), Act::Apply(after)) => *before = after.matmul(before),
            (_, act) => out.push(act),
        }
    }
    out
}

/// The eight terms of a wire: coefficient, what is measured where it ends (`None`: nothing), and which of [`STATES`] begins.
pub const WIRE_TERMS: [(f64, Option<Pauli>, usize); 8] = [
    (0.5, None, 0),
    (0.5, None, 1),
    (0.5, Some(Pauli::Z), 0),
    (-0.5, Some(Pauli::Z), 1),
    (0.5, Some(Pauli::X), 2),
    (-0.5, Some(Pauli::X), 3),
    (0.5, Some(Pauli::Y), 4),
    (-0.5, Some(Pauli::Y), 5),
];

/// Names of the states that a cut wire begins with.
pub const STATES: [&str; 6] = ["0", "1", "+", "-", "+i", "-i"];

/// The unitary that prepares one of [`STATES`] from `0`.
#[must_use]
pub fn preparation(state: usize) -> Matrix {
    let flip = if state % 2 == 1 { pauli(1) } else { Matrix::identity(2) };
    let basis = [3, 1, 2][state / 2 % 3];
    to_z(basis).dagger().matmul(&flip)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `K ρ K†` summed with signs over what the acts can do.
    fn branches(acts: &[Act]) -> Vec<(f64, Matrix)> {
        let mut out = vec![(1.0, Matrix::identity(2))];
        for act in acts {
            out = match act {
                Act::Apply(matrix) => out.into_iter().map(|(sign, k)| (sign, matrix.matmul(&k))).collect(),
                Act::Sign => out
                    .into_iter()
                    .flat_map(|(sign, k)| {
                        let project = |bit: usize| {
                            let mut p = Matrix::zeros(2);
                            p[(bit, bit)] = c(1.0, 0.0);
                            p
                        };
                        [(sign, project(0).matmul(&k)), (-sign, project(1).matmul(&k))]
                    })
                    .collect(),
            };
        }
        out
    }

    fn reconstructed(terms: &GateTerms, rho: &Matrix) -> Matrix {
        let mut out = Matrix::zeros(4);
        for (coefficient, [x, y]) in &terms.terms {
            for (s, low) in branches(&terms.acts[0][*x]) {
                for (t, high) in branches(&terms.acts[1][*y]) {
                    let k = low.kron_high(&high);
                    out = out.plus(&k.matmul(rho).matmul(&k.dagger()).scale(c(coefficient * s * t, 0.0)));
                }
            }
        }
        out
    }

    fn some_state() -> Matrix {
        let v: Vec<C64> = [(0.3, 0.1), (-0.5, 0.2), (0.4, -0.6), (0.2, 0.25)].iter().map(|&(x, y)| c(x, y)).collect();
        let mut rho = Matrix::zeros(4);
        for i in 0..4 {
            for j in 0..4 {
                rho[(i, j)] = v[i] * v[j].conj();
            }
        }
        rho
    }

    fn check(unitary: &Matrix) -> GateTerms {
        let terms = matrix_terms(unitary);
        let rho = some_state();
        let expected = unitary.matmul(&rho).matmul(&unitary.dagger());
        assert!(reconstructed(&terms, &rho).distance(&expected) < 1e-9);
        terms
    }

    #[test]
    fn two_qubit_gates_are_the_sum_of_their_terms_at_the_price_of_gamma() {
        for gate in crate::gates::GATES.iter().filter(|gate| gate.n_qubits() == 2 && gate.controls == 0) {
            let params: Vec<f64> = (0..gate.params.len()).map(|k| 0.4 + 0.7 * k as f64).collect();
            let unitary = (gate.matrix)(&params);
            let terms = check(&unitary);
            let gamma = crate::cut::gamma::of_matrix(&unitary);
            let exact = gate.meta.name != "sqrtswap";
            assert!(terms.gamma() >= gamma - 1e-9 && (!exact || terms.gamma() < gamma + 1e-6), "{}", gate.meta.name);
        }
    }

    #[test]
    fn an_ising_gate_has_the_six_published_terms() {
        let t = 0.9f64;
        let terms = check(&(crate::gates::rzz::RZZ.matrix)(&[t]));
        let mut found: Vec<f64> = terms.terms.iter().map(|term| term.0.abs()).collect();
        found.sort_by(f64::total_cmp);
        let mut expected = vec![(t / 2.0).cos().powi(2), (t / 2.0).sin().powi(2)];
        expected.extend([t.sin() / 2.0; 4]);
        expected.sort_by(f64::total_cmp);
        assert_eq!(found.len(), 6);
        assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
        // Five different operations a side: nothing is run twice.
        assert_eq!((terms.acts[0].len(), terms.acts[1].len()), (5, 5));
    }

    #[test]
    fn a_wire_is_the_sum_of_its_terms() {
        let mut out = Matrix::zeros(2);
        let (p, q, z) = (0.3, 0.7, c(0.2, -0.35));
        let rho = Matrix::from_rows(vec![c(p, 0.0), z, z.conj(), c(q, 0.0)]);
        for (coefficient, measured, state) in WIRE_TERMS {
            let observable = measured.map_or(Matrix::identity(2), |pauli| {
                let v = basis_of(pauli);
                v.dagger().matmul(&super::pauli(3)).matmul(&v)
            });
            let product = rho.matmul(&observable);
            let value = (product[(0, 0)] + product[(1, 1)]).re;
            let v = preparation(state);
            let mut zero = Matrix::zeros(2);
            zero[(0, 0)] = c(1.0, 0.0);
            out = out.plus(&v.matmul(&zero).matmul(&v.dagger()).scale(c(coefficient * value, 0.0)));
        }
        assert!(out.distance(&rho) < 1e-12);
        let gamma: f64 = WIRE_TERMS.iter().map(|term| term.0.abs()).sum();
        assert!((gamma - crate::cut::gamma::WIRE).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn any_unitary_is_the_sum_of_its_terms(angles in prop::collection::vec(-4.0..4.0f64, 15)) {
            let local = |k: usize| {
                let u = |at: usize| (crate::gates::u::U.matrix)(&angles[at..at + 3]);
                u(k).kron_high(&u(k + 3))
            };
            let [x, y, z] = ["rxx", "ryy", "rzz"].map(|name| crate::gates::find(name).map(|gate| gate.matrix).unwrap());
            let middle = x(&angles[12..]).matmul(&y(&angles[13..])).matmul(&z(&angles[14..]));
            check(&local(0).matmul(&middle).matmul(&local(6)));
        }
    }
}
