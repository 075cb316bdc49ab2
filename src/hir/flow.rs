//! Flowing values: data, weights, angles and observables as expressions over open choices.
//!
//! A [`Flow`] is a tensor that will exist once an architecture is picked. Sharing is by pointer: a node used twice is
//! computed once per iteration of the loops it depends on.

use super::expr::{Atom, Expr, Symbol, each_atom, substitute};
use super::layers::Layer;
use super::symbol::PathTemplate;
use crate::math::Pauli;
use crate::ops::{BinaryFn, Init, UnaryFn};
use crate::source::Span;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A shared flowing value.
pub type Flow = Arc<FlowNode>;

/// A flowing value with its shape (without the batch axis).
#[derive(Debug)]
pub struct FlowNode {
    /// What it is.
    pub kind: FlowKind,
    /// Its shape.
    pub shape: Vec<Expr>,
    /// Where it is written.
    pub span: Span,
    /// The symbols outside loops and the loop variables it depends on: what tells two evaluations apart.
    pub free: Vec<Symbol>,
}

/// Which circuit instance: a static number and the values of the loops around it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CircuitRef {
    /// Number of the circuit step.
    pub id: u32,
    /// Loop values.
    pub at: Vec<Expr>,
}

/// The initial distribution of a weight; `FanIn` is uniform on ±1/√fan (PyTorch's default for linear and conv layers).
#[derive(Clone, Debug)]
pub enum InitSpec {
    /// As written.
    Fixed(Init),
    /// Uniform on ±1/√fan.
    FanIn(Expr),
}

/// What a flowing value is.
#[derive(Debug)]
pub enum FlowKind {
    /// Model input.
    Input(usize),
    /// A number.
    Constant(f64),
    /// An int as a real number.
    FromInt(Expr),
    /// A real choice.
    RealChoice(Atom),
    /// A weight.
    Weight {
        /// Its path.
        path: PathTemplate,
        /// Its initial distribution.
        init: InitSpec,
        /// Not a buffer.
        trainable: bool,
    },
    /// A weight whose numbers are a stretch of a vector.
    Generated {
        /// Its path.
        path: PathTemplate,
        /// The vector.
        of: Flow,
        /// Where the stretch starts.
        start: Expr,
    },
    /// The lowest binary digits of an int, least significant first; the shape says how many.
    Bits(Expr),
    /// Elementwise.
    Unary(UnaryFn, Flow),
    /// Elementwise; one side may be a single number.
    Binary(BinaryFn, Flow, Flow),
    /// Entry along the first axis.
    Element(Flow, Expr),
    /// `len` entries along the first axis (the shape says how many).
    Slice(Flow, Expr),
    /// One after another along the first axis.
    Concat(Vec<Flow>),
    /// Values of one shape, stacked along a new first axis.
    Stack(Vec<Flow>),
    /// `[for var in .. where filter { body }]`
    Comprehension(Repeat, Flow),
    /// Zeros appended up to the shape.
    Pad(Flow),
    /// Divided by its norm.
    Normalize(Flow),
    /// Sum of all elements.
    Sum(Flow),
    /// The same numbers in another shape.
    Reshape(Flow),
    /// A layer applied.
    Layer(Arc<LayerUse>, Flow),
    /// One of two.
    If(Expr, Flow, Flow),
    /// Expectation values.
    Expect(CircuitRef, Observable),
    /// Probabilities of wires.
    Probabilities(CircuitRef, Wires),
}

impl FlowNode {
    /// The number, if it is one that nothing can change.
    #[must_use]
    pub fn kind_constant(&self) -> Option<f64> {
        match &self.kind {
            FlowKind::Constant(value) => Some(*value),
            FlowKind::Unary(UnaryFn::Neg, inner) => inner.kind_constant().map(|value| -value),
            _ => None,
        }
    }
}

/// A bound loop of a comprehension.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// Its variable.
    pub var: Symbol,
    /// First value.
    pub start: Expr,
    /// Distance.
    pub step: i64,
    /// How many.
    pub len: Expr,
    /// Which are kept.
    pub filter: Option<Expr>,
}

/// A layer instance: what and with which settings, under which path.
#[derive(Debug)]
pub struct LayerUse {
    /// The catalogue entry.
    pub layer: &'static Layer,
    /// Its path; its weights are below it.
    pub path: PathTemplate,
    /// Int settings by the catalogue's order.
    pub ints: Vec<Expr>,
    /// Real settings by the catalogue's order.
    pub reals: Vec<Flow>,
    /// The weights, by the catalogue's order.
    pub weights: Vec<Flow>,
}

/// Some qubits of a circuit: one, or an evenly spaced stretch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wires {
    /// First qubit, counted over all registers.
    pub base: Expr,
    /// Distance.
    pub stride: i64,
    /// How many; `None` for one qubit by itself.
    pub len: Option<Expr>,
}

impl Wires {
    /// The qubit at a position.
    #[must_use]
    pub fn at(&self, position: &Expr) -> Expr {
        super::expr::add(&self.base, &super::expr::scale(position, self.stride))
    }

    fn substitute(&self, replace: &dyn Fn(&Atom) -> Option<Expr>) -> Self {
        Self {
            base: substitute(&self.base, replace),
            stride: self.stride,
            len: self.len.as_ref().map(|len| substitute(len, replace)),
        }
    }
}

/// A shared observable, or a list of them.
pub type Observable = Arc<ObservableNode>;

/// An observable with its length.
#[derive(Debug)]
pub struct ObservableNode {
    /// What it is.
    pub kind: ObservableKind,
    /// `None` for one observable, the number of them for a list.
    pub len: Option<Expr>,
    /// Where it is written.
    pub span: Span,
}

/// What an observable is.
#[derive(Debug)]
pub enum ObservableKind {
    /// One Pauli on one qubit, or one each on several.
    Pauli(Pauli, Wires),
    /// A multiple of the identity.
    Number(Flow),
    /// `a + b`
    Add(Observable, Observable),
    /// `a * b`
    Mul(Observable, Observable),
    /// The sum of a list.
    Sum(Observable),
    /// The product of a list.
    Product(Observable),
    /// A list written out.
    List(Vec<Observable>),
    /// A list by a loop.
    Comprehension(Repeat, Observable),
    /// Entry of a list.
    Element(Observable, Expr),
    /// One of two.
    If(Expr, Observable, Observable),
}

/// Builds a node, noting what it depends on.
#[must_use]
pub fn flow(kind: FlowKind, shape: Vec<Expr>, span: Span) -> Flow {
    let mut free = BTreeSet::new();
    shape.iter().for_each(|e| note(e, &mut free));
    note_kind(&kind, &mut free);
    Arc::new(FlowNode { kind, shape, span, free: free.into_iter().collect() })
}

fn note(expr: &Expr, free: &mut BTreeSet<Symbol>) {
    each_atom(expr, &mut |atom| {
        if atom.at.is_empty() {
            free.insert(atom.symbol);
        }
    });
}

fn note_path(path: &PathTemplate, free: &mut BTreeSet<Symbol>) {
    for segment in &path.0 {
        if let super::symbol::Segment::Value(expr) = segment {
            note(expr, free);
        }
    }
}

fn note_repeat(repeat: &Repeat, free: &mut BTreeSet<Symbol>) {
    note(&repeat.start, free);
    note(&repeat.len, free);
    if let Some(filter) = &repeat.filter {
        note(filter, free);
    }
    free.remove(&repeat.var);
}

fn note_kind(kind: &FlowKind, free: &mut BTreeSet<Symbol>) {
    match kind {
        FlowKind::Input(_) | FlowKind::Constant(_) => {}
        FlowKind::FromInt(e) | FlowKind::Bits(e) => note(e, free),
        FlowKind::Generated { path, of, start } => {
            note_path(path, free);
            note(start, free);
            free.extend(&of.free);
        }
        FlowKind::RealChoice(atom) => note(&super::expr::atom(atom.clone()), free),
        FlowKind::Weight { path, init, .. } => {
            note_path(path, free);
            if let InitSpec::FanIn(e) = init {
                note(e, free);
            }
        }
        FlowKind::Unary(_, a) | FlowKind::Pad(a) | FlowKind::Normalize(a) | FlowKind::Sum(a) | FlowKind::Reshape(a) => {
            free.extend(&a.free)
        }
        FlowKind::Binary(_, a, b) => free.extend(a.free.iter().chain(&b.free)),
        FlowKind::Element(a, e) | FlowKind::Slice(a, e) => {
            free.extend(&a.free);
            note(e, free);
        }
        FlowKind::Concat(list) | FlowKind::Stack(list) => list.iter().for_each(|a| free.extend(&a.free)),
        FlowKind::Comprehension(repeat, body) => {
            free.extend(&body.free);
            note_repeat(repeat, free);
        }
        FlowKind::Layer(layer, a) => {
            free.extend(&a.free);
            note_path(&layer.path, free);
            layer.ints.iter().for_each(|e| note(e, free));
            layer.reals.iter().chain(&layer.weights).for_each(|w| free.extend(&w.free));
        }
        FlowKind::If(c, a, b) => {
            note(c, free);
            free.extend(a.free.iter().chain(&b.free));
        }
        FlowKind::Expect(circuit, observable) => {
            circuit.at.iter().for_each(|e| note(e, free));
            note_observable(observable, free);
        }
        FlowKind::Probabilities(circuit, wires) => {
            circuit.at.iter().for_each(|e| note(e, free));
            note(&wires.base, free);
            wires.len.iter().for_each(|e| note(e, free));
        }
    }
}

fn note_observable(observable: &Observable, free: &mut BTreeSet<Symbol>) {
    match &observable.kind {
        ObservableKind::Pauli(_, wires) => {
            note(&wires.base, free);
            wires.len.iter().for_each(|e| note(e, free));
        }
        ObservableKind::Number(a) => free.extend(&a.free),
        ObservableKind::Add(a, b) | ObservableKind::Mul(a, b) => {
            note_observable(a, free);
            note_observable(b, free);
        }
        ObservableKind::Sum(a) | ObservableKind::Product(a) => note_observable(a, free),
        ObservableKind::List(list) => list.iter().for_each(|a| note_observable(a, free)),
        ObservableKind::Comprehension(repeat, body) => {
            note_observable(body, free);
            note_repeat(repeat, free);
        }
        ObservableKind::Element(a, e) => {
            note_observable(a, free);
            note(e, free);
        }
        ObservableKind::If(c, a, b) => {
            note(c, free);
            note_observable(a, free);
            note_observable(b, free);
        }
    }
}

/// The same value with symbols replaced.
#[must_use]
pub fn substitute_flow(value: &Flow, replace: &dyn Fn(&Atom) -> Option<Expr>) -> Flow {
    let expr = |e: &Expr| substitute(e, replace);
    let sub = |f: &Flow| substitute_flow(f, replace);
    let repeat = |r: &Repeat| Repeat {
        var: r.var,
        start: expr(&r.start),
        step: r.step,
        len: expr(&r.len),
        filter: r.filter.as_ref().map(expr),
    };
    let circuit = |c: &CircuitRef| CircuitRef { id: c.id, at: c.at.iter().map(expr).collect() };
    let kind = match &value.kind {
        FlowKind::Input(_) | FlowKind::Constant(_) => return value.clone(),
        FlowKind::FromInt(e) => FlowKind::FromInt(expr(e)),
        FlowKind::Bits(e) => FlowKind::Bits(expr(e)),
        FlowKind::Generated { path, of, start } => {
            FlowKind::Generated { path: substitute_path(path, replace), of: sub(of), start: expr(start) }
        }
        FlowKind::RealChoice(a) => FlowKind::RealChoice(Atom { symbol: a.symbol, at: a.at.iter().map(expr).collect() }),
        FlowKind::Weight { path, init, trainable } => FlowKind::Weight {
            path: substitute_path(path, replace),
            init: match init {
                InitSpec::FanIn(e) => InitSpec::FanIn(expr(e)),
                InitSpec::Fixed(init) => InitSpec::Fixed(*init),
            },
            trainable: *trainable,
        },
        FlowKind::Unary(f, a) => FlowKind::Unary(*f, sub(a)),
        FlowKind::Binary(f, a, b) => FlowKind::Binary(*f, sub(a), sub(b)),
        FlowKind::Element(a, e) => FlowKind::Element(sub(a), expr(e)),
        FlowKind::Slice(a, e) => FlowKind::Slice(sub(a), expr(e)),
        FlowKind::Concat(list) => FlowKind::Concat(list.iter().map(sub).collect()),
        FlowKind::Stack(list) => FlowKind::Stack(list.iter().map(sub).collect()),
        FlowKind::Comprehension(r, body) => FlowKind::Comprehension(repeat(r), sub(body)),
        FlowKind::Pad(a) => FlowKind::Pad(sub(a)),
        FlowKind::Normalize(a) => FlowKind::Normalize(sub(a)),
        FlowKind::Sum(a) => FlowKind::Sum(sub(a)),
        FlowKind::Reshape(a) => FlowKind::Reshape(sub(a)),
        FlowKind::Layer(layer, a) => FlowKind::Layer(
            Arc::new(LayerUse {
                layer: layer.layer,
                path: substitute_path(&layer.path, replace),
                ints: layer.ints.iter().map(expr).collect(),
                reals: layer.reals.iter().map(sub).collect(),
                weights: layer.weights.iter().map(sub).collect(),
            }),
            sub(a),
        ),
        FlowKind::If(c, a, b) => FlowKind::If(expr(c), sub(a), sub(b)),
        FlowKind::Expect(c, o) => FlowKind::Expect(circuit(c), substitute_observable(o, replace)),
        FlowKind::Probabilities(c, w) => FlowKind::Probabilities(circuit(c), w.substitute(replace)),
    };
    flow(kind, value.shape.iter().map(expr).collect(), value.span)
}

/// The same path with symbols replaced.
#[must_use]
pub fn substitute_path(path: &PathTemplate, replace: &dyn Fn(&Atom) -> Option<Expr>) -> PathTemplate {
    use super::symbol::Segment;
    PathTemplate(
        path.0
            .iter()
            .map(|segment| match segment {
                Segment::Name(_) => segment.clone(),
                Segment::Value(e) => Segment::Value(substitute(e, replace)),
            })
            .collect(),
    )
}

/// The same observable with symbols replaced.
#[must_use]
pub fn substitute_observable(value: &Observable, replace: &dyn Fn(&Atom) -> Option<Expr>) -> Observable {
    let expr = |e: &Expr| substitute(e, replace);
    let sub = |o: &Observable| substitute_observable(o, replace);
    let kind = match &value.kind {
        ObservableKind::Pauli(p, w) => ObservableKind::Pauli(*p, w.substitute(replace)),
        ObservableKind::Number(f) => ObservableKind::Number(substitute_flow(f, replace)),
        ObservableKind::Add(a, b) => ObservableKind::Add(sub(a), sub(b)),
        ObservableKind::Mul(a, b) => ObservableKind::Mul(sub(a), sub(b)),
        ObservableKind::Sum(a) => ObservableKind::Sum(sub(a)),
        ObservableKind::Product(a) => ObservableKind::Product(sub(a)),
        ObservableKind::List(list) => ObservableKind::List(list.iter().map(sub).collect()),
        ObservableKind::Comprehension(r, body) => ObservableKind::Comprehension(
            Repeat {
                var: r.var,
                start: expr(&r.start),
                step: r.step,
                len: expr(&r.len),
                filter: r.filter.as_ref().map(expr),
            },
            sub(body),
        ),
        ObservableKind::Element(a, e) => ObservableKind::Element(sub(a), expr(e)),
        ObservableKind::If(c, a, b) => ObservableKind::If(expr(c), sub(a), sub(b)),
    };
    Arc::new(ObservableNode { kind, len: value.len.as_ref().map(expr), span: value.span })
}

/// A number that needs no data: one node.
#[must_use]
pub fn number(value: f64, span: Span) -> Flow {
    flow(FlowKind::Constant(value), Vec::new(), span)
}

/// The values a value is made of; observables keep theirs to themselves.
#[must_use]
pub fn operands(kind: &FlowKind) -> Vec<&Flow> {
    match kind {
        FlowKind::Input(_)
        | FlowKind::Constant(_)
        | FlowKind::FromInt(_)
        | FlowKind::Bits(_)
        | FlowKind::RealChoice(_)
        | FlowKind::Weight { .. }
        | FlowKind::Expect(..)
        | FlowKind::Probabilities(..) => Vec::new(),
        FlowKind::Generated { of: a, .. }
        | FlowKind::Unary(_, a)
        | FlowKind::Element(a, _)
        | FlowKind::Slice(a, _)
        | FlowKind::Comprehension(_, a)
        | FlowKind::Pad(a)
        | FlowKind::Normalize(a)
        | FlowKind::Sum(a)
        | FlowKind::Reshape(a) => vec![a],
        FlowKind::Binary(_, a, b) | FlowKind::If(_, a, b) => vec![a, b],
        FlowKind::Concat(list) | FlowKind::Stack(list) => list.iter().collect(),
        FlowKind::Layer(layer, a) => [a].into_iter().chain(&layer.reals).chain(&layer.weights).collect(),
    }
}

/// The same value over other operands.
#[must_use]
pub fn over(value: &Flow, sub: &dyn Fn(&Flow) -> Flow) -> Flow {
    let kind = match &value.kind {
        FlowKind::Input(_)
        | FlowKind::Constant(_)
        | FlowKind::FromInt(_)
        | FlowKind::Bits(_)
        | FlowKind::RealChoice(_)
        | FlowKind::Weight { .. }
        | FlowKind::Expect(..)
        | FlowKind::Probabilities(..) => return value.clone(),
        FlowKind::Generated { path, of, start } => {
            FlowKind::Generated { path: path.clone(), of: sub(of), start: start.clone() }
        }
        FlowKind::Unary(f, a) => FlowKind::Unary(*f, sub(a)),
        FlowKind::Binary(f, a, b) => FlowKind::Binary(*f, sub(a), sub(b)),
        FlowKind::Element(a, e) => FlowKind::Element(sub(a), e.clone()),
        FlowKind::Slice(a, e) => FlowKind::Slice(sub(a), e.clone()),
        FlowKind::Concat(list) => FlowKind::Concat(list.iter().map(sub).collect()),
        FlowKind::Stack(list) => FlowKind::Stack(list.iter().map(sub).collect()),
        FlowKind::Comprehension(repeat, body) => FlowKind::Comprehension(repeat.clone(), sub(body)),
        FlowKind::Pad(a) => FlowKind::Pad(sub(a)),
        FlowKind::Normalize(a) => FlowKind::Normalize(sub(a)),
        FlowKind::Sum(a) => FlowKind::Sum(sub(a)),
        FlowKind::Reshape(a) => FlowKind::Reshape(sub(a)),
        FlowKind::If(c, a, b) => FlowKind::If(c.clone(), sub(a), sub(b)),
        FlowKind::Layer(layer, a) => FlowKind::Layer(
            Arc::new(LayerUse {
                layer: layer.layer,
                path: layer.path.clone(),
                ints: layer.ints.clone(),
                reals: layer.reals.iter().map(sub).collect(),
                weights: layer.weights.iter().map(sub).collect(),
            }),
            sub(a),
        ),
    };
    flow(kind, value.shape.clone(), value.span)
}
