//! The frame of an architecture: everything but the steps of its circuits, and which choices decide it.
//!
//! Layers, read-outs, prepared states and the width of circuits often hang on few choices while the steps hang on many. What a frame
//! costs can then be looked up by those few. Sets err on the large side.

use super::entering::{Entering, enters};
use super::expr::{self, Bindings, Expr, Symbol};
use super::flow::{CircuitRef, Flow, FlowKind, operands};
use super::parts::note;
use super::reads::Reads;
use super::solve::SymbolRanges;
use super::symbol::{DomainSpec, SymbolKind};
use super::template::{Step, Template};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Template {
    /// The discrete choices that decide the frame; `None` if one of them is drawn once per turn of a loop, or if something is
    /// decided only when an architecture is built.
    #[must_use]
    pub fn frame(&self) -> Option<BTreeSet<Symbol>> {
        if !self.late.is_empty() {
            return None;
        }
        let mut walk = Walk { template: self, reads: Reads::default(), requires: Vec::new(), places: BTreeMap::new() };
        self.inputs.iter().for_each(|(_, shape)| walk.reads.exprs(shape));
        self.outputs.iter().for_each(|(_, flow)| walk.reads.flow(flow));
        walk.steps(&self.steps, &BTreeSet::new());
        let mut symbols = walk.finish();
        let discrete = |symbol: &Symbol| matches!(&self.symbol(*symbol).kind, SymbolKind::Choice(spec) if !matches!(spec, DomainSpec::Real { .. }));
        symbols.retain(discrete);
        symbols.iter().all(|symbol| self.symbol(*symbol).loops.is_empty()).then_some(symbols)
    }

    /// Is it plain that every circuit that runs is read? A circuit nobody reads is no part of the architecture, whatever its steps.
    #[must_use]
    pub fn reads_every_circuit(&self) -> bool {
        let mut circuits = Circuits { template: self, under: Vec::new(), places: BTreeMap::new() };
        circuits.collect(&self.steps)
            && circuits.places.iter().all(|(id, place)| self.is_read(*id, place, &circuits.places))
    }

    /// Is a circuit read wherever it runs?
    fn is_read(&self, id: u32, circuit: &Place<'_>, all: &BTreeMap<u32, Place<'_>>) -> bool {
        let mut asked = BTreeSet::new();
        let mut stack: Vec<Flow> = self.outputs.iter().map(|output| output.1.clone()).collect();
        while let Some(flow) = stack.pop() {
            for found in always(&flow, &circuit.under, &mut BTreeMap::new()) {
                if asked.insert(found) {
                    stack.extend(all.get(&found).into_iter().flat_map(|place| place.entering.iter().cloned()));
                }
            }
        }
        asked.contains(&id)
    }

    /// Does a loop run at least once in every architecture?
    fn runs(&self, var: Symbol) -> bool {
        match &self.symbol(var).kind {
            SymbolKind::Loop { len, .. } => expr::interval(len, &SymbolRanges(&self.symbols)).low >= 1,
            _ => false,
        }
    }

    /// How many circuits run under these values of all choices; `None` if a number in them is not known.
    #[must_use]
    pub fn circuits_run(&self, bindings: &Bindings) -> Option<usize> {
        run(self, &self.steps, &mut bindings.clone())
    }
}

/// Circuits among some steps, loops unrolled.
fn run(template: &Template, steps: &[Step], bindings: &mut Bindings) -> Option<usize> {
    let mut count = 0;
    for step in steps {
        count += match step {
            Step::Circuit { .. } => 1,
            Step::Branch { condition, then, otherwise } => {
                let taken = if bindings.eval(condition)? != 0 { then } else { otherwise };
                run(template, taken, bindings)?
            }
            Step::Loop { var, filter, body } => run_loop(template, *var, filter.as_ref(), body, bindings)?,
            Step::Modified { body, .. } => run(template, body, bindings)?,
            _ => 0,
        };
    }
    Some(count)
}

fn run_loop(
    template: &Template,
    var: Symbol,
    filter: Option<&Expr>,
    body: &[Step],
    bindings: &mut Bindings,
) -> Option<usize> {
    let SymbolKind::Loop { start, step, len } = &template.symbol(var).kind else { return None };
    let (start, len) = (bindings.eval(start)?, bindings.eval(len)?);
    let mut count = 0;
    for turn in 0..len.max(0) {
        bindings.bind(var.0, Vec::new(), expr::Picked::Int(start + turn * step));
        if filter.is_none_or(|filter| bindings.eval(filter) != Some(0)) {
            count += run(template, body, bindings)?;
        }
    }
    bindings.restore(var.0, Vec::new(), None);
    Some(count)
}

/// Where values that enter circuits are asked for: each place with the symbols on which it depends whether that happens.
struct Asked {
    flow: Flow,
    places: Vec<BTreeSet<Symbol>>,
}

struct Walk<'t> {
    template: &'t Template,
    reads: Reads,
    requires: Vec<&'t Expr>,
    /// By address of the value.
    places: BTreeMap<usize, Asked>,
}

impl<'t> Walk<'t> {
    /// Steps that run depending on some symbols.
    fn steps(&mut self, steps: &'t [Step], guards: &BTreeSet<Symbol>) {
        steps.iter().for_each(|step| self.step(step, guards));
    }

    fn step(&mut self, step: &'t Step, guards: &BTreeSet<Symbol>) {
        match step {
            Step::Require { condition, .. } => self.requires.push(condition),
            Step::Branch { condition, then, otherwise } => {
                let mut inner = guards.clone();
                note(condition, &mut inner);
                self.steps(then, &inner);
                self.steps(otherwise, &inner);
            }
            Step::Loop { var, filter, body } => {
                let mut inner = guards.clone();
                if filter.is_some() || !self.template.runs(*var) {
                    inner.insert(*var);
                }
                filter.iter().for_each(|filter| note(filter, &mut inner));
                self.steps(body, &inner);
            }
            Step::Circuit { at, body, .. } => {
                self.reads.exprs(at);
                self.reads.symbols.extend(guards);
                self.steps(body, guards);
            }
            Step::Qubits { .. } => {
                self.reads.symbols.extend(guards);
                self.reads.step(step);
            }
            Step::Prepare { .. } => {
                self.reads.symbols.extend(guards);
                self.reads.step(step);
            }
            Step::Modified { body, .. } => self.steps(body, guards),
            Step::Gate { angles, .. } => {
                angles.iter().for_each(|(flow, index)| self.angle(flow, index.as_ref(), guards))
            }
            Step::Choice(_) | Step::RequireMetric { .. } => {}
        }
    }

    fn angle(&mut self, flow: &Flow, index: Option<&Expr>, guards: &BTreeSet<Symbol>) {
        let mut entering = Entering::default();
        entering.angle(flow);
        entering.reads.exprs(index);
        // Where one value enters in any case, it does not matter which of its elements is asked for.
        let place = if enters(flow).is_some() { guards.clone() } else { guards | &entering.reads.symbols };
        // Inputs are there whether anything reads them or not.
        for flow in entering.flows.into_values().filter(|flow| !matches!(flow.kind, FlowKind::Input(_))) {
            let asked = Asked { flow: flow.clone(), places: Vec::new() };
            self.places.entry(Arc::as_ptr(&flow).addr()).or_insert(asked).places.push(place.clone());
        }
    }

    /// All symbols found, with those that requirements tie to them.
    fn finish(mut self) -> BTreeSet<Symbol> {
        for asked in std::mem::take(&mut self.places).into_values() {
            self.reads.flow(&asked.flow);
            let turns = |symbol: &Symbol| matches!(self.template.symbol(*symbol).kind, SymbolKind::Loop { .. });
            let certain = asked.places.iter().any(|place| self.fixed(place)) && !asked.flow.free.iter().any(turns);
            if !certain {
                self.reads.symbols.extend(asked.places.into_iter().flatten());
            }
        }
        let mut symbols = self.reads.symbols;
        let tied: Vec<BTreeSet<Symbol>> = self.requires.iter().map(|condition| symbols_of(condition)).collect();
        loop {
            let before = symbols.len();
            self.template.close(&mut symbols);
            for group in &tied {
                if !group.is_disjoint(&symbols) {
                    symbols.extend(group);
                }
            }
            if symbols.len() == before {
                return symbols;
            }
        }
    }

    /// Do no choices decide about these symbols?
    fn fixed(&self, place: &BTreeSet<Symbol>) -> bool {
        let mut closed = place.clone();
        self.template.close(&mut closed);
        !closed.iter().any(|symbol| matches!(self.template.symbol(*symbol).kind, SymbolKind::Choice(_)))
    }
}

fn symbols_of(condition: &Expr) -> BTreeSet<Symbol> {
    let mut out = BTreeSet::new();
    note(condition, &mut out);
    out
}

/// A circuit's step: the conditions over it, and values that enter it whenever it runs.
struct Place<'t> {
    under: Vec<(&'t Expr, bool)>,
    entering: Vec<Flow>,
}

/// The circuits of a template by number.
struct Circuits<'t> {
    template: &'t Template,
    under: Vec<(&'t Expr, bool)>,
    places: BTreeMap<u32, Place<'t>>,
}

impl<'t> Circuits<'t> {
    /// The circuits among some steps; `false` if one is in a loop.
    fn collect(&mut self, steps: &'t [Step]) -> bool {
        steps.iter().all(|step| match step {
            Step::Branch { condition, then, otherwise } => {
                [(then, true), (otherwise, false)].into_iter().all(|(steps, holds)| {
                    self.under.push((condition, holds));
                    let fits = self.collect(steps);
                    self.under.pop();
                    fits
                })
            }
            Step::Circuit { id, at, body, .. } => {
                let mut entering = Vec::new();
                self.entering(body, &mut entering);
                let place = Place { under: self.under.clone(), entering };
                at.is_empty() && self.places.insert(*id, place).is_none()
            }
            Step::Loop { body, .. } | Step::Modified { body, .. } => {
                let before = self.places.len();
                self.collect(body) && self.places.len() == before
            }
            _ => true,
        })
    }

    /// Values that enter through steps that always run.
    fn entering(&self, steps: &[Step], out: &mut Vec<Flow>) {
        for step in steps {
            match step {
                Step::Gate { angles, .. } => out.extend(angles.iter().filter_map(|(flow, _)| enters(flow)).cloned()),
                Step::Prepare { values, .. } => {
                    let unpadded = if let FlowKind::Pad(inner) = &values.kind { inner } else { values };
                    out.extend(enters(unpadded).cloned());
                }
                Step::Loop { var, filter: None, body } if self.template.runs(*var) => self.entering(body, out),
                Step::Modified { body, .. } => self.entering(body, out),
                _ => {}
            }
        }
    }
}

/// The circuits that a value asks for in every architecture in which some conditions hold or do not.
fn always(flow: &Flow, under: &[(&Expr, bool)], known: &mut BTreeMap<usize, BTreeSet<u32>>) -> BTreeSet<u32> {
    let at = Arc::as_ptr(flow).addr();
    if let Some(found) = known.get(&at) {
        return found.clone();
    }
    let found = match &flow.kind {
        FlowKind::Expect(CircuitRef { id, .. }, _) | FlowKind::Probabilities(CircuitRef { id, .. }, _) => {
            BTreeSet::from([*id])
        }
        FlowKind::If(condition, a, b) => match under.iter().find(|(known, _)| *known == condition) {
            Some((_, true)) => always(a, under, known),
            Some((_, false)) => always(b, under, known),
            None => &always(a, under, known) & &always(b, under, known),
        },
        FlowKind::Comprehension(..) => BTreeSet::new(),
        kind => operands(kind).into_iter().flat_map(|part| always(part, under, known)).collect(),
    };
    known.insert(at, found.clone());
    found
}
