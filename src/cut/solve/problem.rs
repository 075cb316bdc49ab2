//! A cutting problem as numbers: steps that touch wires, what cutting costs, how many wires a fragment may have.
//!
//! Costs are logarithms of sampling overheads in fixed point, so that sums do not depend on their order and equal plans
//! have equal costs.

use crate::cut::gamma::WIRE;
use crate::cut::instance::Instance;

/// Fixed-point units per unit of the natural logarithm.
const SCALE: f64 = (1u64 << 32) as f64;
/// The cost of what cannot be cut.
pub(crate) const NEVER: u64 = u64::MAX >> 8;

/// Where a step meets a wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Meet {
    pub(crate) wire: usize,
    pub(crate) group: usize,
    /// Is this the last step on the wire?
    pub(crate) last: bool,
}

/// A step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Item {
    pub(crate) meets: Vec<Meet>,
    pub(crate) weight: u64,
}

/// A cutting problem.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Problem {
    pub(crate) n_wires: usize,
    pub(crate) budget: usize,
    pub(crate) wire_cut: u64,
    pub(crate) items: Vec<Item>,
}

/// The cost of a factor gamma, which enters squared, and of one cut: of equal overheads the one with fewer cuts is better.
pub(crate) fn cost(gamma: f64) -> u64 {
    if gamma.is_finite() { (2.0 * gamma.max(1.0).ln() * SCALE).round() as u64 + 1 } else { NEVER }
}

/// The overhead of a cost.
pub(crate) fn overhead(cost: u64) -> f64 {
    (cost as f64 / SCALE).exp()
}

impl Problem {
    pub(crate) fn new(instance: &Instance, budget: usize) -> Self {
        let mut items: Vec<Item> = instance
            .steps
            .iter()
            .map(|step| Item {
                meets: step.touches.iter().map(|t| Meet { wire: t.wire, group: t.group, last: false }).collect(),
                weight: cost(step.gamma.high),
            })
            .collect();
        let mut seen = vec![false; instance.wires.len()];
        for meet in items.iter_mut().rev().flat_map(|item| &mut item.meets) {
            meet.last = !std::mem::replace(&mut seen[meet.wire], true);
        }
        Self { n_wires: instance.wires.len(), budget, wire_cut: cost(WIRE), items }
    }
}

/// A stretch of a wire between two cuts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// The wire.
    pub wire: usize,
    /// The fragment it is a qubit of.
    pub fragment: usize,
}

/// A division into fragments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Division {
    /// Per wire its segments in time order; every wire has one or more.
    pub wires: Vec<Vec<Segment>>,
    /// Per step and touch the segment it acts on: a position in the list of its wire.
    pub at: Vec<Vec<usize>>,
    /// Number of fragments; each holds at most budget segments.
    pub fragments: usize,
}

impl Division {
    /// What it costs; [`NEVER`] or more if it cuts what cannot be cut or a fragment is too large.
    pub(crate) fn cost(&self, problem: &Problem) -> u64 {
        let mut sizes = vec![0usize; self.fragments];
        self.wires.iter().flatten().for_each(|segment| sizes[segment.fragment] += 1);
        if sizes.iter().any(|&size| size > problem.budget) {
            return NEVER;
        }
        let wires: u64 = self.wires.iter().map(|list| (list.len() as u64 - 1) * problem.wire_cut).sum();
        let gates = problem.items.iter().zip(&self.at).filter(|(item, at)| {
            let mut fragments = item.meets.iter().zip(*at).map(|(meet, &k)| self.wires[meet.wire][k].fragment);
            let first = fragments.next();
            fragments.any(|fragment| Some(fragment) != first)
        });
        gates.fold(wires, |sum, (item, _)| sum.saturating_add(item.weight))
    }

    /// Do the segments of a wire follow each other as the groups of its touches do?
    #[cfg(test)]
    pub(crate) fn is_ordered(&self, problem: &Problem) -> bool {
        let mut latest: Vec<(usize, usize)> = vec![(0, 0); problem.n_wires];
        let mut current: Vec<(usize, usize)> = vec![(0, 0); problem.n_wires];
        problem.items.iter().zip(&self.at).all(|(item, at)| {
            item.meets.iter().zip(at).all(|(meet, &k)| {
                let (group, top) = current[meet.wire];
                if meet.group > group {
                    latest[meet.wire] = (group, top);
                    current[meet.wire] = (meet.group, k.max(top));
                } else {
                    current[meet.wire] = (group, k.max(top));
                }
                k >= latest[meet.wire].1
            })
        })
    }

    /// Fragments numbered by first use and each of them connected by what is not cut.
    pub(crate) fn tidy(mut self, problem: &Problem) -> Self {
        let first: Vec<usize> = self
            .wires
            .iter()
            .scan(0, |sum, list| {
                let at = *sum;
                *sum += list.len();
                Some(at)
            })
            .collect();
        let total: usize = self.wires.iter().map(Vec::len).sum();
        let mut parent: Vec<usize> = (0..total).collect();
        let fragment = |wires: &[Vec<Segment>], wire: usize, k: usize| wires[wire][k].fragment;
        for (item, at) in problem.items.iter().zip(&self.at) {
            for pair in item.meets.iter().zip(at).collect::<Vec<_>>().windows(2) {
                let ((a, &i), (b, &j)) = (pair[0], pair[1]);
                if fragment(&self.wires, a.wire, i) == fragment(&self.wires, b.wire, j) {
                    let (x, y) = (root(&parent, first[a.wire] + i), root(&parent, first[b.wire] + j));
                    parent[x.max(y)] = x.min(y);
                }
            }
        }
        let mut names = vec![usize::MAX; total];
        let mut count = 0;
        for (wire, list) in self.wires.iter_mut().enumerate() {
            for (k, segment) in list.iter_mut().enumerate() {
                let name = &mut names[root(&parent, first[wire] + k)];
                if *name == usize::MAX {
                    *name = count;
                    count += 1;
                }
                segment.fragment = *name;
            }
        }
        self.fragments = count;
        self
    }
}

/// The representative of a set in a forest.
pub(crate) fn root(parent: &[usize], mut at: usize) -> usize {
    while parent[at] != at {
        at = parent[at];
    }
    at
}
