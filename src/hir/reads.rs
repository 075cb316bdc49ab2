//! Which symbols a template looks at: in its steps, in the values that flow, in the domains and loops of other symbols.
//!
//! What it never looks at changes no architecture: choices of a search's training, or choices whose value nobody uses.

use super::expr::{Atom, Expr, Symbol, each_atom};
use super::flow::{CircuitRef, Flow, FlowKind, FlowNode, InitSpec, Observable, ObservableKind, Repeat, Wires};
use super::symbol::{PathTemplate, Segment, SymbolKind};
use super::template::{Modifier, Step, Template};
use std::collections::{BTreeSet, HashSet};

impl Template {
    /// The symbols that anything of the model looks at, requirements over choices included.
    #[must_use]
    pub fn looked_at(&self) -> BTreeSet<Symbol> {
        let mut reads = Reads::default();
        for info in &self.symbols {
            match &info.kind {
                SymbolKind::Choice(spec) => spec.exprs().into_iter().for_each(|e| reads.expr(e)),
                SymbolKind::Loop { start, len, .. } => reads.exprs([start, len]),
                SymbolKind::Free { .. } => {}
            }
        }
        reads.steps(&self.steps);
        self.inputs.iter().for_each(|(_, shape)| reads.exprs(shape));
        self.outputs.iter().for_each(|(_, flow)| reads.flow(flow));
        self.late.iter().for_each(|late| reads.exprs(late.guard.iter().chain([&late.predicate])));
        reads.symbols
    }
}

/// Symbols found so far.
#[derive(Default)]
pub(super) struct Reads {
    pub(super) symbols: BTreeSet<Symbol>,
    /// Values seen: they share parts.
    seen: HashSet<*const FlowNode>,
    /// Are observables passed over? They belong to circuits.
    outer: bool,
}

impl Reads {
    fn atom(&mut self, atom: &Atom) {
        self.symbols.insert(atom.symbol);
        self.exprs(&atom.at);
    }

    pub(super) fn expr(&mut self, expr: &Expr) {
        each_atom(expr, &mut |atom| {
            self.symbols.insert(atom.symbol);
        });
    }

    pub(super) fn exprs<'e>(&mut self, list: impl IntoIterator<Item = &'e Expr>) {
        list.into_iter().for_each(|expr| self.expr(expr));
    }

    pub(super) fn path(&mut self, path: &PathTemplate) {
        for segment in &path.0 {
            if let Segment::Value(expr) = segment {
                self.expr(expr);
            }
        }
    }

    pub(super) fn wires(&mut self, wires: &Wires) {
        self.expr(&wires.base);
        self.exprs(&wires.len);
    }

    fn repeat(&mut self, repeat: &Repeat) {
        self.exprs([&repeat.start, &repeat.len]);
        self.exprs(&repeat.filter);
    }

    fn circuit(&mut self, circuit: &CircuitRef) {
        self.exprs(&circuit.at);
    }

    fn steps(&mut self, steps: &[Step]) {
        steps.iter().for_each(|step| self.step(step));
    }

    pub(super) fn step(&mut self, step: &Step) {
        match step {
            // A metric's requirement looks at choices only to compare them with costs, and removes architectures by them.
            Step::RequireMetric { condition, .. } => self.metric(condition),
            Step::Choice(_) => {}
            Step::Loop { filter, body, .. } => {
                self.exprs(filter);
                self.steps(body);
            }
            Step::Branch { condition, then, otherwise } => {
                self.expr(condition);
                self.steps(then);
                self.steps(otherwise);
            }
            Step::Require { condition, .. } => self.expr(condition),
            Step::Circuit { at, path, body, .. } => {
                self.exprs(at);
                self.path(path);
                self.steps(body);
            }
            Step::Qubits { start, len, .. } => self.exprs([start, len]),
            Step::Gate { angles, qubits, path, .. } => {
                for (flow, index) in angles {
                    self.flow(flow);
                    self.exprs(index);
                }
                self.exprs(qubits);
                self.path(path);
            }
            Step::Prepare { values, wires, path, .. } => {
                self.flow(values);
                wires.iter().for_each(|wires| self.wires(wires));
                self.path(path);
            }
            Step::Modified { modifier, body, .. } => {
                match modifier {
                    Modifier::Controls(controls, _) => self.exprs(controls),
                    Modifier::Power(power) => self.flow(power),
                    Modifier::Inverse => {}
                }
                self.steps(body);
            }
        }
    }

    fn metric(&mut self, value: &super::value::MetricExpr) {
        use super::value::{MetricExpr, Value};
        match value {
            MetricExpr::Number(_) => {}
            MetricExpr::Metric { args, .. } => {
                for (_, value) in args {
                    match value {
                        Value::Int(e) | Value::Bool(e) | Value::Enum(_, e) => self.expr(e),
                        Value::Real(flow) => self.flow(flow),
                        _ => {}
                    }
                }
            }
            MetricExpr::Fixed(e) => self.expr(e),
            MetricExpr::Real(flow) => self.flow(flow),
            MetricExpr::Unary(_, a) => self.metric(a),
            MetricExpr::Binary(_, a, b) => {
                self.metric(a);
                self.metric(b);
            }
        }
    }

    pub(super) fn flow(&mut self, flow: &Flow) {
        if !self.seen.insert(std::sync::Arc::as_ptr(flow)) {
            return;
        }
        self.exprs(&flow.shape);
        match &flow.kind {
            FlowKind::Input(_) | FlowKind::Constant(_) => {}
            FlowKind::FromInt(e) | FlowKind::Bits(e) => self.expr(e),
            FlowKind::Generated { path, of, start } => {
                self.path(path);
                self.expr(start);
                self.flow(of);
            }
            FlowKind::RealChoice(atom) => self.atom(atom),
            FlowKind::Weight { path, init, .. } => {
                self.path(path);
                if let InitSpec::FanIn(e) = init {
                    self.expr(e);
                }
            }
            FlowKind::Unary(_, a)
            | FlowKind::Pad(a)
            | FlowKind::Normalize(a)
            | FlowKind::Sum(a)
            | FlowKind::Reshape(a) => self.flow(a),
            FlowKind::Binary(_, a, b) => [a, b].into_iter().for_each(|part| self.flow(part)),
            FlowKind::Element(a, e) | FlowKind::Slice(a, e) => {
                self.flow(a);
                self.expr(e);
            }
            FlowKind::Concat(list) | FlowKind::Stack(list) => list.iter().for_each(|part| self.flow(part)),
            FlowKind::Comprehension(repeat, body) => {
                self.repeat(repeat);
                self.flow(body);
            }
            FlowKind::Layer(layer, a) => {
                self.path(&layer.path);
                self.exprs(&layer.ints);
                layer.reals.iter().chain(&layer.weights).chain([a]).for_each(|part| self.flow(part));
            }
            FlowKind::If(c, a, b) => {
                self.expr(c);
                [a, b].into_iter().for_each(|part| self.flow(part));
            }
            FlowKind::Expect(circuit, observable) => {
                self.circuit(circuit);
                if !self.outer {
                    self.observable(observable);
                }
            }
            FlowKind::Probabilities(circuit, wires) => {
                self.circuit(circuit);
                if !self.outer {
                    self.wires(wires);
                }
            }
        }
    }

    /// As [`Self::flow`], without what is measured.
    pub(super) fn outer_flow(&mut self, flow: &Flow) {
        let before = std::mem::replace(&mut self.outer, true);
        self.flow(flow);
        self.outer = before;
    }

    fn observable(&mut self, observable: &Observable) {
        self.exprs(&observable.len);
        match &observable.kind {
            ObservableKind::Pauli(_, wires) => self.wires(wires),
            ObservableKind::Number(flow) => self.flow(flow),
            ObservableKind::Add(a, b) | ObservableKind::Mul(a, b) => {
                [a, b].into_iter().for_each(|part| self.observable(part));
            }
            ObservableKind::Sum(a) | ObservableKind::Product(a) => self.observable(a),
            ObservableKind::List(list) => list.iter().for_each(|part| self.observable(part)),
            ObservableKind::Comprehension(repeat, body) => {
                self.repeat(repeat);
                self.observable(body);
            }
            ObservableKind::Element(a, e) => {
                self.observable(a);
                self.expr(e);
            }
            ObservableKind::If(c, a, b) => {
                self.expr(c);
                [a, b].into_iter().for_each(|part| self.observable(part));
            }
        }
    }
}
