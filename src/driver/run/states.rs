//! Where the trainings of a mixture stand, kept in the folder of the run while they last.
//!
//! ```text
//! runs/diffqas-1/state/stage-1.json    SHA-256 of the second line; the training and where it stands
//! ```
//!
//! One file for each training (a stage, the best candidates alone), written whole beside its old self and moved into its place at
//! most some times a second, so that a process that dies loses less than a second of work. Everything is a function of the seed, so what
//! happened after the last writing happens again, to the byte. A file that is damaged or of another run is left aside, which
//! costs the time of its training and nothing else.

use crate::diag::Diagnostic;
use crate::driver::random::sha256;
use crate::driver::search::{Header, RunFolder};
use crate::driver::train::{Checkpoint, Epoch, Keeper};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seconds between writings, at least.
const SECONDS: f64 = 0.3;
/// What writing may take of the time, as one part of so many.
const SHARE: f64 = 20.0;
/// The folder in that of the run.
const FOLDER: &str = "state";

/// Where one training stands.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct State {
    /// What identifies the run.
    run: String,
    /// Which of several trainings in turn it is, from 0.
    pub(super) turn: usize,
    /// The curve before it.
    pub(super) before: Vec<Epoch>,
    /// How far it is.
    pub(super) at: Checkpoint,
}

/// What is kept of a run's trainings.
pub(super) struct States<'a> {
    folder: &'a RunFolder,
    run: String,
    clock: &'a (dyn Fn() -> f64 + Sync),
    /// When to write next.
    next: f64,
    found: BTreeMap<String, State>,
    /// What is wrong with files, one sentence each.
    pub(super) complaints: Vec<String>,
}

/// The keeper of one training.
pub(super) struct Kept<'s, 'a> {
    states: &'s mut States<'a>,
    label: &'s str,
    turn: usize,
    before: &'s [Epoch],
}

impl<'a> States<'a> {
    /// Reads what an earlier process left.
    pub(super) fn open(folder: &'a RunFolder, header: &Header, clock: &'a (dyn Fn() -> f64 + Sync)) -> Self {
        // A run goes on with another version of qnas, as its journal would.
        let header = Header { qnas: String::new(), ..header.clone() };
        let run = sha256(&serde_json::to_vec(&header).unwrap_or_default());
        let (mut found, mut complaints) = (BTreeMap::new(), Vec::new());
        let mut names: Vec<String> = std::fs::read_dir(folder.path().join(FOLDER))
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort_unstable();
        for name in names {
            let Some(label) = name.strip_suffix(".json") else { continue };
            let text = std::fs::read(folder.path().join(FOLDER).join(&name)).unwrap_or_default();
            let why = match read(&text) {
                Some(state) if state.run == run => {
                    found.insert(label.to_owned(), state);
                    continue;
                }
                Some(_) => "belongs to another run",
                None => "is damaged",
            };
            complaints.push(format!("`{FOLDER}/{name}` {why}; that training begins anew"));
        }
        Self { folder, run, clock, next: clock() + SECONDS, found, complaints }
    }

    /// Where a training stood when the last process ended, if it `fits` the model: another version of qnas may have built
    /// another one.
    pub(super) fn found(&mut self, label: &str, fits: impl Fn(&State) -> bool) -> Option<&State> {
        if self.found.get(label).is_some_and(|state| !fits(state)) {
            self.found.remove(label);
            self.complaints.push(format!("`{FOLDER}/{label}.json` is of another model; that training begins anew"));
        }
        self.found.get(label)
    }

    /// The same for one of several in turn; it is asked for once.
    pub(super) fn take(&mut self, label: &str, turn: usize) -> Option<Checkpoint> {
        let here = self.found.get(label).is_some_and(|state| state.turn == turn);
        let state = if here { self.found.remove(label) } else { None };
        state.map(|state| state.at)
    }

    /// The keeper of a training that begins after the curve `before`.
    pub(super) fn keeper<'s>(&'s mut self, label: &'s str, turn: usize, before: &'s [Epoch]) -> Kept<'s, 'a> {
        Kept { states: self, label, turn, before }
    }

    /// Forgets everything: the run is complete.
    pub(super) fn clear(&self) {
        // What cannot be removed now is of no harm.
        let _ = std::fs::remove_dir_all(self.folder.path().join(FOLDER));
    }
}

fn read(text: &[u8]) -> Option<State> {
    let text = std::str::from_utf8(text).ok()?;
    let (digest, body) = text.split_once('\n')?;
    let body = body.strip_suffix('\n')?;
    (sha256(body.as_bytes()) == digest).then_some(())?;
    serde_json::from_str(body).ok()
}

impl Keeper for Kept<'_, '_> {
    fn is_due(&mut self, last: bool) -> bool {
        last || (self.states.clock)() >= self.states.next
    }

    fn keep(&mut self, at: Checkpoint) -> Result<(), Diagnostic> {
        let began = (self.states.clock)();
        let state = State { run: self.states.run.clone(), turn: self.turn, before: self.before.to_vec(), at };
        let body = serde_json::to_string(&state).unwrap_or_default();
        let text = format!("{}\n{body}\n", sha256(body.as_bytes()));
        self.states.folder.replace(&format!("{FOLDER}/{}.json", self.label), text.as_bytes())?;
        let now = (self.states.clock)();
        self.states.next = now + SECONDS.max(SHARE * (now - began));
        Ok(())
    }
}
