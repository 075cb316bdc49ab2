//! The prover of obligations: normal forms and intervals first, then enumeration of just what matters.

mod holds;

use super::assignment::Domain;
use super::expr::{Atom, Bindings, Expr, Interval, Picked, Ranges, Symbol, atoms, constant, each_atom, interval};
use super::obligation::{Case, Obligation};
use super::symbol::{DomainSpec, SymbolInfo, SymbolKind};
use crate::diag::Diagnostic;
use std::collections::BTreeSet;

/// Most cases enumerated for one obligation.
pub(crate) const MAX_CASES: u64 = 1_000_000;

/// Intervals of symbols from their own domains.
pub(crate) struct SymbolRanges<'a>(pub(crate) &'a [SymbolInfo]);

impl SymbolRanges<'_> {
    fn info(&self, atom: &Atom) -> &SymbolInfo {
        &self.0[atom.symbol.0 as usize]
    }
}

impl Ranges for SymbolRanges<'_> {
    fn range(&self, atom: &Atom) -> Interval {
        let span = |start: &Expr, step: i64, count: &Expr| {
            let (start, count) = (interval(start, self), interval(count, self));
            let last = count.high.saturating_sub(1).max(0).saturating_mul(step);
            Interval::new(start.low.saturating_add(last.min(0)), start.high.saturating_add(last.max(0)))
        };
        match &self.info(atom).kind {
            SymbolKind::Choice(DomainSpec::Ints { start, step, count }) => span(start, *step, count),
            SymbolKind::Choice(DomainSpec::Values(values)) => {
                Interval::new(0, i64::try_from(values.len()).unwrap_or(i64::MAX).saturating_sub(1))
            }
            SymbolKind::Loop { start, step, len } => span(start, *step, len),
            SymbolKind::Free { count: Some(count) } => Interval::new(0, count - 1),
            _ => Interval::ALL,
        }
    }

    fn length(&self, atom: &Atom) -> Interval {
        match &self.info(atom).kind {
            SymbolKind::Choice(DomainSpec::Subset { min, max, .. }) => {
                Interval::new(interval(min, self).low.max(0), interval(max, self).high)
            }
            _ => Interval::ALL,
        }
    }

    fn position(&self, atom: &Atom) -> Interval {
        match &self.info(atom).kind {
            SymbolKind::Choice(DomainSpec::Subset { of, .. }) => {
                Interval::new(0, interval(of, self).high.saturating_sub(1))
            }
            _ => Interval::ALL,
        }
    }
}

/// What came of an obligation.
pub(crate) enum Verdict {
    /// Holds everywhere.
    Holds,
    /// Left to the callers of a library item.
    Open,
    /// Fails.
    Fails(Diagnostic),
    /// Too many cases; the names of the choices to bound.
    Unproved(Vec<String>),
}

/// Decides obligations over one walk's symbols.
pub(crate) struct Prover<'a> {
    symbols: &'a [SymbolInfo],
    requires: &'a [(Vec<Expr>, Expr)],
    names: &'a dyn Fn(&Expr) -> String,
}

impl<'a> Prover<'a> {
    pub(crate) fn new(
        symbols: &'a [SymbolInfo],
        requires: &'a [(Vec<Expr>, Expr)],
        names: &'a dyn Fn(&Expr) -> String,
    ) -> Self {
        Self { symbols, requires, names }
    }

    /// Decides one obligation.
    pub(crate) fn decide(&self, obligation: &Obligation) -> Verdict {
        let ranges = SymbolRanges(self.symbols);
        if interval(&obligation.predicate, &ranges).low >= 1 {
            return Verdict::Holds;
        }
        if obligation.guard.iter().any(|fact| interval(fact, &ranges).high <= 0) {
            return Verdict::Holds;
        }
        // A fact among the guards that says the same thing.
        if obligation.guard.contains(&obligation.predicate) {
            return Verdict::Holds;
        }
        if let Some(known) = self.difference_bounds(obligation)
            && known
        {
            return Verdict::Holds;
        }
        let problem = self.problem(std::slice::from_ref(&obligation.predicate), &obligation.guard);
        if problem.free {
            return match constant(&obligation.predicate) {
                Some(0) if obligation.guard.iter().all(|fact| constant(fact) == Some(1)) => {
                    self.fail(obligation, &Bindings::default(), &[], 0)
                }
                _ => Verdict::Open,
            };
        }
        if holds::everywhere(self, &problem, &obligation.predicate) {
            return Verdict::Holds;
        }
        match self.enumerate(obligation, &problem) {
            // Guards that share nothing with the predicate may contradict each other: then the place is never reached.
            Verdict::Fails(_) if !self.exists(&obligation.guard) => Verdict::Holds,
            verdict => verdict,
        }
    }

    /// A comparison that follows from one comparison among the guards: `0 <= i` from `0 <= i`, `i < n + 1` from `i < n`.
    fn difference_bounds(&self, obligation: &Obligation) -> Option<bool> {
        use super::expr::{Node, sub};
        let conjuncts: Vec<Expr> = match &*obligation.predicate {
            Node::And(list) => list.clone(),
            _ => vec![obligation.predicate.clone()],
        };
        let ranges = SymbolRanges(self.symbols);
        let facts: Vec<&Expr> = obligation
            .guard
            .iter()
            .flat_map(|fact| match &**fact {
                Node::And(list) => list.iter().collect::<Vec<_>>(),
                _ => vec![fact],
            })
            .collect();
        Some(conjuncts.iter().all(|wanted| {
            if interval(wanted, &ranges).low >= 1 || facts.contains(&wanted) {
                return true;
            }
            let Node::IsNonPositive(want) = &**wanted else { return false };
            facts.iter().any(|fact| match &***fact {
                Node::IsNonPositive(have) => interval(&sub(want, have), &ranges).high <= 0,
                _ => false,
            })
        }))
    }

    /// The atoms that matter: those of the predicate, of their domains, of the guards and requirements that share one.
    fn problem(&self, core: &[Expr], guard: &[Expr]) -> Problem {
        let mut wanted: BTreeSet<Atom> = BTreeSet::new();
        core.iter().for_each(|expr| atoms(expr, &mut wanted));
        let core = wanted.clone();
        let mut facts: Vec<Expr> = Vec::new();
        let mut pool: Vec<Expr> = guard.to_vec();
        for (guard, condition) in self.requires {
            pool.push(super::expr::any(guard.iter().map(super::expr::not).chain([condition.clone()])));
        }
        loop {
            let before = (wanted.len(), facts.len());
            let current: Vec<Atom> = wanted.iter().cloned().collect();
            for atom in &current {
                for expr in self.domain_exprs(atom) {
                    atoms(&expr, &mut wanted);
                }
            }
            let symbols: BTreeSet<Symbol> = wanted.iter().map(|atom| atom.symbol).collect();
            pool.retain(|fact| {
                let mut mentioned = BTreeSet::new();
                atoms(fact, &mut mentioned);
                if mentioned.iter().any(|atom| symbols.contains(&atom.symbol)) {
                    wanted.extend(mentioned);
                    facts.push(fact.clone());
                    return false;
                }
                true
            });
            if (wanted.len(), facts.len()) == before {
                break;
            }
        }
        let free = core.iter().any(|atom| self.depends_on_free(atom, 0));
        let mut order: Vec<Atom> = wanted.into_iter().collect();
        // Instances come after the symbols their positions and domains mention.
        order.sort_by_key(|atom| (atom.symbol, atom.at.clone()));
        let free_anywhere = order.iter().any(|atom| self.depends_on_free(atom, 0));
        Problem { order, facts, core, free: free || free_anywhere }
    }

    fn domain_exprs(&self, atom: &Atom) -> Vec<Expr> {
        match &self.symbols[atom.symbol.0 as usize].kind {
            SymbolKind::Choice(spec) => spec.exprs().into_iter().cloned().collect(),
            SymbolKind::Loop { start, len, .. } => vec![start.clone(), len.clone()],
            SymbolKind::Free { .. } => Vec::new(),
        }
    }

    fn depends_on_free(&self, atom: &Atom, depth: usize) -> bool {
        if depth > 32 {
            return true;
        }
        if let SymbolKind::Free { count } = &self.symbols[atom.symbol.0 as usize].kind {
            return count.is_none();
        }
        let mut inner = BTreeSet::new();
        for expr in self.domain_exprs(atom) {
            atoms(&expr, &mut inner);
        }
        inner.iter().any(|inner| self.depends_on_free(inner, depth + 1))
    }

    /// Calls `visit` for every combination of the symbols that `core` mentions (and what those depend on) under `guard`;
    /// `false` if there are too many.
    pub(crate) fn each_case(&self, core: &[Expr], guard: &[Expr], visit: &mut dyn FnMut(&Bindings)) -> bool {
        let problem = self.problem(core, guard);
        Walk::new(self, &problem).all(&mut |bindings| {
            visit(bindings);
            true
        })
    }

    /// Is there a case that meets all requirements? Those inside loops are left aside: a loop may never turn.
    pub(crate) fn possible(&self) -> bool {
        let outside = |expr: &Expr| {
            let mut mentioned = BTreeSet::new();
            atoms(expr, &mut mentioned);
            let in_loop = |atom: &Atom| {
                !atom.at.is_empty() || matches!(self.symbols[atom.symbol.0 as usize].kind, SymbolKind::Loop { .. })
            };
            !mentioned.iter().any(in_loop)
        };
        let requires = self
            .requires
            .iter()
            .map(|(guard, condition)| super::expr::any(guard.iter().map(super::expr::not).chain([condition.clone()])));
        self.exists(&requires.filter(outside).collect::<Vec<_>>())
    }

    /// Is there a case in which all of these hold? `true` if that cannot be decided.
    fn exists(&self, all: &[Expr]) -> bool {
        let problem = self.problem(all, &[]);
        if problem.free {
            return true;
        }
        let mut found = false;
        let complete = Walk::new(self, &problem).all(&mut |bindings| {
            found |= all.iter().all(|wanted| bindings.eval(wanted) != Some(0));
            !found
        });
        found || !complete
    }

    fn enumerate(&self, obligation: &Obligation, problem: &Problem) -> Verdict {
        // Failing values of the core, each once, and the first whole case.
        let mut failures: BTreeSet<Vec<Option<Picked>>> = BTreeSet::new();
        let mut first: Option<Bindings> = None;
        let complete = Walk::new(self, problem).all(&mut |bindings| {
            if bindings.eval(&obligation.predicate) == Some(1) {
                return true;
            }
            if failures.len() < 100_000 {
                failures.insert(problem.core.iter().map(|atom| bindings.atom(atom).cloned()).collect());
            }
            if first.is_none() {
                first = Some(bindings.clone());
            }
            true
        });
        if let Some(bindings) = &first {
            let core: Vec<Atom> = problem.core.iter().cloned().collect();
            return self.fail(obligation, bindings, &core, failures.len() as u64);
        }
        if complete { Verdict::Holds } else { Verdict::Unproved(self.labels(&problem.order)) }
    }

    fn labels(&self, atoms: &[Atom]) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for atom in atoms {
            let info = &self.symbols[atom.symbol.0 as usize];
            if matches!(info.kind, SymbolKind::Choice(_)) && !out.contains(&info.path.pattern()) {
                out.push(info.path.pattern());
            }
        }
        out
    }

    fn fail(&self, obligation: &Obligation, bindings: &Bindings, core: &[Atom], failing: u64) -> Verdict {
        let case = Case { bindings, names: self.names };
        let mut diagnostic = (obligation.explain)(&case);
        let mut with: Vec<String> = Vec::new();
        let mut shown: BTreeSet<String> = BTreeSet::new();
        let mut related: Vec<Atom> = core.to_vec();
        related.sort_by_key(|atom| atom.symbol);
        for atom in related {
            let info = &self.symbols[atom.symbol.0 as usize];
            let Some(picked) = bindings.atom(&atom) else { continue };
            let name = if matches!(info.kind, SymbolKind::Loop { .. }) {
                info.name.clone()
            } else {
                info.path.render(bindings)
            };
            if shown.insert(name.clone()) {
                with.push(format!("`{name} = {}`", info.show(picked)));
            }
        }
        if !with.is_empty() {
            diagnostic.message = format!("with {}: {}", super::elaborate::listed(&with), diagnostic.message);
            if failing > 1 {
                diagnostic = diagnostic.note(format!("this is the smallest of {failing} cases that fail"));
            }
        }
        Verdict::Fails(diagnostic)
    }
}

struct Problem {
    order: Vec<Atom>,
    facts: Vec<Expr>,
    core: BTreeSet<Atom>,
    free: bool,
}

struct Walk<'a> {
    prover: &'a Prover<'a>,
    problem: &'a Problem,
    /// Per atom in order the facts that mention its symbol: those are looked at again once it has a value.
    touched: Vec<Vec<usize>>,
    bindings: Bindings,
    cases: u64,
    steps: u64,
}

impl<'a> Walk<'a> {
    fn new(prover: &'a Prover<'a>, problem: &'a Problem) -> Self {
        let mentions = |fact: &Expr, symbol: Symbol| {
            let mut found = false;
            each_atom(fact, &mut |atom| found |= atom.symbol == symbol);
            found
        };
        let touched = |atom: &Atom| {
            let facts = problem.facts.iter().enumerate().filter(|(_, fact)| mentions(fact, atom.symbol));
            facts.map(|(at, _)| at).collect()
        };
        let touched = problem.order.iter().map(touched).collect();
        Self { prover, problem, touched, bindings: Bindings::default(), cases: 0, steps: 0 }
    }

    /// Calls `visit` for every case until it returns `false`; `false` then and when the limit is reached.
    fn all(&mut self, visit: &mut dyn FnMut(&Bindings) -> bool) -> bool {
        let fails = self.problem.facts.iter().any(|fact| self.bindings.eval(fact) == Some(0));
        fails || self.run(0, visit)
    }

    /// Binds atom after atom; `false` when the limit is reached or `visit` has seen enough.
    fn run(&mut self, depth: usize, visit: &mut dyn FnMut(&Bindings) -> bool) -> bool {
        self.steps += 1;
        if self.steps > 4 * MAX_CASES || self.cases > MAX_CASES {
            return false;
        }
        let Some(atom) = self.problem.order.get(depth) else {
            self.cases += 1;
            let undecided = self.problem.facts.iter().any(|fact| self.bindings.eval(fact).is_none());
            return undecided || visit(&self.bindings);
        };
        let at: Option<Vec<i64>> = atom.at.iter().map(|e| self.bindings.eval(e)).collect();
        let Some(at) = at else { return self.run(depth + 1, visit) };
        if self.bindings.get(atom.symbol.0, &at).is_some() {
            return self.run(depth + 1, visit);
        }
        let values = match self.values(atom) {
            Some(values) => values,
            None => return self.run(depth + 1, visit),
        };
        if values.is_none_left() {
            // The choice has nothing to offer here: whatever is wrong is its own obligation's business.
            return true;
        }
        for picked in values {
            let before = self.bindings.bind(atom.symbol.0, at.clone(), picked);
            let more = self.is_over(depth) || self.run(depth + 1, visit);
            self.bindings.restore(atom.symbol.0, at.clone(), before);
            if !more {
                return false;
            }
        }
        true
    }

    /// Is a fact false now that the atom at `depth` has its value? That ends a branch.
    fn is_over(&self, depth: usize) -> bool {
        self.touched[depth].iter().any(|&fact| self.bindings.eval(&self.problem.facts[fact]) == Some(0))
    }

    fn values(&self, atom: &Atom) -> Option<Values> {
        match &self.prover.symbols[atom.symbol.0 as usize].kind {
            SymbolKind::Choice(spec) => match spec.resolve(&self.bindings)? {
                Domain::Real { .. } => None,
                domain => Some(Values::of(&domain)),
            },
            SymbolKind::Loop { start, step, len } => Some(Values::Ints {
                next: self.bindings.eval(start)?,
                step: *step,
                left: u64::try_from(self.bindings.eval(len)?).unwrap_or(0),
            }),
            SymbolKind::Free { count } => {
                Some(Values::Ints { next: 0, step: 1, left: u64::try_from((*count)?).unwrap_or(0) })
            }
        }
    }
}

/// The values of a domain, one after another.
pub(crate) enum Values {
    /// Evenly spaced.
    Ints { next: i64, step: i64, left: u64 },
    /// Subsets by size, then lexicographically.
    Subsets { current: Option<Vec<u32>>, of: u32, max: u32, ordered: bool },
}

impl Values {
    /// All values of a discrete domain; none of a real one.
    pub(crate) fn of(domain: &Domain) -> Self {
        match domain {
            Domain::Ints { start, step, count } => Self::Ints { next: *start, step: *step, left: *count },
            Domain::Values(values) => Self::Ints { next: 0, step: 1, left: values.len() as u64 },
            Domain::Real { .. } => Self::Ints { next: 0, step: 1, left: 0 },
            Domain::Subset { of, min, max, ordered } => Self::subsets(*of, *min, *max, *ordered),
        }
    }

    pub(crate) fn subsets(of: u32, min: u32, max: u32, ordered: bool) -> Self {
        let current = (min <= max.min(of)).then(|| (0..min).collect());
        Self::Subsets { current, of, max: max.min(of), ordered }
    }

    fn is_none_left(&self) -> bool {
        match self {
            Self::Ints { left, .. } => *left == 0,
            Self::Subsets { current, .. } => current.is_none(),
        }
    }
}

impl Iterator for Values {
    type Item = Picked;

    fn next(&mut self) -> Option<Picked> {
        match self {
            Self::Ints { next, step, left } => {
                *left = left.checked_sub(1)?;
                let value = *next;
                *next = next.saturating_add(*step);
                Some(Picked::Int(value))
            }
            Self::Subsets { current, of, max, ordered } => {
                let value = current.take()?;
                *current = next_subset(&value, *of, *max, *ordered);
                Some(Picked::Subset(value.into()))
            }
        }
    }
}

/// The subset after `list`: same size first, then one larger.
fn next_subset(list: &[u32], of: u32, max: u32, ordered: bool) -> Option<Vec<u32>> {
    let mut next = list.to_vec();
    for at in (0..next.len()).rev() {
        let mut candidate = next[at] + 1;
        if ordered {
            while candidate < of && next[..at].contains(&candidate) {
                candidate += 1;
            }
            if candidate < of {
                next.truncate(at);
                next.push(candidate);
                for value in 0..of {
                    if next.len() < list.len() && !next.contains(&value) {
                        next.push(value);
                    }
                }
                return Some(next);
            }
        } else {
            let room = u32::try_from(next.len() - at).unwrap_or(u32::MAX);
            if candidate + room <= of {
                next.truncate(at);
                next.extend(candidate..candidate + room);
                return Some(next);
            }
        }
    }
    let size = u32::try_from(list.len()).ok()? + 1;
    (size <= max).then(|| (0..size).collect())
}
