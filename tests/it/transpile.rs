//! Transpiled circuits are legal and right: every gate native, every pair coupled, the state that of the original.

use crate::support::arbitrary::{self, Case, Limits};
use crate::support::{build, dense};
use proptest::prelude::*;
use qnas::device::{Device, Native, topology};
use qnas::gates;
use qnas::ir::{Operation, QuantumOp, Region};
use qnas::math::{C64, c};
use qnas::target::{Options, Transpiled, transpile};

fn native(names: &[&str]) -> Vec<Native> {
    names
        .iter()
        .map(|text| {
            let (name, params) = match text.split_once('=') {
                Some((name, turns)) => {
                    (name, Some(vec![turns.parse::<f64>().expect("a number") * std::f64::consts::PI]))
                }
                None => (*text, None),
            };
            Native { gate: gates::find(name).expect("a gate"), params }
        })
        .collect()
}

fn device(rule: &str, parameters: &[u32], gates: &[&str]) -> Device {
    let (n, edges) = (topology::find(rule).expect("a rule").generate)(parameters).expect("a graph");
    Device::new(rule, n, edges, native(gates))
}

/// Devices of every kind of native gates, small and large.
fn devices() -> Vec<Device> {
    let ibm = ["rz", "sx", "x"];
    let with = |gates: &[&'static str], more: &[&'static str]| [gates, more].concat();
    let mut directed = device("path", &[7], &with(&ibm, &["ecr"]));
    directed.directed = true;
    vec![
        device("path", &[6], &with(&ibm, &["cx"])),
        device("eagle", &[], &with(&ibm, &["cz"])),
        directed,
        device("grid", &[3, 3], &["rz", "rx=0.5", "rx=-0.5", "rx=1", "iswap"]),
        device("hub", &[6, 2], &["r", "cz"]),
        device("all_to_all", &[6], &["rz", "r", "rzz"]),
        device("all_to_all", &[6], &["rz", "rx", "ry", "rxx"]),
        device("cycle", &[6], &with(&ibm, &["rx", "cz", "rzz"])),
        device("cycle", &[7], &["u", "cx"]),
        device("path", &[6], &["rz", "ry", "rzx"]),
        device("path", &[6], &["rz", "r", "ryy"]),
        device("heavy_hex", &[2, 7, 0, 1], &["u3", "ecr"]),
        device("path", &[6], &["rz", "sx", "rzz=0.5"]),
    ]
}

/// Every gate is one the device has, on qubits it couples.
fn assert_legal(out: &Transpiled, device: &Device) {
    for op in &out.region.ops {
        let QuantumOp::Gate(gate) = op else { panic!("only gates are native: {op:?}") };
        assert!(gate.extra_controls.is_empty());
        let Operation::Gate { gate: kind, params } = &gate.operation else { panic!("no matrix is native") };
        let has = device.native.iter().any(|native| {
            let same = |wanted: &[f64]| {
                params.iter().zip(wanted).all(|(a, b)| a.as_constant().is_some_and(|a| (a - b).abs() < 1e-9))
            };
            std::ptr::eq(native.gate, *kind) && native.params.as_deref().is_none_or(same)
        });
        assert!(has, "{} {:?} is not native to {}", kind.meta.name, params, device.name);
        if let [a, b] = gate.qubits[..] {
            let edge = device.coupling().edge(a, b).unwrap_or_else(|| panic!("{a} and {b} are not coupled"));
            let symmetric = ["cz", "rzz", "rxx", "ryy", "iswap"].contains(&kind.meta.name);
            assert!(!device.directed || symmetric || device.edges[edge] == (a, b), "{a}, {b} against the direction");
        }
        assert!(gate.qubits.len() <= 2);
    }
}

/// The state of a transpiled region on the original qubits; everything else must be untouched.
fn state(out: &Transpiled, weights: &[Vec<f64>], inputs: &[f64]) -> Vec<C64> {
    let mut used: Vec<u32> = out.region.ops.iter().flat_map(|op| op.qubits().to_vec()).collect();
    used.extend(&out.initial);
    used.extend(&out.last);
    used.sort_unstable();
    used.dedup();
    let at = |qubit: u32| u32::try_from(used.binary_search(&qubit).expect("used")).expect("few");
    let mut region = out.region.clone();
    region.n_qubits = u32::try_from(used.len()).expect("few");
    for op in &mut region.ops {
        if let QuantumOp::Gate(gate) = op {
            gate.qubits.iter_mut().for_each(|qubit| *qubit = at(*qubit));
        }
    }
    let full = dense::final_state(&region, weights, inputs);
    let n = out.last.len();
    let mut state = vec![c(0.0, 0.0); 1 << n];
    for (index, slot) in state.iter_mut().enumerate() {
        let place: usize = (0..n).filter(|q| index >> q & 1 == 1).map(|q| 1usize << at(out.last[q])).sum();
        *slot = full[place];
    }
    state
}

/// `1 - |<a|b>|`
fn apart(a: &[C64], b: &[C64]) -> f64 {
    1.0 - a.iter().zip(b).map(|(x, y)| x.conj() * y).sum::<C64>().norm()
}

fn check(region: &Region, weights: &[Vec<f64>], inputs: &[f64], device: &Device, seed: u64) -> Transpiled {
    let options = Options { seed, trials: 3, ..Options::default() };
    let out = transpile(region, device, &options).expect("it fits");
    assert_legal(&out, device);
    let expected = dense::final_state(region, weights, inputs);
    let found = state(&out, weights, inputs);
    assert!(apart(&expected, &found) < 1e-8, "{} {:?}", device.name, out.region.ops);
    out
}

#[test]
fn random_circuits_are_legal_and_right_on_every_kind_of_device() {
    let limits = Limits { max_qubits: 4, max_ops: 12, prepare: false, ..Limits::default() };
    let devices = devices();
    let mut runner = proptest::test_runner::TestRunner::new(arbitrary::config(60));
    let strategy = (arbitrary::cases(limits), 0..devices.len(), any::<u64>());
    let run = runner.run(&strategy, |(Case { region, weights, inputs }, which, seed)| {
        check(&region, &weights, &inputs, &devices[which], seed);
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn every_gate_is_right_on_every_kind_of_device() {
    let weights = vec![vec![0.71], vec![1.3, -0.4, 2.2], vec![-1.9, 0.6, 1.1, -0.2]];
    for device in devices() {
        for gate in gates::GATES {
            let n = u32::try_from(gate.n_qubits()).expect("few").max(1);
            let open: Vec<_> =
                (0..gate.params.len()).map(|k| build::element(qnas::ir::WeightId(2), k as u32)).collect();
            let numbers: Vec<_> = (0..gate.params.len()).map(|k| build::number(0.37 + k as f64)).collect();
            for params in [open, numbers] {
                let spread = (0..n).map(|q| {
                    build::gate(
                        "u",
                        &[build::number(0.4 + f64::from(q)), build::number(0.3), build::number(-1.2)],
                        &[q],
                        "c",
                    )
                });
                let mut ops: Vec<QuantumOp> = spread.collect();
                let qubits: Vec<u32> = (0..gate.n_qubits() as u32).rev().collect();
                ops.push(build::gate(gate.meta.name, &params, &qubits, "c.gate"));
                let region = build::region("c", n, 0, ops, build::expect_z(n));
                check(&region, &weights, &[], &device, 1);
            }
        }
    }
}

#[test]
fn constant_states_are_prepared() {
    for n in 1..=4u32 {
        let values: Vec<_> = (0..1u32 << n).map(|k| build::number((f64::from(k) * 1.7).sin())).collect();
        let qubits: Vec<u32> = (0..n).rev().collect();
        let region = build::region("c", n, 0, vec![build::prepare(&values, &qubits, "c.p")], build::expect_z(n));
        for device in devices() {
            check(&region, &[], &[], &device, 2);
        }
    }
}

#[test]
fn a_swap_beside_a_cx_is_one_gate_more() {
    let device = device("path", &[3], &["rz", "sx", "x", "cx"]);
    let ops = [[0, 1], [1, 2], [0, 2]].map(|pair| build::gate("cx", &[], &pair, "c.cx"));
    let region = build::region("c", 3, 0, ops.to_vec(), build::expect_z(3));
    let out = check(&region, &[], &[], &device, 0);
    assert_eq!((out.swaps, out.two_qubit), (1, 4));
}

#[test]
fn the_same_seed_gives_the_same_circuit_on_any_number_of_threads() {
    let device = device("eagle", &[], &["rz", "sx", "x", "ecr"]);
    let ops: Vec<QuantumOp> =
        (0..9u32).flat_map(|a| (a + 1..9).map(move |b| build::gate("cx", &[], &[a, b], "c.cx"))).collect();
    let region = build::region("c", 9, 0, ops, build::expect_z(9));
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| transpile(&region, &device, &Options { seed: 5, ..Options::default() }).expect("it fits"))
    };
    let (one, three) = (run(1), run(3));
    assert_eq!(one.region.ops, three.region.ops);
    assert_eq!((one.initial, one.last), (three.initial, three.last));
}
