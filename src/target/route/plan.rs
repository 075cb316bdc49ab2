//! What has to meet whom and in which order, commutation included.
//!
//! On each qubit the meetings stand in groups: those of one group commute there (all are diagonal in the same basis, with nothing but
//! turns about Z between them), so a task waits only for the groups before its own. `cz`, `rzz` and controls of `cx` gain from it.

use crate::ir::Angle;
use crate::target::basis::Basis;
use crate::target::circuit::{Circuit, Meeting, Turn, turn_of};
use crate::target::emit::{gates_of, gates_of_swapped};
use crate::target::run::Run;
use std::f64::consts::FRAC_PI_2;

/// A meeting to be placed.
#[derive(Clone, Debug)]
pub(in crate::target) struct Task {
    /// The qubits of the circuit.
    pub(in crate::target) qubits: [u32; 2],
    /// Two-qubit gates it takes, alone and with a swap beside it.
    pub(in crate::target) gates: u32,
    pub(in crate::target) gates_swapped: u32,
    /// Its group on each qubit.
    pub(in crate::target) group: [usize; 2],
    /// What it does on its own qubits before, beside the entry of its group.
    pub(in crate::target) own: [Run; 2],
}

/// A set of tasks that commute on one qubit.
#[derive(Clone, Debug, Default)]
pub(in crate::target) struct Group {
    /// What the qubit does before any of them.
    pub(in crate::target) entry: Run,
    /// Which tasks.
    pub(in crate::target) tasks: Vec<usize>,
    commuting: bool,
}

/// All tasks.
#[derive(Clone, Debug)]
pub(in crate::target) struct Plan {
    pub(in crate::target) tasks: Vec<Task>,
    /// Per qubit of the circuit its groups in order of time.
    pub(in crate::target) groups: Vec<Vec<Group>>,
    /// Tasks by their distance from the beginning, and from the end.
    pub(in crate::target) ahead: [Vec<usize>; 2],
    /// Gates that a swap takes.
    pub(in crate::target) swap: u32,
    /// Gates that a swap takes if one of the two is in |0>: two `cx`.
    pub(in crate::target) moved: u32,
}

impl Plan {
    /// The tasks of a circuit.
    pub(in crate::target) fn new(circuit: &Circuit, basis: &Basis) -> Self {
        let quarter = || Angle::constant(FRAC_PI_2);
        let mut plan = Self {
            tasks: Vec::new(),
            groups: vec![Vec::new(); circuit.ends.len()],
            ahead: [Vec::new(), Vec::new()],
            swap: 3,
            moved: gates_of(basis, &[quarter(), quarter(), Angle::default()]),
        };
        for meeting in circuit.meetings() {
            plan.add(meeting, basis);
        }
        plan.ahead = [plan.order(false), plan.order(true)];
        plan
    }

    fn add(&mut self, meeting: &Meeting, basis: &Basis) {
        let diagonal = meeting.axes[..2].iter().all(|axis| turn_of(axis) == Turn::None);
        let number = self.tasks.len();
        let mut task = Task {
            qubits: meeting.qubits,
            gates: gates_of(basis, &meeting.axes),
            gates_swapped: gates_of_swapped(basis, &meeting.axes),
            group: [0, 0],
            own: [Run::default(), Run::default()],
        };
        for (side, (&qubit, before)) in meeting.qubits.iter().zip(&meeting.before).enumerate() {
            let groups = &mut self.groups[qubit as usize];
            match groups.last_mut() {
                Some(group) if group.commuting && diagonal && before.is_diagonal() => {
                    group.tasks.push(number);
                    task.own[side] = before.clone();
                }
                _ => groups.push(Group { entry: before.clone(), tasks: vec![number], commuting: diagonal }),
            }
            task.group[side] = groups.len() - 1;
        }
        self.tasks.push(task);
    }

    /// Tasks by the length of the longest chain before them (or behind them).
    fn order(&self, backward: bool) -> Vec<usize> {
        let mut level = vec![0usize; self.tasks.len()];
        // The latest level of each group, where the next group starts.
        let mut reached: Vec<Vec<usize>> = self.groups.iter().map(|groups| vec![0; groups.len()]).collect();
        let mut visit = |at: usize| {
            let task = &self.tasks[at];
            let before = (0..2).map(|side| {
                let (qubit, group) = (task.qubits[side] as usize, task.group[side]);
                let previous = if backward { group + 1 } else { group.wrapping_sub(1) };
                reached[qubit].get(previous).copied().unwrap_or(0)
            });
            level[at] = before.max().unwrap_or(0) + 1;
            for side in 0..2 {
                let slot = &mut reached[task.qubits[side] as usize][task.group[side]];
                *slot = (*slot).max(level[at]);
            }
        };
        if backward {
            (0..self.tasks.len()).rev().for_each(&mut visit);
        } else {
            (0..self.tasks.len()).for_each(&mut visit);
        }
        let mut order: Vec<usize> = (0..self.tasks.len()).collect();
        order.sort_by_key(|&at| level[at]);
        order
    }

    /// Pairs of qubits that meet, each once, with how often.
    pub(in crate::target) fn pairs(&self) -> Vec<([u32; 2], u32)> {
        let mut pairs = std::collections::BTreeMap::new();
        for task in &self.tasks {
            let [a, b] = task.qubits;
            *pairs.entry([a.min(b), a.max(b)]).or_insert(0) += 1;
        }
        pairs.into_iter().collect()
    }

    /// Qubits of the circuit that do anything at all, or meet anyone.
    pub(in crate::target) fn n_qubits(&self) -> usize {
        self.groups.len()
    }
}
