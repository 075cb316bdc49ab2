//! One training step of a hybrid classifier: forward, all gradients, Adam. Single precision, one thread.

mod support;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use qnas::backends::hybrid::{Mode, Model};
use qnas::backends::nn::loss::{CROSS_ENTROPY, Targets};
use qnas::backends::nn::optim::{Optimizer, Rule};
use std::hint::black_box;

/// Everything a step needs.
struct Training {
    model: Model<f32>,
    optimizer: Optimizer<f32>,
    params: Vec<f32>,
    gradient: Vec<f32>,
    d_outputs: Vec<f32>,
    inputs: Vec<f32>,
    classes: Vec<u32>,
    batch: usize,
}

impl Training {
    fn new(n: u32, layers: u32, batch: usize) -> Self {
        let model = Model::<f32>::compile(&support::classifier(n, layers)).expect("compiles");
        let params = model.initial(1);
        Self {
            optimizer: Optimizer::new(Rule::named("adam").expect("in the catalogue"), model.layout()),
            gradient: vec![0.0; params.len()],
            d_outputs: vec![0.0; batch * 10],
            inputs: (0..batch * 64).map(|k| ((k * 7919) % 1000) as f32 / 1000.0).collect(),
            classes: (0..batch as u32).map(|k| k * 7 % 10).collect(),
            model,
            params,
            batch,
        }
    }

    fn step(&mut self) -> f64 {
        let mode = Mode::Train { seed: 1, step: 1 };
        let outputs = self.model.forward(&mut self.params, &[&self.inputs], self.batch, mode).expect("runs");
        let targets = Targets::Classes(&self.classes);
        let loss = CROSS_ENTROPY.value_and_gradient(outputs, 10, targets, &mut self.d_outputs).expect("fits");
        self.gradient.fill(0.0);
        self.model.backward(&self.params, &self.d_outputs, &mut self.gradient, None).expect("runs");
        self.optimizer.step(&mut self.params, &self.gradient, 1e-3);
        loss
    }
}

fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("step");
    for (n, layers, batch) in [(4, 2, 32), (8, 2, 64), (8, 2, 1024), (10, 4, 64), (12, 4, 64)] {
        let mut training = Training::new(n, layers, batch);
        group.bench_function(BenchmarkId::from_parameter(format!("n{n}-l{layers}-b{batch}")), |bencher| {
            bencher.iter(|| black_box(training.step()));
        });
    }
    group.finish();
}

fn compile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile");
    for (n, layers) in [(4, 2), (8, 2), (12, 4)] {
        let graph = support::classifier(n, layers);
        group.bench_function(BenchmarkId::from_parameter(format!("n{n}-l{layers}")), |bencher| {
            bencher.iter(|| black_box(Model::<f32>::compile(&graph).expect("compiles")));
        });
    }
    group.finish();
}

criterion_group!(benches, steps, compile);
criterion_main!(benches);
