//! One kind of kernel at a time: forwards and back over a batch of 64 on 8 qubits, single precision, one thread.
//!
//! Every circuit starts with data on all qubits and ends in `<Z>`; what is measured stands between, four layers of it.

mod support;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use qnas::backends::hybrid::{Mode, Model};
use qnas::ir::{Angle, BinaryFn, Graph, InputId, Op, Output, QuantumOp, Readout, Region, Variable, WeightId};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::source::Span;
use std::hint::black_box;

const N: u32 = 8;
const BATCH: usize = 64;
const LAYERS: u32 = 4;

/// A model of one circuit: data, layers of `layer(layer, angles)`, read-outs.
fn model(layer: &dyn Fn(u32, WeightId) -> Vec<QuantumOp>, readouts: Vec<Readout>) -> Model<f32> {
    let mut graph = Graph::new("kernel");
    graph.inputs.push(InputId { name: "x".into(), shape: vec![N as usize] });
    let x = graph.add(Op::Input { index: 0 }, &[], vec![N as usize], "x", Span::default());
    let angles = support::weight(&mut graph, "angles", &[(LAYERS * N) as usize]);
    let data = |q: u32| support::gate("ry", vec![Angle::variable(Variable::Input(q))], vec![q]);
    let mut ops: Vec<QuantumOp> = (0..N).map(data).collect();
    ops.extend((0..LAYERS).flat_map(|at| layer(at, angles)));
    let outputs: usize = readouts.iter().map(Readout::len).sum();
    let region = Region { path: "c".into(), n_qubits: N, registers: Vec::new(), n_inputs: N, ops, readouts };
    let node = graph.add(Op::Region(Box::new(region)), &[x], vec![outputs], "c", Span::default());
    graph.outputs.push(Output { name: String::new(), node });
    Model::compile(&graph).expect("compiles")
}

/// A gate on qubit `q` (and its neighbour) of a layer with its own angle.
fn turned(name: &str, at: u32, q: u32, angles: WeightId, width: u32) -> QuantumOp {
    let angle = Angle::variable(Variable::Weight { weight: angles, index: at * N + q });
    support::gate(name, vec![angle], (0..width).map(|k| (q + k) % N).collect())
}

fn all_z() -> Vec<Readout> {
    (0..N).map(support::z).collect()
}

fn kernels(criterion: &mut Criterion) {
    let rotations = |at: u32, angles: WeightId| -> Vec<QuantumOp> {
        let ring = (0..N).map(|q| support::gate("cx", Vec::new(), vec![q, (q + 1) % N]));
        (0..N).map(|q| turned("rx", at, q, angles, 1)).chain(ring).collect()
    };
    let phases = |at: u32, angles: WeightId| -> Vec<QuantumOp> {
        let rx = (0..N).map(|q| turned("rx", at, q, angles, 1));
        rx.chain((0..N).map(|q| turned("rzz", at, q, angles, 2))).collect()
    };
    let strings = |at: u32, angles: WeightId| (0..N).map(|q| turned("rxx", at, q, angles, 2)).collect();
    let mixed = |at: u32, angles: WeightId| (0..N).map(|q| turned("rzx", at, q, angles, 2)).collect();
    let dense = |at: u32, angles: WeightId| -> Vec<QuantumOp> {
        let iswaps = (0..N).map(|q| support::gate("sqrtiswap", Vec::new(), vec![q, (q + 1) % N]));
        (0..N).map(|q| turned("rx", at, q, angles, 1)).chain(iswaps).collect()
    };
    let controlled = |at: u32, angles: WeightId| (0..N).map(|q| turned("crx", at, q, angles, 2)).collect();
    let data = |at: u32, angles: WeightId| -> Vec<QuantumOp> {
        let again = (0..N).map(|q| support::gate("rx", vec![Angle::variable(Variable::Input(q))], vec![q]));
        again.chain((0..N).map(|q| turned("ry", at, q, angles, 1))).collect()
    };
    let x = |q| Readout::Expectation(PauliSum::string(PauliString::single(q, Pauli::X)));
    let cases: Vec<(&str, Model<f32>)> = vec![
        ("rotations-and-rings", model(&rotations, all_z())),
        ("phases-on-two-qubits", model(&phases, all_z())),
        ("strings-that-commute", model(&strings, all_z())),
        ("strings-that-do-not", model(&mixed, all_z())),
        ("matrices-on-two-qubits", model(&dense, all_z())),
        ("controlled-rotations", model(&controlled, all_z())),
        ("data-again", model(&data, all_z())),
        ("observables-that-flip", model(&rotations, (0..N).map(x).collect())),
        ("probabilities", model(&rotations, vec![Readout::Probabilities((0..N).collect())])),
    ];
    let mut group = criterion.benchmark_group("kernel");
    let inputs: Vec<f32> = (0..BATCH * N as usize).map(|k| ((k * 7919) % 1000) as f32 / 500.0 - 1.0).collect();
    for (name, mut model) in cases {
        let mut params = model.initial(1);
        let mut gradient = vec![0.0; params.len()];
        let upstream = vec![1.0; BATCH * model.output_len()];
        group.bench_function(BenchmarkId::new("forward", name), |bencher| {
            bencher.iter(|| black_box(model.forward(&mut params, &[&inputs], BATCH, Mode::Evaluate).expect("runs")[0]));
        });
        group.bench_function(BenchmarkId::new("both", name), |bencher| {
            bencher.iter(|| {
                model.forward(&mut params, &[&inputs], BATCH, Mode::Evaluate).expect("runs");
                gradient.fill(0.0);
                model.backward(&params, &upstream, &mut gradient, None).expect("runs");
                black_box(gradient[0])
            });
        });
    }
    group.finish();
}

/// A hybrid model of 784, 256, 4 and 10 numbers at batch 1024, beside its first layer alone.
fn classical(criterion: &mut Criterion) {
    let (rows, hidden, n) = (1024, 256, 4);
    let mut graph = Graph::new("classical");
    graph.inputs.push(InputId { name: "x".into(), shape: vec![784] });
    let x = graph.add(Op::Input { index: 0 }, &[], vec![784], "x", Span::default());
    let first = support::linear(&mut graph, x, "first", 784, hidden);
    let relu = Op::Activation(qnas::ir::Activation::Relu);
    let active = graph.add(relu, &[first], vec![hidden], "relu", Span::default());
    let second = support::linear(&mut graph, active, "second", hidden, n);
    let angles = support::weight(&mut graph, "angles", &[2, n, 3]);
    let region = support::ansatz(n as u32, 2, &["rx", "ry", "rz"], true, angles);
    let circuit = graph.add(Op::Region(Box::new(region)), &[second], vec![n], "c", Span::default());
    let last = support::linear(&mut graph, circuit, "last", n, 10);
    graph.outputs.push(Output { name: String::new(), node: last });
    let mut group = criterion.benchmark_group("classical");
    // The first layer is 99 % of the arithmetic: one product forwards, one for its weights.
    let flops = 4 * rows * 784 * hidden;
    both(&mut group, "hybrid-784-256-4-10", &graph, (rows, flops));
    let mut alone = Graph::new("alone");
    alone.inputs.push(InputId { name: "x".into(), shape: vec![784] });
    let x = alone.add(Op::Input { index: 0 }, &[], vec![784], "x", Span::default());
    let first = support::linear(&mut alone, x, "first", 784, hidden);
    alone.outputs.push(Output { name: String::new(), node: first });
    both(&mut group, "linear-784-256", &alone, (rows, flops));
    group.finish();
}

/// Forwards and back; the throughput is that of `flops` operations.
fn both(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, graph: &Graph, (rows, flops): (usize, usize)) {
    let mut model = Model::<f32>::compile(graph).expect("compiles");
    let mut params = model.initial(1);
    let width: usize = graph.inputs[0].shape.iter().product();
    let inputs: Vec<f32> = (0..rows * width).map(|k| ((k * 7919) % 1000) as f32 / 1000.0).collect();
    let mut gradient = vec![0.0; params.len()];
    let upstream = vec![1e-3; rows * model.output_len()];
    group.throughput(Throughput::Elements(flops as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            model.forward(&mut params, &[&inputs], rows, Mode::Evaluate).expect("runs");
            gradient.fill(0.0);
            model.backward(&params, &upstream, &mut gradient, None).expect("runs");
            black_box(gradient[0])
        });
    });
}

/// `x Wᵀ` of the layers around a circuit, forwards alone, beside the same product by the crate `matrixmultiply`.
fn products(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("product");
    for (rows, n_in, n_out) in [(1024, 784, 256), (1024, 256, 4), (64, 64, 8)] {
        let mut graph = Graph::new("product");
        graph.inputs.push(InputId { name: "x".into(), shape: vec![n_in] });
        let x = graph.add(Op::Input { index: 0 }, &[], vec![n_in], "x", Span::default());
        let weight = support::weight(&mut graph, "weight", &[n_out, n_in]);
        let node = graph.add(Op::Linear { weight, bias: None }, &[x], vec![n_out], "linear", Span::default());
        graph.outputs.push(Output { name: String::new(), node });
        let mut model = Model::<f32>::compile(&graph).expect("compiles");
        let mut params = model.initial(1);
        let inputs: Vec<f32> = (0..rows * n_in).map(|k| ((k * 7919) % 1000) as f32 / 1000.0).collect();
        group.throughput(Throughput::Elements((2 * rows * n_in * n_out) as u64));
        let name = format!("{rows}x{n_out}x{n_in}");
        group.bench_function(BenchmarkId::new("ours", &name), |bencher| {
            bencher.iter(|| black_box(model.forward(&mut params, &[&inputs], rows, Mode::Evaluate).expect("runs")[0]));
        });
        let x = ndarray::ArrayView2::from_shape((rows, n_in), &inputs).expect("fits");
        let w = ndarray::Array2::from_shape_vec((n_out, n_in), model.initial(1)).expect("fits");
        let mut out = ndarray::Array2::<f32>::zeros((rows, n_out));
        group.bench_function(BenchmarkId::new("matrixmultiply", &name), |bencher| {
            bencher.iter(|| {
                ndarray::linalg::general_mat_mul(1.0, &x, &w.t(), 0.0, &mut out);
                black_box(out[(0, 0)])
            });
        });
    }
    group.finish();
}

/// Convolutions of the sizes that stand in front of a circuit, behind another layer so that inputs get gradients too.
fn convolutions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("convolution");
    for (channels, size, out) in [(1, 28, 8), (8, 14, 16), (16, 14, 32)] {
        let shape = vec![channels, size, size];
        let mut graph = Graph::new("conv2d");
        graph.inputs.push(InputId { name: "x".into(), shape: shape.clone() });
        let x = graph.add(Op::Input { index: 0 }, &[], shape.clone(), "x", Span::default());
        let scale = support::weight(&mut graph, "scale", &shape);
        let scale = graph.add(Op::Weight { weight: scale }, &[], shape.clone(), "scale", Span::default());
        let scaled = graph.add(Op::Binary(BinaryFn::Mul), &[x, scale], shape, "scaled", Span::default());
        let weight = support::weight(&mut graph, "conv.weight", &[out, channels, 3, 3]);
        let bias = Some(support::weight(&mut graph, "conv.bias", &[out]));
        let conv = Op::Conv2d { weight, bias, stride: 1, padding: 1 };
        let node = graph.add(conv, &[scaled], vec![out, size, size], "conv", Span::default());
        graph.outputs.push(Output { name: String::new(), node });
        // Three products: forwards, for the weights, for the inputs.
        let flops = 64 * 3 * 2 * 9 * channels * out * size * size;
        both(&mut group, &format!("conv2d-{channels}x{size}x{size}-to-{out}"), &graph, (64, flops));
    }
    group.finish();
}

criterion_group!(benches, kernels, products, classical, convolutions);
criterion_main!(benches);
