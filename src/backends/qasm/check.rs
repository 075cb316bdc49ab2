//! Every file is read again before anybody gets it, and compared with the circuit it was made from.
//!
//! Small circuits are run: both, on one state that is no basis state, with numbers for what is open. Large ones are walked
//! gate by gate: what is read must be what was meant to be written.

use super::spell::Step;
use super::text::measured;
use super::{Program, errors};
use crate::diag::Diagnostic;
use crate::ir::{Angle, GateOp, QuantumOp, Readout, Variable};
use crate::math::{C64, Matrix, Pauli, PauliString, c};
use crate::qasm::{Mode, NoSources, Options, import, number::decimal};
use crate::source::FileId;

/// Most qubits of a circuit that is run.
const RUN_QUBITS: u32 = 14;
/// Most amplitudes touched in one run.
const RUN_WORK: usize = 1 << 28;
/// How far results may lie apart.
const TOLERANCE: f64 = 1e-9;
/// Most numbers shown in a self-test.
const SHOWN: usize = 16;

/// A number for open quantity k.
fn trial(k: usize) -> f64 {
    ((k * 37 + 11) % 100) as f64 / 50.0 - 1.0
}

fn value_of(angle: &Angle, open: &[Variable]) -> f64 {
    angle.evaluate(|variable| trial(open.binary_search(&variable).unwrap_or(0)))
}

/// Is it small enough to be run?
fn runs(program: &Program<'_>, ops: usize) -> bool {
    let n = program.region.n_qubits;
    n <= RUN_QUBITS && (ops + 1).saturating_mul(1 << n) <= RUN_WORK
}

fn fires(gate: &GateOp, index: usize) -> bool {
    gate.controls().all(|(qubit, value)| (index >> qubit & 1 == 1) == value)
}

fn apply(state: &mut [C64], gate: &GateOp, values: &[f64]) {
    let matrix = gate.target_matrix(values);
    let targets = gate.targets();
    let mask = targets.iter().fold(0_usize, |mask, qubit| mask | 1 << qubit);
    let place = |local: usize| targets.iter().enumerate().map(|(k, qubit)| (local >> k & 1) << qubit).sum::<usize>();
    let places: Vec<usize> = (0..matrix.dim()).map(place).collect();
    let mut before = vec![c(0.0, 0.0); matrix.dim()];
    for base in (0..state.len()).filter(|index| index & mask == 0) {
        if !fires(gate, base) {
            continue;
        }
        places.iter().zip(&mut before).for_each(|(place, slot)| *slot = state[base | place]);
        for (row, place) in places.iter().enumerate() {
            state[base | place] = (0..before.len()).map(|column| matrix[(row, column)] * before[column]).sum();
        }
    }
}

fn run(ops: &[QuantumOp], mut state: Vec<C64>, open: &[Variable]) -> Vec<C64> {
    for op in ops {
        match op {
            QuantumOp::Gate(gate) => {
                let values: Vec<f64> = gate.params().iter().map(|angle| value_of(angle, open)).collect();
                apply(&mut state, gate, &values);
            }
            QuantumOp::Prepare { qubits, values, .. } => {
                let values: Vec<f64> = values.iter().map(|angle| value_of(angle, open)).collect();
                let norm = values.iter().map(|value| value * value).sum::<f64>().sqrt();
                let mask = qubits.iter().fold(0_usize, |mask, qubit| mask | 1 << qubit);
                for index in 0..state.len() {
                    let local: usize = qubits.iter().enumerate().map(|(k, qubit)| (index >> qubit & 1) << k).sum();
                    // Untouched qubits are 0, so the amplitude at 0 is that of the others.
                    if index & mask != 0 {
                        state[index] = state[index & !mask] * (values[local] / norm);
                    }
                }
                for index in (0..state.len()).filter(|index| index & mask == 0) {
                    state[index] *= values[0] / norm;
                }
            }
            QuantumOp::Barrier { .. } => {}
        }
    }
    state
}

/// `|0..0>`, or a product of states that are no basis states.
fn start(n: u32, turned: bool) -> Vec<C64> {
    let mut state = vec![c(0.0, 0.0); 1 << n];
    for (index, slot) in state.iter_mut().enumerate() {
        let factor = |qubit: u32| {
            let angle = 0.4 + 0.23 * f64::from(qubit);
            if index >> qubit & 1 == 1 { C64::from_polar(angle.sin(), 0.7 * angle) } else { c(angle.cos(), 0.0) }
        };
        *slot = match turned {
            true => (0..n).map(factor).product(),
            false => c(f64::from(u8::from(index == 0)), 0.0),
        };
    }
    state
}

fn expectation(string: &PauliString, state: &[C64]) -> C64 {
    let flip = string.factors().iter().filter(|f| f.1 != Pauli::Z).fold(0_usize, |mask, f| mask | 1 << f.0);
    let phase = |index: usize| {
        string.factors().iter().fold(c(1.0, 0.0), |phase, (qubit, pauli)| {
            let one = index >> qubit & 1 == 1;
            phase
                * match (pauli, one) {
                    (Pauli::X, _) => c(1.0, 0.0),
                    (Pauli::Y, false) => C64::i(),
                    (Pauli::Y, true) => -C64::i(),
                    (Pauli::Z, false) => c(1.0, 0.0),
                    (Pauli::Z, true) => c(-1.0, 0.0),
                }
        })
    };
    (0..state.len()).map(|index| state[index ^ flip].conj() * phase(index) * state[index]).sum()
}

/// One line with the read-outs for numbers that it names; empty for circuits that are too large to be run here.
pub(super) fn self_test(program: &Program<'_>, ops: &[QuantumOp]) -> String {
    if !runs(program, ops.len()) {
        return String::new();
    }
    let state = run(ops, start(program.region.n_qubits, false), &program.open);
    let mut numbers = Vec::new();
    for readout in &program.region.readouts {
        match readout {
            Readout::Expectation(sum) => {
                numbers.push(sum.terms().iter().map(|(k, string)| k * expectation(string, &state).re).sum::<f64>());
            }
            Readout::Probabilities(qubits) => {
                let mut all = vec![0.0; 1 << qubits.len()];
                for (index, amplitude) in state.iter().enumerate() {
                    let local: usize = qubits.iter().enumerate().map(|(k, qubit)| (index >> qubit & 1) << k).sum();
                    all[local] += amplitude.norm_sqr();
                }
                numbers.extend(all);
            }
        }
    }
    let show = |values: &mut dyn Iterator<Item = f64>, count: usize, digits: usize| {
        let shown: Vec<String> = values.take(SHOWN).map(|value| format!("{:.digits$}", value + 0.0)).collect();
        format!("{}{}", shown.join(" "), if count > SHOWN { " .." } else { "" })
    };
    let given = match program.open.len() {
        0 => String::new(),
        open => format!(" with the inputs {}", show(&mut (0..open).map(trial), open, 2)),
    };
    format!("self-test{given}: read-outs {}", show(&mut numbers.iter().copied(), numbers.len(), 12))
}

fn failed(why: impl Into<String>) -> Diagnostic {
    Diagnostic::global(&errors::EMIT_CHECK, format!("the written file is not the circuit: {}", why.into()))
        .help("please report this with the program")
}

/// Reads a file again and compares it with the circuit.
///
/// # Errors
/// `QN0713`.
pub(super) fn check(program: &Program<'_>, ops: &[QuantumOp], file: &str) -> Result<(), Diagnostic> {
    let mode = if program.profile.include.is_none() { Mode::Lenient } else { Mode::Normal };
    if program.profile.physical && !file.lines().any(|line| line.contains(" $") && !line.starts_with("//")) {
        // A program of physical qubits names only those it uses, and this one uses none.
        return if program.spelled.steps.is_empty() { Ok(()) } else { Err(failed("it has no gates")) };
    }
    let options = Options { mode, ..Options::default() };
    let imported = import(file, FileId::default(), "check", &options, &mut NoSources)
        .map_err(|errors| failed(errors.first().map_or_else(String::new, |error| error.message.clone())))?;
    let Some((_, region)) = imported.graph.regions().next() else { return Err(failed("it has no circuit")) };
    let fits = match program.profile.physical {
        true => region.n_qubits <= program.region.n_qubits,
        false => region.n_qubits == program.region.n_qubits,
    };
    if !fits || imported.graph.inputs.len() != program.open.len() {
        return Err(failed("it has other qubits or inputs"));
    }
    if program.options.measure
        && let Some(wanted) = measured(program.region)
        && region.readouts.len() != wanted.len()
    {
        return Err(failed("it measures other qubits"));
    }
    // What is read has its inputs by position, in the order in which they were written.
    let open: Vec<Variable> = (0..u32::try_from(program.open.len()).unwrap_or(u32::MAX)).map(Variable::Input).collect();
    if runs(program, ops.len().max(region.ops.len())) {
        let turned = !ops.iter().any(|op| matches!(op, QuantumOp::Prepare { .. }));
        let n = program.region.n_qubits;
        let (wanted, found) = (run(ops, start(n, turned), &program.open), run(&region.ops, start(n, turned), &open));
        let overlap: C64 = wanted.iter().zip(&found).map(|(a, b)| a.conj() * b).sum();
        if (overlap.norm() - 1.0).abs() > TOLERANCE || !overlap.norm().is_finite() {
            return Err(failed(format!("the states overlap by {}", decimal(overlap.norm()))));
        }
        return Ok(());
    }
    walk(program, &region.ops, &open)
}

/// Gate by gate: some of what is read, multiplied, is each gate that was written.
fn walk(program: &Program<'_>, found: &[QuantumOp], open: &[Variable]) -> Result<(), Diagnostic> {
    let gates = |op: &&QuantumOp| matches!(op, QuantumOp::Gate(gate) if !gate.qubits.is_empty());
    let mut rest = found.iter().filter(gates).peekable();
    for step in &program.spelled.steps {
        let Step::Gate(wanted) = step else { continue };
        if wanted.qubits.is_empty() {
            continue;
        }
        let goal = local(wanted, &wanted.qubits, &program.open);
        let mut product = Matrix::identity(goal.dim());
        while let Some(QuantumOp::Gate(next)) = rest.peek() {
            if nothing(next, open) {
                rest.next();
                continue;
            }
            if !next.qubits.iter().all(|qubit| wanted.qubits.contains(qubit)) {
                break;
            }
            if same(&product, &goal) {
                break;
            }
            product = local(next, &wanted.qubits, open).matmul(&product);
            rest.next();
        }
        if !same(&product, &goal) {
            return Err(failed(format!("`{}` was read as something else", wanted.full_name())));
        }
    }
    let more = rest.any(|op| matches!(op, QuantumOp::Gate(gate) if !nothing(gate, open)));
    if more { Err(failed("it has more gates")) } else { Ok(()) }
}

/// Is a gate the identity, as `rz(0.0)` in a definition is?
fn nothing(gate: &GateOp, open: &[Variable]) -> bool {
    let matrix = local(gate, &gate.qubits, open);
    same(&matrix, &Matrix::identity(matrix.dim()))
}

/// Equal up to a phase?
fn same(a: &Matrix, b: &Matrix) -> bool {
    let overlap: C64 = a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| x * y.conj()).sum();
    let phase = overlap / overlap.norm();
    phase.is_finite() && a.distance(&b.scale(phase)) < TOLERANCE
}

/// A gate as a matrix over some qubits, the first least significant.
fn local(gate: &GateOp, qubits: &[u32], open: &[Variable]) -> Matrix {
    let place = |qubit: &u32| qubits.iter().position(|other| other == qubit).unwrap_or(0);
    let renamed: Vec<u32> = gate.qubits.iter().map(|qubit| u32::try_from(place(qubit)).unwrap_or(0)).collect();
    let gate = GateOp { qubits: renamed, ..gate.clone() };
    let values: Vec<f64> = gate.params().iter().map(|angle| value_of(angle, open)).collect();
    let dim = 1 << qubits.len().min(12);
    let mut out = Matrix::zeros(dim);
    for column in 0..dim {
        let mut state = vec![c(0.0, 0.0); dim];
        state[column] = c(1.0, 0.0);
        apply(&mut state, &gate, &values);
        state.into_iter().enumerate().for_each(|(row, amplitude)| out[(row, column)] = amplitude);
    }
    out
}
