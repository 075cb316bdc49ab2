//! The grid of a circuit diagram: steps packed into columns, columns folded into blocks of lines.

use super::{Options, width};

/// What stands on one wire within a step.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// A symbol or a gate in its brackets.
    Text(String),
    /// A wire that the step's connector crosses.
    Cross,
    /// A wire of a box around several qubits, with the text inside.
    Side(String),
    /// A wire that passes through such a box, with a symbol on it or none.
    Through(String),
}

/// What stands between two wires within a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gap {
    /// A connector.
    Line,
    /// The sides of a box.
    Box,
}

/// One step: its cells from the first wire to the last, and what is between them.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The first wire.
    pub(super) top: usize,
    /// One per wire from `top` on; `None` leaves the wire as it is.
    pub(super) cells: Vec<Option<Cell>>,
    /// One per pair of neighbouring cells.
    pub(super) gaps: Vec<Option<Gap>>,
    /// Columns inside a box.
    pub(super) inner: usize,
}

/// Characters of a drawing.
struct Glyphs {
    wire: char,
    line: char,
    cross: &'static str,
    left: &'static str,
    right: &'static str,
    wall: char,
    more: &'static str,
    again: &'static str,
}

const UNICODE: Glyphs =
    Glyphs {
        wire: '─', line: '│', cross: "┼", left: "┤", right: "├", wall: '│', more: "»", again: "»─"
    };
const ASCII: Glyphs =
    Glyphs { wire: '-', line: '|', cross: "|", left: "[", right: "]", wall: '|', more: ">", again: ">-" };

/// Steps in columns.
pub(super) struct Grid {
    free: Vec<usize>,
    columns: Vec<Vec<Step>>,
}

impl Grid {
    /// Bare wires.
    pub(super) fn new(wires: usize) -> Self {
        Self { free: vec![0; wires], columns: Vec::new() }
    }

    /// Puts a step into the first column after everything on the wires it covers.
    pub(super) fn place(&mut self, step: Step) {
        let covered = step.top..step.top + step.cells.len();
        let column = self.free[covered.clone()].iter().copied().max().unwrap_or(0);
        self.free[covered].fill(column + 1);
        if self.columns.len() <= column {
            self.columns.resize_with(column + 1, Vec::new);
        }
        self.columns[column].push(step);
    }

    /// All lines, folded.
    pub(super) fn render(&self, names: &[String], ends: &[String], options: &Options) -> String {
        let glyphs = if options.ascii { &ASCII } else { &UNICODE };
        let margin = names.iter().map(|name| width(name)).max().unwrap_or(0);
        let widths: Vec<usize> = self.columns.iter().map(|column| column_width(column)).collect();
        let end = ends.iter().map(|end| width(end)).max().unwrap_or(0);
        let room = options.width.saturating_sub(margin + 6);
        let blocks = fold(&widths, end, room);
        let mut out = String::new();
        for (at, block) in blocks.iter().enumerate() {
            let first = at == 0;
            let last = at + 1 == blocks.len();
            if !first {
                out.push('\n');
            }
            let columns = &self.columns[block.clone()];
            let linked = columns.iter().flatten().any(|step| step.gaps.iter().any(Option::is_some));
            for (row, name) in names.iter().enumerate() {
                let pad = " ".repeat(margin - width(name));
                let head = if first { glyphs.wire.to_string() } else { glyphs.again.to_owned() };
                let mut line = format!("{name}{pad} {head}");
                let mut below = " ".repeat(width(&line));
                for (column, size) in columns.iter().zip(&widths[block.clone()]) {
                    line.push_str(&wire_cell(column, row, *size, glyphs));
                    line.push(glyphs.wire);
                    below.push_str(&gap_cell(column, row, *size, glyphs));
                    below.push(' ');
                }
                line.push_str(if last { ends.get(row).map_or("", |end| end) } else { glyphs.more });
                out.push_str(line.trim_end());
                out.push('\n');
                if linked && row + 1 < names.len() {
                    out.push_str(below.trim_end());
                    out.push('\n');
                }
            }
        }
        out
    }
}

/// Ranges of columns that fit into `room`; at least one block, at least one column each.
fn fold(widths: &[usize], end: usize, room: usize) -> Vec<std::ops::Range<usize>> {
    let mut blocks = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, size) in widths.iter().enumerate() {
        let tail = if at + 1 == widths.len() { end } else { 0 };
        if at > start && used + size + 1 + tail > room {
            blocks.push(start..at);
            (start, used) = (at, 0);
        }
        used += size + 1;
    }
    blocks.push(start..widths.len());
    blocks
}

fn column_width(column: &[Step]) -> usize {
    let cell = |step: &Step| {
        let texts = step.cells.iter().flatten().map(|cell| match cell {
            Cell::Text(text) => width(text),
            Cell::Cross => 1,
            Cell::Side(_) | Cell::Through(_) => step.inner + 2,
        });
        texts.max().unwrap_or(1)
    };
    column.iter().map(cell).max().unwrap_or(1)
}

/// `text` in the middle of `size` columns; a text of one column stands exactly where connectors run.
fn centred(text: &str, size: usize, fill: char) -> String {
    let free = size.saturating_sub(width(text));
    let left = free / 2;
    let side = |count: usize| fill.to_string().repeat(count);
    format!("{}{text}{}", side(left), side(free - left))
}

fn wire_cell(column: &[Step], row: usize, size: usize, glyphs: &Glyphs) -> String {
    let here = column.iter().find(|step| (step.top..step.top + step.cells.len()).contains(&row));
    let cell = here.and_then(|step| step.cells[row - step.top].as_ref().map(|cell| (step, cell)));
    let text = match cell {
        None => String::new(),
        Some((_, Cell::Text(text))) => text.clone(),
        Some((_, Cell::Cross)) => glyphs.cross.to_owned(),
        Some((step, Cell::Side(text))) => {
            let pad = " ".repeat(step.inner.saturating_sub(width(text)));
            format!("{}{text}{pad}{}", glyphs.left, glyphs.right)
        }
        Some((step, Cell::Through(text))) => {
            format!("{0}{1}{0}", glyphs.cross, centred(text, step.inner, glyphs.wire))
        }
    };
    centred(&text, size, glyphs.wire)
}

fn gap_cell(column: &[Step], row: usize, size: usize, glyphs: &Glyphs) -> String {
    let gap = column.iter().find_map(|step| {
        let at = row.checked_sub(step.top)?;
        step.gaps.get(at).copied().flatten().map(|gap| (step, gap))
    });
    let text = match gap {
        None => String::new(),
        Some((_, Gap::Line)) => glyphs.line.to_string(),
        Some((step, Gap::Box)) => format!("{0}{1}{0}", glyphs.wall, " ".repeat(step.inner)),
    };
    centred(&text, size, ' ')
}
