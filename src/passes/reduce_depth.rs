//! `reduce-depth`: gates move to the earliest layer that commutation allows.

use super::commute::{Commuter, Kind};
use super::{Changed, PassContext, declare_pass};
use crate::ir::Region;

declare_pass! {
    /// Reorders commuting gates so that the circuit takes fewer layers, and leaves it alone if it would not.
    ///
    /// Every gate goes into the first layer that has its qubits free and comes after all earlier gates it does not commute
    /// with; beyond the window every earlier gate counts as one of those.
    pub ReduceDepth = ("reduce-depth", "reorders commuting gates into fewer layers", ""); Unitary, reduce,
    // A second run starts from another order of the same gates and may find a shorter schedule.
    idempotent: false
}

/// One qubit's steps so far.
#[derive(Default)]
struct Wire {
    steps: Vec<usize>,
    /// Per step, one more than the latest layer of it and everything before it.
    done: Vec<usize>,
    /// Which layers are taken.
    taken: Vec<bool>,
}

fn reduce(region: &mut Region, cx: &PassContext) -> Changed {
    let before = (region.depth(), region.two_qubit_depth());
    let layers = schedule(region, cx.window);
    let mut order: Vec<usize> = (0..region.ops.len()).collect();
    order.sort_by_key(|&at| (layers[at], at));
    let ops: Vec<_> = order.into_iter().map(|at| region.ops[at].clone()).collect();
    let old = std::mem::replace(&mut region.ops, ops);
    let after = (region.depth(), region.two_qubit_depth());
    if after.0 <= before.0 && after.1 <= before.1 && after != before {
        return Changed::Yes;
    }
    region.ops = old;
    Changed::No
}

/// Per step a layer, such that steps that do not commute keep their order.
fn schedule(region: &Region, window: usize) -> Vec<usize> {
    let mut commuter = Commuter::default();
    let kinds: Vec<Option<Kind>> = region.ops.iter().map(|op| commuter.kind(op)).collect();
    let mut wires: Vec<Wire> = (0..region.n_qubits).map(|_| Wire::default()).collect();
    let mut layers = Vec::with_capacity(region.ops.len());
    for (at, op) in region.ops.iter().enumerate() {
        let mut first = 0;
        for &qubit in op.qubits() {
            let wire = &wires[qubit as usize];
            for back in 1..=wire.steps.len() {
                let place = wire.steps.len() - back;
                if wire.done[place] <= first {
                    break;
                }
                let earlier = wire.steps[place];
                let passes = commuter.commute((kinds[earlier], region.ops[earlier].qubits()), (kinds[at], op.qubits()));
                if back > window {
                    first = first.max(wire.done[place]);
                    break;
                }
                if !passes {
                    first = first.max(layers[earlier] + 1);
                }
            }
        }
        let free = |layer: &usize| op.qubits().iter().all(|&q| wires[q as usize].taken.get(*layer) != Some(&true));
        let layer = (first..).find(free).unwrap_or(first);
        for &qubit in op.qubits() {
            let wire = &mut wires[qubit as usize];
            if wire.taken.len() <= layer {
                wire.taken.resize(layer + 1, false);
            }
            wire.taken[layer] = true;
            wire.done.push(wire.done.last().copied().unwrap_or(0).max(layer + 1));
            wire.steps.push(at);
        }
        layers.push(layer);
    }
    layers
}
