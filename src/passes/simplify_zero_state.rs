//! `simplify-zero-state`: what a gate does on a known input state.

use super::local::{EPS, MAX_OPERANDS, is_constant, sample_params};
use super::rotation::controlled;
use super::{Changed, PassContext, declare_pass};
use crate::gates;
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Region};
use crate::math::{C64, Matrix, c};

declare_pass! {
    /// Follows qubits whose state is known and constant from |0>, and simplifies gates on them.
    ///
    /// A gate that only multiplies a known state by a phase goes (`rz` on |0>, `swap` of equal states); a control
    /// that never fires takes its gate with it, one that always fires is dropped; a target in an eigenstate leaves a
    /// phase on the controls (`cx` onto |+> is nothing, `crz(a)` onto |0> is `p(-a/2)` on the control).
    pub SimplifyZeroState = ("simplify-zero-state", "simplifies gates on known states", ""); Observables, simplify
}

/// A state of one qubit.
pub(super) type Ket = [C64; 2];

/// |0>.
pub(super) fn zero() -> Ket {
    cardinal(0)
}

/// |0>, |1>, |+>, |->.
pub(super) fn cardinal(which: usize) -> Ket {
    let half = std::f64::consts::FRAC_1_SQRT_2;
    match which {
        0 => [c(1.0, 0.0), c(0.0, 0.0)],
        1 => [c(0.0, 0.0), c(1.0, 0.0)],
        2 => [c(half, 0.0), c(half, 0.0)],
        _ => [c(half, 0.0), c(-half, 0.0)],
    }
}

/// Are two states equal up to a phase?
pub(super) fn same_ket(a: Ket, b: Ket) -> bool {
    ((a[0].conj() * b[0] + a[1].conj() * b[1]).norm() - 1.0).abs() < EPS
}

/// A constant gate on one qubit.
pub(super) fn apply(gate: &GateOp, ket: Ket) -> Ket {
    let numbers: Vec<f64> = gate.params().iter().filter_map(Angle::as_constant).collect();
    let m = gate.target_matrix(&numbers);
    [m[(0, 0)] * ket[0] + m[(0, 1)] * ket[1], m[(1, 0)] * ket[0] + m[(1, 1)] * ket[1]]
}

fn simplify(region: &mut Region, _: &PassContext) -> Changed {
    let mut kets: Vec<Option<Ket>> = vec![Some(zero()); region.n_qubits as usize];
    let mut kept = Vec::with_capacity(region.ops.len());
    let mut changed = false;
    for op in std::mem::take(&mut region.ops) {
        match op {
            QuantumOp::Gate(gate) => {
                let before = gate.qubits.len();
                let mut rest = Some(gate);
                // Every round takes away at least one operand.
                for _ in 0..=before {
                    match rest.as_ref().map(|gate| once(gate, &kets)) {
                        Some(Outcome::Gone) => rest = None,
                        Some(Outcome::Becomes(simpler)) => rest = Some(*simpler),
                        Some(Outcome::Stays) | None => break,
                    }
                    changed = true;
                }
                if let Some(gate) = rest {
                    follow(&gate, &mut kets);
                    kept.push(QuantumOp::Gate(gate));
                }
            }
            op => {
                if let QuantumOp::Prepare { qubits, .. } = &op {
                    qubits.iter().for_each(|&qubit| kets[qubit as usize] = None);
                }
                kept.push(op);
            }
        }
    }
    region.ops = kept;
    Changed::when(changed)
}

enum Outcome {
    Stays,
    Gone,
    Becomes(Box<GateOp>),
}

fn once(gate: &GateOp, kets: &[Option<Ket>]) -> Outcome {
    let controls: Vec<(u32, bool)> = gate.controls().collect();
    for (at, &(qubit, value)) in controls.iter().enumerate() {
        let Some(ket) = kets[qubit as usize] else { continue };
        if same_ket(ket, cardinal(usize::from(!value))) {
            return Outcome::Gone;
        }
        if same_ket(ket, cardinal(usize::from(value))) {
            return without_control(gate, &controls, at);
        }
    }
    let Some(target) = product(gate.targets(), kets) else { return Outcome::Stays };
    let factors = [0, 1].map(|sample| eigenvalue(&gate.target_matrix(&sample_params(gate, sample)), &target));
    let [Some(factor), Some(other)] = factors else { return Outcome::Stays };
    if controls.is_empty() || (factor - 1.0).norm() < EPS && (other - 1.0).norm() < EPS {
        return Outcome::Gone;
    }
    let Some(on) = controls.iter().rposition(|control| control.1) else { return Outcome::Stays };
    let Some(angle) = phase(gate, &target, factor) else { return Outcome::Stays };
    let mut rest = controls;
    let (qubit, _) = rest.remove(on);
    Outcome::Becomes(Box::new(controlled(&gates::p::P, vec![angle], &rest, &[qubit], gate)))
}

/// The same gate with one control fewer.
fn without_control(gate: &GateOp, controls: &[(u32, bool)], at: usize) -> Outcome {
    let mut simpler = gate.clone();
    if at < gate.extra_controls.len() {
        simpler.extra_controls.remove(at);
        simpler.qubits.remove(at);
        return Outcome::Becomes(Box::new(simpler));
    }
    // One of the gate's own controls: written with a base gate and the controls that are left, where the catalogue has one.
    let Operation::Gate { gate: kind, params } = &gate.operation else { return Outcome::Stays };
    let base = match kind.meta.name {
        "cu1" => Some("p"),
        "cu3" => Some("u3"),
        "ccx" => Some("x"),
        "ccz" => Some("z"),
        name => name.strip_prefix('c'),
    };
    let Some(base) = base.and_then(gates::find).filter(|base| base.params.len() == params.len()) else {
        return Outcome::Stays;
    };
    let mut rest = controls.to_vec();
    rest.remove(at);
    Outcome::Becomes(Box::new(controlled(base, params.clone(), &rest, gate.targets(), gate)))
}

/// The product of known states, target 0 least significant.
fn product(qubits: &[u32], kets: &[Option<Ket>]) -> Option<Vec<C64>> {
    if qubits.is_empty() || qubits.len() > MAX_OPERANDS {
        return None;
    }
    qubits.iter().try_fold(vec![c(1.0, 0.0)], |low, &qubit| {
        let ket = kets[qubit as usize]?;
        Some(ket.iter().flat_map(|&high| low.iter().map(move |&amp| high * amp)).collect())
    })
}

fn times(matrix: &Matrix, vector: &[C64]) -> Vec<C64> {
    (0..matrix.dim()).map(|row| (0..matrix.dim()).map(|column| matrix[(row, column)] * vector[column]).sum()).collect()
}

/// The eigenvalue, if the vector is an eigenvector.
fn eigenvalue(matrix: &Matrix, vector: &[C64]) -> Option<C64> {
    let image = times(matrix, vector);
    let factor: C64 = vector.iter().zip(&image).map(|(a, b)| a.conj() * b).sum();
    let off = vector.iter().zip(&image).map(|(a, b)| (b - a * factor).norm()).fold(0.0, f64::max);
    (off < EPS).then_some(factor)
}

/// The phase a gate gives an eigenvector, as an affine form.
fn phase(gate: &GateOp, vector: &[C64], factor: C64) -> Option<Angle> {
    if is_constant(gate) {
        return Some(Angle::constant(factor.arg()));
    }
    let Operation::Gate { gate: kind, params } = &gate.operation else { return None };
    let [angle] = &**params else { return None };
    let value = eigenvalue(&kind.generator_matrix()?, vector)?;
    Some(angle.scaled(-value.re))
}

/// What is known after a gate.
fn follow(gate: &GateOp, kets: &mut [Option<Ket>]) {
    let known = (gate.n_controls() == 0 && is_constant(gate)).then(|| product(gate.targets(), kets)).flatten();
    let after = known.and_then(|vector| {
        let numbers: Vec<f64> = gate.params().iter().filter_map(Angle::as_constant).collect();
        factors(&times(&gate.target_matrix(&numbers), &vector), gate.targets().len())
    });
    for (j, &qubit) in gate.qubits.iter().enumerate() {
        kets[qubit as usize] = after.as_ref().map(|kets| kets[j]);
    }
}

/// The states of the single qubits, if the vector is a product of them.
fn factors(vector: &[C64], n: usize) -> Option<Vec<Ket>> {
    let peak = (0..vector.len()).max_by(|&a, &b| vector[a].norm().total_cmp(&vector[b].norm()))?;
    let kets: Vec<Ket> = (0..n)
        .map(|j| {
            let [low, high] = [vector[peak & !(1 << j)], vector[peak | 1 << j]];
            let norm = (low.norm_sqr() + high.norm_sqr()).sqrt();
            [low / norm, high / norm]
        })
        .collect();
    let joint = kets.iter().fold(vec![c(1.0, 0.0)], |low, ket| {
        ket.iter().flat_map(|&high| low.iter().map(move |&amp| high * amp)).collect()
    });
    let overlap: C64 = joint.iter().zip(vector).map(|(a, b)| a.conj() * b).sum();
    ((overlap.norm() - 1.0).abs() < EPS).then_some(kets)
}
