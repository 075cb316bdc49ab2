//! A circuit as meetings of two qubits with runs of one-qubit gates between them, kept short while it grows.
//!
//! A [`Meeting`] is `exp(-i (x XX + y YY + z ZZ) / 2)` with affine angles; everything else is in runs. The three terms commute,
//! so two meetings of one pair merge by adding angles wherever the runs between them only permute axes, whatever the angles
//! are: a `swap` adds a quarter turn to each axis and merges with any neighbour. Where all is constant, two meetings and the runs between
//! them are multiplied out and decomposed again, if that makes them cheaper.

use super::run::{Origin, Run};
use crate::ir::Angle;
use crate::math::turn::{self, One};
use crate::math::weyl;
use std::f64::consts::{FRAC_PI_2, PI};

/// Two qubits interact.
#[derive(Clone, Debug)]
pub(super) struct Meeting {
    /// The qubits.
    pub(super) qubits: [u32; 2],
    /// What each does before.
    pub(super) before: [Run; 2],
    /// Angles of XX, YY and ZZ.
    pub(super) axes: [Angle; 3],
    /// Where it comes from.
    pub(super) origin: Origin,
    /// Has it dissolved?
    dead: bool,
    /// The meeting before it on each qubit.
    previous: [Option<usize>; 2],
}

/// How an interaction turns about one axis.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    /// Not at all, or by a half turn, which is local.
    None,
    /// By a quarter turn.
    Quarter,
    /// By anything else.
    Open,
}

/// The kind of a turn.
pub(super) fn turn_of(axis: &Angle) -> Turn {
    match axis.as_constant().map(turn::quarters) {
        Some(Some(0 | 2)) => Turn::None,
        Some(Some(_)) => Turn::Quarter,
        _ => Turn::Open,
    }
}

/// How many gates like `cx` an interaction takes.
pub(super) fn price(axes: &[Angle; 3]) -> u32 {
    let kinds = axes.each_ref().map(turn_of);
    match kinds.iter().filter(|kind| **kind != Turn::None).count() {
        1 if kinds.contains(&Turn::Quarter) => 1,
        1 => 2,
        n => n as u32,
    }
}

/// An interaction with a `swap` after it.
pub(super) fn swapped(axes: &[Angle; 3]) -> [Angle; 3] {
    axes.each_ref().map(|axis| axis.plus(&Angle::constant(FRAC_PI_2)))
}

/// Meetings in order of time, then what each qubit does at the end.
#[derive(Clone, Debug, Default)]
pub(super) struct Circuit {
    /// Meetings; the dead among them do nothing.
    meetings: Vec<Meeting>,
    /// What each qubit does after its last meeting.
    pub(super) ends: Vec<Run>,
    last: Vec<Option<usize>>,
}

impl Circuit {
    /// Qubits and nothing else.
    pub(super) fn new(n_qubits: usize) -> Self {
        Self { meetings: Vec::new(), ends: vec![Run::default(); n_qubits], last: vec![None; n_qubits] }
    }

    /// The meetings in order.
    pub(super) fn meetings(&self) -> impl Iterator<Item = &Meeting> {
        self.meetings.iter().filter(|meeting| !meeting.dead)
    }

    /// The run that grows on a qubit.
    pub(super) fn run(&mut self, qubit: u32) -> &mut Run {
        &mut self.ends[qubit as usize]
    }

    /// Two qubits exchange their states.
    pub(super) fn swap(&mut self, qubits: [u32; 2], origin: &Origin) {
        let quarter = || Angle::constant(FRAC_PI_2);
        self.meet(qubits, [quarter(), quarter(), quarter()], origin);
    }

    /// `cx`
    pub(super) fn cx(&mut self, control: u32, target: u32, origin: &Origin) {
        self.run(target).h();
        self.meet([control, target], [Angle::default(), Angle::default(), Angle::constant(FRAC_PI_2)], origin);
        self.run(control).turn(-FRAC_PI_2);
        self.run(target).turn(-FRAC_PI_2);
        self.run(target).h();
    }

    /// Two qubits interact.
    pub(super) fn meet(&mut self, qubits: [u32; 2], axes: [Angle; 3], origin: &Origin) {
        let axes = self.without_half_turns(qubits, axes);
        if axes.iter().all(|axis| turn_of(axis) == Turn::None) {
            return;
        }
        let [a, b] = qubits.map(|qubit| qubit as usize);
        if let (Some(at), true) = (self.last[a], self.last[a] == self.last[b])
            && self.merge(at, &axes)
        {
            return;
        }
        let before = [std::mem::take(&mut self.ends[a]), std::mem::take(&mut self.ends[b])];
        let previous = [self.last[a], self.last[b]];
        let at = self.meetings.len();
        self.meetings.push(Meeting { qubits, before, axes, origin: origin.clone(), dead: false, previous });
        self.last[a] = Some(at);
        self.last[b] = Some(at);
    }

    /// A half turn about PP is P on both: it goes into the runs after the meeting.
    fn without_half_turns(&mut self, qubits: [u32; 2], mut axes: [Angle; 3]) -> [Angle; 3] {
        for (k, axis) in axes.iter_mut().enumerate() {
            let Some(value) = axis.as_constant() else { continue };
            let snapped = turn::snap(value);
            let (rest, half) = match snapped {
                s if s > FRAC_PI_2 => (s - PI, true),
                s if s <= -FRAC_PI_2 => (s + PI, true),
                s => (s, false),
            };
            *axis = Angle::constant(rest);
            if half {
                // The Paulis commute with every interaction, so they may as well stand before it.
                qubits.iter().for_each(|&qubit| pauli(self.run(qubit), k));
            }
        }
        axes
    }

    /// Takes an interaction into the last meeting of its qubits, if that is the same and it gets no dearer.
    fn merge(&mut self, at: usize, axes: &[Angle; 3]) -> bool {
        let ends = self.meetings[at].qubits.map(|qubit| qubit as usize);
        if is_swap(axes) {
            self.ends.swap(ends[0], ends[1]);
            self.meetings[at].axes = swapped(&self.meetings[at].axes);
            self.settle(at);
            return true;
        }
        if is_swap(&self.meetings[at].axes) {
            let runs = ends.map(|end| std::mem::take(&mut self.ends[end]));
            let meeting = &mut self.meetings[at];
            meeting.before[1].then(&runs[0]);
            meeting.before[0].then(&runs[1]);
            meeting.axes = swapped(axes);
            self.settle(at);
            return true;
        }
        let between = ends.map(|end| axis_map(&self.ends[end]));
        if let [Some(first), Some(second)] = between
            && (0..3).all(|k| first[k].0 == second[k].0)
        {
            let mut sum = self.meetings[at].axes.clone();
            for (k, axis) in axes.iter().enumerate() {
                let (to, sign) = (first[k].0, first[k].1 * second[k].1);
                sum[to] = sum[to].add_scaled(axis, sign);
            }
            self.meetings[at].axes = sum;
            self.settle(at);
            return true;
        }
        self.resynthesize(at, axes)
    }

    /// Multiplies two constant meetings out and keeps what is cheaper.
    fn resynthesize(&mut self, at: usize, axes: &[Angle; 3]) -> bool {
        let meeting = &self.meetings[at];
        let ends = meeting.qubits.map(|qubit| qubit as usize);
        let numbers = |axes: &[Angle; 3]| -> Option<[f64; 3]> {
            Some([axes[0].as_constant()?, axes[1].as_constant()?, axes[2].as_constant()?])
        };
        let (Some(old), Some(new)) = (numbers(&meeting.axes), numbers(axes)) else { return false };
        let (Some(first), Some(second)) = (self.ends[ends[0]].matrix(), self.ends[ends[1]].matrix()) else {
            return false;
        };
        let product = weyl::times(
            &weyl::interaction(&new),
            &weyl::times(&weyl::local(&first, &second), &weyl::interaction(&old)),
        );
        let Some(found) = weyl::decompose(&product) else { return false };
        let (mut axes_found, mut turned) = (found.axes, [turn::IDENTITY; 2]);
        to_z(&mut axes_found, &mut turned);
        let merged = axes_found.map(Angle::constant);
        if price(&merged) >= price(&meeting.axes) + price(axes) {
            return false;
        }
        let meeting = &mut self.meetings[at];
        meeting.axes = merged;
        for side in 0..2 {
            meeting.before[side].matrix_then(&turn::times(&turn::dagger(&turned[side]), &found.before[side]));
            let origin = self.ends[ends[side]].origin().cloned();
            let mut after = Run::default();
            after.matrix_then(&turn::times(&found.after[side], &turned[side]));
            if let Some(origin) = origin {
                after.mark(&origin);
            }
            self.ends[ends[side]] = after;
        }
        self.settle(at);
        true
    }

    /// Tidies a meeting whose angles changed: half turns go out, and nothing at all dissolves.
    fn settle(&mut self, at: usize) {
        let qubits = self.meetings[at].qubits;
        let axes = std::mem::take(&mut self.meetings[at].axes);
        let ends = qubits.map(|qubit| std::mem::take(&mut self.ends[qubit as usize]));
        let axes = self.without_half_turns(qubits, axes);
        for (qubit, end) in qubits.iter().zip(&ends) {
            self.run(*qubit).then(end);
        }
        let nothing = axes.iter().all(|axis| turn_of(axis) == Turn::None);
        self.meetings[at].axes = axes;
        if nothing {
            self.meetings[at].dead = true;
            for (side, qubit) in qubits.map(|qubit| qubit as usize).into_iter().enumerate() {
                let mut run = std::mem::take(&mut self.meetings[at].before[side]);
                run.then(&self.ends[qubit]);
                self.ends[qubit] = run;
                self.last[qubit] = self.meetings[at].previous[side];
            }
        }
    }
}

/// Is it a `swap` and nothing else?
pub(super) fn is_swap(axes: &[Angle; 3]) -> bool {
    // An even number of minus signs is a swap too, with half turns beside it; those are left to the general rules.
    axes.iter().all(|axis| axis.as_constant().is_some_and(|value| turn::quarters(value) == Some(1)))
}

fn pauli(run: &mut Run, which: usize) {
    if which < 2 {
        run.x();
    }
    if which > 0 {
        run.turn(PI);
    }
}

/// Brings an interaction about one axis to Z: `turned · exp(ZZ) · turned†` on both qubits.
fn to_z(axes: &mut [f64; 3], turned: &mut [One; 2]) {
    let open: Vec<usize> = (0..3).filter(|&k| turn_of(&Angle::constant(axes[k])) != Turn::None).collect();
    let [axis @ (0 | 1)] = open[..] else { return };
    let mut run = Run::default();
    match axis {
        // h Z h = X
        0 => run.h(),
        // A quarter turn about X takes Z to -Y.
        _ => run.sx(),
    }
    if let Some(matrix) = run.matrix() {
        *turned = [matrix, matrix];
        axes.swap(axis, 2);
    }
}

/// Where a run takes each Pauli when it is conjugated: per axis which it becomes and its sign, if the run only permutes axes.
///
/// Entry k: `run† · P_k · run = sign · P_to`.
fn axis_map(run: &Run) -> Option<[(usize, f64); 3]> {
    if run.is_identity() {
        return Some([(0, 1.0), (1, 1.0), (2, 1.0)]);
    }
    let m = run.matrix()?;
    let mut out = [(0, 0.0); 3];
    for (k, entry) in out.iter_mut().enumerate() {
        let row = conjugated(&m, k);
        let (to, value) =
            row.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).map(|(to, value)| (to, *value))?;
        if (value.abs() - 1.0).abs() > turn::NEAR {
            return None;
        }
        *entry = (to, value.signum());
    }
    Some(out)
}

/// The components of `m† · P_k · m` along X, Y and Z.
fn conjugated(m: &One, k: usize) -> [f64; 3] {
    let (o, l, i) = (crate::math::c(0.0, 0.0), crate::math::c(1.0, 0.0), crate::math::C64::i());
    let paulis: [One; 3] = [[o, l, l, o], [o, -i, i, o], [l, o, o, -l]];
    let turned = turn::times(&turn::dagger(m), &turn::times(&paulis[k], m));
    std::array::from_fn(|to| {
        let product = turn::times(&paulis[to], &turned);
        (product[0] + product[3]).re / 2.0
    })
}
