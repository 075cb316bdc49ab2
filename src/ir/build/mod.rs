//! One architecture from a template: running its steps with every choice made.
//!
//! Steps run in order; flowing values are made when something asks for them and remembered by what they depend on, so a
//! value used twice is computed once and a value of a loop once per iteration.

mod angles;
mod batched;
mod flows;
mod gates;
mod modify;
mod numbers;
mod observables;
mod relaxed;
mod traced;

pub use modify::{controlled, inverse, powered};
pub use relaxed::Relaxation;
pub use traced::{Origins, Traced, build_traced};

use super::{Angle, Graph, InputId, NodeId, Op, Output, QuantumOp, Readout, Region, Register};
use crate::diag::Diagnostic;
use crate::hir::Assignment;
use crate::hir::errors::{space, types};
use crate::hir::expr::{Bindings, Expr, Picked, Symbol};
use crate::hir::flow::{Flow, FlowNode};
use crate::hir::frame::Piece;
use crate::hir::space::TemplateSpace;
use crate::hir::symbol::{PathTemplate, Segment, SymbolKind};
use crate::hir::template::{Step, Template};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Most qubits of one circuit.
pub const MAX_QUBITS: i64 = 4096;
/// Most operations of one circuit.
pub const MAX_OPERATIONS: usize = 2_000_000;
/// Most numbers of one tensor.
pub const MAX_ELEMENTS: usize = 1 << 31;

/// A flowing value with what it depends on.
type Made = (*const FlowNode, Vec<i64>);

/// What a flowing value has become: a node, or a weight or constant that needs none yet.
type Memo = FxHashMap<Made, NodeId>;

/// The path rendered last, with the values of its loops: gates over registers ask for the same one again and again.
type LastPath = (*const PathTemplate, Vec<Option<i64>>, Arc<str>);

/// Builds the graph of one architecture.
///
/// # Errors
/// `QN0409` with the choices that are still open, `QN0408` for values outside their domain; `QN0315` for sizes past the
/// limits.
pub fn build(space: &TemplateSpace<'_>, assignment: &Assignment) -> Result<Graph, Diagnostic> {
    let (bindings, missing) = space.bindings(assignment);
    if !missing.is_empty() {
        return Err(open_choices(&missing));
    }
    build_with(space.template(), bindings)
}

/// The error for choices that have no value.
#[must_use]
pub fn open_choices(missing: &[crate::hir::Gene]) -> Diagnostic {
    let names: Vec<String> = missing.iter().take(12).map(|gene| format!("`{}`", gene.path)).collect();
    let more = missing.len().saturating_sub(names.len());
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    Diagnostic::global(&space::OPEN_CHOICES, format!("choices are still open: {}{tail}", names.join(", ")))
        .help("give them with `--set path=value`, `--arch FILE.json` or `--sample SEED`")
}

/// Builds the graph from the values of all symbols.
///
/// # Errors
/// As [`build`].
pub fn build_with(template: &Template, bindings: Bindings) -> Result<Graph, Diagnostic> {
    build_relaxed(template, bindings, &[])
}

/// As [`build_with`], with some circuits as mixtures of candidates.
///
/// # Errors
/// As [`build`]; `QN0302` if candidates give different shapes.
pub fn build_relaxed(template: &Template, bindings: Bindings, relaxed: &[Relaxation]) -> Result<Graph, Diagnostic> {
    let mut builder = Builder::new(template, bindings, relaxed);
    builder.run()?;
    let mut graph = builder.graph;
    if !relaxed.is_empty() {
        relaxed::merge_twins(&mut graph);
    }
    Ok(graph)
}

/// Drops nodes that only repeat their input, and nodes nobody reads.
fn drop_copies(graph: &mut Graph) {
    // Whoever read a copy reads what came before it, so the order stays one.
    let order = graph.order();
    for &id in &order {
        let node = graph.node(id);
        let Op::Gather { indices } = &node.op else { continue };
        let input = graph.inputs_of(id)[0];
        let same = graph.node(input).shape == node.shape;
        if same && indices.iter().enumerate().all(|(at, &index)| at == index as usize) {
            graph.replace_uses(id, input);
        }
    }
    for id in order.into_iter().rev() {
        let kept = matches!(graph.node(id).op, Op::Input { .. }) || graph.outputs.iter().any(|o| o.node == id);
        if !kept && graph.users_of(id).is_empty() {
            graph.remove(id);
        }
    }
}

/// A region under construction.
struct Building {
    region: Region,
    /// Tensors that enter it, with the offset of their first number.
    inputs: Vec<(NodeId, u32)>,
    span: Span,
}

struct Builder<'t> {
    template: &'t Template,
    bindings: Bindings,
    graph: Graph,
    memo: Memo,
    inputs: Vec<NodeId>,
    /// Finished regions by circuit and loop values.
    regions: FxHashMap<(u32, Vec<i64>), relaxed::Instance>,
    current: Option<Building>,
    /// Operations collected under modifiers, innermost last.
    frames: Vec<Vec<QuantumOp>>,
    /// Weights by path: the graph's own look-up is linear.
    weights: FxHashMap<String, super::WeightId>,
    /// Weights by the value that names them.
    known_weights: FxHashMap<Made, super::WeightId>,
    last_path: Option<LastPath>,
    /// The nodes that make generated weights.
    made: FxHashMap<super::WeightId, NodeId>,
    /// Circuits that are mixtures, by path.
    relaxed: &'t [Relaxation],
    /// Inside a candidate with angles of its own: the circuit's path, and that of the candidate's weights.
    candidate: Option<(String, String)>,
    /// What made each node, if anybody wants to know.
    origins: Option<traced::Origins>,
}

impl<'t> Builder<'t> {
    fn new(template: &'t Template, bindings: Bindings, relaxed: &'t [Relaxation]) -> Self {
        Self {
            template,
            bindings,
            graph: Graph::new(template.name.clone()),
            memo: Memo::default(),
            inputs: Vec::new(),
            regions: FxHashMap::default(),
            current: None,
            frames: Vec::new(),
            weights: FxHashMap::default(),
            known_weights: FxHashMap::default(),
            last_path: None,
            made: FxHashMap::default(),
            relaxed,
            candidate: None,
            origins: None,
        }
    }

    /// Runs all of the template.
    fn run(&mut self) -> Result<(), Diagnostic> {
        self.template.check_late(&self.bindings)?;
        self.declare_inputs()?;
        self.steps(&self.template.steps)?;
        for (name, flow) in &self.template.outputs {
            let node = self.force(flow)?;
            self.graph.outputs.push(Output { name: name.clone(), node });
        }
        drop_copies(&mut self.graph);
        Ok(())
    }
}

impl Builder<'_> {
    fn declare_inputs(&mut self) -> Result<(), Diagnostic> {
        for (index, (name, shape)) in self.template.inputs.iter().enumerate() {
            let shape = self.shape(shape, Span::default())?;
            self.graph.inputs.push(InputId { name: name.clone(), shape: shape.clone() });
            let node = self.graph.add(Op::Input { index }, &[], shape, name.clone(), Span::default());
            self.inputs.push(node);
        }
        Ok(())
    }

    fn steps(&mut self, steps: &[Step]) -> Result<(), Diagnostic> {
        steps.iter().try_for_each(|step| self.step(step))
    }

    fn step(&mut self, step: &Step) -> Result<(), Diagnostic> {
        match step {
            Step::Choice(_) | Step::Require { .. } | Step::RequireMetric { .. } => Ok(()),
            Step::Loop { var, filter, body } => self.repeat(*var, filter.as_ref(), body),
            Step::Branch { condition, then, otherwise } => {
                let taken = self.int(condition, Span::default())? != 0;
                self.steps(if taken { then } else { otherwise })
            }
            Step::Circuit { id, at, path, body, span } => {
                let path = path.render(&self.bindings);
                self.instance(*id, at, &path, body, *span)
            }
            Step::Qubits { name, start, len } => self.qubits(name, start, len),
            Step::Gate { gate, angles, qubits, path, span } => self.gate(gate, angles, qubits, path, *span),
            Step::Prepare { values, wires, path, span } => self.prepare(values, wires, path, *span),
            Step::Modified { modifier, body, span } => self.modified(modifier, body, *span),
        }
    }

    /// The values of a loop's variable, in order.
    fn turns(&self, var: Symbol) -> Option<Vec<i64>> {
        match &self.template.symbol(var).kind {
            SymbolKind::Loop { start, step, len } => {
                let (start, len) = (self.bindings.eval(start)?, self.bindings.eval(len)?);
                Some((0..len.max(0)).map(|k| start + k * step).collect())
            }
            _ => None,
        }
    }

    fn repeat(&mut self, var: Symbol, filter: Option<&Expr>, body: &[Step]) -> Result<(), Diagnostic> {
        let span = self.template.symbol(var).span;
        let turns = self.turns(var).ok_or_else(|| too_large(span, "a loop's bound"))?;
        for value in turns {
            self.bindings.bind(var.0, Vec::new(), Picked::Int(value));
            if filter.is_none_or(|f| self.bindings.eval(f) != Some(0)) {
                self.steps(body)?;
            }
        }
        self.bindings.restore(var.0, Vec::new(), None);
        Ok(())
    }

    fn int(&self, expr: &Expr, span: Span) -> Result<i64, Diagnostic> {
        self.bindings.eval(expr).ok_or_else(|| too_large(span, "a number"))
    }

    fn ints(&self, exprs: &[Expr], span: Span) -> Result<Vec<i64>, Diagnostic> {
        exprs.iter().map(|expr| self.int(expr, span)).collect()
    }

    fn size(&self, expr: &Expr, span: Span) -> Result<usize, Diagnostic> {
        usize::try_from(self.int(expr, span)?).map_err(|_| too_large(span, "a size"))
    }

    fn shape(&self, shape: &[Expr], span: Span) -> Result<Vec<usize>, Diagnostic> {
        let dims: Vec<usize> = shape.iter().map(|dim| self.size(dim, span)).collect::<Result<_, _>>()?;
        let count = dims.iter().try_fold(1usize, |product, dim| product.checked_mul(*dim));
        match count {
            Some(count) if count <= MAX_ELEMENTS => Ok(dims),
            _ => Err(Diagnostic::error(&types::TOO_LARGE, span, format!("a tensor of shape {dims:?} is too large"))),
        }
    }

    fn qubits(&mut self, name: &str, start: &Expr, len: &Expr) -> Result<(), Diagnostic> {
        let span = self.current.as_ref().map(|c| c.span).unwrap_or_default();
        let (start, len) = (self.int(start, span)?, self.int(len, span)?);
        if start + len > MAX_QUBITS {
            let message = format!("a circuit has at most {MAX_QUBITS} qubits, this has {}", start + len);
            return Err(Diagnostic::error(&types::TOO_LARGE, span, message));
        }
        if let Some(current) = &mut self.current {
            let narrow = |value: i64| u32::try_from(value).unwrap_or(0);
            current.region.registers.push(Register { name: name.to_owned(), start: narrow(start), len: narrow(len) });
            current.region.n_qubits = narrow(start + len);
        }
        Ok(())
    }

    /// Runs the body of a circuit.
    fn circuit(&mut self, path: &str, body: &[Step], span: Span) -> Result<Option<NodeId>, Diagnostic> {
        let region = Region { path: path.to_owned(), ..Region::default() };
        let outer = self.current.replace(Building { region, inputs: Vec::new(), span });
        let done = self.steps(body);
        let built = std::mem::replace(&mut self.current, outer);
        done?;
        Ok(built.map(|built| self.finish_region(built)))
    }

    fn finish_region(&mut self, built: Building) -> NodeId {
        let Building { mut region, inputs, span } = built;
        region.n_inputs = inputs.iter().map(|(node, _)| len(self.graph.node(*node).len())).sum();
        let quantum = region.weights();
        for weight in quantum {
            self.graph.weights[weight.0 as usize].quantum = true;
        }
        let nodes: Vec<NodeId> = inputs.iter().map(|(node, _)| *node).collect();
        let path = region.path.clone();
        self.graph.add(Op::Region(Box::new(region)), &nodes, vec![0], path, span)
    }

    /// Adds read-outs to a finished region; returns where their values stand in its output.
    fn read(&mut self, node: NodeId, readouts: Vec<Readout>) -> std::ops::Range<usize> {
        let node = self.graph.node_mut(node);
        let Op::Region(region) = &mut node.op else { return 0..0 };
        let start = region.n_outputs();
        region.readouts.extend(readouts);
        let end = region.n_outputs();
        node.shape = vec![end];
        start..end
    }

    /// A value with what it depends on.
    fn made(&self, flow: &Flow) -> Made {
        let value = |symbol: &Symbol| match self.bindings.get(symbol.0, &[]) {
            Some(Picked::Int(value)) => *value,
            _ => i64::MIN,
        };
        (Arc::as_ptr(flow), flow.free.iter().map(value).collect())
    }

    /// A path as text.
    fn path(&mut self, path: &PathTemplate) -> Arc<str> {
        let value = |segment: &Segment| match segment {
            Segment::Value(expr) => Some(self.bindings.eval(expr)),
            Segment::Name(_) => None,
        };
        let mut values = path.0.iter().filter_map(value);
        if let Some((known, of, text)) = &self.last_path
            && std::ptr::eq(*known, path)
            && of.iter().copied().eq(values.by_ref())
        {
            return text.clone();
        }
        let values = path.0.iter().filter_map(value).collect();
        let text: Arc<str> = path.render(&self.bindings).into();
        self.last_path = Some((path, values, text.clone()));
        text
    }

    fn force(&mut self, flow: &Flow) -> Result<NodeId, Diagnostic> {
        let key = self.made(flow);
        if let Some(&node) = self.memo.get(&key) {
            return Ok(node);
        }
        let first = self.graph.next_id();
        let node = self.make(flow)?;
        self.note_origin(first, Piece::Value(key.0.addr()));
        self.memo.insert(key, node);
        Ok(node)
    }

    /// Pushes an operation where operations are collected.
    fn push(&mut self, op: QuantumOp, span: Span) -> Result<(), Diagnostic> {
        if let Some(frame) = self.frames.last_mut() {
            frame.push(op);
            return Ok(());
        }
        let Some(current) = &mut self.current else { return Ok(()) };
        if current.region.ops.len() >= MAX_OPERATIONS {
            let message = format!("a circuit has at most {MAX_OPERATIONS} operations");
            return Err(Diagnostic::error(&types::TOO_LARGE, span, message));
        }
        current.region.ops.push(op);
        Ok(())
    }

    /// An angle that is element `index` of a tensor entering the current region.
    fn entering(&mut self, node: NodeId, index: usize) -> Angle {
        let elements = len(self.graph.node(node).len());
        let Some(current) = &mut self.current else { return Angle::default() };
        let offset = match current.inputs.iter().find(|(known, _)| *known == node) {
            Some((_, offset)) => *offset,
            None => {
                let offset = current.region.n_inputs;
                current.inputs.push((node, offset));
                current.region.n_inputs += elements;
                offset
            }
        };
        Angle::variable(super::Variable::Input(offset + len(index)))
    }
}

fn len(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn too_large(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(&types::TOO_LARGE, span, format!("{what} is too large or not known in this architecture"))
}
