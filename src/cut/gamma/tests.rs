//! Every row of the published tables, and the closed forms against the coefficients of the matrices.

use super::*;
use crate::ir::WeightId;
use proptest::prelude::*;
use std::f64::consts::{FRAC_PI_2, PI, SQRT_2};
use std::sync::Arc;

fn gate(name: &str, params: Vec<Angle>) -> GateOp {
    let gate = crate::gates::find(name).unwrap();
    GateOp {
        operation: Operation::Gate { gate, params },
        extra_controls: Vec::new(),
        qubits: (0..u32::try_from(gate.n_qubits()).unwrap()).collect(),
        path: Arc::from(""),
        span: Default::default(),
    }
}

fn number(name: &str, params: &[f64]) -> GateOp {
    gate(name, params.iter().map(|&p| Angle::constant(p)).collect())
}

fn weight(index: u32) -> Angle {
    Angle::variable(Variable::Weight { weight: WeightId(0), index })
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn fixed_gates_cost_what_the_tables_say() {
    let rows: [(&str, &[f64], f64); 17] = [
        ("cx", &[], 3.0),
        ("cy", &[], 3.0),
        ("cz", &[], 3.0),
        ("ch", &[], 3.0),
        ("ecr", &[], 3.0),
        ("cp", &[FRAC_PI_2], 1.0 + SQRT_2),
        ("cp", &[-FRAC_PI_2], 1.0 + SQRT_2),
        ("csx", &[], 1.0 + SQRT_2),
        ("rzz", &[0.0], 1.0),
        ("rzz", &[PI], 1.0),
        ("rzz", &[FRAC_PI_2], 3.0),
        ("sqrtiswap", &[], 4.828_427_124_746_19),
        ("swap", &[], 7.0),
        ("iswap", &[], 7.0),
        ("dcx", &[], 7.0),
        ("sqrtswap", &[], (10f64.sqrt() + 3.0 * SQRT_2).powi(2) / 8.0 - 1.0),
        ("xx_plus_yy", &[PI, 0.4], 7.0),
    ];
    for (name, params, expected) in rows {
        let got = of_gate(&number(name, params));
        assert!(close(got.low, expected) && close(got.high, expected), "{name}: {got:?}, expected {expected}");
        let matrix = of_block(&[&number(name, params)]);
        assert!(close(matrix.high, expected), "{name} from its matrix: {matrix:?}");
    }
}

#[test]
fn the_b_gate_costs_as_published() {
    let (xx, yy) = (number("rxx", &[FRAC_PI_2]), number("ryy", &[FRAC_PI_2 / 2.0]));
    let b = of_block(&[&xx, &yy]);
    assert!((b.high - 5.828_427_124_746_19).abs() < 1e-9, "{b:?}");
}

#[test]
fn squares_are_the_printed_overheads() {
    let printed = [("csx", 5.828), ("sqrtiswap", 23.31), ("swap", 49.0), ("cx", 9.0)];
    for (name, overhead) in printed {
        let gamma = of_gate(&number(name, &[])).high;
        assert!((gamma * gamma - overhead).abs() < 5e-3, "{name}");
    }
}

#[test]
fn families_have_their_interval_while_angles_are_open() {
    let rows: [(&str, usize, f64); 12] = [
        ("rxx", 1, 3.0),
        ("ryy", 1, 3.0),
        ("rzz", 1, 3.0),
        ("rzx", 1, 3.0),
        ("crx", 1, 3.0),
        ("cry", 1, 3.0),
        ("crz", 1, 3.0),
        ("cp", 1, 3.0),
        ("cu3", 3, 3.0),
        ("cu", 4, 3.0),
        ("xx_plus_yy", 2, 7.0),
        ("xx_minus_yy", 2, 7.0),
    ];
    for (name, params, high) in rows {
        let open = gate(name, (0..params).map(|k| weight(u32::try_from(k).unwrap())).collect());
        assert_eq!(of_gate(&open), Interval { low: 1.0, high }, "{name}");
    }
    let half = gate("cu3", vec![Angle::constant(FRAC_PI_2), weight(0), weight(1)]);
    let bounds = of_gate(&half);
    assert!(close(bounds.low, 1.0 + SQRT_2) && close(bounds.high, 3.0), "{bounds:?}");
}

#[test]
fn a_block_never_costs_more_than_its_parts() {
    let (cx, rz) = (number("cx", &[]), GateOp { qubits: vec![1], ..gate("rz", vec![weight(0)]) });
    assert_eq!(of_block(&[&cx, &rz, &cx]), Interval { low: 1.0, high: 3.0 });
    assert_eq!(of_block(&[&cx, &cx]), Interval::exact(1.0));
    let bound = bound(&[&cx, &rz, &cx], &mut |_| 0.3);
    assert!(close(bound, 1.0 + 2.0 * 0.3f64.sin()));
}

proptest! {
    #[test]
    fn closed_forms_are_what_the_matrices_give(at in 0usize..12, values in prop::collection::vec(-7.0..7.0f64, 4)) {
        let names = ["rxx", "ryy", "rzz", "rzx", "crx", "cry", "crz", "cp", "cu3", "cu", "xx_plus_yy", "xx_minus_yy"];
        let count = crate::gates::find(names[at]).unwrap().params.len();
        let open = gate(names[at], (0..count).map(|k| weight(u32::try_from(k).unwrap())).collect());
        let mut variable = |variable: Variable| match variable {
            Variable::Weight { index, .. } => values[index as usize],
            Variable::Input(_) => 0.0,
        };
        let closed = bound(&[&open], &mut variable);
        let matrix = of_matrix(&block_matrix(&[&open], &mut variable).unwrap());
        prop_assert!((closed - matrix).abs() < 1e-6, "{} {closed} {matrix}", names[at]);
        let bounds = of_gate(&open);
        prop_assert!(bounds.low - 1e-9 <= closed && closed <= bounds.high + 1e-9);
        let fixed = of_gate(&number(names[at], &values[..count]));
        prop_assert!((fixed.high - closed).abs() < 1e-9);
    }

    #[test]
    fn extra_controls_are_like_own_ones(theta in -7.0..7.0f64) {
        let own = number("cry", &[theta]);
        let mut extra = number("ry", &[theta]);
        extra.extra_controls = vec![false];
        extra.qubits = vec![0, 1];
        prop_assert!((of_gate(&own).high - of_gate(&extra).high).abs() < 1e-12);
    }
}
