//! Quantum regions on the back end against the dense reference: values, gradients by weights and inputs, both scalars,
//! every instruction set, batches that do not fill the lanes.

use crate::support::arbitrary::{Case, Limits, cases, config};
use crate::support::dense;
use proptest::prelude::*;
use qnas::backends::Real;
use qnas::backends::hybrid::{Mode, Model};
use qnas::backends::sim::simd::Isa;
use qnas::ir::{
    Angle, GateOp, Graph, Init, InputId, Op, Operation, Output, QuantumOp, Readout, Region, Variable, Weight, WeightId,
};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::source::Span;
use std::sync::Arc;

/// The case with its inputs as one more weight, so that all samples share one state.
fn shared_graph(case: &Case) -> Graph {
    let mut graph = case.graph();
    let shape = vec![case.inputs.len()];
    let weight = graph.add_weight(Weight {
        path: "x".into(),
        shape: shape.clone(),
        init: Init::Constant(0.0),
        trainable: true,
        quantum: false,
        span: Span::default(),
    });
    let x = graph.add(Op::Weight { weight }, &[], shape, "x", Span::default());
    let region = graph.outputs[0].node;
    graph.set_inputs(region, &[x]);
    graph.inputs.clear();
    graph
}

fn compare_shared<T: Real>(case: &Case, isa: Isa, tolerance: f64) -> Result<(), TestCaseError> {
    let mut model = Model::<T>::compile_for(&shared_graph(case), isa).expect("compiles");
    let numbers = [case.weights.concat(), case.inputs.clone()].concat();
    let mut params: Vec<T> = numbers.iter().map(|&x| T::of(x)).collect();
    let wide = |numbers: &[T]| numbers.iter().map(|x| x.wide()).collect::<Vec<f64>>();
    let outputs = wide(model.forward(&mut params, &[], 2, Mode::Evaluate).expect("runs"));
    let upstream = upstream(case, 2);
    let narrow: Vec<T> = upstream.iter().map(|&x| T::of(x)).collect();
    let mut gradient = vec![T::zero(); params.len()];
    // Twice: the second time the state has to be made again.
    for _ in 0..2 {
        gradient.fill(T::zero());
        model.backward(&params, &narrow, &mut gradient, None).expect("runs");
    }
    let expected = dense::run_region(&case.region, &case.weights, &case.inputs);
    let (first, second) = upstream.split_at(expected.len());
    let both: Vec<f64> = first.iter().zip(second).map(|(a, b)| a + b).collect();
    let (weights, inputs) = dense::gradient(&case.region, &case.weights, &case.inputs, &both);
    let expected_gradient = [weights.concat(), inputs].concat();
    prop_assert!(
        error(&outputs, &[&expected[..], &expected].concat()) < tolerance,
        "{outputs:?}\nexpected {expected:?}"
    );
    let gradient = wide(&gradient);
    prop_assert!(error(&gradient, &expected_gradient) < tolerance, "{gradient:?}\nexpected {expected_gradient:?}");
    Ok(())
}

/// Inputs of sample `row`: the first sample is the case's own, the others differ from it and from each other.
fn sample(case: &Case, row: usize) -> Vec<f64> {
    case.inputs.iter().enumerate().map(|(k, x)| x * (1.0 - 0.07 * row as f64) + 0.01 * (row * k) as f64).collect()
}

/// Runs a batch forwards and backwards: outputs, gradients by parameters, gradients by inputs.
fn run<T: Real>(case: &Case, rows: usize, isa: Isa, upstream: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let narrow = |numbers: &[f64]| numbers.iter().map(|&x| T::of(x)).collect::<Vec<T>>();
    let wide = |numbers: &[T]| numbers.iter().map(|x| x.wide()).collect::<Vec<f64>>();
    let mut model = Model::<T>::compile_for(&case.graph(), isa).expect("compiles");
    let mut params = narrow(&case.weights.concat());
    let inputs = narrow(&(0..rows).flat_map(|row| sample(case, row)).collect::<Vec<_>>());
    let inputs: Vec<&[T]> = if case.inputs.is_empty() { Vec::new() } else { vec![&inputs] };
    let outputs = wide(model.forward(&mut params, &inputs, rows, Mode::Evaluate).expect("runs"));
    let mut d_params = vec![T::zero(); params.len()];
    let mut d_inputs = vec![Vec::new(); inputs.len()];
    model.backward(&params, &narrow(upstream), &mut d_params, Some(&mut d_inputs)).expect("runs");
    (outputs, wide(&d_params), wide(&d_inputs.concat()))
}

fn upstream(case: &Case, rows: usize) -> Vec<f64> {
    (0..rows * case.region.n_outputs()).map(|k| ((k * 37 + 11) % 17) as f64 / 8.0 - 1.0).collect()
}

/// Largest difference relative to the largest number expected (at least 1).
fn error(got: &[f64], expected: &[f64]) -> f64 {
    dense::distance(got, expected) / expected.iter().fold(1.0, |most: f64, x| most.max(x.abs()))
}

fn compare<T: Real>(case: &Case, rows: usize, isa: Isa, tolerance: f64) -> Result<(), TestCaseError> {
    let n_out = case.region.n_outputs();
    let upstream = upstream(case, rows);
    let (outputs, d_params, d_inputs) = run::<T>(case, rows, isa, &upstream);
    let mut expected = Vec::new();
    let mut expected_params = vec![0.0; d_params.len()];
    let mut expected_inputs = Vec::new();
    for row in 0..rows {
        let inputs = sample(case, row);
        expected.extend(dense::run_region(&case.region, &case.weights, &inputs));
        let of = &upstream[row * n_out..(row + 1) * n_out];
        let (weights, by_input) = dense::gradient(&case.region, &case.weights, &inputs, of);
        expected_params.iter_mut().zip(weights.concat()).for_each(|(sum, d)| *sum += d);
        expected_inputs.extend(by_input);
    }
    prop_assert!(error(&outputs, &expected) < tolerance, "outputs {outputs:?}\nexpected {expected:?}");
    prop_assert!(error(&d_params, &expected_params) < tolerance, "weights {d_params:?}\nexpected {expected_params:?}");
    prop_assert!(error(&d_inputs, &expected_inputs) < tolerance, "inputs {d_inputs:?}\nexpected {expected_inputs:?}");
    Ok(())
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn regions_agree_with_the_reference_in_double_precision(case in cases(Limits::default()), rows in 1usize..20) {
        compare::<f64>(&case, rows, Isa::detect(), 1e-10)?;
    }

    #[test]
    fn regions_agree_with_the_reference_in_single_precision(case in cases(Limits::default()), rows in 1usize..40) {
        compare::<f32>(&case, rows, Isa::detect(), 1e-4)?;
    }

    #[test]
    fn one_state_for_all_samples_agrees(case in cases(Limits::default())) {
        compare_shared::<f64>(&case, Isa::detect(), 1e-10)?;
        compare_shared::<f32>(&case, Isa::detect(), 1e-4)?;
    }

    #[test]
    fn regions_without_inputs_agree(case in cases(Limits { inputs: false, ..Limits::default() }), rows in 1usize..4) {
        compare::<f64>(&case, rows, Isa::detect(), 1e-10)?;
    }
}

/// Gates that are exponentials of Pauli strings, and those that move the strings about.
const STRINGS: &[&str] =
    &["rxx", "ryy", "rzx", "rzz", "crx", "cry", "crz", "rxx", "rzx", "rx", "rz", "cx", "cz", "swap", "h"];

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn pauli_exponentials_agree(
        case in cases(Limits { min_qubits: 2, max_qubits: 7, max_ops: 30, gates: STRINGS, ..Limits::default() }),
        rows in 1usize..20,
    ) {
        compare::<f64>(&case, rows.min(9), Isa::detect(), 1e-10)?;
        compare::<f32>(&case, rows, Isa::detect(), 1e-4)?;
        compare_shared::<f64>(&case, Isa::detect(), 1e-10)?;
        compare_shared::<f32>(&case, Isa::detect(), 1e-4)?;
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn the_largest_regions_agree(case in cases(Limits { min_qubits: 9, max_qubits: 12, max_ops: 12, ..Limits::default() })) {
        let rows = 1 + case.region.n_qubits as usize % 3;
        compare::<f64>(&case, rows, Isa::detect(), 1e-10)?;
        compare::<f32>(&case, rows, Isa::detect(), 1e-4)?;
        compare_shared::<f64>(&case, Isa::detect(), 1e-10)?;
    }
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn every_instruction_set_agrees(case in cases(Limits { max_qubits: 4, ..Limits::default() })) {
        for isa in Isa::available() {
            compare::<f64>(&case, 9, isa, 1e-10)?;
            compare::<f32>(&case, 17, isa, 1e-4)?;
            compare_shared::<f64>(&case, isa, 1e-10)?;
            compare_shared::<f32>(&case, isa, 1e-4)?;
        }
    }

    #[test]
    fn larger_regions_agree(case in cases(Limits { min_qubits: 7, max_qubits: 8, max_ops: 30, ..Limits::default() })) {
        compare::<f64>(&case, 2, Isa::detect(), 1e-10)?;
        compare_shared::<f64>(&case, Isa::detect(), 1e-10)?;
        compare_shared::<f32>(&case, Isa::detect(), 1e-4)?;
    }

    #[test]
    fn neither_threads_nor_tiles_change_a_byte(case in cases(Limits::default())) {
        let rows = 700; // Enough for threads to share.
        let mut model = Model::<f32>::compile(&case.graph()).expect("compiles");
        let mut params: Vec<f32> = case.weights.concat().iter().map(|&x| x as f32).collect();
        let inputs: Vec<f32> = (0..rows).flat_map(|row| sample(&case, row)).map(|x| x as f32).collect();
        let upstream: Vec<f32> = upstream(&case, rows).iter().map(|&x| x as f32).collect();
        let mut results = Vec::new();
        for threads in [1, 2] {
            model.set_threads(threads);
            let outputs = model.forward(&mut params, &[&inputs], rows, Mode::Evaluate).expect("runs").to_vec();
            let mut d_params = vec![0.0; params.len()];
            model.backward(&params, &upstream, &mut d_params, None).expect("runs");
            let bits = |numbers: &[f32]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            results.push((bits(&outputs), bits(&d_params)));
        }
        prop_assert_eq!(&results[0], &results[1]);
        // The last sample alone, first of its own tile.
        let n_in = case.inputs.len();
        let alone = model.forward(&mut params, &[&inputs[(rows - 1) * n_in..]], 1, Mode::Evaluate).expect("runs");
        let bits: Vec<u32> = alone.iter().map(|x| x.to_bits()).collect();
        prop_assert_eq!(&results[0].0[(rows - 1) * bits.len()..], &bits[..]);
    }
}

fn one_gate(name: &str, params: Vec<Angle>, qubits: Vec<u32>) -> QuantumOp {
    let gate = qnas::gates::find(name).expect("in the catalogue");
    let operation = Operation::Gate { gate, params };
    QuantumOp::Gate(GateOp {
        operation,
        extra_controls: Vec::new(),
        qubits,
        path: Arc::from("c"),
        span: Span::default(),
    })
}

/// A model of one region on an input of `n_inputs` and one weight `w` of `n_weights` numbers.
fn model_of(region: Region, n_weights: usize) -> Graph {
    let mut graph = Graph::new("m");
    graph.add_weight(Weight {
        path: "w".into(),
        shape: vec![n_weights],
        init: Init::Constant(0.3),
        trainable: true,
        quantum: true,
        span: Span::default(),
    });
    let shape = vec![region.n_inputs as usize];
    graph.inputs.push(InputId { name: "x".into(), shape: shape.clone() });
    let x = graph.add(Op::Input { index: 0 }, &[], shape, "x", Span::default());
    let outputs = vec![region.n_outputs()];
    let node = graph.add(Op::Region(Box::new(region)), &[x], outputs, "c", Span::default());
    graph.outputs.push(Output { name: String::new(), node });
    graph
}

fn weight(index: u32) -> Angle {
    Angle::variable(Variable::Weight { weight: WeightId(0), index })
}

fn z(qubit: u32) -> Readout {
    Readout::Expectation(PauliSum::string(PauliString::single(qubit, Pauli::Z)))
}

#[test]
fn the_parameter_shift_rule_agrees() {
    // A gate whose generator has two eigenvalues ±1/2 has derivative (f(θ + π/2) - f(θ - π/2)) / 2.
    for name in ["rx", "ry", "rz", "rxx", "ryy", "rzz", "rzx"] {
        let gate = qnas::gates::find(name).expect("in the catalogue");
        let qubits: Vec<u32> = (0..gate.targets as u32).collect();
        let mut ops: Vec<QuantumOp> =
            (0..2).map(|q| one_gate("ry", vec![Angle::variable(Variable::Input(q))], vec![q])).collect();
        ops.push(one_gate(name, vec![weight(0)], qubits));
        ops.push(one_gate("rx", vec![Angle::constant(0.7)], vec![0]));
        ops.push(one_gate("cx", Vec::new(), vec![0, 1]));
        ops.push(one_gate("rx", vec![Angle::constant(0.4)], vec![1]));
        let readouts = vec![z(0), z(1)];
        let region = Region { path: "c".into(), n_qubits: 2, registers: Vec::new(), n_inputs: 2, ops, readouts };
        let mut model = Model::<f64>::compile(&model_of(region, 1)).expect("compiles");
        let inputs = [0.4, -1.3];
        let mut value = |theta: f64| {
            let outputs = model.forward(&mut [theta], &[&inputs], 1, Mode::Evaluate).expect("runs");
            outputs[0] + 2.0 * outputs[1]
        };
        let half = std::f64::consts::FRAC_PI_2;
        let shifted = (value(0.9 + half) - value(0.9 - half)) / 2.0;
        value(0.9);
        let mut gradient = [0.0];
        model.backward(&[0.9], &[1.0, 2.0], &mut gradient, None).expect("runs");
        assert!((gradient[0] - shifted).abs() < 1e-13, "{name}: {} {shifted}", gradient[0]);
    }
}

#[test]
fn a_zero_vector_spoils_its_own_sample_alone() {
    let op = QuantumOp::Prepare {
        qubits: vec![0, 1],
        values: (0..4).map(|k| Angle::variable(Variable::Input(k))).collect(),
        path: Arc::from("c"),
        span: Span::default(),
    };
    let ops = vec![op, one_gate("ry", vec![weight(0)], vec![0])];
    let region =
        Region { path: "c".into(), n_qubits: 2, registers: Vec::new(), n_inputs: 4, ops, readouts: vec![z(0)] };
    let mut model = Model::<f32>::compile(&model_of(region, 1)).expect("compiles");
    let inputs = [1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0];
    let outputs = model.forward(&mut [0.2], &[&inputs], 3, Mode::Evaluate).expect("runs").to_vec();
    assert!(outputs[0].is_finite() && outputs[1].is_nan() && outputs[2].is_finite());
    let (mut gradient, mut d_inputs) = ([0.0], [Vec::new()]);
    model.backward(&[0.2], &[1.0, 0.0, 1.0], &mut gradient, Some(&mut d_inputs)).expect("runs");
    assert!(gradient[0].is_finite() && d_inputs[0].iter().all(|d| d.is_finite()));
}

#[test]
fn rotations_near_pi_lose_nothing() {
    // Cosines of half angles vanish here; they must neither overflow nor cost digits.
    for shift in [0.0, 1e-9, 1e-5, 1e-3, 0.02] {
        let n = 6;
        let mut ops = Vec::new();
        for layer in 0..3 {
            for q in 0..n {
                ops.push(one_gate("ry", vec![weight(layer * n + q)], vec![q]));
            }
            ops.extend((0..n).map(|q| one_gate("cx", Vec::new(), vec![q, (q + 1) % n])));
        }
        let readouts = (0..n).map(z).collect();
        let region = Region { path: "c".into(), n_qubits: n, registers: Vec::new(), n_inputs: 0, ops, readouts };
        let weights: Vec<f64> =
            (0..18).map(|k| std::f64::consts::PI * (1.0 + f64::from(k % 2) * 2.0) + shift * f64::from(k - 8)).collect();
        let case = Case { region: region.clone(), weights: vec![weights.clone()], inputs: Vec::new() };
        let mut model = Model::<f32>::compile(&model_of(region.clone(), 18)).expect("compiles");
        let mut params: Vec<f32> = weights.iter().map(|&x| x as f32).collect();
        let exact: Vec<Vec<f64>> = vec![params.iter().map(|&x| f64::from(x)).collect()];
        let outputs = model.forward(&mut params, &[&[]], 1, Mode::Evaluate).expect("runs").to_vec();
        let expected = dense::run_region(&case.region, &exact, &[]);
        let outputs: Vec<f64> = outputs.iter().map(|&x| f64::from(x)).collect();
        assert!(dense::distance(&outputs, &expected) < 1e-5, "{outputs:?} {expected:?}");
        let mut gradient = vec![0.0f32; 18];
        model.backward(&params, &[1.0; 6], &mut gradient, None).expect("runs");
        let (expected, _) = dense::gradient(&case.region, &exact, &[], &[1.0; 6]);
        let gradient: Vec<f64> = gradient.iter().map(|&x| f64::from(x)).collect();
        assert!(dense::distance(&gradient, &expected[0]) < 1e-4, "{gradient:?} {expected:?}");
    }
}

#[test]
fn a_state_beyond_memory_is_refused_with_its_size() {
    // A gate on each, since idle qubits are left out.
    let ops = (0..50).map(|q| one_gate("h", Vec::new(), vec![q])).collect();
    let region = Region { path: "c".into(), n_qubits: 50, ops, readouts: vec![z(0)], ..Region::default() };
    let error = Model::<f32>::compile(&model_of(region, 1)).expect_err("too large");
    assert_eq!(error.code.meta.code, "QN0701");
    assert!(error.message.contains("PiB"), "{}", error.message);
}

#[test]
fn qubits_that_do_nothing_cost_nothing() {
    let run = |n_qubits: u32, [a, b, c]: [u32; 3]| {
        let ops = vec![one_gate("ry", vec![weight(0)], vec![c]), one_gate("cx", Vec::new(), vec![c, a])];
        let readouts = vec![z(c), z(a), z(b)];
        let region = Region { path: "c".into(), n_qubits, ops, readouts, ..Region::default() };
        let mut model = Model::<f64>::compile(&model_of(region, 1)).expect("three qubits are few");
        model.forward(&mut [0.7], &[&[]], 1, Mode::Evaluate).expect("runs").to_vec()
    };
    assert_eq!(run(3, [0, 1, 2]), run(156, [12, 30, 147]));
}

#[test]
fn prepare_behind_a_gate_is_an_error() {
    let prepare = QuantumOp::Prepare {
        qubits: vec![0],
        values: vec![Angle::constant(1.0), Angle::constant(1.0)],
        path: Arc::from("c"),
        span: Span::default(),
    };
    let ops = vec![one_gate("h", Vec::new(), vec![0]), prepare];
    let region =
        Region { path: "c".into(), n_qubits: 1, registers: Vec::new(), n_inputs: 0, ops, readouts: vec![z(0)] };
    assert_eq!(Model::<f32>::compile(&model_of(region, 1)).expect_err("refused").code.meta.code, "QN0702");
}

/// Seventeen qubits, enough for several chunks and blocks of work; data in the angles and all kinds of gates.
fn wide_region(data: bool) -> Region {
    let n = 17;
    let mut ops = Vec::new();
    for layer in 0..2 {
        for q in 0..n {
            let angle =
                if data { Angle::variable(Variable::Input(q % 4)).plus(&weight(q)) } else { weight(layer * n + q) };
            ops.push(one_gate("ry", vec![angle], vec![q]));
            ops.push(one_gate("rz", vec![weight(q)], vec![q]));
        }
        ops.extend((0..n).map(|q| one_gate("cx", Vec::new(), vec![q, (q + 1) % n])));
        ops.push(one_gate("rxx", vec![weight(3)], vec![2, 11]));
        ops.push(one_gate("rzz", vec![weight(5)], vec![15, 1]));
        ops.push(one_gate("ccx", Vec::new(), vec![0, 15, 7]));
    }
    let string = PauliString::from_factors(vec![(0, Pauli::X), (9, Pauli::Y), (15, Pauli::Z)]);
    let readouts =
        vec![z(0), z(15), Readout::Expectation(PauliSum::string(string)), Readout::Probabilities(vec![3, 14])];
    Region { path: "c".into(), n_qubits: n, registers: Vec::new(), n_inputs: if data { 4 } else { 0 }, ops, readouts }
}

#[test]
fn a_state_in_several_chunks_agrees_and_threads_change_no_byte() {
    for data in [false, true] {
        let region = wide_region(data);
        let rows = if data { 2 } else { 1 };
        let weights: Vec<f64> = (0..34).map(|k| f64::from(k * 7 % 11) / 5.0 - 1.0).collect();
        let inputs: Vec<f64> = (0..4 * rows).map(|k| k as f64 / 9.0).collect();
        let inputs: &[f64] = if data { &inputs } else { &[] };
        let mut model = Model::<f64>::compile(&model_of(region.clone(), 34)).expect("compiles");
        let upstream: Vec<f64> = (0..7 * rows).map(|k| k as f64 - 2.5).collect();
        let mut results = Vec::new();
        for threads in [1, 2] {
            model.set_threads(threads);
            let mut params = weights.clone();
            let outputs = model.forward(&mut params, &[inputs], rows, Mode::Evaluate).expect("runs").to_vec();
            let (mut gradient, mut d_inputs) = (vec![0.0; 34], [Vec::new()]);
            model.backward(&params, &upstream, &mut gradient, Some(&mut d_inputs)).expect("runs");
            let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            if threads == 1 {
                let expected: Vec<f64> = (0..rows)
                    .flat_map(|row| {
                        let inputs = if data { &inputs[4 * row..4 * row + 4] } else { inputs };
                        dense::run_region(&region, std::slice::from_ref(&weights), inputs)
                    })
                    .collect();
                assert!(dense::distance(&outputs, &expected) < 1e-11, "{outputs:?} {expected:?}");
                for variable in [0, 3, 5] {
                    let numeric = dense::central_difference(1e-5, |shift| {
                        let mut params = weights.clone();
                        params[variable] += shift;
                        let mut model = Model::<f64>::compile(&model_of(region.clone(), 34)).expect("compiles");
                        let outputs = model.forward(&mut params, &[inputs], rows, Mode::Evaluate).expect("runs");
                        vec![outputs.iter().zip(&upstream).map(|(a, b)| a * b).sum()]
                    })[0];
                    assert!((gradient[variable] - numeric).abs() < 1e-7, "{} {numeric}", gradient[variable]);
                }
            }
            results.push((bits(&outputs), bits(&gradient), bits(&d_inputs[0])));
        }
        assert_eq!(results[0], results[1]);
    }
}

#[test]
fn the_plan_lists_kernels_with_their_cost() {
    let n = 3;
    let mut ops: Vec<QuantumOp> =
        (0..n).map(|q| one_gate("ry", vec![Angle::variable(Variable::Input(q))], vec![q])).collect();
    for layer in 0..2 {
        ops.extend((0..n).map(|q| one_gate("rx", vec![weight(layer * n + q)], vec![q])));
        ops.extend((0..n).map(|q| one_gate("cx", Vec::new(), vec![q, (q + 1) % n])));
    }
    let region =
        Region { path: "c".into(), n_qubits: n, registers: Vec::new(), n_inputs: n, ops, readouts: vec![z(0)] };
    let plan = Model::<f32>::compile(&model_of(region, 6)).expect("compiles").plan();
    // The first layer and its ring are in the product, the last ring in the observable: one table of phases and one pass
    // of three rotations are all that is left of two layers.
    let kernels: Vec<(&str, f64, f64)> =
        plan.nodes[1].kernels.iter().map(|kernel| (&kernel.name[..], kernel.flops, kernel.bytes)).collect();
    let expected = [
        ("product of 3 factors, 0 prepared", 6.0 * 14.0, 2.0 * 14.0 * 8.0),
        ("phases of 3 gates in one table", 48.0, 128.0 + 4.0),
        ("3 real rotations in one pass", 96.0, 128.0),
        ("1 diagonal observables", 40.0, 64.0),
    ];
    assert_eq!(kernels, expected);
    let text = plan.to_string();
    assert!(text.lines().count() == 7 && text.contains("in all"), "{text}");
}

#[test]
fn a_zero_vector_on_one_state_gives_nan_and_no_gradient() {
    let prepare = QuantumOp::Prepare {
        qubits: vec![0, 1],
        values: vec![Angle::constant(0.0), Angle::constant(0.0), Angle::constant(0.0), weight(1).scaled(0.0)],
        path: Arc::from("c"),
        span: Span::default(),
    };
    let ops = vec![prepare, one_gate("ry", vec![weight(0)], vec![0])];
    let region =
        Region { path: "c".into(), n_qubits: 2, registers: Vec::new(), n_inputs: 0, ops, readouts: vec![z(0)] };
    let mut model = Model::<f32>::compile(&model_of(region, 2)).expect("compiles");
    assert!(model.forward(&mut [0.2, 0.1], &[&[]], 1, Mode::Evaluate).expect("runs")[0].is_nan());
    let mut gradient = [0.0; 2];
    model.backward(&[0.2, 0.1], &[0.0], &mut gradient, None).expect("runs");
    assert_eq!(gradient, [0.0; 2]);
}

#[test]
fn a_region_without_read_outs_gives_nothing() {
    let ops = vec![one_gate("ry", vec![Angle::variable(Variable::Input(0))], vec![0])];
    let region =
        Region { path: "c".into(), n_qubits: 1, registers: Vec::new(), n_inputs: 1, ops, readouts: Vec::new() };
    let mut model = Model::<f64>::compile(&model_of(region, 1)).expect("compiles");
    assert!(model.forward(&mut [0.0], &[&[0.3, 0.4]], 2, Mode::Evaluate).expect("runs").is_empty());
    let (mut gradient, mut d_inputs) = ([0.0], [Vec::new()]);
    model.backward(&[0.0], &[], &mut gradient, Some(&mut d_inputs)).expect("runs");
    assert_eq!(d_inputs[0], [0.0, 0.0]);
}
