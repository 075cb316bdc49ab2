//! Classical operations over batches, losses, optimisers and schedules.
//!
//! Operations are plain functions over row-major slices `[rows, len]` with their exact gradients beside them; backward
//! functions add to the gradient of their input. Matrix products go to one GEMM.

pub(crate) mod activation;
pub(crate) mod conv;
pub(crate) mod dropout;
pub(crate) mod elementwise;
pub(crate) mod gemm;
pub(crate) mod linear;
pub mod loss;
pub(crate) mod norm;
pub mod optim;
pub(crate) mod pool;
pub(crate) mod recurrent;
pub mod schedule;
pub(crate) mod vector;
