//! A graph of one region as a `.qnas` program for people: broadcasts, loops, names; formatting is the formatter's.
//!
//! Gates become lines; then equal gates over a whole register become one, steps along a register become a loop, and
//! stretches that repeat become a loop. Every rewriting keeps the order of gates, so the unitary is the same to the bit.

mod fold;

use super::number::exact;
use super::unitary::spelled;
use crate::gates::{self, Gate};
use crate::ir::{Angle, GateOp, Graph, Operation, QuantumOp, Readout, Region, Variable};
use crate::math::{Pauli, PauliSum};
use fold::{Item, fold};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct WriteOptions {
    /// Inputs, and angles that are no multiple of pi/4, become weights.
    pub weights: bool,
    /// Leave repetitions as they are.
    pub flat: bool,
}

/// A program with one circuit that computes what the graph's only region computes.
///
/// Barriers have no word in the language and are left out. The text is not formatted.
#[must_use]
pub fn write(graph: &Graph, source: &str, options: &WriteOptions) -> String {
    let Some((_, region)) = graph.regions().next() else { return String::new() };
    let mut names = Names::default();
    let circuit = names.take(&graph.name, "circuit");
    let registers: Vec<String> = region.registers.iter().map(|register| names.take(&register.name, "q")).collect();
    let inputs: Vec<String> = graph.inputs.iter().map(|input| names.take(&input.name, "a")).collect();
    let mut out = format!("//! Imported from `{source}`.\n\n");
    let params: Vec<String> = inputs.iter().map(|name| format!("{name}: real")).collect();
    let params = if options.weights { String::new() } else { params.join(", ") };
    let _ = writeln!(out, "circuit {circuit}({params}) -> {} {{", shape(region));
    for (register, name) in region.registers.iter().zip(&registers) {
        let _ = writeln!(out, "qubit[{}] {name};", register.len);
    }
    if options.weights {
        for name in &inputs {
            let _ = writeln!(out, "let {name} = weight;");
        }
    }
    let writer = Writer { region, registers: &registers, inputs: &inputs, weights: options.weights };
    let items = writer.items();
    let items = if options.flat { items } else { fold(items, region) };
    let taken: BTreeSet<&str> = names.taken.iter().map(String::as_str).collect();
    let variables: Vec<&str> =
        ["i", "k", "layer", "block", "turn"].into_iter().filter(|v| !taken.contains(v)).collect();
    for item in &items {
        writer.item(&mut out, item, &variables, 0, true);
    }
    let _ = writeln!(out, "{}\n}}", writer.readouts());
    out
}

fn shape(region: &Region) -> String {
    match &region.readouts[..] {
        [Readout::Expectation(_)] => "real[1]".to_owned(),
        [Readout::Probabilities(qubits)] => format!("real[2 ** {}]", qubits.len()),
        many => format!("real[{}]", many.len()),
    }
}

/// Names of the program as names of the language, each once.
#[derive(Default)]
struct Names {
    taken: BTreeSet<String>,
}

const RESERVED: &str = "use const enum fn let qubit for in if else match choose weight require assert true false gate model \
                        circuit device search where of ordered step log with pi tau π τ I X Y Z expect probabilities sum product \
                        min max abs floor ceil len sin cos exp ln sqrt concat pad normalize log2 real int bool text observable";

impl Names {
    fn take(&mut self, wanted: &str, default: &str) -> String {
        let mut name: String = wanted.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
        if name.trim_matches('_').is_empty() {
            name = default.to_owned();
        }
        if name.starts_with(|c: char| c.is_numeric()) || name.starts_with('_') {
            name = format!("{default}{}{name}", if name.starts_with('_') { "" } else { "_" });
        }
        while RESERVED.split_whitespace().any(|word| word == name)
            || gates::find(&name).is_some()
            || self.taken.contains(&name)
        {
            name.push('_');
        }
        self.taken.insert(name.clone());
        name
    }
}

struct Writer<'a> {
    region: &'a Region,
    registers: &'a [String],
    inputs: &'a [String],
    weights: bool,
}

impl Writer<'_> {
    fn items(&self) -> Vec<Item> {
        let mut out = Vec::new();
        for op in &self.region.ops {
            if let QuantumOp::Gate(gate) = op {
                match &gate.operation {
                    Operation::Gate { .. } => out.push(self.gate(gate)),
                    Operation::Unitary(_) => match inverse_of(gate) {
                        Some(known) => {
                            out.push(Item::gate(self.head(gate, "inv @ ", known), Vec::new(), gate.qubits.clone()))
                        }
                        None => out.extend(spelled(gate).iter().map(|part| self.gate(part))),
                    },
                }
            }
        }
        out
    }

    fn head(&self, op: &GateOp, modifier: &str, gate: &Gate) -> String {
        let controls: String =
            op.extra_controls.iter().map(|value| if *value { "ctrl @ " } else { "negctrl @ " }).collect();
        format!("{controls}{modifier}{}", gate.meta.name)
    }

    fn gate(&self, op: &GateOp) -> Item {
        let Operation::Gate { gate, params } = &op.operation else {
            return Item::gate(String::new(), Vec::new(), Vec::new());
        };
        let angles = params.iter().map(|angle| self.angle(angle)).collect();
        Item::gate(self.head(op, "", gate), angles, op.qubits.clone())
    }

    fn angle(&self, angle: &Angle) -> fold::AngleText {
        match angle.as_constant() {
            Some(value) if self.weights && !is_simple(value) => fold::AngleText::Weight(value),
            _ => fold::AngleText::Fixed(affine(angle, |variable| match variable {
                Variable::Input(at) => self.inputs.get(at as usize).cloned().unwrap_or_default(),
                Variable::Weight { weight, index } => format!("w{}_{index}", weight.0),
            })),
        }
    }

    fn qubit(&self, qubit: u32) -> String {
        self.place(qubit).map_or_else(|| format!("q[{qubit}]"), |(name, at)| format!("{name}[{at}]"))
    }

    fn place(&self, qubit: u32) -> Option<(&str, u32)> {
        let found = self.region.registers.iter().position(|r| qubit >= r.start && qubit - r.start < r.len)?;
        Some((&self.registers[found], qubit - self.region.registers[found].start))
    }

    /// Writes an item; weights may have a value of their own only outside of loops.
    fn item(&self, out: &mut String, item: &Item, variables: &[&str], depth: usize, once: bool) {
        match item {
            Item::Gate { head, angles, qubits } => {
                let operands: Vec<String> = qubits.iter().map(|qubit| self.qubit(*qubit)).collect();
                self.line(out, head, angles, &operands.join(", "), once, None);
            }
            Item::Register { head, angles, register, len } => {
                self.line(out, head, angles, &self.registers[*register], once, Some(*len));
            }
            Item::Steps { head, angles, first, by, count } => {
                let variable = variables.get(depth).copied().unwrap_or("j");
                let _ = writeln!(out, "for {variable} in 0..{count} {{");
                let operands: Vec<String> =
                    first.iter().zip(by).map(|(q, by)| self.stepped(*q, *by, variable)).collect();
                self.line(out, head, angles, &operands.join(", "), false, None);
                out.push_str("}\n");
            }
            Item::Loop { body, count } => {
                // Loops of layers are called so; deeper ones take what is left.
                let variable = if depth == 0 && variables.contains(&"layer") { "layer" } else { "block" };
                let _ = writeln!(out, "for {variable} in 0..{count} {{");
                body.iter().for_each(|item| self.item(out, item, variables, depth + 1, false));
                out.push_str("}\n");
            }
        }
    }

    fn stepped(&self, qubit: u32, by: i64, variable: &str) -> String {
        let Some((name, at)) = self.place(qubit) else { return self.qubit(qubit) };
        let index = match (by, at) {
            (0, at) => at.to_string(),
            (1, 0) => variable.to_owned(),
            (1, at) => format!("{variable} + {at}"),
            (-1, at) => format!("{at} - {variable}"),
            (by, 0) => format!("{by} * {variable}"),
            (by, at) if by < 0 => format!("{at} - {} * {variable}", -by),
            (by, at) => format!("{by} * {variable} + {at}"),
        };
        format!("{name}[{index}]")
    }

    fn line(
        &self,
        out: &mut String,
        head: &str,
        angles: &[fold::AngleText],
        operands: &str,
        once: bool,
        vector: Option<usize>,
    ) {
        let shape = vector.map(|len| format!("[{len}]")).unwrap_or_default();
        let angles: Vec<String> = angles
            .iter()
            .map(|angle| match angle {
                fold::AngleText::Fixed(text) => text.clone(),
                fold::AngleText::Weight(value) if once && vector.is_none() && value.is_finite() => {
                    format!("weight ~ constant({})", exact(*value))
                }
                fold::AngleText::Weight(_) => format!("weight{shape}"),
            })
            .collect();
        let angles = if angles.is_empty() { String::new() } else { format!("({})", angles.join(", ")) };
        let gap = if operands.is_empty() { "" } else { " " };
        let _ = writeln!(out, "{head}{angles}{gap}{operands};");
    }

    fn readouts(&self) -> String {
        if let [Readout::Probabilities(qubits)] = &self.region.readouts[..] {
            let single: Vec<String> = qubits.iter().map(|qubit| self.qubit(*qubit)).collect();
            return format!(
                "probabilities({})",
                self.whole(qubits).unwrap_or_else(|| format!("[{}]", single.join(", ")))
            );
        }
        let qubits: Option<Vec<u32>> = self.region.readouts.iter().map(only_z).collect();
        match qubits {
            Some(qubits) => match self.whole(&qubits) {
                Some(register) => format!("expect(Z({register}))"),
                None => {
                    let each: Vec<String> = qubits.iter().map(|qubit| format!("Z({})", self.qubit(*qubit))).collect();
                    format!("expect([{}])", each.join(", "))
                }
            },
            None => {
                let sums = self.region.readouts.iter().filter_map(|readout| match readout {
                    Readout::Expectation(sum) => Some(self.observable(sum)),
                    Readout::Probabilities(_) => None,
                });
                format!("expect([{}])", sums.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// The register that is read whole and in order.
    fn whole(&self, qubits: &[u32]) -> Option<String> {
        let at = self.region.registers.iter().position(|register| {
            let all: Vec<u32> = (register.start..register.start + register.len).collect();
            all == qubits
        })?;
        Some(self.registers[at].clone())
    }

    fn observable(&self, sum: &PauliSum) -> String {
        let term = |(coefficient, string): &(f64, crate::math::PauliString)| {
            let factors = string.factors().iter().map(|(qubit, pauli)| {
                let letter = match pauli {
                    Pauli::X => "X",
                    Pauli::Y => "Y",
                    Pauli::Z => "Z",
                };
                format!("{letter}({})", self.qubit(*qubit))
            });
            std::iter::once(exact(*coefficient)).chain(factors).collect::<Vec<_>>().join(" * ")
        };
        sum.terms().iter().map(term).collect::<Vec<_>>().join(" + ")
    }
}

fn only_z(readout: &Readout) -> Option<u32> {
    let Readout::Expectation(sum) = readout else { return None };
    match sum.terms() {
        [(coefficient, string)] if *coefficient == 1.0 => match string.factors() {
            [(qubit, Pauli::Z)] => Some(*qubit),
            _ => None,
        },
        _ => None,
    }
}

/// Multiples of pi/4 belong to the structure of a circuit; other angles are what training finds.
fn is_simple(value: f64) -> bool {
    let quarters = value / std::f64::consts::FRAC_PI_4;
    (quarters - quarters.round()).abs() < 1e-12
}

/// The gate of the catalogue whose inverse a constant unitary is, if that gate has no inverse of its own there.
fn inverse_of(op: &GateOp) -> Option<&'static Gate> {
    let Operation::Unitary(matrix) = &op.operation else { return None };
    let matches = |gate: &&&'static Gate| {
        let same = gate.params.is_empty() && gate.controls == 0 && 1 << gate.targets == matrix.dim();
        same && gate.targets > 0 && (gate.matrix)(&[]).dagger().distance(matrix) < 1e-12
    };
    gates::GATES.iter().find(matches).copied()
}

/// `2*a`, `a/2`, `0.3*a`: whole numbers and their reciprocals without a point, which every reader takes for any type of `a`.
fn scaled(factor: f64, name: &str) -> String {
    let whole = |value: f64| value.fract() == 0.0 && value < 1e6;
    match factor {
        1.0 => name.to_owned(),
        _ if whole(factor) => format!("{factor}*{name}"),
        _ if whole(1.0 / factor) && 1.0 / (1.0 / factor) == factor => format!("{name}/{}", 1.0 / factor),
        _ => format!("{}*{name}", exact(factor)),
    }
}

/// An affine form, numbers exact: `2.0*a + pi/2`.
#[must_use]
pub fn affine(angle: &Angle, name: impl Fn(Variable) -> String) -> String {
    let mut out = String::new();
    let mut append = |value: f64, text: String| {
        let sign = match (out.is_empty(), value < 0.0) {
            (true, true) => "-",
            (true, false) => "",
            (false, true) => " - ",
            (false, false) => " + ",
        };
        out.push_str(sign);
        out.push_str(&text);
    };
    for &(variable, coefficient) in angle.terms() {
        let factor = coefficient.abs();
        append(coefficient, scaled(factor, &name(variable)));
    }
    if angle.constant != 0.0 || angle.terms().is_empty() {
        append(angle.constant, exact(angle.constant.abs()));
    }
    out
}
