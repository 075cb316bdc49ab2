//! Gates on one qubit between two meetings with others, in one normal form.
//!
//! A [`Run`] is `rz(a0) sx rz(a1) sx .. rz(ak)`, perhaps followed by `x`, up to a global phase, with angles that are affine
//! forms. Every unitary on one qubit has such a form, and so has every product of rotations with symbolic angles; what
//! is constant is reduced as it arrives, so that constant parts never cost more than two `sx`. Native one-qubit gates of
//! every device are read off this form.

use crate::ir::Angle;
use crate::math::turn::{self, One};
use crate::source::Span;
use std::f64::consts::PI;
use std::sync::Arc;

/// Where a gate comes from: its path in the program and its place in the text.
pub(super) type Origin = (Arc<str>, Span);

/// A product of gates on one qubit.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Run {
    /// Turns about Z, the first first, a quarter turn about X between each two.
    angles: Vec<Angle>,
    /// Is there an `x` at the end?
    flip: bool,
    /// The first gate that went in.
    origin: Option<Origin>,
}

impl Default for Run {
    fn default() -> Self {
        Self { angles: vec![Angle::constant(0.0)], flip: false, origin: None }
    }
}

impl Run {
    /// Where its first gate comes from.
    pub(super) fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// Says where what comes next comes from, unless that is known.
    pub(super) fn mark(&mut self, origin: &Origin) {
        self.origin.get_or_insert_with(|| origin.clone());
    }

    /// The turns about Z; one more than there are quarter turns about X.
    pub(super) fn angles(&self) -> &[Angle] {
        &self.angles
    }

    /// Is there an `x` at the end?
    pub(super) fn flips(&self) -> bool {
        self.flip
    }

    /// Is it a turn about Z alone?
    pub(super) fn is_diagonal(&self) -> bool {
        self.angles.len() == 1 && !self.flip
    }

    /// Does it do nothing?
    pub(super) fn is_identity(&self) -> bool {
        self.is_diagonal() && self.angles[0].as_constant().is_some_and(|a| turn::quarters(a) == Some(0))
    }

    /// Number of quarter turns about X it takes.
    pub(super) fn n_sx(&self) -> usize {
        self.angles.len() - 1
    }

    /// The matrix, if no angle is open.
    pub(super) fn matrix(&self) -> Option<One> {
        let mut out = turn::IDENTITY;
        for (at, angle) in self.angles.iter().enumerate() {
            if at > 0 {
                out = turn::times(&turn::sx(), &out);
            }
            out = turn::times(&turn::rz(angle.as_constant()?), &out);
        }
        if self.flip {
            out = [out[2], out[3], out[0], out[1]];
        }
        Some(out)
    }

    /// Then a turn about Z.
    pub(super) fn rz(&mut self, angle: &Angle) {
        if let Some(last) = self.angles.last_mut() {
            *last = if angle.as_constant() == Some(0.0) {
                return;
            } else {
                last.add_scaled(angle, if self.flip { -1.0 } else { 1.0 })
            };
            if let Some(value) = last.as_constant() {
                *last = Angle::constant(turn::snap(value));
            }
        }
    }

    /// Then a turn about Z by a number.
    pub(super) fn turn(&mut self, angle: f64) {
        self.rz(&Angle::constant(angle));
    }

    /// Then `x`.
    pub(super) fn x(&mut self) {
        self.flip = !self.flip;
    }

    /// Then a quarter turn about X.
    pub(super) fn sx(&mut self) {
        self.angles.push(Angle::constant(0.0));
        self.reduce();
    }

    /// Then `h`.
    pub(super) fn h(&mut self) {
        self.turn(PI / 2.0);
        self.sx();
        self.turn(PI / 2.0);
    }

    /// Then `rz(phi) · ry(theta) · rz(lambda)`.
    pub(super) fn u(&mut self, theta: &Angle, phi: &Angle, lambda: &Angle) {
        let half = |angle: &Angle| angle.plus(&Angle::constant(PI));
        self.rz(lambda);
        self.sx();
        self.rz(&half(theta));
        self.sx();
        self.rz(&half(phi));
    }

    /// Then a constant unitary.
    pub(super) fn matrix_then(&mut self, m: &One) {
        let (theta, phi, lambda) = turn::euler(m);
        if theta == 0.0 {
            return self.turn(phi);
        }
        let number = Angle::constant;
        self.u(&number(theta), &number(phi), &number(lambda));
    }

    /// Takes the turn about Z off the end: what stays comes before it.
    pub(super) fn take_turn(&mut self) -> Angle {
        let last = self.angles.last_mut().map(std::mem::take).unwrap_or_default();
        if self.flip { last.scaled(-1.0) } else { last }
    }

    /// Takes the `x` off the end: what stays comes before it.
    pub(super) fn take_flip(&mut self) -> bool {
        std::mem::take(&mut self.flip)
    }

    /// The same without an `x` at the end, unless there is no quarter turn to take it up.
    pub(super) fn without_flip(mut self) -> Self {
        let n = self.angles.len();
        if !self.flip || n == 1 {
            return self;
        }
        self.flip = false;
        // x sx rz(m) sx = z sx rz(m + pi) sx, and x sx = z sx z.
        self.angles[n - 1] = self.angles[n - 1].scaled(-1.0).plus(&Angle::constant(PI));
        self.angles[n - 2] = self.angles[n - 2].plus(&Angle::constant(PI));
        self
    }

    /// Then another run.
    pub(super) fn then(&mut self, other: &Self) {
        if let Some(origin) = &other.origin {
            self.mark(origin);
        }
        for (at, angle) in other.angles.iter().enumerate() {
            if at > 0 {
                self.sx();
            }
            self.rz(angle);
        }
        if other.flip {
            self.x();
        }
    }

    /// Shortens the end, of which the last turn about Z is still nothing; an `x` at the end stays there.
    fn reduce(&mut self) {
        let flip = std::mem::take(&mut self.flip);
        self.shorten();
        self.flip ^= flip;
    }

    fn shorten(&mut self) {
        let n = self.angles.len();
        let inner = |run: &Self, back: usize| {
            n.checked_sub(back).filter(|&at| at > 0).and_then(|at| run.angles[at].as_constant())
        };
        let Some(last) = inner(self, 2) else { return };
        match turn::quarters(last) {
            // sx sx = x
            Some(0) => {
                self.angles.truncate(n - 2);
                self.x();
            }
            // sx z sx = z
            Some(2) => {
                self.angles.truncate(n - 2);
                self.turn(PI);
            }
            // sx rz(t) sx = rz(t) sx rz(t) for a quarter turn t
            Some(_) => {
                self.angles.truncate(n - 2);
                self.turn(last);
                self.sx();
                self.turn(last);
            }
            // Three quarter turns with numbers between them are at most two.
            None => {
                if let Some(first) = inner(self, 3) {
                    let sx = turn::sx();
                    let two = turn::times(&sx, &turn::times(&turn::rz(first), &sx));
                    self.angles.truncate(n - 3);
                    self.matrix_then(&turn::times(&sx, &turn::times(&turn::rz(last), &two)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Variable, WeightId};
    use proptest::prelude::*;

    fn step(kind: u8, angle: f64, run: &mut Run) -> One {
        let number = Angle::constant(angle);
        match kind {
            0 => {
                run.turn(angle);
                turn::rz(angle)
            }
            1 => {
                run.sx();
                turn::sx()
            }
            2 => {
                run.x();
                turn::times(&turn::sx(), &turn::sx())
            }
            3 => {
                run.h();
                turn::from_matrix(&(crate::gates::h::H.matrix)(&[]))
            }
            _ => {
                run.u(&number, &Angle::constant(0.3), &Angle::constant(-angle));
                turn::from_matrix(&(crate::gates::u3::U3.matrix)(&[angle, 0.3, -angle]))
            }
        }
    }

    proptest! {
        #[test]
        fn a_constant_run_is_its_gates_in_two_quarter_turns(
            steps in proptest::collection::vec((0u8..5, prop_oneof![-7.0..7.0f64, (-8..8i8).prop_map(|k| f64::from(k) * PI / 4.0)]), 0..20)
        ) {
            let mut run = Run::default();
            let mut expected = turn::IDENTITY;
            for (kind, angle) in steps {
                expected = turn::times(&step(kind, angle, &mut run), &expected);
            }
            prop_assert!(run.n_sx() <= 2);
            let found = run.matrix().unwrap();
            prop_assert!(turn::difference(&found, &expected) < 1e-6, "{run:?}");
        }

        #[test]
        fn open_angles_keep_their_place(
            steps in proptest::collection::vec((0u8..6, prop_oneof![-7.0..7.0f64, (-8..8i8).prop_map(|k| f64::from(k) * PI / 4.0)]), 0..20)
        ) {
            let theta = 0.7345;
            let open = Angle::variable(Variable::Weight { weight: WeightId(0), index: 0 });
            let mut run = Run::default();
            let mut expected = turn::IDENTITY;
            for (kind, angle) in steps {
                let matrix = if kind == 5 {
                    run.rz(&open);
                    turn::rz(theta)
                } else {
                    step(kind, angle, &mut run)
                };
                expected = turn::times(&matrix, &expected);
            }
            let mut found = turn::IDENTITY;
            for (at, angle) in run.angles().iter().enumerate() {
                if at > 0 {
                    found = turn::times(&turn::sx(), &found);
                }
                found = turn::times(&turn::rz(angle.evaluate(|_| theta)), &found);
            }
            if run.flips() {
                found = turn::times(&turn::sx(), &turn::times(&turn::sx(), &found));
            }
            prop_assert!(turn::difference(&found, &expected) < 1e-6, "{run:?}");
        }
    }
}
