//! What decides whether a value is made and read: from the outputs and the circuits down to everything they ask for.

use super::super::entering::{is_fixed, may_be_fixed};
use super::super::expr::{self, Symbol};
use super::super::flow::{Flow, FlowKind, operands};
use super::super::parts::note;
use super::super::reads::Reads;
use super::super::template::Template;
use super::Piece;
use super::circuits::Circuits;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What decides whether something is made and read.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Ties {
    /// It is, in every architecture.
    pub(super) sure: bool,
    /// Otherwise the symbols that decide it.
    pub(super) symbols: BTreeSet<Symbol>,
}

impl Ties {
    pub(super) fn sure() -> Self {
        Self { sure: true, symbols: BTreeSet::new() }
    }

    fn by(symbols: BTreeSet<Symbol>) -> Self {
        Self { sure: false, symbols }
    }

    /// What decides it if it takes both.
    fn and(&self, other: &Self) -> Self {
        Self { sure: self.sure && other.sure, symbols: &self.symbols | &other.symbols }
    }

    /// What decides it if either is enough.
    fn or(&self, other: &Self) -> Self {
        if self.sure || other.sure { Self::sure() } else { Self::by(&self.symbols | &other.symbols) }
    }
}

/// A value's address: values are shared by pointer.
pub(super) fn address(flow: &Flow) -> usize {
    Arc::as_ptr(flow).addr()
}

/// Everything that outputs and circuits ask for.
pub(super) struct Spread {
    /// The values, by address.
    pub(super) values: BTreeMap<usize, Flow>,
    ties: BTreeMap<Piece, Ties>,
    /// Pieces whose ties have changed.
    open: BTreeSet<Piece>,
    /// Is some value made as a part of another, whichever comes first?
    pub(super) unclear: bool,
}

impl Spread {
    pub(super) fn of(template: &Template, circuits: &mut Circuits<'_>) -> Self {
        let (values, ties, open) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let mut out = Self { values, ties, open, unclear: false };
        template.outputs.iter().for_each(|(_, flow)| out.reach(flow, &Ties::sure()));
        // A circuit that nobody reads runs all the same, and asks for values.
        circuits.by_id.keys().for_each(|id| out.meet(Piece::Circuit(*id), &Ties::default()));
        while let Some(piece) = out.open.pop_last() {
            let ties = out.ties(piece);
            match piece {
                Piece::Value(at) => {
                    let Some(flow) = out.values.get(&at).cloned() else { continue };
                    out.expand(&flow, &ties);
                }
                Piece::Circuit(id) => {
                    let run = circuits.by_id.get(&id).map(|circuit| circuit.run.clone()).unwrap_or_default();
                    let runs = if run.is_empty() { Ties::sure() } else { Ties::by(run) };
                    for (flow, asked) in circuits.entering(id) {
                        out.reach(&flow, &ties.and(&runs).and(&asked));
                    }
                }
            }
        }
        out
    }

    /// What decides about a piece.
    pub(super) fn ties(&self, piece: Piece) -> Ties {
        self.ties.get(&piece).cloned().unwrap_or_default()
    }

    /// The read-outs of a circuit.
    pub(super) fn read_outs(&self, circuit: u32) -> impl Iterator<Item = &Flow> {
        self.values.values().filter(move |flow| match &flow.kind {
            FlowKind::Expect(of, _) | FlowKind::Probabilities(of, _) => of.id == circuit,
            _ => false,
        })
    }

    fn reach(&mut self, flow: &Flow, ties: &Ties) {
        self.values.entry(address(flow)).or_insert_with(|| flow.clone());
        self.meet(Piece::Value(address(flow)), ties);
    }

    fn meet(&mut self, piece: Piece, ties: &Ties) {
        let known = self.ties.get(&piece);
        let now = known.map_or_else(|| ties.clone(), |known| known.or(ties));
        if known != Some(&now) {
            self.ties.insert(piece, now);
            self.open.insert(piece);
        }
    }

    /// What a value asks for if it is made.
    fn expand(&mut self, flow: &Flow, ties: &Ties) {
        let all = || {
            let mut reads = Reads::default();
            reads.flow(flow);
            ties.and(&Ties::by(reads.symbols))
        };
        match &flow.kind {
            _ if is_fixed(flow) => {}
            FlowKind::If(condition, a, b) if expr::constant(condition).is_some() => {
                self.reach(if expr::constant(condition) == Some(0) { b } else { a }, ties);
            }
            FlowKind::If(condition, a, b) => {
                let mut symbols = BTreeSet::new();
                note(condition, &mut symbols);
                let either = ties.and(&Ties::by(symbols));
                [a, b].into_iter().for_each(|part| self.reach(part, &either));
            }
            FlowKind::Expect(circuit, _) | FlowKind::Probabilities(circuit, _) => {
                let mut symbols = BTreeSet::new();
                circuit.at.iter().for_each(|expr| note(expr, &mut symbols));
                // Of a circuit in a loop each turn is read by itself.
                let one = if circuit.at.is_empty() { ties.clone() } else { ties.and(&Ties::by(symbols)) };
                self.meet(Piece::Circuit(circuit.id), &one);
            }
            FlowKind::Layer(layer, input) => {
                self.reach(input, ties);
                for weight in &layer.weights {
                    if let FlowKind::Generated { of, .. } = &weight.kind {
                        self.unclear = true;
                        self.reach(of, ties);
                    }
                }
            }
            // Whether its elements are made together or one by one, and which of them, hangs on all that they look at.
            FlowKind::Comprehension(_, body) => self.reach(body, &all()),
            kind => {
                let sometimes = operands(kind).into_iter().any(|part| may_be_fixed(part) && !is_fixed(part));
                let each = if sometimes || may_be_fixed(flow) { all() } else { ties.clone() };
                operands(kind).into_iter().for_each(|part| self.reach(part, &each));
            }
        }
    }
}
