//! `a2c`: advantage actor-critic, all workers together.

use super::{Algorithm, Turns};

/// The catalogue entry.
pub(super) static A2C: Algorithm = Algorithm {
    meta: crate::meta!(
        "a2c",
        "advantage actor-critic; workers act together, one step of the optimiser over all",
        doc = "All `workers` take `every` steps with the same weights, beginning new episodes as old ones end; then one step of the optimiser \
               over all of these steps. With R the rewards up to the end of a worker's steps, each times `gamma` per step, plus the value of the \
               state it is left in (nothing, where the episode has ended, by its goal or by its length), the loss is the mean over \
               steps of\n\n\
               `-(R - V) ln π(action) - entropy H(π) + value (R - V)²`\n\n\
               where the `R - V` of the first term is a number, not differentiated. The circuits of a model that takes no data are run once per step of the \
               optimiser, however many states are looked at.",
        source = "V. Mnih et al., arXiv:1602.01783, synchronous as in OpenAI baselines",
    ),
    turns: Turns::Together,
    needs_value: true,
    workers: 16,
    gamma: 0.99,
    entropy: 0.01,
    value: 0.5,
    clip: 0.5,
};
