//! The identity of an architecture: a canonical form and its 128-bit hash, the classical part included.
//!
//! Regions are reduced (dead gates out, constants folded, rotations merged) and their gates put into the normal form of
//! Foata, which the order of commuting gates does not change; then the graph is spelled from its outputs, and weights are
//! numbered by first use. Names, spans and unused parts never enter. Equal forms compute the same outputs from corresponding
//! weights; whether all equal architectures get equal forms is not decidable this cheaply, and not claimed.

mod classify;
mod region;
mod spell;

pub use classify::{Class, classify, classify_with, effects_of};

use crate::ir::{Graph, NodeId, Region};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The identity of an architecture: equal for programs that differ only in names, dead parts and the order of commuting gates.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Identity(pub u128);

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// The identity of a graph: the first 128 bits of the SHA-256 of its canonical form.
#[must_use]
pub fn identity(graph: &Graph) -> Identity {
    examine(graph).0
}

/// The identity of a graph for somebody who remembers the canonical forms of regions: `canonical` gives what [`canonical_region`] does.
#[must_use]
pub fn identity_by(graph: &Graph, canonical: &dyn Fn(&Region) -> Arc<Region>) -> Identity {
    hash(&spell::graph_by(graph, canonical).0)
}

/// The identity of a graph, and its kind as far as its canonical form tells: at least what [`classify`] proves, and for a space
/// of graphs in half the time of asking for both.
#[must_use]
pub fn examine(graph: &Graph) -> (Identity, Class) {
    let (form, class) = spell::graph(graph);
    (hash(&form), class)
}

/// A region of a graph by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegionForm {
    /// Equal for regions that compute the same from corresponding operands and weights.
    pub identity: Identity,
    /// Which of its operands it reads.
    pub reads: Vec<bool>,
    /// How many numbers of weights it has after reduction.
    pub weights: usize,
    /// How many of them are trained.
    pub live_weights: usize,
}

/// A graph without what its regions compute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameForm {
    /// Equal for graphs that are equal if their regions are, one by one in the order of `regions`.
    pub identity: Identity,
    /// The regions on which outputs depend.
    pub regions: Vec<NodeId>,
    /// As of the graph, with no weight of a region counted.
    pub class: Class,
}

/// The form of one region; `None` for a node that is none. A graph whose regions share no weights with each other or with other nodes
/// has the identity of another if and only if their frames and their regions, in order, are equal.
#[must_use]
pub fn region_form(graph: &Graph, id: NodeId) -> Option<RegionForm> {
    let (form, reads, weights, live_weights) = spell::region_alone(graph, id)?;
    Some(RegionForm { identity: hash(&form), reads, weights, live_weights })
}

/// The form of what stands around the regions, given which operands each reads ([`RegionForm::reads`]).
#[must_use]
pub fn frame_form(graph: &Graph, reads: &BTreeMap<NodeId, Vec<bool>>) -> FrameForm {
    let (form, regions, class) = spell::around(graph, reads);
    FrameForm { identity: hash(&form), regions, class }
}

fn hash(form: &[u8]) -> Identity {
    let digest = Sha256::digest(form);
    let first: [u8; 16] = std::array::from_fn(|at| digest[at]);
    Identity(u128::from_be_bytes(first))
}

/// The canonical form, as bytes that only mean something compared to others of the same version of this program.
#[must_use]
pub fn canonical_form(graph: &Graph) -> Vec<u8> {
    spell::graph(graph).0
}

/// A region reduced and in Foata's normal form: the same read-outs, gates in canonical order.
#[must_use]
pub fn canonical_region(region: &Region) -> Region {
    region::canonical(region)
}
