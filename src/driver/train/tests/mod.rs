//! Small trainings whose outcome is known.

mod policies;
mod quantum;
mod resumed;

use super::*;
use crate::backends::nn::loss;
use crate::backends::nn::optim::Rule;
use crate::backends::nn::schedule::Schedule;
use crate::driver::data::{DataDirs, DataOptions, Numbers, Scale, Targets, load};
use crate::ir::{Activation, BinaryFn, Init, InputId, NodeId, Op, Output, Weight};
use crate::source::Span;

/// Builds graphs node by node.
struct Builder {
    graph: Graph,
    last: NodeId,
}

impl Builder {
    /// A model of one input with `width` numbers.
    fn reading(width: usize) -> Self {
        let mut graph = Graph::new("model");
        graph.inputs.push(InputId { name: "x".into(), shape: vec![width] });
        let last = graph.add(Op::Input { index: 0 }, &[], vec![width], "x", Span::default());
        Self { graph, last }
    }

    fn weight(&mut self, path: &str, shape: Vec<usize>, init: Init, quantum: bool) -> crate::ir::WeightId {
        let path = path.into();
        self.graph.add_weight(Weight { path, shape, init, trainable: true, quantum, span: Span::default() })
    }

    fn then(mut self, op: Op, shape: Vec<usize>) -> Self {
        self.last = self.graph.add(op, &[self.last], shape, "", Span::default());
        self
    }

    fn linear(mut self, path: &str, out: usize) -> Self {
        let width = self.graph.node(self.last).len();
        let bound = 1.0 / (width as f64).sqrt();
        let init = Init::Uniform(-bound, bound);
        let weight = self.weight(&format!("{path}.weight"), vec![out, width], init, false);
        let bias = Some(self.weight(&format!("{path}.bias"), vec![out], init, false));
        self.then(Op::Linear { weight, bias }, vec![out])
    }

    fn tanh(self) -> Self {
        let shape = self.graph.node(self.last).shape.clone();
        self.then(Op::Activation(Activation::Tanh), shape)
    }

    fn done(mut self) -> Graph {
        self.graph.outputs.push(Output { name: String::new(), node: self.last });
        self.graph
    }
}

/// `w²`, a model without data.
fn parabola() -> Graph {
    let mut graph = Graph::new("parabola");
    let init = Init::Constant(2.0);
    let path = "w".into();
    let weight =
        graph.add_weight(Weight { path, shape: vec![1], init, trainable: true, quantum: false, span: Span::default() });
    let w = graph.add(Op::Weight { weight }, &[], vec![1], "w", Span::default());
    let node = graph.add(Op::Binary(BinaryFn::Mul), &[w, w], vec![1], "", Span::default());
    graph.outputs.push(Output { name: String::new(), node });
    graph
}

fn iris() -> Splits {
    let options = DataOptions { scale: Some(Scale::Standard), ..DataOptions::default() };
    load("iris", &options, 42, &DataDirs::default()).unwrap()
}

/// A part of points in the plane, above (1) or below (0) the line `x + y = 0`, none near it.
fn separable(name: &'static str, rows: u32, step: f64) -> Dataset {
    let angle = |row: u32| f64::from(row) * step;
    let point = |row: u32| {
        let (side, along) = (if row.is_multiple_of(2) { -1.0 } else { 1.0 }, angle(row).sin());
        [along + side, side - along]
    };
    Dataset {
        name,
        features: Numbers::F64((0..rows).flat_map(point).collect()),
        feature_shape: vec![2],
        targets: Targets::Classes { labels: (0..rows).map(|row| row % 2).collect(), n_classes: 2 },
        rows: (0..rows).collect(),
    }
}

fn toy() -> Splits {
    Splits {
        train: separable("train", 60, 0.7),
        validation: separable("validation", 20, 1.3),
        test: separable("test", 20, 2.1),
        ..iris()
    }
}

fn config(loss: &str, lr: f64, epochs: usize, batch: usize) -> TrainConfig {
    TrainConfig {
        rule: Rule::named("adam").unwrap(),
        lr,
        schedule: Schedule::constant(),
        loss: loss::find(loss).unwrap(),
        length: Length::Epochs(epochs),
        batch,
        shuffle: true,
        precision: Precision::F32,
        keep: Keep::Last,
        patience: None,
        watch: false,
        policy: None,
    }
}

fn job<'a>(graph: &'a Graph, config: &'a TrainConfig, seed: u64) -> Job<'a> {
    Job { graph, config, seed, threads: 1 }
}

fn run(graph: &Graph, splits: Option<&Splits>, config: &TrainConfig, seed: u64) -> Result<Trained, Diagnostic> {
    fit(job(graph, config, seed), splits, None, Origin::default(), &mut |_| ControlFlow::Continue(()))
}

fn measure(graph: &Graph, weights: &Weights, config: &TrainConfig, part: &Dataset) -> Result<Metrics, Diagnostic> {
    evaluate(job(graph, config, 0), weights, part)
}

#[test]
fn a_line_separates_the_plane() {
    let (graph, splits) = (Builder::reading(2).linear("map", 2).done(), toy());
    for precision in [Precision::F32, Precision::F64] {
        let config = TrainConfig { precision, ..config("cross_entropy", 0.05, 20, 16) };
        let trained = run(&graph, Some(&splits), &config, 1).unwrap();
        assert_eq!(trained.history.validation.unwrap().accuracy, Some(1.0));
        assert_eq!(measure(&graph, &trained.weights, &config, &splits.test).unwrap().accuracy, Some(1.0));
        let losses: Vec<f64> = trained.history.epochs.iter().map(|epoch| epoch.train.loss).collect();
        assert!(losses.windows(2).all(|pair| pair[1] < pair[0]), "{losses:?}");
    }
}

#[test]
fn one_seed_is_one_result_to_the_last_bit() {
    let (graph, splits) = (Builder::reading(4).linear("a", 8).tanh().linear("b", 3).done(), iris());
    for precision in [Precision::F32, Precision::F64] {
        let config = TrainConfig { precision, ..config("cross_entropy", 0.01, 3, 16) };
        let bytes = |seed| run(&graph, Some(&splits), &config, seed).unwrap().weights.to_bytes().unwrap();
        let first = bytes(7);
        assert_eq!(first, bytes(7));
        assert_ne!(first, bytes(8));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        assert_eq!(first, pool.install(|| bytes(7)));
    }
}

#[test]
fn the_numbers_of_steps_and_epochs() {
    let (graph, splits) = (Builder::reading(4).linear("a", 3).done(), iris());
    let settings = config("cross_entropy", 0.01, 2, 32);
    let (mut told, mut ended) = (Vec::new(), 0);
    let mut progress = |at: &Progress| {
        told.push((at.epoch, at.step));
        ended += usize::from(at.ended.is_some());
        assert_eq!(at.steps, 6);
        ControlFlow::Continue(())
    };
    let trained = fit(job(&graph, &settings, 1), Some(&splits), None, Origin::default(), &mut progress).unwrap();
    assert_eq!((told.last(), ended), (Some(&(2, 6)), 2), "90 rows are batches of 32, 32 and 26");
    assert!(trained.history.epochs.iter().all(|epoch| epoch.train.rows == 90 && epoch.validation.is_none()));
    assert_eq!((trained.history.end, trained.history.kept), (End::Complete, 2));
    assert_eq!(trained.history.validation.unwrap().rows, 30);
    let steps = TrainConfig { length: Length::Steps(4), watch: true, ..settings };
    let trained = run(&graph, Some(&splits), &steps, 1).unwrap();
    assert_eq!(
        trained.history.epochs.iter().map(|epoch| (epoch.steps, epoch.train.rows)).collect::<Vec<_>>(),
        [(3, 90), (4, 32)]
    );
    assert!(trained.history.epochs.iter().all(|epoch| epoch.validation.is_some()));
}

#[test]
fn an_interrupted_training_keeps_what_it_has() {
    let (graph, splits) = (Builder::reading(4).linear("a", 3).done(), iris());
    let settings = config("cross_entropy", 0.01, 50, 10);
    let mut progress = |at: &Progress| if at.step == 12 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let broken = fit(job(&graph, &settings, 1), Some(&splits), None, Origin::default(), &mut progress).unwrap();
    assert_eq!((broken.history.end, broken.history.epochs.len()), (End::Interrupted, 2));
    let short = TrainConfig { length: Length::Steps(12), ..settings };
    // A shorter training ends with the same weights, because its schedule is constant.
    assert_eq!(run(&graph, Some(&splits), &short, 1).unwrap().weights, broken.weights);
}

#[test]
fn the_best_epoch_is_kept_on_request() {
    let (graph, splits) = (Builder::reading(4).linear("a", 6).tanh().linear("b", 3).done(), iris());
    let settings = TrainConfig { keep: Keep::Best, ..config("cross_entropy", 0.3, 12, 8) };
    let trained = run(&graph, Some(&splits), &settings, 5).unwrap();
    let (history, kept) = (&trained.history, trained.history.validation.unwrap());
    let at = history.epochs[history.kept - 1].validation.unwrap();
    assert_eq!(kept, at);
    assert!(history.epochs.iter().all(|epoch| !epoch.validation.unwrap().better_than(&kept)));
    assert_eq!(measure(&graph, &trained.weights, &settings, &splits.validation).unwrap(), kept);
}

#[test]
fn patience_ends_a_training_that_does_not_get_better() {
    let (graph, splits) = (Builder::reading(4).linear("a", 3).done(), iris());
    let settings = TrainConfig { patience: Some(3), ..config("cross_entropy", 0.0, 50, 32) };
    let trained = run(&graph, Some(&splits), &settings, 5).unwrap();
    assert_eq!((trained.history.end, trained.history.epochs.len()), (End::Patience, 4));
}

#[test]
fn an_autoencoder_learns_its_input() {
    let options = DataOptions {
        scale: Some(Scale::Standard),
        target: crate::driver::data::Target::Input,
        ..DataOptions::default()
    };
    let splits = load("iris", &options, 42, &DataDirs::default()).unwrap();
    let graph = Builder::reading(4).linear("in", 2).linear("out", 4).done();
    let trained = run(&graph, Some(&splits), &config("mse", 0.02, 60, 16), 3).unwrap();
    let validation = trained.history.validation.unwrap();
    // Two principal components hold 95.8 % of the variance of standardised iris.
    assert!(validation.accuracy.is_none() && validation.loss < 0.1, "{validation:?}");
}

#[test]
fn a_model_without_data_minimises_its_output() {
    let settings =
        TrainConfig { length: Length::Steps(300), precision: Precision::F64, ..config("output", 0.05, 1, 1) };
    let trained = run(&parabola(), None, &settings, 1).unwrap();
    assert_eq!(trained.history.epochs.len(), 300);
    assert!((trained.history.epochs[0].train.loss - 4.0).abs() < 1e-12, "the first loss is that of the initial weight");
    assert!(trained.weights.tensors["w"].values.get(0).abs() < 1e-2);
    assert!(trained.history.validation.is_none());
}

#[test]
fn weights_are_passed_on() {
    let (graph, splits) = (Builder::reading(4).linear("a", 3).done(), iris());
    let settings = config("cross_entropy", 0.02, 5, 16);
    let first = run(&graph, Some(&splits), &settings, 1).unwrap();
    let wider = Builder::reading(4).linear("a", 3).linear("b", 3).done();
    for (graph, whole, fresh) in [(&graph, 2, 0), (&wider, 2, 2)] {
        let start = Some(&first.weights);
        let second =
            fit(job(graph, &settings, 2), Some(&splits), start, Origin::default(), &mut |_| ControlFlow::Continue(()))
                .unwrap();
        assert_eq!((second.inherited.whole, second.inherited.fresh.len()), (whole, fresh));
        if fresh == 0 {
            assert!(second.history.epochs[0].train.loss < first.history.epochs[0].train.loss);
        }
    }
    let error = measure(&wider, &first.weights, &settings, &splits.test).unwrap_err();
    assert_eq!(error.code.meta.code, "QN0942");
}

#[test]
fn divergence_is_an_error_and_not_a_number() {
    let options = DataOptions { target: crate::driver::data::Target::Input, ..DataOptions::default() };
    let splits = load("iris", &options, 42, &DataDirs::default()).unwrap();
    let graph = Builder::reading(4).linear("in", 4).done();
    let error = run(&graph, Some(&splits), &config("mse", 1e30, 5, 16), 3).unwrap_err();
    assert_eq!(error.code.meta.code, "QN0853");
}

#[test]
fn what_does_not_fit_together_is_said_before_anything_runs() {
    let (iris, four, three) =
        (iris(), Builder::reading(4).linear("a", 4).done(), Builder::reading(3).linear("a", 3).done());
    let good = config("cross_entropy", 0.01, 1, 16);
    let code = |graph: &Graph, splits, config: &TrainConfig| run(graph, splits, config, 1).unwrap_err().code.meta.code;
    assert_eq!(code(&three, Some(&iris), &good), "QN0851");
    assert_eq!(code(&four, Some(&iris), &good), "QN0851");
    assert_eq!(code(&four, None, &good), "QN0851");
    assert_eq!(code(&parabola(), Some(&iris), &good), "QN0851");
    assert_eq!(code(&parabola(), None, &good), "QN0852");
    for loss in ["mse", "bce", "output"] {
        assert_eq!(code(&four, Some(&iris), &config(loss, 0.01, 1, 16)), "QN0852");
    }
    for wrong in [
        TrainConfig { batch: 0, ..good.clone() },
        TrainConfig { length: Length::Epochs(0), ..good.clone() },
        TrainConfig { patience: Some(0), ..good.clone() },
    ] {
        assert_eq!(code(&four, Some(&iris), &wrong), "QN0850");
    }
}

#[test]
fn a_share_of_a_training_is_never_nothing() {
    let settings = config("mse", 0.1, 10, 8);
    assert_eq!(settings.shortened(0.25).length, Length::Epochs(3));
    assert_eq!(settings.shortened(0.0).length, Length::Epochs(1));
    assert_eq!(settings.shortened(1.0).length, Length::Epochs(10));
}

/// The real images, where their folder is known: `QNAS_DATA_DIR=folder cargo test`.
#[test]
#[allow(clippy::print_stderr)]
fn digits_are_told_apart() {
    let dirs = DataDirs::from_environment(None, std::path::Path::new(""));
    if std::env::var_os("QNAS_DATA_DIR").is_none() {
        eprintln!("skipped: QNAS_DATA_DIR is not set");
        return;
    }
    let options =
        DataOptions { subset: Some(crate::driver::data::Part::Count(3000)), pool: 4, ..DataOptions::default() };
    let splits = load("mnist", &options, 1, &dirs).unwrap();
    let graph = Builder::reading(49).linear("out", 10).done();
    let settings = config("cross_entropy", 0.02, 10, 64);
    let trained = run(&graph, Some(&splits), &settings, 1).unwrap();
    let test = measure(&graph, &trained.weights, &settings, &splits.test).unwrap();
    assert!(test.rows == 10000 && test.accuracy.unwrap() > 0.8, "{test:?}");
}
