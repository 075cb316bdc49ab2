//! Rules that generate the graphs of whole families of devices, checked against published calibrations in tests.

/// A rule: its name, its parameters, one line for people, and how to make the edges.
pub struct Topology {
    /// Its name in a program: `heavy_hex`.
    pub name: &'static str,
    /// Its parameters, all ints that are not negative.
    pub parameters: &'static [&'static str],
    /// One line.
    pub summary: &'static str,
    /// Qubits and edges for values of the parameters; `None` if they make no graph.
    pub generate: fn(&[u32]) -> Option<Graph>,
}

impl std::fmt::Debug for Topology {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Topology({})", self.name)
    }
}

/// Number of qubits and edges.
pub type Graph = (u32, Vec<(u32, u32)>);

/// Most qubits a rule makes: what a circuit may have.
const MOST: u32 = 4096;

/// All rules.
pub static TOPOLOGIES: &[Topology] = &[
    Topology { name: "path", parameters: &["qubits"], summary: "a line of qubits", generate: |p| path(p[0]) },
    Topology { name: "cycle", parameters: &["qubits"], summary: "a closed line of qubits", generate: |p| cycle(p[0]) },
    Topology {
        name: "hub",
        parameters: &["qubits", "centre"],
        summary: "every qubit beside one",
        generate: |p| hub(p[0], p[1]),
    },
    Topology {
        name: "grid",
        parameters: &["rows", "columns"],
        summary: "a square grid, numbered row by row",
        generate: |p| grid(p[0], p[1]),
    },
    Topology { name: "all_to_all", parameters: &["qubits"], summary: "every pair", generate: |p| all_to_all(p[0]) },
    Topology {
        name: "eagle",
        parameters: &[],
        summary: "IBM's heavy hexagon of 127 qubits",
        generate: |_| Some(eagle()),
    },
    Topology {
        name: "heavy_hex",
        parameters: &["rows", "columns", "first", "dangling"],
        summary: "rows joined by single qubits four columns apart, from column `first` and two columns on by turns; \
                  `dangling` 1 has them after the last row too",
        generate: |p| heavy_hex(p[0], p[1], p[2], p[3]),
    },
];

/// Looks a rule up.
#[must_use]
pub fn find(name: &str) -> Option<&'static Topology> {
    TOPOLOGIES.iter().find(|topology| topology.name == name)
}

fn sized(qubits: u32, edges: impl FnOnce() -> Vec<(u32, u32)>) -> Option<Graph> {
    (1..=MOST).contains(&qubits).then(|| (qubits, edges()))
}

fn path(n: u32) -> Option<Graph> {
    sized(n, || (1..n).map(|q| (q - 1, q)).collect())
}

fn cycle(n: u32) -> Option<Graph> {
    if n < 3 {
        return None;
    }
    sized(n, || (0..n).map(|q| (q, (q + 1) % n)).collect())
}

fn hub(n: u32, centre: u32) -> Option<Graph> {
    if centre >= n {
        return None;
    }
    sized(n, || (0..n).filter(|&q| q != centre).map(|q| (q, centre)).collect())
}

fn all_to_all(n: u32) -> Option<Graph> {
    if n > 1024 {
        return None;
    }
    sized(n, || (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect())
}

fn grid(rows: u32, columns: u32) -> Option<Graph> {
    let n = rows.checked_mul(columns)?;
    sized(n, || {
        let mut edges = Vec::new();
        for q in 0..n {
            if q % columns + 1 < columns {
                edges.push((q, q + 1));
            }
            if q + columns < n {
                edges.push((q, q + columns));
            }
        }
        edges
    })
}

/// One row of a heavy hexagon: its first column and its length.
type Row = (u32, u32);

/// Rows joined by bridges: after row r those at the columns that `bridges` gives. Numbered row, its bridges, row, ...
fn bridged(rows: &[Row], bridges: impl Fn(usize) -> Vec<u32>) -> Graph {
    let mut edges = Vec::new();
    let mut next = 0;
    // Qubits that wait for the row below: their column and number.
    let mut waiting: Vec<(u32, u32)> = Vec::new();
    for (at, &(first, length)) in rows.iter().enumerate() {
        let start = next;
        next += length;
        edges.extend((1..length).map(|k| (start + k - 1, start + k)));
        let here = |column: u32| (first..first + length).contains(&column).then(|| start + column - first);
        edges.extend(waiting.drain(..).filter_map(|(column, bridge)| Some((bridge, here(column)?))));
        for column in bridges(at) {
            if let Some(above) = here(column) {
                edges.push((above, next));
                waiting.push((column, next));
                next += 1;
            }
        }
    }
    edges.sort_unstable();
    (next, edges)
}

fn columns(first: u32, until: u32) -> Vec<u32> {
    (first..until).step_by(4).collect()
}

/// Seven rows of 14, 15, .., 15, 14 qubits with four bridges between each two.
fn eagle() -> Graph {
    let rows = [(0, 14), (0, 15), (0, 15), (0, 15), (0, 15), (0, 15), (1, 14)];
    bridged(&rows, |row| if row == 6 { Vec::new() } else { columns(if row % 2 == 0 { 0 } else { 2 }, 15) })
}

fn heavy_hex(rows: u32, length: u32, first: u32, dangling: u32) -> Option<Graph> {
    let width = length.checked_add(length.div_ceil(4))?;
    if rows == 0 || length == 0 || rows.checked_mul(width)? > MOST {
        return None;
    }
    let lines = vec![(0, length); rows as usize];
    let last = rows as usize - 1;
    // The bridges of every second row stand two columns on, or two back where there is room for that.
    let other = if first >= 2 { first - 2 } else { first + 2 };
    Some(bridged(&lines, |row| match row == last && dangling == 0 {
        true => Vec::new(),
        false => columns(if row % 2 == 0 { first } else { other }, length),
    }))
}
