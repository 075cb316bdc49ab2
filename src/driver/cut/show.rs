//! A plan as JSON and as a picture.

use crate::cut::experiment::shots;
use crate::cut::gamma::Interval;
use crate::cut::plan::Fragment;
use crate::cut::{Plan, Planned};
use crate::ir::Region;
use serde_json::{Value, json};

/// The precision for which shots are stated, and the probability with which it is missed.
const PRECISION: (f64, f64) = (0.01, 0.05);

fn interval(interval: Interval) -> Value {
    json!([interval.low, interval.high])
}

/// Shots for an expectation value of each string within 0.01 with probability 0.95.
#[must_use]
pub fn stated_shots(plan: &Plan) -> f64 {
    shots(plan.overhead.high.sqrt(), PRECISION.0, PRECISION.1)
}

/// A plan as JSON.
#[must_use]
pub fn json(region: &Region, planned: &Planned) -> Value {
    let plan = &planned.plan;
    let qubit = |wire: usize| plan.instance.wires[wire];
    let gates: Vec<Value> = plan
        .gates
        .iter()
        .map(|cut| {
            let step = &plan.instance.steps[cut.step];
            json!({
                "gates": step.ops.iter().map(|&op| gate_text(plan, op)).collect::<Vec<_>>(),
                "qubits": step.touches.iter().map(|touch| qubit(touch.wire)).collect::<Vec<_>>(),
                "between": cut.between,
                "gamma": interval(cut.gamma),
                "rank": cut.rank,
            })
        })
        .collect();
    let wires: Vec<Value> = plan
        .wires
        .iter()
        .map(|cut| json!({"qubit": qubit(cut.wire), "after_segment": cut.segment, "between": cut.between, "gamma": crate::cut::gamma::WIRE}))
        .collect();
    let fragments: Vec<Value> = plan.fragments.iter().map(|fragment| fragment_json(plan, fragment)).collect();
    json!({
        "circuit": region.path,
        "readouts": planned.readouts,
        "budget": plan.budget,
        "qubits": plan.instance.wires,
        "cuts": plan.cuts(),
        "gates": gates,
        "wires": wires,
        "partitions": plan.fragments.len(),
        "fragments": fragments,
        "fragment_variants": plan.fragment_variants(),
        "subexperiments": plan.subexperiments(),
        "summation_terms": plan.summation_terms(),
        "overhead": interval(plan.overhead),
        "overhead_joint": interval(plan.joint),
        "proven_optimal": plan.optimal,
        "bound": plan.bound,
        "gap": plan.gap(),
        "shots": {"error": PRECISION.0, "failure": PRECISION.1, "per_observable": stated_shots(plan)},
    })
}

fn fragment_json(plan: &Plan, fragment: &Fragment) -> Value {
    let qubit = |&(wire, segment): &(usize, usize)| json!({"qubit": plan.instance.wires[wire], "segment": segment});
    json!({
        "qubits": fragment.qubits.iter().map(qubit).collect::<Vec<_>>(),
        "incoming": fragment.incoming,
        "outgoing": fragment.outgoing,
        "gate_ends": fragment.ends.len(),
        "settings": fragment.settings,
    })
}

/// A step of the circuit as people write it, angles left out.
fn gate_text(plan: &Plan, op: usize) -> String {
    match &plan.instance.region.ops[op] {
        crate::ir::QuantumOp::Gate(gate) => {
            let controls: String =
                gate.extra_controls.iter().map(|one| if *one { "ctrl @ " } else { "negctrl @ " }).collect();
            let qubits: Vec<String> = gate.qubits.iter().map(|qubit| format!("q[{qubit}]")).collect();
            format!("{controls}{} {}", gate.name(), qubits.join(", "))
        }
        _ => "prepare".to_owned(),
    }
}

/// A name for a cut gate: its gates and qubits.
#[must_use]
pub fn cut_text(plan: &Plan, step: usize) -> String {
    plan.instance.steps[step].ops.iter().map(|&op| gate_text(plan, op)).collect::<Vec<_>>().join("; ")
}

/// The letter of a fragment.
#[must_use]
pub fn letter(fragment: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(fragment % 26).unwrap_or(0));
    if fragment < 26 { letter.to_string() } else { format!("{letter}{}", fragment / 26) }
}

/// A row per wire, time to the right: the letter of the fragment where a gate is kept, a small one where it is cut, a bar
/// where the wire is. Empty if it is wider than `width`.
#[must_use]
pub fn picture(plan: &Plan, width: usize) -> String {
    let n = plan.instance.wires.len();
    let mut grid: Vec<Vec<char>> = vec![Vec::new(); n];
    let mut segment = vec![0usize; n];
    let label = plan.instance.wires.last().map_or(0, |qubit| qubit.to_string().len());
    for (at, (step, places)) in plan.instance.steps.iter().zip(&plan.division.at).enumerate() {
        let cut = plan.gates.iter().any(|gate| gate.step == at);
        let span = step.touches.iter().map(|t| t.wire).min().unwrap_or(0)
            ..=step.touches.iter().map(|t| t.wire).max().unwrap_or(0);
        let column = span.map(|wire| grid[wire].len()).max().unwrap_or(0) + 1;
        for (touch, &k) in step.touches.iter().zip(places) {
            let row = &mut grid[touch.wire];
            row.resize(column, '─');
            if k > segment[touch.wire] {
                segment[touch.wire] = k;
                row.push('|');
            }
            row.resize(column + 1, '─');
            let fragment = plan.division.wires[touch.wire][k].fragment;
            let letter = letter(fragment).chars().next().unwrap_or('A');
            row.push(if cut { letter.to_ascii_lowercase() } else { letter });
        }
    }
    let widest = grid.iter().map(Vec::len).max().unwrap_or(0) + 1;
    if widest + label + 4 > width || plan.fragments.len() > 26 {
        return String::new();
    }
    let mut out = String::new();
    for (row, qubit) in grid.iter_mut().zip(&plan.instance.wires) {
        row.resize(widest, '─');
        out.push_str(&format!("  q{qubit:<label$} {}\n", row.iter().collect::<String>()));
    }
    out
}
