//! OpenQASM in and out: what is read, what is refused, what is written, and what other readers make of it.

mod emitting;
mod folding;
mod qiskit;
mod reading;
mod refusing;

use crate::support::dense;
use qnas::diag::Diagnostic;
use qnas::ir::{GateOp, Graph, QuantumOp, Region, validate};
use qnas::math::{C64, c};
use qnas::qasm::{Mode, NoSources, Options, import};
use qnas::source::FileId;

/// Reads a program in a mode.
pub(crate) fn read_as(text: &str, mode: Mode) -> Result<Graph, Vec<Diagnostic>> {
    let options = Options { mode, ..Options::default() };
    import(text, FileId::default(), "program", &options, &mut NoSources).map(|imported| imported.graph)
}

/// Reads a program that must be right.
pub(crate) fn read(text: &str) -> Graph {
    let graph = read_as(text, Mode::Normal).unwrap_or_else(|errors| panic!("{text}\n{}", errors[0].message));
    assert_eq!(validate(&graph), Ok(()));
    graph
}

/// The only circuit of a program.
pub(crate) fn region(graph: &Graph) -> &Region {
    crate::support::program::only_region(graph)
}

/// The columns of a region's unitary, one after another.
pub(crate) fn columns(region: &Region, weights: &[Vec<f64>], inputs: &[f64]) -> Vec<C64> {
    let dim = 1_usize << region.n_qubits;
    let mut out = Vec::with_capacity(dim * dim);
    for column in 0..dim {
        let mut state = vec![c(0.0, 0.0); dim];
        state[column] = c(1.0, 0.0);
        for gate in region.ops.iter().filter_map(gate) {
            let values: Vec<f64> =
                gate.params().iter().map(|angle| dense::angle_value(angle, weights, inputs)).collect();
            state = dense::apply_gate(gate, &values, &state);
        }
        out.extend(state);
    }
    out
}

fn gate(op: &QuantumOp) -> Option<&GateOp> {
    match op {
        QuantumOp::Gate(gate) => Some(gate),
        _ => None,
    }
}

/// How far two lists of amplitudes lie apart, a common phase left aside.
pub(crate) fn apart(a: &[C64], b: &[C64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let overlap: C64 = a.iter().zip(b).map(|(a, b)| a * b.conj()).sum();
    let phase = overlap / overlap.norm();
    a.iter().zip(b).map(|(a, b)| (a - b * phase).norm()).fold(0.0, f64::max)
}
