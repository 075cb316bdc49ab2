//! The catalogue of environments: one file each, one line here.

mod minigrid_empty;
mod minigrid_simple_crossing;

use super::grid::{ACTIONS, CHANNELS, VIEW};
use super::{Environment, EnvironmentDef, EnvironmentOption, Shape};

/// All environments, in the order they are listed to people.
pub static ENVIRONMENTS: &[&EnvironmentDef] =
    &[&minigrid_empty::MINIGRID_EMPTY, &minigrid_simple_crossing::MINIGRID_SIMPLE_CROSSING];

/// The option every grid has: `0` for the reference's `4 size²`.
const MAX_STEPS: EnvironmentOption = EnvironmentOption {
    name: "max_steps",
    doc: "steps of an episode at most; 0 for 4 times the square of `size`",
    default: 0,
    least: 0,
    most: 1_000_000,
};

/// Steps of an episode in a grid of this size.
fn max_steps(size: i64, given: i64) -> usize {
    (if given == 0 { 4 * size * size } else { given }) as usize
}

/// What a policy in a grid takes and gives.
fn shape(max_steps: usize) -> Shape {
    Shape { observation: vec![VIEW, VIEW, CHANNELS], actions: ACTIONS, max_steps }
}
