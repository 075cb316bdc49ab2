//! W5 on our side: one step of DiffQAS-QT's image model, as `examples/diffqas_mnist.qnas` says it, on numbers all peers have.

use super::{Job, Run, Training, indices, numbers};
use qnas::driver::compiler::compile_text;
use qnas::driver::data::DataDirs;
use qnas::driver::relaxed::Relaxed;
use qnas::driver::search::{StrategyOptions, find};
use qnas::hir::space::TemplateSpace;
use qnas::ir::Graph;
use serde_json::{Value, json};
use std::ops::Range;

/// The model of the example.
const PROGRAM: &str = "
use std::space::diffqas;

model pair(x: real[784]) -> real[2] =
x |> diffqas[linear[128] |> relu |> linear[64] |> relu |> linear[2], depth: 15, squash: true];
";

/// The mixture of all candidates.
fn graph() -> Graph {
    let compiled = compile_text("mixture.qnas", PROGRAM, None, &DataDirs::default());
    let relax = ("relax".to_owned(), qnas::hir::Value::Name("diffqas_circuit".into()));
    let settings = find("differentiable").expect("listed").settings(&StrategyOptions([relax].into()));
    let template = compiled.checked.models.last().expect("a model");
    let space = TemplateSpace::new(template);
    let relaxed = Relaxed::new(&space, &settings.expect("options")).expect("relaxes");
    relaxed.graph(&space, &relaxed.everything(), relaxed.rule, false).expect("builds")
}

/// One training step.
pub(super) struct Mixture {
    training: Training,
    x: Vec<f32>,
    y: Vec<u32>,
    values: Value,
}

impl Mixture {
    pub(super) fn new(job: &Job, threads: usize) -> Self {
        let graph = graph();
        let mut training = Training::new(&graph, Vec::new(), job, threads);
        training.params = training.model.initial(1);
        training.gradient = vec![0.0; training.params.len()];
        // The peers' order: structural weights, angles layer by layer, weights of the map, its bias.
        let entries = training.model.layout().entries.iter().zip(&graph.weights).filter(|(entry, _)| entry.trainable);
        let rank = |path: &str, quantum: bool, len: usize| match (path.ends_with(".mix"), quantum) {
            (true, _) => 0,
            (_, true) => 1,
            _ if len > 1 => 2,
            _ => 3,
        };
        let mut places: Vec<(usize, Range<usize>)> =
            entries.map(|(entry, weight)| (rank(&entry.path, weight.quantum, entry.len()), entry.range())).collect();
        places.sort_by_key(|place| place.0);
        let places: Vec<usize> = places.into_iter().flat_map(|(_, range)| range).collect();
        let theirs = numbers(job, "params");
        assert_eq!(places.len(), theirs.len(), "the model has other weights");
        places.iter().zip(&theirs).for_each(|(&at, &value)| training.params[at] = value);
        let (x, y) = (numbers(job, "x"), indices(&job["y"]));
        let loss = training.gradient(&x, &y);
        let gradient: Vec<f32> = places.iter().map(|&at| training.gradient[at]).collect();
        Self { training, x, y, values: json!({ "loss": loss, "gradient": gradient }) }
    }
}

impl Run for Mixture {
    fn run(&mut self) {
        self.training.step(&self.x, &self.y);
    }
    fn values(&self) -> Value {
        self.values.clone()
    }
}
