//! The graph itself; the only file that names petgraph.
//!
//! Nodes have ids of our own, given in order of creation and never reused; petgraph's indices stay inside.

use super::{Op, Weight, WeightId};
use crate::source::Span;
use petgraph::Direction;
use petgraph::stable_graph::{NodeIndex, StableDiGraph};
use petgraph::visit::EdgeRef;
use std::collections::BTreeMap;

/// A node's id; ids ascend in order of creation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(pub u32);

/// A model input: its name and its shape without the batch axis.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InputId {
    /// The parameter's name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
}

/// A named output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// The field's name; empty if the model has one unnamed output.
    pub name: String,
    /// Where it comes from.
    pub node: NodeId,
}

/// A node as read from outside.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// What it does.
    pub op: Op,
    /// Shape of its value, per sample, row-major.
    pub shape: Vec<usize>,
    /// The path of the layer or expression in the program; may be empty.
    pub path: String,
    /// Where it is written.
    pub span: Span,
}

impl Node {
    /// How many numbers per sample.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Has it none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One hybrid model with every choice made.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The model's name.
    pub name: String,
    /// The model's inputs.
    pub inputs: Vec<InputId>,
    /// Its weights, in order of first appearance; paths are unique.
    pub weights: Vec<Weight>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    dag: StableDiGraph<Node, usize>,
    index: BTreeMap<NodeId, NodeIndex>,
    next: u32,
}

impl Graph {
    /// An empty graph.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The id that the next node gets.
    #[must_use]
    pub fn next_id(&self) -> NodeId {
        NodeId(self.next)
    }

    /// Adds a node that reads `inputs`, in that order.
    pub fn add(&mut self, op: Op, inputs: &[NodeId], shape: Vec<usize>, path: impl Into<String>, span: Span) -> NodeId {
        let id = NodeId(self.next);
        self.next += 1;
        let at = self.dag.add_node(Node { id, op, shape, path: path.into(), span });
        self.index.insert(id, at);
        for (slot, input) in inputs.iter().enumerate() {
            self.dag.add_edge(self.index[input], at, slot);
        }
        id
    }

    /// Adds a weight, or returns the one that already has this path.
    pub fn add_weight(&mut self, weight: Weight) -> WeightId {
        if let Some(id) = self.find_weight(&weight.path) {
            return id;
        }
        self.weights.push(weight);
        WeightId(u32::try_from(self.weights.len() - 1).unwrap_or(u32::MAX))
    }

    /// The weight with this path.
    #[must_use]
    pub fn find_weight(&self, path: &str) -> Option<WeightId> {
        let at = self.weights.iter().position(|weight| weight.path == path)?;
        Some(WeightId(u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// Takes the weights of circuits from the optimiser: they stay where they begin.
    pub fn freeze_quantum(&mut self) {
        self.weights.iter_mut().filter(|weight| weight.quantum).for_each(|weight| weight.trainable = false);
    }

    /// A weight.
    #[must_use]
    pub fn weight(&self, id: WeightId) -> &Weight {
        &self.weights[id.0 as usize]
    }

    /// A node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.dag[self.index[&id]]
    }

    /// A node, to change it; its inputs stay.
    pub fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.dag[self.index[&id]]
    }

    /// The nodes a node reads, in order of its operands.
    #[must_use]
    pub fn inputs_of(&self, id: NodeId) -> Vec<NodeId> {
        let mut inputs: Vec<(usize, NodeId)> = self
            .dag
            .edges_directed(self.index[&id], Direction::Incoming)
            .map(|edge| (*edge.weight(), self.dag[edge.source()].id))
            .collect();
        inputs.sort_unstable();
        inputs.into_iter().map(|(_, input)| input).collect()
    }

    /// The nodes that read a node, ascending; a node that reads it twice stands twice.
    #[must_use]
    pub fn users_of(&self, id: NodeId) -> Vec<NodeId> {
        let mut users: Vec<NodeId> =
            self.dag.neighbors_directed(self.index[&id], Direction::Outgoing).map(|at| self.dag[at].id).collect();
        users.sort_unstable();
        users
    }

    /// Replaces the operands of a node.
    pub fn set_inputs(&mut self, id: NodeId, inputs: &[NodeId]) {
        let at = self.index[&id];
        let old: Vec<_> = self.dag.edges_directed(at, Direction::Incoming).map(|edge| edge.id()).collect();
        for edge in old {
            self.dag.remove_edge(edge);
        }
        for (slot, input) in inputs.iter().enumerate() {
            self.dag.add_edge(self.index[input], at, slot);
        }
    }

    /// Makes every reader of `old` (outputs included) read `new`.
    pub fn replace_uses(&mut self, old: NodeId, new: NodeId) {
        for user in self.users_of(old) {
            let inputs: Vec<NodeId> =
                self.inputs_of(user).into_iter().map(|input| if input == old { new } else { input }).collect();
            self.set_inputs(user, &inputs);
        }
        for output in &mut self.outputs {
            if output.node == old {
                output.node = new;
            }
        }
    }

    /// Removes a node that nobody reads.
    pub fn remove(&mut self, id: NodeId) {
        if let Some(at) = self.index.remove(&id) {
            self.dag.remove_node(at);
        }
    }

    /// All nodes in a topological order: operands first, ties by id. The same graph gives the same order.
    #[must_use]
    pub fn order(&self) -> Vec<NodeId> {
        let mut missing: BTreeMap<NodeId, usize> = self
            .index
            .iter()
            .map(|(&id, &at)| (id, self.dag.edges_directed(at, Direction::Incoming).count()))
            .collect();
        let mut ready: std::collections::BTreeSet<NodeId> =
            missing.iter().filter(|(_, count)| **count == 0).map(|(&id, _)| id).collect();
        let mut order = Vec::with_capacity(missing.len());
        while let Some(id) = ready.pop_first() {
            order.push(id);
            for user in self.users_of(id) {
                if let Some(count) = missing.get_mut(&user) {
                    *count -= 1;
                    if *count == 0 {
                        ready.insert(user);
                    }
                }
            }
        }
        order
    }

    /// All nodes, ids ascending.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.index.values().map(|&at| &self.dag[at])
    }

    /// The quantum regions, ids ascending.
    pub fn regions(&self) -> impl Iterator<Item = (NodeId, &super::Region)> {
        self.nodes().filter_map(|node| match &node.op {
            Op::Region(region) => Some((node.id, &**region)),
            _ => None,
        })
    }
}
