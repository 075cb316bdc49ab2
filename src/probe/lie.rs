//! The dynamical Lie algebra of a circuit: everything its generators make together.

use super::probe;
use crate::ir::{Operation, QuantumOp, Region};
use crate::math::{C64, Matrix, c};
use std::collections::BTreeMap;

probe! {
    /// The dimension of the Lie algebra that the generators of the circuit's rotations span under commutators, fixed gates between
    /// them taken into account. For circuits deep enough the variance of gradients is about one over it; it grows like 4^n for
    /// unstructured ansätze and like a power of n for few families.
    pub LIE_DIMENSION = ("lie_dimension", "dimension of the dynamical Lie algebra", "Larocca et al., Quantum 6, 824, 2022, arXiv:2105.14377; Ragone et al., Nat. Commun. 15, 7172, 2024");
    |region, samples, _| match lie_dimension(region, samples)? {
        LieDimension::Exactly(dimension) | LieDimension::AtLeast(dimension) => Some(dimension as f64),
    }
}

/// A dimension, or the cap it passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LieDimension {
    /// Exactly.
    Exactly(usize),
    /// The closure was stopped.
    AtLeast(usize),
}

/// A Hermitian operator as a real sum of Pauli strings, each `(x, z)` by bits.
type Operator = BTreeMap<(u64, u64), f64>;

/// A few strings of such a sum, in any order.
type Parts = Vec<((u64, u64), f64)>;

const ZERO: f64 = 1e-9;

/// The dimension, at most `cap`; `None` without rotations, or with gates whose generator is not known.
#[must_use]
pub fn lie_dimension(region: &Region, cap: usize) -> Option<LieDimension> {
    if region.n_qubits > 32 {
        return None;
    }
    let generators = generators(region)?;
    let mut basis = Echelon::default();
    let mut queue: Vec<Operator> = generators.iter().filter_map(|g| basis.add(g.clone())).collect();
    if queue.is_empty() {
        return None;
    }
    let own = queue.clone();
    while let Some(next) = queue.pop() {
        for generator in &own {
            if let Some(new) = basis.add(commutator(generator, &next)) {
                queue.push(new);
                if basis.0.len() >= cap {
                    return Some(LieDimension::AtLeast(basis.0.len()));
                }
            }
        }
    }
    Some(LieDimension::Exactly(basis.0.len()))
}

/// The generators of all rotations by variables, moved back to the beginning through the fixed gates before them.
fn generators(region: &Region) -> Option<Vec<Operator>> {
    let mut out: Vec<Operator> = Vec::new();
    for (at, op) in region.ops.iter().enumerate() {
        let QuantumOp::Gate(gate) = op else { continue };
        if gate.params().iter().all(|angle| angle.as_constant().is_some()) {
            continue;
        }
        let Operation::Gate { gate: kind, .. } = &gate.operation else { return None };
        let mut operator = Operator::new();
        if kind.generator.is_empty() {
            return None;
        }
        for (factor, letters) in kind.generator {
            let mut string = (0u64, 0u64);
            for (&qubit, letter) in gate.targets().iter().zip(letters.chars()) {
                string.0 |= u64::from(matches!(letter, 'X' | 'Y')) << qubit;
                string.1 |= u64::from(matches!(letter, 'Z' | 'Y')) << qubit;
            }
            controlled(&mut operator, *factor, string, &gate.controls().collect::<Vec<_>>());
        }
        for before in region.ops[..at].iter().rev() {
            if let QuantumOp::Gate(fixed) = before
                && fixed.params().iter().all(|angle| angle.as_constant().is_some())
            {
                operator = conjugated(&operator, fixed)?;
            }
        }
        operator.retain(|string, factor| factor.abs() > ZERO && *string != (0, 0));
        if !operator.is_empty() && !out.contains(&operator) {
            out.push(operator);
        }
    }
    Some(out)
}

/// Adds `factor · P` under controls: each control is the projector (1 ± Z) / 2.
fn controlled(operator: &mut Operator, factor: f64, string: (u64, u64), controls: &[(u32, bool)]) {
    for subset in 0..1u32 << controls.len() {
        let (mut z, mut sign) = (string.1, 1.0);
        for (at, &(qubit, on_one)) in controls.iter().enumerate() {
            if subset >> at & 1 == 1 {
                z ^= 1 << qubit;
                sign *= if on_one { -1.0 } else { 1.0 };
            }
        }
        *operator.entry((string.0, z)).or_default() += sign * factor / f64::from(1 << controls.len());
    }
}

/// `U† A U` for a fixed gate.
fn conjugated(operator: &Operator, gate: &crate::ir::GateOp) -> Option<Operator> {
    let numbers: Vec<f64> = gate.params().iter().filter_map(crate::ir::Angle::as_constant).collect();
    let unitary = whole(gate, &numbers);
    let k = gate.qubits.len();
    if k > 4 {
        return None;
    }
    let mask: u64 = gate.qubits.iter().map(|q| 1u64 << q).sum();
    let mut known: BTreeMap<(u64, u64), Parts> = BTreeMap::new();
    let mut out = Operator::new();
    for (&(x, z), &factor) in operator {
        let local = (x & mask, z & mask);
        let parts = known.entry(local).or_insert_with(|| {
            let small = unitary.dagger().matmul(&pauli(local, &gate.qubits)).matmul(&unitary);
            decompose(&small, &gate.qubits)
        });
        for &((px, pz), part) in parts.iter() {
            *out.entry((x & !mask | px, z & !mask | pz)).or_default() += factor * part;
        }
    }
    out.retain(|_, factor| factor.abs() > ZERO);
    Some(out)
}

/// The matrix of a gate on all its operands, operand 0 least significant.
fn whole(gate: &crate::ir::GateOp, numbers: &[f64]) -> Matrix {
    let (dim, controls) = (1usize << gate.qubits.len(), gate.n_controls());
    let small = gate.target_matrix(numbers);
    let wanted: usize = gate.controls().enumerate().map(|(at, (_, on_one))| usize::from(on_one) << at).sum();
    let mut out = Matrix::identity(dim);
    for row in 0..small.dim() {
        for column in 0..small.dim() {
            out[(wanted | row << controls, wanted | column << controls)] = small[(row, column)];
        }
    }
    out
}

/// A Pauli string on some qubits as a matrix, `qubits[0]` least significant.
fn pauli((x, z): (u64, u64), qubits: &[u32]) -> Matrix {
    let dim = 1usize << qubits.len();
    let bits = |mask: u64| -> usize { qubits.iter().enumerate().map(|(at, q)| ((mask >> q & 1) as usize) << at).sum() };
    let (x, z) = (bits(x), bits(z));
    let mut out = Matrix::zeros(dim);
    for column in 0..dim {
        // Y = i X Z, one factor i for every qubit that has both.
        let sign = if (column & z).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
        let phase = [c(1.0, 0.0), c(0.0, 1.0), c(-1.0, 0.0), c(0.0, -1.0)][(x & z).count_ones() as usize % 4];
        out[(column ^ x, column)] = phase * sign;
    }
    out
}

/// A Hermitian matrix as a sum of Pauli strings.
fn decompose(matrix: &Matrix, qubits: &[u32]) -> Parts {
    let dim = matrix.dim();
    let spread = |bits: usize| -> u64 { qubits.iter().enumerate().map(|(at, q)| ((bits >> at & 1) as u64) << q).sum() };
    let mut out = Vec::new();
    for x in 0..dim {
        for z in 0..dim {
            let string = (spread(x), spread(z));
            let p = pauli(string, qubits);
            let mut trace = C64::new(0.0, 0.0);
            for column in 0..dim {
                trace += p[(column ^ x, column)].conj() * matrix[(column ^ x, column)];
            }
            let factor = trace.re / dim as f64;
            if factor.abs() > ZERO {
                out.push((string, factor));
            }
        }
    }
    out
}

/// `i [A, B]`.
fn commutator(a: &Operator, b: &Operator) -> Operator {
    let mut out = Operator::new();
    for (&(ax, az), &fa) in a {
        for (&(bx, bz), &fb) in b {
            if ((ax & bz).count_ones() + (az & bx).count_ones()) % 2 == 0 {
                continue;
            }
            // A product of two strings that do not commute is ±i times a string.
            let (x, z) = (ax ^ bx, az ^ bz);
            let power = (ax & az).count_ones() + (bx & bz).count_ones() + 2 * (az & bx).count_ones();
            let own = (x & z).count_ones();
            let i = (power + 4 * 64 - own) % 4;
            let sign = if i == 1 { -1.0 } else { 1.0 };
            *out.entry((x, z)).or_default() += 2.0 * sign * fa * fb;
        }
    }
    out.retain(|_, factor| factor.abs() > ZERO);
    out
}

/// Operators in echelon form: each leads with a string that no other has.
#[derive(Default)]
struct Echelon(BTreeMap<(u64, u64), Operator>);

impl Echelon {
    /// Adds an operator; what is new about it, scaled, or `None`.
    fn add(&mut self, mut operator: Operator) -> Option<Operator> {
        let mut from = (0, 0);
        while let Some((&lead, &factor)) = operator.range(from..).next() {
            if factor.abs() <= ZERO {
                operator.remove(&lead);
                continue;
            }
            if let Some(pivot) = self.0.get(&lead) {
                for (string, part) in pivot {
                    *operator.entry(*string).or_default() -= factor * part;
                }
                operator.remove(&lead);
                operator.retain(|_, factor| factor.abs() > ZERO);
            } else {
                // Its first string is new: what comes before was removed.
                operator.values_mut().for_each(|part| *part /= factor);
                self.0.insert(lead, operator.clone());
                return Some(operator);
            }
            from = lead;
        }
        None
    }
}
