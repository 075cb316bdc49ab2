//! Small mathematics everybody needs: complex scalars, small dense matrices, Pauli strings, unitaries on one and
//! two qubits taken apart, tolerances.

mod matrix;
mod pauli;
mod share;
pub mod turn;
pub mod weyl;

pub use matrix::Matrix;
pub use pauli::{Pauli, PauliString, PauliSum};
pub use share::share_interval;

/// A double-precision complex number.
pub type C64 = num_complex::Complex64;

/// `re + i·im`.
#[must_use]
pub const fn c(re: f64, im: f64) -> C64 {
    C64::new(re, im)
}
