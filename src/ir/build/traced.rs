//! Building with the origin of every node: so that a cost can be told apart by what of the program makes it.

use super::super::{Graph, NodeId};
use super::Builder;
use crate::diag::Diagnostic;
use crate::hir::expr::Bindings;
use crate::hir::frame::Piece;
use crate::hir::template::Template;
use std::collections::BTreeMap;

/// What made each node. Inputs are made by nothing.
pub type Origins = BTreeMap<NodeId, Piece>;

/// An architecture with where its parts come from.
#[derive(Debug)]
pub struct Traced {
    /// The architecture.
    pub graph: Graph,
    /// What made its nodes.
    pub origins: Origins,
    /// How often each circuit was run, whether it is read or not.
    pub runs: BTreeMap<u32, usize>,
}

/// Builds the graph from the values of all symbols and says what made its nodes.
///
/// # Errors
/// As [`super::build`].
pub fn build_traced(template: &Template, bindings: Bindings) -> Result<Traced, Diagnostic> {
    let mut builder = Builder::new(template, bindings, &[]);
    builder.origins = Some(Origins::new());
    builder.run()?;
    let mut ids: Vec<u32> = builder.regions.keys().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    let runs = ids.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect();
    Ok(Traced { graph: builder.graph, origins: builder.origins.unwrap_or_default(), runs })
}

impl Builder<'_> {
    /// Notes what made the nodes from `first` on that nothing else has made.
    pub(super) fn note_origin(&mut self, first: NodeId, piece: Piece) {
        if let Some(origins) = &mut self.origins {
            for id in first.0..self.graph.next_id().0 {
                origins.entry(NodeId(id)).or_insert(piece);
            }
        }
    }
}
