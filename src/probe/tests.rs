//! Proxies against closed forms and published values.

use super::*;
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Readout, Variable, WeightId};
use crate::math::{Pauli, PauliString, PauliSum};
use crate::source::Span;
use rand::SeedableRng;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(7)
}

/// A region from gates: name, angle's weight (or input, below zero), qubits.
fn region(n: u32, gates: &[(&str, Option<i32>, &[u32])], observables: &[&[(u32, Pauli)]]) -> Region {
    let op = |&(name, variable, qubits): &(&str, Option<i32>, &[u32])| {
        let angle = variable.map(|v| match u32::try_from(v) {
            Ok(index) => Angle::variable(Variable::Weight { weight: WeightId(0), index }),
            Err(_) => Angle::variable(Variable::Input(v.unsigned_abs() - 1)),
        });
        let gate = crate::gates::find(name).expect("a gate");
        QuantumOp::Gate(GateOp {
            operation: Operation::Gate { gate, params: angle.into_iter().collect() },
            extra_controls: Vec::new(),
            qubits: qubits.to_vec(),
            path: "g".into(),
            span: Span::default(),
        })
    };
    let readout =
        |string: &&[(u32, Pauli)]| Readout::Expectation(PauliSum::string(PauliString::from_factors(string.to_vec())));
    Region {
        n_qubits: n,
        n_inputs: 4,
        ops: gates.iter().map(op).collect(),
        readouts: observables.iter().map(readout).collect(),
        ..Region::default()
    }
}

const Z0: &[(u32, Pauli)] = &[(0, Pauli::Z)];

#[test]
fn a_single_rotation_has_known_numbers() {
    let one = region(1, &[("ry", Some(0), &[0])], &[Z0]);
    // ⟨Z⟩ = cos θ: the derivative is -sin θ, its mean square 1/2.
    let found = gradient_variance(&one, 4000, &mut rng()).expect("a weight");
    assert!((found.mean - 0.5).abs() < 4.0 * found.error, "{found:?}");
    assert_eq!(fisher_rank(&one, 2, &mut rng()), Some(1));
    assert_eq!(jacobian_rank(&one, 2, &mut rng()), Some(1));
    assert_eq!(lie_dimension(&one, 100), Some(LieDimension::Exactly(1)));
    assert_eq!(entangling_capability(&one, 10, &mut rng()), None, "one qubit alone");
}

#[test]
fn ranks_count_independent_weights() {
    // rx rz on one qubit from |0⟩: two directions; a third rotation adds none.
    let three = region(1, &[("rx", Some(0), &[0]), ("rz", Some(1), &[0]), ("rx", Some(2), &[0])], &[Z0]);
    assert_eq!(fisher_rank(&three, 3, &mut rng()), Some(2));
    let twice = region(1, &[("rx", Some(0), &[0]), ("rx", Some(1), &[0])], &[Z0]);
    assert_eq!((fisher_rank(&twice, 3, &mut rng()), jacobian_rank(&twice, 3, &mut rng())), (Some(1), Some(1)));
    assert_eq!(lie_dimension(&three, 100), Some(LieDimension::Exactly(3)), "x, z, y: all of su(2)");
}

#[test]
fn entanglement_of_known_states() {
    let bell = region(2, &[("h", None, &[0]), ("cx", None, &[0, 1])], &[Z0]);
    let ghz = region(3, &[("h", None, &[0]), ("cx", None, &[0, 1]), ("cx", None, &[1, 2])], &[Z0]);
    let product = region(2, &[("ry", Some(0), &[0]), ("ry", Some(1), &[1])], &[Z0]);
    for (region, q) in [(bell, 1.0), (ghz, 1.0), (product, 0.0)] {
        let found = entangling_capability(&region, 5, &mut rng()).expect("two qubits");
        assert!((found - q).abs() < 1e-12, "{found} {q}");
    }
}

#[test]
fn lie_algebras_of_known_families() {
    // The transverse-field Ising chain with open ends: free fermions, so(2n), n (2n - 1).
    for n in 2..=4u32 {
        let mut gates: Vec<(&str, Option<i32>, Vec<u32>)> =
            (0..n).map(|q| ("rx", Some(q.cast_signed()), vec![q])).collect();
        gates.extend((1..n).map(|q| ("rzz", Some((n + q).cast_signed()), vec![q - 1, q])));
        let gates: Vec<(&str, Option<i32>, &[u32])> = gates.iter().map(|(name, v, q)| (*name, *v, &q[..])).collect();
        let found = lie_dimension(&region(n, &gates, &[Z0]), 1000);
        assert_eq!(found, Some(LieDimension::Exactly((n * (2 * n - 1)) as usize)), "{n} spins");
    }
    // Every rotation on both qubits and an entangler: su(4). The second half is moved through the cx.
    let gates: &[(&str, Option<i32>, &[u32])] = &[
        ("rx", Some(0), &[0]),
        ("rz", Some(1), &[0]),
        ("rx", Some(2), &[1]),
        ("rz", Some(3), &[1]),
        ("cx", None, &[0, 1]),
        ("rx", Some(4), &[0]),
        ("rz", Some(5), &[1]),
    ];
    assert_eq!(lie_dimension(&region(2, gates, &[Z0]), 1000), Some(LieDimension::Exactly(15)));
    assert_eq!(lie_dimension(&region(2, gates, &[Z0]), 9), Some(LieDimension::AtLeast(9)));
    // A controlled rotation is half a rotation and half a ZX: their sum alone is one direction.
    assert_eq!(lie_dimension(&region(2, &[("crx", Some(0), &[0, 1])], &[Z0]), 99), Some(LieDimension::Exactly(1)));
}

#[test]
fn frequencies_count_encoding_gates() {
    let once = region(1, &[("rx", Some(-1), &[0]), ("ry", Some(0), &[0])], &[Z0]);
    let twice = region(1, &[("rx", Some(-1), &[0]), ("ry", Some(0), &[0]), ("rx", Some(-1), &[0])], &[Z0]);
    assert_eq!(fourier_degree(&once, 3, &mut rng()), Some(1));
    assert_eq!(fourier_degree(&twice, 3, &mut rng()), Some(2));
    // cos x has the coefficients 1/2 at frequency 1 and nothing else.
    let plain = region(1, &[("rx", Some(-1), &[0])], &[Z0]);
    let sizes = spectrum(&plain, 0, &Point::default()).expect("a spectrum");
    assert!(sizes[0].abs() < 1e-12 && (sizes[1] - 0.5).abs() < 1e-12, "{sizes:?}");
}

#[test]
fn expressibility_orders_known_circuits() {
    // Sim et al., figure 3: one qubit idle, with rz alone after h, with rx and rz.
    let idle = region(1, &[("h", None, &[0]), ("id", None, &[0]), ("p", Some(0), &[0])], &[Z0]);
    let line = region(1, &[("h", None, &[0]), ("rz", Some(0), &[0])], &[Z0]);
    let two = region(1, &[("h", None, &[0]), ("rz", Some(0), &[0]), ("rx", Some(1), &[0])], &[Z0]);
    let [idle, line, two] = [idle, line, two].map(|r| expressibility(&r, 4000, &mut rng()).expect("weights"));
    assert!((idle - line).abs() < 0.05, "a phase is a turn about z: {idle} {line}");
    assert!((0.15..0.3).contains(&line), "published: 0.22; {line}");
    assert!(two < 0.05, "published: 0.02; {two}");
}

#[test]
fn every_probe_is_a_function_of_its_seed() {
    let gates: &[(&str, Option<i32>, &[u32])] = &[
        ("rx", Some(-1), &[0]),
        ("ry", Some(0), &[0]),
        ("ry", Some(1), &[1]),
        ("cx", None, &[0, 1]),
        ("rx", Some(2), &[1]),
    ];
    let region = region(2, gates, &[Z0]);
    for probe in PROBES {
        let [a, b] = [0, 1].map(|_| (probe.measure)(&region, 20, &mut rng()));
        assert_eq!(a, b, "{}", probe.meta.name);
        assert!(a.is_some_and(f64::is_finite), "{} {a:?}", probe.meta.name);
    }
}
