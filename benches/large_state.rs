//! One large state: ten layers of RY, RZ on all qubits and a CNOT ring, then every <Z>; and the gradient of their sum over
//! four layers of RX, RY, RZ. Single precision, one and two threads.

mod support;

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use qnas::backends::hybrid::{Mode, Model};
use qnas::ir::{Graph, Op, Output};
use qnas::source::Span;
use std::hint::black_box;

fn model(n: u32, layers: u32, rotations: &[&str]) -> Model<f32> {
    let mut graph = Graph::new("state");
    let angles = support::weight(&mut graph, "angles", &[layers as usize * n as usize * rotations.len()]);
    let region = support::ansatz(n, layers, rotations, false, angles);
    let node = graph.add(Op::Region(Box::new(region)), &[], vec![n as usize], "c", Span::default());
    graph.outputs.push(Output { name: String::new(), node });
    Model::compile(&graph).expect("compiles")
}

fn simulate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for n in [20, 22, 24] {
        for threads in [1, 2] {
            let mut model = model(n, 10, &["ry", "rz"]);
            model.set_threads(threads);
            let mut params = model.initial(1);
            group.bench_function(BenchmarkId::from_parameter(format!("n{n}-t{threads}")), |bencher| {
                bencher.iter(|| black_box(model.forward(&mut params, &[], 1, Mode::Evaluate).expect("runs")[0]));
            });
        }
    }
    group.finish();
}

fn gradient(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gradient");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for n in [16, 20] {
        for threads in [1, 2] {
            let mut model = model(n, 4, &["rx", "ry", "rz"]);
            model.set_threads(threads);
            let mut params = model.initial(1);
            let mut gradient = vec![0.0; params.len()];
            let upstream = vec![1.0; n as usize];
            group.bench_function(BenchmarkId::from_parameter(format!("n{n}-t{threads}")), |bencher| {
                bencher.iter(|| {
                    model.forward(&mut params, &[], 1, Mode::Evaluate).expect("runs");
                    gradient.fill(0.0);
                    model.backward(&params, &upstream, &mut gradient, None).expect("runs");
                    black_box(gradient[0])
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, simulate, gradient);
criterion_main!(benches);
