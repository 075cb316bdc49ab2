//! The frame of an architecture: everything but the steps of its circuits, in pieces, and which choices decide each piece.
//!
//! A layer's cost hangs on its own size and that of what it reads, and on the choices that decide whether it is there at all. So what
//! a frame costs is a sum of functions of few choices each, however many forms the whole has. Sets err on the large side. Whether a
//! value enters a circuit may hang on choices that are drawn once per turn of a loop: there a flag, which the gates raise that
//! ask for the value, stands for all of them.

mod circuits;
mod spread;

use super::expr::{self, Expr, Symbol};
use super::flow::{Flow, FlowKind};
use super::reads::Reads;
use super::space::total_symbol;
use super::symbol::{DomainSpec, PathTemplate, SymbolKind};
use super::template::{Step, Template};
use circuits::Circuits;
use spread::Spread;
use std::collections::{BTreeMap, BTreeSet};

/// What makes nodes of a graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Piece {
    /// A value, by its address.
    Value(usize),
    /// A circuit, by its number.
    Circuit(u32),
}

/// Symbols by what they decide.
pub type Deciding<K> = BTreeMap<K, BTreeSet<Symbol>>;

/// The pieces of a frame. Among the symbols are choices outside loops and flags, which are the first totals of a ledger.
#[derive(Debug)]
pub struct Frame {
    /// What decides whether a piece is part of the architecture and what it costs; `None` if that is not known of some piece.
    pub pieces: Option<Deciding<Piece>>,
    /// What decides whether a circuit is read, for those of which it is not plain that they are; `None` if that is not known.
    pub reads: Option<Deciding<u32>>,
    /// The flags.
    pub flags: Vec<Flag>,
}

/// A value that enters a circuit or not, by choices of a loop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flag {
    circuit: u32,
    value: usize,
    /// Of a value of loops, the turns.
    turns: Vec<(Symbol, i64)>,
}

impl Flag {
    /// How many angles of a step in this circuit ask for the value, in these turns.
    #[must_use]
    pub fn raised(&self, step: &Step, circuit: Option<u32>) -> Expr {
        if circuit != Some(self.circuit) {
            return expr::int(0);
        }
        let turn = |(var, value): &(Symbol, i64)| expr::eq(&expr::symbol(*var), &expr::int(*value));
        expr::mul(&expr::all(self.turns.iter().map(turn)), &circuits::asked(step, self.value))
    }
}

impl Template {
    /// The pieces of the frame; `None` if circuits are not told apart.
    #[must_use]
    pub fn frame(&self) -> Option<Frame> {
        let mut circuits = Circuits::of(self);
        if circuits.unclear {
            return None;
        }
        let spread = Spread::of(self, &mut circuits);
        let mut reads = BTreeMap::new();
        let mut pieces = BTreeMap::new();
        for (id, circuit) in &circuits.by_id {
            let ties = spread.ties(Piece::Circuit(*id));
            if !ties.sure {
                reads.insert(*id, &ties.symbols | &circuit.run);
            }
            let mut own = &(&ties.symbols | &circuit.run) | &circuit.own;
            for read_out in spread.read_outs(*id) {
                let mut all = Reads::default();
                all.flow(read_out);
                own.extend(all.symbols);
                own.extend(spread.ties(Piece::Value(spread::address(read_out))).symbols);
            }
            pieces.insert(Piece::Circuit(*id), own);
        }
        for (&at, flow) in &spread.values {
            let mut own = own(flow);
            // Once per turn of the loops around it.
            let turns = |symbol: &&Symbol| matches!(self.symbol(**symbol).kind, SymbolKind::Loop { .. });
            own.extend(flow.free.iter().filter(turns));
            own.extend(spread.ties(Piece::Value(at)).symbols);
            if let FlowKind::Expect(circuit, _) | FlowKind::Probabilities(circuit, _) = &flow.kind {
                own.extend(pieces.get(&Piece::Circuit(circuit.id)).into_iter().flatten());
            }
            pieces.insert(Piece::Value(at), own);
        }
        if spread.unclear || self.several_shapes(&spread) {
            let all: BTreeSet<Symbol> = pieces.values().flatten().copied().collect();
            pieces.values_mut().for_each(|own| own.clone_from(&all));
        }
        // What is decided only when an architecture is built may decide anything.
        let pieces = self.outer(pieces).filter(|_| self.late.is_empty());
        Some(Frame { pieces, reads: self.outer(reads), flags: circuits.flags })
    }

    /// Does one path name weights of layers of several shapes? Then which of them comes first decides.
    fn several_shapes(&self, spread: &Spread) -> bool {
        let mut shapes: BTreeMap<String, Vec<(&PathTemplate, &[Expr])>> = BTreeMap::new();
        for flow in spread.values.values() {
            let FlowKind::Layer(layer, _) = &flow.kind else { continue };
            for weight in &layer.weights {
                let FlowKind::Weight { path, .. } = &weight.kind else { continue };
                shapes.entry(path.pattern()).or_default().push((path, &weight.shape));
            }
        }
        shapes.values().any(|list| list.iter().any(|one| *one != list[0]))
    }

    /// The discrete choices outside loops and the flags among symbols, with those that loops run over; `None` if there are choices of
    /// loops.
    fn outer<K: Ord>(&self, sets: Deciding<K>) -> Option<Deciding<K>> {
        let outer = |(key, mut set): (K, BTreeSet<Symbol>)| {
            self.open_loops(&mut set);
            set.retain(|symbol| self.is_flag(*symbol) || self.is_discrete(*symbol));
            let known = set.iter().all(|symbol| self.is_flag(*symbol) || self.symbol(*symbol).loops.is_empty());
            known.then_some((key, set))
        };
        sets.into_iter().map(outer).collect()
    }

    fn is_flag(&self, symbol: Symbol) -> bool {
        symbol >= total_symbol(self, 0)
    }

    /// Is the symbol a choice among finitely many?
    fn is_discrete(&self, symbol: Symbol) -> bool {
        matches!(&self.symbol(symbol).kind, SymbolKind::Choice(spec) if !matches!(spec, DomainSpec::Real { .. }))
    }

    /// Adds the symbols that decide about the turns of loops in the set.
    fn open_loops(&self, set: &mut BTreeSet<Symbol>) {
        let mut stack: Vec<Symbol> = set.iter().copied().collect();
        while let Some(symbol) = stack.pop() {
            if self.is_flag(symbol) {
                continue;
            }
            if let SymbolKind::Loop { start, len, .. } = &self.symbol(symbol).kind {
                let mut found: BTreeSet<Symbol> = self.symbol(symbol).loops.iter().copied().collect();
                [start, len].into_iter().for_each(|expr| super::parts::note(expr, &mut found));
                stack.extend(found.into_iter().filter(|&symbol| set.insert(symbol)));
            }
        }
    }
}

/// What a value's own nodes look at, if they are there.
fn own(flow: &Flow) -> BTreeSet<Symbol> {
    let mut reads = Reads::default();
    reads.exprs(&flow.shape);
    for operand in super::flow::operands(&flow.kind) {
        reads.exprs(&operand.shape);
        if super::entering::may_be_fixed(operand) {
            reads.flow(operand);
        }
    }
    match &flow.kind {
        FlowKind::FromInt(number) | FlowKind::Bits(number) => reads.expr(number),
        FlowKind::Element(_, index) | FlowKind::Slice(_, index) => reads.expr(index),
        FlowKind::Layer(layer, _) => reads.exprs(&layer.ints),
        FlowKind::Comprehension(..) => reads.flow(flow),
        _ => {}
    }
    reads.symbols
}
