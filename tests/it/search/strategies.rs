//! What every strategy promises: it stays in the space, asks for nothing twice, keeps its counts; and what some promise.

use super::determinism::plans;
use super::problems::{By, circuit_scores};
use super::spaces::{circuits, evolved};
use super::{Plan, options};
use proptest::prelude::*;
use qnas::driver::search::genome::contains;
use qnas::driver::search::{
    Candidate, Done, Evaluate, Evaluation, Event, Failure, Fidelity, Journal, Record, STRATEGIES, Stop, build,
};
use qnas::hir::{Space, Value};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

/// An evaluator that refuses whatever is not an assignment of the space.
struct Guarded<'a>(&'a dyn Space);

impl Evaluate for Guarded<'_> {
    fn evaluate(&self, candidate: &Candidate) -> Result<Evaluation, Failure> {
        let decoded = self.0.decode(candidate.assignment, &mut |gene| panic!("`{}` is missing or outside", gene.path));
        assert!(decoded.valid && decoded.assignment == *candidate.assignment);
        for gene in &decoded.genes {
            assert!(contains(&gene.domain, &decoded.assignment.0[&gene.path]), "{gene:?}");
        }
        circuit_scores().evaluate(candidate)
    }
}

fn records(bytes: &[u8]) -> Vec<Record> {
    let text = std::str::from_utf8(bytes).expect("text");
    text.lines().skip(1).map(|line| serde_json::from_str(line).expect("a record")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn nothing_is_ever_outside_the_space(seed in 0_u64..10_000) {
        for plan in plans().into_iter().filter(|plan| plan.strategy != "exhaustive") {
            for space in [&circuits() as &dyn Space, &evolved()] {
                let (outcome, bytes) = plan.clone().seed(seed).run(space, &Guarded(space));
                prop_assert_eq!(outcome.failed, 0, "{}: {:?}", plan.strategy, records(&bytes).iter().find_map(|r| r.failed.clone()));
                let all = records(&bytes);
                let asked: BTreeSet<String> = all.iter().map(|r| format!("{:?} {:?}", r.fidelity, r.key)).collect();
                let again = all.iter().filter(|r| r.inherit.as_ref().and_then(|i| i.from()).is_some_and(|from| Some(&all[from as usize].key) == Some(&r.key)));
                // Architectures that share weights are drawn for it as chance deals them.
                if !["supernet", "dqas"].contains(&plan.strategy) {
                    prop_assert_eq!(asked.len() + again.count(), all.len(), "{}: only survivors come again", plan.strategy);
                }
                for record in &all {
                    prop_assert!(record.parents.iter().all(|parent| *parent < record.id));
                }
            }
        }
    }
}

#[test]
fn every_entry_is_documented_and_builds_from_what_it_requires() {
    let mut names = BTreeSet::new();
    for def in STRATEGIES {
        assert!(names.insert(def.meta.name));
        assert!(!def.meta.doc.is_empty() && def.meta.file.ends_with(&format!("{}.rs", def.meta.name)));
        assert!(!def.meta.summary.ends_with('.'));
        let given = options(&[("evaluations", Value::Int(50))]);
        let given = if def.options.iter().any(|spec| spec.name == "evaluations") { given } else { options(&[]) };
        for n_objectives in 1..5 {
            let (settings, strategy) = build(def.meta.name, &given, n_objectives).expect("defaults are sound");
            assert_eq!(settings.0.len(), def.options.len());
            assert!(strategy.done().is_none() && strategy.batch() > 0);
        }
    }
}

#[test]
fn progress_is_told_in_order_and_adds_up() {
    for plan in plans() {
        let space = if plan.strategy == "exhaustive" {
            Box::new(super::spaces::tiny()) as Box<dyn Space>
        } else {
            Box::new(circuits())
        };
        let (mut journal, _) = Journal::in_memory(&plan.header()).expect("memory");
        let (mut done, mut generations, mut expected) = (0, Vec::new(), None);
        let outcome =
            plan.run_on(space.as_ref(), &circuit_scores(), &mut journal, &AtomicBool::new(false), &mut |event| {
                match event {
                    Event::Evaluated { record, progress, .. } => {
                        assert_eq!((record.id, progress.done), (done, done + 1));
                        done += 1;
                        expected = progress.expected;
                    }
                    Event::Generation(summary) => generations.push((summary.generation, summary.evaluations)),
                }
            })
            .expect("a sound search");
        assert_eq!(done, outcome.evaluations);
        assert_eq!(expected, Some(done), "{}", plan.strategy);
        assert_eq!(generations.len(), outcome.history.len());
        assert!(generations.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1));
        assert_eq!(generations.last().map(|last| last.1), Some(done), "{}", plan.strategy);
        let last = outcome.history.last().expect("generations");
        assert_eq!(last.of, Some(last.generation), "{}", plan.strategy);
        assert!(matches!(outcome.stop, Stop::Done(Done::Completed)));
    }
}

#[test]
fn patience_ends_a_search_that_stands_still() {
    let constant = By(|_: &Candidate| Ok(Evaluation { objectives: vec![1.0, 1.0], ..Evaluation::default() }));
    let pairs = [("population", Value::Int(5)), ("generations", Value::Int(50)), ("patience", Value::Int(2))];
    let (outcome, _) = Plan::new("nsga2", &pairs, 2).run(&circuits(), &constant);
    assert!(matches!(outcome.stop, Stop::Done(Done::NoProgress)));
    assert_eq!(outcome.evaluations, 15, "one generation that found something, two that did not");
}

#[test]
fn constraints_are_left_behind() {
    let evaluator = By(|candidate: &Candidate| {
        let by = candidate.assignment.0.values().filter(|value| **value == Value::Name("rz".into())).count() as f64;
        let constraints = [("no rz".to_owned(), by)].into();
        Ok(Evaluation {
            objectives: vec![f64::NAN; if by > 0.0 { 1 } else { 0 }],
            constraints,
            ..Evaluation::default()
        })
        .map(|e| if by > 0.0 { e } else { Evaluation { objectives: vec![candidate.assignment.0.len() as f64], ..e } })
    });
    let pairs = [("population", Value::Int(10)), ("generations", Value::Int(12))];
    let (outcome, bytes) = Plan::new("nsga2", &pairs, 1).run(&evolved(), &evaluator);
    let broken = |from: usize| records(&bytes)[from..from + 30].iter().filter(|r| r.violation() > 0.0).count();
    assert!(broken(0) > 15, "most random circuits have an rz somewhere: {}", broken(0));
    assert!(broken(90) < broken(0), "{} against {}", broken(90), broken(0));
    assert_eq!(outcome.infeasible, records(&bytes).iter().filter(|r| r.violation() > 0.0).count() as u64);
    assert_eq!(outcome.failed, 0);
}

#[test]
fn halving_climbs_its_rungs() {
    let seen: Mutex<Vec<Fidelity>> = Mutex::default();
    let evaluator = By(|candidate: &Candidate| {
        seen.lock().expect("not poisoned").push(candidate.fidelity);
        let mut evaluation = circuit_scores().evaluate(candidate)?;
        if candidate.fidelity == Fidelity::Static {
            evaluation.objectives[0] = f64::NAN;
        }
        Ok(evaluation)
    });
    let pairs = [
        ("candidates", Value::Int(27)),
        ("reduction", Value::Int(3)),
        ("proxies", Value::Bool(true)),
        ("trained", Value::Int(2)),
    ];
    let (outcome, bytes) = Plan::new("halving", &pairs, 2).run(&circuits(), &evaluator);
    let all = records(&bytes);
    let on = |fidelity: Fidelity| all.iter().filter(|record| record.fidelity == fidelity).collect::<Vec<_>>();
    let rungs = [Fidelity::Static, Fidelity::Proxy, Fidelity::Share(1.0 / 3.0), Fidelity::Full].map(on);
    assert_eq!(rungs.each_ref().map(Vec::len), [27, 9, 3, 1]);
    assert_eq!(all.len(), 40);
    let costs = |rung: &[&Record]| -> Vec<f64> { rung.iter().filter_map(|record| record.objectives[1]).collect() };
    let (first, second) = (costs(&rungs[0]), costs(&rungs[1]));
    let largest = |costs: &[f64]| costs.iter().copied().fold(0.0, f64::max);
    let feasible: Vec<f64> = rungs[0].iter().filter(|r| r.violation() == 0.0).filter_map(|r| r.objectives[1]).collect();
    assert!(
        first.len() == 27 && largest(&second) == largest(&feasible),
        "counting costs alone keeps the dear ones too"
    );
    assert!(rungs[1].iter().all(|record| record.violation() == 0.0), "what breaks a constraint is not trained");
    for rung in 1..4 {
        for record in &rungs[rung] {
            let before = rungs[rung - 1].iter().find(|before| before.id == record.parents[0]).expect("its rung before");
            assert_eq!(before.assignment, record.assignment);
        }
    }
    assert_eq!(outcome.front.len(), 1, "only full evaluations are on the front");
}

#[test]
fn ageing_lets_the_best_die() {
    let evaluator = By(|candidate: &Candidate| {
        Ok(Evaluation { objectives: vec![if candidate.id == 7 { 0.0 } else { 1.0 }], ..Evaluation::default() })
    });
    let pairs = [
        ("evaluations", Value::Int(40)),
        ("population", Value::Int(8)),
        ("sample", Value::Int(8)),
        ("batch", Value::Int(1)),
    ];
    let (outcome, bytes) = Plan::new("regularized", &pairs, 1).run(&circuits(), &evaluator);
    let children =
        records(&bytes).iter().filter(|record| record.parents == [7]).map(|record| record.id).collect::<Vec<_>>();
    assert!(!children.is_empty() && children.iter().all(|id| *id < 16), "the best has children only while it lives");
    assert_eq!(outcome.population, (32..40).collect::<Vec<_>>());
}

#[test]
fn weights_are_kept_for_those_who_may_inherit() {
    struct Keeping(Mutex<Vec<Vec<u64>>>);
    impl Evaluate for Keeping {
        fn evaluate(&self, candidate: &Candidate) -> Result<Evaluation, Failure> {
            if let Some(inherit) = candidate.inherit {
                let kept = self.0.lock().expect("not poisoned");
                let from = inherit.from().expect("an heir");
                assert!(kept.last().expect("after a generation").contains(&from));
            }
            Ok(Evaluation {
                objectives: vec![(candidate.seed % 97) as f64, (candidate.seed % 89) as f64],
                ..Evaluation::default()
            })
        }
        fn retain(&self, ids: &[u64]) {
            self.0.lock().expect("not poisoned").push(ids.to_vec());
        }
    }
    let keeping = Keeping(Mutex::default());
    let pairs = [("population", Value::Int(6)), ("generations", Value::Int(5)), ("survivors", Value::Int(3))];
    let (outcome, _) = Plan::new("evolve", &pairs, 2).jobs(2).run(&evolved(), &keeping);
    assert_eq!(outcome.failed, 0);
    let kept = keeping.0.into_inner().expect("not poisoned");
    assert_eq!(kept.len(), 5);
    let last: BTreeSet<u64> = kept[4].iter().copied().collect();
    assert!(outcome.front.iter().all(|member| last.contains(&member.id)));
    assert!(last.len() < 18, "not everything is kept: {last:?}");
}
