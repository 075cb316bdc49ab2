//! What an agent sees of a grid: the seven by seven cells before it, seen from itself, three numbers each.
//!
//! The agent is in the middle of the lowest row of its view and looks up. A cell is `(kind, colour, state)` with the
//! reference's numbers; a cell that is not seen is all zeros. Looks spread from the agent row by row: within a row to the
//! right and then to the left, from every seen cell that can be seen through to its neighbour and to the row above.
//! Numbers are ordered as the reference's array: by column, then row, then channel.

use super::{Cell, World};

/// Cells of a view's side.
pub const VIEW: usize = 7;

/// Numbers of a cell.
pub const CHANNELS: usize = 3;

/// Numbers of an observation.
pub const OBSERVATION: usize = VIEW * VIEW * CHANNELS;

/// Kind, colour and state of a cell that is seen.
fn code(cell: Cell) -> [u8; CHANNELS] {
    match cell {
        Cell::Empty => [1, 0, 0],
        Cell::Wall => [2, 5, 0],
        Cell::Goal => [8, 1, 0],
    }
}

/// Which cells of a view are seen, by column and row.
fn seen(view: &[[Cell; VIEW]; VIEW]) -> [[bool; VIEW]; VIEW] {
    let mut seen = [[false; VIEW]; VIEW];
    seen[VIEW / 2][VIEW - 1] = true;
    for row in (0..VIEW).rev() {
        let mut spread = |from: usize, to: usize| {
            if seen[from][row] && view[from][row] != Cell::Wall {
                seen[to][row] = true;
                if row > 0 {
                    seen[to][row - 1] = true;
                    seen[from][row - 1] = true;
                }
            }
        };
        (0..VIEW - 1).for_each(|column| spread(column, column + 1));
        (1..VIEW).rev().for_each(|column| spread(column, column - 1));
    }
    seen
}

impl World {
    /// Writes the agent's view to `out`, [`OBSERVATION`] numbers.
    pub fn observe(&self, out: &mut [u8]) {
        let (ahead_x, ahead_y) = self.direction.ahead();
        let (right_x, right_y) = (-ahead_y, ahead_x);
        let mut view = [[Cell::Empty; VIEW]; VIEW];
        for (column, cells) in (0i32..).zip(&mut view) {
            for (row, cell) in (0i32..).zip(cells) {
                let (ahead, right) = (VIEW as i32 - 1 - row, column - VIEW as i32 / 2);
                let x = self.agent.0 + ahead * ahead_x + right * right_x;
                let y = self.agent.1 + ahead * ahead_y + right * right_y;
                *cell = self.map.get(x, y);
            }
        }
        let seen = if self.see_through { [[true; VIEW]; VIEW] } else { seen(&view) };
        // Its own cell shows what it carries, and here it carries nothing.
        view[VIEW / 2][VIEW - 1] = Cell::Empty;
        let cells = view.as_flattened().iter().zip(seen.as_flattened());
        for (out, (cell, seen)) in out.chunks_exact_mut(CHANNELS).zip(cells) {
            out.copy_from_slice(&if *seen { code(*cell) } else { [0; CHANNELS] });
        }
    }
}
