//! Worlds of square cells that an agent turns and walks in, as MiniGrid's.
//!
//! Only what the supported worlds hold is here: walls and a goal. The four actions for things that are picked up, dropped,
//! toggled or declared done cost a step and change nothing, as in the reference, where walls and goals do not react to them.
//! Source: M. Chevalier-Boisvert et al., arXiv:2306.13831; the `minigrid` package, `minigrid_env.py` and `core/grid.py`.

mod view;

pub use view::{CHANNELS, OBSERVATION, VIEW};

use super::Outcome;

/// Number of actions: left, right, forward, pickup, drop, toggle, done.
pub const ACTIONS: usize = 7;

/// What is in a cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Something that neither bodies nor looks go through.
    Wall,
    /// Where the episode ends.
    Goal,
}

/// Where an agent looks: the reference's numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// To growing columns.
    Right,
    /// To growing rows.
    Down,
    /// To falling columns.
    Left,
    /// To falling rows.
    Up,
}

impl Direction {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Right, Self::Down, Self::Left, Self::Up];

    /// One cell ahead, as columns and rows.
    #[must_use]
    pub fn ahead(self) -> (i32, i32) {
        match self {
            Self::Right => (1, 0),
            Self::Down => (0, 1),
            Self::Left => (-1, 0),
            Self::Up => (0, -1),
        }
    }

    /// After a quarter turn to the right.
    #[must_use]
    pub fn turned_right(self) -> Self {
        Self::ALL[(self as usize + 1) % 4]
    }

    /// After a quarter turn to the left.
    #[must_use]
    pub fn turned_left(self) -> Self {
        Self::ALL[(self as usize + 3) % 4]
    }
}

/// Cells by column and row; what is outside is wall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Map {
    width: i32,
    height: i32,
    cells: Vec<Cell>,
}

impl Map {
    /// A room of this size with a wall around it.
    #[must_use]
    pub fn room(width: usize, height: usize) -> Self {
        let mut map = Self { width: width as i32, height: height as i32, cells: vec![Cell::Wall; width * height] };
        for y in 1..map.height - 1 {
            for x in 1..map.width - 1 {
                map.set(x, y, Cell::Empty);
            }
        }
        map
    }

    /// Reads rows of `#` (wall), `G` (goal) and `.` (empty); `None` for other characters or rows of unequal length.
    #[must_use]
    pub fn read(rows: &[&str]) -> Option<Self> {
        let width = rows.first()?.len();
        let mut cells = Vec::with_capacity(width * rows.len());
        for row in rows {
            let before = cells.len();
            for c in row.chars() {
                cells.push(match c {
                    '#' => Cell::Wall,
                    'G' => Cell::Goal,
                    '.' => Cell::Empty,
                    _ => return None,
                });
            }
            if cells.len() != before + width {
                return None;
            }
        }
        Some(Self { width: width as i32, height: rows.len() as i32, cells })
    }

    /// What is at a column and row.
    #[must_use]
    pub fn get(&self, x: i32, y: i32) -> Cell {
        match (0..self.width).contains(&x) && (0..self.height).contains(&y) {
            true => self.cells[(y * self.width + x) as usize],
            false => Cell::Wall,
        }
    }

    /// Puts something at a column and row; nothing happens outside.
    pub fn set(&mut self, x: i32, y: i32, cell: Cell) {
        if (0..self.width).contains(&x) && (0..self.height).contains(&y) {
            self.cells[(y * self.width + x) as usize] = cell;
        }
    }
}

impl std::fmt::Display for Map {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for row in self.cells.chunks(self.width.max(1) as usize) {
            let text: String = row.iter().map(|cell| ['.', '#', 'G'][*cell as usize]).collect();
            writeln!(f, "{text}")?;
        }
        Ok(())
    }
}

/// A map with an agent in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct World {
    /// The cells.
    pub map: Map,
    /// The agent's column and row.
    pub agent: (i32, i32),
    /// Where it looks.
    pub direction: Direction,
    /// Steps of this episode.
    pub steps: usize,
    /// Steps of an episode at most.
    pub max_steps: usize,
    /// Do looks go through walls?
    pub see_through: bool,
}

impl World {
    /// A world whose agent stands at column 1, row 1 and looks to the right.
    #[must_use]
    pub fn new(map: Map, max_steps: usize, see_through: bool) -> Self {
        Self { map, agent: (1, 1), direction: Direction::Right, steps: 0, max_steps, see_through }
    }

    /// Takes an action. Reaching the goal at step `t` is worth `1 - 0.9 t / max_steps`.
    pub fn act(&mut self, action: usize) -> Outcome {
        self.steps += 1;
        let mut outcome = Outcome::default();
        match action {
            0 => self.direction = self.direction.turned_left(),
            1 => self.direction = self.direction.turned_right(),
            2 => {
                let (dx, dy) = self.direction.ahead();
                let ahead = (self.agent.0 + dx, self.agent.1 + dy);
                let cell = self.map.get(ahead.0, ahead.1);
                if cell != Cell::Wall {
                    self.agent = ahead;
                }
                if cell == Cell::Goal {
                    outcome.terminated = true;
                    outcome.reward = 1.0 - 0.9 * (self.steps as f64 / self.max_steps as f64);
                }
            }
            _ => {}
        }
        outcome.truncated = self.steps >= self.max_steps;
        outcome
    }
}
