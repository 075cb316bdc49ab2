//! The journal: an append-only file of JSON lines, first what the search is, then one line per evaluation.
//!
//! It holds no times and nothing that depends on the number of workers, so that equal searches have equal bytes. A line is
//! handed to the system in one write, and forced to disk at every [`Journal::sync`] (the driver: after every batch and at
//! the end). A killed process therefore loses nothing that was written, a lost power supply at most one batch; what is
//! lost is evaluated again, to the same bytes. A torn last line is cut off on opening.

mod header;
mod read;
mod record;
mod write;

pub use header::{FORMAT, Header, StrategyHeader};
pub use read::{Records, read_journal};
pub(super) use record::Outcome;
pub use record::Record;
pub use write::{Journal, Opened, Sink};
