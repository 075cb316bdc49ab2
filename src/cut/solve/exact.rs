//! The best division, proved: best first over states, with bounds from the problem's own ends.
//!
//! The steps are taken in order. States that look alike to the rest are one node; a state that another one matches with
//! smaller fragments at no higher cost is dropped. What the rest costs at least is the exact cost of the rest *alone*
//! ("Russian dolls": Verfaillie, Lemaître, Schiex, 1996), found first for the last step, then for the last two, and so on:
//! layers of a circuit do not share steps, so the bound adds up over layers.

use super::play;
use super::problem::{Division, NEVER, Problem};
use super::state::{Rules, State};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// More live wires than a word has bits cannot be told apart.
pub(crate) const MOST_WIRES: usize = 64;

/// What is known of the best division.
pub(crate) struct Proved {
    /// No division costs less.
    pub(crate) lower: u64,
    /// A division, if one below the limit was found; the best one if its cost is `lower`.
    pub(crate) division: Option<Division>,
}

/// A state that was reached.
struct Node {
    state: State,
    cost: u64,
    at: u32,
    parent: u32,
    child: u32,
    dead: bool,
}

/// The wires of the blocks, by which states are compared.
type Shape = (u32, Vec<(u64, u64)>);

/// How a search over a stretch ended.
enum End {
    /// The best costs this; the way there.
    Best(u64, Vec<u32>),
    /// Nothing costs less than the limit.
    Nothing,
    /// Out of nodes; nothing costs less than this.
    Spent(u64),
}

struct Search<'p> {
    rules: Rules<'p>,
    /// Per step the least cost of the steps from it on, taken alone.
    rest: &'p [u64],
    nodes: Vec<Node>,
    seen: FxHashMap<Shape, Vec<u32>>,
    queue: BinaryHeap<Reverse<(u64, Reverse<u32>, u32)>>,
    limit: u64,
}

/// The best division that costs less than `limit`, with at most `budget` states looked at.
pub(crate) fn solve(problem: &Problem, limit: u64, budget: u64) -> Proved {
    let n = problem.items.len();
    let mut rest = vec![0u64; n + 1];
    let mut spent = 0;
    for from in (0..n).rev() {
        let known = rest[from + 1];
        rest[from] = known;
        let cut = known.saturating_add(problem.items[from].weight);
        // The first step alone has a division that is wanted, so nothing but the limit may hide it.
        let ceiling = if from == 0 { limit } else { cut.min(limit) };
        if known >= ceiling || spent >= budget {
            continue;
        }
        let mut search = Search::new(problem, from, &rest, ceiling);
        let end = search.run(budget - spent);
        spent += search.nodes.len() as u64;
        rest[from] = match end {
            End::Best(cost, path) if from == 0 => {
                let division = play::back(&search.rules, &path);
                return Proved { lower: cost, division: Some(division) };
            }
            End::Best(cost, _) => cost,
            End::Nothing => ceiling,
            End::Spent(floor) => floor.max(known),
        };
    }
    Proved { lower: rest[0].min(limit), division: (n == 0).then(|| play::nothing(problem)) }
}

impl<'p> Search<'p> {
    fn new(problem: &'p Problem, from: usize, rest: &'p [u64], limit: u64) -> Self {
        let mut search = Self {
            rules: Rules::new(problem, from),
            rest,
            nodes: Vec::new(),
            seen: FxHashMap::default(),
            queue: BinaryHeap::new(),
            limit,
        };
        let at = u32::try_from(from).unwrap_or(u32::MAX);
        search.push(Vec::new(), 0, at, (0, 0));
        search
    }

    /// What a state can come to at least.
    fn bound(&self, state: &State, cost: u64, at: u32) -> u64 {
        let paid = self.rules.paid(state, at as usize) * self.rules.problem.wire_cut;
        cost + self.rest[at as usize].saturating_sub(paid)
    }

    fn push(&mut self, state: State, cost: u64, at: u32, (parent, child): (u32, u32)) {
        let bound = self.bound(&state, cost, at);
        if bound >= self.limit || cost >= NEVER {
            return;
        }
        let shape: Shape = (at, state.iter().map(|block| (block.wires, block.locked)).collect());
        let place = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let alike = self.seen.entry(shape).or_default();
        let fits = |a: &State, b: &State| a.iter().zip(b).all(|(a, b)| a.size <= b.size);
        let nodes = &mut self.nodes;
        if alike.iter().any(|&k| nodes[k as usize].cost <= cost && fits(&nodes[k as usize].state, &state)) {
            return;
        }
        alike.retain(|&k| {
            let old = &mut nodes[k as usize];
            old.dead = cost <= old.cost && fits(&state, &old.state);
            !old.dead
        });
        alike.push(place);
        self.nodes.push(Node { state, cost, at, parent, child, dead: false });
        self.queue.push(Reverse((bound, Reverse(at), place)));
    }

    fn run(&mut self, budget: u64) -> End {
        let goal = self.rules.problem.items.len();
        while let Some(Reverse((bound, _, place))) = self.queue.pop() {
            let reached = self.nodes.len() as u64;
            let node = &mut self.nodes[place as usize];
            if node.dead {
                continue;
            }
            if node.at as usize == goal {
                return End::Best(node.cost, self.path(place));
            }
            if reached >= budget {
                return End::Spent(bound);
            }
            let (state, cost, at) = (std::mem::take(&mut node.state), node.cost, node.at);
            let mut found = Vec::new();
            self.rules.expand(&state, at as usize, &mut |next, more, _| found.push((next, more)));
            self.nodes[place as usize].state = state;
            for (child, (next, more)) in found.into_iter().enumerate() {
                let child = u32::try_from(child).unwrap_or(u32::MAX);
                self.push(next, cost.saturating_add(more), at + 1, (place, child));
            }
        }
        End::Nothing
    }

    /// Which child was taken at every step.
    fn path(&self, mut place: u32) -> Vec<u32> {
        let mut path = Vec::new();
        while place != 0 {
            let node = &self.nodes[place as usize];
            path.push(node.child);
            place = node.parent;
        }
        path.reverse();
        path
    }
}
