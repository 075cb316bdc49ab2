//! The gate catalogue: one file per gate, one line here. Facts about a gate stand in its file and nowhere else.
//!
//! A gate is a matrix on its *targets* plus a number of *controls*: `cx` is `x` under one control, and nobody enumerates
//! controlled variants. Operands are written controls first (OpenQASM order). Within a matrix, target 0 is the least
//! significant bit of the index. Matrices and phases are those of OpenQASM's `stdgates.inc`; angles are radians.

/// Declares one gate: its documentation, name, summary and source, then the fields of [`Gate`]. Every line of the
/// documentation of the form "- `left = right`" is an equivalence, and the tests of this module multiply it out.
macro_rules! gate {
    ($(#[doc = $doc:literal])+ pub $ident:ident = ($name:literal, $summary:literal, $source:literal); $($field:ident: $value:expr),+ $(,)?) => {
        $(#[doc = $doc])+
        pub static $ident: $crate::gates::Gate = $crate::gates::Gate {
            meta: $crate::meta!($name, $summary, doc = concat!($($doc, "\n"),+), source = $source),
            $($field: $value),+
        };
    };
}

mod habits;
mod matrices;
#[cfg(test)]
mod tests;

pub mod ccx;
pub mod ccz;
pub mod ch;
pub mod cp;
pub mod crx;
pub mod cry;
pub mod crz;
pub mod cswap;
pub mod csx;
pub mod cu;
pub mod cu1;
pub mod cu3;
pub mod cx;
pub mod cy;
pub mod cz;
pub mod dcx;
pub mod ecr;
pub mod gphase;
pub mod h;
pub mod id;
pub mod iswap;
pub mod p;
pub mod r;
pub mod rx;
pub mod rxx;
pub mod ry;
pub mod ryy;
pub mod rz;
pub mod rzx;
pub mod rzz;
pub mod s;
pub mod sdg;
pub mod sqrth;
pub mod sqrtiswap;
pub mod sqrtswap;
pub mod swap;
pub mod sx;
pub mod sxdg;
pub mod t;
pub mod tdg;
pub mod u;
pub mod u1;
pub mod u2;
pub mod u3;
pub mod x;
pub mod xx_minus_yy;
pub mod xx_plus_yy;
pub mod y;
pub mod z;

pub use habits::habit;

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
    /// As [`Inverse::Params`] with an offset: entry `(index, sign, offset)` says: new parameter i = sign · old parameter
    /// `index` + `offset`.
    Shifted(&'static [(usize, f64, f64)]),
    /// No gate of the catalogue undoes it on these operands: apply the conjugate transpose as a constant unitary. Only
    /// for gates without parameters.
    Unitary,
}

/// One gate.
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
    /// The partial derivative of `matrix` with respect to parameter `k`, same shape; exact, not numerical. All zeros for
    /// a gate without parameters.
    pub derivative: fn(&[f64], usize) -> Matrix,
    /// For a gate with one parameter that is `exp(-iθG)`: G on the targets as `(coefficient, Pauli letters)`, letter k
    /// on target k (`(0.5, "ZZ")`), an `I` for the identity. Empty otherwise.
    pub generator: &'static [(f64, &'static str)],
    /// How to undo it.
    pub inverse: Inverse,
    /// Its definition in OpenQASM by gates of the 2017 `qelib1.inc`, equal up to a global phase; empty if it is one of
    /// those (and for `gphase`, for which OpenQASM 2 has no word). The name it defines differs from the gate's where
    /// `qelib1.inc` gives that name to another matrix.
    pub qasm_definition: &'static str,
}

impl std::fmt::Debug for Gate {
    /// The name alone: everything else follows from it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gate({})", self.meta.name)
    }
}

impl Gate {
    /// Number of operands.
    #[must_use]
    pub fn n_qubits(&self) -> usize {
        self.controls + self.targets
    }

    /// The generator G of `exp(-iθG)` as a matrix on the targets; `None` for gates without one.
    #[must_use]
    pub fn generator_matrix(&self) -> Option<Matrix> {
        (!self.generator.is_empty()).then(|| matrices::pauli_sum_matrix(self.generator))
    }
}

/// Looks a gate up by name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Gate> {
    GATES.iter().copied().find(|gate| gate.meta.name == name)
}

/// All gates, in the order they are listed to people.
pub static GATES: &[&Gate] = &[
    &id::ID,
    &h::H,
    &x::X,
    &y::Y,
    &z::Z,
    &s::S,
    &sdg::SDG,
    &t::T,
    &tdg::TDG,
    &sx::SX,
    &sxdg::SXDG,
    &sqrth::SQRTH,
    &p::P,
    &rx::RX,
    &ry::RY,
    &rz::RZ,
    &r::R,
    &u::U,
    &u1::U1,
    &u2::U2,
    &u3::U3,
    &gphase::GPHASE,
    &cx::CX,
    &cy::CY,
    &cz::CZ,
    &ch::CH,
    &csx::CSX,
    &cp::CP,
    &cu1::CU1,
    &crx::CRX,
    &cry::CRY,
    &crz::CRZ,
    &cu::CU,
    &cu3::CU3,
    &swap::SWAP,
    &iswap::ISWAP,
    &sqrtswap::SQRTSWAP,
    &sqrtiswap::SQRTISWAP,
    &dcx::DCX,
    &ecr::ECR,
    &rxx::RXX,
    &ryy::RYY,
    &rzz::RZZ,
    &rzx::RZX,
    &xx_plus_yy::XX_PLUS_YY,
    &xx_minus_yy::XX_MINUS_YY,
    &ccx::CCX,
    &ccz::CCZ,
    &cswap::CSWAP,
];
