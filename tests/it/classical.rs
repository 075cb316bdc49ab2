//! Classical operations of the back end: values against naive loops, gradients against central differences.

use crate::support::dense;
use qnas::backends::Real;
use qnas::backends::hybrid::{Mode, Model};
use qnas::ir::{
    Activation, Angle, BinaryFn, GateOp, Graph, Init, InputId, NodeId, Op, Operation, Output, Pooling, QuantumOp,
    Readout, Region, UnaryFn, Variable, Weight, WeightId,
};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::source::Span;
use std::sync::Arc;

const TRAIN: Mode = Mode::Train { seed: 7, step: 3 };

/// Builds graphs with few words.
pub(crate) struct Build(pub(crate) Graph);

impl Build {
    pub(crate) fn new() -> Self {
        Self(Graph::new("m"))
    }

    pub(crate) fn input(&mut self, shape: &[usize]) -> NodeId {
        let index = self.0.inputs.len();
        self.0.inputs.push(InputId { name: format!("x{index}"), shape: shape.to_vec() });
        self.node(Op::Input { index }, &[], shape)
    }

    pub(crate) fn weight(&mut self, path: &str, shape: &[usize], init: Init) -> WeightId {
        let (trainable, quantum) = (!path.contains("running"), false);
        self.0.add_weight(Weight {
            path: path.into(),
            shape: shape.to_vec(),
            init,
            trainable,
            quantum,
            span: Span::default(),
        })
    }

    pub(crate) fn random(&mut self, path: &str, shape: &[usize]) -> WeightId {
        self.weight(path, shape, Init::Uniform(-1.0, 1.0))
    }

    pub(crate) fn node(&mut self, op: Op, inputs: &[NodeId], shape: &[usize]) -> NodeId {
        self.0.add(op, inputs, shape.to_vec(), "n", Span::default())
    }

    pub(crate) fn output(&mut self, name: &str, node: NodeId) {
        self.0.outputs.push(Output { name: name.into(), node });
    }

    pub(crate) fn batchnorm(&mut self, x: NodeId, shape: &[usize]) -> NodeId {
        let f = &shape[..1];
        let op = Op::BatchNorm {
            scale: self.random("bn.scale", f),
            shift: self.random("bn.shift", f),
            mean: self.weight("bn.running_mean", f, Init::Constant(0.2)),
            variance: self.weight("bn.running_variance", f, Init::Constant(1.5)),
        };
        self.node(op, &[x], shape)
    }
}

/// A graph of one operation on one input.
fn single(op: impl FnOnce(&mut Build) -> Op, from: &[usize], to: &[usize]) -> Graph {
    let mut build = Build::new();
    let x = build.input(from);
    let op = op(&mut build);
    let y = build.node(op, &[x], to);
    build.output("", y);
    build.0
}

/// Reproducible numbers without order or repetition in `[-1, 1]`.
fn numbers(len: usize, salt: usize) -> Vec<f64> {
    (0..len).map(|k| (((k + 1) * (salt * 2 + 7919) * 104_729) % 9973) as f64 / 4986.5 - 1.0).collect()
}

fn inputs_of(graph: &Graph, rows: usize) -> Vec<Vec<f64>> {
    let len = |input: &InputId| input.shape.iter().product::<usize>();
    graph.inputs.iter().enumerate().map(|(k, input)| numbers(rows * len(input), k)).collect()
}

fn evaluate(graph: &Graph, params: &[f64], inputs: &[Vec<f64>], rows: usize, mode: Mode) -> Vec<f64> {
    let mut model = Model::<f64>::compile(graph).expect("compiles");
    let inputs: Vec<&[f64]> = inputs.iter().map(|input| &input[..]).collect();
    model.forward(&mut params.to_vec(), &inputs, rows, mode).expect("runs").to_vec()
}

/// Gradients by all parameters and inputs against central differences; single precision against double.
fn check(graph: &Graph, rows: usize, mode: Mode) {
    let mut model = Model::<f64>::compile(graph).expect("compiles");
    let params = model.initial(5);
    let inputs = inputs_of(graph, rows);
    let views: Vec<&[f64]> = inputs.iter().map(|input| &input[..]).collect();
    let outputs = model.forward(&mut params.clone(), &views, rows, mode).expect("runs").to_vec();
    let upstream = numbers(outputs.len(), 99);
    let mut d_params = vec![0.0; params.len()];
    let mut d_inputs = vec![Vec::new(); inputs.len()];
    model.backward(&params, &upstream, &mut d_params, Some(&mut d_inputs)).expect("runs");
    let dot = |outputs: Vec<f64>| vec![outputs.iter().zip(&upstream).map(|(a, b)| a * b).sum::<f64>()];
    // Step 1e-5: the difference errs by about 1e-10 times the third derivative and 1e-16 / 1e-5 from rounding.
    for entry in model.layout().entries.iter().filter(|entry| entry.trainable) {
        for at in entry.range() {
            let numeric = dense::central_difference(1e-5, |shift| {
                let mut params = params.clone();
                params[at] += shift;
                dot(evaluate(graph, &params, &inputs, rows, mode))
            })[0];
            assert!((d_params[at] - numeric).abs() < 1e-7, "{} [{at}]: {} {numeric}", entry.path, d_params[at]);
        }
    }
    for (k, d) in d_inputs.iter().enumerate() {
        for at in 0..d.len() {
            let numeric = dense::central_difference(1e-5, |shift| {
                let mut inputs = inputs.clone();
                inputs[k][at] += shift;
                dot(evaluate(graph, &params, &inputs, rows, mode))
            })[0];
            assert!((d[at] - numeric).abs() < 1e-7, "input {k} [{at}]: {} {numeric}", d[at]);
        }
    }
    single_precision(graph, rows, mode, &outputs, &d_params);
}

fn single_precision(graph: &Graph, rows: usize, mode: Mode, outputs: &[f64], d_params: &[f64]) {
    let mut model = Model::<f32>::compile(graph).expect("compiles");
    let mut params = model.initial(5);
    let inputs: Vec<Vec<f32>> =
        inputs_of(graph, rows).iter().map(|input| input.iter().map(|&x| x as f32).collect()).collect();
    let views: Vec<&[f32]> = inputs.iter().map(|input| &input[..]).collect();
    let got: Vec<f64> =
        model.forward(&mut params, &views, rows, mode).expect("runs").iter().map(|x| x.wide()).collect();
    assert!(dense::distance(&got, outputs) < 1e-4, "{got:?} {outputs:?}");
    let upstream: Vec<f32> = numbers(outputs.len(), 99).iter().map(|&x| x as f32).collect();
    let mut gradient = vec![0.0; params.len()];
    model.backward(&params, &upstream, &mut gradient, None).expect("runs");
    let gradient: Vec<f64> = gradient.iter().map(|x| x.wide()).collect();
    assert!(dense::distance(&gradient, d_params) < 1e-3, "{gradient:?} {d_params:?}");
}

fn linear(build: &mut Build, x: NodeId, name: &str, n_in: usize, n_out: usize) -> NodeId {
    let weight = build.random(&format!("{name}.weight"), &[n_out, n_in]);
    let bias = Some(build.random(&format!("{name}.bias"), &[n_out]));
    build.node(Op::Linear { weight, bias }, &[x], &[n_out])
}

#[test]
fn linear_is_a_product_and_a_shift() {
    let graph = single(
        |build| Op::Linear { weight: build.random("w", &[3, 4]), bias: Some(build.random("b", &[3])) },
        &[2, 4],
        &[2, 3],
    );
    let params = Model::<f64>::compile(&graph).expect("compiles").initial(5);
    let inputs = inputs_of(&graph, 5);
    let mut expected = Vec::new();
    for row in inputs[0].chunks(4) {
        for out in 0..3 {
            expected.push((0..4).map(|k| row[k] * params[out * 4 + k]).sum::<f64>() + params[12 + out]);
        }
    }
    assert!(dense::distance(&evaluate(&graph, &params, &inputs, 5, TRAIN), &expected) < 1e-14);
    check(&graph, 5, TRAIN);
}

#[test]
fn convolution_is_cross_correlation() {
    for (kernel, stride, padding, side) in [(3, 1, 1, 5), (2, 2, 0, 6), (3, 2, 1, 6), (1, 1, 0, 3)] {
        let out = (side + 2 * padding - kernel) / stride + 1;
        let graph = single(
            |build| Op::Conv2d {
                weight: build.random("w", &[3, 2, kernel, kernel]),
                bias: Some(build.random("b", &[3])),
                stride,
                padding,
            },
            &[2, side, side],
            &[3, out, out],
        );
        let params = Model::<f64>::compile(&graph).expect("compiles").initial(5);
        let inputs = inputs_of(&graph, 2);
        let mut expected = Vec::new();
        for image in inputs[0].chunks(2 * side * side) {
            for (o, oy, ox) in (0..3 * out * out).map(|k| (k / out / out, k / out % out, k % out)) {
                let mut sum = params[3 * 2 * kernel * kernel + o];
                for (c, ky, kx) in
                    (0..2 * kernel * kernel).map(|k| (k / kernel / kernel, k / kernel % kernel, k % kernel))
                {
                    let (y, x) = (
                        (oy * stride + ky) as isize - padding as isize,
                        (ox * stride + kx) as isize - padding as isize,
                    );
                    if (0..side as isize).contains(&y) && (0..side as isize).contains(&x) {
                        let pixel = image[(c * side + y as usize) * side + x as usize];
                        sum += params[((o * 2 + c) * kernel + ky) * kernel + kx] * pixel;
                    }
                }
                expected.push(sum);
            }
        }
        assert!(dense::distance(&evaluate(&graph, &params, &inputs, 2, TRAIN), &expected) < 1e-13);
        check(&graph, 2, TRAIN);
    }
}

#[test]
fn pooling_takes_means_and_maxima() {
    for pooling in [Pooling::Average, Pooling::Max] {
        for (kernel, stride, side) in [(2, 2, 4), (3, 1, 5), (2, 1, 3)] {
            let out = (side - kernel) / stride + 1;
            let graph = single(|_| Op::Pool2d { pooling, kernel, stride }, &[2, side, side], &[2, out, out]);
            let inputs = inputs_of(&graph, 3);
            let mut expected = Vec::new();
            for plane in inputs[0].chunks(side * side) {
                for (oy, ox) in (0..out * out).map(|k| (k / out, k % out)) {
                    let window: Vec<f64> = (0..kernel * kernel)
                        .map(|k| plane[(oy * stride + k / kernel) * side + ox * stride + k % kernel])
                        .collect();
                    expected.push(match pooling {
                        Pooling::Average => window.iter().sum::<f64>() / window.len() as f64,
                        Pooling::Max => window.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                    });
                }
            }
            assert!(dense::distance(&evaluate(&graph, &[], &inputs, 3, TRAIN), &expected) < 1e-14);
            check(&graph, 3, TRAIN);
        }
    }
}

#[test]
fn batchnorm_follows_pytorch() {
    for shape in [&[3][..], &[2, 2, 3]] {
        let mut build = Build::new();
        let x = build.input(shape);
        let y = build.batchnorm(x, shape);
        build.output("", y);
        check(&build.0, 5, TRAIN);
        check(&build.0, 5, Mode::Evaluate);
        running_statistics(&build.0, shape);
    }
}

/// Running statistics move by a tenth towards the batch's mean and unbiased variance, while training only.
fn running_statistics(graph: &Graph, shape: &[usize]) {
    let (features, inner, rows) = (shape[0], shape[1..].iter().product::<usize>(), 5);
    let mut model = Model::<f64>::compile(graph).expect("compiles");
    let initial = model.initial(1);
    let mut params = initial.clone();
    let inputs = inputs_of(graph, rows);
    model.forward(&mut params, &[&inputs[0]], rows, Mode::Evaluate).expect("runs");
    assert_eq!(params, initial);
    let got = model.forward(&mut params, &[&inputs[0]], rows, TRAIN).expect("runs").to_vec();
    for f in 0..features {
        let of: Vec<usize> = (0..rows * inner).map(|k| (k / inner * features + f) * inner + k % inner).collect();
        let count = of.len() as f64;
        let mean = of.iter().map(|&at| inputs[0][at]).sum::<f64>() / count;
        let squares = of.iter().map(|&at| (inputs[0][at] - mean).powi(2)).sum::<f64>();
        assert!((params[2 * features + f] - (0.9 * 0.2 + 0.1 * mean)).abs() < 1e-14);
        assert!((params[3 * features + f] - (0.9 * 1.5 + 0.1 * squares / (count - 1.0))).abs() < 1e-14);
        for at in of {
            let normal = (inputs[0][at] - mean) / (squares / count + 1e-5).sqrt();
            assert!((got[at] - (normal * initial[f] + initial[features + f])).abs() < 1e-13);
        }
    }
}

#[test]
fn activations_and_their_slopes() {
    type Reference = fn(&[f64]) -> Vec<f64>;
    let exact: [(Activation, Reference); 5] = [
        (Activation::Relu, |x| x.iter().map(|x| x.max(0.0)).collect()),
        (Activation::Tanh, |x| x.iter().map(|x| x.tanh()).collect()),
        (Activation::Sigmoid, |x| x.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect()),
        (Activation::Softmax, |x| {
            let sum: f64 = x.iter().map(|x| x.exp()).sum();
            x.iter().map(|x| x.exp() / sum).collect()
        }),
        (Activation::LogSoftmax, |x| {
            let sum: f64 = x.iter().map(|x| x.exp()).sum();
            x.iter().map(|x| x - sum.ln()).collect()
        }),
    ];
    for (activation, reference) in exact {
        let graph = single(|_| Op::Activation(activation), &[2, 4], &[2, 4]);
        let inputs = inputs_of(&graph, 3);
        let expected: Vec<f64> = inputs[0].chunks(4).flat_map(reference).collect();
        assert!(dense::distance(&evaluate(&graph, &[], &inputs, 3, TRAIN), &expected) < 1e-14, "{activation:?}");
        check(&graph, 3, TRAIN);
    }
    // gelu x = x Φ(x); values of PyTorch's exact form.
    let graph = single(|_| Op::Activation(Activation::Gelu), &[3], &[3]);
    let got = evaluate(&graph, &[], &[vec![-1.0, 0.5, 2.0]], 1, TRAIN);
    assert!(
        dense::distance(&got, &[-0.158_655_253_931_457_05, 0.345_731_230_637_006_6, 1.954_499_736_103_641_6]) < 1e-14
    );
    check(&graph, 3, TRAIN);
    // Large logits neither overflow nor lose their differences.
    let graph = single(|_| Op::Activation(Activation::LogSoftmax), &[2], &[2]);
    assert_eq!(evaluate(&graph, &[], &[vec![1000.0, 0.0]], 1, TRAIN), [0.0, -1000.0]);
}

#[test]
fn elementwise_functions_and_their_slopes() {
    for function in [UnaryFn::Neg, UnaryFn::Sin, UnaryFn::Cos, UnaryFn::Exp, UnaryFn::Abs] {
        check(&single(|_| Op::Unary(function), &[4], &[4]), 3, TRAIN);
    }
    for function in [UnaryFn::Ln, UnaryFn::Sqrt] {
        let mut build = Build::new();
        let x = build.input(&[4]);
        let two = build.node(Op::Constant { values: vec![2.0] }, &[], &[]);
        let above = build.node(Op::Binary(BinaryFn::Add), &[x, two], &[4]);
        let y = build.node(Op::Unary(function), &[above], &[4]);
        build.output("", y);
        check(&build.0, 3, TRAIN);
    }
    let graph = single(|_| Op::Unary(UnaryFn::Abs), &[3], &[3]);
    assert_eq!(evaluate(&graph, &[], &[vec![-2.0, 0.0, 3.0]], 1, TRAIN), [2.0, 0.0, 3.0]);
}

#[test]
fn functions_of_two_tensors_broadcast_single_numbers() {
    let functions = [
        BinaryFn::Add,
        BinaryFn::Sub,
        BinaryFn::Mul,
        BinaryFn::Div,
        BinaryFn::Rem,
        BinaryFn::Pow,
        BinaryFn::Min,
        BinaryFn::Max,
    ];
    for function in functions {
        // Both per sample; a number per sample; a weight; each on either side.
        for (left, right) in [(0, 1), (0, 2), (2, 0), (0, 3), (3, 0), (4, 0), (0, 4), (4, 3)] {
            let mut build = Build::new();
            let (a, b, s) = (build.input(&[3]), build.input(&[3]), build.input(&[1]));
            let (one, three) = (build.random("s", &[]), build.random("v", &[3]));
            let weight = build.node(Op::Weight { weight: one }, &[], &[]);
            let vector = build.node(Op::Weight { weight: three }, &[], &[3]);
            // Positive operands, so that powers and logarithms exist.
            let two = build.node(Op::Constant { values: vec![2.0] }, &[], &[]);
            let operands: Vec<NodeId> = [(a, 3), (b, 3), (s, 1), (weight, 1), (vector, 3)]
                .into_iter()
                .map(|(node, len)| build.node(Op::Binary(BinaryFn::Add), &[node, two], &[len]))
                .collect();
            let y = build.node(Op::Binary(function), &[operands[left], operands[right]], &[3]);
            build.output("", y);
            check(&build.0, 3, TRAIN);
        }
    }
    let mut build = Build::new();
    let x = build.input(&[4]);
    let three = build.node(Op::Constant { values: vec![3.0] }, &[], &[]);
    let y = build.node(Op::Binary(BinaryFn::Rem), &[x, three], &[4]);
    build.output("", y);
    assert_eq!(evaluate(&build.0, &[], &[vec![-1.0, 4.0, 3.0, -3.5]], 1, TRAIN), [2.0, 1.0, 0.0, 2.5]);
}

#[test]
fn shapes_change_without_changing_numbers() {
    let mut build = Build::new();
    let (x, y) = (build.input(&[2, 3]), build.input(&[3]));
    let flat = build.node(Op::Reshape, &[x], &[6]);
    let vector = build.random("v", &[2]);
    let shared = build.node(Op::Weight { weight: vector }, &[], &[2]);
    let all = build.node(Op::Concat, &[flat, shared, y], &[11]);
    let picked = build.node(Op::Gather { indices: vec![10, 0, 6, 0, 7] }, &[all], &[5]);
    let padded = build.node(Op::Pad, &[picked], &[8]);
    let unit = build.node(Op::Normalize, &[padded], &[8]);
    let sum = build.node(Op::Sum, &[all], &[]);
    build.output("unit", unit);
    build.output("sum", sum);
    build.output("again", unit);
    build.output("shared", shared);
    check(&build.0, 3, TRAIN);
    let params = Model::<f64>::compile(&build.0).expect("compiles").initial(5);
    let inputs = inputs_of(&build.0, 2);
    let got = evaluate(&build.0, &params, &inputs, 2, TRAIN);
    assert_eq!(got.len(), 2 * 19);
    for row in 0..2 {
        let (x, y) = (&inputs[0][row * 6..][..6], &inputs[1][row * 3..][..3]);
        let picked = [y[2], x[0], params[0], x[0], params[1], 0.0, 0.0, 0.0];
        let norm = picked.iter().map(|x| x * x).sum::<f64>().sqrt();
        let expected: Vec<f64> = picked.iter().map(|x| x / norm).collect();
        let got = &got[row * 19..][..19];
        assert!(dense::distance(&got[..8], &expected) < 1e-14);
        let total: f64 = x.iter().chain(y).chain(&params).sum();
        assert!((got[8] - total).abs() < 1e-14);
        assert_eq!(got[9..17], got[..8]);
        assert_eq!(got[17..], params[..]);
    }
}

#[test]
fn normalising_zero_spoils_its_own_sample_alone() {
    let graph = single(|_| Op::Normalize, &[2], &[2]);
    let got = evaluate(&graph, &[], &[vec![3.0, 4.0, 0.0, 0.0]], 2, TRAIN);
    assert_eq!(got[..2], [0.6, 0.8]);
    assert!(got[2].is_nan() && got[3].is_nan());
}

#[test]
fn dropout_masks_depend_on_seed_step_and_position_alone() {
    let graph = single(|_| Op::Dropout { p: 0.25 }, &[1000], &[1000]);
    let inputs = vec![vec![1.0; 20_000]];
    let at = |seed, step, rows: usize| {
        evaluate(&graph, &[], &[inputs[0][..1000 * rows].to_vec()], rows, Mode::Train { seed, step })
    };
    let first = at(1, 1, 20);
    assert_eq!(first, at(1, 1, 20));
    assert_eq!(first[..5000], at(1, 1, 5)[..]);
    assert_ne!(first, at(1, 2, 20));
    assert_ne!(first, at(2, 1, 20));
    assert!(first.iter().all(|&x| x == 0.0 || x == 1.0 / 0.75));
    // 20,000 draws: the share of zeros has a standard deviation of 0.0031.
    let share = first.iter().filter(|&&x| x == 0.0).count() as f64 / 20_000.0;
    assert!((share - 0.25).abs() < 0.015, "{share}");
    assert_eq!(evaluate(&graph, &[], &inputs, 20, Mode::Evaluate), inputs[0]);
    check(&single(|_| Op::Dropout { p: 0.5 }, &[6], &[6]), 3, TRAIN);
    check(&single(|_| Op::Dropout { p: 0.5 }, &[6], &[6]), 3, Mode::Evaluate);
}

fn region(n: u32) -> Region {
    let mut ops = Vec::new();
    let mut gate = |name: &str, params: Vec<Angle>, qubits: Vec<u32>| {
        let operation = Operation::Gate { gate: qnas::gates::find(name).expect("in the catalogue"), params };
        let (path, span) = (Arc::from("q"), Span::default());
        ops.push(QuantumOp::Gate(GateOp { operation, extra_controls: Vec::new(), qubits, path, span }));
    };
    let weight = |index| Angle::variable(Variable::Weight { weight: WeightId(0), index });
    for layer in 0..2 {
        for q in 0..n {
            let data = Angle::variable(Variable::Input(q)).add_scaled(&weight(layer * n + q), 0.5);
            gate("ry", vec![data], vec![q]);
            gate("rx", vec![weight(q)], vec![q]);
        }
        (0..n).for_each(|q| gate("cx", Vec::new(), vec![q, (q + 1) % n]));
    }
    let readouts = (0..n).map(|q| Readout::Expectation(PauliSum::string(PauliString::single(q, Pauli::Z)))).collect();
    Region { path: "q".into(), n_qubits: n, registers: Vec::new(), n_inputs: n, ops, readouts }
}

#[test]
fn a_whole_hybrid_model_has_exact_gradients() {
    let mut build = Build::new();
    build.random("angles", &[2, 3]);
    let image = build.input(&[1, 4, 4]);
    let extra = build.input(&[2]);
    let (weight, bias) = (build.random("conv.weight", &[2, 1, 3, 3]), None);
    let conv = build.node(Op::Conv2d { weight, bias, stride: 1, padding: 1 }, &[image], &[2, 4, 4]);
    let normal = build.batchnorm(conv, &[2, 4, 4]);
    let active = build.node(Op::Activation(Activation::Gelu), &[normal], &[2, 4, 4]);
    let pooled = build.node(Op::Pool2d { pooling: Pooling::Average, kernel: 2, stride: 2 }, &[active], &[2, 2, 2]);
    let flat = build.node(Op::Reshape, &[pooled], &[8]);
    let one = linear(&mut build, flat, "one", 8, 1);
    let dropped = build.node(Op::Dropout { p: 0.3 }, &[one], &[1]);
    // The region reads two tensors: one that a linear layer made, and one straight from the data.
    let circuit = build.node(Op::Region(Box::new(region(3))), &[dropped, extra], &[3]);
    let logits = linear(&mut build, circuit, "two", 3, 4);
    let out = build.node(Op::Activation(Activation::LogSoftmax), &[logits], &[4]);
    build.output("classes", out);
    build.output("circuit", circuit);
    check(&build.0, 3, TRAIN);
    check(&build.0, 19, Mode::Evaluate);
}

#[test]
fn a_region_without_data_runs_once_for_all_samples() {
    let mut build = Build::new();
    build.random("angles", &[2, 3]);
    let x = build.input(&[3]);
    let shared = build.node(Op::Constant { values: vec![0.3, -0.2, 0.9] }, &[], &[3]);
    let circuit = build.node(Op::Region(Box::new(region(3))), &[shared], &[3]);
    let y = build.node(Op::Binary(BinaryFn::Mul), &[x, circuit], &[3]);
    build.output("", y);
    check(&build.0, 5, TRAIN);
}

#[test]
fn initial_numbers_agree_as_far_as_both_weights_reach() {
    let initial = |shape: &[usize], more: bool| {
        let mut build = Build::new();
        if more {
            build.random("other", &[5]);
        }
        let weight = build.weight("w", shape, Init::Normal(0.5, 2.0));
        let node = build.node(Op::Weight { weight }, &[], shape);
        build.output("", node);
        let model = Model::<f64>::compile(&build.0).expect("compiles");
        let range = model.layout().find("w").expect("there").range();
        model.initial(9)[range].to_vec()
    };
    assert_eq!(initial(&[4], false), initial(&[8], true)[..4]);
    let (small, large) = (initial(&[2, 3], false), initial(&[5, 7], true));
    for (row, numbers) in small.chunks(3).enumerate() {
        assert_eq!(numbers, &large[row * 7..row * 7 + 3]);
    }
    let many = initial(&[100, 100], false);
    let mean = many.iter().sum::<f64>() / 1e4;
    let variance = many.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e4;
    assert!((mean - 0.5).abs() < 0.1 && (variance - 4.0).abs() < 0.3, "{mean} {variance}");
}

#[test]
fn numbers_of_the_wrong_length_are_refused() {
    let graph = single(|build| Op::Linear { weight: build.random("w", &[3, 4]), bias: None }, &[4], &[3]);
    let mut model = Model::<f64>::compile(&graph).expect("compiles");
    let mut params = model.initial(1);
    let error = model.forward(&mut params, &[&[0.0; 9]], 2, TRAIN).expect_err("refused");
    assert_eq!(error.code.meta.code, "QN0704");
    assert!(error.message.contains("`x0`"), "{}", error.message);
    let graph = single(|build| Op::Linear { weight: build.random("w", &[3, 5]), bias: None }, &[4], &[3]);
    assert_eq!(Model::<f64>::compile(&graph).expect_err("refused").code.meta.code, "QN0703");
}
