//! Two architectures compared in the terms of their source: choices, costs, and the circuits place by place.
//!
//! A place is a path of the program (`vqc.layer.2.rot`). Where a loop in a loop applies a gate many times, its applications
//! stand together (`vqc.layer.0.line.i.*`): what differs is then said once.

use super::pick::Picked;
use crate::cost;
use crate::hir::Value;
use crate::ir::{Graph, Op, QuantumOp, Region};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::BTreeSet;

/// Wires of applications that are spelled out.
const WIRES: usize = 8;

/// Something that two architectures have differently; `None` where one does not have it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Differs<T> {
    /// A choice's path, a metric's name, or a place of the program.
    pub name: String,
    /// In the first.
    pub a: Option<T>,
    /// In the second.
    pub b: Option<T>,
}

/// What differs between two architectures.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Difference {
    /// Choices, in program order.
    pub choices: Vec<Differs<Value>>,
    /// Cost metrics.
    pub costs: Vec<Differs<f64>>,
    /// Operations and gates by place, in program order.
    pub places: Vec<Differs<String>>,
}

impl Difference {
    /// Are the two the same in every respect?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.choices.is_empty() && self.costs.is_empty() && self.places.is_empty()
    }
}

/// Compares two architectures, of one program or of two.
#[must_use]
pub fn difference(a: &Picked, b: &Picked) -> Difference {
    let choices = |picked: &Picked| -> IndexMap<String, Value> {
        let value = |path: &String| Some((path.clone(), picked.assignment.0.get(path)?.clone()));
        picked.genes.iter().filter_map(|gene| value(&gene.path)).collect()
    };
    let gates: BTreeSet<String> = [a, b].iter().flat_map(|one| gate_metrics(&one.graph)).collect();
    // Those that are counted and need no device and no budget, of which a difference between two architectures knows nothing.
    let free = |name: &&str| {
        cost::find(name).is_some_and(|chosen| !chosen.needs_device() && !chosen.is_open() && !chosen.metric.proxy)
    };
    let names: Vec<String> = cost::names().filter(free).map(str::to_owned).chain(gates).collect();
    let costs = |graph: &Graph| -> IndexMap<String, f64> {
        names.iter().filter_map(|name| Some((name.clone(), cost::find(name)?.evaluate(graph)))).collect()
    };
    Difference {
        choices: differing(&choices(a), &choices(b)),
        costs: differing(&costs(&a.graph), &costs(&b.graph)),
        places: places(&a.graph, &b.graph),
    }
}

fn gate_metrics(graph: &Graph) -> Vec<String> {
    let counts = graph.regions().flat_map(|(_, region)| region.gate_counts().by_name.into_keys());
    counts.map(|name| format!("gates.{name}")).collect()
}

/// What two maps have differently, in the order of the first, what only the second has after what stands before it there.
fn differing<T: Clone + PartialEq>(a: &IndexMap<String, T>, b: &IndexMap<String, T>) -> Vec<Differs<T>> {
    let entry = |name: &String| Differs { name: name.clone(), a: a.get(name).cloned(), b: b.get(name).cloned() };
    merged(a, b).iter().map(entry).filter(|entry| entry.a != entry.b).collect()
}

fn merged<T>(a: &IndexMap<String, T>, b: &IndexMap<String, T>) -> Vec<String> {
    let mut names: Vec<String> = a.keys().cloned().collect();
    let mut at = 0;
    for name in b.keys() {
        match names.iter().position(|known| known == name) {
            Some(place) => at = place + 1,
            None => {
                names.insert(at, name.clone());
                at += 1;
            }
        }
    }
    names
}

/// What one place does: operations of the pipeline, or gates with their wires.
#[derive(Clone, PartialEq, Default)]
struct Place {
    /// Every application in full, wires included.
    all: Vec<String>,
    /// How often each gate or operation is applied.
    counts: IndexMap<String, usize>,
}

impl Place {
    fn add(&mut self, what: &str, wires: &str) {
        self.all.push(format!("{what} {wires}"));
        *self.counts.entry(what.to_owned()).or_insert(0) += 1;
    }

    /// `9 × cx`
    fn summary(&self) -> String {
        let text =
            |(what, count): (&String, &usize)| if *count == 1 { what.clone() } else { format!("{count} × {what}") };
        self.counts.iter().map(text).collect::<Vec<_>>().join(", ")
    }

    /// `cx q[0], q[1]; cx q[1], q[2]`
    fn spelled(&self) -> String {
        let text = self.all.iter().take(WIRES).cloned().collect::<Vec<_>>().join("; ");
        match self.all.len().saturating_sub(WIRES) {
            0 => text,
            more => format!("{text}; {more} more"),
        }
    }
}

fn places(a: &Graph, b: &Graph) -> Vec<Differs<String>> {
    let (a, b) = (map(a), map(b));
    let text = |entry: Differs<Place>| {
        // The same gates on other wires are told apart by their wires only.
        let alike = matches!((&entry.a, &entry.b), (Some(a), Some(b)) if a.counts == b.counts);
        let text = |place: Place| if alike { place.spelled() } else { place.summary() };
        Differs { name: entry.name, a: entry.a.map(text), b: entry.b.map(text) }
    };
    differing(&a, &b).into_iter().map(text).collect()
}

fn map(graph: &Graph) -> IndexMap<String, Place> {
    let mut out: IndexMap<String, Place> = IndexMap::new();
    for id in graph.order() {
        let node = graph.node(id);
        let what = match &node.op {
            Op::Region(region) => format!("circuit of {} qubits", region.n_qubits),
            op => format!("{} -> {:?}", op.name(), node.shape),
        };
        let name = if node.path.is_empty() { node.op.name() } else { &node.path };
        out.entry(name.to_owned()).or_default().add(&what, "");
        if let Op::Region(region) = &node.op {
            gates(region, &mut out);
        }
    }
    out
}

fn gates(region: &Region, out: &mut IndexMap<String, Place>) {
    for op in &region.ops {
        let wires: Vec<String> = op.qubits().iter().map(|&qubit| region.qubit_name(qubit)).collect();
        let (what, path) = match op {
            QuantumOp::Gate(gate) => (gate.full_name(), gate.path.as_ref()),
            QuantumOp::Prepare { path, .. } => ("prepare".to_owned(), path.as_ref()),
            QuantumOp::Barrier { .. } => continue,
        };
        out.entry(place(path)).or_default().add(&what, &wires.join(", "));
    }
    let readouts = region.readouts.len();
    if readouts > 0 {
        let place = out.entry(format!("{} read-out", region.path)).or_default();
        place.add(&format!("{} numbers", region.n_outputs()), "");
    }
}

/// A path with the innermost loop of several starred.
fn place(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('.').collect();
    let numbers: Vec<usize> = (0..parts.len()).filter(|&at| parts[at].bytes().all(|b| b.is_ascii_digit())).collect();
    if let [_, .., last] = numbers[..] {
        parts[last] = "*";
    }
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_loops_stand_together() {
        assert_eq!(place("vqc.layer.0.line.i.3.two"), "vqc.layer.0.line.i.*.two");
        assert_eq!((place("vqc.layer.2.rot").as_str(), place("h").as_str()), ("vqc.layer.2.rot", "h"));
    }

    #[test]
    fn what_only_one_has_stands_where_it_would() {
        let map =
            |names: &[&str]| -> IndexMap<String, u8> { names.iter().map(|name| ((*name).to_owned(), 0)).collect() };
        assert_eq!(merged(&map(&["a", "b", "d"]), &map(&["a", "c", "d", "e"])), ["a", "c", "b", "d", "e"]);
        let differs = differing(&map(&["a"]), &map(&["a", "z"]));
        assert_eq!(differs, [Differs { name: "z".to_owned(), a: None, b: Some(0) }]);
    }
}
