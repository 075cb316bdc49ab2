//! `exhaustive`: every valid assignment of the discrete choices, once.

use super::{StrategyDef, no_conflict};
use crate::driver::random::shuffle;
use crate::driver::search::genome::express;
use crate::driver::search::options::{OptionDefault, OptionKind, OptionSpec};
use crate::driver::search::strategy::{Done, Proposal, Scored, Status, Strategy};
use crate::hir::{Assignment, Space};
use crate::meta;
use rand::Rng;
use std::collections::VecDeque;

/// The catalogue entry.
pub(super) static EXHAUSTIVE: StrategyDef = StrategyDef {
    meta: meta!(
        "exhaustive",
        "every valid architecture, once",
        doc = "Evaluates every valid assignment of the discrete choices; real choices are drawn anew for each.\n\n\
               Spaces with more than `limit` assignments are refused before anything is evaluated."
    ),
    options: &[
        OptionSpec {
            name: "limit",
            kind: OptionKind::Count { min: 1, max: 1 << 32 },
            default: OptionDefault::Int(100_000),
            doc: "the most assignments the space may have",
        },
        OptionSpec {
            name: "order",
            kind: OptionKind::OneOf(&["program", "shuffled"]),
            default: OptionDefault::Name("program"),
            doc: "in the order of the program, or shuffled so that any beginning is a fair sample",
        },
    ],
    build: |settings, _| {
        Box::new(Exhaustive {
            limit: settings.size("limit"),
            shuffled: settings.name("order") == "shuffled",
            queue: None,
            all: 0,
            batches: 0,
            done: None,
        })
    },
    conflict: no_conflict,
};

/// How many candidates are asked for at once.
const BATCH: usize = 64;

struct Exhaustive {
    limit: usize,
    shuffled: bool,
    queue: Option<VecDeque<Assignment>>,
    all: u64,
    batches: u64,
    done: Option<Done>,
}

impl Exhaustive {
    fn fill(&mut self, space: &dyn Space, rng: &mut dyn Rng) {
        match space.enumerate(self.limit) {
            None => self.done = Some(Done::TooLarge(self.limit)),
            Some(all) if all.is_empty() => self.done = Some(Done::EmptySpace),
            Some(mut all) => {
                if self.shuffled {
                    shuffle(rng, &mut all);
                }
                self.all = all.len() as u64;
                self.queue = Some(all.into());
            }
        }
    }
}

impl Strategy for Exhaustive {
    fn ask(&mut self, n: usize, space: &dyn Space, rng: &mut dyn Rng) -> Vec<Proposal> {
        if self.queue.is_none() && self.done.is_none() {
            self.fill(space, rng);
        }
        let Some(queue) = &mut self.queue else { return Vec::new() };
        let mut proposals = Vec::new();
        while proposals.len() < n {
            let Some(partial) = queue.pop_front() else { break };
            // A `require` on a real choice can still fail for the value drawn; then the assignment is left out.
            if let Some(genome) = express(space, &partial, rng) {
                proposals.push(Proposal::fresh(genome.assignment));
            }
        }
        if queue.is_empty() {
            self.done = Some(Done::Completed);
        }
        proposals
    }

    fn tell(&mut self, _: &[Scored]) {
        self.batches += 1;
    }

    fn done(&self) -> Option<Done> {
        self.done.clone()
    }

    fn batch(&self) -> usize {
        BATCH
    }

    fn status(&self) -> Status {
        let known = self.queue.is_some();
        let of = known.then(|| self.all.div_ceil(BATCH as u64));
        Status { generation: self.batches, of, expected: known.then_some(self.all) }
    }
}
