//! Small circuits step by step: taking apart alone, then placed and written out.

use super::basis::Basis;
use super::circuit::Circuit;
use super::unroll::{Preparation, unroll};
use super::{Options, transpile};
use crate::device::{Device, Native, topology};
use crate::gates;
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Region, Variable, WeightId};
use crate::math::{C64, c};
use crate::source::Span;
use std::sync::Arc;

fn value(angle: &Angle) -> f64 {
    angle.evaluate(|variable| match variable {
        Variable::Weight { index, .. } => 0.9 - 0.7 * f64::from(index),
        Variable::Input(index) => 0.3 + f64::from(index),
    })
}

fn apply(gate: &GateOp, state: &mut Vec<C64>) {
    let params: Vec<f64> = gate.params().iter().map(value).collect();
    let matrix = gate.target_matrix(&params);
    let controls: Vec<(u32, bool)> = gate.controls().collect();
    let targets = gate.targets();
    let mut out = vec![c(0.0, 0.0); state.len()];
    for (row, slot) in out.iter_mut().enumerate() {
        if controls.iter().any(|&(qubit, on)| (row >> qubit & 1 == 1) != on) {
            *slot = state[row];
            continue;
        }
        let local: usize = targets.iter().enumerate().map(|(k, &q)| (row >> q & 1) << k).sum();
        for column in 0..matrix.dim() {
            let from = targets.iter().enumerate().fold(row, |from, (k, &q)| from & !(1 << q) | (column >> k & 1) << q);
            *slot += matrix[(local, column)] * state[from];
        }
    }
    *state = out;
}

fn run(ops: &[QuantumOp], n: usize) -> Vec<C64> {
    let mut state = vec![c(0.0, 0.0); 1 << n];
    state[0] = c(1.0, 0.0);
    for op in ops {
        if let QuantumOp::Gate(gate) = op {
            apply(gate, &mut state);
        }
    }
    state
}

fn gate(name: &str, params: &[Angle], qubits: &[u32]) -> QuantumOp {
    let kind = gates::find(name).unwrap();
    QuantumOp::Gate(GateOp {
        operation: Operation::Gate { gate: kind, params: params.to_vec() },
        extra_controls: vec![true; qubits.len() - kind.n_qubits()],
        qubits: qubits.to_vec(),
        path: Arc::from("c"),
        span: Span::default(),
    })
}

fn apart(a: &[C64], b: &[C64]) -> f64 {
    1.0 - a.iter().zip(b).map(|(x, y)| x.conj() * y).sum::<C64>().norm()
}

/// A generic product state, then one gate, then local gates that make its phases count.
fn around(name: &str, params: &[Angle], n_controls: usize) -> Region {
    let kind = gates::find(name).unwrap();
    let n = u32::try_from((kind.n_qubits() + n_controls).max(1)).unwrap();
    let number = Angle::constant;
    let spread = |q: u32| gate("u", &[number(0.4 + f64::from(q)), number(0.3), number(-1.2)], &[q]);
    let mut ops: Vec<QuantumOp> = (0..n).map(spread).collect();
    ops.push(gate(name, params, &(0..u32::try_from(kind.n_qubits() + n_controls).unwrap()).rev().collect::<Vec<_>>()));
    Region { path: "c".into(), n_qubits: n, ops, ..Region::default() }
}

fn devices() -> Vec<Device> {
    let device = |rule: &str, parameters: &[u32], names: &[&str]| {
        let (n, edges) = (topology::find(rule).unwrap().generate)(parameters).unwrap();
        let native = names.iter().map(|name| match name.split_once('=') {
            Some((name, turns)) => Native {
                gate: gates::find(name).unwrap(),
                params: Some(vec![turns.parse::<f64>().unwrap() * std::f64::consts::PI]),
            },
            None => Native { gate: gates::find(name).unwrap(), params: None },
        });
        Device::new(names.join(" "), n, edges, native.collect())
    };
    let mut directed = device("path", &[6], &["rz", "sx", "x", "ecr"]);
    directed.directed = true;
    vec![
        device("path", &[6], &["rz", "sx", "x", "cx"]),
        device("path", &[6], &["rz", "sx", "x", "cz"]),
        directed,
        device("path", &[6], &["rz", "rx=0.5", "rx=-0.5", "rx=1", "iswap"]),
        device("hub", &[6, 2], &["r", "cz"]),
        device("path", &[6], &["rz", "r", "rzz"]),
        device("path", &[6], &["rz", "rx", "ry", "rxx"]),
        device("path", &[6], &["rz", "ry", "rzx"]),
        device("path", &[6], &["rz", "r", "ryy"]),
        device("path", &[6], &["u", "cx"]),
        device("path", &[6], &["rz", "sx", "rzz=0.5"]),
        device("path", &[6], &["rz", "sx", "rx", "cz", "rzz"]),
    ]
}

/// How far the transpiled state is from the original.
fn error(region: &Region, device: &Device) -> f64 {
    let out = transpile(region, device, &Options { trials: 2, ..Options::default() }).unwrap();
    let found = run(&out.region.ops, device.n_qubits as usize);
    let expected = run(&region.ops, region.n_qubits as usize);
    let mut state = vec![c(0.0, 0.0); expected.len()];
    for (index, slot) in state.iter_mut().enumerate() {
        *slot = found[(0..out.last.len()).filter(|q| index >> q & 1 == 1).map(|q| 1 << out.last[q]).sum::<usize>()];
    }
    apart(&expected, &state)
}

fn angles(count: usize, open: bool) -> Vec<Angle> {
    (0u32..)
        .take(count)
        .map(|index| match open {
            true => Angle::variable(Variable::Weight { weight: WeightId(0), index }),
            false => Angle::constant(0.37 + f64::from(index)),
        })
        .collect()
}

#[test]
fn every_gate_keeps_its_meaning_on_every_kind_of_device() {
    let mut wrong = Vec::new();
    for device in devices() {
        for kind in gates::GATES {
            for (open, n_controls) in [(true, 0), (false, 0), (true, 1), (false, 1), (true, 2)] {
                if kind.n_qubits() + n_controls > 4 || (n_controls > 0 && device.name != "rz sx x cx") {
                    continue;
                }
                let region = around(kind.meta.name, &angles(kind.params.len(), open), n_controls);
                let error = error(&region, &device);
                if error > 1e-9 {
                    wrong.push(format!(
                        "{} {} open {open} controls {n_controls}: {error:.1e}",
                        device.name, kind.meta.name
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn gates_come_apart_into_as_few_meetings_as_they_need() {
    for (name, wanted) in [
        ("cx", 1),
        ("swap", 3),
        ("iswap", 2),
        ("crx", 2),
        ("rzz", 2),
        ("xx_plus_yy", 2),
        ("cu3", 2),
        ("ccx", 6),
        ("dcx", 2),
    ] {
        let kind = gates::find(name).unwrap();
        let region = around(name, &angles(kind.params.len(), true), 0);
        let circuit: Circuit = unroll(&region, Preparation::Refuse).unwrap();
        let basis = Basis::of(&devices()[0]).unwrap();
        let gates: u32 = circuit.meetings().map(|meeting| super::emit::gates_of(&basis, &meeting.axes)).sum();
        assert_eq!(gates, wanted, "{name}");
    }
}

#[test]
fn entangling_all_pairs_keeps_its_meaning_on_lines_and_ladders() {
    let device = |rule: &str, parameters: &[u32], two: &str| {
        let (n, edges) = (topology::find(rule).unwrap().generate)(parameters).unwrap();
        let native = ["rz", "sx", "x", two].map(|name| Native { gate: gates::find(name).unwrap(), params: None });
        Device::new(rule, n, edges, native.to_vec())
    };
    for (device, most) in [(device("path", &[8], "cx"), 2.0), (device("grid", &[2, 4], "cz"), 1.8)] {
        for (n, two) in [(4, "cx"), (5, "cx"), (7, "cx"), (8, "cx"), (8, "cz"), (7, "rzz"), (8, "rzz")] {
            let mut ops = Vec::new();
            let turns = |ops: &mut Vec<QuantumOp>, layer: u32| {
                ops.extend((0..n).map(|q| gate("ry", &[Angle::constant(0.3 + f64::from(q + 3 * layer))], &[q])));
            };
            for layer in 0..3 {
                turns(&mut ops, layer);
                let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| [a, b]));
                let angle = if two == "rzz" { angles(1, true) } else { Vec::new() };
                ops.extend(pairs.map(|pair| gate(two, &angle, &pair)));
            }
            turns(&mut ops, 3);
            let region = Region { path: "c".into(), n_qubits: n, ops, ..Region::default() };
            let wrong = error(&region, &device);
            assert!(wrong < 1e-9, "{two} on {n} qubits, {}: {wrong:.1e}", device.name);
            let out = transpile(&region, &device, &Options::default()).unwrap();
            let pairs = f64::from(3 * n * (n - 1) / 2) * if two == "rzz" { 1.5 } else { 1.0 };
            assert!(out.two_qubit as f64 <= most * pairs, "{two} on {n} qubits, {}: {}", device.name, out.two_qubit);
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 120, failure_persistence: None, ..Default::default() })]
    /// Clifford gates and open rotations: what merges, cancels and passes gates the most.
    #[test]
    fn circuits_that_merge_much_keep_their_meaning(
        steps in proptest::collection::vec((0usize..12, 0u32..5, 1u32..5, 0u32..3), 0..30),
        which in 0usize..12,
    ) {
        let mut ops: Vec<QuantumOp> = (0..5).map(|q| gate("ry", &[Angle::constant(0.3 + f64::from(q))], &[q])).collect();
        for (kind, a, shift, index) in steps {
            let b = (a + shift) % 5;
            let open = Angle::variable(Variable::Weight { weight: WeightId(0), index });
            ops.push(match kind {
                0..=2 => gate("cx", &[], &[a, b]),
                3 => gate("cz", &[], &[a, b]),
                4 => gate("swap", &[], &[a, b]),
                5 => gate("rzz", &[open], &[a, b]),
                6 => gate("ry", &[open], &[a]),
                7 => gate("rz", &[open], &[a]),
                8 => gate("x", &[], &[a]),
                9 => gate("h", &[], &[a]),
                10 => gate("z", &[], &[a]),
                _ => gate("s", &[], &[a]),
            });
        }
        let region = Region { path: "c".into(), n_qubits: 5, ops, ..Region::default() };
        let device = &devices()[which];
        let error = error(&region, device);
        proptest::prop_assert!(error < 1e-9, "{}: {error:.1e}", device.name);
    }
}
