//! The circuits of a plan as OpenQASM 3, with a plan that says how their results add up.
//!
//! They are written by the emitter of `qnas emit`, so whatever stands in a piece is defined or taken apart, and read again before anybody
//! gets it. Measurements in the middle go to the bits `sign`, those at the end to `c`. A circuit is written once per setting in which its observables are measured.

use super::Values;
use super::show::json;
use crate::backends::qasm::{Binding, EmitOptions, emit, find};
use crate::cut::Planned;
use crate::cut::errors::NOT_WRITTEN;
use crate::cut::experiment::{Experiments, FragmentCircuits, Slot};
use crate::cut::qpd::{STATES, WIRE_TERMS};
use crate::diag::Diagnostic;
use crate::gates;
use crate::ir::{GateOp, Graph, Op, Operation, QuantumOp, Readout, Region};
use crate::math::Pauli;
use crate::qasm::{NoSources, Options as ReadOptions, import};
use crate::source::{FileId, Span};
use serde_json::{Value, json as object};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// Files by name, and the plan.
#[derive(Clone, PartialEq, Debug)]
pub struct Files {
    /// Name and text.
    pub circuits: Vec<(String, String)>,
    /// `plan.json`.
    pub plan: Value,
}

/// In which words pieces are written.
const PROFILE: &str = "qasm3";

/// All circuits of the `number`-th plan.
///
/// # Errors
/// `QN0604` if there are too many, `QN0712` and `QN0713` as `qnas emit` has them, `QN0605` if a piece cannot be read again.
pub fn files(region: &Region, planned: &Planned, number: usize, values: &Values) -> Result<Files, Diagnostic> {
    let experiments = Experiments::new(&planned.plan, &mut |variable| values.of(variable))?;
    let mut circuits = Vec::new();
    let mut fragments = Vec::new();
    for (at, fragment) in experiments.fragments.iter().enumerate() {
        let settings = settings(fragment);
        let mut named = Vec::new();
        for (index, circuit) in fragment.circuits.iter().enumerate() {
            for (k, setting) in settings.iter().enumerate() {
                let name = format!("plan{number}_piece{at}_{index}_{k}.qasm");
                circuits.push((name.clone(), text(fragment, circuit, setting)?));
                named.push(Value::String(name));
            }
        }
        let slots: Vec<Value> = fragment.slots.iter().map(|(slot, ways)| slot_json(*slot, *ways)).collect();
        let spelled: Vec<Value> = settings.iter().map(|setting| object!(shown(setting))).collect();
        fragments.push(object!({
            "qubits": fragment.qubits,
            "slots": slots,
            "ends": fragment.ends,
            "settings": spelled,
            "files": named,
            "order": "the last slot varies before the one ahead of it, and settings vary fastest",
        }));
    }
    let gates: Vec<Value> = experiments
        .gates
        .iter()
        .map(|gate| {
            object!(gate.terms.iter().map(|(k, sides)| object!({"coefficient": k, "sides": sides})).collect::<Vec<_>>())
        })
        .collect();
    let wire: Vec<Value> = WIRE_TERMS
        .iter()
        .map(|(k, measured, state)| {
            let measured = measured.map_or("none".to_owned(), |pauli| format!("{pauli:?}"));
            object!({"coefficient": k, "measure": measured, "prepare": STATES[*state]})
        })
        .collect();
    let mut plan = json(region, planned);
    if let Value::Object(map) = &mut plan {
        let strings: Vec<String> = experiments.strings.iter().map(ToString::to_string).collect();
        let outputs: Vec<String> = experiments.outputs.iter().map(ToString::to_string).collect();
        let gamma = experiments.gamma();
        map.insert("pieces".into(), object!(fragments));
        map.insert("gate_terms".into(), object!(gates));
        map.insert("wire_terms".into(), object!(wire));
        map.insert("observables".into(), object!(strings));
        map.insert("outputs".into(), object!(outputs));
        map.insert("overhead_of_terms".into(), object!(gamma * gamma));
    }
    Ok(Files { circuits, plan })
}

fn slot_json(slot: Slot, ways: usize) -> Value {
    match slot {
        Slot::Gate(cut, side) => object!({"gate": cut, "side": side, "ways": ways}),
        Slot::Begin(cut) => object!({"wire": cut, "ways": ways}),
    }
}

fn shown(setting: &BTreeMap<u32, Pauli>) -> String {
    setting.iter().map(|(qubit, pauli)| format!("{pauli:?}{qubit}")).collect::<Vec<_>>().join("*")
}

/// What is measured on each qubit of a fragment, so that every read-out of its circuits is covered.
fn settings(fragment: &FragmentCircuits) -> Vec<BTreeMap<u32, Pauli>> {
    let mut groups: Vec<BTreeMap<u32, Pauli>> = Vec::new();
    let first = fragment.circuits.first();
    for readout in first.into_iter().flat_map(|circuit| &circuit.readouts) {
        let Readout::Expectation(sum) = readout else { continue };
        for (_, string) in sum.terms() {
            let factors = || string.factors().iter().filter(|factor| factor.0 < fragment.qubits).copied();
            let agrees =
                |group: &&mut BTreeMap<u32, Pauli>| factors().all(|(q, p)| group.get(&q).is_none_or(|o| *o == p));
            match groups.iter_mut().find(agrees) {
                Some(group) => group.extend(factors()),
                None => groups.push(factors().collect()),
            }
        }
    }
    if groups.is_empty() {
        groups.push(BTreeMap::new());
    }
    groups
}

/// One circuit: written and read again as every emitted circuit is, with a qubit for each measurement in the middle, which then takes
/// that qubit's place.
fn text(fragment: &FragmentCircuits, circuit: &Region, setting: &BTreeMap<u32, Pauli>) -> Result<String, Diagnostic> {
    let mut region = Region { readouts: Vec::new(), ..circuit.clone() };
    for (&qubit, pauli) in setting {
        let turns: &[&str] = match pauli {
            Pauli::X => &["h"],
            Pauli::Y => &["sdg", "h"],
            Pauli::Z => &[],
        };
        region.ops.extend(turns.iter().map(|name| QuantumOp::Gate(fixed(name, qubit))));
    }
    let mut graph = Graph::new("piece");
    let node = graph.add(Op::Region(Box::new(region)), &[], vec![0], "piece", Span::default());
    let options = EmitOptions { binding: Binding::default(), source: String::new(), measure: false, notes: Vec::new() };
    let deferred = emit(&graph, node, find(PROFILE)?, &options)?;
    let signs = circuit.n_qubits.saturating_sub(fragment.qubits);
    let mut out = String::new();
    for line in deferred.lines().filter(|line| !line.starts_with("//")) {
        if line.starts_with("qubit[") {
            let _ = writeln!(out, "qubit[{0}] q;\nbit[{0}] c;", fragment.qubits);
            if signs > 0 {
                let _ = writeln!(out, "bit[{signs}] sign;");
            }
            continue;
        }
        match sign(line, fragment.qubits) {
            Some((qubit, bit)) => drop(writeln!(out, "sign[{bit}] = measure {qubit};")),
            None => drop(writeln!(out, "{line}")),
        }
    }
    out.push_str("c = measure q;\n");
    reread(&out)?;
    Ok(out)
}

/// The qubit and the bit of a measurement in the middle, if a line copies a qubit to one that stands for it.
fn sign(line: &str, qubits: u32) -> Option<(&str, u32)> {
    let (qubit, ancilla) = line.strip_prefix("cx ")?.strip_suffix(';')?.split_once(", ")?;
    let at: u32 = ancilla.strip_prefix("q[")?.strip_suffix(']')?.parse().ok()?;
    Some((qubit, at.checked_sub(qubits)?))
}

/// Our own reader takes the file.
fn reread(text: &str) -> Result<(), Diagnostic> {
    let Err(found) = import(text, FileId::default(), "piece", &ReadOptions::default(), &mut NoSources) else {
        return Ok(());
    };
    let why = found.first().map(|error| error.message.clone()).unwrap_or_default();
    Err(Diagnostic::global(&NOT_WRITTEN, format!("a written piece cannot be read again: {why}"))
        .help("please report this with the program"))
}

fn fixed(name: &str, qubit: u32) -> GateOp {
    let gate = gates::find(name).unwrap_or(&gates::id::ID);
    let operation = Operation::Gate { gate, params: Vec::new() };
    GateOp { operation, extra_controls: Vec::new(), qubits: vec![qubit], path: Arc::from(""), span: Span::default() }
}
