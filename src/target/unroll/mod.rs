//! A region as meetings and runs: every gate taken apart into what acts on one qubit and what lets two interact.
//!
//! Angles stay affine forms throughout. Facts about a gate are its matrix and its generator; the only names here are those
//! of families whose angles stay open. Gates on three and more qubits are taken apart by the textbook recursions.

mod controlled;
mod pair;
mod prepare;
mod single;
mod wide;

use super::circuit::Circuit;
use super::errors::OPEN_PREPARATION;
use super::run::Origin;
use crate::diag::Diagnostic;
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Region};
use std::f64::consts::{FRAC_PI_2, PI};

/// What becomes of `prepare` with amplitudes that are not known yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Preparation {
    /// An error: no gates with affine angles make such a state.
    Refuse,
    /// The gates that would make it, with angles of no meaning: right for counting, wrong for running.
    StandIn,
}

/// A circuit that grows gate by gate, and where the gates come from.
struct Unroller<'c> {
    circuit: &'c mut Circuit,
    origin: Origin,
}

/// The region as meetings and runs, global phase left out.
///
/// # Errors
/// `QN0625` for amplitudes that depend on data or weights.
pub(super) fn unroll(region: &Region, preparation: Preparation) -> Result<Circuit, Diagnostic> {
    let mut circuit = Circuit::new(region.n_qubits as usize);
    for op in &region.ops {
        match op {
            QuantumOp::Gate(gate) => {
                let mut unroller = Unroller { circuit: &mut circuit, origin: (gate.path.clone(), gate.span) };
                unroller.gate(gate);
            }
            QuantumOp::Prepare { qubits, values, path, span } => {
                let numbers: Option<Vec<f64>> = values.iter().map(Angle::as_constant).collect();
                let numbers = match (numbers, preparation) {
                    (Some(numbers), _) => numbers,
                    (None, Preparation::StandIn) => {
                        (0..values.len()).map(|k| 1.0 + (k as f64 * 0.7).sin() / 2.0).collect()
                    }
                    (None, Preparation::Refuse) => {
                        return Err(Diagnostic::error(
                            &OPEN_PREPARATION,
                            *span,
                            "`prepare` of numbers that are not known yet has no gates",
                        )
                        .note("the angles that make a state are no affine forms of its amplitudes")
                        .help("embed the data as angles, or give a sample: `qnas emit qasm3 .. --device NAME --input FILE`"));
                    }
                };
                Unroller { circuit: &mut circuit, origin: (path.clone(), *span) }.prepare(qubits, &numbers);
            }
            QuantumOp::Barrier { .. } => {}
        }
    }
    Ok(circuit)
}

impl Unroller<'_> {
    fn gate(&mut self, gate: &GateOp) {
        let controls: Vec<(u32, bool)> = gate.controls().collect();
        for &(qubit, _) in controls.iter().filter(|control| !control.1) {
            self.circuit.run(qubit).x();
        }
        let qubits: Vec<u32> = controls.iter().map(|control| control.0).collect();
        self.under(&qubits, &gate.operation, gate.targets());
        for &(qubit, _) in controls.iter().filter(|control| !control.1) {
            self.circuit.run(qubit).x();
        }
    }

    /// An operation on targets under controls that fire on |1>.
    fn under(&mut self, controls: &[u32], operation: &Operation, targets: &[u32]) {
        match targets {
            // A global phase under controls is a phase of all of them.
            [] => {
                if let Some(angle) = operation_angles(operation).first() {
                    self.phase(controls, angle);
                }
            }
            [target] => match single::of(operation) {
                Some(single) => self.controlled(controls, &single, *target),
                None => self.wide(controls, operation, targets),
            },
            [a, b] => self.pair(controls, operation, [*a, *b]),
            _ => self.wide(controls, operation, targets),
        }
    }

    fn rz(&mut self, qubit: u32, angle: &Angle) {
        let run = self.circuit.run(qubit);
        run.mark(&self.origin);
        run.rz(angle);
    }

    fn turn(&mut self, qubit: u32, angle: f64) {
        self.rz(qubit, &Angle::constant(angle));
    }

    fn h(&mut self, qubit: u32) {
        let run = self.circuit.run(qubit);
        run.mark(&self.origin);
        run.h();
    }

    fn u(&mut self, qubit: u32, theta: &Angle, phi: &Angle, lambda: &Angle) {
        let run = self.circuit.run(qubit);
        run.mark(&self.origin);
        run.u(theta, phi, lambda);
    }

    fn ry(&mut self, qubit: u32, angle: &Angle) {
        self.u(qubit, angle, &Angle::default(), &Angle::default());
    }

    /// `exp(-i angle ZZ / 2)`
    fn zz(&mut self, qubits: [u32; 2], angle: &Angle) {
        self.circuit.meet(qubits, [Angle::default(), Angle::default(), angle.clone()], &self.origin);
    }

    fn cz(&mut self, a: u32, b: u32) {
        self.zz([a, b], &Angle::constant(FRAC_PI_2));
        self.turn(a, -FRAC_PI_2);
        self.turn(b, -FRAC_PI_2);
    }

    fn cx(&mut self, control: u32, target: u32) {
        self.h(target);
        self.cz(control, target);
        self.h(target);
    }

    /// `e^(i angle)` where all qubits are |1>.
    fn phase(&mut self, qubits: &[u32], angle: &Angle) {
        match *qubits {
            _ if angle.as_constant().is_some_and(|value| crate::math::turn::quarters(value) == Some(0)) => {}
            [] => {}
            [qubit] => self.rz(qubit, angle),
            [a, b] => {
                self.zz([a, b], &angle.scaled(-0.5));
                self.rz(a, &angle.scaled(0.5));
                self.rz(b, &angle.scaled(0.5));
            }
            [a, b, c] if angle.as_constant().is_some_and(|value| crate::math::turn::quarters(value) == Some(2)) => {
                self.ccz(a, b, c)
            }
            [ref rest @ .., pivot, last] => {
                let half = angle.scaled(0.5);
                self.phase(&[pivot, last], &half);
                self.flip(rest, pivot);
                self.phase(&[pivot, last], &half.scaled(-1.0));
                self.flip(rest, pivot);
                let remaining: Vec<u32> = rest.iter().copied().chain([last]).collect();
                self.phase(&remaining, &half);
            }
        }
    }

    /// `x` on the target where all controls are |1>.
    fn flip(&mut self, controls: &[u32], target: u32) {
        match controls {
            [] => {
                let run = self.circuit.run(target);
                run.mark(&self.origin);
                run.x();
            }
            [control] => self.cx(*control, target),
            _ => {
                self.h(target);
                let all: Vec<u32> = controls.iter().copied().chain([target]).collect();
                self.phase(&all, &Angle::constant(PI));
                self.h(target);
            }
        }
    }

    /// Six `cx` and seven eighth turns.
    fn ccz(&mut self, a: u32, b: u32, c: u32) {
        let eighth = PI / 4.0;
        for (control, sign) in [(b, -1.0), (a, 1.0), (b, -1.0), (a, 1.0)] {
            self.cx(control, c);
            self.turn(c, sign * eighth);
        }
        self.turn(b, eighth);
        self.cx(a, b);
        self.turn(a, eighth);
        self.turn(b, -eighth);
        self.cx(a, b);
    }
}

fn operation_angles(operation: &Operation) -> &[Angle] {
    match operation {
        Operation::Gate { params, .. } => params,
        Operation::Unitary(_) => &[],
    }
}

/// The matrix on the targets, if every angle is a number.
fn constant(operation: &Operation) -> Option<crate::math::Matrix> {
    match operation {
        Operation::Unitary(matrix) => Some((**matrix).clone()),
        Operation::Gate { gate, params } => {
            let numbers: Option<Vec<f64>> = params.iter().map(Angle::as_constant).collect();
            Some((gate.matrix)(&numbers?))
        }
    }
}
