//! Constructors that keep expressions in normal form.

use super::{Atom, Expr, Node, Symbol};
use std::sync::Arc;

/// A number.
#[must_use]
pub fn int(value: i64) -> Expr {
    Arc::new(Node::Const(value))
}

/// 1 or 0.
#[must_use]
pub fn truth(value: bool) -> Expr {
    int(i64::from(value))
}

/// A symbol outside loops.
#[must_use]
pub fn symbol(symbol: Symbol) -> Expr {
    Arc::new(Node::Atom(Atom { symbol, at: Vec::new() }))
}

/// An instance of a symbol.
#[must_use]
pub fn atom(atom: Atom) -> Expr {
    Arc::new(Node::Atom(atom))
}

/// The number, if it is one.
#[must_use]
pub fn constant(expr: &Expr) -> Option<i64> {
    match **expr {
        Node::Const(value) => Some(value),
        _ => None,
    }
}

fn as_sum(expr: &Expr) -> (i64, Vec<(i64, Expr)>) {
    match &**expr {
        Node::Const(value) => (*value, Vec::new()),
        Node::Sum(constant, terms) => (*constant, terms.clone()),
        _ => (0, vec![(1, expr.clone())]),
    }
}

fn from_sum(constant: i64, terms: Vec<(i64, Expr)>) -> Expr {
    match (constant, terms.as_slice()) {
        (_, []) => int(constant),
        (0, [(1, only)]) => only.clone(),
        _ => Arc::new(Node::Sum(constant, terms)),
    }
}

/// `a + b`; saturates, evaluation reports overflow.
#[must_use]
pub fn add(a: &Expr, b: &Expr) -> Expr {
    let (ca, ta) = as_sum(a);
    let (cb, tb) = as_sum(b);
    let mut terms: Vec<(i64, Expr)> = Vec::with_capacity(ta.len() + tb.len());
    let (mut left, mut right) = (ta.into_iter().peekable(), tb.into_iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(l), Some(r)) => l.1.cmp(&r.1),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => break,
        };
        let next = match order {
            std::cmp::Ordering::Less => left.next(),
            std::cmp::Ordering::Greater => right.next(),
            std::cmp::Ordering::Equal => left.next().zip(right.next()).map(|(l, r)| (l.0.saturating_add(r.0), l.1)),
        };
        terms.extend(next.filter(|term| term.0 != 0));
    }
    from_sum(ca.saturating_add(cb), terms)
}

/// `factor · a`
#[must_use]
pub fn scale(a: &Expr, factor: i64) -> Expr {
    if factor == 0 {
        return int(0);
    }
    let (constant, terms) = as_sum(a);
    let terms = terms.into_iter().map(|(f, term)| (f.saturating_mul(factor), term)).collect();
    from_sum(constant.saturating_mul(factor), terms)
}

/// `a - b`
#[must_use]
pub fn sub(a: &Expr, b: &Expr) -> Expr {
    add(a, &scale(b, -1))
}

/// `a · b`, sums multiplied out.
#[must_use]
pub fn mul(a: &Expr, b: &Expr) -> Expr {
    match (constant(a), constant(b)) {
        (Some(x), _) => return scale(b, x),
        (_, Some(y)) => return scale(a, y),
        _ => {}
    }
    let (ca, ta) = as_sum(a);
    let (cb, tb) = as_sum(b);
    if ta.len() * tb.len() > 64 {
        return product(a, b);
    }
    let mut out = int(ca.saturating_mul(cb));
    for (f, term) in &ta {
        out = add(&out, &scale(term, f.saturating_mul(cb)));
    }
    for (g, term) in &tb {
        out = add(&out, &scale(term, g.saturating_mul(ca)));
    }
    for (f, x) in &ta {
        for (g, y) in &tb {
            out = add(&out, &scale(&product(x, y), f.saturating_mul(*g)));
        }
    }
    out
}

fn product(a: &Expr, b: &Expr) -> Expr {
    let factors = |e: &Expr| match &**e {
        Node::Product(list) => list.clone(),
        _ => vec![e.clone()],
    };
    let mut list = factors(a);
    list.extend(factors(b));
    list.sort();
    // Powers of one constant base are one power: 2**a * 2**b = 2**(a + b).
    let mut merged: Vec<Expr> = Vec::with_capacity(list.len());
    for factor in list {
        let joined = match (merged.last().map(|last| &**last), &*factor) {
            (Some(Node::Pow(base, p)), Node::Pow(other, q)) if base == other => Some(pow(base, &add(p, q))),
            _ => None,
        };
        match joined {
            Some(joined) => *merged.last_mut().expect("just matched") = joined,
            None => merged.push(factor),
        }
    }
    if merged.len() == 1 { merged.remove(0) } else { Arc::new(Node::Product(merged)) }
}

/// `⌊a / b⌋`
#[must_use]
pub fn floor_div(a: &Expr, b: &Expr) -> Expr {
    match (constant(a), constant(b)) {
        (Some(x), Some(y)) if y != 0 => {
            int(x.wrapping_div_euclid(y) - i64::from(y < 0 && x.wrapping_rem_euclid(y) != 0))
        }
        (_, Some(1)) => a.clone(),
        (_, Some(y)) if y != 0 => match &**a {
            Node::Sum(c, terms) if c % y == 0 && terms.iter().all(|t| t.0 % y == 0) => {
                from_sum(c / y, terms.iter().map(|t| (t.0 / y, t.1.clone())).collect())
            }
            _ => Arc::new(Node::FloorDiv(a.clone(), b.clone())),
        },
        _ => Arc::new(Node::FloorDiv(a.clone(), b.clone())),
    }
}

/// `⌈a / b⌉ = -⌊-a / b⌋`
#[must_use]
pub fn ceil_div(a: &Expr, b: &Expr) -> Expr {
    scale(&floor_div(&scale(a, -1), b), -1)
}

/// `a mod b` with the divisor's sign.
#[must_use]
pub fn modulo(a: &Expr, b: &Expr) -> Expr {
    match (constant(a), constant(b)) {
        (Some(x), Some(y)) if y != 0 => {
            let r = x.wrapping_rem(y);
            int(if r != 0 && (r < 0) != (y < 0) { r + y } else { r })
        }
        (_, Some(1)) => int(0),
        (_, Some(y)) if y != 0 => match &**a {
            Node::Sum(c, terms) if c % y == 0 && terms.iter().all(|t| t.0 % y == 0) => int(0),
            _ => Arc::new(Node::Mod(a.clone(), b.clone())),
        },
        _ => Arc::new(Node::Mod(a.clone(), b.clone())),
    }
}

/// `a ** b`
#[must_use]
pub fn pow(a: &Expr, b: &Expr) -> Expr {
    match (constant(a), constant(b)) {
        (Some(x), Some(y)) => {
            if let Some(value) = u32::try_from(y).ok().and_then(|y| x.checked_pow(y)) {
                return int(value);
            }
        }
        (_, Some(0)) => return int(1),
        (_, Some(1)) => return a.clone(),
        (Some(x), None) => {
            // c ** (k + e) = c**k · c**e keeps 2 * 2**n and 2**(n + 1) one form.
            if let Node::Sum(k, terms) = &**b
                && *k > 0
                && let Some(factor) = u32::try_from(*k).ok().and_then(|k| x.checked_pow(k))
            {
                return scale(&pow(a, &from_sum(0, terms.clone())), factor);
            }
        }
        (None, Some(2)) => return mul(a, a),
        _ => {}
    }
    Arc::new(Node::Pow(a.clone(), b.clone()))
}

/// Smaller of two.
#[must_use]
pub fn min(a: &Expr, b: &Expr) -> Expr {
    match constant(&sub(a, b)) {
        Some(difference) => {
            if difference <= 0 {
                a.clone()
            } else {
                b.clone()
            }
        }
        None => Arc::new(if a <= b { Node::Min(a.clone(), b.clone()) } else { Node::Min(b.clone(), a.clone()) }),
    }
}

/// Larger of two.
#[must_use]
pub fn max(a: &Expr, b: &Expr) -> Expr {
    match constant(&sub(a, b)) {
        Some(difference) => {
            if difference >= 0 {
                a.clone()
            } else {
                b.clone()
            }
        }
        None => Arc::new(if a <= b { Node::Max(a.clone(), b.clone()) } else { Node::Max(b.clone(), a.clone()) }),
    }
}

/// `⌈log2 a⌉`, `a >= 1`
#[must_use]
pub fn ceil_log2(a: &Expr) -> Expr {
    match (&**a, constant(a)) {
        (_, Some(x)) if x >= 1 => int(i64::from(64 - (x - 1).leading_zeros())),
        (Node::Pow(base, e), _) if constant(base) == Some(2) => e.clone(),
        _ => Arc::new(Node::CeilLog2(a.clone())),
    }
}

/// `⌊log2 a⌋`, `a >= 1`
#[must_use]
pub fn floor_log2(a: &Expr) -> Expr {
    match (&**a, constant(a)) {
        (_, Some(x)) if x >= 1 => int(i64::from(63 - x.leading_zeros())),
        (Node::Pow(base, e), _) if constant(base) == Some(2) => e.clone(),
        _ => Arc::new(Node::FloorLog2(a.clone())),
    }
}

/// `a = 0`
#[must_use]
pub fn is_zero(a: &Expr) -> Expr {
    match constant(a) {
        Some(value) => truth(value == 0),
        None => {
            // One sign for both directions of a difference.
            let flipped = scale(a, -1);
            Arc::new(Node::IsZero(if *a <= flipped { a.clone() } else { flipped }))
        }
    }
}

/// `a <= 0`
#[must_use]
pub fn is_non_positive(a: &Expr) -> Expr {
    match constant(a) {
        Some(value) => truth(value <= 0),
        None => Arc::new(Node::IsNonPositive(a.clone())),
    }
}

/// `a = b`
#[must_use]
pub fn eq(a: &Expr, b: &Expr) -> Expr {
    is_zero(&sub(a, b))
}

/// `a <= b`
#[must_use]
pub fn le(a: &Expr, b: &Expr) -> Expr {
    is_non_positive(&sub(a, b))
}

/// `a < b`
#[must_use]
pub fn lt(a: &Expr, b: &Expr) -> Expr {
    le(&add(a, &int(1)), b)
}

/// Negation.
#[must_use]
pub fn not(a: &Expr) -> Expr {
    match &**a {
        Node::Const(value) => truth(*value == 0),
        Node::Not(inner) => inner.clone(),
        Node::IsNonPositive(e) => is_non_positive(&sub(&int(1), e)),
        _ => Arc::new(Node::Not(a.clone())),
    }
}

fn junction(list: impl IntoIterator<Item = Expr>, neutral: i64) -> Result<Vec<Expr>, Expr> {
    let mut out: Vec<Expr> = Vec::new();
    for item in list {
        let nested = match &*item {
            Node::And(inner) if neutral == 1 => inner.clone(),
            Node::Or(inner) if neutral == 0 => inner.clone(),
            Node::Const(value) if (*value != 0) == (neutral == 1) => Vec::new(),
            Node::Const(_) => return Err(int(1 - neutral)),
            _ => vec![item],
        };
        out.extend(nested);
    }
    out.sort();
    out.dedup();
    Ok(out)
}

/// All of them.
#[must_use]
pub fn all(list: impl IntoIterator<Item = Expr>) -> Expr {
    match junction(list, 1) {
        Err(decided) => decided,
        Ok(mut out) => match out.len() {
            0 => int(1),
            1 => out.remove(0),
            _ => Arc::new(Node::And(out)),
        },
    }
}

/// Any of them.
#[must_use]
pub fn any(list: impl IntoIterator<Item = Expr>) -> Expr {
    match junction(list, 0) {
        Err(decided) => decided,
        Ok(mut out) => match out.len() {
            0 => int(0),
            1 => out.remove(0),
            _ => Arc::new(Node::Or(out)),
        },
    }
}

/// Both.
#[must_use]
pub fn and(a: &Expr, b: &Expr) -> Expr {
    all([a.clone(), b.clone()])
}

/// `condition ? a : b`
#[must_use]
pub fn if_else(condition: &Expr, a: &Expr, b: &Expr) -> Expr {
    match constant(condition) {
        Some(value) => {
            if value != 0 {
                a.clone()
            } else {
                b.clone()
            }
        }
        None if a == b => a.clone(),
        None if constant(a) == Some(1) && constant(b) == Some(0) => condition.clone(),
        None if constant(a) == Some(0) && constant(b) == Some(1) => not(condition),
        None => Arc::new(Node::If(condition.clone(), a.clone(), b.clone())),
    }
}

/// Entry `index` of a constant table.
#[must_use]
pub fn lookup(table: &Arc<[i64]>, index: &Expr) -> Expr {
    match constant(index).and_then(|at| usize::try_from(at).ok()).and_then(|at| table.get(at)) {
        Some(&value) => int(value),
        None => Arc::new(Node::Table(table.clone(), index.clone())),
    }
}
