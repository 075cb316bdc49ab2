//! `reinforce`: whole episodes and what they were worth.

use super::{Algorithm, Turns};

/// The catalogue entry.
pub(super) static REINFORCE: Algorithm = Algorithm {
    meta: crate::meta!(
        "reinforce",
        "policy gradient from whole episodes",
        doc = "Every worker plays one episode to its end; then one step of the optimiser. The loss is that of `a2c` with R the rewards up to the end of \
               the episode, each times `gamma` per step. A model without `value` has V = 0; with it, the value is a baseline that is learned. `every` \
               has no meaning here.",
        source = "R. J. Williams, Machine Learning 8, 229 (1992)",
    ),
    turns: Turns::Episodes,
    needs_value: false,
    workers: 1,
    gamma: 0.99,
    entropy: 0.01,
    value: 0.5,
    clip: 0.0,
};
