//! Assignments: which value every open place takes, by path. The currency of search, journals and `--set`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The value of one choice. As JSON: a number, a bool, a string, or a list of positions.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A bool.
    Bool(bool),
    /// An int; also the position of an element in a list of things that have no name of their own.
    Int(i64),
    /// A real number.
    Real(f64),
    /// An enum variant, or the label or leading name of an alternative.
    Name(String),
    /// `choose k of S`: positions in `S`, ascending unless ordered.
    Subset(Vec<u32>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Real(value) => write!(f, "{value:?}"),
            Self::Name(value) => write!(f, "{value}"),
            Self::Subset(positions) => {
                write!(f, "[")?;
                for (at, position) in positions.iter().enumerate() {
                    write!(f, "{}{position}", if at > 0 { ", " } else { "" })?;
                }
                write!(f, "]")
            }
        }
    }
}

/// Values by path; exactly the paths that exist, for a complete assignment.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Assignment(pub BTreeMap<String, Value>);

/// What a choice may be, with everything it depends on already known.
#[derive(Clone, PartialEq, Debug)]
pub enum Domain {
    /// `start, start + step, ..`, `count` of them.
    Ints {
        /// First value.
        start: i64,
        /// Distance, not zero.
        step: i64,
        /// How many.
        count: u64,
    },
    /// One of these values (enum variants, labels of alternatives, ints of a list, positions).
    Values(Vec<Value>),
    /// A real interval; `log` spreads it evenly over the logarithm.
    Real {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
        /// Evenly over the logarithm?
        log: bool,
    },
    /// `choose k of S` with `k` in `min..=max` of `of` elements.
    Subset {
        /// Number of elements in `S`.
        of: u32,
        /// Fewest.
        min: u32,
        /// Most.
        max: u32,
        /// Does the order matter?
        ordered: bool,
    },
}

/// Values of a domain that are shown before the rest is left out.
const SHOWN: usize = 12;

impl fmt::Display for Domain {
    /// As a program would write it: `2..=10`, `{cx, cz}`, `0.001..=0.01 log`, `1..=4 of 28`, `2 of 5 ordered`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ints { count: 0, .. } => write!(f, "{{}}"),
            Self::Ints { start, count: 1, .. } => write!(f, "{{{start}}}"),
            Self::Ints { start, step, count } => {
                let last = i128::from(*start) + i128::from(*step) * (i128::from(*count) - 1);
                write!(f, "{start}..={last}")?;
                if *step == 1 { Ok(()) } else { write!(f, " step {step}") }
            }
            Self::Values(values) => {
                write!(f, "{{")?;
                for (at, value) in values.iter().take(SHOWN).enumerate() {
                    write!(f, "{}{value}", if at > 0 { ", " } else { "" })?;
                }
                match values.len().saturating_sub(SHOWN) {
                    0 => write!(f, "}}"),
                    more => write!(f, ", and {more} more}}"),
                }
            }
            Self::Real { low, high, log } => write!(f, "{low:?}..={high:?}{}", if *log { " log" } else { "" }),
            Self::Subset { of, min, max, ordered } => {
                match min == max {
                    true => write!(f, "{min} of {of}")?,
                    false => write!(f, "{min}..={max} of {of}")?,
                }
                if *ordered { write!(f, " ordered") } else { Ok(()) }
            }
        }
    }
}

/// One choice that exists in a particular architecture.
#[derive(Clone, PartialEq, Debug)]
pub struct Gene {
    /// Its path.
    pub path: String,
    /// Its domain in this architecture.
    pub domain: Domain,
}

/// What decoding an assignment gives.
#[derive(Clone, PartialEq, Debug)]
pub struct Decoded {
    /// Exactly the paths that exist, each with a value of its domain.
    pub assignment: Assignment,
    /// The same paths in program order, with their domains.
    pub genes: Vec<Gene>,
    /// Does it meet every `require` that can be decided without running anything?
    pub valid: bool,
}

/// A space of architectures as a search sees it.
pub trait Space: Sync {
    /// Runs the program on `partial`: every choice reached takes its value from there; what is missing or outside its
    /// domain is asked of `draw`.
    fn decode(&self, partial: &Assignment, draw: &mut dyn FnMut(&Gene) -> Value) -> Decoded;

    /// A valid assignment, uniform over all of them (real choices uniform on their scale); `None` if there is none.
    fn sample(&self, rng: &mut dyn rand::Rng) -> Option<Assignment>;

    /// All valid assignments of the discrete choices in program order, at most `limit`; `None` if there are more.
    fn enumerate(&self, limit: usize) -> Option<Vec<Assignment>>;
}
