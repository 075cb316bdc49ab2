//! How each step and read-out of a region looks.

use super::grid::{Cell, Gap, Step};
use super::labels::Labels;
use super::{Options, width};
use crate::ir::{GateOp, QuantumOp, Readout, Region, names};
use crate::math::{Pauli, PauliSum};

/// What drawing a step gives.
pub(super) enum Drawn {
    /// A place on the wires.
    Step(Step),
    /// A global phase, which belongs to no wire.
    Phase(String),
}

/// Symbols that stand on a wire by themselves.
struct Symbols {
    on_one: &'static str,
    on_zero: &'static str,
    not: &'static str,
    exchange: &'static str,
    barrier: &'static str,
    open: &'static str,
    close: &'static str,
}

const UNICODE: Symbols =
    Symbols { on_one: "●", on_zero: "○", not: "⊕", exchange: "×", barrier: "░", open: "┤", close: "├" };
const ASCII: Symbols =
    Symbols { on_one: "@", on_zero: "o", not: "X", exchange: "x", barrier: ":", open: "[", close: "]" };

fn symbols(options: &Options) -> &'static Symbols {
    if options.ascii { &ASCII } else { &UNICODE }
}

/// Draws one step.
pub(super) fn step(region: &Region, op: &QuantumOp, labels: &mut Labels, options: &Options) -> Drawn {
    let symbols = symbols(options);
    match op {
        QuantumOp::Gate(gate) if gate.qubits.is_empty() => {
            Drawn::Phase(gate.params().iter().map(|angle| labels.angle(angle)).collect())
        }
        QuantumOp::Gate(gate) => Drawn::Step(gate_step(gate, labels, symbols)),
        QuantumOp::Prepare { qubits, values, .. } => {
            let text = format!("prepare({})", labels.values(values));
            Drawn::Step(boxed(&[], qubits, &text, symbols))
        }
        QuantumOp::Barrier { qubits } => {
            let all = (0..region.n_qubits).filter(|qubit| qubits.contains(qubit)).collect::<Vec<_>>();
            let mut step = spanning(all.iter().copied());
            for qubit in all {
                step.cells[qubit as usize - step.top] = Some(Cell::Text(symbols.barrier.to_owned()));
            }
            Drawn::Step(step)
        }
    }
}

/// An empty step from the first to the last of some wires.
fn spanning(qubits: impl Iterator<Item = u32> + Clone) -> Step {
    let top = qubits.clone().min().unwrap_or(0) as usize;
    let bottom = qubits.max().unwrap_or(0) as usize;
    Step { top, cells: vec![None; bottom - top + 1], gaps: vec![None; bottom - top], inner: 0 }
}

fn gate_step(gate: &GateOp, labels: &mut Labels, symbols: &Symbols) -> Step {
    let controls: Vec<(u32, bool)> = gate.controls().collect();
    let targets = gate.targets();
    let base = base_name(gate);
    let angles: Vec<String> = gate.params().iter().map(|angle| labels.angle(angle)).collect();
    let text = if angles.is_empty() { base.to_owned() } else { format!("{base}({})", angles.join(", ")) };
    let mark = match (base, controls.is_empty()) {
        ("x", false) => Some(symbols.not),
        ("z", false) => Some(symbols.on_one),
        ("swap", _) => Some(symbols.exchange),
        _ => None,
    };
    match (mark, targets) {
        (Some(mark), _) => connected(&controls, targets, |_| mark.to_owned(), symbols),
        (None, &[target]) => {
            connected(&controls, &[target], |_| format!("{}{text}{}", symbols.open, symbols.close), symbols)
        }
        (None, &[]) => {
            // A phase under controls alone: it is written at the last of them.
            let Some((&(last, value), others)) = controls.split_last() else { return spanning(std::iter::empty()) };
            let mark = if value { symbols.on_one } else { symbols.on_zero };
            connected(others, &[last], |_| format!("{mark}{text}"), symbols)
        }
        (None, _) => boxed(&controls, targets, &text, symbols),
    }
}

/// The name without the controls that the drawing shows: `rx` for `crx`.
fn base_name(gate: &GateOp) -> &str {
    let own_controls = gate.n_controls() - gate.extra_controls.len();
    &gate.name()[own_controls..]
}

/// Symbols joined by a connector: controls and a mark or a small box on each target.
fn connected(controls: &[(u32, bool)], targets: &[u32], mark: impl Fn(u32) -> String, symbols: &Symbols) -> Step {
    let all = controls.iter().map(|control| control.0).chain(targets.iter().copied());
    let mut step = spanning(all);
    step.cells.fill(Some(Cell::Cross));
    step.gaps.fill(Some(Gap::Line));
    for &(qubit, value) in controls {
        let symbol = if value { symbols.on_one } else { symbols.on_zero };
        step.cells[qubit as usize - step.top] = Some(Cell::Text(symbol.to_owned()));
    }
    for &qubit in targets {
        step.cells[qubit as usize - step.top] = Some(Cell::Text(mark(qubit)));
    }
    step
}

/// A box around the targets, each marked with its position, the name on the first wire; controls are connected to it.
fn boxed(controls: &[(u32, bool)], targets: &[u32], text: &str, symbols: &Symbols) -> Step {
    if let &[target] = targets {
        return connected(controls, &[target], |_| format!("{}{text}{}", symbols.open, symbols.close), symbols);
    }
    let mut step = connected(controls, targets, |_| String::new(), symbols);
    let (Some(&first), Some(&last)) = (targets.iter().min(), targets.iter().max()) else { return step };
    for wire in first..=last {
        let at = wire as usize - step.top;
        let position = targets.iter().position(|&target| target == wire);
        step.cells[at] = Some(match (position, step.cells[at].take()) {
            (Some(k), _) if wire == first => Cell::Side(format!("{k} {text}")),
            (Some(k), _) => Cell::Side(k.to_string()),
            (None, Some(Cell::Text(symbol))) => Cell::Through(symbol),
            (None, _) => Cell::Through(String::new()),
        });
        if wire < last {
            step.gaps[at] = Some(Gap::Box);
        }
    }
    step.inner = step.cells.iter().flatten().fold(0, |size, cell| match cell {
        Cell::Side(text) => size.max(width(text)),
        _ => size,
    });
    step
}

/// The qubit and axis of a plain `<Z>`.
fn plain(sum: &PauliSum) -> Option<(u32, Pauli)> {
    match sum.terms() {
        [(coefficient, string)] if *coefficient == 1.0 && string.weight() == 1 => Some(string.factors()[0]),
        _ => None,
    }
}

/// What stands at the end of each wire: plain expectation values with the position of their output.
pub(super) fn ends(region: &Region, options: &Options) -> Vec<String> {
    let mut ends = vec![String::new(); region.n_qubits as usize];
    let mut output = 0;
    for readout in &region.readouts {
        if let Readout::Expectation(sum) = readout
            && let Some((qubit, pauli)) = plain(sum)
        {
            let end = &mut ends[qubit as usize];
            let text =
                if options.ascii { format!("<{pauli:?}>[{output}]") } else { format!("⟨{pauli:?}⟩[{output}]") };
            *end = if end.is_empty() { format!(" {text}") } else { format!("{end} {text}") };
        }
        output += readout.len();
    }
    ends
}

/// The read-outs that do not fit at the end of one wire, with the positions of their outputs.
pub(super) fn readout_list(region: &Region, _: &Options) -> Vec<String> {
    let mut lines = Vec::new();
    let mut output = 0;
    for readout in &region.readouts {
        match readout {
            Readout::Expectation(sum) if plain(sum).is_none() => {
                lines.push(format!("[{output}] = expect {}", observable(region, sum)));
            }
            Readout::Expectation(_) => {}
            Readout::Probabilities(qubits) => {
                let names: Vec<String> = qubits.iter().map(|&qubit| region.qubit_name(qubit)).collect();
                lines.push(format!("[{output}..{}] = probabilities {}", output + readout.len(), names.join(", ")));
            }
        }
        output += readout.len();
    }
    lines
}

/// An observable over named qubits: `0.5*Z(q[0])*Z(q[1]) - X(q[2])`.
fn observable(region: &Region, sum: &PauliSum) -> String {
    if sum.terms().is_empty() {
        return "0".to_owned();
    }
    let mut out = String::new();
    for (coefficient, string) in sum.terms() {
        let factors = string.factors().iter().map(|&(qubit, pauli)| format!("{pauli:?}({})", region.qubit_name(qubit)));
        let size = names::number(coefficient.abs());
        let words: Vec<String> = std::iter::once(size.clone()).filter(|size| size != "1").chain(factors).collect();
        let text = if words.is_empty() { size } else { words.join("*") };
        out.push_str(match (out.is_empty(), *coefficient < 0.0) {
            (true, true) => "-",
            (true, false) => "",
            (false, true) => " - ",
            (false, false) => " + ",
        });
        out.push_str(&text);
    }
    out
}
