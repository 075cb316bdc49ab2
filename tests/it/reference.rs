//! The reference simulator against itself: full matrices against the state vector, product rule against differences,
//! and hand-computed circuits that pin the order of qubits.

use crate::support::arbitrary::{Limits, cases, config};
use crate::support::dense;
use proptest::prelude::*;
use qnas::ir::{Angle, GateOp, Operation, QuantumOp, Readout, Region, Variable, WeightId};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::source::Span;
use std::sync::Arc;

fn gate(name: &str, params: &[f64], extra_controls: &[bool], qubits: &[u32]) -> QuantumOp {
    QuantumOp::Gate(GateOp {
        operation: Operation::Gate {
            gate: qnas::gates::find(name).expect("in the catalogue"),
            params: params.iter().map(|&value| Angle::constant(value)).collect(),
        },
        extra_controls: extra_controls.to_vec(),
        qubits: qubits.to_vec(),
        path: Arc::from("c"),
        span: Span::default(),
    })
}

fn region(n_qubits: u32, ops: Vec<QuantumOp>, readouts: Vec<Readout>) -> Region {
    Region { path: "c".into(), n_qubits, registers: Vec::new(), n_inputs: 0, ops, readouts }
}

/// The outcome of a circuit that ends in a basis state.
fn outcome(n: u32, ops: Vec<QuantumOp>) -> usize {
    let probabilities = dense::run_region(&region(n, ops, vec![Readout::Probabilities((0..n).collect())]), &[], &[]);
    probabilities.iter().position(|p| (p - 1.0).abs() < 1e-12).expect("a basis state")
}

#[test]
fn qubit_zero_is_least_significant() {
    assert_eq!(outcome(3, vec![gate("x", &[], &[], &[0])]), 0b001);
    assert_eq!(outcome(3, vec![gate("x", &[], &[], &[0]), gate("cx", &[], &[], &[0, 2])]), 0b101);
    assert_eq!(outcome(3, vec![gate("x", &[], &[], &[0]), gate("cx", &[], &[], &[2, 0])]), 0b001);
    assert_eq!(outcome(3, vec![gate("x", &[], &[], &[1]), gate("swap", &[], &[], &[1, 2])]), 0b100);
}

#[test]
fn extra_controls_fire_on_their_value() {
    assert_eq!(outcome(2, vec![gate("x", &[], &[false], &[0, 1])]), 0b10);
    assert_eq!(outcome(2, vec![gate("x", &[], &[true], &[0, 1])]), 0b00);
    assert_eq!(outcome(3, vec![gate("x", &[], &[], &[2]), gate("cx", &[], &[false], &[0, 2, 1])]), 0b110);
}

#[test]
fn probabilities_order_their_qubits() {
    let readouts = vec![
        Readout::Probabilities(vec![1, 0]),
        Readout::Expectation(PauliSum::string(PauliString::single(0, Pauli::Z))),
    ];
    assert_eq!(
        dense::run_region(&region(2, vec![gate("x", &[], &[], &[0])], readouts), &[], &[]),
        [0.0, 0.0, 1.0, 0.0, -1.0]
    );
}

#[test]
fn a_zero_vector_is_its_own_samples_error() {
    let op = QuantumOp::Prepare {
        qubits: vec![0],
        values: vec![Angle::variable(Variable::Input(0)), Angle::constant(0.0)],
        path: Arc::from("c"),
        span: Span::default(),
    };
    let mut region = region(1, vec![op], vec![Readout::Probabilities(vec![0])]);
    region.n_inputs = 1;
    assert!(dense::run_region(&region, &[], &[0.0]).iter().all(|value| value.is_nan()));
    assert_eq!(dense::run_region(&region, &[], &[-2.0]), [1.0, 0.0]);
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn states_are_columns_of_unitaries(case in cases(Limits { prepare: false, max_qubits: 4, ..Limits::default() })) {
        let unitary = dense::unitary(&case.region, &case.weights, &case.inputs);
        let state = dense::final_state(&case.region, &case.weights, &case.inputs);
        prop_assert!(unitary.is_unitary(1e-10));
        let worst = (0..state.len()).map(|row| (unitary[(row, 0)] - state[row]).norm()).fold(0.0, f64::max);
        prop_assert!(worst < 1e-12);
    }

    #[test]
    fn states_stay_normalised(case in cases(Limits::default())) {
        let state = dense::final_state(&case.region, &case.weights, &case.inputs);
        prop_assert!((dense::inner(&state, &state).re - 1.0).abs() < 1e-10);
    }

    #[test]
    fn the_product_rule_agrees_with_differences(case in cases(Limits { max_qubits: 4, max_ops: 8, ..Limits::default() })) {
        // Step 1e-5: the error of the difference is about 1e-10 times a third derivative that stays below 1e4 here.
        let variables = [Variable::Weight { weight: WeightId(1), index: 2 }, Variable::Input(0)];
        for variable in variables {
            let exact = dense::differentiate(&case.region, &case.weights, &case.inputs, variable);
            let numeric = dense::central_difference(1e-5, |shift| {
                let (mut weights, mut inputs) = (case.weights.clone(), case.inputs.clone());
                match variable {
                    Variable::Weight { weight, index } => weights[weight.0 as usize][index as usize] += shift,
                    Variable::Input(index) => inputs[index as usize] += shift,
                }
                dense::run_region(&case.region, &weights, &inputs)
            });
            prop_assert!(dense::distance(&exact, &numeric) < 1e-5, "{exact:?} {numeric:?}");
        }
    }
}
