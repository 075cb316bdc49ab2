//! The files beside the journal: how long evaluations took, how trainings went, and the processes of a run.
//!
//! They hold what is never the same twice, or is only nice to have. A line that cannot be read is left out: these files are
//! no part of what a run found.

use crate::driver::run::{Curve, Session};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Where the time went.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Time {
    /// Seconds of all evaluations together, on however many workers.
    pub evaluating: f64,
    /// How many evaluations that are.
    pub timed: usize,
    /// The longest: candidate and seconds.
    pub longest: Vec<(u64, f64)>,
    /// The processes.
    pub sessions: Vec<Session>,
    /// Seconds by candidate.
    #[serde(skip)]
    pub by_candidate: BTreeMap<u64, f64>,
}

#[derive(Deserialize)]
struct Timing {
    id: u64,
    seconds: f64,
}

/// The lines of a file that can be read as `T`; none if there is no file.
pub(super) fn lines<T: for<'de> Deserialize<'de>>(path: &Path) -> Vec<T> {
    let Ok(file) = File::open(path) else { return Vec::new() };
    let lines = BufReader::new(file).split(b'\n').map_while(Result::ok);
    lines.filter_map(|line| serde_json::from_slice(&line).ok()).collect()
}

impl Time {
    /// Reads `timing.jsonl` and `sessions.jsonl` of a run's folder. A candidate that was begun twice took its last time.
    pub(super) fn read(folder: &Path) -> Self {
        let timings: Vec<Timing> = lines(&folder.join("timing.jsonl"));
        let by_candidate: BTreeMap<u64, f64> = timings.into_iter().map(|timing| (timing.id, timing.seconds)).collect();
        let mut longest: Vec<(u64, f64)> = by_candidate.iter().map(|(id, seconds)| (*id, *seconds)).collect();
        longest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        longest.truncate(3);
        Self {
            evaluating: by_candidate.values().sum(),
            timed: by_candidate.len(),
            longest,
            sessions: lines(&folder.join("sessions.jsonl")),
            by_candidate,
        }
    }
}

/// How trainings went, by candidate.
pub(super) fn curves(folder: &Path) -> BTreeMap<u64, Curve> {
    let all: Vec<Curve> = lines(&folder.join("curves.jsonl"));
    all.into_iter().map(|curve| (curve.id, curve)).collect()
}
