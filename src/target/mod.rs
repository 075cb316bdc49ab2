//! Transpilation: a region as the gates that one device has, on pairs that it couples.
//!
//! In five steps, each a file or folder: `unroll` takes gates apart into meetings of two qubits with runs of one-qubit gates between them,
//! angles open; `circuit` merges them while they arrive; `route` places them on the device; `emit` reads native gates off
//! meetings and runs; `schedule` says when each begins. What comes out is legal by construction, and the tests hold it to that.

mod basis;
mod circuit;
mod emit;
pub mod errors;
mod place;
mod route;
mod run;
pub mod schedule;
mod transpile;
mod unroll;

pub use transpile::{Options, Transpiled, transpile};
pub use unroll::Preparation;

#[cfg(test)]
mod tests;
