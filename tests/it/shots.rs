//! Measured read-outs: they scatter around the exact values as measurements do, and depend on the seed alone.

use crate::support::arbitrary::{Case, Limits, cases, config};
use crate::support::dense;
use proptest::prelude::*;
use qnas::backends::hybrid::{Mode, Model, Shots};
use qnas::ir::{GateOp, Operation, QuantumOp, Readout, Region};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::source::Span;

/// Runs `rows` equal samples with so many shots.
fn measure(case: &Case, rows: usize, shots: Shots, threads: usize) -> Vec<f64> {
    let mut model = Model::<f64>::compile_measured(&case.graph(), shots).expect("compiles");
    model.set_threads(threads);
    let inputs = case.inputs.repeat(rows);
    let inputs: Vec<&[f64]> = if case.inputs.is_empty() { Vec::new() } else { vec![&inputs] };
    let mut params = case.weights.concat();
    model.forward(&mut params, &inputs, rows, Mode::Evaluate).expect("runs").to_vec()
}

/// The most a single shot can move every output by.
fn reach(region: &Region) -> Vec<f64> {
    let of = |readout: &Readout| match readout {
        Readout::Expectation(sum) => vec![sum.terms().iter().map(|(coefficient, _)| coefficient.abs()).sum()],
        Readout::Probabilities(qubits) => vec![0.5; 1 << qubits.len()],
    };
    region.readouts.iter().flat_map(of).collect()
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn estimates_scatter_around_the_exact_values(case in cases(Limits { max_qubits: 4, ..Limits::default() })) {
        let count = 4000;
        let exact = dense::run_region(&case.region, &case.weights, &case.inputs);
        prop_assume!(exact.iter().all(|x| x.is_finite()));
        let got = measure(&case, 1, Shots { count, seed: 5 }, 1);
        for ((got, exact), reach) in got.iter().zip(&exact).zip(reach(&case.region)) {
            // The standard deviation is at most the reach over the root of the number of shots.
            let most = 6.0 * reach / f64::from(count).sqrt() + 1e-12;
            prop_assert!((got - exact).abs() <= most, "{got} {exact} ± {most}");
        }
    }

    #[test]
    fn the_seed_alone_decides(case in cases(Limits { max_qubits: 4, ..Limits::default() })) {
        let bits = |numbers: Vec<f64>| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        let shots = Shots { count: 50, seed: 9 };
        let first = bits(measure(&case, 3, shots, 1));
        prop_assert_eq!(&first, &bits(measure(&case, 3, shots, 2)));
        // Fewer rows: the same outcomes for those there are.
        let alone = bits(measure(&case, 1, shots, 1));
        prop_assert_eq!(&first[..alone.len()], &alone[..]);
    }
}

fn gate(name: &str, qubits: Vec<u32>) -> QuantumOp {
    let operation = Operation::Gate { gate: qnas::gates::find(name).expect("in the catalogue"), params: Vec::new() };
    QuantumOp::Gate(GateOp { operation, extra_controls: Vec::new(), qubits, path: "c".into(), span: Span::default() })
}

fn string(factors: &[(u32, Pauli)]) -> Readout {
    Readout::Expectation(PauliSum::string(PauliString::from_factors(factors.to_vec())))
}

fn circuit(ops: Vec<QuantumOp>, n_qubits: u32, readouts: Vec<Readout>) -> Case {
    let region = Region { path: "c".into(), n_qubits, registers: Vec::new(), n_inputs: 0, ops, readouts };
    Case { region, weights: vec![vec![0.0], vec![0.0; 3], vec![0.0; 4]], inputs: Vec::new() }
}

#[test]
fn read_outs_of_one_setting_come_from_the_same_shots() {
    let bell = vec![gate("h", vec![0]), gate("cx", vec![0, 1])];
    let (z, x) = (Pauli::Z, Pauli::X);
    let readouts = vec![
        string(&[(0, z)]),
        string(&[(1, z)]),
        string(&[(0, z), (1, z)]),
        string(&[(0, x), (1, x)]),
        Readout::Probabilities(vec![1, 0]),
    ];
    let case = circuit(bell, 2, readouts);
    let count = 1000;
    let got = measure(&case, 1, Shots { count, seed: 3 }, 1);
    assert_eq!(got[0], got[1]);
    assert!((got[2] - 1.0).abs() < 1e-12 && (got[3] - 1.0).abs() < 1e-12, "{got:?}");
    assert!(got[5] == 0.0 && got[6] == 0.0 && (got[4] - got[7] - got[0]).abs() < 1e-12, "{got:?}");
    assert!(got[0] != 0.0 && (got[0] * f64::from(count)).round() - got[0] * f64::from(count) < 1e-9);
    assert_ne!(got, measure(&case, 1, Shots { count, seed: 4 }, 1));
}

#[test]
fn frequencies_follow_the_probabilities() {
    // χ² of eight outcomes with unequal probabilities: seven degrees of freedom, 40 is passed once in a million.
    let mut ops: Vec<QuantumOp> = (0..3).map(|q| gate("sx", vec![q])).collect();
    ops.extend((0..3).flat_map(|q| [gate("t", vec![q]), gate("h", vec![q]), gate("cx", vec![q, (q + 1) % 3])]));
    ops.extend((0..3).flat_map(|q| [gate("t", vec![q]), gate("h", vec![q])]));
    let case = circuit(ops, 3, vec![Readout::Probabilities(vec![0, 1, 2])]);
    let exact = dense::run_region(&case.region, &case.weights, &[]);
    let count = 40_000;
    let got = measure(&case, 1, Shots { count, seed: 1 }, 1);
    assert!((got.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let chi: f64 = got
        .iter()
        .zip(&exact)
        .filter(|(_, exact)| **exact > 1e-9)
        .map(|(got, exact)| f64::from(count) * (got - exact).powi(2) / exact)
        .sum();
    assert!(chi < 40.0 && chi > 0.0, "{chi}");
    assert!(exact.iter().fold(0.0, |a: f64, b| a.max(*b)) > 1.5 / 8.0, "the outcomes are not all alike: {exact:?}");
}

#[test]
fn measurements_have_no_gradient() {
    let case = circuit(vec![gate("h", vec![0])], 1, vec![string(&[(0, Pauli::Z)])]);
    let mut graph = case.graph();
    // A gradient has to be wanted for anything to be refused: the weight is read.
    let weight = qnas::ir::Variable::Weight { weight: qnas::ir::WeightId(0), index: 0 };
    if let qnas::ir::Op::Region(region) = &mut graph.node_mut(graph.outputs[0].node).op {
        let ry = qnas::gates::find("ry").expect("in the catalogue");
        region.ops.push(QuantumOp::Gate(GateOp {
            operation: Operation::Gate { gate: ry, params: vec![qnas::ir::Angle::variable(weight)] },
            extra_controls: Vec::new(),
            qubits: vec![0],
            path: "c".into(),
            span: Span::default(),
        }));
    }
    let mut model = Model::<f64>::compile_measured(&graph, Shots { count: 10, seed: 1 }).expect("compiles");
    let mut params = vec![0.3; model.layout().len];
    model.forward(&mut params, &[], 1, Mode::Evaluate).expect("runs");
    let mut gradient = vec![0.0; params.len()];
    let error = model.backward(&params, &[1.0], &mut gradient, None).expect_err("refused");
    assert_eq!(error.code.meta.code, "QN0707");
}
