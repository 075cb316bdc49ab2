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

    /// A table without heads.
    pub(crate) fn plain(columns: usize) -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        Self { table, right: vec![false; columns] }
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

/// Digits in groups of three: `23,328`.
pub(crate) fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        for (digits, text) in
            [("0", "0"), ("999", "999"), ("23328", "23,328"), ("-1000", "-1,000"), ("1234567", "1,234,567")]
        {
            assert_eq!(grouped(digits), text);
        }
    }

    #[test]
    fn numbers_stand_to_the_right_and_lines_end_in_text() {
        let mut rows = Rows::new(&["name", ">size", ""]);
        rows.row(&["a", "1,000", ""]);
        rows.row(&["bcdefg", "1", "x"]);
        assert_eq!(rows.text(), "name     size\na       1,000\nbcdefg      1  x\n");
    }
}
