//! What is to be cut: the steps on several qubits that an observable depends on, in a form that printing order does not change.
//!
//! A read-out is taken alone, everything that provably does not reach it goes, and Clifford gates at the end become part
//! of it. Along each wire, touches that commute (they share an axis) form a *group*: a wire may be cut between two touches
//! of a group in any order, so a plan ranges over all orders of commuting gates. Gates on one pair that can be brought
//! together become one *step* with the gamma of their product.

use super::gamma::{self, Interval};
use crate::ir::{GateOp, QuantumOp, Readout, Region};
use crate::passes::commute::{ALL_AXES, Axes, Commuter};
use crate::passes::{
    Pass, PassContext, cancel_inverses::CancelInverses, drop_no_effect::DropNoEffect, drop_unread::DropUnread,
    fold_clifford_suffix::FoldCliffordSuffix, light_cone::LightCone, merge_rotations::MergeRotations,
    remove_identities::RemoveIdentities, run_region, simplify_zero_state::SimplifyZeroState,
};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Most steps among which pairs are brought together.
const MOST_JOINED: usize = 4096;

/// A place where a step meets a wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Touch {
    /// The wire: an index into [`Instance::wires`].
    pub wire: usize,
    /// The group of touches on that wire, ascending in time.
    pub group: usize,
}

/// Gates on one set of wires that are cut together or not at all.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// Where it meets wires, wires ascending.
    pub touches: Vec<Touch>,
    /// Gamma over all values of its angles; infinite for what cannot be cut: steps on more than two wires.
    pub gamma: Interval,
    /// Positions of its gates in [`Instance::region`], ascending.
    pub ops: Vec<usize>,
}

/// A step on one wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loose {
    /// Its position in [`Instance::region`].
    pub op: usize,
    /// Where it stands.
    pub touch: Touch,
}

/// A circuit to be cut.
#[derive(Clone, PartialEq, Debug)]
pub struct Instance {
    /// The circuit, with the read-outs it has here.
    pub region: Region,
    /// The qubits that count: those that a step acts on or a read-out reads, ascending.
    pub wires: Vec<u32>,
    /// The steps, in an order in which they can be run.
    pub steps: Vec<Step>,
    /// The steps on one wire, in program order.
    pub loose: Vec<Loose>,
}

/// What of a region matters to one of its read-outs, as a circuit of its own.
#[must_use]
pub fn pruned(region: &Region, readout: &Readout) -> Region {
    const PASSES: [&dyn Pass; 9] = [
        &LightCone,
        &DropUnread,
        &SimplifyZeroState,
        &RemoveIdentities,
        &CancelInverses,
        &MergeRotations,
        &DropNoEffect,
        &FoldCliffordSuffix,
        &LightCone,
    ];
    let mut alone = Region { readouts: vec![readout.clone()], ..region.clone() };
    run_region(&mut alone, &PASSES, &PassContext::default());
    alone
}

impl Instance {
    /// The circuit as it is, with all its read-outs at once.
    #[must_use]
    pub fn new(region: Region) -> Self {
        let mut draft = Draft::new(&region);
        draft.join_pairs(&region);
        let wires = draft.wires.clone();
        let loose = draft.loose.clone();
        let steps = draft.ordered();
        Self { region, wires, steps, loose }
    }

    /// Largest number of wires of one step: no fragment can be smaller.
    #[must_use]
    pub fn widest(&self) -> usize {
        self.steps.iter().map(|step| step.touches.len()).max().unwrap_or(0).max(usize::from(!self.wires.is_empty()))
    }
}

/// An instance in the making.
struct Draft {
    wires: Vec<u32>,
    steps: Vec<Step>,
    loose: Vec<Loose>,
    /// Gamma of blocks without open angles: layers repeat them on pair after pair.
    known: FxHashMap<Vec<u64>, Interval>,
}

impl Draft {
    fn new(region: &Region) -> Self {
        let wires = live(region);
        let place: BTreeMap<u32, usize> = wires.iter().enumerate().map(|(at, &qubit)| (qubit, at)).collect();
        let mut commuter = Commuter::default();
        let mut open: Vec<(usize, Axes)> = vec![(0, ALL_AXES); wires.len()];
        let (mut steps, mut loose) = (Vec::new(), Vec::new());
        for (at, op) in region.ops.iter().enumerate() {
            let (qubits, axes): (&[u32], Vec<Axes>) = match op {
                QuantumOp::Barrier { .. } => continue,
                QuantumOp::Prepare { qubits, .. } => (qubits, vec![0; qubits.len()]),
                QuantumOp::Gate(gate) => {
                    let kind = commuter.gate_kind(gate);
                    (&gate.qubits, commuter.axes(kind).to_vec())
                }
            };
            let mut touches: Vec<Touch> = Vec::with_capacity(qubits.len());
            for (qubit, axes) in qubits.iter().zip(axes) {
                let Some(&wire) = place.get(qubit) else { continue };
                let (group, common) = &mut open[wire];
                if *common & axes == 0 {
                    *group += 1;
                    *common = axes;
                } else {
                    *common &= axes;
                }
                touches.push(Touch { wire, group: *group });
            }
            touches.sort_unstable_by_key(|touch| touch.wire);
            match touches[..] {
                [] => {}
                [touch] => loose.push(Loose { op: at, touch }),
                _ => steps.push(Step { gamma: gamma_of(region, &[at]), touches, ops: vec![at] }),
            }
        }
        Self { wires, steps, loose, known: FxHashMap::default() }
    }

    /// Joins steps on one pair of wires until none can be brought together. Every join looks at all steps, so circuits with
    /// very many are left as they are.
    fn join_pairs(&mut self, region: &Region) {
        if self.steps.len() > MOST_JOINED {
            return;
        }
        loop {
            let mut busy: Vec<BTreeMap<usize, Vec<usize>>> = vec![BTreeMap::new(); self.wires.len()];
            let mut pairs: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
            for (at, step) in self.steps.iter().enumerate() {
                for touch in &step.touches {
                    busy[touch.wire].entry(touch.group).or_default().push(at);
                }
                if let [a, b] = step.touches[..] {
                    pairs.entry((a.wire, b.wire)).or_default().push(at);
                }
            }
            let found = pairs.values().flat_map(|list| list.windows(2)).find(|pair| {
                self.steps[pair[0]].touches.iter().zip(&self.steps[pair[1]].touches).all(|(a, b)| {
                    let alone = |touch: &Touch| busy[touch.wire].get(&touch.group).is_some_and(|all| all.len() == 1);
                    a.group == b.group
                        || alone(a) && alone(b) && busy[a.wire].range(a.group + 1..b.group).next().is_none()
                })
            });
            let Some(&[first, second]) = found else { return };
            self.join(region, first, second);
        }
    }

    fn join(&mut self, region: &Region, first: usize, second: usize) {
        let late = self.steps.remove(second);
        let early = &mut self.steps[first];
        let ends = |step: &Step| (step.ops.first().copied().unwrap_or(0), step.ops.last().copied().unwrap_or(0));
        let (from, to) = (ends(early).0, ends(&late).1);
        let mut ops = [early.ops.clone(), late.ops.clone()].concat();
        for (a, b) in early.touches.iter().zip(&late.touches).filter(|(a, b)| a.group != b.group) {
            let inner = |loose: &Loose| loose.touch.wire == a.wire && loose.op > from && loose.op < to;
            ops.extend(self.loose.iter().filter(|loose| inner(loose)).map(|loose| loose.op));
            self.loose.retain(|loose| !inner(loose));
            // Nothing else touches the wire between the two groups, so one of their numbers will do.
            self.loose.iter_mut().filter(|l| l.touch.wire == a.wire && l.touch.group == a.group).for_each(|loose| {
                loose.touch.group = if loose.op < from { a.group } else { b.group };
            });
        }
        ops.sort_unstable();
        let key = gates_at(region, &ops).and_then(|gates| gamma::block_key(&gates));
        let gamma = match key {
            Some(key) => *self.known.entry(key).or_insert_with(|| gamma_of(region, &ops)),
            None => gamma_of(region, &ops),
        };
        self.steps[first] = Step { touches: late.touches, gamma, ops };
        self.steps.sort_by_key(|step| step.ops.last().copied());
    }

    /// The steps, each after what must come before it; those that could come next stand by their places on their wires.
    fn ordered(mut self) -> Vec<Step> {
        let mut groups: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); self.wires.len()];
        for touch in self.steps.iter().flat_map(|step| &step.touches) {
            *groups[touch.wire].entry(touch.group).or_default() += 1;
        }
        let ranks: Vec<BTreeMap<usize, usize>> = groups
            .iter()
            .map(|groups| groups.keys().enumerate().map(|(rank, &group)| (group, rank)).collect())
            .collect();
        let rank = |touch: &Touch| ranks[touch.wire].get(&touch.group).copied().unwrap_or(0);
        let key = |step: &Step| {
            let wires: Vec<usize> = step.touches.iter().map(|touch| touch.wire).collect();
            (step.touches.iter().map(rank).sum::<usize>(), wires)
        };
        let is_ready = |step: &Step, groups: &[BTreeMap<usize, usize>]| {
            step.touches.iter().all(|touch| groups[touch.wire].keys().next() == Some(&touch.group))
        };
        let mut waiting: Vec<Option<Step>> = self.steps.drain(..).map(Some).collect();
        let mut ready: BTreeSet<((usize, Vec<usize>), usize)> = BTreeSet::new();
        let mut queued = vec![false; waiting.len()];
        let mut out = Vec::with_capacity(waiting.len());
        let mut by_wire: Vec<Vec<usize>> = vec![Vec::new(); self.wires.len()];
        for (at, step) in waiting.iter().enumerate() {
            let step = step.iter();
            step.for_each(|step| step.touches.iter().for_each(|touch| by_wire[touch.wire].push(at)));
        }
        let mut look: Vec<usize> = (0..waiting.len()).collect();
        loop {
            for at in look.drain(..) {
                if let Some(step) = waiting[at].as_ref().filter(|step| !queued[at] && is_ready(step, &groups)) {
                    queued[at] = true;
                    ready.insert((key(step), at));
                }
            }
            let Some((_, at)) = ready.pop_first() else { return out };
            let Some(step) = waiting[at].take() else { continue };
            for touch in &step.touches {
                if let Some(left) = groups[touch.wire].get_mut(&touch.group) {
                    *left -= 1;
                    if *left == 0 {
                        groups[touch.wire].remove(&touch.group);
                    }
                }
                look.extend(by_wire[touch.wire].iter().copied());
            }
            out.push(step);
        }
    }
}

/// The qubits that a step acts on or a read-out reads.
fn live(region: &Region) -> Vec<u32> {
    let mut live: BTreeSet<u32> = region
        .ops
        .iter()
        .filter(|op| !matches!(op, QuantumOp::Barrier { .. }))
        .flat_map(|op| op.qubits().iter().copied())
        .collect();
    for readout in &region.readouts {
        match readout {
            Readout::Probabilities(qubits) => live.extend(qubits),
            Readout::Expectation(sum) => {
                live.extend(sum.terms().iter().flat_map(|term| term.1.factors()).map(|factor| factor.0));
            }
        }
    }
    live.into_iter().collect()
}

/// The gates at these positions; `None` if something else stands there.
#[must_use]
pub fn gates_at<'r>(region: &'r Region, ops: &[usize]) -> Option<Vec<&'r GateOp>> {
    ops.iter()
        .map(|&at| match &region.ops[at] {
            QuantumOp::Gate(gate) => Some(gate),
            _ => None,
        })
        .collect()
}

fn gamma_of(region: &Region, ops: &[usize]) -> Interval {
    let gates = gates_at(region, ops).filter(|gates| gates.iter().all(|gate| gate.qubits.len() <= 2));
    match gates.as_deref() {
        Some([gate]) => gamma::of_gate(gate),
        Some(gates) => gamma::of_block(gates),
        None => Interval::exact(f64::INFINITY),
    }
}
