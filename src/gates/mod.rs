//! The gate catalogue: one file per gate, one line here. Facts about a gate stand in its file and nowhere else.
//!
//! A gate is a matrix on its *targets* plus a number of *controls*: `cx` is `x` under one control, and nobody enumerates
//! controlled variants. Operands are written controls first (OpenQASM order). Within a matrix, target 0 is the least
//! significant bit of the index. Matrices and phases are those of OpenQASM's `stdgates.inc`; angles are radians.

use crate::math::Matrix;
use crate::meta::Meta;

/// How to undo a gate.
#[derive(Clone, Copy, Debug)]
pub enum Inverse {
    /// It is its own inverse.
    Itself,
    /// Another gate of the catalogue with the same operands and no parameters.
    Gate(&'static str),
    /// The same gate with parameters rewritten (`rx(θ)` → `rx(-θ)`, `u(θ,φ,λ)` → `u(-θ,-λ,-φ)`):
    /// entry `(index, sign)` says: new parameter i = sign · old parameter `index`.
    Params(&'static [(usize, f64)]),
}

/// One gate.
#[derive(Debug)]
pub struct Gate {
    /// Name, summary, documentation, source.
    pub meta: Meta,
    /// Number of control qubits (all on |1⟩), written before the targets.
    pub controls: usize,
    /// Number of target qubits, 1 or 2 (0 for a global phase).
    pub targets: usize,
    /// Names of the parameters, in radians.
    pub params: &'static [&'static str],
    /// The unitary on the targets, row-major `2^targets` square, for parameters of the right number.
    pub matrix: fn(&[f64]) -> Matrix,
    /// For a gate with one parameter that is `exp(-iθG)`: G on the targets as `(coefficient, Pauli letters)`, letter k
    /// on target k (`(0.5, "ZZ")`), an `I` for the identity. Empty otherwise.
    pub generator: &'static [(f64, &'static str)],
    /// How to undo it.
    pub inverse: Inverse,
    /// Its definition in OpenQASM by gates of the 2017 `qelib1.inc`; empty if it is one of those.
    pub qasm_definition: &'static str,
}

impl Gate {
    /// Number of operands.
    #[must_use]
    pub fn n_qubits(&self) -> usize {
        self.controls + self.targets
    }
}

/// Looks a gate up by name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Gate> {
    GATES.iter().copied().find(|gate| gate.meta.name == name)
}

/// All gates, in the order they are listed to people.
pub static GATES: &[&Gate] = &[];
