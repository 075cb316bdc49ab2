//! The circuits of a template as a frame sees them: where they run, how wide they are, which values enter them and when.

use super::super::entering::{Entering, asks, enters};
use super::super::expr::{self, Expr, Symbol};
use super::super::flow::{Flow, FlowKind};
use super::super::parts::note;
use super::super::symbol::SymbolKind;
use super::super::template::{Step, Template};
use super::spread::{Ties, address};
use super::{Flag, total_symbol};
use std::collections::{BTreeMap, BTreeSet};

type Symbols = BTreeSet<Symbol>;

/// Most turns of loops whose values have a flag each.
const TURNS: i64 = 12;

/// A circuit.
#[derive(Default)]
pub(super) struct Circuit {
    /// What decides whether it runs.
    pub(super) run: Symbols,
    /// What its width and its prepared states look at.
    pub(super) own: Symbols,
    /// Values that enter it, by address.
    asked: BTreeMap<usize, Asked>,
}

/// Where a value that enters a circuit is asked for.
struct Asked {
    flow: Flow,
    /// For each place the symbols on which it depends whether that happens.
    places: Vec<Symbols>,
    /// Is it exactly known under which conditions the steps ask for it?
    exact: bool,
}

/// All circuits of a template.
pub(super) struct Circuits<'t> {
    template: &'t Template,
    pub(super) by_id: BTreeMap<u32, Circuit>,
    /// The flags given so far.
    pub(super) flags: Vec<Flag>,
    /// Is a circuit within another, or its number not its own?
    pub(super) unclear: bool,
}

impl<'t> Circuits<'t> {
    pub(super) fn of(template: &'t Template) -> Self {
        let mut out = Self { template, by_id: BTreeMap::new(), flags: Vec::new(), unclear: false };
        out.steps(&template.steps, &Symbols::new(), None);
        out
    }

    /// Steps that run depending on some symbols, within a circuit or not.
    fn steps(&mut self, steps: &[Step], guards: &Symbols, within: Option<u32>) {
        for step in steps {
            match step {
                Step::Branch { condition, then, otherwise } if expr::constant(condition).is_some() => {
                    let taken = if expr::constant(condition) == Some(0) { otherwise } else { then };
                    self.steps(taken, guards, within);
                }
                Step::Branch { condition, then, otherwise } => {
                    let mut inner = guards.clone();
                    note(condition, &mut inner);
                    self.steps(then, &inner, within);
                    self.steps(otherwise, &inner, within);
                }
                Step::Loop { var, filter, body } => {
                    let mut inner = guards.clone();
                    if filter.is_some() || !self.template.runs(*var) {
                        inner.insert(*var);
                    }
                    filter.iter().for_each(|filter| note(filter, &mut inner));
                    self.steps(body, &inner, within);
                }
                Step::Circuit { id, at, body, .. } => {
                    let mut circuit = Circuit { run: guards.clone(), ..Circuit::default() };
                    at.iter().for_each(|expr| note(expr, &mut circuit.own));
                    let known = self.by_id.insert(*id, circuit).is_some();
                    self.unclear |= known || within.is_some();
                    self.steps(body, &Symbols::new(), Some(*id));
                }
                Step::Modified { body, .. } => self.steps(body, guards, within),
                Step::Qubits { .. } | Step::Prepare { .. } | Step::Gate { .. } => {
                    if let Some(circuit) = within.and_then(|id| self.by_id.get_mut(&id)) {
                        circuit.step(step, guards);
                    }
                }
                Step::Choice(_) | Step::Require { .. } | Step::RequireMetric { .. } => {}
            }
        }
    }

    /// The values that a circuit asks for, with what decides whether it does. Gives out flags.
    pub(super) fn entering(&mut self, id: u32) -> Vec<(Flow, Ties)> {
        let Some(circuit) = self.by_id.get(&id) else { return Vec::new() };
        let mut flags = std::mem::take(&mut self.flags);
        let ties = |asked: &Asked| (asked.flow.clone(), self.ties(id, asked, &mut flags));
        let out = circuit.asked.values().map(ties).collect();
        self.flags = flags;
        out
    }

    fn ties(&self, id: u32, asked: &Asked, flags: &mut Vec<Flag>) -> Ties {
        let template = self.template;
        let turns: Vec<Symbol> = asked.flow.free.iter().copied().filter(|&var| template.is_turn(var)).collect();
        if turns.is_empty() && asked.places.iter().any(Symbols::is_empty) {
            return Ties::sure();
        }
        let symbols: Symbols = asked.places.iter().flatten().copied().collect();
        let mut closed = symbols.clone();
        template.close(&mut closed);
        let of_a_loop =
            closed.iter().any(|symbol| template.is_discrete(*symbol) && !template.symbol(*symbol).loops.is_empty());
        if !(of_a_loop && asked.exact) {
            return Ties { sure: false, symbols };
        }
        // One flag for the values of all turns, if they are asked for all together or not at all; otherwise one for each.
        let together = !turns.iter().any(|var| closed.contains(var));
        let turns = if together { Some(vec![Vec::new()]) } else { template.turns(&turns) };
        let Some(turns) = turns else { return Ties { sure: false, symbols } };
        let mut number = |turns| {
            let flag = Flag { circuit: id, value: address(&asked.flow), turns };
            let at = flags.iter().position(|known| *known == flag).unwrap_or_else(|| {
                flags.push(flag);
                flags.len() - 1
            });
            total_symbol(template, at)
        };
        Ties { sure: false, symbols: turns.into_iter().map(&mut number).collect() }
    }
}

impl Circuit {
    fn step(&mut self, step: &Step, guards: &Symbols) {
        match step {
            Step::Qubits { start, len, .. } => {
                self.own.extend(guards);
                [start, len].into_iter().for_each(|expr| note(expr, &mut self.own));
            }
            Step::Prepare { values, wires, .. } => {
                let mut entering = Entering::default();
                entering.angle(values);
                wires.iter().for_each(|wires| entering.reads.wires(wires));
                self.own.extend(guards.iter().chain(&entering.reads.symbols));
                self.angle(unpadded(values), None, guards);
            }
            Step::Gate { angles, .. } => {
                angles.iter().for_each(|(flow, index)| self.angle(flow, index.as_ref(), guards));
            }
            _ => {}
        }
    }

    fn angle(&mut self, flow: &Flow, index: Option<&Expr>, guards: &Symbols) {
        let mut entering = Entering::default();
        entering.angle(flow);
        entering.reads.exprs(index);
        // Where one value enters in any case, it does not matter which of its elements is asked for.
        let place = if enters(flow).is_some() { guards.clone() } else { guards | &entering.reads.symbols };
        let exact = asks(flow);
        for (at, flow) in entering.flows {
            // Inputs are there whether anything reads them or not.
            if matches!(flow.kind, FlowKind::Input(_)) {
                continue;
            }
            let new = || Asked { flow, places: Vec::new(), exact: true };
            let asked = self.asked.entry(at).or_insert_with(new);
            asked.places.push(place.clone());
            asked.exact &= exact.is_some();
        }
    }
}

/// What is in front of the zeros of a padded vector.
fn unpadded(flow: &Flow) -> &Flow {
    if let FlowKind::Pad(inner) = &flow.kind { inner } else { flow }
}

/// How many angles or amplitudes of a step ask for a value.
pub(super) fn asked(step: &Step, value: usize) -> Expr {
    let flows: Vec<&Flow> = match step {
        Step::Gate { angles, .. } => angles.iter().map(|(flow, _)| flow).collect(),
        Step::Prepare { values, .. } => vec![unpadded(values)],
        _ => Vec::new(),
    };
    let times = flows.into_iter().flat_map(|flow| asks(flow).unwrap_or_default());
    let own = times.filter(|(_, flow)| address(flow) == value).map(|(conditions, _)| expr::all(conditions));
    own.fold(expr::int(0), |sum, condition| expr::add(&sum, &condition))
}

impl Template {
    /// Does a loop run at least once in every architecture?
    fn runs(&self, var: Symbol) -> bool {
        match &self.symbol(var).kind {
            SymbolKind::Loop { len, .. } => {
                expr::interval(len, &super::super::solve::SymbolRanges(&self.symbols)).low >= 1
            }
            _ => false,
        }
    }

    /// The turns of some loops, if they are the same few in every architecture.
    fn turns(&self, loops: &[Symbol]) -> Option<Vec<Vec<(Symbol, i64)>>> {
        let mut out = vec![Vec::new()];
        for &var in loops {
            let SymbolKind::Loop { start, step, len } = &self.symbol(var).kind else { return None };
            let (start, len) = (expr::constant(start)?, expr::constant(len)?);
            let with = |turns: &Vec<(Symbol, i64)>| {
                let more = |at| turns.iter().copied().chain([(var, start + at * step)]).collect();
                (0..len.clamp(0, TURNS + 1)).map(more).collect::<Vec<_>>()
            };
            out = out.iter().flat_map(with).collect();
            if out.len() as i64 > TURNS {
                return None;
            }
        }
        Some(out)
    }

    fn is_turn(&self, symbol: Symbol) -> bool {
        matches!(self.symbol(symbol).kind, SymbolKind::Loop { .. })
    }
}
