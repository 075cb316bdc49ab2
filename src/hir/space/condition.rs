//! The conditions under which a choice exists, as people would say them.

use super::super::check::show;
use super::super::expr::{self, Atom, Bindings, Expr, Node, Picked, Ranges, constant, interval, max, substitute};
use super::super::solve::SymbolRanges;
use super::super::symbol::{SymbolInfo, SymbolKind};
use super::super::template::Template;

/// The guard of a choice for one value of the loops around it, without what always holds.
pub(super) fn condition(template: &Template, info: &SymbolInfo, bindings: &Bindings) -> String {
    let ranges = SymbolRanges(&template.symbols);
    let loop_value = |atom: &Atom| match &template.symbol(atom.symbol).kind {
        SymbolKind::Loop { .. } => match bindings.atom(atom) {
            Some(Picked::Int(value)) => Some(expr::int(*value)),
            _ => None,
        },
        _ => None,
    };
    let mut parts: Vec<String> = Vec::new();
    let mut add = |fact: &Expr| {
        let fact = simplify(fact, &ranges);
        let always = constant(&fact).is_some_and(|value| value != 0) || interval(&fact, &ranges).low > 0;
        let text = show(&fact, &template.symbols);
        if !always && !parts.contains(&text) {
            parts.push(text);
        }
    };
    for fact in &info.guard {
        let fact = substitute(fact, &loop_value);
        match &*fact {
            Node::And(list) => list.iter().for_each(&mut add),
            _ => add(&fact),
        }
    }
    parts.join(" && ")
}

/// Drops a `max` that changes nothing: loops run `max(0, n)` times, and `layer < max(0, n)` is `layer < n`.
fn simplify(fact: &Expr, ranges: &dyn Ranges) -> Expr {
    let Node::IsNonPositive(difference) = &**fact else { return fact.clone() };
    let Node::Sum(constant, terms) = &**difference else { return fact.clone() };
    let mut out = expr::int(*constant);
    for (factor, term) in terms {
        let plain = match &**term {
            Node::Max(a, b) => {
                let (zero, other) =
                    if expr::constant(a) == Some(0) { (true, b) } else { (expr::constant(b) == Some(0), a) };
                // `k <= max(0, a)` with `k` above 0 needs `a` to be the larger.
                let needs_other = terms.len() == 1 && *factor == -1 && *constant > 0;
                if zero && (needs_other || interval(other, ranges).low >= 0) { other.clone() } else { max(a, b) }
            }
            _ => term.clone(),
        };
        out = expr::add(&out, &expr::scale(&plain, *factor));
    }
    expr::is_non_positive(&out)
}
