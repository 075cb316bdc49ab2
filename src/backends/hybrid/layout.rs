//! All weights of a model in one flat vector, and where they start.
//!
//! An initial number depends on the seed, the weight's path and its own position alone: a weight that is longer in
//! another architecture, or has more rows, agrees with this one as far as both reach, and nothing else in the
//! architecture matters.

use crate::backends::Real;
use crate::ir::{Graph, Init};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal, StandardUniform};
use sha2::{Digest, Sha256};
use std::ops::Range;

/// Where a weight lies in the flat vector.
#[derive(Clone, PartialEq, Debug)]
pub struct LayoutEntry {
    /// Its path.
    pub path: String,
    /// Its first number.
    pub offset: usize,
    /// Its shape, row-major.
    pub shape: Vec<usize>,
    /// `false` for buffers.
    pub trainable: bool,
    /// Does it stand in an angle of a quantum region?
    pub quantum: bool,
    /// Where its numbers start.
    pub init: Init,
}

impl LayoutEntry {
    /// How many numbers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Has it none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its place in the flat vector.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.len()
    }
}

/// All weights of a graph in one flat vector, in the graph's order, buffers included.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Layout {
    /// The weights.
    pub entries: Vec<LayoutEntry>,
    /// Length of the vector.
    pub len: usize,
}

impl Layout {
    /// The layout of a graph.
    #[must_use]
    pub fn new(graph: &Graph) -> Self {
        let mut out = Self::default();
        for weight in &graph.weights {
            out.entries.push(LayoutEntry {
                path: weight.path.clone(),
                offset: out.len,
                shape: weight.shape.clone(),
                trainable: weight.trainable,
                quantum: weight.quantum,
                init: weight.init,
            });
            out.len += weight.len();
        }
        out
    }

    /// The weight with this path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&LayoutEntry> {
        self.entries.iter().find(|entry| entry.path == path)
    }

    /// Initial numbers; see the module.
    #[must_use]
    pub fn initial<T: Real>(&self, seed: u64) -> Vec<T> {
        let mut out = vec![T::zero(); self.len];
        for entry in &self.entries {
            let row_len = entry.shape.last().copied().unwrap_or(1).max(1);
            for (row, numbers) in out[entry.range()].chunks_mut(row_len).enumerate() {
                if let Init::Constant(value) = entry.init {
                    numbers.fill(T::of(value));
                    continue;
                }
                let mut rng = row_rng(seed, &entry.path, &position(row, &entry.shape));
                for number in numbers {
                    *number = T::of(match entry.init {
                        Init::Constant(value) => value,
                        Init::Normal(mean, deviation) => {
                            let z: f64 = StandardNormal.sample(&mut rng);
                            mean + deviation * z
                        }
                        Init::Uniform(low, high) => {
                            let u: f64 = StandardUniform.sample(&mut rng);
                            low + (high - low) * u
                        }
                    });
                }
            }
        }
        out
    }
}

/// The indices of a row in all axes but the last.
fn position(mut row: usize, shape: &[usize]) -> Vec<usize> {
    let axes = &shape[..shape.len().saturating_sub(1)];
    let mut out = vec![0; axes.len()];
    for (index, &size) in out.iter_mut().zip(axes).rev() {
        *index = row % size;
        row /= size;
    }
    out
}

/// A generator of its own for every row.
fn row_rng(seed: u64, path: &str, position: &[usize]) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update((path.len() as u64).to_le_bytes());
    hash.update(path.as_bytes());
    for &index in position {
        hash.update((index as u64).to_le_bytes());
    }
    ChaCha8Rng::from_seed(hash.finalize().into())
}
