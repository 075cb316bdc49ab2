//! `random`: candidates drawn uniformly from the whole space. What every other strategy has to beat.

use super::{StrategyDef, no_conflict};
use crate::driver::search::genome::Seen;
use crate::driver::search::options::{OptionDefault, OptionKind, OptionSpec};
use crate::driver::search::strategy::{Done, Proposal, Scored, Status, Strategy};
use crate::hir::Space;
use crate::meta;
use rand::Rng;

/// The catalogue entry.
pub(super) static RANDOM: StrategyDef = StrategyDef {
    meta: meta!(
        "random",
        "candidates drawn uniformly from all valid architectures",
        doc = "Draws `evaluations` architectures, each with the same chance, by default none twice.\n\n\
               The baseline for every other strategy: give it the same number of evaluations and compare."
    ),
    options: &[
        OptionSpec {
            name: "evaluations",
            kind: OptionKind::Count { min: 1, max: i64::MAX },
            default: OptionDefault::Required,
            doc: "how many candidates are drawn",
        },
        OptionSpec {
            name: "unique",
            kind: OptionKind::Flag,
            default: OptionDefault::Flag(true),
            doc: "draw none twice; the search ends early when it finds nothing new",
        },
    ],
    build: |settings, _| {
        Box::new(Random {
            left: settings.count("evaluations"),
            all: settings.count("evaluations"),
            unique: settings.flag("unique"),
            seen: Seen::default(),
            batches: 0,
            done: None,
        })
    },
    conflict: no_conflict,
};

/// How many candidates are asked for at once.
const BATCH: usize = 64;
/// How often a draw may repeat an earlier one before the space counts as visited.
const TRIES: usize = 10_000;

struct Random {
    left: u64,
    all: u64,
    unique: bool,
    seen: Seen,
    batches: u64,
    done: Option<Done>,
}

impl Strategy for Random {
    fn ask(&mut self, n: usize, space: &dyn Space, rng: &mut dyn Rng) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        while proposals.len() < n && self.left > 0 {
            let drawn = if self.unique {
                self.seen.sample(space, TRIES, rng).map(|genome| genome.assignment)
            } else {
                space.sample(rng)
            };
            let Some(assignment) = drawn else {
                let is_first = self.left == self.all;
                self.done = Some(if is_first { Done::EmptySpace } else { Done::Exhausted });
                break;
            };
            self.left -= 1;
            proposals.push(Proposal::fresh(assignment));
        }
        proposals
    }

    fn tell(&mut self, _: &[Scored]) {
        self.batches += 1;
    }

    fn done(&self) -> Option<Done> {
        if self.left == 0 { Some(Done::Completed) } else { self.done.clone() }
    }

    fn batch(&self) -> usize {
        usize::try_from(self.left).unwrap_or(BATCH).min(BATCH)
    }

    fn status(&self) -> Status {
        Status { generation: self.batches, of: Some(self.all.div_ceil(BATCH as u64)), expected: Some(self.all) }
    }
}
