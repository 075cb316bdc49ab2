//! The circuits of a plan as OpenQASM 3, with a plan that says how their results add up.
//!
//! Angles are numbers, gates beyond `stdgates.inc` are defined in the file, measurements in the middle go to the bits
//! `sign`, those at the end to `c`. A circuit is written once per setting in which its observables are measured.

use super::Values;
use super::show::json;
use crate::cut::Planned;
use crate::cut::errors::NOT_WRITTEN;
use crate::cut::experiment::{Experiments, FragmentCircuits, Slot};
use crate::cut::qpd::{STATES, WIRE_TERMS};
use crate::diag::Diagnostic;
use crate::gates::{self, Gate};
use crate::ir::{Angle, GateOp, Operation, QuantumOp, Readout, Region};
use crate::math::Pauli;
use serde_json::{Value, json as object};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Files by name, and the plan.
#[derive(Clone, PartialEq, Debug)]
pub struct Files {
    /// Name and text.
    pub circuits: Vec<(String, String)>,
    /// `plan.json`.
    pub plan: Value,
}

/// Names that `stdgates.inc` defines.
const STANDARD: [&str; 31] = [
    "p", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "cx", "cy", "cz", "cp", "crx", "cry",
    "crz", "ch", "swap", "ccx", "cswap", "cu", "id", "u1", "u2", "u3", "phase", "cphase",
];

/// All circuits of the `number`-th plan.
///
/// # Errors
/// `QN0604` if there are too many, `QN0605` for what OpenQASM cannot say.
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

fn text(fragment: &FragmentCircuits, circuit: &Region, setting: &BTreeMap<u32, Pauli>) -> Result<String, Diagnostic> {
    let mut body = String::new();
    let mut used: Vec<&'static Gate> = Vec::new();
    for op in &circuit.ops {
        match op {
            QuantumOp::Gate(gate) if gate.qubits.last().is_some_and(|&qubit| qubit >= fragment.qubits) => {
                let sign = gate.qubits[1] - fragment.qubits;
                let _ = writeln!(body, "sign[{sign}] = measure q[{}];", gate.qubits[0]);
            }
            QuantumOp::Gate(gate) => statement(&mut body, &mut used, gate)?,
            QuantumOp::Barrier { .. } => {}
            QuantumOp::Prepare { .. } => return Err(not_written("`prepare`")),
        }
    }
    for (qubit, pauli) in setting {
        match pauli {
            Pauli::X => drop(writeln!(body, "h q[{qubit}];")),
            Pauli::Y => drop(writeln!(body, "sdg q[{qubit}];\nh q[{qubit}];")),
            Pauli::Z => {}
        }
    }
    let signs = circuit.n_qubits.saturating_sub(fragment.qubits);
    let mut out = String::from("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n");
    for definition in definitions(&used) {
        out.push_str(definition);
        out.push('\n');
    }
    let _ = writeln!(out, "qubit[{0}] q;\nbit[{0}] c;", fragment.qubits);
    if signs > 0 {
        let _ = writeln!(out, "bit[{signs}] sign;");
    }
    out.push_str(&body);
    out.push_str("c = measure q;\n");
    Ok(out)
}

fn statement(body: &mut String, used: &mut Vec<&'static Gate>, gate: &GateOp) -> Result<(), Diagnostic> {
    let Operation::Gate { gate: kind, params } = &gate.operation else {
        return Err(not_written("a power of a gate"));
    };
    if std::ptr::eq(*kind, &raw const gates::gphase::GPHASE) && gate.qubits.is_empty() {
        return Ok(());
    }
    for on_one in &gate.extra_controls {
        body.push_str(if *on_one { "ctrl @ " } else { "negctrl @ " });
    }
    let name = if std::ptr::eq(*kind, &raw const gates::u::U) { "U" } else { kind.meta.name };
    if !used.iter().any(|other| std::ptr::eq(*other, *kind)) {
        used.push(kind);
    }
    let numbers: Vec<String> =
        params.iter().map(|angle: &Angle| format!("{:?}", angle.as_constant().unwrap_or_default())).collect();
    let qubits: Vec<String> = gate.qubits.iter().map(|qubit| format!("q[{qubit}]")).collect();
    let list = if numbers.is_empty() { String::new() } else { format!("({})", numbers.join(", ")) };
    let _ = writeln!(body, "{name}{list} {};", qubits.join(", "));
    Ok(())
}

/// The definitions of gates that are not standard, each after those it uses.
fn definitions(used: &[&'static Gate]) -> Vec<&'static str> {
    fn add(gate: &'static Gate, out: &mut Vec<&'static str>) {
        let name = gate.meta.name;
        let text = gate.qasm_definition;
        if STANDARD.contains(&name) || matches!(name, "u" | "gphase") || text.is_empty() || out.contains(&text) {
            return;
        }
        let body = text.split_once('{').map_or("", |(_, body)| body);
        for word in body.split(|c: char| !c.is_alphanumeric() && c != '_') {
            if let Some(inner) = gates::find(word).filter(|inner| inner.meta.name != name) {
                add(inner, out);
            }
        }
        out.push(text);
    }
    let mut out = Vec::new();
    used.iter().for_each(|gate| add(gate, &mut out));
    out
}

fn not_written(what: &str) -> Diagnostic {
    Diagnostic::global(&NOT_WRITTEN, format!("{what} stands in a piece and is not written as OpenQASM"))
        .help("write it with gates of the catalogue")
}
