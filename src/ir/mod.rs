//! The IR: one graph for one hybrid model, every choice made.
//!
//! A [`Graph`] is a dataflow graph of classical operations; a quantum circuit is one node, a [`Region`], whose gates
//! stand in program order over the region's qubits (their wires are the edges, see `Region::wires`). Shapes leave the batch axis out. Angles are
//! affine forms of weights, of the region's input numbers and of constants, so that a pass merges rotations by adding
//! and never grows an expression. Nothing here knows how a graph was written or how it will be run.

mod angle;
pub mod build;
mod control;
mod count;
mod depth;
mod dot;
mod graph;
mod invert;
mod json;
mod merge;
mod moved;
pub mod names;
mod op;
mod print;
mod region;
mod region_rules;
mod validate;
mod weight;
mod wire;

pub use crate::ops::{Activation, BinaryFn, Cell, Init, Mix, MixRule, Pooling, UnaryFn};
pub use angle::{Angle, Variable};
pub use control::classical_control;
pub use count::GateCounts;
pub use dot::dot;
pub use graph::{Graph, InputId, Node, NodeId, Output};
pub use json::json;
pub use merge::{Mixture, merge};
pub use op::Op;
pub use print::print;
pub use region::{GateOp, Operation, QuantumOp, Readout, Region, Register};
pub use validate::validate;
pub use weight::{Weight, WeightId};
