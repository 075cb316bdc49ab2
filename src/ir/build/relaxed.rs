//! Circuits as mixtures: every candidate built under its own choices, their read-outs summed with structural weights.
//!
//! Candidates share angles because they share paths; with angles of their own, the paths of a candidate's weights say which
//! it is.

use super::super::{Graph, Init, MixRule, NodeId, Op, Readout, Weight};
use super::{Builder, len};
use crate::diag::Diagnostic;
use crate::hir::errors::types;
use crate::hir::expr::{Bindings, Expr};
use crate::hir::frame::Piece;
use crate::hir::template::Step;
use crate::source::Span;

/// A circuit's instance as a mixture.
#[derive(Clone, Debug)]
pub struct Relaxation {
    /// Its path.
    pub path: String,
    /// The choices of every candidate; everything else is as in the architecture around it.
    pub candidates: Vec<Bindings>,
    /// A name for every candidate, for the paths of weights that are its own.
    pub names: Vec<String>,
    /// Do candidates share the angles of one path?
    pub shared: bool,
    /// How structural weights become coefficients.
    pub rule: MixRule,
    /// Where the structural weights begin.
    pub start: f64,
}

/// The regions of a circuit's instance: one, or one a candidate.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    nodes: Vec<NodeId>,
    /// Position among the relaxations.
    relaxed: Option<usize>,
}

/// What reads a circuit out.
type Read<'a> = &'a dyn Fn(&mut Builder<'_>) -> Result<Vec<Readout>, Diagnostic>;

impl Builder<'_> {
    /// An instance of a circuit, relaxed or not.
    pub(super) fn instance(
        &mut self,
        id: u32,
        at: &[Expr],
        path: &str,
        body: &[Step],
        span: Span,
    ) -> Result<(), Diagnostic> {
        let at = self.ints(at, span)?;
        let relaxed = self.relaxed.iter().position(|one| one.path == path);
        let mut nodes = Vec::new();
        match relaxed {
            None => {
                let built = self.circuit(path, body, span)?;
                built.iter().for_each(|node| self.note_origin(*node, Piece::Circuit(id)));
                nodes.extend(built);
            }
            Some(which) => {
                for candidate in 0..self.relaxed[which].candidates.len() {
                    nodes.extend(self.as_candidate(which, candidate, |this| this.circuit(path, body, span))?);
                }
            }
        }
        self.regions.insert((id, at), Instance { nodes, relaxed });
        Ok(())
    }

    /// Runs `f` under the choices of a candidate. What it made is not remembered: it may depend on them.
    fn as_candidate<R>(&mut self, which: usize, candidate: usize, f: impl FnOnce(&mut Self) -> R) -> R {
        let relaxation = &self.relaxed[which];
        let chosen = self.bindings.overlaid(&relaxation.candidates[candidate]);
        let own = format!("{}.{}", relaxation.path, relaxation.names[candidate]);
        let own = (!relaxation.shared).then(|| (relaxation.path.clone(), own));
        let bindings = std::mem::replace(&mut self.bindings, chosen);
        let candidate = std::mem::replace(&mut self.candidate, own);
        let memo = self.memo.clone();
        let known_weights = std::mem::take(&mut self.known_weights);
        let result = f(self);
        self.memo = memo;
        self.known_weights = known_weights;
        self.candidate = candidate;
        self.bindings = bindings;
        result
    }

    /// The path of a weight here.
    pub(super) fn weight_path(&self, path: String) -> String {
        let Some((circuit, own)) = &self.candidate else { return path };
        match path.strip_prefix(&**circuit) {
            Some(rest) if rest.starts_with('.') => format!("{own}{rest}"),
            _ => path,
        }
    }

    /// Reads a circuit out; a relaxed one gives the mixture of what its candidates give.
    pub(super) fn readout(
        &mut self,
        id: u32,
        at: Vec<i64>,
        shape: Vec<usize>,
        span: Span,
        read: Read<'_>,
    ) -> Result<NodeId, Diagnostic> {
        let Some(instance) = self.regions.get(&(id, at)).cloned() else {
            return Err(super::too_large(span, "a circuit"));
        };
        let mut parts = Vec::new();
        for (candidate, &region) in instance.nodes.iter().enumerate() {
            let readouts = match instance.relaxed {
                None => read(self)?,
                Some(which) => self.as_candidate(which, candidate, |this| read(this))?,
            };
            let indices: Vec<u32> = self.read(region, readouts).map(len).collect();
            if indices.len() != shape.iter().product::<usize>() {
                let message = format!("a candidate gives {} numbers here, not {shape:?}", indices.len());
                return Err(Diagnostic::error(&types::SHAPE_MISMATCH, span, message)
                    .help("only candidates that give one shape can be mixed"));
            }
            parts.push(self.graph.add(Op::Gather { indices }, &[region], shape.clone(), "", span));
        }
        let (Some(which), [_, ..]) = (instance.relaxed, &*parts) else {
            return parts.first().copied().ok_or_else(|| super::too_large(span, "a circuit"));
        };
        let Relaxation { path, rule, start, .. } = self.relaxed[which].clone();
        let path = format!("{path}.mix");
        let weight = Weight {
            path: path.clone(),
            shape: vec![parts.len()],
            init: Init::Constant(start),
            trainable: true,
            quantum: false,
            span,
        };
        let weight = match self.weights.get(&path) {
            Some(&known) => known,
            None => {
                let id = self.graph.add_weight(weight);
                self.weights.insert(path.clone(), id);
                id
            }
        };
        Ok(self.graph.add(Op::Mix { weight, rule }, &parts, shape, path, span))
    }
}

/// Merges nodes that compute the same from the same, which the candidates of a mixture made one after another.
pub(super) fn merge_twins(graph: &mut Graph) {
    let mut known: Vec<NodeId> = Vec::new();
    for id in graph.order() {
        let node = graph.node(id);
        let inputs = graph.inputs_of(id);
        let drawn = matches!(node.op, Op::Region(_) | Op::Input { .. });
        let twin = known.iter().copied().filter(|_| !drawn).find(|&other| {
            let earlier = graph.node(other);
            earlier.shape == node.shape
                && earlier.path == node.path
                && graph.inputs_of(other) == inputs
                && earlier.op == node.op
        });
        match twin {
            Some(twin) => {
                graph.replace_uses(id, twin);
                graph.remove(id);
            }
            None => known.push(id),
        }
    }
}
