//! Emitting: which circuit of a model is meant, and the numbers it is written with.

use super::errors::BAD_OPTION;
use super::run::{Inputs, Start, Want, simulate};
use super::train::Precision;
use crate::backends::hybrid::Layout;
use crate::backends::qasm::{Binding, EmitOptions, Machine, OneQubit, PROFILES, Profile, TwoQubit, bind, emit};
use crate::device::Device;
use crate::diag::{Diagnostic, nearest};
use crate::ir::{Graph, NodeId, Op, Output};
use crate::target::{Options, transpile};
use std::collections::BTreeSet;

/// What is emitted, and with which numbers.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The target.
    pub profile: &'static Profile,
    /// The path of the circuit; needed if the model has several.
    pub circuit: Option<&'a str>,
    /// Numbers for the weights; open without them.
    pub weights: Option<Start<'a>>,
    /// One sample; data stay open without it.
    pub sample: Option<&'a Inputs>,
    /// The machine that the circuit is placed on first, and how.
    pub device: Option<(&'a Device, Options)>,
    /// Measure what the read-outs need.
    pub measure: bool,
    /// Where the circuit comes from, for the head of the file.
    pub source: &'a str,
}

/// The circuit of a model as OpenQASM.
///
/// # Errors
/// `QN0905` if it is not clear which circuit is meant, `QN0942` for weights of another architecture, and what emitting has
/// against the circuit.
pub fn emit_circuit(graph: &Graph, request: &Request<'_>) -> Result<String, Diagnostic> {
    let node = circuit(graph, request.circuit)?;
    let weights = request.weights.map(|start| numbers(graph, start)).transpose()?;
    let inputs = match (request.sample, request.weights) {
        (Some(sample), start) => Some(region_inputs(graph, node, start.unwrap_or(Start::Seed(0)), sample)?),
        (None, _) => None,
    };
    if inputs.is_some() && request.weights.is_none() && classical_before(graph, node) {
        return Err(Diagnostic::global(
            &BAD_OPTION,
            "the numbers that reach the circuit depend on weights of the layers before it",
        )
        .help("give `--weights FILE`, too"));
    }
    let path = match &graph.node(node).op {
        Op::Region(region) if !region.path.is_empty() => region.path.clone(),
        _ => graph.name.clone(),
    };
    let mut options = EmitOptions {
        binding: Binding { weights: weights.as_deref(), inputs: inputs.as_deref() },
        source: format!("circuit `{path}` of {}", request.source),
        measure: request.measure,
        notes: Vec::new(),
    };
    let Some((device, how)) = &request.device else { return emit(graph, node, request.profile, &options) };
    let (placed, notes) = placed(graph, node, &options.binding, (device, how))?;
    options.notes = notes;
    emit(&placed, node, request.profile, &options)
}

/// The graph with one circuit as the native gates of a device, and what the head of a file says of that. Numbers go in first: what is constant
/// takes fewer gates.
fn placed(
    graph: &Graph,
    node: NodeId,
    binding: &Binding<'_>,
    (device, how): (&Device, &Options),
) -> Result<(Graph, Vec<String>), Diagnostic> {
    let mut out = graph.clone();
    let Op::Region(region) = &mut out.node_mut(node).op else {
        return Err(Diagnostic::global(&BAD_OPTION, "only circuits are placed on devices"));
    };
    region.ops = bind(region, binding)?;
    let on = transpile(region, device, how)?;
    let list = |places: &[u32]| places.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    let notes = vec![
        format!("placed on `{}`: its qubits are those of the device", device.name),
        format!("qubits 0, 1, .. of the circuit begin on {}", list(&on.initial)),
        format!("qubits 0, 1, .. of the circuit end on {}", list(&on.last)),
    ];
    **region = on.region;
    Ok((out, notes))
}

/// The profile in which a device's native gates are written; `None` if no target has just these.
#[must_use]
pub fn profile_of(device: &Device) -> Option<&'static Profile> {
    PROFILES.iter().copied().find(|profile| profile.machine.is_some_and(|machine| native(device, &machine)))
}

/// Has a device the two-qubit gate of a machine, and its gates for one qubit?
#[must_use]
pub fn native(device: &Device, machine: &Machine) -> bool {
    let has = |name: &str| device.native.iter().any(|native| native.gate.meta.name == name);
    let fixed =
        |name: &str| device.native.iter().any(|native| native.gate.meta.name == name && native.params.is_some());
    let one = match machine.one {
        OneQubit::RzSx => has("rz") && has("sx"),
        OneQubit::RzRx => has("rz") && has("rx"),
        OneQubit::R => has("r") && !has("rz"),
        OneQubit::RRz => has("r") && has("rz") && !fixed("r"),
        OneQubit::HalfR => fixed("r"),
    };
    let two = match machine.two {
        TwoQubit::Cz => "cz",
        TwoQubit::Ecr => "ecr",
        TwoQubit::Rxx => "rxx",
        TwoQubit::Rzz => "rzz",
        TwoQubit::Iswap => "iswap",
    };
    one && has(two)
}

/// The circuit that is meant.
///
/// # Errors
/// `QN0905`: there is none of this path, or several and nobody said which.
pub fn circuit(graph: &Graph, path: Option<&str>) -> Result<NodeId, Diagnostic> {
    let all: Vec<(NodeId, &str)> = graph.regions().map(|(id, region)| (id, region.path.as_str())).collect();
    let listed = || all.iter().map(|(_, path)| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    match (path, &all[..]) {
        (_, []) => Err(Diagnostic::global(&BAD_OPTION, format!("`{}` has no circuit", graph.name))),
        (None, [(id, _)]) => Ok(*id),
        (None, many) => {
            Err(Diagnostic::global(&BAD_OPTION, format!("`{}` has several circuits: {}", graph.name, listed()))
                .help(format!("say which with `--circuit {}`", many[0].1)))
        }
        (Some(path), all) => all.iter().find(|(_, known)| *known == path).map(|(id, _)| *id).ok_or_else(|| {
            let error = Diagnostic::global(&BAD_OPTION, format!("there is no circuit `{path}`"));
            match nearest(path, all.iter().map(|(_, path)| *path)) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.note(format!("there are {}", listed())),
            }
        }),
    }
}

/// The numbers of every weight, by its id.
fn numbers(graph: &Graph, start: Start<'_>) -> Result<Vec<Vec<f64>>, Diagnostic> {
    let layout = Layout::new(graph);
    let params = match start {
        Start::Seed(seed) => layout.initial::<f64>(seed),
        Start::Given(weights) => {
            let mut params = vec![0.0; layout.len];
            weights.fill(&layout, &mut params)?;
            params
        }
    };
    let of = |path: &str| layout.find(path).and_then(|entry| params.get(entry.range())).map(<[f64]>::to_vec);
    Ok(graph.weights.iter().map(|weight| of(&weight.path).unwrap_or_default()).collect())
}

/// Everything a node depends on, itself left out.
fn ancestors(graph: &Graph, node: NodeId) -> BTreeSet<NodeId> {
    let mut found = BTreeSet::new();
    let mut open = graph.inputs_of(node);
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(graph.inputs_of(id));
        }
    }
    found
}

/// Do weights stand before the circuit?
fn classical_before(graph: &Graph, node: NodeId) -> bool {
    ancestors(graph, node).iter().any(|id| !graph.node(*id).op.weights().is_empty())
}

/// The numbers that reach a circuit for the first sample: the model up to it, run.
fn region_inputs(graph: &Graph, node: NodeId, start: Start<'_>, sample: &Inputs) -> Result<Vec<f64>, Diagnostic> {
    let operands = graph.inputs_of(node);
    if operands.is_empty() {
        return Ok(Vec::new());
    }
    let before = ancestors(graph, node);
    let mut part = graph.clone();
    for id in graph.order().into_iter().rev().filter(|id| !before.contains(id)) {
        part.remove(id);
    }
    let output = |(at, id): (usize, &NodeId)| Output { name: format!("operand{at}"), node: *id };
    part.outputs = operands.iter().enumerate().map(output).collect();
    let first = Inputs {
        rows: 1,
        values: sample.values.iter().map(|values| values[..values.len() / sample.rows.max(1)].to_vec()).collect(),
    };
    let simulated = simulate(&part, start, &first, Want::Outputs, (Precision::F64, None))?;
    Ok(simulated.outputs.into_iter().flat_map(|named| named.values).collect())
}
