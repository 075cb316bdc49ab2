//! Native gates of machines: one qubit by Euler angles in each vocabulary, two qubits by the one interaction there is.
//!
//! Gates of one qubit in a row are multiplied while they are numbers; open angles stay affine.

use super::build::{Build, angles};
use crate::gates::Gate;
use crate::ir::{Angle, GateOp, Operation};
use crate::math::Matrix;
use crate::qasm::unitary::euler;
use std::collections::BTreeMap;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// What a machine has for one qubit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OneQubit {
    /// `rz`, `sx`, `x`.
    RzSx,
    /// `rz`, `rx` by multiples of pi/2.
    RzRx,
    /// `r(theta, phi)` alone.
    R,
    /// `r(theta, phi)` and `rz`.
    RRz,
    /// `r(pi, phi)` and `r(pi/2, phi)`: IonQ's GPi and GPi2.
    HalfR,
}

/// What a machine has for two qubits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TwoQubit {
    /// `cz`.
    Cz,
    /// `ecr`.
    Ecr,
    /// `rxx(theta)`, `0 <= theta <= pi/2`.
    Rxx,
    /// `rzz(theta)`, `0 <= theta <= pi/2`.
    Rzz,
    /// `iswap`.
    Iswap,
}

/// Below this an angle is nothing.
const TINY: f64 = 1e-12;

/// A translator.
#[derive(Debug)]
pub(super) struct Native {
    one: OneQubit,
    two: TwoQubit,
    pending: BTreeMap<u32, Matrix>,
    out: Vec<GateOp>,
}

fn number(value: f64) -> Angle {
    Angle::constant(value)
}

/// Into (-pi, pi].
fn wrapped(value: f64) -> f64 {
    let turned = value.rem_euclid(TAU);
    if turned > PI { turned - TAU } else { turned }
}

impl Native {
    pub(super) fn new(one: OneQubit, two: TwoQubit) -> Self {
        Self { one, two, pending: BTreeMap::new(), out: Vec::new() }
    }

    /// Everything that is left, then the result.
    pub(super) fn finish(mut self) -> Vec<GateOp> {
        let qubits: Vec<u32> = self.pending.keys().copied().collect();
        qubits.into_iter().for_each(|qubit| self.flush(qubit));
        self.out
    }

    /// What has gathered on these qubits comes out now.
    pub(super) fn barrier(&mut self, qubits: &[u32]) -> Vec<GateOp> {
        qubits.iter().for_each(|qubit| self.flush(*qubit));
        std::mem::take(&mut self.out)
    }

    /// Takes one application.
    pub(super) fn gate(&mut self, op: &GateOp) {
        let mut build = Build::new(op);
        build.reduced(op);
        for op in build.ops {
            match (op.name(), &op.qubits[..]) {
                (_, [qubit]) => self.single(&op, *qubit),
                ("cz", [a, b]) => self.cz(*a, *b),
                ("cx", [a, b]) => {
                    self.fixed("h", *b);
                    self.cz(*a, *b);
                    self.fixed("h", *b);
                }
                (_, [a, b]) => self.rzz(&op.params()[0].clone(), *a, *b),
                _ => {}
            }
        }
    }

    fn single(&mut self, op: &GateOp, qubit: u32) {
        let values: Option<Vec<f64>> = op.params().iter().map(Angle::as_constant).collect();
        let Operation::Gate { gate, params } = &op.operation else { return };
        match values {
            Some(values) => {
                let matrix = (gate.matrix)(&values);
                let before = self.pending.remove(&qubit);
                self.pending.insert(qubit, before.map_or(matrix.clone(), |before| matrix.matmul(&before)));
            }
            None => self.open(gate, params, qubit),
        }
    }

    fn open(&mut self, gate: &Gate, params: &[Angle], qubit: u32) {
        self.flush(qubit);
        let [theta, phi, lambda, _] = angles(gate, params);
        self.euler(&theta, &phi, &lambda, qubit);
    }

    fn fixed(&mut self, name: &str, qubit: u32) {
        self.turn(name, Vec::new(), qubit);
    }

    fn turn(&mut self, name: &str, params: Vec<Angle>, qubit: u32) {
        if let Some(gate) = crate::gates::find(name) {
            let operation = Operation::Gate { gate, params };
            let (path, span) = ("".into(), crate::source::Span::default());
            self.single(&GateOp { operation, extra_controls: Vec::new(), qubits: vec![qubit], path, span }, qubit);
        }
    }

    fn put(&mut self, name: &str, params: Vec<Angle>, qubits: &[u32]) {
        if let Some(gate) = crate::gates::find(name) {
            let operation = Operation::Gate { gate, params };
            let (path, span) = ("".into(), crate::source::Span::default());
            self.out.push(GateOp { operation, extra_controls: Vec::new(), qubits: qubits.to_vec(), path, span });
        }
    }

    fn flush(&mut self, qubit: u32) {
        let Some(matrix) = self.pending.remove(&qubit) else { return };
        let [theta, phi, lambda, _] = euler(&matrix);
        self.euler(&number(theta), &number(phi), &number(lambda), qubit);
    }

    /// `rz`, unless it is nothing.
    fn rz(&mut self, angle: &Angle, qubit: u32) {
        match angle.as_constant().map(wrapped) {
            Some(value) if value.abs() < TINY || (value.abs() - TAU).abs() < TINY => {}
            Some(value) => self.put("rz", vec![number(value)], &[qubit]),
            None => self.put("rz", vec![angle.clone()], &[qubit]),
        }
    }

    /// `r`, angles wrapped.
    fn r(&mut self, theta: &Angle, phi: &Angle, qubit: u32) {
        let wrap = |angle: &Angle| angle.as_constant().map_or_else(|| angle.clone(), |value| number(wrapped(value)));
        if theta.as_constant().map(wrapped).is_some_and(|value| value.abs() < TINY) {
            return;
        }
        self.put("r", vec![wrap(theta), wrap(phi)], &[qubit]);
    }

    /// `u(theta, phi, lambda)` up to a phase.
    fn euler(&mut self, theta: &Angle, phi: &Angle, lambda: &Angle, qubit: u32) {
        let sum = phi.plus(lambda);
        let fixed = theta.as_constant().map(wrapped);
        let is = |value: f64| fixed.is_some_and(|theta| (theta - value).abs() < TINY);
        match self.one {
            OneQubit::RzSx | OneQubit::RzRx => self.by_rz(theta, phi, lambda, fixed, qubit),
            OneQubit::RRz => {
                self.r(theta, &number(FRAC_PI_2).add_scaled(lambda, -1.0), qubit);
                self.rz(&sum, qubit);
            }
            OneQubit::R | OneQubit::HalfR if is(0.0) && nothing(&sum) => {}
            OneQubit::R => {
                if nothing(&sum) {
                    self.r(theta, &number(FRAC_PI_2).add_scaled(lambda, -1.0), qubit);
                    return;
                }
                self.r(&theta.plus(&number(PI)), &number(FRAC_PI_2).add_scaled(lambda, -1.0), qubit);
                self.r(&number(PI), &phi.add_scaled(lambda, -1.0).plus(&number(-PI)).scaled(0.5), qubit);
            }
            OneQubit::HalfR if is(PI) => {
                self.r(&number(PI), &phi.add_scaled(lambda, -1.0).plus(&number(-PI)).scaled(0.5), qubit);
            }
            OneQubit::HalfR if (is(FRAC_PI_2) || is(-FRAC_PI_2)) && nothing(&sum) => {
                let back = if is(FRAC_PI_2) { 0.0 } else { PI };
                self.r(&number(FRAC_PI_2), &number(FRAC_PI_2 + back).add_scaled(lambda, -1.0), qubit);
            }
            OneQubit::HalfR => {
                let middle = phi.add_scaled(lambda, -1.0).add_scaled(theta, -1.0).scaled(0.5);
                self.r(&number(FRAC_PI_2), &lambda.scaled(-1.0), qubit);
                self.r(&number(PI), &middle, qubit);
                self.r(&number(FRAC_PI_2), phi, qubit);
            }
        }
    }

    fn by_rz(&mut self, theta: &Angle, phi: &Angle, lambda: &Angle, fixed: Option<f64>, qubit: u32) {
        let quarter = number(FRAC_PI_2);
        let is = |value: f64| fixed.is_some_and(|theta| (theta - value).abs() < TINY);
        if is(0.0) {
            self.rz(&phi.plus(lambda), qubit);
        } else if is(FRAC_PI_2) {
            self.rz(&lambda.add_scaled(&quarter, -1.0), qubit);
            self.quarter(qubit);
            self.rz(&phi.plus(&quarter), qubit);
        } else if is(PI) {
            self.rz(&lambda.add_scaled(phi, -1.0).plus(&number(PI)), qubit);
            match self.one {
                OneQubit::RzRx => self.put("rx", vec![number(PI)], &[qubit]),
                _ => self.put("x", Vec::new(), &[qubit]),
            }
        } else {
            self.rz(lambda, qubit);
            self.quarter(qubit);
            self.rz(&theta.plus(&number(PI)), qubit);
            self.quarter(qubit);
            self.rz(&phi.plus(&number(PI)), qubit);
        }
    }

    /// A quarter turn about x.
    fn quarter(&mut self, qubit: u32) {
        match self.one {
            OneQubit::RzRx => self.put("rx", vec![number(FRAC_PI_2)], &[qubit]),
            _ => self.put("sx", Vec::new(), &[qubit]),
        }
    }

    fn cz(&mut self, a: u32, b: u32) {
        match self.two {
            TwoQubit::Cz => {
                self.flush(a);
                self.flush(b);
                self.put("cz", Vec::new(), &[a, b]);
            }
            TwoQubit::Ecr => {
                self.fixed("h", b);
                self.flush(a);
                self.flush(b);
                self.put("ecr", Vec::new(), &[a, b]);
                self.fixed("x", a);
                self.fixed("z", a);
                self.turn("rz", vec![number(FRAC_PI_2)], a);
                self.fixed("x", b);
                self.turn("rx", vec![number(FRAC_PI_2)], b);
                self.fixed("h", b);
            }
            _ => {
                self.turn("rz", vec![number(FRAC_PI_2)], a);
                self.turn("rz", vec![number(FRAC_PI_2)], b);
                self.rzz(&number(-FRAC_PI_2), a, b);
            }
        }
    }

    fn rzz(&mut self, theta: &Angle, a: u32, b: u32) {
        match (self.two, theta.as_constant()) {
            (TwoQubit::Rzz | TwoQubit::Rxx, Some(value)) => self.ranged(wrapped(value), a, b),
            (TwoQubit::Iswap, _) => self.by_iswap(theta, a, b),
            _ => {
                // `cx`, `rz` on the target, `cx`.
                for turn in [true, false] {
                    self.fixed("h", b);
                    self.cz(a, b);
                    self.fixed("h", b);
                    if turn {
                        self.turn("rz", vec![theta.clone()], b);
                    }
                }
            }
        }
    }

    /// An interaction by a number, brought into the range that machines have.
    fn ranged(&mut self, value: f64, a: u32, b: u32) {
        if value.abs() < TINY {
            return;
        }
        // A turn by pi is a Pauli on each, one the other way round is conjugated by a Pauli on one.
        let folded = if value.abs() > FRAC_PI_2 { value - PI.copysign(value) } else { value };
        if folded != value {
            self.fixed("z", a);
            self.fixed("z", b);
        }
        if folded.abs() < TINY {
            return;
        }
        let negative = folded < 0.0;
        if negative {
            self.fixed("x", a);
        }
        let name = if self.two == TwoQubit::Rxx { "rxx" } else { "rzz" };
        if name == "rxx" {
            self.fixed("h", a);
            self.fixed("h", b);
        }
        self.flush(a);
        self.flush(b);
        self.put(name, vec![number(folded.abs())], &[a, b]);
        if name == "rxx" {
            self.fixed("h", a);
            self.fixed("h", b);
        }
        if negative {
            self.fixed("x", a);
        }
    }

    /// `iswap, rx(-theta) a, iswap` is `ZZ exp(-i theta Z Y / 2)`.
    fn by_iswap(&mut self, theta: &Angle, a: u32, b: u32) {
        self.turn("rx", vec![number(-FRAC_PI_2)], b);
        for first in [true, false] {
            self.flush(a);
            self.flush(b);
            self.put("iswap", Vec::new(), &[a, b]);
            if first {
                self.turn("rx", vec![theta.scaled(-1.0)], a);
            }
        }
        self.fixed("z", a);
        self.fixed("z", b);
        self.turn("rx", vec![number(FRAC_PI_2)], b);
    }
}

/// Is this angle a whole number of turns?
fn nothing(angle: &Angle) -> bool {
    angle.as_constant().is_some_and(|value| wrapped(value).abs() < TINY)
}
