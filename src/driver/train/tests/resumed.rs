//! Trainings taken up again after any step end with the same bytes.

use super::*;
use crate::backends::hybrid::Layout;
use crate::driver::setting::Setting;
use crate::environment::Spec;

/// Keeps every step, and remembers the last as text.
#[derive(Default)]
struct Every(Option<String>);

impl Keeper for Every {
    fn is_due(&mut self, _: bool) -> bool {
        true
    }

    fn keep(&mut self, at: Checkpoint) -> Result<(), Diagnostic> {
        self.0 = Some(serde_json::to_string(&at).unwrap());
        Ok(())
    }
}

/// A training by processes that each end after so many steps, the numbers taken in turn.
fn in_pieces(graph: &Graph, splits: Option<&Splits>, config: &TrainConfig, pieces: &[usize]) -> Trained {
    let mut keeper = Every::default();
    let mut pieces = pieces.iter().cycle();
    loop {
        let from: Option<Checkpoint> = keeper.0.take().map(|text| serde_json::from_str(&text).unwrap());
        assert!(from.as_ref().is_none_or(|from| from.fits(&Layout::new(graph), config.rule, config.policy.is_some())));
        let mut left = *pieces.next().unwrap();
        let course = Course { from: from.as_ref(), keeper: &mut keeper };
        let trained = fit_from(job(graph, config, 5), splits, None, Origin::default(), course, &mut |_| {
            left = left.saturating_sub(1);
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let trained = trained.unwrap();
        if trained.history.end != End::Interrupted {
            return trained;
        }
    }
}

fn whole(graph: &Graph, splits: Option<&Splits>, config: &TrainConfig) -> Trained {
    fit(job(graph, config, 5), splits, None, Origin::default(), &mut |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn trainings_on_data_end_with_the_same_bytes() {
    let graph = Builder::reading(4).linear("a", 8).tanh().linear("b", 3).done();
    let splits = iris();
    let of = |rule: &str| TrainConfig { rule: Rule::named(rule).unwrap(), ..config("cross_entropy", 2e-2, 9, 16) };
    let best = TrainConfig { keep: Keep::Best, precision: Precision::F64, ..of("adam") };
    let patient = TrainConfig { patience: Some(2), lr: 0.3, ..of("adam") };
    let cosine =
        TrainConfig { schedule: Schedule::named("cosine", 0).unwrap(), length: Length::Steps(41), ..of("rmsprop") };
    let momentum =
        TrainConfig { watch: true, rule: Rule::Sgd { momentum: 0.9, nesterov: true, weight_decay: 0.1 }, ..of("sgd") };
    for config in [of("adam"), best, patient, cosine, momentum] {
        let expected = whole(&graph, Some(&splits), &config);
        for pieces in [&[2][..], &[3], &[7, 2, 40], &[6], &[5, 11]] {
            assert_eq!(in_pieces(&graph, Some(&splits), &config, pieces), expected, "{pieces:?} {config:?}");
        }
    }
    let alone = TrainConfig { length: Length::Steps(17), ..config("output", 0.1, 1, 1) };
    assert_eq!(in_pieces(&parabola(), None, &alone, &[2, 3]), whole(&parabola(), None, &alone));
}

#[test]
fn policies_end_with_the_same_bytes() {
    let graph = super::policies::policy(true);
    for (algorithm, room) in [
        ("a2c", Spec::new("minigrid_empty", &[("size", 5)]).unwrap()),
        ("a3c", Spec::new("minigrid_simple_crossing", &[("size", 9)]).unwrap()),
        ("reinforce", Spec::new("minigrid_simple_crossing", &[("size", 5), ("max_steps", 20)]).unwrap()),
    ] {
        let given = [
            (String::new(), Setting::Call("adam".into(), vec![("lr".into(), Setting::Real(1e-2))])),
            ("episodes".to_owned(), Setting::Int(130)),
            ("workers".to_owned(), Setting::Int(3)),
        ];
        let config = TrainConfig::of_policy(algorithm, &given, room).unwrap();
        let expected = whole(&graph, None, &config);
        for pieces in [&[7, 2, 5][..], &[13]] {
            assert_eq!(in_pieces(&graph, None, &config, pieces), expected, "{algorithm} {pieces:?}");
        }
    }
}

#[test]
fn what_was_kept_of_another_model_does_not_fit() {
    let (small, large) = (Builder::reading(4).linear("a", 3).done(), Builder::reading(4).linear("a", 4).done());
    let config = config("cross_entropy", 1e-2, 1, 16);
    let mut keeper = Every::default();
    let course = Course { from: None, keeper: &mut keeper };
    fit_from(job(&small, &config, 1), Some(&iris()), None, Origin::default(), course, &mut |_| {
        ControlFlow::Continue(())
    })
    .unwrap();
    let kept: Checkpoint = serde_json::from_str(&keeper.0.unwrap()).unwrap();
    let fits = |graph: &Graph, rule: &str, policy| kept.fits(&Layout::new(graph), Rule::named(rule).unwrap(), policy);
    assert!(fits(&small, "adam", false));
    assert!(!fits(&large, "adam", false) && !fits(&small, "sgd", false) && !fits(&small, "adam", true));
}
