//! Candidates of a choice around circuits as one model: what they have in common stands in it once, and where their circuits
//! differ it has the mixture of what they give.
//!
//! All candidates are built. Two nodes are one if operation, path, shape and operands agree. From the outputs down, nodes that do the
//! same to different operands become one node over merged operands; where circuits differ, their read-outs are mixed.
//! So it does not matter where the choice is written: between circuits, of a gate that a circuit is given, of a branch of the
//! model. What differs in more than circuits cannot be mixed and is refused.

use super::{Graph, Init, MixRule, Node, NodeId, Op, Output, Weight, WeightId};
use crate::diag::Diagnostic;
use crate::hir::errors::types;
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// How candidates are mixed.
#[derive(Clone, Copy, Debug)]
pub struct Mixture<'a> {
    /// The path of the choice; the structural weights are below it.
    pub path: &'a str,
    /// Positions of the candidates that are mixed; the others only say where candidates part.
    pub kept: &'a [usize],
    /// Do candidates share the angles of one path?
    pub shared: bool,
    /// How structural weights become coefficients.
    pub rule: MixRule,
    /// Where the structural weights begin.
    pub start: f64,
}

/// The candidates as one model; there is at least one.
///
/// # Errors
/// `QN0302` if they differ in more than what their circuits give, in the shape of that, or in the shape of a weight they share.
pub fn merge(mut candidates: Vec<Graph>, mixture: Mixture<'_>) -> Result<Graph, Diagnostic> {
    if !mixture.shared {
        own_angles(&mut candidates, mixture.path);
    }
    let aligned = align(&candidates, mixture.path)?;
    let Some(first) = aligned.first() else { return Ok(Graph::default()) };
    let mut out = Graph::new(first.name.clone());
    out.weights.clone_from(&first.weights);
    out.inputs.clone_from(&first.inputs);
    let ends: Vec<(String, Vec<NodeId>)> = (first.outputs.iter().enumerate())
        .map(|(at, output)| (output.name.clone(), aligned.iter().map(|graph| graph.outputs[at].node).collect()))
        .collect();
    let imported = vec![FxHashMap::default(); aligned.len()];
    let mut merger = Merger { graphs: &aligned, mixture, out, imported, merged: FxHashMap::default() };
    for (name, nodes) in ends {
        let node = merger.merge(&nodes)?;
        merger.out.outputs.push(Output { name, node });
    }
    Ok(tidied(&merger.out))
}

fn refused(message: String, help: &str) -> Diagnostic {
    Diagnostic::global(&types::SHAPE_MISMATCH, message).help(help)
}

fn in_more_than_circuits(path: &str, what: &str) -> Diagnostic {
    let message = format!("the candidates of `{path}` differ in more than their circuits: {what}");
    refused(message, "only what circuits give is mixed; give the choice a value, or relax another")
}

/// All candidates of the choice at `path` over one list of weights.
fn align(graphs: &[Graph], path: &str) -> Result<Vec<Graph>, Diagnostic> {
    let mut all: IndexMap<&str, &Weight> = IndexMap::new();
    for weight in graphs.iter().flat_map(|graph| &graph.weights) {
        let known = *all.entry(&weight.path).or_insert(weight);
        if known.shape != weight.shape {
            let shapes = format!("{:?} in one and {:?} in another", known.shape, weight.shape);
            return Err(match weight.quantum {
                true => refused(
                    format!("candidates cannot share `{}`: it has the shape {shapes}", weight.path),
                    "write `angles: separate`",
                ),
                false => in_more_than_circuits(path, &format!("`{}` has the shape {shapes}", weight.path)),
            });
        }
    }
    let table: Vec<Weight> = all.values().map(|weight| (*weight).clone()).collect();
    let moved = |graph: &Graph| {
        let mut out = graph.clone();
        let of = |id: WeightId| index(all.get_index_of(&*graph.weight(id).path).unwrap_or(0));
        for id in graph.order() {
            let node = out.node_mut(id);
            node.op = node.op.with_weights(&mut |id| of(id));
        }
        out.weights.clone_from(&table);
        out
    };
    Ok(graphs.iter().map(moved).collect())
}

fn index(at: usize) -> WeightId {
    WeightId(u32::try_from(at).unwrap_or(u32::MAX))
}

/// Gives every candidate angles of its own, in circuits that are not the same in all of them.
fn own_angles(graphs: &mut [Graph], path: &str) {
    // Weights by path and shape, so that circuits of different graphs can be compared.
    let mut table: IndexMap<(String, Vec<usize>), ()> = IndexMap::new();
    let mut regions: Vec<BTreeMap<String, Op>> = Vec::new();
    for graph in &*graphs {
        let mut of = |id: WeightId| {
            let weight = graph.weight(id);
            index(table.insert_full((weight.path.clone(), weight.shape.clone()), ()).0)
        };
        let here = graph.nodes().filter_map(|node| match &node.op {
            Op::Region(region) => Some((region.path.clone(), node.op.with_weights(&mut of))),
            _ => None,
        });
        regions.push(here.collect());
    }
    for (at, graph) in graphs.iter_mut().enumerate() {
        let differs = |name: &String| regions.iter().any(|other| other.get(name) != regions[at].get(name));
        let own: Vec<WeightId> = graph
            .regions()
            .filter(|(_, region)| differs(&region.path))
            .flat_map(|(_, region)| region.weights())
            .collect();
        for id in own {
            let weight = &mut graph.weights[id.0 as usize];
            let prefix = format!("{path}.candidate{}.", at + 1);
            if !weight.path.starts_with(&prefix) {
                weight.path.insert_str(0, &prefix);
            }
        }
    }
}

struct Merger<'g> {
    graphs: &'g [Graph],
    mixture: Mixture<'g>,
    out: Graph,
    /// What nodes of one graph have become.
    imported: Vec<FxHashMap<NodeId, NodeId>>,
    /// What nodes of all graphs have become together.
    merged: FxHashMap<Vec<NodeId>, NodeId>,
}

impl Merger<'_> {
    /// A node of the merged graph; the one that is there already if it does the same.
    fn add(&mut self, op: Op, inputs: &[NodeId], like: &Node) -> NodeId {
        let same = |id: &NodeId| {
            let node = self.out.node(*id);
            node.op == op && node.shape == like.shape && node.path == like.path && self.out.inputs_of(*id) == inputs
        };
        let known = self.out.order().into_iter().find(same);
        known.unwrap_or_else(|| self.out.add(op, inputs, like.shape.clone(), like.path.clone(), like.span))
    }

    /// A node of one graph with everything before it.
    fn import(&mut self, which: usize, id: NodeId) -> NodeId {
        if let Some(&known) = self.imported[which].get(&id) {
            return known;
        }
        let graph = &self.graphs[which];
        let inputs: Vec<NodeId> = graph.inputs_of(id).into_iter().map(|input| self.import(which, input)).collect();
        let node = graph.node(id);
        let new = self.add(node.op.clone(), &inputs, node);
        self.imported[which].insert(id, new);
        new
    }

    /// The node that stands for one node of every graph.
    fn merge(&mut self, ids: &[NodeId]) -> Result<NodeId, Diagnostic> {
        if let Some(&known) = self.merged.get(ids) {
            return Ok(known);
        }
        let imported: Vec<NodeId> = ids.iter().enumerate().map(|(which, &id)| self.import(which, id)).collect();
        let node = match imported.windows(2).all(|pair| pair[0] == pair[1]) {
            true => imported[0],
            false => self.parted(ids, &imported)?,
        };
        self.merged.insert(ids.to_vec(), node);
        Ok(node)
    }

    /// The node that stands for nodes that differ, or have different operands.
    fn parted(&mut self, ids: &[NodeId], imported: &[NodeId]) -> Result<NodeId, Diagnostic> {
        let graphs = self.graphs;
        let nodes: Vec<&Node> = ids.iter().zip(graphs).map(|(&id, graph)| graph.node(id)).collect();
        let operands: Vec<Vec<NodeId>> = ids.iter().zip(graphs).map(|(&id, graph)| graph.inputs_of(id)).collect();
        let first = nodes[0];
        let same = |node: &&Node| node.op == first.op && node.shape == first.shape;
        let alike = nodes.iter().all(same) && operands.iter().all(|one| one.len() == operands[0].len());
        let picks = matches!(first.op, Op::Gather { .. } | Op::Reshape);
        if alike && !(picks && self.reads_different_circuits(&operands)) {
            let mut inputs = Vec::new();
            for at in 0..operands[0].len() {
                let column: Vec<NodeId> = operands.iter().map(|one| one[at]).collect();
                inputs.push(self.merge(&column)?);
            }
            return Ok(self.add(first.op.clone(), &inputs, first));
        }
        let path = self.mixture.path;
        if !ids.iter().zip(graphs).any(|(&id, graph)| reads_a_circuit(graph, id)) {
            let message = format!("the candidates of `{path}` differ in more than their circuits: {}", first.op.name());
            return Err(refused(
                message,
                "only what circuits give is mixed; give the choice a value, or relax another",
            ));
        }
        if let Some(other) = nodes.iter().find(|node| node.shape != first.shape) {
            let message = format!("the candidates of `{path}` give {:?} and {:?}", first.shape, other.shape);
            return Err(refused(message, "only candidates that give one shape can be mixed"));
        }
        let parts: Vec<NodeId> = self.mixture.kept.iter().map(|&at| imported[at]).collect();
        Ok(self.mix(&parts, first))
    }

    fn mix(&mut self, parts: &[NodeId], like: &Node) -> NodeId {
        let path = format!("{}.mix", self.mixture.path);
        let init = Init::Constant(self.mixture.start);
        let span = like.span;
        let weight =
            Weight { path: path.clone(), shape: vec![parts.len()], init, trainable: true, quantum: false, span };
        let weight = self.out.add_weight(weight);
        self.out.add(Op::Mix { weight, rule: self.mixture.rule }, parts, like.shape.clone(), path, span)
    }

    /// Do nodes that pick numbers pick them from circuits that differ? Those may have different sizes.
    fn reads_different_circuits(&self, operands: &[Vec<NodeId>]) -> bool {
        let circuits: Option<Vec<&Op>> = operands
            .iter()
            .zip(self.graphs)
            .map(|(inputs, graph)| match inputs[..] {
                [one] => Some(&graph.node(one).op).filter(|op| matches!(op, Op::Region(_))),
                _ => None,
            })
            .collect();
        circuits.is_some_and(|circuits| circuits.windows(2).any(|pair| pair[0] != pair[1]))
    }
}

/// Is a node a circuit, or numbers picked from one?
fn reads_a_circuit(graph: &Graph, id: NodeId) -> bool {
    match &graph.node(id).op {
        Op::Region(_) => true,
        Op::Gather { .. } | Op::Reshape => graph.inputs_of(id).iter().any(|&input| reads_a_circuit(graph, input)),
        _ => false,
    }
}

/// The graph without nodes that nobody reads and without weights that no node has.
fn tidied(graph: &Graph) -> Graph {
    let mut out = graph.clone();
    for id in graph.order().into_iter().rev() {
        let kept = matches!(out.node(id).op, Op::Input { .. }) || out.outputs.iter().any(|output| output.node == id);
        if !kept && out.users_of(id).is_empty() {
            out.remove(id);
        }
    }
    let mut used: Vec<bool> = vec![false; out.weights.len()];
    out.nodes().flat_map(|node| node.op.weights()).for_each(|id| used[id.0 as usize] = true);
    let before = |id: WeightId| used[..id.0 as usize].iter().filter(|used| **used).count();
    for id in out.order() {
        let node = out.node_mut(id);
        node.op = node.op.with_weights(&mut |id| index(before(id)));
    }
    let weights = std::mem::take(&mut out.weights);
    out.weights = weights.into_iter().zip(&used).filter(|(_, used)| **used).map(|(weight, _)| weight).collect();
    out
}
