//! `minigrid_empty`: a room without anything but a goal in the far corner.

use super::{Environment, EnvironmentDef, EnvironmentOption, MAX_STEPS, max_steps, shape};
use crate::environment::grid::{Cell, Map, World};
use crate::environment::{Outcome, Pick};

/// The catalogue entry.
pub(super) static MINIGRID_EMPTY: EnvironmentDef = EnvironmentDef {
    meta: crate::meta!(
        "minigrid_empty",
        "an empty room with a goal in the far corner: MiniGrid-Empty-NxN-v0",
        doc = "A room of `size` by `size` cells, walls included. The agent begins in the upper left corner and looks to the right; the goal is in the \
               lower right. It sees the 7 by 7 cells before it, through walls, three numbers each (`real[7, 7, 3]`, or `real[147]` for a \
               model that takes one axis). Of the 7 actions left, right and forward do something. Reaching the goal at step t is worth \
               `1 - 0.9 t / max_steps`, everything else nothing; an episode ends there or after `max_steps`.\n\n\
               `minigrid_empty(size: 5)`, `(size: 6)` and `(size: 8)` are MiniGrid-Empty-5x5-v0, -6x6-v0 and -8x8-v0; observations, \
               rewards and ends are tested against walks recorded from the `minigrid` package.",
        source = "M. Chevalier-Boisvert et al., arXiv:2306.13831; minigrid/envs/empty.py",
    ),
    options: &[
        EnvironmentOption { name: "size", doc: "cells of a side, walls included", default: 8, least: 4, most: 100 },
        MAX_STEPS,
    ],
    conflict: |_| None,
    shape: |values| shape(max_steps(values[0], values[1])),
    make: |values| Box::new(Room { world: world(values[0], max_steps(values[0], values[1])) }),
};

fn world(size: i64, max_steps: usize) -> World {
    let mut map = Map::room(size as usize, size as usize);
    map.set(size as i32 - 2, size as i32 - 2, Cell::Goal);
    World::new(map, max_steps, true)
}

/// A room with its agent.
#[derive(Debug)]
struct Room {
    world: World,
}

impl Environment for Room {
    fn reset(&mut self, _: &mut Pick<'_>) {
        let World { map, max_steps, see_through, .. } = &self.world;
        self.world = World::new(map.clone(), *max_steps, *see_through);
    }

    fn observe(&self, out: &mut [u8]) {
        self.world.observe(out);
    }

    fn step(&mut self, action: usize) -> Outcome {
        self.world.act(action)
    }
}
