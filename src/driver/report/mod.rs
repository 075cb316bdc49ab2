//! The report of a run: everything its folder can tell, as data, as CSV, and as one page for a browser.
//!
//! [`RunReport`] is gathered once from the folder; the terminal, JSON, CSV and the page show parts of it. What the folder
//! cannot tell (an unfinished run, a program that changed) is a note, not an error: a report is wanted most when something
//! went wrong.

mod details;
mod gather;
mod importance;
mod logs;
mod page;
mod table;

pub use details::{Detail, Said, details};
pub use gather::{Ended, FrontEntry, RunReport};
pub use importance::{CHANCE, Effect, Importance, Level, importance};
pub use logs::Time;
pub use page::page;
pub use table::evaluations_csv;
