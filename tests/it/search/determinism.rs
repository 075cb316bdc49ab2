//! The same bytes at any number of workers, and after any interruption.

use super::problems::{By, circuit_scores};
use super::spaces::{circuits, evolved, tiny};
use super::{Plan, spaces};
use proptest::prelude::*;
use qnas::driver::search::{
    Budget, Candidate, Evaluate, Evaluation, Failure, Journal, Record, RunFolder, SearchOutcome, Sink, Stop,
};
use qnas::hir::{Assignment, Space, Value};
use std::io::{self, Cursor};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Every strategy, small.
pub(crate) fn plans() -> Vec<Plan> {
    let int = Value::Int;
    let name = |text: &str| Value::Name(text.into());
    vec![
        Plan::new("random", &[("evaluations", int(15))], 2),
        Plan::new("exhaustive", &[("order", name("shuffled")), ("limit", int(100_000))], 2),
        Plan::new("nsga2", &[("population", int(6)), ("generations", int(4)), ("mutation", Value::Real(0.3))], 2),
        Plan::new("nsga3", &[("population", int(6)), ("generations", int(4))], 2),
        Plan::new("evolve", &[("population", int(6)), ("generations", int(4)), ("survivors", int(2))], 2),
        Plan::new(
            "evolve",
            &[
                ("population", int(5)),
                ("generations", int(3)),
                ("retrain", name("all")),
                ("survivors", int(2)),
                ("crossover", Value::Real(0.5)),
            ],
            2,
        ),
        Plan::new(
            "regularized",
            &[("evaluations", int(17)), ("population", int(5)), ("sample", int(2)), ("batch", int(3))],
            2,
        ),
        Plan::new("halving", &[("candidates", int(12)), ("reduction", int(2)), ("proxies", Value::Bool(true))], 2),
        Plan::new(
            "supernet",
            &[
                ("sweeps", int(3)),
                ("models", int(4)),
                ("check", int(5)),
                ("keep", int(3)),
                ("then", name("nsga2(population: 5, generations: 2)")),
            ],
            2,
        ),
        Plan::new("dqas", &[("rounds", int(4)), ("batch", int(4)), ("keep", int(2))], 2),
    ]
}

/// As `circuit_scores`, but some candidates take their time, some fail, some panic, and many are one architecture.
struct Moody;

impl Evaluate for Moody {
    fn key(&self, assignment: &Assignment) -> Option<u128> {
        let relevant = assignment.0.iter().filter(|(path, _)| *path != "kind" && *path != "wires");
        let text: String = relevant.map(|(path, value)| format!("{path}={value};")).collect();
        Some(text.bytes().fold(7, |hash: u128, byte| hash.wrapping_mul(1_099_511_628_211).wrapping_add(byte.into())))
    }

    fn evaluate(&self, candidate: &Candidate) -> Result<Evaluation, Failure> {
        let mut work = 0_u64;
        for step in 0..candidate.seed % 20_000 {
            work = work.wrapping_add(std::hint::black_box(step));
        }
        match candidate.seed % 11 {
            3 => Err(Failure::Failed("too sad".into())),
            5 => Ok(Evaluation { objectives: vec![f64::NAN, 1.0], ..Evaluation::default() }),
            _ => circuit_scores().evaluate(candidate),
        }
    }
}

/// A space small enough for `exhaustive`, large enough for the others.
fn space_for(plan: &Plan) -> Box<dyn Space> {
    match plan.strategy {
        "exhaustive" => Box::new(tiny()),
        "evolve" => Box::new(evolved()),
        _ => Box::new(circuits()),
    }
}

/// Bytes in memory that several journals write to, one after the other.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<Vec<u8>>>);

impl Disk {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("not poisoned").clone()
    }
}

impl Sink for Disk {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        self.0.lock().expect("not poisoned").extend_from_slice(line);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.0.lock().expect("not poisoned").truncate(usize::try_from(len).expect("small"));
        Ok(())
    }
}

/// Resumes from the first bytes of a journal and runs to the end.
fn resumed(plan: &Plan, space: &dyn Space, evaluator: &dyn Evaluate, start: &[u8]) -> (SearchOutcome, Vec<u8>) {
    let disk = Disk(Arc::new(Mutex::new(start.to_vec())));
    let reader = Box::new(Cursor::new(start.to_vec()));
    let path = Path::new("journal.jsonl");
    let opened = Journal::resume_with(Box::new(disk.clone()), reader, path, &plan.header()).expect("its own journal");
    let mut journal = opened.journal;
    let outcome = plan.run_on(space, evaluator, &mut journal, &AtomicBool::new(false), &mut |_| ()).expect("resumes");
    (outcome, disk.bytes())
}

fn same(a: &SearchOutcome, b: &SearchOutcome) {
    assert_eq!(a.front, b.front);
    assert_eq!(a.history, b.history);
    assert_eq!(a.population, b.population);
    assert_eq!(
        (a.evaluations, a.failed, a.repeated, a.infeasible),
        (b.evaluations, b.failed, b.repeated, b.infeasible)
    );
}

#[test]
fn the_number_of_workers_changes_nothing() {
    for plan in plans() {
        let space = space_for(&plan);
        let (one, bytes) = plan.clone().jobs(1).run(space.as_ref(), &Moody);
        assert!(one.evaluations > 10, "{}", plan.strategy);
        for jobs in [2, 4] {
            let (many, other) = plan.clone().jobs(jobs).run(space.as_ref(), &Moody);
            assert!(bytes == other, "{} with {jobs} workers", plan.strategy);
            same(&one, &many);
        }
        let (_, another) = plan.clone().seed(2).run(space.as_ref(), &Moody);
        assert!(plan.strategy == "exhaustive" || bytes != another, "{}: the seed matters", plan.strategy);
    }
}

#[test]
fn a_journal_cut_anywhere_resumes_to_the_same_bytes() {
    for plan in plans() {
        let space = space_for(&plan);
        let (whole, bytes) = plan.run(space.as_ref(), &Moody);
        // Every few bytes for one strategy; for all, line ends, just after them, and in the middle of lines.
        let ends: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] == b'\n').collect();
        let near = |at: usize| ends.iter().any(|&end| at == end || at == end + 1 || at == end + 20);
        let cuts = (0..=bytes.len()).filter(|&at| plan.strategy == "nsga2" && at % 7 == 0 || near(at) || at % 97 == 0);
        for cut in cuts {
            let (outcome, again) = resumed(&plan, space.as_ref(), &Moody, &bytes[..cut]);
            assert!(again == bytes, "{} cut at byte {cut}", plan.strategy);
            same(&whole, &outcome);
        }
    }
}

#[test]
fn interruptions_add_up_to_an_uninterrupted_run() {
    for plan in plans() {
        let space = space_for(&plan);
        let (whole, bytes) = plan.run(space.as_ref(), &Moody);
        let mut written = Vec::new();
        for round in 0..40 {
            let disk = Disk(Arc::new(Mutex::new(written.clone())));
            let reader = Box::new(Cursor::new(written.clone()));
            let path = Path::new("journal.jsonl");
            let opened = Journal::resume_with(Box::new(disk.clone()), reader, path, &plan.header()).expect("its own");
            let (mut journal, stop) = (opened.journal, AtomicBool::new(false));
            // Stop after a few more evaluations, in the middle of whatever is going on.
            let fresh = AtomicU64::new(0);
            let evaluator = By(|candidate: &Candidate| {
                if fresh.fetch_add(1, Ordering::Relaxed) == 2 + round % 3 {
                    stop.store(true, Ordering::Relaxed);
                }
                Moody.evaluate(candidate)
            });
            let keyed = Keyed(evaluator);
            let jobs = 1 + usize::try_from(round % 3).expect("small");
            let run = plan.clone().jobs(jobs).run_on(space.as_ref(), &keyed, &mut journal, &stop, &mut |_| ());
            let outcome = run.expect("a sound search");
            let before = written.len();
            written = disk.bytes();
            assert!(bytes.starts_with(&written), "{}: what is written is a beginning", plan.strategy);
            assert!(written.len() > before || matches!(outcome.stop, Stop::Done(_)));
            if matches!(outcome.stop, Stop::Done(_)) {
                same(&whole, &outcome);
                break;
            }
            assert!(matches!(outcome.stop, Stop::Interrupted));
        }
        assert!(written == bytes, "{}: it came to its end", plan.strategy);
    }
}

/// Gives any evaluator the keys of [`Moody`].
struct Keyed<E>(E);

impl<E: Evaluate> Evaluate for Keyed<E> {
    fn key(&self, assignment: &Assignment) -> Option<u128> {
        Moody.key(assignment)
    }

    fn evaluate(&self, candidate: &Candidate) -> Result<Evaluation, Failure> {
        self.0.evaluate(candidate)
    }
}

#[test]
fn a_larger_budget_continues_a_smaller_one() {
    for plan in plans() {
        let space = space_for(&plan);
        let (whole, bytes) = plan.run(space.as_ref(), &Moody);
        for evaluations in [0, 1, 7, 12] {
            let mut short = plan.clone();
            short.budget = Budget { evaluations: Some(evaluations), seconds: None };
            let (outcome, start) = short.run(space.as_ref(), &Moody);
            assert!(matches!(outcome.stop, Stop::Budget));
            assert_eq!(outcome.evaluations, evaluations);
            assert!(bytes.starts_with(&start), "{} after {evaluations}", plan.strategy);
            let (again, all) = resumed(&plan, space.as_ref(), &Moody, &start);
            assert_eq!(again.replayed, evaluations);
            assert!(all == bytes, "{} from {evaluations}", plan.strategy);
            same(&whole, &again);
        }
    }
}

#[test]
fn a_run_in_a_folder_is_killed_and_resumed() {
    let plan = plans().remove(2);
    let space = circuits();
    let runs = tempfile::tempdir().expect("a folder");
    let folder = RunFolder::create_numbered(runs.path(), "toy").expect("made");
    assert!(folder.path().ends_with("toy-1"));
    let mut journal = folder.begin("// the source\n", &plan.header()).expect("begun");
    let stop = AtomicBool::new(false);
    let whole = plan.run_on(&space, &Moody, &mut journal, &stop, &mut |_| ()).expect("runs");
    drop(journal);
    folder.write_front(&whole.front).expect("written");
    assert_eq!(folder.read_front().expect("read"), whole.front);
    assert_eq!(folder.read_source().expect("read"), "// the source\n");
    let path = folder.journal_path();
    let bytes = std::fs::read(&path).expect("there");
    assert_eq!(bytes, plan.run(&space, &Moody).1, "a file holds what memory would");
    for cut in [0, 1, 30, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1, bytes.len()] {
        std::fs::write(&path, &bytes[..cut]).expect("cut");
        let opened = RunFolder::open(folder.path()).expect("a run").resume(&plan.header()).expect("its own");
        assert_eq!(opened.begun_by, "0.1.0");
        let mut journal = opened.journal;
        let outcome = plan.run_on(&space, &Moody, &mut journal, &stop, &mut |_| ()).expect("runs");
        drop(journal);
        assert!(std::fs::read(&path).expect("there") == bytes, "cut at {cut}");
        same(&whole, &outcome);
    }
    assert!(RunFolder::create_numbered(runs.path(), "toy").expect("made").path().ends_with("toy-2"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn strategies_ask_for_the_same_however_they_are_asked(seed in 0_u64..1000, step in 1_usize..5) {
        use qnas::driver::search::{Proposal, build};
        use rand::SeedableRng;
        for plan in plans() {
            let space = space_for(&plan);
            let asked = |step: usize| {
                let (_, mut strategy) = build(plan.strategy, &plan.options, 2).expect("sound");
                let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(seed);
                let mut all: Vec<Proposal> = Vec::new();
                while strategy.done().is_none() {
                    let batch = strategy.ask(strategy.batch().min(step), space.as_ref(), &mut rng);
                    let tell: Vec<_> = (all.len() as u64..).zip(&batch).map(|(id, proposal)| scored(id, proposal)).collect();
                    all.extend(batch);
                    strategy.tell(&tell);
                }
                all
            };
            let whole = asked(usize::MAX);
            // A batch of ageing evolution sees what was told; the others only ever look at whole generations.
            prop_assert_eq!(whole, asked(step));
        }
    }
}

fn scored(id: u64, proposal: &qnas::driver::search::Proposal) -> qnas::driver::search::Scored {
    let hash = qnas::driver::search::fingerprint(&proposal.assignment);
    qnas::driver::search::Scored {
        id,
        assignment: proposal.assignment.clone(),
        objectives: vec![(hash % 101) as f64, (hash % 53) as f64],
        violation: f64::from(hash.is_multiple_of(7)),
        fidelity: proposal.fidelity,
        same_as: None,
        failed: None,
    }
}

#[test]
fn the_journal_says_everything_once() {
    let plan = plans().remove(2);
    let (outcome, bytes) = plan.run(&spaces::circuits(), &Moody);
    let text = String::from_utf8(bytes).expect("text");
    let records: Vec<Record> = text.lines().skip(1).map(|line| serde_json::from_str(line).expect("a record")).collect();
    assert_eq!(records.len() as u64, outcome.evaluations);
    for (at, (record, line)) in records.iter().zip(text.lines().skip(1)).enumerate() {
        assert_eq!(record.id, at as u64);
        assert_eq!(serde_json::to_string(record).expect("writes"), line, "reading and writing are inverse");
        if let Some(first) = record.same_as {
            let first = &records[usize::try_from(first).expect("small")];
            assert!(first.id < record.id && first.same_as.is_none());
            assert_eq!(
                (&first.key, &first.objectives, &first.failed),
                (&record.key, &record.objectives, &record.failed)
            );
        }
        assert_eq!(record.failed.is_some(), record.objectives.is_empty());
    }
    assert_eq!(outcome.failed, records.iter().filter(|record| record.failed.is_some()).count() as u64);
    for member in &outcome.front {
        let record = &records[usize::try_from(member.id).expect("small")];
        assert_eq!(member.assignment, record.assignment);
        assert!(record.is_eligible() && record.metrics.contains_key("gain"));
        assert_eq!(record.metrics["odd"], None, "not a number is not a metric");
    }
}
