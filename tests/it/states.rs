//! Circuits without data that need no complex state, or no gate after gate: against the dense reference. And circuits that
//! begin alike: against the same circuits apart.

use crate::support::arbitrary::{Case, Limits, cases, config, weights};
use crate::support::dense;
use proptest::prelude::*;
use qnas::backends::Real;
use qnas::backends::hybrid::{Mode, Model};
use qnas::backends::sim::simd::Isa;
use qnas::ir::{Graph, Op, Operation, Output, QuantumOp, Readout};
use qnas::math::{Pauli, PauliString, PauliSum};
use qnas::source::Span;

/// Without what would need the general way, and enough gates that circuits are worth something.
fn only(gates: &'static [&'static str]) -> Limits {
    let (prepare, extra_controls, inputs) = (false, false, false);
    Limits { min_qubits: 2, max_qubits: 7, max_ops: 24, prepare, extra_controls, inputs, gates }
}

/// The case with read-outs that ask for probabilities alone, and without arbitrary matrices.
fn by_place(mut case: Case) -> Case {
    let n = case.region.n_qubits;
    let arbitrary =
        |op: &QuantumOp| matches!(op, QuantumOp::Gate(gate) if matches!(gate.operation, Operation::Unitary(_)));
    case.region.ops.retain(|op| !arbitrary(op));
    let z = |qubit: u32| PauliString::single(qubit, Pauli::Z);
    let both = PauliString::from_factors(vec![(0, Pauli::Z), (n - 1, Pauli::Z)]);
    case.region.readouts = vec![
        Readout::Expectation(PauliSum::from_terms([(0.7, z(0)), (-1.3, both)])),
        Readout::Probabilities((0..n).rev().collect()),
        Readout::Probabilities(vec![n - 1]),
    ];
    case
}

fn upstream(len: usize) -> Vec<f64> {
    (0..len).map(|k| ((k * 37 + 11) % 17) as f64 / 8.0 - 1.0).collect()
}

/// Outputs and gradient of a graph without inputs, after two backward passes.
fn run<T: Real>(graph: &Graph, numbers: &[f64], isa: Isa, threads: usize) -> (Vec<f64>, Vec<f64>, Vec<String>) {
    let mut model = Model::<T>::compile_for(graph, isa).expect("compiles");
    model.set_threads(threads);
    let mut params: Vec<T> = numbers.iter().map(|&x| T::of(x)).collect();
    let outputs: Vec<f64> =
        model.forward(&mut params, &[], 1, Mode::Evaluate).expect("runs").iter().map(|x| x.wide()).collect();
    let slopes: Vec<T> = upstream(outputs.len()).into_iter().map(T::of).collect();
    let mut gradient = vec![T::zero(); params.len()];
    for _ in 0..2 {
        gradient.fill(T::zero());
        model.backward(&params, &slopes, &mut gradient, None).expect("runs");
    }
    let kernels = model.plan().nodes.into_iter().flat_map(|node| node.kernels).map(|kernel| kernel.name).collect();
    (outputs, gradient.iter().map(|x| x.wide()).collect(), kernels)
}

fn far(got: &[f64], expected: &[f64]) -> f64 {
    dense::distance(got, expected) / expected.iter().fold(1.0, |most: f64, x| most.max(x.abs()))
}

fn compare<T: Real>(case: &Case, isa: Isa, tolerance: f64) -> Result<Vec<String>, TestCaseError> {
    let (outputs, gradient, kernels) = run::<T>(&case.graph(), &case.weights.concat(), isa, 1);
    let expected = dense::run_region(&case.region, &case.weights, &[]);
    prop_assert!(far(&outputs, &expected) < tolerance, "{outputs:?}\nexpected {expected:?}");
    let (slopes, _) = dense::gradient(&case.region, &case.weights, &[], &upstream(expected.len()));
    let slopes = slopes.concat();
    prop_assert!(far(&gradient, &slopes) < tolerance, "{gradient:?}\nexpected {slopes:?}");
    Ok(kernels)
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn real_states_agree_with_the_reference(case in cases(only(&["ry", "h", "cx", "x", "swap"]))) {
        let case = by_place(case);
        for isa in Isa::available() {
            let kernels = compare::<f64>(&case, isa, 1e-10)?;
            compare::<f32>(&case, isa, 2e-5)?;
            prop_assert!(kernels.iter().all(|name| !name.contains("2x2") || name.contains("real 2x2")), "{kernels:?}");
        }
    }

    #[test]
    fn commuting_rotations_agree_with_the_reference(case in cases(only(&["rx", "cx", "rxx", "swap"]))) {
        let case = by_place(case);
        for isa in Isa::available() {
            let kernels = compare::<f64>(&case, isa, 1e-10)?;
            compare::<f32>(&case, isa, 2e-5)?;
            // A rotation by a number is a matrix like any other.
            let number = |op: &QuantumOp| op.angles().iter().any(|angle| angle.terms().is_empty());
            let all = case.region.ops.iter().any(number) || kernels.iter().any(|name| name.contains("commuting"));
            prop_assert!(all, "{kernels:?}");
        }
    }

    #[test]
    fn gates_that_change_nothing_at_the_beginning_are_left_out_rightly(
        case in cases(only(&["h", "x", "cx", "cz", "rz", "ry"])),
    ) {
        compare::<f64>(&by_place(case), Isa::detect(), 1e-10)?;
    }

    #[test]
    fn circuits_that_begin_alike_give_what_they_give_apart(
        case in cases(Limits { min_qubits: 3, ..only(&["ry", "h", "cx", "rz", "rx", "ryy"]) }),
        other in cases(Limits { min_qubits: 3, ..only(&["ry", "h", "cx", "rz"]) }),
        cut in 0usize..24,
    ) {
        // Both go their own way after the first steps; a third follows the second for longer.
        let fits = |op: &QuantumOp| op.qubits().iter().all(|&qubit| qubit < case.region.n_qubits);
        let own: Vec<_> = other.region.ops.iter().filter(|op| fits(op)).cloned().collect();
        let branch = |keep: usize, from: &[QuantumOp]| {
            let mut one = by_place(case.clone());
            one.region.ops.truncate(keep);
            one.region.ops.extend_from_slice(from);
            one
        };
        let half = own.len() / 2;
        let all = [by_place(case.clone()), branch(cut, &own), branch(cut, &own[..half]), branch(cut / 2, &own[half..])];
        let mut together = Graph::new("together");
        for weight in weights() {
            together.add_weight(weight);
        }
        let mut outputs = Vec::new();
        let numbers = case.weights.concat();
        let mut gradient = vec![0.0; numbers.len()];
        let total: usize = all.iter().map(|one| one.region.n_outputs()).sum();
        let slopes = upstream(total);
        for (at, one) in all.iter().enumerate() {
            let len = one.region.n_outputs();
            let from = outputs.len();
            outputs.extend(dense::run_region(&one.region, &case.weights, &[]));
            let (by_weight, _) = dense::gradient(&one.region, &case.weights, &[], &slopes[from..from + len]);
            gradient.iter_mut().zip(by_weight.concat()).for_each(|(sum, d)| *sum += d);
            let region = Op::Region(Box::new(one.region.clone()));
            let node = together.add(region, &[], vec![len], format!("c{at}"), Span::default());
            together.outputs.push(Output { name: format!("o{at}"), node });
        }
        let (got, slopes, _) = run::<f64>(&together, &numbers, Isa::detect(), 1);
        prop_assert!(far(&got, &outputs) < 1e-10);
        prop_assert!(far(&slopes, &gradient) < 1e-10, "{slopes:?}\nexpected {gradient:?}");
        let threads = run::<f64>(&together, &numbers, Isa::detect(), 2);
        prop_assert_eq!((&got, &slopes), (&threads.0, &threads.1));
    }
}
