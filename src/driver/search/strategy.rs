//! Ask and tell: the whole interface between a search strategy and the driver.
//!
//! A strategy never evaluates, never writes, never sees a thread. What it proposes depends only on its settings, the
//! random numbers it is handed, and what it was told. That is what lets the driver replay a journal through it.

use crate::hir::{Assignment, Space};
use rand::Rng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How thoroughly a candidate is to be evaluated.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Default)]
pub enum Fidelity {
    /// Only what the compiler can count: costs and constraints.
    Static,
    /// Training-free proxies stand in for what training would show.
    Proxy,
    /// Nothing is trained: the weights it inherits are measured as they are.
    Inherited,
    /// This share of the training budget, between 0 and 1.
    Share(f64),
    /// The real thing. Only these results can enter the front.
    #[default]
    Full,
}

impl Fidelity {
    /// Is it the real thing?
    #[must_use]
    pub fn is_full(&self) -> bool {
        *self == Self::Full
    }

    /// May an objective be unknown at this fidelity?
    #[must_use]
    pub fn is_partial(&self) -> bool {
        matches!(self, Self::Static | Self::Proxy)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum FidelityText {
    Share(f64),
    Name(String),
}

impl Serialize for Fidelity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Share(share) => FidelityText::Share(*share),
            Self::Static => FidelityText::Name("static".into()),
            Self::Proxy => FidelityText::Name("proxy".into()),
            Self::Inherited => FidelityText::Name("inherited".into()),
            Self::Full => FidelityText::Name("full".into()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fidelity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match FidelityText::deserialize(deserializer)? {
            FidelityText::Share(share) => Ok(Self::Share(share)),
            FidelityText::Name(name) => match name.as_str() {
                "static" => Ok(Self::Static),
                "proxy" => Ok(Self::Proxy),
                "inherited" => Ok(Self::Inherited),
                "full" => Ok(Self::Full),
                _ => Err(serde::de::Error::custom(format!("there is no fidelity `{name}`"))),
            },
        }
    }
}

/// Where a candidate's weights begin, if not at their initial distribution.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Inherit {
    /// With the trained weights of another candidate, path by path.
    Heir {
        /// Which.
        from: u64,
        /// Iterations that moved: weights below the first prefix there start those below the second prefix here.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        moved: Vec<(String, String)>,
    },
    /// With the weights that all architectures share.
    Shared {
        /// After so many sweeps.
        shared: u64,
        /// The candidates of the last of them, whose weights are averaged into what was shared before it.
        of: Vec<u64>,
    },
}

impl Inherit {
    /// The candidate whose weights are taken, if it is one.
    #[must_use]
    pub fn from(&self) -> Option<u64> {
        match self {
            Self::Heir { from, .. } => Some(*from),
            Self::Shared { .. } => None,
        }
    }
}

/// One candidate a strategy wants evaluated.
#[derive(Clone, PartialEq, Debug)]
pub struct Proposal {
    /// A complete, valid assignment.
    pub assignment: Assignment,
    /// The candidates it was made from, for reports.
    pub parents: Vec<u64>,
    /// Trained weights to start from; such a candidate is never answered from an earlier one.
    pub inherit: Option<Inherit>,
    /// How thoroughly.
    pub fidelity: Fidelity,
}

impl Proposal {
    /// A candidate without ancestors, to be evaluated in full.
    #[must_use]
    pub fn fresh(assignment: Assignment) -> Self {
        Self { assignment, parents: Vec::new(), inherit: None, fidelity: Fidelity::Full }
    }
}

/// One evaluated candidate as a strategy sees it.
#[derive(Clone, PartialEq, Debug)]
pub struct Scored {
    /// The order in which it was asked for, from 0.
    pub id: u64,
    /// What was proposed.
    pub assignment: Assignment,
    /// All minimised; `+inf` where an evaluation failed or its fidelity leaves the objective unknown.
    pub objectives: Vec<f64>,
    /// By how much constraints are broken in sum: 0 if all hold, `+inf` if the evaluation failed.
    pub violation: f64,
    /// How thoroughly it was evaluated.
    pub fidelity: Fidelity,
    /// The earlier candidate with the same architecture, whose result this is.
    pub same_as: Option<u64>,
    /// Why the evaluation failed, if it did.
    pub failed: Option<String>,
}

/// Why a strategy wants no more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Done {
    /// It did what it was asked to do.
    Completed,
    /// Nothing got better for as long as its `patience`.
    NoProgress,
    /// It finds nothing new to try.
    Exhausted,
    /// The space has no valid assignment.
    EmptySpace,
    /// The space has more assignments than this limit.
    TooLarge(usize),
}

/// How far a strategy has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Status {
    /// Generations (batches, rungs) finished.
    pub generation: u64,
    /// How many there will be, if that is known.
    pub of: Option<u64>,
    /// How many candidates it will ask for in all, if that is known.
    pub expected: Option<u64>,
}

/// A search strategy.
pub trait Strategy: Send {
    /// Proposes at most `n` candidates, drawing randomness only from `rng`. Fewer only when it must be told results
    /// first, or is done. `ask(a)` is the beginning of what `ask(b)` would give for `a < b`.
    fn ask(&mut self, n: usize, space: &dyn Space, rng: &mut dyn Rng) -> Vec<Proposal>;

    /// Learns from evaluated candidates, in the order they were asked for.
    fn tell(&mut self, scored: &[Scored]);

    /// Why it wants no more; `None` while it does.
    fn done(&self) -> Option<Done>;

    /// How many candidates it would like to ask for at once. Never depends on the number of workers.
    fn batch(&self) -> usize;

    /// How far it has come.
    fn status(&self) -> Status;

    /// The candidates it builds on at the moment, for reports.
    fn population(&self) -> Vec<u64> {
        Vec::new()
    }

    /// Candidates whose trained weights a later proposal may inherit.
    fn keeps(&self) -> Vec<u64> {
        Vec::new()
    }
}
