//! Policies: what they reach, that a seed decides everything, and what does not fit.

use super::*;
use crate::driver::setting::Setting;
use crate::environment::Spec;
use crate::ir::BinaryFn;

/// `x / 8 |> linear[16] |> tanh |> linear[7]`, and `linear[1]` for what a state is worth.
pub(super) fn policy(valued: bool) -> Graph {
    let mut builder = Builder::reading(147);
    let eighth = Op::Constant { values: vec![0.125] };
    let eighth = builder.graph.add(eighth, &[], vec![1], "", Span::default());
    let x = builder.last;
    builder.last = builder.graph.add(Op::Binary(BinaryFn::Mul), &[x, eighth], vec![147], "", Span::default());
    let mut builder = builder.linear("hidden", 16).tanh();
    let hidden = builder.last;
    builder = builder.linear("policy", 7);
    let policy = builder.last;
    builder.last = hidden;
    let builder = builder.linear("value", 1);
    let (mut graph, value) = (builder.graph, builder.last);
    graph.outputs.push(Output { name: if valued { "policy".into() } else { String::new() }, node: policy });
    if valued {
        graph.outputs.push(Output { name: "value".into(), node: value });
    }
    graph
}

fn room() -> Spec {
    Spec::new("minigrid_empty", &[("size", 5)]).unwrap()
}

fn settings(algorithm: &str, lr: f64, more: &[(&str, Setting)]) -> TrainConfig {
    let adam = Setting::Call("adam".into(), vec![("lr".into(), Setting::Real(lr))]);
    let mut given = vec![(String::new(), adam)];
    given.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    TrainConfig::of_policy(algorithm, &given, room()).unwrap()
}

fn episodes(n: i64) -> (&'static str, Setting) {
    ("episodes", Setting::Int(n))
}

#[test]
fn a_small_room_is_learned_by_every_algorithm() {
    for (algorithm, lr, n) in [("a2c", 3e-3, 1500), ("a3c", 1e-3, 1500), ("reinforce", 3e-3, 1500)] {
        let config = settings(algorithm, lr, &[episodes(n), ("entropy", Setting::Real(0.01))]);
        let trained = run(&policy(true), None, &config, 1).unwrap();
        let epochs = &trained.history.epochs;
        assert_eq!((epochs.len(), epochs.iter().map(|epoch| epoch.train.rows).sum::<usize>()), (15, 1500));
        let reward = |epoch: &Epoch| epoch.train.reward.unwrap();
        let (first, last) = (reward(&epochs[0]), reward(&epochs[14]));
        assert!(first < 0.8 && last > 0.9, "{algorithm}: {first} {last}");
        let measured = evaluate_alone(job(&policy(true), &config, 1), &trained.weights).unwrap();
        assert!(measured.reward.unwrap() > 0.9 && measured.rows == 100, "{algorithm}: {measured:?}");
        assert_eq!(measured.loss, -measured.reward.unwrap());
    }
}

#[test]
fn a_seed_decides_everything() {
    for algorithm in ["a2c", "a3c", "reinforce"] {
        let config = settings(algorithm, 1e-2, &[episodes(60), ("workers", Setting::Int(3))]);
        let trained = |seed, threads| {
            let (graph, origin) = (policy(true), Origin::default());
            let job = Job { graph: &graph, config: &config, seed, threads };
            fit(job, None, None, origin, &mut |_| ControlFlow::Continue(())).unwrap()
        };
        assert_eq!(trained(1, 1), trained(1, 4));
        assert_ne!(trained(1, 1).weights, trained(2, 1).weights);
    }
}

#[test]
fn a_policy_is_broken_off_and_told_of() {
    let config = settings("a2c", 1e-3, &[episodes(100_000)]);
    let mut told = Vec::new();
    let graph = policy(true);
    let trained = fit(job(&graph, &config, 1), None, None, Origin::default(), &mut |now| {
        told.push(*now);
        if told.len() == 40 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((trained.unwrap().history.end, told.len()), (End::Interrupted, 40));
    assert!(told.iter().all(|now| now.steps == 100_000) && told.is_sorted_by_key(|now| now.step));
    assert!(told[39].reward.is_some());
}

#[test]
fn a_policy_that_breaks_says_so() {
    // Steps so large that nothing is a number any more.
    let config = settings("a2c", 1e38, &[episodes(1000), ("clip", Setting::Int(0))]);
    let error = run(&policy(true), None, &config, 1).unwrap_err();
    assert_eq!(error.code.meta.code, "QN0853");
}

#[test]
fn what_does_not_fit_an_environment_is_refused() {
    let refused = |graph: &Graph, config: &TrainConfig| {
        let error = run(graph, None, config, 1).unwrap_err();
        (error.code.meta.code, error.message)
    };
    let a2c = settings("a2c", 1e-3, &[episodes(10)]);
    let (code, text) = refused(&policy(false), &a2c);
    assert!(code == "QN0851" && text.contains("learns what states are worth"), "{text}");
    assert!(run(&policy(false), None, &settings("reinforce", 1e-3, &[episodes(3)]), 1).is_ok());
    let (_, text) = refused(&Builder::reading(5).linear("l", 7).done(), &a2c);
    assert!(text.contains("takes 5 numbers, and `minigrid_empty(size: 5, max_steps: 0)` shows 147"), "{text}");
    let (_, text) = refused(&Builder::reading(147).linear("l", 3).done(), &a2c);
    assert!(text.contains("gives 3 numbers") && text.contains("has 7 actions"), "{text}");
    let (_, text) = refused(&parabola(), &a2c);
    assert!(text.contains("takes nothing"), "{text}");
    let (code, text) = refused(&policy(true), &TrainConfig { length: Length::Epochs(3), ..a2c });
    assert!(code == "QN0850" && text.contains("number of episodes"), "{text}");
    let adam = (String::new(), Setting::Name("adam".into()));
    let episodes = ("episodes".to_owned(), Setting::Int(9));
    for (name, given, said) in [
        ("a2c", vec![adam.clone()], "needs `episodes`"),
        ("a2c", vec![("episodes".into(), Setting::Int(3))], "needs `optimizer`"),
        ("fit", vec![adam.clone()], "does not train a policy"),
        ("a3c", vec![adam.clone(), ("episodes".into(), Setting::Int(0))], "at least 1"),
        ("a3c", vec![adam.clone(), ("epochs".into(), Setting::Int(1))], "has no `epochs`"),
        ("reinforce", vec![adam, episodes, ("gamma".into(), Setting::Real(1.5))], "between 0.0 and 1.0"),
    ] {
        let error = TrainConfig::of_policy(name, &given, room()).unwrap_err();
        assert!(error.code.meta.code == "QN0850" && error.message.contains(said), "{}", error.message);
    }
}
