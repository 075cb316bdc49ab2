//! The decision tree of a template: choices, branches, loops and requirements, nothing else.
//!
//! A list is *closed* if nothing after it looks at what it binds: then its count multiplies. Otherwise it is *inline* and
//! counted together with what follows. `live` says which symbols the rest of a list still looks at. Where a ledger asks for
//! totals, the steps that add to them are decisions, too (`ledger.rs`).

use super::super::expr::{self, Expr, Symbol, each_atom};
use super::super::symbol::SymbolKind;
use super::super::template::{Step, Template};
use super::ledger::{Amount, Charges, Ledger, Rest, guess_symbol, is_total, total_symbol};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Index of a list of nodes.
pub(super) type ListId = usize;

/// A decision.
#[derive(Debug)]
pub(super) enum TreeNode {
    Choice(Symbol),
    Loop {
        var: Symbol,
        filter: Option<Expr>,
        body: ListId,
        inline: bool,
    },
    Branch {
        condition: Expr,
        then: ListId,
        otherwise: ListId,
        inline: bool,
    },
    Require(Expr),
    /// A total grows.
    Add(Symbol, Amount),
    /// It is guessed whether a circuit is read.
    Guess(Symbol),
    /// A guess is right if it is what the choices say.
    Agree(Symbol, Arc<Rest>),
}

/// Nodes in order; `live[i]` are the symbols used from node `i` on, what follows the list included if it is inline.
#[derive(Debug, Default)]
pub(super) struct NodeList {
    pub(super) nodes: Vec<TreeNode>,
    pub(super) live: Vec<BTreeSet<Symbol>>,
}

/// All lists; the last is the root.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) lists: Vec<NodeList>,
    pub(super) root: ListId,
    /// Symbols whose instances are looked at outside the loops they are drawn in.
    pub(super) escaped: BTreeSet<Symbol>,
    /// The totals, each with the value that stands for all larger ones.
    pub(super) totals: Vec<Option<i64>>,
    /// Is everything inline?
    flat: bool,
}

impl Tree {
    /// The tree of a template; `None` if it is not known what some step adds to a total.
    pub(super) fn new(template: &Template, ledger: &Ledger) -> Option<Self> {
        Self::keeping(template, ledger, None)
    }

    /// As [`Self::new`]; with symbols that are kept to the end, with all lists inline.
    pub(super) fn keeping(template: &Template, ledger: &Ledger, kept: Option<&BTreeSet<Symbol>>) -> Option<Self> {
        let mut charges = Charges::new(template, ledger);
        let mut steps = simplify(&mut charges, &template.steps);
        if charges.unknown {
            return None;
        }
        for (at, total) in ledger.totals.iter().enumerate() {
            for rest in &total.rests {
                insert(&mut steps, &rest.symbols, Plain::Rest(total_symbol(template, at), rest.clone()));
            }
        }
        for (at, guess) in ledger.guesses.iter().enumerate() {
            let symbol = guess_symbol(template, ledger, at);
            insert(&mut steps, &guess.read.symbols, Plain::Agree(symbol, guess.read.clone()));
        }
        for at in 0..ledger.guesses.len() {
            steps.insert(0, Plain::Guess(guess_symbol(template, ledger, at)));
        }
        steps.extend(ledger.conditions.iter().cloned().map(Plain::Require));
        let totals = ledger.totals.iter().map(|total| total.bound.map(|bound| bound.saturating_add(1))).collect();
        let mut tree = Self { totals, escaped: escaped(template, &steps), flat: kept.is_some(), ..Self::default() };
        tree.root = tree.list(template, &steps, kept.unwrap_or(&BTreeSet::new()));
        Some(tree)
    }

    fn list(&mut self, template: &Template, steps: &[Plain<'_>], after: &BTreeSet<Symbol>) -> ListId {
        let mut nodes = Vec::with_capacity(steps.len());
        let mut live = vec![after.clone()];
        for step in steps.iter().rev() {
            let rest = live.last().cloned().unwrap_or_default();
            let mut here = rest.clone();
            uses(template, step, &mut here);
            let node = match step {
                Plain::Choice(symbol) => TreeNode::Choice(*symbol),
                Plain::Require(condition) => TreeNode::Require(condition.clone()),
                Plain::Add(total, amount) => TreeNode::Add(*total, Amount::Expr(amount.clone())),
                Plain::Rest(total, rest) => TreeNode::Add(*total, Amount::Rest(rest.clone())),
                Plain::Guess(symbol) => TreeNode::Guess(*symbol),
                Plain::Agree(symbol, rest) => TreeNode::Agree(*symbol, rest.clone()),
                Plain::Loop(var, filter, body) => {
                    let inline = self.flat || binds(body).iter().any(|symbol| rest.contains(symbol));
                    let mut inner = BTreeSet::new();
                    if inline {
                        inner.clone_from(&here);
                        inner.insert(*var);
                    }
                    let body = self.list(template, body, &inner);
                    TreeNode::Loop { var: *var, filter: filter.cloned(), body, inline }
                }
                Plain::Branch(condition, then, otherwise) => {
                    let inline =
                        self.flat || binds(then).iter().chain(&binds(otherwise)).any(|symbol| rest.contains(symbol));
                    let inner = if inline { rest.clone() } else { BTreeSet::new() };
                    let then = self.list(template, then, &inner);
                    let otherwise = self.list(template, otherwise, &inner);
                    TreeNode::Branch { condition: (*condition).clone(), then, otherwise, inline }
                }
            };
            nodes.push(node);
            live.push(here);
        }
        nodes.reverse();
        live.reverse();
        self.lists.push(NodeList { nodes, live });
        self.lists.len() - 1
    }
}

/// Steps reduced to what decides and what adds to totals: circuits flattened, loops and branches without either dropped.
enum Plain<'t> {
    Choice(Symbol),
    Loop(Symbol, Option<&'t Expr>, Vec<Plain<'t>>),
    Branch(&'t Expr, Vec<Plain<'t>>, Vec<Plain<'t>>),
    Require(Expr),
    Add(Symbol, Expr),
    Rest(Symbol, Arc<Rest>),
    Guess(Symbol),
    Agree(Symbol, Arc<Rest>),
}

/// Inserts a step as soon as these symbols are known, so that nothing has to remember them for it.
fn insert<'t>(steps: &mut Vec<Plain<'t>>, symbols: &[Symbol], step: Plain<'t>) {
    let known = steps.iter().rposition(|step| draws(step, symbols)).map_or(0, |at| at + 1);
    steps.insert(known, step);
}

/// Does a step draw one of these choices, or add to one of these totals?
fn draws(step: &Plain<'_>, symbols: &[Symbol]) -> bool {
    match step {
        Plain::Choice(symbol) | Plain::Add(symbol, _) => symbols.contains(symbol),
        Plain::Loop(_, _, body) => body.iter().any(|step| draws(step, symbols)),
        Plain::Branch(_, then, otherwise) => then.iter().chain(otherwise).any(|step| draws(step, symbols)),
        Plain::Require(_) | Plain::Rest(..) | Plain::Guess(_) | Plain::Agree(..) => false,
    }
}

fn simplify<'t>(charges: &mut Charges<'t>, steps: &'t [Step]) -> Vec<Plain<'t>> {
    let mut out = Vec::new();
    for step in steps {
        match step {
            Step::Choice(symbol) => out.push(Plain::Choice(*symbol)),
            Step::Require { condition, .. } => out.push(Plain::Require(condition.clone())),
            Step::Circuit { id, body, .. } => {
                out.extend(charges.in_circuit(*id, body, |charges| simplify(charges, body)));
            }
            Step::Modified { body, modifier, .. } => {
                out.extend(charges.under(modifier, |charges| simplify(charges, body)));
            }
            Step::Loop { var, filter, body } => {
                let body = simplify(charges, body);
                simplify_loop(charges, *var, filter.as_ref(), body, &mut out);
            }
            Step::Branch { condition, then, otherwise } => {
                let (then, otherwise) = (simplify(charges, then), simplify(charges, otherwise));
                simplify_branch(condition, then, otherwise, &mut out);
            }
            Step::Gate { .. } | Step::Prepare { .. } => {
                charges.of(step).into_iter().for_each(|(total, amount)| push_add(&mut out, total, &amount));
            }
            Step::RequireMetric { .. } | Step::Qubits { .. } => {}
        }
    }
    out
}

/// Adds to a total, together with what was just added to it.
fn push_add(out: &mut Vec<Plain<'_>>, total: Symbol, amount: &Expr) {
    for earlier in out.iter_mut().rev() {
        match earlier {
            Plain::Add(same, sum) if *same == total => {
                *sum = expr::add(sum, amount);
                return;
            }
            Plain::Add(..) => {}
            _ => break,
        }
    }
    out.push(Plain::Add(total, amount.clone()));
}

/// What a list adds, if it does nothing else.
fn only_adds(steps: &[Plain<'_>]) -> Option<Vec<(Symbol, Expr)>> {
    let add = |step: &Plain<'_>| match step {
        Plain::Add(total, amount) => Some((*total, amount.clone())),
        _ => None,
    };
    steps.iter().map(add).collect()
}

/// A loop that only adds, the same every turn, is one product.
fn simplify_loop<'t>(
    charges: &Charges<'t>,
    var: Symbol,
    filter: Option<&'t Expr>,
    body: Vec<Plain<'t>>,
    out: &mut Vec<Plain<'t>>,
) {
    let products: Option<Vec<(Symbol, Expr)>> = only_adds(&body).and_then(|adds| {
        let product = |(total, amount)| Some((total, charges.repeated(var, filter, &amount)?));
        adds.into_iter().map(product).collect()
    });
    match products {
        Some(products) => products.iter().for_each(|(total, amount)| push_add(out, *total, amount)),
        None => out.push(Plain::Loop(var, filter, body)),
    }
}

/// Alternatives that only add are one amount with cases, and no case where they add the same.
fn simplify_branch<'t>(condition: &'t Expr, then: Vec<Plain<'t>>, otherwise: Vec<Plain<'t>>, out: &mut Vec<Plain<'t>>) {
    let (Some(yes), Some(no)) = (only_adds(&then), only_adds(&otherwise)) else {
        out.push(Plain::Branch(condition, then, otherwise));
        return;
    };
    let amount = |list: &[(Symbol, Expr)], total: Symbol| {
        list.iter().filter(|add| add.0 == total).fold(expr::int(0), |sum, add| expr::add(&sum, &add.1))
    };
    let totals: BTreeSet<Symbol> = yes.iter().chain(&no).map(|add| add.0).collect();
    for total in totals {
        push_add(out, total, &expr::if_else(condition, &amount(&yes, total), &amount(&no, total)));
    }
}

fn binds(steps: &[Plain<'_>]) -> BTreeSet<Symbol> {
    let mut out = BTreeSet::new();
    for step in steps {
        match step {
            Plain::Choice(symbol) | Plain::Add(symbol, _) | Plain::Rest(symbol, _) | Plain::Guess(symbol) => {
                out.insert(*symbol);
            }
            Plain::Loop(_, _, body) => out.extend(binds(body)),
            Plain::Branch(_, then, otherwise) => {
                out.extend(binds(then));
                out.extend(binds(otherwise));
            }
            Plain::Require(_) | Plain::Agree(..) => {}
        }
    }
    out
}

fn uses_expr(expr: &Expr, out: &mut BTreeSet<Symbol>) {
    each_atom(expr, &mut |atom| {
        out.insert(atom.symbol);
    });
}

fn uses(template: &Template, step: &Plain<'_>, out: &mut BTreeSet<Symbol>) {
    match step {
        Plain::Choice(symbol) => {
            if let SymbolKind::Choice(spec) = &template.symbol(*symbol).kind {
                spec.exprs().into_iter().for_each(|expr| uses_expr(expr, out));
            }
        }
        Plain::Require(condition) => uses_expr(condition, out),
        Plain::Add(total, amount) => {
            out.insert(*total);
            uses_expr(amount, out);
        }
        Plain::Rest(symbol, rest) | Plain::Agree(symbol, rest) => {
            out.insert(*symbol);
            out.extend(&rest.symbols);
        }
        Plain::Guess(_) => {}
        Plain::Loop(var, filter, body) => {
            if let SymbolKind::Loop { start, len, .. } = &template.symbol(*var).kind {
                uses_expr(start, out);
                uses_expr(len, out);
            }
            filter.iter().for_each(|expr| uses_expr(expr, out));
            body.iter().for_each(|step| uses(template, step, out));
        }
        Plain::Branch(condition, then, otherwise) => {
            uses_expr(condition, out);
            then.iter().chain(otherwise).for_each(|step| uses(template, step, out));
        }
    }
}

/// Choices in loops that are looked at under other loop values than their own.
fn escaped(template: &Template, steps: &[Plain<'_>]) -> BTreeSet<Symbol> {
    let mut out = BTreeSet::new();
    let mut note = |expr: &Expr| {
        each_atom(expr, &mut |atom| {
            if is_total(template, atom.symbol) {
                return;
            }
            let own: Vec<Expr> =
                template.symbol(atom.symbol).loops.iter().map(|&var| super::super::expr::symbol(var)).collect();
            if atom.at != own {
                out.insert(atom.symbol);
            }
        });
    };
    visit(template, steps, &mut note);
    out
}

fn visit(template: &Template, steps: &[Plain<'_>], note: &mut dyn FnMut(&Expr)) {
    for step in steps {
        match step {
            Plain::Choice(symbol) => {
                if let SymbolKind::Choice(spec) = &template.symbol(*symbol).kind {
                    spec.exprs().into_iter().for_each(&mut *note);
                }
            }
            Plain::Require(condition) | Plain::Add(_, condition) => note(condition),
            Plain::Rest(..) | Plain::Guess(_) | Plain::Agree(..) => {}
            Plain::Loop(_, filter, body) => {
                filter.iter().for_each(|expr| note(expr));
                visit(template, body, note);
            }
            Plain::Branch(condition, then, otherwise) => {
                note(condition);
                visit(template, then, note);
                visit(template, otherwise, note);
            }
        }
    }
}
