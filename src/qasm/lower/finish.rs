//! The graph: inputs, one region, read-outs.

use super::bits::Bit;
use super::{Lower, Lowered, errors};
use crate::diag::Diagnostic;
use crate::ir::{Graph, InputId, Op, Output, Readout, Region, Register};
use crate::math::{Pauli, PauliString, PauliSum};
use crate::qasm::Readouts;
use crate::source::Span;

/// Most qubits whose joint probabilities are read.
const MOST_PROBABILITIES: usize = 20;

impl Lower<'_> {
    /// The qubits that are read, in the order of the bits they are measured into; all, if nothing is measured.
    fn read(&self) -> Vec<u32> {
        let bits = self.bits.iter().filter_map(|bit| match bit {
            Bit::Measured(qubit) => Some(*qubit),
            _ => None,
        });
        let mut seen = std::collections::BTreeSet::new();
        let mut read: Vec<u32> = bits.chain(self.loose.iter().copied()).collect();
        read.retain(|qubit| seen.insert(*qubit));
        if read.is_empty() { (0..self.n_qubits).collect() } else { read }
    }

    pub(super) fn finish(self, name: &str) -> Lowered<Graph> {
        if self.n_qubits == 0 {
            return Err(Diagnostic::global(&errors::BAD_INDEX, format!("`{name}` declares no qubits"))
                .help("declare some: `qubit[2] q;`"));
        }
        let read = self.read();
        let readouts = match self.options.readouts {
            Readouts::Z => {
                let z = |&qubit: &u32| PauliSum::string(PauliString::single(qubit, Pauli::Z));
                read.iter().map(|qubit| Readout::Expectation(z(qubit))).collect()
            }
            Readouts::Probabilities if read.len() > MOST_PROBABILITIES => {
                let message = format!("the joint probabilities of {} qubits are too many numbers", read.len());
                return Err(Diagnostic::global(&errors::TOO_LARGE, message)
                    .note(format!("at most {MOST_PROBABILITIES} qubits are read jointly")));
            }
            Readouts::Probabilities => vec![Readout::Probabilities(read)],
        };
        let mut registers = self.registers;
        if self.physical > 0 {
            registers.push(Register { name: "physical".to_owned(), start: 0, len: self.n_qubits });
        }
        let mut graph = Graph::new(name);
        let mut operands = Vec::new();
        for (index, (input, span)) in self.inputs.into_iter().enumerate() {
            graph.inputs.push(InputId { name: input.clone(), shape: Vec::new() });
            operands.push(graph.add(Op::Input { index }, &[], Vec::new(), input, span));
        }
        let region = Region {
            path: name.to_owned(),
            n_qubits: self.n_qubits,
            registers,
            n_inputs: u32::try_from(operands.len()).unwrap_or(u32::MAX),
            ops: self.ops,
            readouts,
        };
        let shape = vec![region.n_outputs()];
        let node = graph.add(Op::Region(Box::new(region)), &operands, shape, name, Span::default());
        graph.outputs.push(Output { name: String::new(), node });
        Ok(graph)
    }
}
