//! Everything the folder of a run can tell, gathered once.

use super::importance::{Importance, importance};
use super::logs::{Time, curves, lines};
use crate::diag::Diagnostic;
use crate::driver::archive::PastRun;
use crate::driver::compiler::Compiled;
use crate::driver::data::Protocol;
use crate::driver::pick::select;
use crate::driver::run::{Curve, RelaxedReport, Retrained};
use crate::driver::search::pareto::{Front, Inserted};
use crate::driver::search::{Agreement, GenerationSummary, Header, Record, SearchOutcome, Stop};
use crate::driver::train::Metrics;
use crate::driver::vocabulary::data_options;
use crate::hir::expr::Bindings;
use crate::hir::resolve_call;
use crate::hir::space::TemplateSpace;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How far a run came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ended {
    /// To its end.
    Finished,
    /// There is more to do: it was interrupted, killed, had a budget, or is still running.
    Unfinished,
    /// It cannot be told, as the history cannot be replayed.
    Unknown,
}

/// One architecture of the front.
#[derive(Clone, PartialEq, Debug)]
pub struct FrontEntry {
    /// Its candidate.
    pub id: u64,
    /// Its objectives, all minimised.
    pub objectives: Vec<f64>,
    /// Later candidates, of other architectures, with exactly these objectives.
    pub ties: Vec<u64>,
    /// What it achieved on the test part, at the end of the search.
    pub test: Option<Metrics>,
    /// Whatever else the search wrote about it in `front.json`.
    pub more: Map<String, Value>,
}

/// Everything the folder of a run can tell.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// The folder.
    pub folder: String,
    /// What was searched.
    pub header: Header,
    /// Every candidate, in order.
    pub records: Vec<Record>,
    /// The non-dominated ones, by their first objective.
    pub front: Vec<FrontEntry>,
    /// Every generation; empty if it cannot be replayed.
    pub history: Vec<GenerationSummary>,
    /// The corner that hypervolumes are measured against.
    pub reference: Vec<f64>,
    /// How far it came.
    pub ended: Ended,
    /// How much every choice matters.
    pub importance: Vec<Importance>,
    /// Where the time went.
    pub time: Time,
    /// How trainings went, by candidate.
    pub curves: BTreeMap<u64, Curve>,
    /// The training of a mixture and what was measured of it, where all candidates were trained at once.
    pub relaxed: Option<RelaxedReport>,
    /// Trainings of the front after the search, as it left them.
    pub retrained: Vec<Retrained>,
    /// Are validation and test part the same rows, as far as the program says?
    pub leaky: bool,
    /// How well scores from shared weights agree with those of models trained alone.
    pub agreement: Vec<Agreement>,
    /// Why evaluations failed, and how many each.
    pub failures: BTreeMap<String, u64>,
    /// Which requirements were broken, and by how many.
    pub broken: BTreeMap<String, u64>,
    /// What could not be told, and why.
    pub notes: Vec<String>,
}

/// An entry of `front.json`.
#[derive(Deserialize)]
struct Left {
    id: u64,
    #[serde(default)]
    test: Option<Metrics>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

impl RunReport {
    /// Reads a run. With its program the history is replayed too.
    ///
    /// # Errors
    /// `QN0813` if the journal is damaged.
    pub fn new(run: &PastRun, compiled: Result<&Compiled, Diagnostic>) -> Result<Self, Diagnostic> {
        let records = run.records()?;
        let header = run.header().clone();
        let mut notes = Vec::new();
        let leaky = compiled.as_ref().is_ok_and(|compiled| is_leaky(compiled, &header.search));
        let replayed = compiled.and_then(|compiled| replay(run, compiled, records.len() as u64));
        let outcome =
            replayed.map_err(|error| notes.push(format!("the history cannot be told: {}", error.message))).ok();
        let ended = match outcome.as_ref().map(|outcome| &outcome.stop) {
            Some(Stop::Done(_)) => Ended::Finished,
            Some(_) => Ended::Unfinished,
            None => Ended::Unknown,
        };
        let path = run.folder().path();
        let left = left(run);
        let mut failures = BTreeMap::new();
        let mut broken = BTreeMap::new();
        for record in records.iter().filter(|record| record.same_as.is_none()) {
            record.failed.iter().for_each(|why| *failures.entry(why.clone()).or_insert(0) += 1);
            record.violations.keys().for_each(|name| *broken.entry(name.clone()).or_insert(0) += 1);
        }
        Ok(Self {
            folder: run.shown(),
            front: front(&records, header.objectives.len(), left),
            history: outcome.as_ref().map(|outcome| outcome.history.clone()).unwrap_or_default(),
            agreement: outcome.as_ref().map(|outcome| outcome.agreement.clone()).unwrap_or_default(),
            reference: outcome.map(|outcome| outcome.reference).unwrap_or_default(),
            ended,
            importance: importance(&header, &records),
            time: Time::read(path),
            curves: curves(path),
            relaxed: std::fs::read(path.join("relaxed.json")).ok().and_then(|all| serde_json::from_slice(&all).ok()),
            retrained: lines(&path.join("retrain.jsonl")),
            leaky,
            failures,
            broken,
            notes,
            header,
            records,
        })
    }

    /// A candidate by its number.
    #[must_use]
    pub fn record(&self, id: u64) -> Option<&Record> {
        self.records.get(usize::try_from(id).ok()?).filter(|record| record.id == id)
    }

    /// Candidates that repeat an architecture.
    #[must_use]
    pub fn repeated(&self) -> usize {
        self.records.iter().filter(|record| record.same_as.is_some()).count()
    }

    /// Candidates whose evaluation failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.records.iter().filter(|record| record.failed.is_some()).count()
    }

    /// Candidates that break a requirement.
    #[must_use]
    pub fn infeasible(&self) -> usize {
        self.records.iter().filter(|record| !record.violations.is_empty()).count()
    }

    /// Everything but the single evaluations.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let named = |values: &[f64]| -> Map<String, Value> {
            self.header.objectives.iter().cloned().zip(values.iter().map(|value| json!(value))).collect()
        };
        let member = |entry: &FrontEntry| {
            let record = self.record(entry.id);
            let mut out = entry.more.clone();
            out.insert("id".into(), json!(entry.id));
            out.insert("architecture".into(), json!(record.map(|record| &record.assignment)));
            out.insert("objectives".into(), json!(named(&entry.objectives)));
            out.insert("metrics".into(), json!(record.map(|record| &record.metrics)));
            out.insert("ties".into(), json!(entry.ties));
            out.insert("test".into(), json!(entry.test));
            Value::Object(out)
        };
        json!({
            "run": self.folder, "search": self.header.search, "qnas": self.header.qnas, "source": self.header.source,
            "seed": self.header.seed, "strategy": self.header.strategy, "data": self.header.data,
            "settings": self.header.settings, "objectives": self.header.objectives, "ended": self.ended,
            "evaluations": self.records.len(), "repeated": self.repeated(), "failed": self.failed(),
            "infeasible": self.infeasible(), "failures": self.failures, "broken_requirements": self.broken,
            "front": self.front.iter().map(member).collect::<Vec<_>>(),
            "history": self.history, "reference": self.reference, "importance": self.importance, "time": self.time,
            "retrained": self.retrained, "leaky": self.leaky, "agreement": self.agreement, "notes": self.notes,
            "relaxed": self.relaxed,
        })
    }
}

/// Does the program ask for the protocol that looks at the test part all along?
fn is_leaky(compiled: &Compiled, search: &str) -> bool {
    let call = compiled.checked.searches.iter().find(|spec| spec.name == search).and_then(|spec| spec.data.as_ref());
    let options = call.and_then(|call| data_options(&resolve_call(call, &Bindings::default())?).ok());
    options.is_some_and(|options| options.protocol == Protocol::Qnas)
}

/// Asks the strategy again, over the space of the program.
fn replay(run: &PastRun, compiled: &Compiled, evaluations: u64) -> Result<SearchOutcome, Diagnostic> {
    let target = select(&compiled.checked, Some(&run.header().search), None)?;
    run.replay(&TemplateSpace::new(target.template), evaluations)
}

/// What the search left in `front.json`, by candidate; nothing if it was killed before.
fn left(run: &PastRun) -> BTreeMap<u64, Left> {
    let text = std::fs::read(run.folder().path().join("front.json")).unwrap_or_default();
    let all: Vec<Value> = serde_json::from_slice(&text).unwrap_or_default();
    let one = |value: Value| serde_json::from_value::<Left>(value).ok().map(|left| (left.id, left));
    all.into_iter().filter_map(one).collect()
}

/// What the journal already says of a member of the front.
const KNOWN: [&str; 4] = ["assignment", "objectives", "metrics", "ties"];

fn front(records: &[Record], n_objectives: usize, mut left: BTreeMap<u64, Left>) -> Vec<FrontEntry> {
    let mut front: Front<(u64, Vec<u64>)> = Front::default();
    for record in records.iter().filter(|record| record.is_eligible() && record.same_as.is_none()) {
        let objectives = record.objective_values(n_objectives);
        if let Inserted::Tie(at) = front.offer(&objectives, || (record.id, Vec::new()))
            && let Some((_, ties)) = front.item_mut(at)
        {
            ties.push(record.id);
        }
    }
    let entry = |member: crate::driver::search::pareto::Member<(u64, Vec<u64>)>| {
        let (id, ties) = member.item;
        let mut found = left.remove(&id);
        if let Some(left) = &mut found {
            left.more.retain(|name, _| !KNOWN.contains(&name.as_str()));
        }
        let (test, more) = found.map(|left| (left.test, left.more)).unwrap_or_default();
        FrontEntry { id, objectives: member.objectives, ties, test, more }
    };
    front.into_sorted().into_iter().map(entry).collect()
}
