//! Which choices each circuit of a template depends on, and which the layers around them: what a space is a product of.
//!
//! A circuit looks at what its steps, its angles up to the tensors that enter it, and its read-out mention; the rest looks at everything
//! else. Choices that several parts look at are *shared*. For fixed values of the shared ones the others of each part can be chosen without
//! regard to the other parts. Sets err on the large side; templates whose parts cannot be told apart have none.

use super::entering::Entering;
use super::expr::{Expr, Symbol, each_atom};
use super::flow::{CircuitRef, Flow, FlowKind};
use super::reads::Reads;
use super::symbol::{PathTemplate, SymbolKind};
use super::template::{Modifier, Step, Template};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// One circuit of a template.
#[derive(Clone, Debug)]
pub struct CircuitPart {
    /// Its path, which is that of its region.
    pub path: PathTemplate,
    /// The symbols it looks at.
    pub reads: BTreeSet<Symbol>,
}

/// The parts of a template.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Its circuits, in program order.
    pub circuits: Vec<CircuitPart>,
    /// The symbols everything else looks at.
    pub rest: BTreeSet<Symbol>,
    /// The choices that several parts look at, or that a requirement ties together.
    pub shared: BTreeSet<Symbol>,
}

impl Template {
    /// Takes the template apart; `None` if it has no circuit, or if circuits are repeated, read more than once or not told apart.
    #[must_use]
    pub fn parts(&self) -> Option<Parts> {
        let mut split =
            Split { template: self, circuits: BTreeMap::new(), rest: Reads::default(), requires: Vec::new() };
        if !self.late.is_empty() || !split.steps(&self.steps, &[]) || split.circuits.is_empty() {
            return None;
        }
        split.read_outs()?;
        self.inputs.iter().for_each(|(_, shape)| split.rest.exprs(shape));
        self.outputs.iter().for_each(|(_, flow)| split.rest.outer_flow(flow));
        let entering: Vec<Flow> = split.circuits.values().flat_map(|own| own.values.flows.values().cloned()).collect();
        entering.iter().for_each(|flow| split.rest.outer_flow(flow));
        split.finish()
    }

    /// Adds the symbols on which the existence and the domains of those in the set depend.
    pub(super) fn close(&self, set: &mut BTreeSet<Symbol>) {
        let mut stack: Vec<Symbol> = set.iter().copied().collect();
        while let Some(symbol) = stack.pop() {
            let info = self.symbol(symbol);
            let mut found: BTreeSet<Symbol> = info.loops.iter().copied().collect();
            match &info.kind {
                SymbolKind::Choice(spec) => spec.exprs().into_iter().for_each(|expr| note(expr, &mut found)),
                SymbolKind::Loop { start, len, .. } => [start, len].into_iter().for_each(|expr| note(expr, &mut found)),
                SymbolKind::Free { .. } => {}
            }
            info.guard.iter().for_each(|expr| note(expr, &mut found));
            stack.extend(found.into_iter().filter(|&symbol| set.insert(symbol)));
        }
    }
}

/// The symbols an expression looks at.
pub(super) fn note(expr: &Expr, out: &mut BTreeSet<Symbol>) {
    each_atom(expr, &mut |atom| {
        out.insert(atom.symbol);
    });
}

/// What is known of a circuit so far.
struct Own {
    path: PathTemplate,
    values: Entering,
    /// Has it a value that enters once per turn of a loop?
    repeated: bool,
}

struct Split<'t> {
    template: &'t Template,
    circuits: BTreeMap<u32, Own>,
    rest: Reads,
    requires: Vec<Expr>,
}

impl Split<'_> {
    /// Steps outside circuits, under these conditions; `false` if their circuits cannot be told apart.
    fn steps(&mut self, steps: &[Step], conditions: &[Expr]) -> bool {
        steps.iter().all(|step| match step {
            Step::Choice(_) => true,
            Step::Require { condition, .. } => {
                self.requires.push(condition.clone());
                true
            }
            Step::Loop { filter, body, .. } => {
                self.rest.exprs(filter);
                !body.iter().any(has_circuit) && self.steps(body, conditions)
            }
            Step::Branch { condition, then, otherwise } => {
                self.rest.expr(condition);
                let mut inner = conditions.to_vec();
                inner.push(condition.clone());
                self.steps(then, &inner) && self.steps(otherwise, &inner)
            }
            Step::Circuit { id, at, path, body, .. } => {
                let mut own = Own { path: path.clone(), values: Entering::default(), repeated: false };
                own.values.reads.path(path);
                own.values.reads.exprs(conditions);
                self.rest.path(path);
                own.steps(body, &mut self.requires);
                at.is_empty() && !own.repeated && self.circuits.insert(*id, own).is_none()
            }
            _ => false,
        })
    }

    /// Gives every circuit its read-out and the conditions under which that is asked for; `None` unless each has exactly one.
    fn read_outs(&mut self) -> Option<()> {
        let mut asked = Asked::default();
        let entering = self.circuits.values().flat_map(|own| own.values.flows.values());
        let roots: Vec<Flow> = self.template.outputs.iter().map(|output| &output.1).chain(entering).cloned().collect();
        roots.iter().for_each(|flow| drop(asked.visit(flow)));
        for (id, own) in &mut self.circuits {
            let [read_out] = asked.read_outs.get(id).map(Vec::as_slice)? else { return None };
            let in_loop = |symbol: &Symbol| matches!(self.template.symbol(*symbol).kind, SymbolKind::Loop { .. });
            if read_out.free.iter().any(in_loop) {
                return None;
            }
            own.values.reads.flow(read_out);
            own.values.reads.exprs(asked.conditions.get(id).into_iter().flatten());
        }
        Some(())
    }

    fn finish(self) -> Option<Parts> {
        let mut circuits = Vec::new();
        for (_, mut own) in self.circuits {
            let in_loop = |symbol: &Symbol| matches!(self.template.symbol(*symbol).kind, SymbolKind::Loop { .. });
            let several =
                own.values.flows.len() > 1 || own.values.flows.values().any(|flow| flow.free.iter().any(in_loop));
            // One tensor that enters is always the same one; of several it would matter which come first and which are the same.
            if several {
                return None;
            }
            self.template.close(&mut own.values.reads.symbols);
            circuits.push(CircuitPart { path: own.path, reads: own.values.reads.symbols });
        }
        let mut rest = self.rest.symbols;
        // What only requirements look at belongs to the rest, too.
        let mut mentioned = BTreeSet::new();
        self.requires.iter().for_each(|expr| note(expr, &mut mentioned));
        rest.extend(mentioned.into_iter().filter(|symbol| !circuits.iter().any(|part| part.reads.contains(symbol))));
        self.template.close(&mut rest);
        let all = || circuits.iter().map(|part| &part.reads).chain([&rest]);
        let mut shared: BTreeSet<Symbol> = BTreeSet::new();
        let every: BTreeSet<Symbol> = all().flatten().copied().collect();
        shared.extend(every.into_iter().filter(|symbol| all().filter(|part| part.contains(symbol)).count() > 1));
        for condition in &self.requires {
            let mut tied = BTreeSet::new();
            note(condition, &mut tied);
            if !all().any(|part| tied.is_subset(part)) {
                shared.extend(tied);
            }
        }
        self.template.close(&mut shared);
        Some(Parts { circuits, rest, shared })
    }
}

fn has_circuit(step: &Step) -> bool {
    match step {
        Step::Circuit { .. } => true,
        Step::Loop { body, .. } | Step::Modified { body, .. } => body.iter().any(has_circuit),
        Step::Branch { then, otherwise, .. } => then.iter().chain(otherwise).any(has_circuit),
        _ => false,
    }
}

impl Own {
    fn steps(&mut self, steps: &[Step], requires: &mut Vec<Expr>) {
        for step in steps {
            match step {
                Step::Require { condition, .. } => requires.push(condition.clone()),
                Step::Loop { filter, body, .. } => {
                    self.values.reads.exprs(filter);
                    self.steps(body, requires);
                }
                Step::Branch { condition, then, otherwise } => {
                    self.values.reads.expr(condition);
                    self.steps(then, requires);
                    self.steps(otherwise, requires);
                }
                Step::Gate { angles, qubits, path, .. } => {
                    for (flow, index) in angles {
                        self.values.angle(flow);
                        self.values.reads.exprs(index);
                    }
                    self.values.reads.exprs(qubits);
                    self.values.reads.path(path);
                }
                Step::Prepare { values, path, wires, .. } => {
                    self.values.angle(values);
                    self.values.reads.path(path);
                    wires.iter().for_each(|wires| self.values.reads.wires(wires));
                }
                Step::Modified { modifier, body, .. } => {
                    match modifier {
                        Modifier::Controls(controls, _) => self.values.reads.exprs(controls),
                        Modifier::Power(power) => self.values.reads.flow(power),
                        Modifier::Inverse => {}
                    }
                    self.steps(body, requires);
                }
                // A circuit within a circuit is none that could be told apart.
                Step::Circuit { .. } => self.repeated = true,
                Step::Choice(_) | Step::Qubits { .. } | Step::RequireMetric { .. } => self.values.reads.step(step),
            }
        }
    }
}

/// Circuits a value asks for.
type Circuits = BTreeSet<u32>;

/// What asks for the read-outs of circuits.
#[derive(Default)]
struct Asked {
    read_outs: BTreeMap<u32, Vec<Flow>>,
    /// Conditions on which it depends whether a circuit is asked for at all.
    conditions: BTreeMap<u32, Vec<Expr>>,
    /// Per value the circuits it may ask for, and those it always asks for.
    known: HashMap<usize, (Circuits, Circuits)>,
}

impl Asked {
    fn visit(&mut self, flow: &Flow) -> (Circuits, Circuits) {
        let at = Arc::as_ptr(flow).addr();
        if let Some(known) = self.known.get(&at) {
            return known.clone();
        }
        let mut out = (Circuits::new(), Circuits::new());
        match &flow.kind {
            FlowKind::Expect(CircuitRef { id, .. }, _) | FlowKind::Probabilities(CircuitRef { id, .. }, _) => {
                self.read_outs.entry(*id).or_default().push(flow.clone());
                out = (Circuits::from([*id]), Circuits::from([*id]));
            }
            FlowKind::If(condition, a, b) => {
                let (a, b) = (self.visit(a), self.visit(b));
                out.0 = &a.0 | &b.0;
                out.1 = &a.1 & &b.1;
                for id in &out.0 - &out.1 {
                    self.conditions.entry(id).or_default().push(condition.clone());
                }
            }
            FlowKind::Comprehension(repeat, body) => {
                out.0 = self.visit(body).0;
                for &id in &out.0 {
                    let list = self.conditions.entry(id).or_default();
                    list.extend([&repeat.start, &repeat.len].into_iter().chain(&repeat.filter).cloned());
                }
            }
            _ => {
                for part in super::flow::operands(&flow.kind) {
                    let part = self.visit(part);
                    out.0.extend(part.0);
                    out.1.extend(part.1);
                }
            }
        }
        self.known.insert(at, out.clone());
        out
    }
}
