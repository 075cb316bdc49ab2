//! `fuse-single-qubit`: runs of gates on one qubit become one gate.

use super::fold_constants::named;
use super::local::{as_scalar, is_constant};
use super::rotation::wrap;
use super::{Changed, PassContext, declare_pass};
use crate::gates::{self, Gate};
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Region};
use crate::math::{C64, Matrix};
use std::f64::consts::{FRAC_PI_2, PI};

declare_pass! {
    /// Joins neighbouring gates on one qubit where the result is one gate whose angles are still affine forms.
    ///
    /// Constant gates multiply out to a named gate or a `u` of numbers. Gates with angles join as long as all but one are turns
    /// about Z: `rz(a); ry(b); rz(c);` is `u(b, c, a)`. Two turns about other axes with angles stay two gates: their
    /// product has no affine angles.
    pub FuseSingleQubit = ("fuse-single-qubit", "joins runs of gates on one qubit", ""); UpToGlobalPhase, fuse
}

/// `u(theta, phi, lambda)`, up to a phase; a turn about Z by `phi` if `theta` is none.
#[derive(Clone)]
struct Form {
    theta: Option<Angle>,
    phi: Angle,
    lambda: Angle,
}

struct Run {
    form: Form,
    /// Positions of the gates it stands for.
    members: Vec<usize>,
}

fn fuse(region: &mut Region, _: &PassContext) -> Changed {
    let mut runs: Vec<Option<Run>> = (0..region.n_qubits).map(|_| None).collect();
    let mut fates: Vec<Fate> = region.ops.iter().map(|_| Fate::Stays).collect();
    for at in 0..region.ops.len() {
        if let QuantumOp::Gate(gate) = &region.ops[at]
            && let ([qubit], Some(form)) = (&*gate.qubits, form_of(gate))
        {
            let slot = &mut runs[*qubit as usize];
            let joined = slot.as_ref().and_then(|run| then(&run.form, &form));
            match (joined, slot.as_mut()) {
                (Some(form), Some(run)) => {
                    run.form = form;
                    run.members.push(at);
                }
                _ => {
                    close(slot.take(), &region.ops, &mut fates);
                    *slot = Some(Run { form, members: vec![at] });
                }
            }
            continue;
        }
        for &qubit in region.ops[at].qubits() {
            close(runs[qubit as usize].take(), &region.ops, &mut fates);
        }
    }
    runs.into_iter().for_each(|run| close(run, &region.ops, &mut fates));
    let changed = fates.iter().any(|fate| !matches!(fate, Fate::Stays));
    let ops = std::mem::take(&mut region.ops).into_iter().zip(fates);
    region.ops = ops
        .filter_map(|(op, fate)| match fate {
            Fate::Stays => Some(op),
            Fate::Goes => None,
            Fate::Becomes(gate) => Some(QuantumOp::Gate(*gate)),
        })
        .collect();
    Changed::when(changed)
}

enum Fate {
    Stays,
    Goes,
    Becomes(Box<GateOp>),
}

/// Settles a run: one gate at the place of its last member, if it stands for several.
fn close(run: Option<Run>, ops: &[QuantumOp], fates: &mut [Fate]) {
    let Some(run) = run.filter(|run| run.members.len() > 1) else { return };
    run.members.iter().for_each(|&at| fates[at] = Fate::Goes);
    let (Some(&last), Some((gate, params))) = (run.members.last(), emit(&run.form)) else { return };
    if let QuantumOp::Gate(like) = &ops[last] {
        let operation = Operation::Gate { gate, params };
        fates[last] = Fate::Becomes(Box::new(GateOp { operation, extra_controls: Vec::new(), ..like.clone() }));
    }
}

/// A gate on one qubit without controls as a form, if its angles allow.
fn form_of(gate: &GateOp) -> Option<Form> {
    if gate.n_controls() > 0 || gate.qubits.len() != 1 {
        return None;
    }
    if is_constant(gate) {
        let numbers: Vec<f64> = gate.params().iter().filter_map(Angle::as_constant).collect();
        return Some(of_matrix(&gate.target_matrix(&numbers)));
    }
    let Operation::Gate { gate: kind, params } = &gate.operation else { return None };
    let full = |theta: &Angle, phi: Angle, lambda: Angle| Some(Form { theta: Some(theta.clone()), phi, lambda });
    let number = Angle::constant;
    match (kind.meta.name, &**params) {
        ("rz" | "p" | "u1", [angle]) => Some(Form { theta: None, phi: angle.clone(), lambda: number(0.0) }),
        ("ry", [angle]) => full(angle, number(0.0), number(0.0)),
        ("rx", [angle]) => full(angle, number(-FRAC_PI_2), number(FRAC_PI_2)),
        ("u" | "u3", [theta, phi, lambda]) => full(theta, phi.clone(), lambda.clone()),
        ("u2", [phi, lambda]) => full(&number(FRAC_PI_2), phi.clone(), lambda.clone()),
        ("r", [theta, phi]) => full(theta, phi.plus(&number(-FRAC_PI_2)), phi.scaled(-1.0).plus(&number(FRAC_PI_2))),
        _ => None,
    }
}

/// Euler angles of a unitary on one qubit, up to a phase.
fn of_matrix(m: &Matrix) -> Form {
    let (cos, sin) = (m[(0, 0)].norm(), m[(1, 0)].norm());
    let turn = |a: C64, b: C64| Angle::constant((a / b).arg());
    if sin < 1e-12 {
        return Form { theta: None, phi: turn(m[(1, 1)], m[(0, 0)]), lambda: Angle::constant(0.0) };
    }
    let theta = Some(Angle::constant(2.0 * sin.atan2(cos)));
    if cos < 1e-12 {
        return Form { theta, phi: turn(m[(1, 0)], -m[(0, 1)]), lambda: Angle::constant(0.0) };
    }
    Form { theta, phi: turn(m[(1, 0)], m[(0, 0)]), lambda: turn(-m[(0, 1)], m[(0, 0)]) }
}

fn matrix_of(form: &Form) -> Option<Matrix> {
    let theta = form.theta.as_ref().map_or(Some(0.0), Angle::as_constant)?;
    Some((gates::u::U.matrix)(&[theta, form.phi.as_constant()?, form.lambda.as_constant()?]))
}

/// First `a`, then `b`.
fn then(a: &Form, b: &Form) -> Option<Form> {
    if let (Some(a), Some(b)) = (matrix_of(a), matrix_of(b)) {
        return Some(of_matrix(&b.matmul(&a)));
    }
    match (&a.theta, &b.theta) {
        (_, None) => Some(Form { phi: a.phi.plus(&b.phi).plus(&b.lambda), ..a.clone() }),
        (None, Some(_)) => Some(Form { lambda: b.lambda.plus(&a.phi).plus(&a.lambda), ..b.clone() }),
        (Some(_), Some(_)) => None,
    }
}

/// The simplest gate that is this form up to a phase; none for the identity.
fn emit(form: &Form) -> Option<(&'static Gate, Vec<Angle>)> {
    if let Some(matrix) = matrix_of(form) {
        if as_scalar(&matrix).is_some() {
            return None;
        }
        if let Some(gate) = named(&matrix, true) {
            return Some((gate, Vec::new()));
        }
    }
    let near = |angle: &Angle, value: f64| angle.as_constant().is_some_and(|a| wrap(a - value, 2.0 * PI).abs() < 1e-12);
    let Some(theta) = &form.theta else {
        return Some((&gates::rz::RZ, vec![form.phi.plus(&form.lambda)]));
    };
    if near(&form.phi, 0.0) && near(&form.lambda, 0.0) {
        return Some((&gates::ry::RY, vec![theta.clone()]));
    }
    if near(&form.phi, -FRAC_PI_2) && near(&form.lambda, FRAC_PI_2) {
        return Some((&gates::rx::RX, vec![theta.clone()]));
    }
    Some((&gates::u::U, vec![theta.clone(), form.phi.clone(), form.lambda.clone()]))
}
