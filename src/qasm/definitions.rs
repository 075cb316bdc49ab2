//! What the catalogue's OpenQASM definitions mean, as gates with open angles.

use super::{Mode, NoSources, Options, import};
use crate::gates::Gate;
use crate::ir::{GateOp, QuantumOp};
use crate::source::FileId;

/// The definition of a gate as applications to qubits `0..n` whose angles read parameter k as input k; empty for gates that
/// have none because the 2017 library has them.
#[must_use]
pub fn definition(gate: &Gate) -> Vec<GateOp> {
    let Some((head, body)) = gate.qasm_definition.split_once('{') else { return Vec::new() };
    // Under a name of its own, so that the reader does not recognise the gate and give it back.
    let rest = head.trim_start_matches("gate ").trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    let list = |word: &str, count: usize, close: &str| {
        (0..count).map(|k| format!("{word}{k}{close}")).collect::<Vec<_>>().join(", ")
    };
    let inputs: String = (0..gate.params.len()).map(|k| format!("input float p{k};\n")).collect();
    let angles = if gate.params.is_empty() { String::new() } else { format!("({})", list("p", gate.params.len(), "")) };
    let n = gate.n_qubits();
    let qubits = list("q[", n, "]");
    let text = format!("{inputs}qubit[{n}] q;\ngate definition{rest}{{{body}\ndefinition{angles} {qubits};\n");
    let options = Options { mode: Mode::Lenient, ..Options::default() };
    let Ok(imported) = import(&text, FileId::default(), "definition", &options, &mut NoSources) else {
        return Vec::new();
    };
    let region = imported.graph.regions().next().map(|(_, region)| region.ops.clone()).unwrap_or_default();
    let gates = region.into_iter().filter_map(|op| match op {
        QuantumOp::Gate(gate) => Some(gate),
        _ => None,
    });
    gates.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::GATES;

    #[test]
    fn every_definition_is_read() {
        for gate in GATES {
            assert_eq!(definition(gate).is_empty(), gate.qasm_definition.is_empty(), "{}", gate.meta.name);
        }
    }
}
