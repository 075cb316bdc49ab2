//! Meetings and runs as native gates.
//!
//! Every interaction becomes quarter turns `E = exp(-i pi ZZ / 4)` (or turns by any angle, where the device has them) with runs in
//! between, by the identities
//!
//! - `E† · rx(-p) ⊗ rx(-q) · E = exp(-i (p YZ + q ZY) / 2)`: two axes, two quarter turns;
//! - three `cx` of alternating direction are a swap, so that any three axes take three of them (Vatan and Williams, quant-ph/0308006);
//! - `iswap` is a swap after `E`, so a device with `iswap` does the same with exchanged qubits.
//!
//! Turns about Z that a native gate commutes with are carried over it to the next run, which saves them at most places.

use super::basis::{Basis, Entangler, Frame, OneBasis, Whole};
use super::circuit::{Circuit, Meeting, Turn, is_swap, price, swapped, turn_of};
use super::run::{Origin, Run};
use crate::device::Device;
use crate::gates::Gate;
use crate::ir::{Angle, GateOp, Operation, QuantumOp};
use crate::source::Span;
use std::f64::consts::{FRAC_PI_2, PI};

/// Turns a circuit on the qubits of a device into its native gates, in an order of time.
pub(super) fn emit(circuit: &Circuit, device: &Device, basis: &Basis) -> Vec<QuantumOp> {
    let n = circuit.ends.len();
    let mut emitter = Emitter {
        device,
        basis,
        runs: vec![Run::default(); n],
        out: Vec::new(),
        origin: (std::sync::Arc::from(""), Span::default()),
    };
    for meeting in circuit.meetings() {
        emitter.meeting(meeting);
    }
    for (qubit, end) in (0u32..).zip(&circuit.ends) {
        emitter.runs[qubit as usize].then(end);
        emitter.flush(qubit, Carry::Nothing);
    }
    emitter.out
}

/// What a run may leave for later.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carry {
    /// Nothing: everything must be done now.
    Nothing,
    /// A turn about Z.
    Turn,
}

struct Emitter<'d> {
    device: &'d Device,
    basis: &'d Basis,
    runs: Vec<Run>,
    out: Vec<QuantumOp>,
    origin: Origin,
}

impl Emitter<'_> {
    fn run(&mut self, qubit: u32) -> &mut Run {
        &mut self.runs[qubit as usize]
    }

    /// A meeting; what qubits still have to do before a swap they do on the other side as well, where it meets what undoes it: half of a
    /// `cx` is done by what follows.
    fn meeting(&mut self, meeting: &Meeting) {
        let [a, b] = meeting.qubits;
        if !is_swap(&meeting.axes) || !meeting.before.iter().all(Run::is_identity) {
            return self.interact(meeting);
        }
        let waiting = [a, b].map(|qubit| std::mem::take(self.run(qubit)));
        self.interact(meeting);
        self.run(b).then(&waiting[0]);
        self.run(a).then(&waiting[1]);
    }

    fn interact(&mut self, meeting: &Meeting) {
        for (qubit, before) in meeting.qubits.iter().zip(&meeting.before) {
            self.runs[*qubit as usize].then(before);
        }
        self.origin = meeting.origin.clone();
        let kinds = meeting.axes.each_ref().map(turn_of);
        let used: Vec<usize> = (0..3).filter(|&k| kinds[k] != Turn::None).collect();
        let [a, b] = meeting.qubits;
        let axes = &meeting.axes;
        match (&*used, &self.basis.open) {
            ([], _) => {}
            ([axis], open) if kinds[*axis] == Turn::Open && open.is_some() => {
                self.turn_about(meeting.qubits, *axis, &axes[*axis])
            }
            _ if self.basis.quarter.frame == Frame::ISwap => self.by_iswap(meeting),
            ([axis], _) if kinds[*axis] == Turn::Quarter => self.quarter_about(meeting.qubits, *axis, &axes[*axis]),
            ([axis], _) => self.two_axes([a, b], (*axis, &axes[*axis]), ((*axis + 1) % 3, &Angle::default())),
            ([p, q], _) if kinds[*p] == Turn::Quarter && kinds[*q] == Turn::Quarter => {
                self.two_quarters([a, b], [(*p, &axes[*p]), (*q, &axes[*q])]);
            }
            ([p, q], _) => self.two_axes([a, b], (*p, &axes[*p]), (*q, &axes[*q])),
            _ if is_swap(axes) => {
                for (control, target) in [(a, b), (b, a), (a, b)] {
                    self.cx(control, target, [a, b]);
                }
            }
            _ => {
                self.three_axes([a, b], axes);
            }
        }
    }

    /// Quarter turns about two axes: a swap and a quarter turn about the third, which two `cx` make with nothing between them.
    fn two_quarters(&mut self, qubits: [u32; 2], used: [(usize, &Angle); 2]) {
        let third = 3 - used[0].0 - used[1].0;
        self.axis_to_z(qubits, third);
        // A turn about Z passes to the other qubit, and so does `x`, with a half turn about Z on both.
        let passed = qubits.map(|qubit| {
            let mut run = std::mem::take(self.run(qubit)).without_flip();
            let turn = run.take_turn();
            let flip = run.take_flip();
            *self.run(qubit) = run;
            (flip, turn)
        });
        let gain = |run: &Run| {
            let mut turned = run.clone();
            turned.h();
            turned.n_sx() as isize - run.n_sx() as isize
        };
        let [a, b] = qubits;
        let [a, b] = if gain(self.run(a)) <= gain(self.run(b)) { [a, b] } else { [b, a] };
        // swap exp(ZZ, pi/2) = h · cx(b, a) · cx(a, b) · h, and two Z more make it exp(ZZ, -pi/2).
        self.run(a).h();
        self.cx(a, b, qubits);
        self.cx(b, a, qubits);
        self.run(b).h();
        qubits.iter().for_each(|&qubit| self.run(qubit).turn(PI + FRAC_PI_2));
        for (&to, (flip, turn)) in qubits.iter().rev().zip(&passed) {
            if *flip {
                self.run(to).x();
                qubits.iter().for_each(|&qubit| self.run(qubit).turn(PI));
            }
            self.run(to).rz(turn);
        }
        self.z_to_axis(qubits, third);
        for (axis, angle) in used {
            if angle.as_constant().is_some_and(|value| value < 0.0) {
                qubits.iter().for_each(|&qubit| half_about(self.run(qubit), axis));
            }
        }
    }

    /// A turn by any angle about one axis, by a native gate that does it.
    fn turn_about(&mut self, qubits: [u32; 2], axis: usize, angle: &Angle) {
        let Some(entangler) = self.basis.open.clone() else { return };
        self.axis_to_z(qubits, axis);
        self.native_turn(&entangler, qubits, angle.clone());
        self.z_to_axis(qubits, axis);
    }

    /// A quarter turn about one axis.
    fn quarter_about(&mut self, qubits: [u32; 2], axis: usize, angle: &Angle) {
        self.axis_to_z(qubits, axis);
        self.quarter(qubits);
        // By the other quarter it is a half turn more, which is local.
        if angle.as_constant().is_some_and(|value| value < 0.0) {
            qubits.iter().for_each(|&qubit| self.run(qubit).turn(PI));
        }
        self.z_to_axis(qubits, axis);
    }

    fn axis_to_z(&mut self, qubits: [u32; 2], axis: usize) {
        for qubit in qubits {
            match axis {
                0 => self.run(qubit).h(),
                1 => self.run(qubit).sx(),
                _ => {}
            }
        }
    }

    fn z_to_axis(&mut self, qubits: [u32; 2], axis: usize) {
        for qubit in qubits {
            match axis {
                0 => self.run(qubit).h(),
                1 => minus_quarter(self.run(qubit)),
                _ => {}
            }
        }
    }

    /// `exp(-i (p PP + q QQ) / 2)` by two quarter turns about ZZ.
    fn two_axes(&mut self, [a, b]: [u32; 2], p: (usize, &Angle), q: (usize, &Angle)) {
        // On `a` the frame takes Y to P and Z to Q, on `b` Z to P and Y to Q.
        let (first, second) = (frame(p.0, q.0), frame(q.0, p.0));
        self.run(a).matrix_then(&crate::math::turn::dagger(&first));
        self.run(b).matrix_then(&crate::math::turn::dagger(&second));
        self.quarter([a, b]);
        // `iswap` has exchanged the two states; the second one brings them back.
        let [on_a, on_b] = if self.basis.quarter.frame == Frame::ISwap { [b, a] } else { [a, b] };
        rx(self.run(on_a), &p.1.scaled(-1.0));
        rx(self.run(on_b), &q.1.scaled(-1.0));
        self.quarter([a, b]);
        for (qubit, matrix) in [(a, first), (b, second)] {
            self.run(qubit).turn(PI);
            self.run(qubit).matrix_then(&matrix);
        }
    }

    /// Any three axes by three quarter turns; the qubits that carry the two states afterwards, which `iswap` exchanges.
    fn three_axes(&mut self, [a, b]: [u32; 2], axes: &[Angle; 3]) -> [u32; 2] {
        let number = Angle::constant;
        let less = |axis: &Angle| axis.plus(&number(-FRAC_PI_2));
        self.run(b).turn(FRAC_PI_2);
        let [a, b] = self.cx(b, a, [a, b]);
        self.run(a).rz(&less(&axes[2]));
        ry(self.run(b), &less(&axes[0]));
        let [a, b] = self.cx(a, b, [a, b]);
        ry(self.run(b), &less(&axes[1]).scaled(-1.0));
        let [a, b] = self.cx(b, a, [a, b]);
        self.run(a).turn(-FRAC_PI_2);
        [a, b]
    }

    /// `cx` by a quarter turn; returns where the two qubits are afterwards.
    fn cx(&mut self, control: u32, target: u32, pair: [u32; 2]) -> [u32; 2] {
        self.run(target).h();
        self.quarter([control, target]);
        let exchanged = self.basis.quarter.frame == Frame::ISwap;
        let (control, target) = if exchanged { (target, control) } else { (control, target) };
        self.run(control).turn(-FRAC_PI_2);
        self.run(target).turn(-FRAC_PI_2);
        self.run(target).h();
        if exchanged { [pair[1], pair[0]] } else { pair }
    }

    /// With `iswap`, two of which make two axes and one a swap beside a quarter turn.
    fn by_iswap(&mut self, meeting: &Meeting) {
        let [a, b] = meeting.qubits;
        let axes = &meeting.axes;
        let used: Vec<usize> = (0..3).filter(|&k| turn_of(&axes[k]) != Turn::None).collect();
        match *used {
            [p, q] if turn_of(&axes[p]) == Turn::Quarter && turn_of(&axes[q]) == Turn::Quarter => {
                // Two quarter turns are a swap and a quarter turn back about the third axis.
                let third = 3 - p - q;
                self.axis_to_z([a, b], third);
                self.quarter([a, b]);
                // iswap = swap E; swap exp(third, -pi/2) = swap E ZZ, and each minus sign is a Pauli on both.
                [a, b].iter().for_each(|&qubit| self.run(qubit).turn(PI));
                self.z_to_axis([a, b], third);
                for k in [p, q] {
                    if axes[k].as_constant().is_some_and(|value| value < 0.0) {
                        [a, b].iter().for_each(|&qubit| half_about(self.run(qubit), k));
                    }
                }
            }
            [p] => self.two_axes([a, b], (p, &axes[p]), ((p + 1) % 3, &Angle::default())),
            [p, q] => self.two_axes([a, b], (p, &axes[p]), (q, &axes[q])),
            _ => {
                // Three exchange the qubits: so make the interaction without a swap.
                let back = axes.each_ref().map(|axis| axis.plus(&Angle::constant(-FRAC_PI_2)));
                self.three_axes([a, b], &back);
            }
        }
    }

    /// A quarter turn about ZZ. With `iswap` the two states are exchanged afterwards.
    fn quarter(&mut self, qubits: [u32; 2]) {
        let entangler = self.basis.quarter.clone();
        let angle = entangler.params.first().cloned().unwrap_or_else(|| Angle::constant(FRAC_PI_2));
        self.native_turn(&entangler, qubits, angle);
    }

    /// A turn about ZZ by a native gate between the local gates it needs.
    fn native_turn(&mut self, entangler: &Entangler, qubits: [u32; 2], angle: Angle) {
        let [first, second] = self.oriented(entangler, qubits);
        let on = |frame: Frame| entangler.frame == frame;
        if on(Frame::Cx) || on(Frame::Zx) || on(Frame::Ecr) || on(Frame::Xx) {
            self.run(second).h();
        }
        if on(Frame::Xx) {
            self.run(first).h();
        }
        if on(Frame::Yy) {
            minus_quarter(self.run(first));
            minus_quarter(self.run(second));
        }
        let paulis = self.paulis_across(entangler.frame, first, second);
        let z = [entangler_keeps_z(entangler.frame, 0), entangler_keeps_z(entangler.frame, 1)];
        for (qubit, keeps) in [first, second].into_iter().zip(z) {
            self.flush(qubit, if keeps { Carry::Turn } else { Carry::Nothing });
        }
        let params = if entangler.gate.params.is_empty() { Vec::new() } else { vec![angle] };
        self.push(entangler.gate, params, vec![first, second], None);
        for (qubit, axis) in paulis {
            half_about(self.run(qubit), axis);
        }
        if on(Frame::Cx) || on(Frame::Zx) || on(Frame::Ecr) || on(Frame::Xx) {
            self.run(second).h();
        }
        if on(Frame::Xx) {
            self.run(first).h();
        }
        match entangler.frame {
            Frame::Cz | Frame::Cx => {
                self.run(first).turn(FRAC_PI_2);
                self.run(second).turn(FRAC_PI_2);
            }
            Frame::Ecr => self.run(first).x(),
            Frame::Yy => {
                self.run(first).sx();
                self.run(second).sx();
            }
            Frame::ZZ | Frame::Xx | Frame::Zx | Frame::ISwap => {}
        }
    }

    /// Takes half turns that `cx` and `cz` let pass off the runs before it; what they are after it, by qubit and axis.
    fn paulis_across(&mut self, frame: Frame, first: u32, second: u32) -> Vec<(u32, usize)> {
        let mut after = Vec::new();
        if !matches!(frame, Frame::Cx | Frame::Cz) {
            return after;
        }
        for (qubit, partner) in [(first, second), (second, first)] {
            let mut run = std::mem::take(self.run(qubit)).without_flip();
            let is_target = frame == Frame::Cx && qubit == second;
            if run.take_flip() {
                after.push((qubit, 0));
                if !is_target {
                    after.push((partner, if frame == Frame::Cx { 0 } else { 2 }));
                }
            }
            let last = run.angles().last().and_then(Angle::as_constant);
            if is_target && last.is_some_and(|angle| crate::math::turn::quarters(angle) == Some(2)) {
                run.take_turn();
                after.push((qubit, 2));
                after.push((partner, 2));
            }
            *self.run(qubit) = run;
        }
        after
    }

    /// Which operand stands first: as the device has it, or where less is to be done before.
    fn oriented(&mut self, entangler: &Entangler, [a, b]: [u32; 2]) -> [u32; 2] {
        if entangler.is_symmetric() {
            return [a, b];
        }
        if self.basis.directed
            && let Some(edge) = self.device.coupling().edge(a, b)
        {
            return self.device.edges.get(edge).map_or([a, b], |&(from, to)| [from, to]);
        }
        let cost = |this: &Self, target: u32| {
            let mut run = this.runs[target as usize].clone();
            run.h();
            run.n_sx() as isize - this.runs[target as usize].n_sx() as isize
        };
        if cost(self, a) < cost(self, b) { [b, a] } else { [a, b] }
    }

    /// Writes the run of a qubit as native gates.
    fn flush(&mut self, qubit: u32, carry: Carry) {
        let run = std::mem::take(self.run(qubit)).without_flip();
        let origin = run.origin().cloned();
        let basis = self.basis.one.clone();
        let mut z = run.angles()[0].clone();
        if run.flips() {
            z = self.half(qubit, &basis, z, origin.as_ref());
        }
        let mut at = 1;
        while at < run.angles().len() {
            let pair = at + 1 < run.angles().len();
            match (basis.whole, pair, &basis.quarter) {
                (Some(whole), true, _) => {
                    z = self.whole(qubit, whole, (&z, &run.angles()[at], &run.angles()[at + 1]), origin.as_ref());
                    at += 2;
                }
                (_, _, Some(quarter)) => {
                    self.z(qubit, &basis, &z, origin.as_ref());
                    self.push(quarter.gate, quarter.params.clone(), vec![qubit], origin.as_ref());
                    z = run.angles()[at].clone();
                    at += 1;
                }
                (Some(whole), false, None) => {
                    // A quarter turn alone is a whole gate with a quarter turn for its angle.
                    z = self.lone(qubit, whole, (&z, &run.angles()[at]), origin.as_ref());
                    at += 1;
                }
                (None, _, None) => at += 1,
            }
        }
        match carry {
            Carry::Turn => {
                self.run(qubit).rz(&z);
                if let Some(origin) = &origin {
                    self.run(qubit).mark(origin);
                }
            }
            Carry::Nothing => self.z(qubit, &basis, &z, origin.as_ref()),
        }
    }

    /// A half turn about X after a turn about Z; returns the turn about Z that is then still to be done.
    fn half(&mut self, qubit: u32, basis: &OneBasis, z: Angle, origin: Option<&Origin>) -> Angle {
        if let Some(half) = &basis.half {
            self.push(half.gate, half.params.clone(), vec![qubit], origin);
            return z.scaled(-1.0);
        }
        match (basis.whole, &basis.quarter) {
            // x = sx rz(0) sx, of which a whole turn is one gate.
            (Some(whole), _) => self.whole(qubit, whole, (&z, &Angle::default(), &Angle::default()), origin),
            (None, Some(quarter)) => {
                for _ in 0..2 {
                    self.push(quarter.gate, quarter.params.clone(), vec![qubit], origin);
                }
                z.scaled(-1.0)
            }
            (None, None) => z,
        }
    }

    /// `rz(z) sx rz(middle) sx rz(after)` by one gate that takes an angle; returns the turn about Z still to be done.
    fn whole(
        &mut self,
        qubit: u32,
        whole: Whole,
        (z, middle, after): (&Angle, &Angle, &Angle),
        origin: Option<&Origin>,
    ) -> Angle {
        let basis = self.basis.one.clone();
        let number = Angle::constant;
        // sx rz(m) sx = rz(pi) ry(m - pi)
        let theta = middle.plus(&number(-PI));
        match whole {
            Whole::Ry(gate) => {
                self.z(qubit, &basis, z, origin);
                self.push(gate, vec![theta], vec![qubit], origin);
                after.plus(&number(PI))
            }
            Whole::Rx(gate) => {
                self.z(qubit, &basis, &z.plus(&number(-FRAC_PI_2)), origin);
                self.push(gate, vec![theta], vec![qubit], origin);
                after.plus(&number(PI + FRAC_PI_2))
            }
            Whole::R(gate) => {
                let axis = number(FRAC_PI_2).add_scaled(z, -1.0);
                self.push(gate, vec![theta, axis], vec![qubit], origin);
                z.plus(after).plus(&number(PI))
            }
            Whole::U(gate) => {
                self.push(gate, vec![theta, after.plus(&number(PI)), z.clone()], vec![qubit], origin);
                Angle::default()
            }
        }
    }

    /// `rz(z) sx rz(after)` by one gate that takes an angle.
    fn lone(&mut self, qubit: u32, whole: Whole, (z, after): (&Angle, &Angle), origin: Option<&Origin>) -> Angle {
        // sx = rz(pi/2) sx rz(-pi/2) sx rz(pi/2) up to a phase.
        let number = Angle::constant;
        let (before, after) = (z.plus(&number(FRAC_PI_2)), after.plus(&number(FRAC_PI_2)));
        self.whole(qubit, whole, (&before, &number(PI + FRAC_PI_2), &after), origin)
    }

    /// A turn about Z, if it is one.
    fn z(&mut self, qubit: u32, basis: &OneBasis, angle: &Angle, origin: Option<&Origin>) {
        let angle = match angle.as_constant() {
            Some(value) => Angle::constant(crate::math::turn::snap(value)),
            None => angle.clone(),
        };
        if angle.as_constant() == Some(0.0) {
            return;
        }
        match (basis.z, basis.whole) {
            (Some(gate), _) => self.push(gate, vec![angle], vec![qubit], origin),
            // Two half turns about axes of the equator turn by twice the angle between them.
            (None, Some(Whole::R(gate))) => {
                self.push(gate, vec![Angle::constant(PI), Angle::constant(0.0)], vec![qubit], origin);
                self.push(gate, vec![Angle::constant(PI), angle.scaled(0.5)], vec![qubit], origin);
            }
            (None, Some(Whole::U(gate))) => {
                self.push(gate, vec![Angle::constant(0.0), Angle::constant(0.0), angle], vec![qubit], origin);
            }
            _ => {}
        }
    }

    fn push(&mut self, gate: &'static Gate, params: Vec<Angle>, qubits: Vec<u32>, origin: Option<&Origin>) {
        let (path, span) = origin.unwrap_or(&self.origin).clone();
        let operation = Operation::Gate { gate, params: params.into_iter().map(tidy).collect() };
        self.out.push(QuantumOp::Gate(GateOp { operation, extra_controls: Vec::new(), qubits, path, span }));
    }
}

/// An angle with its constant part within one turn; what changes by that is a global phase.
fn tidy(mut angle: Angle) -> Angle {
    angle.constant = crate::math::turn::snap(angle.constant);
    angle
}

fn entangler_keeps_z(frame: Frame, operand: usize) -> bool {
    match frame {
        Frame::Cz | Frame::ZZ => true,
        Frame::Cx | Frame::Zx => operand == 0,
        Frame::Ecr | Frame::Xx | Frame::Yy | Frame::ISwap => false,
    }
}

/// `rx(angle)`
fn rx(run: &mut Run, angle: &Angle) {
    run.u(angle, &Angle::constant(-FRAC_PI_2), &Angle::constant(FRAC_PI_2));
}

/// `ry(angle)`
fn ry(run: &mut Run, angle: &Angle) {
    run.u(angle, &Angle::default(), &Angle::default());
}

/// A quarter turn about X the other way.
fn minus_quarter(run: &mut Run) {
    run.turn(PI);
    run.sx();
    run.turn(PI);
}

/// A half turn about an axis.
fn half_about(run: &mut Run, axis: usize) {
    if axis < 2 {
        run.x();
    }
    if axis > 0 {
        run.turn(PI);
    }
}

/// A unitary that takes Y to `P_y` and Z to `P_z` by conjugation, signs of these two positive.
fn frame(y: usize, z: usize) -> crate::math::turn::One {
    use crate::math::{C64, c};
    let (o, l, i) = (c(0.0, 0.0), c(1.0, 0.0), C64::i());
    let paulis: [crate::math::turn::One; 3] = [[o, l, l, o], [o, -i, i, o], [l, o, o, -l]];
    // Columns are the eigenvectors of P_z; the phase between them is fixed by P_y.
    let (py, pz) = (&paulis[y], &paulis[z]);
    let project = |sign: f64| -> [C64; 2] {
        let column = |k: usize| {
            [
                C64::from(if k == 0 { 1.0 } else { 0.0 }) + sign * pz[k],
                C64::from(if k == 1 { 1.0 } else { 0.0 }) + sign * pz[2 + k],
            ]
        };
        let best = if column(0)[0].norm() + column(0)[1].norm() > 0.5 { column(0) } else { column(1) };
        let norm = (best[0].norm_sqr() + best[1].norm_sqr()).sqrt();
        best.map(|entry| entry / norm)
    };
    let up = project(1.0);
    // Y |0> = i |1>, so the second column is -i P_y |up>.
    let moved = [py[0] * up[0] + py[1] * up[1], py[2] * up[0] + py[3] * up[1]];
    let down = moved.map(|entry| entry * -i);
    [up[0], down[0], up[1], down[1]]
}

/// What a meeting costs on this basis, in two-qubit gates.
pub(super) fn gates_of(basis: &Basis, axes: &[Angle; 3]) -> u32 {
    let kinds = axes.each_ref().map(turn_of);
    let used = kinds.iter().filter(|kind| **kind != Turn::None).count();
    if used == 1 && kinds.contains(&Turn::Open) && basis.open.is_some() {
        return 1;
    }
    if basis.quarter.frame == Frame::ISwap {
        let quarters = kinds.iter().filter(|kind| **kind == Turn::Quarter).count();
        return match (used, quarters) {
            (2, 2) => 1,
            (1, _) => 2,
            (n, _) => n as u32,
        };
    }
    price(axes)
}

/// What a meeting costs with a swap after it.
pub(super) fn gates_of_swapped(basis: &Basis, axes: &[Angle; 3]) -> u32 {
    if is_swap(axes) {
        return 0;
    }
    gates_of(basis, &swapped(axes))
}
