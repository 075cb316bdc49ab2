//! `minigrid_simple_crossing`: walls across a room, each with an opening, laid out anew every episode.

use super::{Environment, EnvironmentDef, EnvironmentOption, MAX_STEPS, max_steps, shape};
use crate::environment::grid::{Cell, Map, World};
use crate::environment::{Outcome, Pick};

/// The catalogue entry.
pub(super) static MINIGRID_SIMPLE_CROSSING: EnvironmentDef = EnvironmentDef {
    meta: crate::meta!(
        "minigrid_simple_crossing",
        "walls with openings between agent and goal: MiniGrid-SimpleCrossing",
        doc = "As `minigrid_empty`, but `crossings` walls run through the room from side to side, each with an opening, laid out anew every \
               episode so that the goal can be reached, and looks do not go through walls. `size` is odd.\n\n\
               `minigrid_simple_crossing(size: 9, crossings: 1)` is MiniGrid-SimpleCrossingS9N1-v0. Levels follow the reference's recipe with this \
               compiler's own random numbers, so they are distributed as the reference's but are not the same for the same seed.",
        source = "M. Chevalier-Boisvert et al., arXiv:2306.13831; minigrid/envs/crossing.py",
    ),
    options: &[
        EnvironmentOption { name: "size", doc: "cells of a side, walls included; odd", default: 9, least: 5, most: 99 },
        EnvironmentOption { name: "crossings", doc: "walls across the room", default: 1, least: 1, most: 96 },
        MAX_STEPS,
    ],
    conflict: |values| match values {
        [size, ..] if size % 2 == 0 => Some(format!("wants an odd `size`, not {size}")),
        [size, crossings, ..] if *crossings > size - 3 => {
            Some(format!("of size {size} has room for {} walls, not {crossings}", size - 3))
        }
        _ => None,
    },
    shape: |values| shape(max_steps(values[0], values[2])),
    make: |values| {
        let world = World::new(Map::room(0, 0), max_steps(values[0], values[2]), false);
        Box::new(Crossing { size: values[0] as i32, crossings: values[1] as usize, world })
    },
};

/// A room with walls across it, and its agent.
#[derive(Debug)]
struct Crossing {
    size: i32,
    crossings: usize,
    world: World,
}

/// Does a wall stand on one column, or on one row?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Across {
    Column,
    Row,
}

/// Puts `items` in a random order (Fisher-Yates, from the end).
fn shuffle<T>(items: &mut [T], pick: &mut Pick<'_>) {
    for last in (1..items.len()).rev() {
        items.swap(last, pick(last + 1));
    }
}

/// A number between two others, both excluded.
fn between(low: i32, high: i32, pick: &mut Pick<'_>) -> i32 {
    low + 1 + pick((high - low - 1) as usize) as i32
}

/// Walls on every other column or row, then a path of rooms from corner to corner, with an opening in every wall it crosses.
fn level(size: i32, crossings: usize, pick: &mut Pick<'_>) -> Map {
    let mut map = Map::room(size as usize, size as usize);
    map.set(size - 2, size - 2, Cell::Goal);
    let places = || (2..size - 2).step_by(2);
    let mut walls: Vec<(Across, i32)> =
        places().map(|at| (Across::Column, at)).chain(places().map(|at| (Across::Row, at))).collect();
    shuffle(&mut walls, pick);
    walls.truncate(crossings);
    let on = |across: Across| {
        let mut places: Vec<i32> = walls.iter().filter(|wall| wall.0 == across).map(|wall| wall.1).collect();
        places.sort_unstable();
        places
    };
    let (columns, rows) = (on(Across::Column), on(Across::Row));
    for along in 1..size - 1 {
        columns.iter().for_each(|&x| map.set(x, along, Cell::Wall));
        rows.iter().for_each(|&y| map.set(along, y, Cell::Wall));
    }
    let mut path = vec![Across::Column; columns.len()];
    path.resize(columns.len() + rows.len(), Across::Row);
    shuffle(&mut path, pick);
    let limits = |places: &[i32]| [&[0], places, &[size - 1]].concat();
    let (columns, rows) = (limits(&columns), limits(&rows));
    let (mut x, mut y) = (0, 0);
    for across in path {
        let open = match across {
            Across::Column => {
                x += 1;
                (columns[x], between(rows[y], rows[y + 1], pick))
            }
            Across::Row => {
                y += 1;
                (between(columns[x], columns[x + 1], pick), rows[y])
            }
        };
        map.set(open.0, open.1, Cell::Empty);
    }
    map
}

impl Environment for Crossing {
    fn reset(&mut self, pick: &mut Pick<'_>) {
        let World { max_steps, see_through, .. } = self.world;
        self.world = World::new(level(self.size, self.crossings, pick), max_steps, see_through);
    }

    fn observe(&self, out: &mut [u8]) {
        self.world.observe(out);
    }

    fn step(&mut self, action: usize) -> Outcome {
        self.world.act(action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// A small generator that is obviously none of ours.
    fn picks(mut state: u64) -> impl FnMut(usize) -> usize {
        move |n| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % n
        }
    }

    /// Can the goal be walked to?
    fn is_open(map: &Map, size: i32) -> bool {
        let mut seen = BTreeSet::from([(1, 1)]);
        let mut open = vec![(1, 1)];
        while let Some((x, y)) = open.pop() {
            for (x, y) in [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)] {
                if map.get(x, y) != Cell::Wall && seen.insert((x, y)) {
                    open.push((x, y));
                }
            }
        }
        seen.contains(&(size - 2, size - 2))
    }

    #[test]
    fn every_level_can_be_walked_and_every_kind_occurs() {
        let mut pick = picks(7);
        let mut levels = BTreeSet::new();
        for _ in 0..2_000 {
            let map = level(9, 1, &mut pick);
            assert!(is_open(&map, 9), "{map}");
            // One wall of seven cells has one opening.
            assert_eq!(map.to_string().matches('#').count(), 32 + 6, "{map}");
            levels.insert(map.to_string());
        }
        // Six walls, seven openings each.
        assert_eq!(levels.len(), 42);
        for (size, crossings) in [(9, 3), (11, 5), (5, 2), (7, 4)] {
            for _ in 0..300 {
                let map = level(size, crossings, &mut pick);
                assert!(is_open(&map, size), "{map}");
            }
        }
    }
}
