//! Gates on two targets.

use super::{Unroller, constant, single};
use crate::ir::{Angle, Operation};
use crate::math::Matrix;
use crate::math::turn::One;
use crate::math::weyl;
use std::f64::consts::{FRAC_PI_2, PI};

impl Unroller<'_> {
    /// An operation on two targets where all controls are |1>.
    pub(super) fn pair(&mut self, controls: &[u32], operation: &Operation, targets: [u32; 2]) {
        if let Some(matrix) = constant(operation) {
            return self.constant_pair(controls, &matrix, targets);
        }
        let Operation::Gate { gate, params } = operation else { return };
        let (zero, [a, b]) = (Angle::default, targets);
        match (gate.meta.name, &**params) {
            ("rzz", [angle]) => self.interact(controls, targets, [zero(), zero(), angle.clone()]),
            ("rxx", [angle]) => self.interact(controls, targets, [angle.clone(), zero(), zero()]),
            ("ryy", [angle]) => self.interact(controls, targets, [zero(), angle.clone(), zero()]),
            ("rzx", [angle]) => {
                self.h(b);
                self.interact(controls, targets, [zero(), zero(), angle.clone()]);
                self.h(b);
            }
            // (XX ± YY) / 2, turned by beta about Z of one qubit.
            ("xx_plus_yy" | "xx_minus_yy", [angle, beta]) => {
                let half = angle.scaled(0.5);
                let (turned, sign) = if gate.meta.name == "xx_plus_yy" { (a, 1.0) } else { (b, -1.0) };
                self.rz(turned, &beta.scaled(sign));
                self.interact(controls, targets, [half.clone(), half.scaled(sign), zero()]);
                self.rz(turned, &beta.scaled(-sign));
            }
            _ => self.wide(controls, operation, &targets),
        }
    }

    /// `exp(-i (x XX + y YY + z ZZ) / 2)` where all controls are |1>.
    fn interact(&mut self, controls: &[u32], qubits: [u32; 2], axes: [Angle; 3]) {
        if controls.is_empty() {
            return self.circuit.meet(qubits, axes, &self.origin);
        }
        let [a, b] = qubits;
        for (k, axis) in axes.iter().enumerate() {
            if *axis == Angle::default() {
                continue;
            }
            // The axis becomes ZZ, whose parity a `cx` brings to one qubit.
            self.axis_to_z(qubits, k);
            self.cx(a, b);
            let turn = single::Single { lambda: axis.clone(), ..single::Single::default() };
            self.controlled(controls, &turn, b);
            self.cx(a, b);
            self.z_to_axis(qubits, k);
        }
    }

    fn axis_to_z(&mut self, qubits: [u32; 2], k: usize) {
        for qubit in qubits {
            let run = self.circuit.run(qubit);
            match k {
                0 => run.h(),
                1 => run.sx(),
                _ => {}
            }
        }
    }

    fn z_to_axis(&mut self, qubits: [u32; 2], k: usize) {
        for qubit in qubits {
            let run = self.circuit.run(qubit);
            match k {
                0 => run.h(),
                1 => {
                    run.turn(PI);
                    run.sx();
                    run.turn(PI);
                }
                _ => {}
            }
        }
    }

    fn constant_pair(&mut self, controls: &[u32], matrix: &Matrix, targets: [u32; 2]) {
        let pair: weyl::Pair = std::array::from_fn(|i| std::array::from_fn(|j| matrix[(i, j)]));
        if controls.is_empty() && self.known_pair(&pair, targets) {
            return;
        }
        let Some(found) = weyl::decompose(&pair) else { return };
        let axes = found.axes.map(Angle::constant);
        let locals = |this: &mut Self, gates: &[One; 2]| {
            for (gate, target) in gates.iter().zip(targets) {
                this.controlled(controls, &single::of_matrix(gate), target);
            }
        };
        if !controls.is_empty() {
            let product = weyl::times(
                &weyl::local(&found.after[0], &found.after[1]),
                &weyl::times(&weyl::interaction(&found.axes), &weyl::local(&found.before[0], &found.before[1])),
            );
            let overlap: crate::math::C64 =
                (0..4).flat_map(|i| (0..4).map(move |j| (i, j))).map(|(i, j)| product[i][j].conj() * pair[i][j]).sum();
            self.phase(controls, &Angle::constant(overlap.arg()));
        }
        locals(self, &found.before);
        self.interact(controls, targets, axes);
        locals(self, &found.after);
    }

    /// A `swap` or `iswap`, whose exact form needs no rounding.
    fn known_pair(&mut self, pair: &weyl::Pair, targets: [u32; 2]) -> bool {
        for quarters in [[1.0, 1.0, 1.0], [-1.0, -1.0, 0.0]] {
            let axes = quarters.map(|k| k * FRAC_PI_2);
            let known = weyl::interaction(&axes);
            let overlap: crate::math::C64 =
                (0..4).flat_map(|i| (0..4).map(move |j| (i, j))).map(|(i, j)| known[i][j].conj() * pair[i][j]).sum();
            if (overlap.norm() - 4.0).abs() < 1e-12 {
                self.circuit.meet(targets, axes.map(Angle::constant), &self.origin);
                return true;
            }
        }
        false
    }
}
