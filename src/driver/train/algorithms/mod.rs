//! The catalogue of ways to train a policy: one file each, one line here.

mod a2c;
mod a3c;
mod reinforce;

use crate::meta::Meta;

/// When weights change, and what by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turns {
    /// All workers take `every` steps together, going on into the next episode; then one step of the optimiser over all.
    Together,
    /// One worker after another takes `every` steps, fewer if its episode ends; after each a step of the optimiser.
    InTurn,
    /// Every worker plays one episode to its end; then one step of the optimiser over all.
    Episodes,
}

/// An algorithm of the catalogue.
#[derive(Debug)]
pub struct Algorithm {
    /// Name, summary, documentation, source.
    pub meta: Meta,
    /// When weights change.
    pub turns: Turns,
    /// Must the model say what a state is worth?
    pub needs_value: bool,
    /// Workers, unless the settings say otherwise.
    pub workers: usize,
    /// Decay of rewards per step.
    pub gamma: f64,
    /// Weight of the entropy of actions.
    pub entropy: f64,
    /// Weight of the squared error of values.
    pub value: f64,
    /// Longest gradient; 0 for any.
    pub clip: f64,
}

/// All algorithms, in the order they are listed to people.
pub static ALGORITHMS: &[&Algorithm] = &[&a2c::A2C, &a3c::A3C, &reinforce::REINFORCE];
