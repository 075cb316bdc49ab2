//! What goes wrong: candidates that fail, panic or repeat, disks that are full, journals that are not one's own.

use super::problems::By;
use super::spaces::{circuits, empty, tiny};
use super::{Plan, options};
use qnas::diag::Diagnostic;
use qnas::driver::search::{
    Budget, Candidate, Done, Evaluate, Evaluation, Failure, Header, Journal, Record, RunFolder, Search, Sink, Stop,
    build, find, read_journal,
};
use qnas::hir::{Assignment, Value};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

fn random(evaluations: i64) -> Plan {
    Plan::new("random", &[("evaluations", Value::Int(evaluations))], 2)
}

fn code(diagnostic: &Diagnostic) -> &'static str {
    diagnostic.code.meta.code
}

fn records(bytes: &[u8]) -> Vec<Record> {
    let text = std::str::from_utf8(bytes).expect("text");
    text.lines().skip(1).map(|line| serde_json::from_str(line).expect("a record")).collect()
}

fn fine(first: f64) -> Evaluation {
    Evaluation { objectives: vec![first, 1.0], ..Evaluation::default() }
}

#[test]
fn bad_candidates_are_recorded_and_the_search_goes_on() {
    let evaluator = By(|candidate: &Candidate| match candidate.id {
        // Without the hook, so that nothing is printed.
        1 => std::panic::resume_unwind(Box::new("a spanner in the works")),
        2 => Ok(fine(f64::NAN)),
        3 => Ok(Evaluation { objectives: vec![1.0], ..Evaluation::default() }),
        4 => Err(Failure::Failed("a zero vector".into())),
        5 => Ok(Evaluation { constraints: [("depth".to_owned(), f64::NAN)].into(), ..fine(0.0) }),
        6 => Ok(Evaluation {
            constraints: [("depth".to_owned(), 2.0), ("width".to_owned(), -1.0)].into(),
            ..fine(f64::NAN)
        }),
        7 => Ok(fine(f64::INFINITY)),
        id => Ok(fine(id as f64)),
    });
    let (outcome, bytes) = random(12).run(&circuits(), &evaluator);
    let all = records(&bytes);
    let why = |id: usize| all[id].failed.clone().unwrap_or_default();
    assert_eq!(why(1), "the evaluation panicked: a spanner in the works");
    assert_eq!(why(2), "objective 1 is NaN");
    assert_eq!(why(3), "1 objectives were given, 2 expected");
    assert_eq!(why(4), "a zero vector");
    assert_eq!(why(5), "constraint `depth` is NaN");
    assert_eq!(why(7), "objective 1 is inf");
    assert_eq!((why(6).as_str(), all[6].violation()), ("", 2.0), "what breaks a constraint need not be trained");
    assert_eq!(all[6].objectives, [None, Some(1.0)]);
    assert_eq!((outcome.evaluations, outcome.failed, outcome.infeasible), (12, 6, 1));
    assert_eq!(outcome.front.iter().map(|member| member.id).collect::<Vec<_>>(), [0]);
    assert!(matches!(outcome.stop, Stop::Done(Done::Completed)));
}

#[test]
fn an_architecture_is_evaluated_once() {
    struct Counting(Mutex<BTreeMap<String, u64>>);
    impl Evaluate for Counting {
        fn key(&self, assignment: &Assignment) -> Option<u128> {
            assert!(assignment.0.contains_key("g"));
            // The gate alone makes the architecture, and some keys cannot be computed.
            (assignment.0["g"] != Value::Name("z".into())).then(|| assignment.0["g"].to_string().as_bytes()[0].into())
        }
        fn evaluate(&self, candidate: &Candidate) -> Result<Evaluation, Failure> {
            let gate = candidate.assignment.0["g"].to_string();
            *self.0.lock().expect("not poisoned").entry(gate.clone()).or_default() += 1;
            Ok(fine(f64::from(gate.as_bytes()[0])))
        }
    }
    for jobs in [1, 4] {
        let counting = Counting(Mutex::default());
        let (outcome, bytes) = Plan::new("exhaustive", &[], 2).jobs(jobs).run(&tiny(), &counting);
        let counts = counting.0.into_inner().expect("not poisoned");
        assert_eq!(counts, [("x".to_owned(), 1), ("y".to_owned(), 1), ("z".to_owned(), 7)].into());
        assert_eq!((outcome.evaluations, outcome.repeated), (21, 12));
        let all = records(&bytes);
        assert!(all.iter().all(|record| record.objectives.len() == 2));
        assert_eq!(all.iter().filter(|record| record.same_as == Some(0)).count(), 6);
        assert_eq!(outcome.front.len(), 1, "a repeat is not another member");
        assert!(outcome.front[0].ties.is_empty());
    }
    // Without keys, what ties on all objectives is listed with the first.
    let constant = By(|_: &Candidate| Ok(fine(0.0)));
    let (outcome, _) = Plan::new("exhaustive", &[], 2).run(&tiny(), &constant);
    assert_eq!((outcome.front.len(), outcome.front[0].ties.len()), (1, 20));
}

#[test]
fn heirs_are_evaluated_even_if_their_architecture_is_known() {
    let heirs = AtomicU64::new(0);
    let evaluator = By(|candidate: &Candidate| {
        heirs.fetch_add(u64::from(candidate.inherit.is_some()), Ordering::Relaxed);
        Ok(fine(candidate.id as f64))
    });
    let pairs = [
        ("population", Value::Int(4)),
        ("generations", Value::Int(3)),
        ("survivors", Value::Int(2)),
        ("retrain", Value::Name("all".into())),
    ];
    let (outcome, bytes) = Plan::new("evolve", &pairs, 2).run(&circuits(), &evaluator);
    assert_eq!((outcome.evaluations, outcome.repeated, heirs.load(Ordering::Relaxed)), (12, 0, 8));
    let all = records(&bytes);
    assert_eq!(all[4].assignment, all[0].assignment, "the best survivor trains on");
    assert_eq!(all[4].inherit.as_ref().and_then(|inherit| inherit.from()), Some(0));
}

/// A disk with room for so many bytes, that writes what it can of the line that does not fit.
struct Full {
    room: usize,
    written: std::sync::Arc<Mutex<Vec<u8>>>,
}

impl Sink for Full {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let mut written = self.written.lock().expect("not poisoned");
        let fits = line.len().min(self.room - written.len());
        written.extend_from_slice(&line[..fits]);
        if fits < line.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.written.lock().expect("not poisoned").truncate(usize::try_from(len).expect("small"));
        Ok(())
    }
}

#[test]
fn a_full_disk_ends_the_search_with_what_is_safe() {
    let plan = random(20).jobs(2);
    let evaluator = By(|candidate: &Candidate| Ok(fine(candidate.id as f64)));
    let (_, whole) = plan.run(&circuits(), &evaluator);
    let written = std::sync::Arc::new(Mutex::new(Vec::new()));
    let sink = Full { room: whole.len() / 2, written: written.clone() };
    let mut journal = Journal::with_sink(Box::new(sink), &plan.header()).expect("room for the header");
    let outcome =
        plan.run_on(&circuits(), &evaluator, &mut journal, &AtomicBool::new(false), &mut |_| ()).expect("ends cleanly");
    let Stop::Journal(diagnostic) = &outcome.stop else { panic!("{:?}", outcome.stop) };
    assert_eq!(code(diagnostic), "QN0815");
    let safe = written.lock().expect("not poisoned").clone();
    assert!(whole.starts_with(&safe) && safe.ends_with(b"\n"));
    assert_eq!(outcome.evaluations, records(&safe).len() as u64);
    assert!(diagnostic.notes.contains(&format!("{} evaluations are safe in it", outcome.evaluations)));
    assert!(!outcome.front.is_empty(), "the front so far is not lost");
}

#[test]
fn what_is_told_to_stop_hands_on_a_beginning() {
    // Long evaluations may give up: nothing of them is recorded.
    let stop = AtomicBool::new(false);
    let evaluator = By(|candidate: &Candidate| {
        if candidate.id == 5 {
            candidate.stop.store(true, Ordering::Relaxed);
            return Err(Failure::Stopped);
        }
        Ok(fine(candidate.id as f64))
    });
    // The flag a candidate sees is the search's.
    let plan = random(20);
    let (mut journal, bytes) = Journal::in_memory(&plan.header()).expect("memory");
    let outcome = plan.run_on(&circuits(), &evaluator, &mut journal, &stop, &mut |_| ()).expect("ends cleanly");
    assert!(matches!(outcome.stop, Stop::Interrupted));
    assert_eq!((outcome.evaluations, records(&bytes()).len()), (5, 5));
    assert!(stop.load(Ordering::Relaxed));
}

#[test]
fn time_is_a_budget_too() {
    let ticks = AtomicU64::new(0);
    let clock = || ticks.fetch_add(1, Ordering::Relaxed) as f64;
    let evaluator = By(|candidate: &Candidate| Ok(fine(candidate.id as f64)));
    let plan = random(1000);
    let (mut journal, bytes) = Journal::in_memory(&plan.header()).expect("memory");
    let (_, mut strategy) = build(plan.strategy, &plan.options, 2).expect("sound");
    let budget = Budget { evaluations: None, seconds: Some(40.0) };
    let (space, stop) = (circuits(), AtomicBool::new(false));
    let search = Search { space: &space, evaluator: &evaluator, jobs: 1, budget, stop: &stop, clock: &clock };
    let runs = tempfile::tempdir().expect("a folder");
    let folder = RunFolder::create_at(runs.path()).expect("made");
    let mut timing = folder.timing().expect("opened");
    let outcome = search.run(strategy.as_mut(), &mut journal, Some(&mut timing), &mut |_| ()).expect("a sound search");
    assert!(matches!(outcome.stop, Stop::Budget));
    assert!((5..40).contains(&outcome.evaluations));
    let times = std::fs::read_to_string(runs.path().join("timing.jsonl")).expect("written");
    assert_eq!(times.lines().count() as u64, outcome.evaluations);
    assert!(times.starts_with("{\"id\":0,\"seconds\":"));
    assert!(!String::from_utf8(bytes()).expect("text").contains("seconds"), "no times in the journal");
}

#[test]
fn spaces_that_do_not_suit_are_refused() {
    let evaluator = By(|_: &Candidate| Ok(fine(0.0)));
    let refused = |plan: &Plan, space: &dyn qnas::hir::Space| {
        let (mut journal, _) = Journal::in_memory(&plan.header()).expect("memory");
        let run = plan.run_on(space, &evaluator, &mut journal, &AtomicBool::new(false), &mut |_| ());
        code(&run.expect_err("refused"))
    };
    for plan in super::determinism::plans() {
        assert_eq!(refused(&plan, &empty()), "QN0805", "{}", plan.strategy);
    }
    assert_eq!(refused(&Plan::new("exhaustive", &[("limit", Value::Int(20))], 2), &tiny()), "QN0804");
    let (outcome, _) = Plan::new("exhaustive", &[("limit", Value::Int(21))], 2).run(&tiny(), &evaluator);
    assert_eq!(outcome.evaluations, 21);
}

#[test]
fn a_small_space_is_visited_once_and_then_the_search_ends() {
    let evaluator = By(|candidate: &Candidate| Ok(fine(candidate.id as f64)));
    let large = Value::Int(16);
    let plans = [
        random(1000),
        Plan::new("nsga2", &[("population", large.clone()), ("generations", Value::Int(50))], 2),
        Plan::new(
            "evolve",
            &[("population", large), ("generations", Value::Int(50)), ("inherit", Value::Bool(false))],
            2,
        ),
        Plan::new("regularized", &[("evaluations", Value::Int(1000)), ("population", Value::Int(10))], 2),
        Plan::new(
            "halving",
            &[
                ("candidates", Value::Int(1000)),
                ("static", Value::Bool(false)),
                ("proxies", Value::Bool(false)),
                ("trained", Value::Int(1)),
            ],
            2,
        ),
    ];
    for plan in plans {
        let (outcome, bytes) = plan.run(&tiny(), &evaluator);
        let mut seen: Vec<String> = records(&bytes).into_iter().map(|record| record.key).collect();
        seen.sort();
        seen.dedup();
        assert_eq!((outcome.evaluations, seen.len()), (21, 21), "{}", plan.strategy);
        assert!(matches!(outcome.stop, Stop::Done(Done::Exhausted | Done::Completed)), "{:?}", outcome.stop);
    }
}

#[test]
fn journals_of_others_are_refused_and_left_alone() {
    let plan = random(5);
    let evaluator = By(|candidate: &Candidate| Ok(fine(candidate.id as f64)));
    let (_, good) = plan.run(&circuits(), &evaluator);
    let good = String::from_utf8(good).expect("text");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.jsonl");
    let refused = |text: &str, header: &Header| {
        std::fs::write(&path, text).expect("written");
        let error = Journal::resume(&path, header).err().expect("refused");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), text, "left as it was");
        error
    };
    let header = plan.header();
    assert_eq!(code(&refused("dear diary,\n", &header)), "QN0810");
    assert_eq!(code(&refused("no line end", &header)), "QN0810");
    assert_eq!(code(&refused("{\"id\":0}\n", &header)), "QN0810");
    assert_eq!(code(&refused("{\"qnas_journal\":1,\"qnas\":\"0.1.0\"}\n", &header)), "QN0810");
    let newer = good.replacen("\"qnas_journal\":1,\"qnas\":\"0.1.0\"", "\"qnas_journal\":2,\"qnas\":\"9.9.9\"", 1);
    let error = refused(&newer, &header);
    assert_eq!(code(&error), "QN0811");
    assert!(error.helps[0].contains("9.9.9"));
    let change = |change: &dyn Fn(&mut Header)| {
        let mut header = header.clone();
        change(&mut header);
        refused(&good, &header)
    };
    assert_eq!(change(&|header| header.seed = 2).notes, ["seed: 1 in the journal, 2 now"]);
    let error = change(&|header| header.source = "11".repeat(32));
    assert_eq!((code(&error), error.notes.len()), ("QN0812", 1));
    let error = change(&|header| {
        header.data.clear();
        header.settings.insert("precision".into(), "f64".into());
    });
    assert_eq!(
        error.notes,
        ["iris: abababababab in the journal, nothing now", "precision: f32 in the journal, f64 now"]
    );
    let error = change(&|header| header.strategy.options = random(6).header().strategy.options);
    assert_eq!(error.notes, ["evaluations: 5 in the journal, 6 now"]);
    // Another version of qnas may go on, if it does the same.
    std::fs::write(&path, good.replacen("\"qnas\":\"0.1.0\"", "\"qnas\":\"0.0.9\"", 1)).expect("written");
    assert_eq!(Journal::resume(&path, &header).expect("accepted").begun_by, "0.0.9");
}

#[test]
fn a_damaged_or_diverging_journal_is_not_guessed_at() {
    let plan = random(5);
    let evaluator = By(|candidate: &Candidate| Ok(fine(candidate.id as f64)));
    let (_, good) = plan.run(&circuits(), &evaluator);
    let good = String::from_utf8(good).expect("text");
    let lines: Vec<&str> = good.lines().collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.jsonl");
    let resumed = |text: &str| {
        std::fs::write(&path, text).expect("written");
        let mut journal = Journal::resume(&path, &plan.header()).expect("its header is sound").journal;
        plan.run_on(&circuits(), &evaluator, &mut journal, &AtomicBool::new(false), &mut |_| ())
    };
    let with_line = |at: usize, line: &str| {
        let mut lines = lines.clone();
        lines[at] = line;
        lines.join("\n") + "\n"
    };
    let error = resumed(&with_line(2, "{\"id\":")).expect_err("damaged");
    assert_eq!(code(&error), "QN0813");
    assert!(error.message.starts_with("line 3 of "), "{}", error.message);
    // A last line of rubbish is what a power cut leaves: cut off, evaluated again.
    resumed(&with_line(5, "\0\0\0\0")).expect("repaired");
    assert_eq!(std::fs::read_to_string(&path).expect("read"), good);
    for changed in [
        lines[3].replacen("\"id\":2", "\"id\":3", 1),
        lines[3].replacen("\"n\":", "\"n\":1", 1),
        lines[3].replacen("\"parents\"", "\"ancestors\"", 1).replacen("\"seed\":", "\"seed\":1,\"was\":", 1),
        lines[2].to_owned(),
    ] {
        let error = resumed(&with_line(3, &changed)).expect_err("diverges");
        assert_eq!(code(&error), "QN0814", "{changed}");
    }
    // Reading alone stops at a torn end and reports damage.
    std::fs::write(&path, &good[..good.len() - 3]).expect("written");
    let (header, read) = read_journal(&path).expect("a journal");
    assert_eq!(
        (header, read.map(|record| record.expect("sound").id).collect::<Vec<_>>()),
        (plan.header(), vec![0, 1, 2, 3])
    );
    std::fs::write(&path, with_line(2, "?")).expect("written");
    let (_, read) = read_journal(&path).expect("a journal");
    assert_eq!(read.last().expect("lines").map_err(|error| code(&error)).err(), None, "what comes after is still read");
    let (_, mut read) = read_journal(&path).expect("a journal");
    assert!(read.any(|record| record.is_err()));
}

#[test]
fn folders_that_cannot_be_used_say_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = random(3);
    let run = RunFolder::create_at(&folder.path().join("a/b")).expect("made");
    let journal = run.begin("source", &plan.header()).expect("begun");
    let busy = run.resume(&plan.header()).err().expect("busy");
    assert_eq!(code(&busy), "QN0818");
    drop(journal);
    run.resume(&plan.header()).expect("free again");
    assert_eq!(code(&RunFolder::create_at(run.path()).expect_err("used")), "QN0816");
    assert_eq!(code(&Journal::create(&run.journal_path(), &plan.header()).err().expect("used")), "QN0816");
    assert_eq!(code(&RunFolder::open(folder.path()).expect_err("no run")), "QN0817");
    // A file where a folder should be.
    let file = run.journal_path();
    for error in [
        RunFolder::create_at(&file.join("x")).expect_err("a file"),
        RunFolder::create_numbered(&file, "x").expect_err("a file"),
        Journal::create(&file.join("journal.jsonl"), &plan.header()).err().expect("a file"),
        read_journal(Path::new("/nowhere/at/all")).err().expect("nothing"),
        run.read_front().expect_err("none yet"),
    ] {
        assert_eq!(code(&error), "QN0817");
    }
}

#[test]
fn options_are_checked_with_all_their_errors_at_once() {
    let given =
        options(&[("population", Value::Int(1)), ("popluation", Value::Int(20)), ("mutation", Value::Real(20.0))]);
    let errors = build("nsga2", &given, 2).err().expect("wrong");
    let found: Vec<(&str, &str)> =
        errors.iter().map(|error| (error.option.as_str(), code(&error.diagnostic))).collect();
    assert_eq!(found, [("mutation", "QN0803"), ("popluation", "QN0802"), ("population", "QN0803")]);
    assert_eq!(errors[1].diagnostic.helps, ["did you mean `population`?"]);
    let errors = build("random", &options(&[]), 2).err().expect("wrong");
    assert_eq!((errors[0].option.as_str(), code(&errors[0].diagnostic)), ("evaluations", "QN0803"));
    let errors = build("evolve", &options(&[("survivors", Value::Int(10))]), 2).err().expect("wrong");
    assert_eq!((errors[0].option.as_str(), code(&errors[0].diagnostic)), ("survivors", "QN0803"));
    let error = find("nsga").expect_err("unknown");
    assert_eq!((code(&error), error.helps[0].as_str()), ("QN0801", "did you mean `nsga2`?"));
    let (settings, _) = build("nsga2", &options(&[("mutation", Value::Int(1))]), 2).expect("sound");
    assert_eq!((settings.real("mutation"), settings.count("population")), (Some(1.0), 20));
}
