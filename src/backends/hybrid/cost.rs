//! What the classical operations of a plan cost.

use super::plan::{Kind, Step};
use crate::backends::Real;
use crate::backends::plan::{KernelCost, PlannedNode};

/// The kernels of a step; `sizes` are the lengths of all steps.
pub(super) fn node<T: Real>(step: &Step<T>, sizes: &[usize]) -> PlannedNode {
    let read: usize = step.inputs.iter().map(|&input| sizes[input]).sum();
    let moved = read + step.len;
    // Operations, numbers moved. A transcendental function counts as one operation.
    let (name, flops, numbers) = match &step.kind {
        Kind::Region { engine, .. } => {
            return PlannedNode { id: step.id, kernels: engine.cost() };
        }
        Kind::Input(_) => ("input", 0, 2 * step.len),
        Kind::Weight(_) => ("weight", 0, 2 * step.len),
        Kind::Constant(_) => ("constant", 0, step.len),
        Kind::Linear { n_in, n_out, bias, .. } => {
            let rows = step.len / n_out;
            ("linear: matrix product", rows * n_out * (2 * n_in - usize::from(bias.is_none())), moved)
        }
        Kind::Conv2d { shape, bias, .. } => {
            let window = 2 * shape.window() - usize::from(bias.is_none());
            let unfolded = 2 * shape.window() * shape.positions();
            ("conv2d: unfold, matrix product", shape.out_channels * shape.positions() * window, moved + unfolded)
        }
        Kind::Pool2d { shape, .. } => ("pool2d", step.len * shape.kernel * shape.kernel, moved),
        Kind::BatchNorm { .. } => ("batchnorm", 4 * step.len, moved),
        Kind::Dropout { .. } => ("dropout", step.len, moved),
        Kind::Generate { .. } => ("generated weight", 0, 3 * step.len),
        Kind::Recurrent { shape, .. } => {
            let products = 2 * (shape.n_in + shape.hidden) * shape.cell.gates();
            ("recurrent: matrix products", step.len * products, moved)
        }
        Kind::Mix { .. } => ("mixture of candidates", 2 * read, moved),
        Kind::Join => ("join", 0, moved),
        Kind::Reshape => ("reshape", 0, moved),
        Kind::Activation { .. } => ("activation", step.len, moved),
        Kind::Unary(_) => ("elementwise, one operand", step.len, moved),
        Kind::Binary(_) => ("elementwise, two operands", step.len, moved),
        Kind::Concat => ("concat", 0, moved),
        Kind::Gather(_) => ("gather", 0, 2 * step.len),
        Kind::Pad => ("pad", 0, moved),
        Kind::Normalize => ("normalize", 3 * step.len, moved),
        Kind::Sum => ("sum", read, moved),
    };
    PlannedNode { id: step.id, kernels: vec![KernelCost::new(name, flops, numbers * size_of::<T>(), step.shared)] }
}
