//! Gates on one target under controls.

use super::Unroller;
use super::single::Single;
use crate::ir::Angle;
use crate::math::C64;
use crate::math::turn;
use crate::target::circuit::{Turn, turn_of};
use std::f64::consts::PI;

impl Unroller<'_> {
    /// A gate on one target where all controls are |1>.
    ///
    /// `U = e^(i delta) A X B X C` with `A B C = 1`; the phase goes to the controls.
    ///
    /// Source: Barenco et al., quant-ph/9503016, lemma 5.1.
    pub(super) fn controlled(&mut self, controls: &[u32], gate: &Single, target: u32) {
        if controls.is_empty() {
            return self.u(target, &gate.theta, &gate.phi, &gate.lambda);
        }
        if let Some(matrix) = gate.matrix() {
            return self.controlled_constant(controls, &matrix, target);
        }
        self.phase(controls, &gate.phase);
        let sum = gate.phi.plus(&gate.lambda);
        let difference = gate.lambda.add_scaled(&gate.phi, -1.0);
        if turn_of(&gate.theta) == Turn::None && gate.theta.constant.abs() < 1.0 {
            return self.controlled_rz(controls, &sum, target);
        }
        // Turns about an axis of the equator: that axis becomes Z and back.
        if sum.as_constant().is_some_and(|value| value.abs() < turn::NEAR) && controls.len() == 1 {
            let run = self.circuit.run(target);
            run.mark(&self.origin);
            run.rz(&gate.lambda);
            run.sx();
            self.controlled_rz(controls, &gate.theta, target);
            let run = self.circuit.run(target);
            run.turn(PI);
            run.sx();
            run.turn(PI);
            run.rz(&gate.phi);
            return;
        }
        self.rz(target, &difference.scaled(0.5));
        self.flip(controls, target);
        let back = sum.scaled(-0.5);
        self.u(target, &gate.theta.scaled(-0.5), &Angle::default(), &back);
        self.flip(controls, target);
        self.u(target, &gate.theta.scaled(0.5), &gate.phi, &Angle::default());
    }

    /// A constant gate: a turn about some axis, which becomes Z and back.
    fn controlled_constant(&mut self, controls: &[u32], m: &turn::One, target: u32) {
        let delta = (m[0] * m[3] - m[1] * m[2]).arg() / 2.0;
        let s = m.map(|entry| entry * C64::cis(-delta));
        // s = cos(w/2) - i sin(w/2) (x X + y Y + z Z)
        let (x, y, z) = (-s[1].im - s[2].im, s[2].re - s[1].re, s[3].im - s[0].im);
        let sine = (x * x + y * y + z * z).sqrt() / 2.0;
        let angle = 2.0 * sine.atan2((s[0].re + s[3].re) / 2.0);
        let is_half = (angle - PI).abs() < turn::NEAR;
        // A half turn is the same about the opposite axis with another phase: the one that leaves the controls alone, if any does.
        let phase = turn::snap(delta - PI / 2.0);
        let opposite = is_half && phase.abs() > PI / 2.0;
        let (x, y, z) = if opposite { (-x, -y, -z) } else { (x, y, z) };
        let (alpha, beta) = (turn::snap(y.atan2(x)), turn::snap(x.hypot(y).atan2(z)));
        let (alpha, beta) = if sine < turn::NEAR { (0.0, 0.0) } else { (alpha, beta) };
        let number = Angle::constant;
        self.u(target, &number(-beta), &number(0.0), &number(-alpha));
        if is_half {
            self.phase(controls, &number(if opposite { turn::snap(phase + PI) } else { phase }));
            let all: Vec<u32> = controls.iter().copied().chain([target]).collect();
            self.phase(&all, &number(PI));
        } else {
            self.phase(controls, &number(delta));
            self.controlled_rz(controls, &number(angle), target);
        }
        self.u(target, &number(beta), &number(alpha), &number(0.0));
    }

    fn controlled_rz(&mut self, controls: &[u32], angle: &Angle, target: u32) {
        let half = angle.scaled(0.5);
        self.rz(target, &half);
        if let [control] = controls {
            return self.zz([*control, target], &half.scaled(-1.0));
        }
        self.flip(controls, target);
        self.rz(target, &half.scaled(-1.0));
        self.flip(controls, target);
    }
}
