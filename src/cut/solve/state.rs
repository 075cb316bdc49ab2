//! A division of the first steps, as far as the rest can see it: which live wires share a fragment, and how full it is.
//!
//! Fragments grow lazily: a wire starts alone, and two fragments become one when a step between them is kept. A wire is cut
//! only right before a step for whose sake it changes its fragment. A wire that was cut inside a group of commuting touches
//! is in all fragments it has visited there; which one it leaves by is decided when the group ends. Fragments without a live
//! wire are forgotten: a new one is never worse.

use super::problem::{Item, Problem};

/// A fragment with live wires.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// Live wires in it.
    pub(crate) wires: u64,
    /// Of those the wires that came in by it and were cut since, so cannot leave by it.
    pub(crate) locked: u64,
    /// Segments in it, live or not.
    pub(crate) size: u8,
    /// A name for whoever plays a division back; no part of the state.
    pub(crate) tag: u32,
}

/// Blocks, by wires.
pub(crate) type State = Vec<Block>;

/// What one operand of a step does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pick {
    /// It stays where it is, in the block of this name.
    Stay(u32),
    /// It is cut and goes along with the others.
    Fresh,
}

/// What a step does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Deed {
    /// Wires whose group has ended, with the block they left by.
    pub(crate) left: Vec<(usize, u32)>,
    /// The operands and the block they are in afterwards, if the step is kept.
    pub(crate) kept: Option<(Vec<Pick>, u32)>,
}

/// What expanding needs to know of a stretch of a problem.
pub(crate) struct Rules<'p> {
    pub(crate) problem: &'p Problem,
    /// Per wire the group of its first step in the stretch.
    pub(crate) first: Vec<usize>,
    /// Per step and operand: does the wire's group begin here?
    pub(crate) begins: Vec<Vec<bool>>,
    /// Per step the wires whose group goes on from before it.
    pub(crate) amid: Vec<u64>,
}

impl<'p> Rules<'p> {
    /// The stretch of the steps from `from` on.
    pub(crate) fn new(problem: &'p Problem, from: usize) -> Self {
        let mut first = vec![usize::MAX; problem.n_wires];
        let mut now = vec![usize::MAX; problem.n_wires];
        let mut begins = vec![Vec::new(); problem.items.len()];
        let mut amid = vec![0u64; problem.items.len() + 1];
        for (at, item) in problem.items.iter().enumerate().skip(from) {
            for meet in &item.meets {
                if first[meet.wire] == usize::MAX {
                    first[meet.wire] = meet.group;
                }
                begins[at].push(now[meet.wire] != meet.group);
                now[meet.wire] = meet.group;
            }
        }
        let mut next = vec![usize::MAX; problem.n_wires];
        let mut open = 0u64;
        for (at, item) in problem.items.iter().enumerate().skip(from).rev() {
            // `open` holds for the place after this step.
            amid[at + 1] = open;
            for (meet, begins) in item.meets.iter().zip(&begins[at]) {
                next[meet.wire] = meet.group;
                if *begins { open &= !(1 << meet.wire) } else { open |= 1 << meet.wire }
            }
        }
        amid[from] = open;
        Self { problem, first, begins, amid }
    }

    /// Wires in more than one block whose group goes on at step `at`: each was paid for already.
    pub(crate) fn paid(&self, state: &State, at: usize) -> u64 {
        let amid = self.amid[at];
        if amid == 0 {
            return 0;
        }
        let all: u32 = state.iter().map(|block| (block.wires & amid).count_ones()).sum();
        let union = state.iter().fold(0, |union, block| union | block.wires) & amid;
        u64::from(all - union.count_ones())
    }

    /// Calls `each` with every state after step `at`, what it costs and what was done.
    pub(crate) fn expand(&self, state: &State, at: usize, each: &mut dyn FnMut(State, u64, Deed)) {
        let item = &self.problem.items[at];
        let mut starts: Vec<(State, Vec<(usize, u32)>)> = vec![(state.clone(), Vec::new())];
        for (meet, begins) in item.meets.iter().zip(&self.begins[at]) {
            if *begins {
                starts = starts.into_iter().flat_map(|(state, left)| leave(&state, &left, meet.wire)).collect();
            }
        }
        for (state, left) in starts {
            self.apply(state, at, item, left, each);
        }
    }

    fn apply(
        &self,
        mut state: State,
        at: usize,
        item: &Item,
        left: Vec<(usize, u32)>,
        each: &mut dyn FnMut(State, u64, Deed),
    ) {
        let mut started = 0u64;
        for (k, meet) in item.meets.iter().enumerate() {
            let bit = 1 << meet.wire;
            if state.iter().all(|block| block.wires & bit == 0) {
                started |= bit;
                state.push(Block { wires: bit, locked: 0, size: 1, tag: name(at, k) });
            }
        }
        let mask: u64 = item.meets.iter().fold(0, |mask, meet| mask | 1 << meet.wire);
        if let Some(block) = state.iter().find(|block| block.wires & mask == mask) {
            let kept = Some((vec![Pick::Stay(block.tag); item.meets.len()], block.tag));
            return each(self.finish(state, item), 0, Deed { left, kept });
        }
        if item.meets.len() == 2 && item.weight < super::problem::NEVER {
            each(self.finish(state.clone(), item), item.weight, Deed { left: left.clone(), kept: None });
        }
        let mut picks = Vec::with_capacity(item.meets.len());
        self.choose(&state, item, started, &mut picks, &mut |picks| {
            if let Some((next, cost, tag)) = self.join(&state, item, picks) {
                each(self.finish(next, item), cost, Deed { left: left.clone(), kept: Some((picks.to_vec(), tag)) });
            }
        });
    }

    /// Every way for the operands to stay somewhere or be cut. A wire that has only begun need not be cut.
    fn choose(&self, state: &State, item: &Item, started: u64, picks: &mut Vec<Pick>, each: &mut dyn FnMut(&[Pick])) {
        let Some(meet) = item.meets.get(picks.len()) else { return each(picks) };
        let bit = 1 << meet.wire;
        for block in state.iter().filter(|block| block.wires & bit != 0) {
            picks.push(Pick::Stay(block.tag));
            self.choose(state, item, started, picks, each);
            picks.pop();
        }
        if started & bit == 0 {
            picks.push(Pick::Fresh);
            self.choose(state, item, started, picks, each);
            picks.pop();
        }
    }

    /// The state in which the operands have come together, if they fit.
    fn join(&self, state: &State, item: &Item, picks: &[Pick]) -> Option<(State, u64, u32)> {
        let mut next: State = Vec::with_capacity(state.len() + 1);
        let mut joined = Block { wires: 0, locked: 0, size: 0, tag: u32::MAX };
        let mut size = 0usize;
        for block in state {
            if picks.contains(&Pick::Stay(block.tag)) {
                let free = joined.wires & !joined.locked | block.wires & !block.locked;
                joined.wires |= block.wires;
                joined.locked = joined.wires & !free;
                joined.tag = joined.tag.min(block.tag);
                size += usize::from(block.size);
            } else {
                next.push(*block);
            }
        }
        let mut cost = 0;
        for (meet, _) in item.meets.iter().zip(picks).filter(|(_, pick)| **pick == Pick::Fresh) {
            let bit = 1 << meet.wire;
            // A cut that leads back to where the wire was is for nothing.
            if joined.wires & bit != 0 {
                return None;
            }
            let visited = state.iter().filter(|block| block.wires & bit != 0).count();
            if visited == 1 && self.first[meet.wire] != meet.group {
                next.iter_mut().filter(|block| block.wires & bit != 0).for_each(|block| block.locked |= bit);
            }
            joined.wires |= bit;
            size += 1;
            cost += self.problem.wire_cut;
        }
        if size > self.problem.budget {
            return None;
        }
        if joined.tag == u32::MAX {
            joined.tag = fresh_name(state);
        }
        joined.size = u8::try_from(size).ok()?;
        next.push(joined);
        Some((next, cost, joined.tag))
    }

    /// Takes out the wires that end here, and puts the blocks in order.
    fn finish(&self, mut state: State, item: &Item) -> State {
        let gone: u64 = item.meets.iter().filter(|meet| meet.last).fold(0, |mask, meet| mask | 1 << meet.wire);
        if gone != 0 {
            state.iter_mut().for_each(|block| {
                block.wires &= !gone;
                block.locked &= !gone;
            });
            state.retain(|block| block.wires != 0);
        }
        state.sort_unstable_by_key(|block| (block.wires, block.locked, block.size));
        state
    }
}

/// The states in which a wire whose group has ended is in one block alone.
fn leave(state: &State, left: &[(usize, u32)], wire: usize) -> Vec<(State, Vec<(usize, u32)>)> {
    let bit = 1 << wire;
    let count = state.iter().filter(|block| block.wires & bit != 0).count();
    if count < 2 {
        return vec![(state.clone(), left.to_vec())];
    }
    let exits = state.iter().filter(|block| block.wires & bit != 0 && block.locked & bit == 0);
    exits
        .map(|exit| {
            let mut next = state.clone();
            for block in next.iter_mut().filter(|block| block.tag != exit.tag) {
                block.wires &= !bit;
                block.locked &= !bit;
            }
            next.retain(|block| block.wires != 0);
            (next, [left, &[(wire, exit.tag)]].concat())
        })
        .collect()
}

/// The name of the block a wire begins in.
pub(crate) fn name(at: usize, k: usize) -> u32 {
    u32::try_from(at * 64 + k).unwrap_or(u32::MAX - 1)
}

/// A name no block has.
fn fresh_name(state: &State) -> u32 {
    // Names only tell blocks of one state apart.
    (1 << 31) + (0..).find(|k| state.iter().all(|block| block.tag != (1 << 31) + k)).unwrap_or(0)
}
