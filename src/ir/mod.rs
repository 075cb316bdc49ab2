//! The IR: one graph for one hybrid model, every choice made.
//!
//! A [`Graph`] is a dataflow graph of classical operations; a quantum circuit is one node, a [`Region`], whose gates
//! stand in program order over the region's qubits (their wires are the edges, see `Region::wires`). Shapes leave the batch axis out. Angles are
//! affine forms of weights, of the region's input numbers and of constants, so that a pass merges rotations by adding
//! and never grows an expression. Nothing here knows how a graph was written or how it will be run.

mod angle;
mod graph;
mod op;
mod region;
mod weight;

pub use angle::{Angle, Variable};
pub use graph::{Graph, InputId, Node, NodeId, Output};
pub use crate::ops::{Activation, BinaryFn, Init, Pooling, UnaryFn};
pub use op::Op;
pub use region::{GateOp, Operation, QuantumOp, Readout, Region, Register};
pub use weight::{Weight, WeightId};
