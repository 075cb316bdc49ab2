//! The decision tree of a template: choices, branches, loops and requirements, nothing else.
//!
//! A list is *closed* if nothing after it looks at what it binds: then its count multiplies. Otherwise it is *inline* and
//! counted together with what follows. `live` says which symbols the rest of a list still looks at.

use super::super::expr::{Expr, Symbol, each_atom};
use super::super::symbol::SymbolKind;
use super::super::template::{Step, Template};
use std::collections::BTreeSet;

/// Index of a list of nodes.
pub(super) type ListId = usize;

/// A decision.
#[derive(Debug)]
pub(super) enum TreeNode {
    Choice(Symbol),
    Loop { var: Symbol, filter: Option<Expr>, body: ListId, inline: bool },
    Branch { condition: Expr, then: ListId, otherwise: ListId, inline: bool },
    Require(Expr),
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
}

impl Tree {
    pub(super) fn new(template: &Template) -> Self {
        let mut tree = Self::default();
        let steps = simplify(&template.steps);
        tree.escaped = escaped(template, &steps);
        tree.root = tree.list(template, &steps, &BTreeSet::new());
        tree
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
                Plain::Require(condition) => TreeNode::Require((*condition).clone()),
                Plain::Loop(var, filter, body) => {
                    let inline = binds(body).iter().any(|symbol| rest.contains(symbol));
                    let mut inner = BTreeSet::new();
                    if inline {
                        inner.clone_from(&here);
                        inner.insert(*var);
                    }
                    let body = self.list(template, body, &inner);
                    TreeNode::Loop { var: *var, filter: filter.cloned(), body, inline }
                }
                Plain::Branch(condition, then, otherwise) => {
                    let inline = binds(then).iter().chain(&binds(otherwise)).any(|symbol| rest.contains(symbol));
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

/// Steps without gates, circuits flattened, loops and branches without decisions dropped.
enum Plain<'t> {
    Choice(Symbol),
    Loop(Symbol, Option<&'t Expr>, Vec<Plain<'t>>),
    Branch(&'t Expr, Vec<Plain<'t>>, Vec<Plain<'t>>),
    Require(&'t Expr),
}

fn simplify(steps: &[Step]) -> Vec<Plain<'_>> {
    let mut out = Vec::new();
    for step in steps {
        match step {
            Step::Choice(symbol) => out.push(Plain::Choice(*symbol)),
            Step::Require { condition, .. } => out.push(Plain::Require(condition)),
            Step::Circuit { body, .. } | Step::Modified { body, .. } => out.extend(simplify(body)),
            Step::Loop { var, filter, body } => {
                let body = simplify(body);
                if !body.is_empty() {
                    out.push(Plain::Loop(*var, filter.as_ref(), body));
                }
            }
            Step::Branch { condition, then, otherwise } => {
                let (then, otherwise) = (simplify(then), simplify(otherwise));
                if !(then.is_empty() && otherwise.is_empty()) {
                    out.push(Plain::Branch(condition, then, otherwise));
                }
            }
            _ => {}
        }
    }
    out
}

fn binds(steps: &[Plain<'_>]) -> BTreeSet<Symbol> {
    let mut out = BTreeSet::new();
    for step in steps {
        match step {
            Plain::Choice(symbol) => {
                out.insert(*symbol);
            }
            Plain::Loop(_, _, body) => out.extend(binds(body)),
            Plain::Branch(_, then, otherwise) => {
                out.extend(binds(then));
                out.extend(binds(otherwise));
            }
            Plain::Require(_) => {}
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
            Plain::Require(condition) => note(condition),
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
