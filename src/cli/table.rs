//! Result tables: columns lined up, one line per row, no frame.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

/// Columns of the terminal standard output goes to.
pub(crate) fn terminal_width() -> Option<usize> {
    std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok())
}

/// A table under construction.
pub(crate) struct Rows {
    table: Table,
    right: Vec<bool>,
}

impl Rows {
    /// A table with these column heads; a head that begins with `>` marks a column of numbers, set to the right.
    pub(crate) fn new(heads: &[&str]) -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        let right: Vec<bool> = heads.iter().map(|head| head.starts_with('>')).collect();
        let mut rows = Self { table, right };
        let texts: Vec<String> = heads.iter().map(|head| head.trim_start_matches('>').to_owned()).collect();
        rows.row(&texts);
        rows
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[impl AsRef<str>]) {
        let align = |at: usize| match self.right.get(at) {
            Some(true) => CellAlignment::Right,
            _ => CellAlignment::Left,
        };
        let cells: Vec<Cell> =
            cells.iter().enumerate().map(|(at, cell)| Cell::new(cell.as_ref()).set_alignment(align(at))).collect();
        self.table.add_row(cells);
    }

    /// The text, every line without trailing spaces, ending in a line end.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        for line in self.table.lines() {
            // The preset leaves one column of padding on the left.
            out.push_str(line.strip_prefix(' ').unwrap_or(&line).trim_end());
            out.push('\n');
        }
        out
    }
}
