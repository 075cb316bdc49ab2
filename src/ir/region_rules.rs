//! Invariants of one quantum region, for `validate`.

use super::{Angle, GateOp, Graph, Operation, QuantumOp, Readout, Region, Variable};

/// Constant unitaries come from exact gates and powers of them; this leaves room for rounding alone.
const UNITARY_TOLERANCE: f64 = 1e-9;

/// Collects what is wrong with a region.
pub(super) fn check_region(graph: &Graph, region: &Region, errors: &mut Vec<String>) {
    check_registers(region, errors);
    let mut touched = vec![false; region.n_qubits as usize];
    for (at, op) in region.ops.iter().enumerate() {
        let mut found = check_qubits(region, op.qubits());
        for angle in op.angles() {
            found.extend(check_angle(graph, region, angle));
        }
        match op {
            QuantumOp::Gate(gate) => found.extend(check_gate(gate)),
            QuantumOp::Prepare { qubits, values, .. } => {
                if u32::try_from(qubits.len()).ok().and_then(|k| 1usize.checked_shl(k)) != Some(values.len()) {
                    found.push(format!("prepares {} amplitudes on {} qubits", values.len(), qubits.len()));
                }
                if qubits.is_empty() {
                    found.push("prepares no qubit".to_owned());
                }
                for &qubit in qubits {
                    if touched.get(qubit as usize) == Some(&true) {
                        found.push(format!("prepares qubit {qubit}, which is not untouched"));
                    }
                }
            }
            QuantumOp::Barrier { .. } => {}
        }
        if !matches!(op, QuantumOp::Barrier { .. }) {
            for &qubit in op.qubits() {
                if let Some(slot) = touched.get_mut(qubit as usize) {
                    *slot = true;
                }
            }
        }
        errors.extend(found.into_iter().map(|error| format!("step {at}: {error}")));
    }
    check_readouts(region, errors);
}

fn check_registers(region: &Region, errors: &mut Vec<String>) {
    let mut owner = vec![false; region.n_qubits as usize];
    for register in &region.registers {
        for qubit in register.start..register.start.saturating_add(register.len) {
            match owner.get_mut(qubit as usize) {
                Some(taken) if !*taken => *taken = true,
                Some(_) => errors.push(format!("register `{}` shares qubit {qubit}", register.name)),
                None => {
                    errors.push(format!("register `{}` reaches past the last qubit", register.name));
                    break;
                }
            }
        }
    }
}

fn check_qubits(region: &Region, qubits: &[u32]) -> Vec<String> {
    let mut errors = Vec::new();
    for (at, qubit) in qubits.iter().enumerate() {
        if *qubit >= region.n_qubits {
            errors.push(format!("qubit {qubit} of {} does not exist", region.n_qubits));
        }
        if qubits[..at].contains(qubit) {
            errors.push(format!("qubit {qubit} stands twice"));
        }
    }
    errors
}

fn check_angle(graph: &Graph, region: &Region, angle: &Angle) -> Vec<String> {
    let mut errors = Vec::new();
    let finite = angle.constant.is_finite() && angle.terms().iter().all(|term| term.1.is_finite() && term.1 != 0.0);
    if !finite {
        errors.push("an angle has a coefficient that is zero or not finite".to_owned());
    }
    if !angle.terms().is_sorted_by(|a, b| a.0 < b.0) {
        errors.push("an angle's variables are not ascending".to_owned());
    }
    for (variable, _) in angle.terms() {
        match *variable {
            Variable::Weight { weight, index } => match graph.weights.get(weight.0 as usize) {
                None => errors.push(format!("reads weight {}, which does not exist", weight.0)),
                Some(found) if index as usize >= found.len() => {
                    errors.push(format!("reads number {index} of `{}`, which has {}", found.path, found.len()));
                }
                Some(found) if !found.quantum => errors.push(format!("`{}` is not marked as quantum", found.path)),
                Some(_) => {}
            },
            Variable::Input(index) if index >= region.n_inputs => {
                errors.push(format!("reads input {index} of {}", region.n_inputs));
            }
            Variable::Input(_) => {}
        }
    }
    errors
}

fn check_gate(gate: &GateOp) -> Vec<String> {
    let name = gate.name();
    let mut errors = Vec::new();
    let targets = match &gate.operation {
        Operation::Gate { gate: kind, params } => {
            if params.len() != kind.params.len() {
                errors.push(format!("`{name}` takes {} angles but has {}", kind.params.len(), params.len()));
            }
            kind.targets
        }
        Operation::Unitary(matrix) => {
            if !matrix.dim().is_power_of_two() || !matrix.is_unitary(UNITARY_TOLERANCE) {
                errors.push(format!("a matrix of {0} x {0} is not unitary on qubits", matrix.dim()));
            }
            matrix.dim().max(1).ilog2() as usize
        }
    };
    let wanted = gate.n_controls() + targets;
    if gate.qubits.len() != wanted {
        errors.push(format!("`{name}` takes {wanted} qubits but has {}", gate.qubits.len()));
    }
    errors
}

fn check_readouts(region: &Region, errors: &mut Vec<String>) {
    if region.readouts.is_empty() {
        errors.push("has no read-out".to_owned());
    }
    for (at, readout) in region.readouts.iter().enumerate() {
        let mut found = Vec::new();
        match readout {
            Readout::Expectation(sum) => {
                for (coefficient, string) in sum.terms() {
                    found.extend(check_qubits(region, &string.factors().iter().map(|f| f.0).collect::<Vec<_>>()));
                    if !coefficient.is_finite() {
                        found.push(format!("has the coefficient {coefficient}"));
                    }
                }
            }
            Readout::Probabilities(qubits) => {
                found.extend(check_qubits(region, qubits));
                if qubits.is_empty() || qubits.len() >= usize::BITS as usize {
                    found.push(format!("gives the probabilities of {} qubits", qubits.len()));
                }
            }
        }
        errors.extend(found.into_iter().map(|error| format!("read-out {at}: {error}")));
    }
}
