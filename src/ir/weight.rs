//! Trainable numbers: a path, a shape, an initial distribution.

use super::Init;
use crate::source::Span;

/// Index of a weight in its graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct WeightId(pub u32);

/// A trainable tensor (or a buffer that layers keep for themselves, such as running means).
#[derive(Clone, PartialEq, Debug)]
pub struct Weight {
    /// The path in the program: the name in checkpoints, listings and OpenQASM inputs.
    pub path: String,
    /// Its shape; empty for one number. Row-major.
    pub shape: Vec<usize>,
    /// Where its numbers start.
    pub init: Init,
    /// `false` for buffers: saved with the weights, never touched by an optimiser, not counted.
    pub trainable: bool,
    /// Does it stand in an angle of a quantum region (then it counts as quantum)?
    pub quantum: bool,
    /// Where it is written.
    pub span: Span,
}

impl Weight {
    /// How many numbers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Has it no numbers at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
