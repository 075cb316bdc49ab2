//! What each kind of gate does to Pauli strings on its operands, multiplied out once per kind.

use crate::ir::{GateOp, QuantumOp, Region};
use crate::math::{C64, Matrix};
use crate::passes::local::{
    EPS, KindKey, LocalPauli, MAX_OPERANDS, is_kept_number, operand_derivative, operand_matrix, pauli_coefficients,
    sample_params, sandwich,
};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::sync::Arc;

/// How one kind of gate `U` acts on local Pauli strings, for generic values of its angles.
pub(crate) struct Table {
    /// Number of operands.
    pub(crate) n: usize,
    /// Per string `P`: does `U` commute with it, whatever the angles?
    pub(crate) fixed: Vec<bool>,
    /// Per string `P` the strings of `U† P U`, with coefficients at one place.
    pub(crate) images: Vec<Vec<(LocalPauli, f64)>>,
    /// Per parameter and string `P` the strings of the derivative of `U† P U`.
    pub(crate) derivatives: Vec<Vec<Vec<LocalPauli>>>,
    /// Per string `P`: `U P U†` if that is one string, sign left out.
    pub(crate) forward: Vec<Option<LocalPauli>>,
    /// If the gate is `exp(-i angle P / 2)` in every angle up to a phase: that string.
    pub(crate) generator: Option<LocalPauli>,
    /// Does it take every string to one string? Then it may become part of an observable.
    pub(crate) clifford: bool,
}

impl Table {
    fn new(gate: &GateOp) -> Option<Self> {
        let n = gate.qubits.len();
        if n > MAX_OPERANDS || n == 0 {
            return None;
        }
        let samples = [sample_params(gate, 0), sample_params(gate, 1)];
        let [u, v] = samples.each_ref().map(|params| operand_matrix(gate, params));
        let (u, v) = (u?, v?);
        let strings = 0..=LocalPauli::try_from((1usize << (2 * n)) - 1).unwrap_or(LocalPauli::MAX);
        let mut images = Vec::new();
        let mut fixed = Vec::new();
        let mut forward = Vec::new();
        for pauli in strings.clone() {
            let [first, second] = [&u, &v].map(|m| pauli_coefficients(&sandwich(&m.dagger(), pauli, n, m), n));
            let stays =
                |found: &[(LocalPauli, C64)]| matches!(found, &[(p, k)] if p == pauli && (k.re - 1.0).abs() < EPS);
            fixed.push(stays(&first) && stays(&second));
            let mut all: Vec<(LocalPauli, f64)> = first.iter().map(|&(p, k)| (p, k.re)).collect();
            all.extend(second.iter().filter(|(p, _)| first.iter().all(|f| f.0 != *p)).map(|&(p, k)| (p, k.re)));
            all.sort_unstable_by_key(|image| image.0);
            images.push(all);
            let moved = [&u, &v].map(|m| pauli_coefficients(&sandwich(m, pauli, n, &m.dagger()), n));
            forward.push(match (&*moved[0], &*moved[1]) {
                (&[(a, _)], &[(b, _)]) if a == b => Some(a),
                _ => None,
            });
        }

        let derivatives = (0..gate.params().len())
            .map(|k| {
                // The kinds of gates with constant angles are many, and nobody turns a constant.
                if is_kept_number(gate, k) {
                    return strings.clone().map(|_| Vec::new()).collect();
                }
                let slopes = samples.each_ref().map(|params| operand_derivative(gate, params, k));
                strings.clone().map(|pauli| derivative(pauli, n, [&u, &v], &slopes)).collect()
            })
            .collect();
        let clifford = images.iter().all(|found| found.len() == 1);
        Some(Self { n, fixed, images, derivatives, forward, generator: generator(gate, n), clifford })
    }
}

fn generator(gate: &GateOp, n: usize) -> Option<LocalPauli> {
    let crate::ir::Operation::Gate { gate: kind, .. } = &gate.operation else { return None };
    let &[(_, letters)] = kind.generator else {
        // A gate without angles may still be a Pauli.
        return (n == 1 && gate.n_controls() == 0).then(|| pauli_gate(gate)).flatten();
    };
    (gate.n_controls() == 0).then(|| {
        letters.bytes().enumerate().fold(0, |mask, (j, letter)| {
            let code: LocalPauli = match letter {
                b'X' => 1,
                b'Z' => 2,
                b'Y' => 3,
                _ => 0,
            };
            mask | code << (2 * j)
        })
    })
}

/// The Pauli a constant diagonal or Pauli-like gate on one qubit is a function of.
fn pauli_gate(gate: &GateOp) -> Option<LocalPauli> {
    let matrix = operand_matrix(gate, &sample_params(gate, 0))?;
    let other = operand_matrix(gate, &sample_params(gate, 1))?;
    let one = Matrix::identity(2);
    let commutes = |m: &Matrix, p: LocalPauli| sandwich(m, p, 1, &one).distance(&sandwich(&one, p, 1, m)) < EPS;
    (1..=3).find(|&p| commutes(&matrix, p) && commutes(&other, p))
}

fn derivative(pauli: LocalPauli, n: usize, u: [&Matrix; 2], slopes: &[Option<Matrix>; 2]) -> Vec<LocalPauli> {
    let mut out = Vec::new();
    for (u, slope) in u.iter().zip(slopes) {
        let Some(slope) = slope else { continue };
        let half = sandwich(&u.dagger(), pauli, n, slope);
        out.extend(pauli_coefficients(&half.plus(&half.dagger()), n).into_iter().map(|(p, _)| p));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// The tables of a region's steps, shared between gates of one kind.
pub(crate) struct Tables {
    /// Per step; `None` for what is no gate, has no operand or too many.
    pub(crate) of_op: Vec<Option<Arc<Table>>>,
}

/// Tables by kind of gate.
type Known = FxHashMap<KindKey, Option<Arc<Table>>>;

/// Kinds kept from one region to the next. Constants make ever new kinds, so what is kept is bounded.
const KEPT: usize = 512;

thread_local! {
    /// What earlier regions of this thread needed: a table is a fact about its kind, whoever asks, and spaces ask thousands of
    /// times for the same few.
    static KNOWN: RefCell<Known> = RefCell::default();
}

impl Tables {
    pub(crate) fn new(region: &Region) -> Self {
        KNOWN.with_borrow_mut(|known| {
            if known.len() > KEPT {
                known.clear();
            }
            let of_op = region.ops.iter().map(|op| match op {
                QuantumOp::Gate(gate) => {
                    known.entry(KindKey::of(gate)).or_insert_with(|| Table::new(gate).map(Arc::new)).clone()
                }
                _ => None,
            });
            Self { of_op: of_op.collect() }
        })
    }
}
