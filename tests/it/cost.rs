//! Cost metrics: operations predicted against operations executed, published numbers, and the catalogue's own rules.

use crate::support::arbitrary::{Limits, cases, config};
use crate::support::build::{
    add, add_input, add_linear, controlled, expect_z, faqnas, finish, gate, number, prepare, region, weight,
};
use crate::support::counted::Counter;
use crate::support::dense;
use proptest::prelude::*;
use qnas::cost::{Chosen, METRICS, find};
use qnas::ir::{Activation, BinaryFn, Graph, Op, Pooling, QuantumOp, Readout, Region, UnaryFn, validate};
use qnas::math::{Pauli, PauliString, PauliSum};

fn value(graph: &Graph, name: &str) -> f64 {
    find(name).unwrap_or_else(|| panic!("no metric {name}")).evaluate(graph)
}

/// A graph of one circuit without inputs.
fn circuit(n: u32, ops: Vec<QuantumOp>, readouts: Vec<Readout>) -> Graph {
    let mut graph = Graph::new("c");
    let region = region("c", n, 0, ops, readouts);
    let shape = [region.n_outputs()];
    let node = add(&mut graph, Op::Region(Box::new(region)), &[], &shape, "c");
    finish(&mut graph, node);
    assert_eq!(validate(&graph), Ok(()));
    graph
}

/// Operations of one gate on `n` qubits: the read-out here is the identity, which is free.
fn price(n: u32, op: QuantumOp) -> f64 {
    let one = Readout::Expectation(PauliSum::string(PauliString::identity()));
    value(&circuit(n, vec![op], vec![one]), "flops.quantum")
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn quantum_flops_are_those_executed(case in cases(Limits::default())) {
        let counter = Counter::default();
        let values = counter.region(&case.region, &case.weights, &case.inputs);
        prop_assert_eq!(value(&case.graph(), "flops.quantum"), counter.executed() as f64);
        let exact = dense::run_region(&case.region, &case.weights, &case.inputs);
        prop_assert!(dense::distance(&values, &exact) < 1e-10, "the counting simulator computes {values:?}, not {exact:?}");
    }

    #[test]
    fn metrics_agree_with_each_other(case in cases(Limits::default())) {
        let graph = case.graph();
        prop_assert!(METRICS.iter().filter(|metric| metric.on_device.is_none() && !metric.proxy).all(|metric| (metric.evaluate)(&graph, "cx") >= 0.0));
        prop_assert_eq!(value(&graph, "flops.total"), value(&graph, "flops.quantum") + value(&graph, "flops.classical"));
        prop_assert!(value(&graph, "flops.embedding") <= value(&graph, "flops.quantum"));
        prop_assert!(value(&graph, "flops.profiler.embedding") <= value(&graph, "flops.profiler.quantum"));
        prop_assert!(value(&graph, "two_qubit_depth") <= value(&graph, "depth"));
        prop_assert!(value(&graph, "two_qubit_count") <= value(&graph, "gates"));
        for metric in METRICS {
            let chosen = Chosen { metric, gate: "cx", budget: 0 };
            let Some(per_step) = metric.per_step else { continue };
            let of_region = |region: &Region| region.ops.iter().map(|op| per_step(op, "cx").of(region.n_qubits)).sum::<f64>();
            let steps: f64 = graph.regions().map(|(_, region)| of_region(region)).sum();
            let beyond: f64 = graph.nodes().filter_map(|node| chosen.beyond_steps(&graph, node)).sum();
            prop_assert!(beyond >= 0.0 && steps + beyond == chosen.evaluate(&graph), "{}: {steps} and {beyond}", metric.meta.name);
        }
        prop_assert_eq!(value(&graph, "weights"), value(&graph, "weights.quantum") + value(&graph, "weights.classical"));
    }
}

#[test]
fn prices_of_gates_as_documented() {
    let n = 5;
    let dim = f64::from(1 << n);
    let angle = |k: usize| vec![number(0.3); k];
    let priced = |name: &str, qubits: &[u32]| {
        let params = qnas::gates::find(name).expect("listed").params.len();
        price(n, gate(name, &angle(params), qubits, "g")) / dim
    };
    for (name, per_amplitude) in [
        ("rx", 14.0),
        ("u", 14.0),
        ("sx", 14.0),
        ("ry", 6.0),
        ("h", 6.0),
        ("rz", 6.0),
        ("p", 3.0),
        ("t", 3.0),
        ("z", 1.0),
        ("y", 1.0),
        ("s", 0.5),
        ("x", 0.0),
        ("id", 0.0),
    ] {
        assert_eq!(priced(name, &[3]), per_amplitude, "{name}");
    }
    for (name, per_amplitude) in [("cz", 0.5), ("cx", 0.0), ("swap", 0.0), ("crx", 7.0), ("rzz", 6.0), ("rxx", 14.0)] {
        assert_eq!(priced(name, &[3, 1]), per_amplitude, "{name}");
    }
    assert_eq!(price(n, controlled(&[true, false], "rx", &angle(1), &[0, 1, 4], "g")) / dim, 3.5);
}

#[test]
fn price_of_preparing_and_reading() {
    let string = |factors: &[(u32, Pauli)]| PauliString::from_factors(factors.to_vec());
    let read = |readouts: Vec<Readout>| value(&circuit(3, vec![], readouts), "flops.quantum");
    assert_eq!(read(expect_z(3)), 3.0 * 8.0 + 3.0 * 7.0, "squares once, a signed sum each");
    assert_eq!(read(vec![Readout::Probabilities(vec![0, 2])]), 24.0 + 4.0);
    assert_eq!(read(vec![Readout::Expectation(PauliSum::string(string(&[(0, Pauli::X), (1, Pauli::Z)])))]), 16.0);
    let sum =
        PauliSum::from_terms([(0.5, string(&[(0, Pauli::Z)])), (1.0, string(&[(1, Pauli::Y)])), (2.0, string(&[]))]);
    assert_eq!(read(vec![Readout::Expectation(sum)]), 24.0 + 7.0 + 1.0 + 16.0 + 1.0 + 2.0);
    let amplitudes = vec![number(0.5); 4];
    assert_eq!(price(2, prepare(&amplitudes, &[0, 1], "g")), 13.0);
    assert_eq!(price(3, prepare(&amplitudes, &[0, 1], "g")), 13.0 + 16.0);
}

/// Numbers of FAQNAS (arXiv:2511.10062) in profiler units: n = 10, depth 4, a ring of cz.
#[test]
fn profiler_counts_match_the_published_ones() {
    let graph = faqnas(4, 10, 4, "rx", "cz", true, 3);
    assert_eq!(value(&graph, "flops.profiler.embedding"), 40_960.0);
    assert_eq!(value(&graph, "flops.profiler.quantum"), 40_960.0 + 163_840.0 + 327_680.0);
    assert_eq!(value(&faqnas(4, 10, 4, "rx", "cx", true, 3), "flops.profiler.quantum"), 40_960.0 + 163_840.0);
    for (features, classes, n2, n10) in [
        (4, 3, 28.0, 140.0),
        (13, 3, 64.0, 320.0),
        (30, 2, 128.0, 640.0),
        (64, 10, 296.0, 1480.0),
        (784, 10, 3176.0, 15880.0),
    ] {
        for (n, expected) in [(2, n2), (10, n10)] {
            let graph = faqnas(features, n, 1, "ry", "cx", false, classes);
            assert_eq!(value(&graph, "flops.profiler.classical"), expected);
            assert_eq!(value(&graph, "flops.classical"), expected, "every weight is one product and one sum");
        }
    }
    assert_eq!(value(&faqnas(4, 4, 2, "rz", "cz", false, 3), "flops.profiler"), {
        // Eight ry and eight rz cost the same, six cz twice as much; linear layers 32 + 24.
        f64::from((4 + 8) * 64 + 6 * 128 + 2 * 4 * 4 + 2 * 4 * 3)
    });
}

#[test]
fn structural_metrics_of_a_known_model() {
    let graph = faqnas(4, 3, 2, "rx", "cx", true, 2);
    for (name, expected) in [
        ("weights", 4.0 * 3.0 + 3.0 + 6.0 + 3.0 * 2.0 + 2.0),
        ("weights.quantum", 6.0),
        ("weights.classical", 23.0),
        ("qubits", 3.0),
        ("gates", 15.0),
        ("gates.cx", 6.0),
        ("gates.rx", 6.0),
        ("gates.rz", 0.0),
        ("gates.prepare", 0.0),
        ("two_qubit_count", 6.0),
        ("two_qubit_depth", 6.0),
        // A ring leaves wire 1 free after its second cx, wire 2 and 0 one step later each: rx overlaps, the chain does not.
        ("depth", 9.0),
    ] {
        assert_eq!(value(&graph, name), expected, "{name}");
    }
}

#[test]
fn bytes_and_memory_of_a_known_model() {
    let one = |op: QuantumOp| {
        value(&circuit(3, vec![op], vec![Readout::Expectation(PauliSum::string(PauliString::identity()))]), "bytes")
            - 4.0
    };
    assert_eq!(one(gate("cx", &[], &[0, 1], "g")), 2.0 * 8.0 * 4.0, "half of eight amplitudes, read and written");
    assert_eq!(one(gate("p", &[number(0.2)], &[0], "g")), 2.0 * 8.0 * 4.0);
    assert_eq!(one(gate("h", &[], &[0], "g")), 2.0 * 8.0 * 8.0);
    assert_eq!(one(gate("id", &[], &[0], "g")), 0.0);
    let graph = faqnas(4, 3, 1, "rx", "cx", false, 2);
    // Alive beside the state of 8 amplitudes: the circuit's three inputs and three outputs.
    assert_eq!(value(&graph, "peak_memory"), 8.0 * 8.0 + 4.0 * 6.0);
    let mut wide = Graph::new("wide");
    let x = add_input(&mut wide, "x", &[100]);
    let a = add_linear(&mut wide, x, 50, "a");
    let b = add(&mut wide, Op::Activation(Activation::Relu), &[a], &[50], "b");
    let c = add_linear(&mut wide, b, 10, "c");
    finish(&mut wide, c);
    assert_eq!(value(&wide, "peak_memory"), 4.0 * 150.0);
    assert_eq!(value(&wide, "bytes"), 4.0 * (100.0 + 5050.0 + 50.0 + 100.0 + 50.0 + 510.0 + 10.0));
}

#[test]
fn classical_flops_are_those_executed() {
    let check = |op: &dyn Fn(&mut Graph) -> Op, operands: &[&[usize]], shape: &[usize]| {
        let mut graph = Graph::new("m");
        let inputs: Vec<_> = operands.iter().map(|operand| add_input(&mut graph, "x", operand)).collect();
        let op = op(&mut graph);
        let node = add(&mut graph, op, &inputs, shape, "op");
        finish(&mut graph, node);
        assert_eq!(validate(&graph), Ok(()));
        let numbers = |length: usize| (0..length).map(|i| 0.3 + 0.1 * i as f64).collect::<Vec<f64>>();
        let weights: Vec<Vec<f64>> = graph.weights.iter().map(|weight| numbers(weight.len())).collect();
        let data: Vec<Vec<f64>> = operands.iter().map(|operand| numbers(operand.iter().product())).collect();
        let given: Vec<(&[usize], &[f64])> = operands.iter().copied().zip(data.iter().map(|data| &data[..])).collect();
        let counter = Counter::default();
        let out = counter.node(&graph, graph.node(node), &given, &weights);
        assert_eq!(out.len(), graph.node(node).len());
        assert!(out.iter().all(|number| number.is_finite()));
        assert_eq!(value(&graph, "flops.classical"), counter.executed() as f64, "{}", graph.node(node).op.name());
        out
    };
    check(&|g| Op::Linear { weight: weight(g, "w", &[3, 5], false), bias: None }, &[&[5]], &[3]);
    check(
        &|g| Op::Linear { weight: weight(g, "w", &[3, 5], false), bias: Some(weight(g, "b", &[3], false)) },
        &[&[4, 5]],
        &[4, 3],
    );
    let conv = |stride, padding| {
        move |g: &mut Graph| Op::Conv2d {
            weight: weight(g, "w", &[3, 2, 3, 3], false),
            bias: Some(weight(g, "b", &[3], false)),
            stride,
            padding,
        }
    };
    check(&conv(1, 0), &[&[2, 6, 5]], &[3, 4, 3]);
    check(&conv(2, 1), &[&[2, 6, 5]], &[3, 3, 3]);
    for pooling in [Pooling::Max, Pooling::Average] {
        check(&|_| Op::Pool2d { pooling, kernel: 2, stride: 2 }, &[&[2, 6, 4]], &[2, 3, 2]);
    }
    let buffer = |g: &mut Graph, path: &str| {
        let id = weight(g, path, &[2], false);
        g.weights[id.0 as usize].trainable = false;
        id
    };
    check(
        &|g| Op::BatchNorm {
            scale: weight(g, "s", &[2], false),
            shift: weight(g, "t", &[2], false),
            mean: buffer(g, "m"),
            variance: buffer(g, "v"),
        },
        &[&[2, 3, 3]],
        &[2, 3, 3],
    );
    for activation in
        [Activation::Relu, Activation::Gelu, Activation::Tanh, Activation::Sigmoid, Activation::LogSoftmax]
    {
        check(&|_| Op::Activation(activation), &[&[3, 4]], &[3, 4]);
    }
    let softmax = check(&|_| Op::Activation(Activation::Softmax), &[&[3, 4]], &[3, 4]);
    assert!((softmax.iter().sum::<f64>() - 3.0).abs() < 1e-12);
    for function in [UnaryFn::Neg, UnaryFn::Sin, UnaryFn::Cos, UnaryFn::Exp, UnaryFn::Ln, UnaryFn::Sqrt, UnaryFn::Abs] {
        check(&|_| Op::Unary(function), &[&[7]], &[7]);
    }
    for function in [
        BinaryFn::Add,
        BinaryFn::Sub,
        BinaryFn::Mul,
        BinaryFn::Div,
        BinaryFn::Rem,
        BinaryFn::Pow,
        BinaryFn::Min,
        BinaryFn::Max,
    ] {
        check(&|_| Op::Binary(function), &[&[7], &[7]], &[7]);
        check(&|_| Op::Binary(function), &[&[], &[7]], &[7]);
    }
    let unit = check(&|_| Op::Normalize, &[&[6]], &[6]);
    assert!((unit.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-12);
    check(&|_| Op::Sum, &[&[6, 2]], &[]);
}

#[test]
fn the_catalogue_is_in_order() {
    let mut seen = std::collections::BTreeSet::new();
    for metric in METRICS {
        assert!(seen.insert(metric.meta.name) && !metric.meta.doc.is_empty());
        // A chance and a ranking have no unit, everything else has one.
        let pure = ["device.success", "device.hanas"].contains(&metric.meta.name);
        assert_eq!(metric.unit.is_empty(), pure, "{}", metric.meta.name);
        if !metric.takes_gate {
            let chosen = find(metric.meta.name).expect("found by its name");
            assert_eq!(chosen.name(), metric.meta.name);
        }
    }
    assert_eq!(find("gates.cx").expect("a gate").name(), "gates.cx");
    assert!(find("gates.banana").is_none() && find("gates.").is_none() && find("flops").is_none());
    let one = faqnas(2, 2, 1, "ry", "cx", false, 2);
    let mut twice = one.clone();
    let (id, region) = one.regions().next().expect("a region");
    let (mut doubled, inputs) = (region.clone(), one.inputs_of(id));
    doubled.ops.extend(region.ops.clone());
    twice.node_mut(id).op = Op::Region(Box::new(doubled));
    twice.set_inputs(id, &inputs);
    let mut none = one.clone();
    let mut empty = region.clone();
    empty.ops.clear();
    none.node_mut(id).op = Op::Region(Box::new(empty));
    for metric in METRICS.iter().filter(|metric| metric.additive) {
        let at = |graph| (metric.evaluate)(graph, "cx");
        assert_eq!(at(&twice) - at(&one), at(&one) - at(&none), "{} adds up", metric.meta.name);
    }
}
