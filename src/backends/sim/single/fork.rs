//! Circuits that begin with the same steps: the steps are run once, and their way back is gone once.
//!
//! The later circuit takes up the state where the earlier one left it at the fork. Going back it undoes its own steps alone
//! and leaves its adjoint there, which the earlier one adds to its own: gradients are linear in it. Forward passes go from
//! the earlier circuit to the later, backward passes the other way.

use super::plan::{Run, SingleOp, SinglePlan};
use super::{SingleEngine, Way};
use crate::backends::Real;
use crate::backends::sim::buffer::Aligned;
use crate::backends::sim::qubit::{OneQubit, RunGate};
use crate::diag::Diagnostic;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where two circuits part.
#[derive(Debug, Default)]
struct Meeting<T> {
    state: Aligned<T>,
    /// What the later circuit leaves of its adjoint.
    lambda: Aligned<T>,
}

/// The number of steps before the circuits part, and the place where they meet.
#[derive(Clone, Debug)]
pub(crate) struct Fork<T> {
    pub(super) at: usize,
    meeting: Arc<Mutex<Meeting<T>>>,
}

impl<T> Fork<T> {
    fn open(&self) -> MutexGuard<'_, Meeting<T>> {
        self.meeting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Real> SingleEngine<T> {
    /// How many steps two circuits have in common at their beginning.
    pub(crate) fn common(&self, other: &Self) -> usize {
        let fits = |one: &Self| one.way != Way::Commuting && !one.reads_inputs && one.plan.prepared.is_empty();
        if !fits(self) || !fits(other) || self.way != other.way || self.slots != other.slots {
            return 0;
        }
        let pairs = self.plan.ops.iter().zip(&other.plan.ops);
        pairs.take_while(|(a, b)| same_step((&self.plan, a), (&other.plan, b))).count()
    }

    /// Takes the first `at` steps from an earlier circuit.
    pub(crate) fn follow(&mut self, earlier: &mut Self, at: usize) {
        let fork = Fork { at, meeting: Arc::default() };
        earlier.forks.push(fork.clone());
        self.origin = Some(fork);
    }

    pub(super) fn reserve_forks(&mut self) -> Result<(), Diagnostic> {
        let len = self.len();
        for fork in &self.forks {
            let mut meeting = fork.open();
            meeting.state.reserve(len)?;
            meeting.lambda.reserve(len)?;
        }
        Ok(())
    }

    /// Takes up the state of an earlier circuit; the steps that are in it.
    pub(super) fn take_up(&mut self) -> Option<usize> {
        let len = self.len();
        let fork = self.origin.as_ref()?;
        self.state.as_mut_slice()[..len].copy_from_slice(&fork.open().state.as_slice()[..len]);
        Some(fork.at)
    }

    /// Leaves the state after so many steps for circuits that part here.
    pub(super) fn leave(&mut self, at: usize) {
        let len = self.len();
        for fork in self.forks.iter().filter(|fork| fork.at == at) {
            fork.open().state.as_mut_slice()[..len].copy_from_slice(&self.state.as_slice()[..len]);
        }
    }

    /// Adds the adjoints of circuits that part after so many steps.
    pub(super) fn join(&mut self, at: usize) {
        let len = self.len();
        for fork in self.forks.iter().filter(|fork| fork.at == at) {
            let mut meeting = fork.open();
            let theirs = &mut meeting.lambda.as_mut_slice()[..len];
            for (own, theirs) in self.lambda.as_mut_slice().iter_mut().zip(theirs) {
                *own += std::mem::replace(theirs, T::zero());
            }
        }
    }

    /// Leaves the adjoint for the earlier circuit.
    pub(super) fn hand_back(&mut self) {
        let len = self.len();
        let Some(fork) = &self.origin else { return };
        let mut meeting = fork.open();
        let sums = meeting.lambda.as_mut_slice()[..len].iter_mut();
        sums.zip(self.lambda.as_slice()).for_each(|(sum, &own)| *sum += own);
    }
}

/// Do two steps compute the same, whatever the numbers are?
fn same_step((plan_a, a): (&SinglePlan, &SingleOp), (plan_b, b): (&SinglePlan, &SingleOp)) -> bool {
    let (SingleOp::Layer { turns: a, .. }, SingleOp::Layer { turns: b, .. }) = (a, b) else { return false };
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a.bit == b.bit && a.string == b.string && same_run(&plan_a.runs[a.run], &plan_b.runs[b.run]))
}

fn same_run(a: &Run, b: &Run) -> bool {
    match (a, b) {
        (Run::Qubit(a), Run::Qubit(b)) => {
            a.gates.len() == b.gates.len() && a.gates.iter().zip(&b.gates).all(|(a, b)| same_gate(a, b))
        }
        (
            Run::String { scale, angle, ys, flips },
            Run::String { scale: scale_b, angle: angle_b, ys: ys_b, flips: flips_b },
        ) => scale == scale_b && angle == angle_b && ys == ys_b && flips == flips_b,
        _ => false,
    }
}

fn same_gate(a: &RunGate, b: &RunGate) -> bool {
    let same = match (&a.op, &b.op) {
        (OneQubit::Constant(a), OneQubit::Constant(b)) => a == b,
        (OneQubit::Generated(a), OneQubit::Generated(b)) => a == b,
        (OneQubit::General(a), OneQubit::General(b)) => std::ptr::eq(*a, *b),
        _ => false,
    };
    same && a.angles == b.angles
}
