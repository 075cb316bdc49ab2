//! Undoing a gate application.

use super::{Angle, GateOp, Operation};
use crate::gates::{self, Inverse};
use std::sync::Arc;

impl GateOp {
    /// The application that undoes this one on the same operands: angles rewritten, another gate of the catalogue, or,
    /// where there is none, the conjugate transpose as a constant unitary whose gate's own controls became extra ones.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let mut out = self.clone();
        out.operation = match &self.operation {
            Operation::Unitary(matrix) => Operation::Unitary(Arc::new(matrix.dagger())),
            Operation::Gate { gate, params } => {
                let rewritten = |at: usize, sign: f64, add: f64| params[at].scaled(sign).plus(&Angle::constant(add));
                let same = |params| Operation::Gate { gate, params };
                match gate.inverse {
                    Inverse::Itself => return out,
                    Inverse::Params(map) => same(map.iter().map(|&(at, sign)| rewritten(at, sign, 0.0)).collect()),
                    Inverse::Shifted(map) => {
                        same(map.iter().map(|&(at, sign, add)| rewritten(at, sign, add)).collect())
                    }
                    Inverse::Gate(_) | Inverse::Unitary => match gate.inverse_gate() {
                        Some(gate) => Operation::Gate { gate, params: Vec::new() },
                        None => {
                            out.extra_controls.extend(std::iter::repeat_n(true, gate.controls));
                            Operation::Unitary(Arc::new((gate.matrix)(&[]).dagger()))
                        }
                    },
                }
            }
        };
        out
    }
}

impl gates::Gate {
    /// The other gate of the catalogue that undoes this one, if that is how it is undone.
    fn inverse_gate(&self) -> Option<&'static Self> {
        match self.inverse {
            Inverse::Gate(name) => gates::find(name),
            _ => None,
        }
    }
}
