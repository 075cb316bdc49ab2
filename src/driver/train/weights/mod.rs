//! Weights by path: what a checkpoint holds, what architectures inherit from each other.
//!
//! The path is the only identity a weight has, so that numbers move between any two architectures that share paths.
//! Where shapes differ (a layer became wider), the leading block is shared: element `[i, j]` keeps its number as long
//! as both have an element `[i, j]`.

mod file;
mod json;
mod mean;

use super::errors::WEIGHTS_MISMATCH;
use crate::backends::Real;
use crate::backends::hybrid::Layout;
use crate::diag::{Diagnostic, nearest};
use crate::driver::data::Numbers;
use crate::hir::Assignment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One weight.
#[derive(Clone, PartialEq, Debug)]
pub struct Tensor {
    /// Its shape; empty for one number.
    pub shape: Vec<usize>,
    /// Its numbers, row-major, in the precision they were trained in.
    pub values: Numbers,
}

/// Where weights come from. Fields that an older file does not have are empty.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// Version of qnas that wrote them.
    pub version: String,
    /// Name of the model.
    pub model: String,
    /// SHA-256 of the program.
    pub source: String,
    /// Digest of the data they were trained on.
    pub data: String,
    /// The choices of the architecture.
    pub architecture: Assignment,
    /// The seed of the training.
    pub seed: Option<u64>,
}

/// Weights by path.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Weights {
    /// The weights, and the buffers that layers keep (running means), by path.
    pub tensors: BTreeMap<String, Tensor>,
    /// Where they come from.
    pub origin: Origin,
}

/// How much an architecture took over.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Inherited {
    /// Weights taken over whole.
    pub whole: usize,
    /// Weights of another shape, of which a block was taken over.
    pub partly: usize,
    /// Paths that kept their own numbers.
    pub fresh: Vec<String>,
}

impl Weights {
    /// The weights of a model with this layout.
    #[must_use]
    pub fn of<T: Real>(layout: &Layout, params: &[T], origin: Origin) -> Self {
        let tensors = layout.entries.iter().map(|entry| {
            let values = &params[entry.offset..][..entry.shape.iter().product()];
            (entry.path.clone(), Tensor { shape: entry.shape.clone(), values: Numbers::of(values) })
        });
        Self { tensors: tensors.collect(), origin }
    }

    /// Puts the numbers where a model with this layout wants them.
    ///
    /// # Errors
    /// `QN0942` if a weight is missing, has another shape, or is left over; `params` is then unchanged.
    pub fn fill<T: Real>(&self, layout: &Layout, params: &mut [T]) -> Result<(), Diagnostic> {
        for entry in &layout.entries {
            match self.tensors.get(&entry.path) {
                None => return Err(self.missing(&entry.path)),
                Some(tensor) if tensor.shape != entry.shape => {
                    let message = format!(
                        "the weight `{}` has the shape {:?} in the file and {:?} in the architecture",
                        entry.path, tensor.shape, entry.shape
                    );
                    return Err(self.mismatch(message));
                }
                Some(_) => {}
            }
        }
        if self.tensors.len() > layout.entries.len() {
            let known: std::collections::BTreeSet<&str> =
                layout.entries.iter().map(|entry| entry.path.as_str()).collect();
            let extra = self.tensors.keys().find(|path| !known.contains(path.as_str()));
            let message = format!("the architecture has no weight `{}`", extra.map_or("", String::as_str));
            return Err(self.mismatch(message));
        }
        self.inherit(layout, params);
        Ok(())
    }

    /// Takes over what has the same path: whole weights, or the leading block where shapes differ.
    pub fn inherit<T: Real>(&self, layout: &Layout, params: &mut [T]) -> Inherited {
        let mut inherited = Inherited::default();
        for entry in &layout.entries {
            let target = &mut params[entry.offset..][..entry.shape.iter().product()];
            match self.tensors.get(&entry.path) {
                Some(tensor) if tensor.shape == entry.shape => {
                    tensor.values.read_into(target);
                    inherited.whole += 1;
                }
                Some(tensor) if share_block(tensor, &entry.shape, target) => inherited.partly += 1,
                _ => inherited.fresh.push(entry.path.clone()),
            }
        }
        inherited
    }

    /// The same weights, with paths below the first prefix of each pair moved below the second, all at once. A moved
    /// weight replaces what was there; what was below a first prefix and is not replaced is gone.
    ///
    /// For mutations that insert or remove iterations: `("layer.3", "layer.2")` keeps what the fourth layer has learnt
    /// when it becomes the third.
    #[must_use]
    pub fn moved(&self, moves: &[(String, String)]) -> Self {
        let below = |path: &str, prefix: &str| {
            path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('.')).map(String::from)
        };
        let mut out = Self { origin: self.origin.clone(), ..Self::default() };
        let mut arrived = Vec::new();
        for (path, tensor) in &self.tensors {
            let target = moves.iter().find_map(|(from, to)| below(path, from).map(|rest| format!("{to}{rest}")));
            match target {
                Some(target) => arrived.push((target, tensor.clone())),
                None => drop(out.tensors.insert(path.clone(), tensor.clone())),
            }
        }
        out.tensors.extend(arrived);
        out
    }

    fn missing(&self, path: &str) -> Diagnostic {
        let error = self.mismatch(format!("the weight `{path}` is missing"));
        match nearest(path, self.tensors.keys().map(String::as_str)) {
            Some(near) => error.help(format!("there is a weight `{near}`")),
            None => error,
        }
    }

    /// An error that shows which architecture the weights were trained for.
    fn mismatch(&self, message: String) -> Diagnostic {
        let error = Diagnostic::global(&WEIGHTS_MISMATCH, message);
        let choices = &self.origin.architecture.0;
        if choices.is_empty() {
            return error;
        }
        let shown: Vec<String> = choices.iter().take(12).map(|(path, value)| format!("{path}={value}")).collect();
        let dots = if choices.len() > 12 { ", .." } else { "" };
        error.note(format!("the weights belong to the architecture {}{dots}", shown.join(", ")))
    }
}

/// Copies the block both shapes have; `false` if they have none in common.
fn share_block<T: Real>(tensor: &Tensor, shape: &[usize], target: &mut [T]) -> bool {
    if tensor.shape.len() != shape.len() {
        return false;
    }
    let block: Vec<usize> = tensor.shape.iter().zip(shape).map(|(a, b)| *a.min(b)).collect();
    let count: usize = block.iter().product();
    for at in 0..count {
        let (mut rest, mut from, mut to, mut from_stride, mut to_stride) = (at, 0, 0, 1, 1);
        for axis in (0..block.len()).rev() {
            let index = rest % block[axis];
            rest /= block[axis];
            from += index * from_stride;
            to += index * to_stride;
            from_stride *= tensor.shape[axis];
            to_stride *= shape[axis];
        }
        target[to] = T::of(tensor.values.get(from));
    }
    count > 0
}

#[cfg(test)]
mod tests;
