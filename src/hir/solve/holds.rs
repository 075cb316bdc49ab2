//! Does an expression hold in every case? The walk through all cases, with memory.
//!
//! Most obligations hold, and all there is to say is that they do. What is left of a case once some symbols are bound depends on those
//! alone at which the rest looks: not on which turn of a loop it is where choices made in a loop are only compared with others of the same
//! turn, nor on how many turns there are. So what was found to hold once is not walked again. Who wants to know the cases that fail,
//! and how many there are, walks through all of them.

use super::super::expr::{Atom, Expr, Node, Picked, Symbol, each_atom, each_atom_within};
use super::{MAX_CASES, Problem, Prover, Walk};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// Does the predicate hold in every case? `false` if that was not found out.
pub(super) fn everywhere(prover: &Prover<'_>, problem: &Problem, predicate: &Expr) -> bool {
    let walk = Walk::new(prover, problem);
    let later = looked_at(prover, problem, predicate);
    Holds { walk, predicate, later, known: FxHashSet::default() }.run(0)
}

/// How far the walk has come, and of each atom so far what the rest looks at: its value, or only whether it has one.
type Place = (usize, Vec<Option<Picked>>);

struct Holds<'a> {
    walk: Walk<'a>,
    predicate: &'a Expr,
    /// Per place, and per atom before it: does the rest look at its value?
    later: Vec<Vec<bool>>,
    /// Places after which the predicate holds in every case.
    known: FxHashSet<Place>,
}

/// Per place in the order of atoms, at which of those before it the rest looks.
fn looked_at(prover: &Prover<'_>, problem: &Problem, predicate: &Expr) -> Vec<Vec<bool>> {
    let mut instances: FxHashMap<Symbol, usize> = FxHashMap::default();
    problem.order.iter().for_each(|atom| *instances.entry(atom.symbol).or_default() += 1);
    // Of a symbol with one instance, its position says nothing: wherever it stands, it is the one that is meant.
    let by_position = |atom: &Atom| {
        let plain = |at: &Expr| matches!(&**at, Node::Atom(turn) if turn.at.is_empty());
        instances.get(&atom.symbol).is_none_or(|count| *count > 1) || !atom.at.iter().all(plain)
    };
    let values = |expr: &Expr, out: &mut BTreeSet<Symbol>| {
        each_atom_within(expr, &by_position, &mut |atom| {
            out.insert(atom.symbol);
        });
    };
    // From the end: what the rest looks at grows.
    let mut symbols = BTreeSet::new();
    values(predicate, &mut symbols);
    let mut out = Vec::with_capacity(problem.order.len() + 1);
    for place in (0..=problem.order.len()).rev() {
        if let Some(atom) = problem.order.get(place) {
            prover.domain_exprs(atom).iter().for_each(|expr| values(expr, &mut symbols));
            if by_position(atom) {
                atom.at.iter().for_each(|at| values(at, &mut symbols));
            }
            let mentions = |fact: &&Expr| {
                let mut found = false;
                each_atom(fact, &mut |other| found |= other.symbol == atom.symbol);
                found
            };
            problem.facts.iter().filter(mentions).for_each(|fact| values(fact, &mut symbols));
        }
        out.push(problem.order[..place].iter().map(|atom| symbols.contains(&atom.symbol)).collect());
    }
    out.reverse();
    out
}

impl Holds<'_> {
    /// Does the predicate hold in all cases from here on? What has no value does not hold, whatever the facts.
    fn run(&mut self, depth: usize) -> bool {
        self.walk.steps += 1;
        if self.walk.steps > MAX_CASES {
            return false;
        }
        let Some(atom) = self.walk.problem.order.get(depth) else {
            return self.walk.bindings.eval(self.predicate) == Some(1);
        };
        let at: Option<Vec<i64>> = atom.at.iter().map(|e| self.walk.bindings.eval(e)).collect();
        let Some(at) = at else { return self.run(depth + 1) };
        if self.walk.bindings.get(atom.symbol.0, &at).is_some() {
            return self.run(depth + 1);
        }
        let Some(values) = self.walk.values(atom) else { return self.run(depth + 1) };
        let place = self.later[depth].contains(&false).then(|| self.place(depth));
        if place.as_ref().is_some_and(|place| self.known.contains(place)) {
            return true;
        }
        for picked in values {
            let before = self.walk.bindings.bind(atom.symbol.0, at.clone(), picked);
            let holds = self.walk.is_over(depth) || self.run(depth + 1);
            self.walk.bindings.restore(atom.symbol.0, at.clone(), before);
            if !holds {
                return false;
            }
        }
        self.known.extend(place);
        true
    }

    fn place(&self, depth: usize) -> Place {
        let value = |(atom, looked): (&Atom, &bool)| {
            let value = self.walk.bindings.atom(atom)?;
            Some(if *looked { value.clone() } else { Picked::Int(0) })
        };
        (depth, self.walk.problem.order[..depth].iter().zip(&self.later[depth]).map(value).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hir::expr::{add, atom, int, is_zero, le, modulo, sub, symbol};
    use crate::hir::symbol::{DomainSpec, PathTemplate, Shown, SymbolInfo, SymbolKind};
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    fn info(name: &str, kind: SymbolKind) -> SymbolInfo {
        let path = PathTemplate(Vec::new()).child(name);
        let (shown, span) = (Shown::Int, crate::source::Span::default());
        SymbolInfo { name: name.into(), path, kind, shown, loops: Vec::new(), guard: Vec::new(), span }
    }

    fn at(instance: u32, position: Expr) -> Expr {
        atom(Atom { symbol: Symbol(instance), at: vec![position] })
    }

    /// `depth`, a loop of so many turns, two choices in it, a loop over one of them.
    fn symbols(rng: &mut ChaCha8Rng) -> Vec<SymbolInfo> {
        let choice =
            |start: i64, count: Expr| SymbolKind::Choice(DomainSpec::Ints { start: int(start), step: 1, count });
        let turns = |len: Expr| SymbolKind::Loop { start: int(0), step: 1, len };
        let turn = symbol(Symbol(1));
        let sizes = [int(2), int(3), add(&symbol(Symbol(0)), &int(1)), add(&turn, &int(1))];
        let of_other = [int(2), at(2, turn.clone()), add(&at(2, turn), &int(1)), at(2, int(0))];
        vec![
            info("depth", choice(1, int(rng.random_range(1..=3)))),
            info("turn", turns(symbol(Symbol(0)))),
            info("keep", choice(0, sizes[rng.random_range(0..4)].clone())),
            info("range", choice(1, of_other[rng.random_range(0..4)].clone())),
            info("wire", turns(add(&symbol(Symbol(0)), &int(1)))),
        ]
    }

    fn value(rng: &mut ChaCha8Rng) -> Expr {
        let turn = symbol(Symbol(1));
        match rng.random_range(0..9) {
            0 => symbol(Symbol(0)),
            1 => turn,
            2 | 3 => at(2, turn),
            4 | 5 => at(3, turn),
            6 => at(2, int(rng.random_range(0..2))),
            7 => symbol(Symbol(4)),
            _ => modulo(&add(&at(3, turn.clone()), &symbol(Symbol(4))), &at(2, turn)),
        }
    }

    fn fact(rng: &mut ChaCha8Rng) -> Expr {
        let (a, b) = (value(rng), value(rng));
        let constant = int(rng.random_range(-2..=3));
        match rng.random_range(0..4) {
            0 => is_zero(&sub(&a, &constant)),
            1 => crate::hir::expr::not(&is_zero(&sub(&a, &add(&b, &constant)))),
            2 => le(&a, &add(&b, &constant)),
            _ => le(&a, &add(&constant, &int(2))),
        }
    }

    #[test]
    fn what_holds_with_memory_holds_in_every_case() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let (mut held, mut hold) = (0, 0);
        for _ in 0..4000 {
            let (symbols, predicate) = (symbols(&mut rng), fact(&mut rng));
            let guard: Vec<Expr> = (0..rng.random_range(0..3)).map(|_| fact(&mut rng)).collect();
            let names = |_: &Expr| String::new();
            let prover = Prover::new(&symbols, &[], &names);
            let problem = prover.problem(std::slice::from_ref(&predicate), &guard);
            let mut fails = false;
            let complete = Walk::new(&prover, &problem).all(&mut |bindings| {
                fails |= bindings.eval(&predicate) != Some(1);
                true
            });
            assert!(complete);
            let found = everywhere(&prover, &problem, &predicate);
            assert!(!(found && fails), "{predicate:?} under {guard:?}");
            held += u32::from(found);
            hold += u32::from(!fails);
        }
        assert!(held > 500 && held * 10 > hold * 7, "{held} of {hold}");
    }
}
