//! Trainings with circuits: a hybrid classifier, ground states, a sample without a state.

use super::*;
use crate::gates;
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Readout, Region, Register, Variable, WeightId};
use crate::math::{C64, Pauli, PauliString, PauliSum, c};

/// A circuit of `n` qubits, gate by gate.
struct Circuit(Region);

impl Circuit {
    fn new(n: u32, n_inputs: u32) -> Self {
        let registers = vec![Register { name: "q".into(), start: 0, len: n }];
        Self(Region { path: "vqc".into(), n_qubits: n, registers, n_inputs, ..Region::default() })
    }

    fn gate(&mut self, name: &str, params: Vec<Angle>, qubits: &[u32]) {
        self.0.ops.push(QuantumOp::Gate(GateOp {
            operation: Operation::Gate { gate: gates::find(name).unwrap(), params },
            extra_controls: Vec::new(),
            qubits: qubits.to_vec(),
            path: name.into(),
            span: Span::default(),
        }));
    }

    /// One rotation by a weight on every qubit, then `cx` from each to the next.
    fn layer(&mut self, rotation: &str, weight: WeightId) {
        let n = self.0.n_qubits;
        for qubit in 0..n {
            self.gate(rotation, vec![Angle::variable(Variable::Weight { weight, index: qubit })], &[qubit]);
        }
        for qubit in 0..n - 1 {
            self.gate("cx", vec![], &[qubit, qubit + 1]);
        }
    }
}

fn angles(builder: &mut Builder, path: &str, n: usize) -> WeightId {
    builder.weight(path, vec![n], Init::Uniform(-0.5, 0.5), true)
}

/// `linear[3] |> circuit |> linear[3]`
fn hybrid() -> Graph {
    let mut builder = Builder::reading(4).linear("in", 3);
    let mut circuit = Circuit::new(3, 3);
    for qubit in 0..3 {
        circuit.gate("ry", vec![Angle::variable(Variable::Input(qubit))], &[qubit]);
    }
    for (at, rotation) in ["rx", "ry"].into_iter().enumerate() {
        let weight = angles(&mut builder, &format!("vqc.layer.{at}.rot"), 3);
        circuit.layer(rotation, weight);
    }
    let z = |qubit| Readout::Expectation(PauliSum::string(PauliString::single(qubit, Pauli::Z)));
    circuit.0.readouts = (0..3).map(z).collect();
    builder.then(Op::Region(Box::new(circuit.0)), vec![3]).linear("out", 3).done()
}

#[test]
fn a_hybrid_model_learns_iris() {
    let (graph, splits) = (hybrid(), iris());
    for precision in [Precision::F32, Precision::F64] {
        let settings = TrainConfig { precision, watch: true, ..config("cross_entropy", 0.05, 30, 16) };
        let trained = run(&graph, Some(&splits), &settings, 4).unwrap();
        let losses: Vec<f64> = trained.history.epochs.iter().map(|epoch| epoch.validation.unwrap().loss).collect();
        assert!(losses[29] < 0.5 * losses[0], "{losses:?}");
        // A linear classifier gets 26 of the 30 validation rows of this split right, whatever its seed.
        assert!(trained.history.validation.unwrap().accuracy.unwrap() >= 26.0 / 30.0, "{:?}", trained.history);
        assert!(trained.history.epochs[29].train.accuracy.unwrap() >= 0.95, "{:?}", trained.history.epochs[29]);
        let again = run(&graph, Some(&splits), &settings, 4).unwrap();
        assert_eq!(again.weights.to_bytes().unwrap(), trained.weights.to_bytes().unwrap());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let parallel = Job { threads: 3, ..job(&graph, &settings, 4) };
        let mut progress = |_: &Progress| ControlFlow::Continue(());
        let parallel = pool.install(|| fit(parallel, Some(&splits), None, Origin::default(), &mut progress)).unwrap();
        assert_eq!(parallel.weights, trained.weights);
    }
}

/// `-Σ Z Z - g Σ X` on a chain.
fn ising(n: u32, g: f64) -> PauliSum {
    let zz = (0..n - 1).map(|q| (-1.0, PauliString::from_factors(vec![(q, Pauli::Z), (q + 1, Pauli::Z)])));
    PauliSum::from_terms(zz.chain((0..n).map(|q| (-g, PauliString::single(q, Pauli::X)))))
}

/// `H v`, straight from what Paulis do to basis states.
fn apply(observable: &PauliSum, v: &[C64]) -> Vec<C64> {
    let mut out = vec![c(0.0, 0.0); v.len()];
    for (coefficient, string) in observable.terms() {
        for (state, &amplitude) in v.iter().enumerate() {
            let (mut to, mut value) = (state, amplitude * *coefficient);
            for &(qubit, pauli) in string.factors() {
                let one = state >> qubit & 1 == 1;
                match pauli {
                    Pauli::X => to ^= 1 << qubit,
                    Pauli::Y => {
                        to ^= 1 << qubit;
                        value *= if one { c(0.0, -1.0) } else { c(0.0, 1.0) };
                    }
                    Pauli::Z if one => value = -value,
                    Pauli::Z => {}
                }
            }
            out[to] += value;
        }
    }
    out
}

/// The lowest eigenvalue, by power iteration on `bound - H`.
fn ground_energy(observable: &PauliSum, n: u32) -> f64 {
    let bound: f64 = observable.terms().iter().map(|(coefficient, _)| coefficient.abs()).sum();
    let mut v: Vec<C64> = (0..1 << n).map(|state| c(1.0 + f64::from(state) * 0.01, 0.1)).collect();
    let mut energy = 0.0;
    for _ in 0..4000 {
        let norm = v.iter().map(C64::norm_sqr).sum::<f64>().sqrt();
        v.iter_mut().for_each(|x| *x /= norm);
        let image = apply(observable, &v);
        energy = v.iter().zip(&image).map(|(a, b)| (a.conj() * b).re).sum();
        v.iter_mut().zip(&image).for_each(|(x, hx)| *x = *x * bound - hx);
    }
    energy
}

/// The energy of `depth` layers of `ry` and `cx`, and a last rotation.
fn energy(n: u32, depth: usize, observable: PauliSum) -> Graph {
    let mut builder = Builder { graph: Graph::new("energy"), last: NodeId(0) };
    let mut circuit = Circuit::new(n, 0);
    for layer in 0..depth {
        let weight = angles(&mut builder, &format!("layer.{layer}.ry"), n as usize);
        circuit.layer("ry", weight);
    }
    let weight = angles(&mut builder, "last", n as usize);
    for qubit in 0..n {
        circuit.gate("ry", vec![Angle::variable(Variable::Weight { weight, index: qubit })], &[qubit]);
    }
    circuit.0.readouts = vec![Readout::Expectation(observable)];
    builder.last = builder.graph.add(Op::Region(Box::new(circuit.0)), &[], vec![1], "", Span::default());
    builder.done()
}

#[test]
fn ground_states_are_found() {
    // The ground state of two transverse spins: -sqrt(1 + 4 g²) with g = 1 on each of two sites.
    assert!((ground_energy(&ising(2, 1.0), 2) + 5f64.sqrt()).abs() < 1e-9);
    for (n, depth, g) in [(2, 1, 1.0), (4, 3, 0.5), (4, 3, 1.0)] {
        let exact = ground_energy(&ising(n, g), n);
        let settings =
            TrainConfig { length: Length::Steps(600), precision: Precision::F64, ..config("output", 0.05, 1, 1) };
        // A start may end in a local minimum; none may end below the ground state, and one of a few must reach it.
        let energies = [1, 2, 7].map(|seed| {
            let trained = run(&energy(n, depth, ising(n, g)), None, &settings, seed).unwrap();
            trained.history.epochs.last().unwrap().train.loss
        });
        let best = energies.into_iter().fold(f64::INFINITY, f64::min);
        assert!(energies.iter().all(|found| *found >= exact - 1e-9), "n = {n}, g = {g}: {energies:?} below {exact}");
        assert!(best - exact < 5e-4, "n = {n}, g = {g}: {energies:?} instead of {exact}");
    }
}

/// The rows of iris, the `zeros` of the training part replaced by zero vectors.
fn with_zeros(zeros: &[usize]) -> Splits {
    let mut splits = load("iris", &DataOptions::default(), 42, &DataDirs::default()).unwrap();
    if let Numbers::F64(values) = &mut splits.train.features {
        zeros.iter().for_each(|&row| values[row * 4..row * 4 + 4].fill(0.0));
    }
    splits
}

#[test]
fn a_sample_without_a_state_spoils_nobody_else() {
    let graph = Builder::reading(4).then(Op::Normalize, vec![4]).linear("out", 3).done();
    let settings = config("cross_entropy", 0.05, 3, 16);
    let trained = run(&graph, Some(&with_zeros(&[3, 50])), &settings, 1).unwrap();
    assert!(trained.history.epochs.iter().all(|epoch| epoch.train.undefined == 2 && epoch.train.rows == 90));
    assert!(trained.history.epochs[2].train.loss < trained.history.epochs[0].train.loss);
    let metrics = measure(&graph, &trained.weights, &settings, &with_zeros(&[3, 50]).train).unwrap();
    assert_eq!((metrics.undefined, metrics.rows), (2, 90));
    let all: Vec<usize> = (0..90).collect();
    assert_eq!(run(&graph, Some(&with_zeros(&all)), &settings, 1).unwrap_err().code.meta.code, "QN0853");
    let error = measure(&graph, &trained.weights, &settings, &with_zeros(&all).train).unwrap_err();
    assert_eq!(error.code.meta.code, "QN0853");
}
