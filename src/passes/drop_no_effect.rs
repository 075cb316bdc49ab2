//! `drop-no-effect`: everything the zero-effect engine proves removable goes.

use super::effect::{OpEffect, ReadoutEffect, idle};
use super::{Changed, PassContext, declare_pass};
use crate::ir::{QuantumOp, Readout, Region};
use crate::math::PauliSum;

declare_pass! {
    /// Removes gates that the zero-effect engine proves to have no effect on any read-out, and terms of observables whose expectation is zero
    /// in every state the circuit can make.
    ///
    /// The engine knows the initial state and the observables, so it finds what neither neighbours nor light cones show:
    /// a rotation between Cliffords that only turns a phase, a generator that the observables never meet.
    pub DropNoEffect = ("drop-no-effect", "removes what is proved to have no effect", ""); Observables, drop_all,
    // What goes may uncover more: a proof about one gate can wait for another gate to be gone.
    idempotent: false
}

fn drop_all(region: &mut Region, _: &PassContext) -> Changed {
    idle(region).map_or(Changed::No, |(ops, readouts)| drop_proved(region, &ops, &readouts))
}

/// Takes out what is proved of this region's steps and read-outs.
pub(super) fn drop_proved(region: &mut Region, ops: &[OpEffect], readouts: &[ReadoutEffect]) -> Changed {
    let mut changed = false;
    for (readout, effect) in region.readouts.iter_mut().zip(readouts) {
        if let Readout::Expectation(sum) = readout
            && effect.terms.contains(&false)
        {
            let terms = sum.terms().iter().zip(&effect.terms).filter(|(_, useful)| **useful);
            *sum = PauliSum::from_terms(terms.map(|(term, _)| term.clone()));
            changed = true;
        }
    }
    let before = region.ops.len();
    let mut removable = ops.iter().map(|op| op.removable.is_some());
    region.ops.retain(|op| !removable.next().unwrap_or(false) || matches!(op, QuantumOp::Barrier { .. }));
    Changed::when(changed || region.ops.len() != before)
}
