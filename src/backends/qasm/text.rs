//! The file: head, definitions, declarations, steps, measurements.

use super::names::Names;
use super::spell::Step;
use super::{Profile, Program};
use crate::gates::Gate;
use crate::ir::{Angle, GateOp, Graph, NodeId, Op, Operation, Readout, Region, Variable};
use crate::qasm::Version;
use crate::qasm::write::affine;
use indexmap::IndexSet;
use std::fmt::Write as _;

/// Writes everything. `self_test` is a line for the head; may be empty.
pub(super) fn write(graph: &Graph, node: NodeId, program: &Program<'_>, self_test: &str) -> String {
    let mut names = Names::new();
    let qubits = wires(program, &mut names);
    let open: Vec<String> = program.open.iter().map(|variable| names.take(&origin(graph, node, *variable))).collect();
    let measured = if program.options.measure { measured(program.region) } else { None };
    let bits = measured.as_ref().map(|_| names.take("out"));
    let mut out = match program.profile.version {
        Version::Two => "OPENQASM 2.0;\n".to_owned(),
        Version::Three => "OPENQASM 3.0;\n".to_owned(),
    };
    head(&mut out, program, &qubits, &names, self_test);
    if let Some(include) = program.profile.include {
        let _ = writeln!(out, "include \"{include}\";");
    }
    if let Some(machine) = &program.profile.machine
        && !machine.words.is_empty()
    {
        let _ = writeln!(out, "{}", machine.words);
    }
    for (gate, body) in &program.spelled.defined {
        define(&mut out, program.profile, gate, body);
    }
    for name in &open {
        let _ = writeln!(out, "input float[64] {name};");
    }
    declare(&mut out, program.profile.version, &qubits, bits.as_deref().zip(measured.as_ref().map(Vec::len)));
    let variable = |variable: Variable| {
        let at = program.open.binary_search(&variable).unwrap_or(0);
        open.get(at).cloned().unwrap_or_default()
    };
    for step in &program.spelled.steps {
        match step {
            Step::Gate(gate) => line(&mut out, program.profile, gate, &qubits.names, variable),
            Step::Barrier(all) => {
                let all: Vec<&str> = all.iter().map(|qubit| qubits.names[*qubit as usize].as_str()).collect();
                let _ = writeln!(out, "barrier {};", all.join(", "));
            }
        }
    }
    if let (Some(name), Some(measured)) = (&bits, &measured) {
        for (at, qubit) in measured.iter().enumerate() {
            let qubit = &qubits.names[*qubit as usize];
            let _ = match program.profile.version {
                Version::Two => writeln!(out, "measure {qubit} -> {name}[{at}];"),
                Version::Three => writeln!(out, "{name}[{at}] = measure {qubit};"),
            };
        }
    }
    out
}

/// Registers of qubits, and the one of bits with its size.
fn declare(out: &mut String, version: Version, qubits: &Wires, bits: Option<(&str, usize)>) {
    for (name, len) in &qubits.registers {
        let _ = match version {
            Version::Two => writeln!(out, "qreg {name}[{len}];"),
            Version::Three => writeln!(out, "qubit[{len}] {name};"),
        };
    }
    if let Some((name, len)) = bits {
        let _ = match version {
            Version::Two => writeln!(out, "creg {name}[{len}];"),
            Version::Three => writeln!(out, "bit[{len}] {name};"),
        };
    }
}

/// The names of qubits, in order.
struct Wires {
    registers: Vec<(String, u32)>,
    names: Vec<String>,
}

fn wires(program: &Program<'_>, names: &mut Names) -> Wires {
    let n = program.region.n_qubits;
    if program.profile.physical {
        return Wires { registers: Vec::new(), names: (0..n).map(|at| format!("${at}")).collect() };
    }
    let mut sorted: Vec<(u32, u32, String)> =
        program.region.registers.iter().map(|r| (r.start, r.len, r.name.clone())).collect();
    sorted.sort();
    let mut out = Wires { registers: Vec::new(), names: Vec::new() };
    let mut add = |out: &mut Wires, name: &str, len: u32| {
        if len > 0 {
            let name = names.take(name);
            out.names.extend((0..len).map(|at| format!("{name}[{at}]")));
            out.registers.push((name, len));
        }
    };
    for (start, len, name) in sorted {
        let before = u32::try_from(out.names.len()).unwrap_or(u32::MAX);
        add(&mut out, "q", start.saturating_sub(before));
        add(&mut out, &name, len);
    }
    let before = u32::try_from(out.names.len()).unwrap_or(u32::MAX);
    add(&mut out, "q", n.saturating_sub(before));
    out
}

/// Where an open number comes from: `vqc.layer.0.rx[2]`, `x[1]`, or the layer before.
fn origin(graph: &Graph, node: NodeId, variable: Variable) -> String {
    match variable {
        Variable::Weight { weight, index } => graph.element_name(weight, index),
        Variable::Input(index) => {
            let mut rest = index as usize;
            for id in graph.inputs_of(node) {
                let operand = graph.node(id);
                if rest < operand.len() {
                    let name = match &operand.op {
                        Op::Input { index } => graph.inputs.get(*index).map_or("input", |input| &input.name),
                        op if operand.path.is_empty() => op.name(),
                        _ => &operand.path,
                    };
                    let at = u32::try_from(rest).unwrap_or(u32::MAX);
                    return format!("{name}{}", crate::ir::names::element(&operand.shape, at));
                }
                rest -= operand.len();
            }
            format!("input[{index}]")
        }
    }
}

/// One line of a comment: whatever a name holds, it does not end the line.
fn comment(out: &mut String, text: &str) {
    let clean: String = text.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    let _ = writeln!(out, "// {clean}");
}

fn head(out: &mut String, program: &Program<'_>, qubits: &Wires, names: &Names, self_test: &str) {
    let profile = program.profile;
    let source = &program.options.source;
    comment(out, &format!("{source}, written by qnas {} as `{}`", env!("CARGO_PKG_VERSION"), profile.meta.name));
    let (first, last) = (qubits.names.first(), qubits.names.last());
    if let (Some(first), Some(last)) = (first, last) {
        comment(out, &format!("wires: {} qubits, {first} the least significant, {last} the most", qubits.names.len()));
    }
    program.options.notes.iter().for_each(|note| comment(out, note));
    let registers: Vec<String> = program.region.registers.iter().map(|r| format!("{}[{}]", r.name, r.len)).collect();
    if profile.physical && !registers.is_empty() {
        comment(out, &format!("$0, $1, .. are {} in order", registers.join(", ")));
    }
    let turns = profile.machine.is_some_and(|machine| machine.words.contains("2*pi*p0"));
    let unit = if turns { "arguments of native gates in turns" } else { "angles in radians" };
    comment(out, &format!("{unit}; equal to the circuit up to a global phase"));
    for (name, wanted) in &names.table {
        comment(out, &format!("name: {name} = {wanted}"));
    }
    for (at, readout) in program.region.readouts.iter().enumerate().take(64) {
        let what = match readout {
            Readout::Expectation(sum) => format!("expectation of {sum}"),
            Readout::Probabilities(all) => {
                let all: Vec<String> = all.iter().map(u32::to_string).collect();
                format!("probabilities of qubits {}", all.join(", "))
            }
        };
        comment(out, &format!("read-out {at}: {what}"));
    }
    if !self_test.is_empty() {
        comment(out, self_test);
    }
}

/// The qubits that the read-outs need, in the order in which they name them; `None` if one is not diagonal.
pub(super) fn measured(region: &Region) -> Option<Vec<u32>> {
    let mut all = IndexSet::new();
    for readout in &region.readouts {
        match readout {
            Readout::Expectation(sum) if sum.is_diagonal() => {
                all.extend(sum.terms().iter().flat_map(|(_, string)| string.factors().iter().map(|factor| factor.0)));
            }
            Readout::Probabilities(qubits) => all.extend(qubits),
            Readout::Expectation(_) => return None,
        }
    }
    (!all.is_empty()).then(|| all.into_iter().collect())
}

/// The name under which a file defines a gate.
fn defined_name(gate: &Gate) -> &str {
    let head = gate.qasm_definition.strip_prefix("gate ").unwrap_or(gate.meta.name);
    head.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(gate.meta.name)
}

fn define(out: &mut String, profile: &'static Profile, gate: &Gate, body: &[GateOp]) {
    // `p0` before `p1` in the alphabet, too: there is a reader that sorts parameters by name.
    let params: Vec<String> = (0..gate.params.len()).map(|k| format!("p{k}")).collect();
    let params = if params.is_empty() { String::new() } else { format!("({})", params.join(", ")) };
    let qubits: Vec<String> = ["a", "b", "c"][..gate.n_qubits()].iter().map(|name| (*name).to_owned()).collect();
    let _ = writeln!(out, "gate {}{params} {} {{", defined_name(gate), qubits.join(", "));
    for op in body {
        out.push_str("  ");
        line(out, profile, op, &qubits, |variable| match variable {
            Variable::Input(k) => format!("p{k}"),
            Variable::Weight { .. } => String::new(),
        });
    }
    out.push_str("}\n");
}

fn line(
    out: &mut String,
    profile: &'static Profile,
    op: &GateOp,
    names: &[String],
    variable: impl Fn(Variable) -> String,
) {
    let Operation::Gate { gate, params } = &op.operation else { return };
    let own = profile.machine.as_ref().and_then(|machine| (machine.spell)(op));
    let (name, params): (&str, &[Angle]) = match &own {
        Some(spelled) => (spelled.name, &spelled.params),
        None => (profile.name_of(gate.meta.name).unwrap_or_else(|| word(gate)), params),
    };
    for value in &op.extra_controls {
        out.push_str(if *value { "ctrl @ " } else { "negctrl @ " });
    }
    out.push_str(name);
    if !params.is_empty() {
        let angles: Vec<String> = params.iter().map(|angle| affine(angle, &variable)).collect();
        let _ = write!(out, "({})", angles.join(", "));
    }
    let qubits: Vec<&str> = op.qubits.iter().map(|qubit| names[*qubit as usize].as_str()).collect();
    let gap = if qubits.is_empty() { "" } else { " " };
    let _ = writeln!(out, "{gap}{};", qubits.join(", "));
}

fn word(gate: &Gate) -> &str {
    if gate.qasm_definition.is_empty() { gate.meta.name } else { defined_name(gate) }
}
