//! Text drawings of one architecture: the pipeline as a chain, every quantum region as a circuit diagram.
//!
//! Wires are rows, time runs to the right, every step stands as early as its wires allow. Names that would stretch the
//! drawing are replaced by letters and spelled out below it. Lines fold at a given width.

mod circuit;
mod grid;
mod labels;
mod pipeline;

use crate::ir::{Graph, Node, Op, Region};
use std::fmt::Write as _;

/// How to draw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Columns of text at which a circuit folds; a single step wider than that still stands on a line of its own.
    pub width: usize,
    /// Only ASCII characters instead of box-drawing ones.
    pub ascii: bool,
}

/// The whole architecture: the pipeline, then every circuit. Ends in a newline.
#[must_use]
pub fn draw(graph: &Graph, options: &Options) -> String {
    let mut out = pipeline::chain(graph, options);
    for (id, region) in graph.regions() {
        out.push('\n');
        out.push_str(&draw_region(graph, graph.node(id), region, options));
    }
    out
}

/// One circuit: a title, the diagram, and the legend. `node` is the region's node in `graph`.
#[must_use]
pub fn draw_region(graph: &Graph, node: &Node, region: &Region, options: &Options) -> String {
    let mut labels = labels::Labels::new(graph, node, options.ascii);
    let mut grid = grid::Grid::new(region.n_qubits as usize);
    let mut phases = Vec::new();
    for op in &region.ops {
        match circuit::step(region, op, &mut labels, options) {
            circuit::Drawn::Step(step) => grid.place(step),
            circuit::Drawn::Phase(text) => phases.push(text),
        }
    }
    let ends = circuit::ends(region, options);
    let counts = region.gate_counts();
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let mut out = format!(
        "{}: {}, depth {}, {}\n",
        if region.path.is_empty() { "circuit" } else { &region.path },
        plural(region.n_qubits as usize, "qubit"),
        region.depth(),
        plural(counts.total, "gate"),
    );
    let names: Vec<String> = (0..region.n_qubits).map(|qubit| region.qubit_name(qubit)).collect();
    out.push_str(&grid.render(&names, &ends, options));
    for line in circuit::readout_list(region, options) {
        let _ = writeln!(out, "  {line}");
    }
    if !phases.is_empty() {
        let _ = writeln!(out, "  global phase: {}", phases.join(" + "));
    }
    for line in labels.legend() {
        let _ = writeln!(out, "  {line}");
    }
    out
}

/// Is a node a circuit?
fn as_region(node: &Node) -> Option<&Region> {
    match &node.op {
        Op::Region(region) => Some(region),
        _ => None,
    }
}

/// Columns a text takes in a terminal: two for the wide characters of East Asian scripts.
fn width(text: &str) -> usize {
    let wide = |ch: char| {
        matches!(u32::from(ch), 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF
            | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD)
    };
    text.chars().map(|ch| if wide(ch) { 2 } else { 1 }).sum()
}
