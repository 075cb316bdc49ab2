//! `a3c`: advantage actor-critic, workers in turn.

use super::{Algorithm, Turns};

/// The catalogue entry.
pub(super) static A3C: Algorithm = Algorithm {
    meta: crate::meta!(
        "a3c",
        "advantage actor-critic; workers in turn, a step of the optimiser after each",
        doc = "The loss is that of `a2c`, but the workers take turns in a fixed order: a worker takes `every` steps, or up to the end of its episode, and \
               its gradient is applied at once, with one state of the optimiser for all. Then it is the next one's turn.\n\n\
               Asynchronous workers run at the same time: which gradient comes first depends on the machine, and a gradient belongs to weights that \
               others have changed meanwhile. Here every gradient belongs to the weights it changes and the order is always the same, so \
               that a seed gives the same bytes on any number of threads. What stays of the published algorithm is what it learns from: short \
               stretches of several independent episodes, one after another. Its settings here are those of the published runs: 16 workers, \
               every 5 steps, `gamma` 0.9, no entropy, values with weight 1.",
        source = "V. Mnih et al., arXiv:1602.01783; S. Y.-C. Chen et al., arXiv:2505.09653",
    ),
    turns: Turns::InTurn,
    needs_value: true,
    workers: 16,
    gamma: 0.9,
    entropy: 0.0,
    value: 1.0,
    clip: 0.0,
};
