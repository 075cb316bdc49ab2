//! Circuit cutting: what it costs to run a circuit in pieces of at most so many qubits.

pub mod gamma;
pub mod instance;
pub mod kak;
mod solve;
