//! Expressions as people write them, for messages about sizes that stay open.

use super::{Atom, Expr, Node};

/// The text of an expression; `name` gives the text of an atom.
#[must_use]
pub fn show(expr: &Expr, name: &dyn Fn(&Atom) -> String) -> String {
    text(expr, name, 0)
}

/// `level` is how tightly the place binds: 0 anything, 1 a term of a sum, 2 a factor, 3 an operand of `**`.
fn text(expr: &Expr, name: &dyn Fn(&Atom) -> String, level: u8) -> String {
    let go = |e: &Expr, level| text(e, name, level);
    let wrap = |inner: String, own: u8| if own < level { format!("({inner})") } else { inner };
    match &**expr {
        Node::Const(value) => value.to_string(),
        Node::Atom(atom) => name(atom),
        Node::Len(atom) => format!("len({})", name(atom)),
        Node::Pick(atom, index) => format!("{}[{}]", name(atom), go(index, 0)),
        Node::Sum(constant, terms) => wrap(sum(*constant, terms, &go), 1),
        Node::Product(list) => wrap(list.iter().map(|factor| go(factor, 2)).collect::<Vec<_>>().join(" * "), 2),
        Node::FloorDiv(a, b) => format!("floor({} / {})", go(a, 2), go(b, 3)),
        Node::Mod(a, b) => wrap(format!("{} % {}", go(a, 2), go(b, 3)), 2),
        Node::Pow(a, b) => wrap(format!("{} ** {}", go(a, 3), go(b, 3)), 3),
        Node::Min(a, b) => format!("min({}, {})", go(a, 0), go(b, 0)),
        Node::Max(a, b) => format!("max({}, {})", go(a, 0), go(b, 0)),
        Node::CeilLog2(a) => format!("ceil(log2({}))", go(a, 0)),
        Node::FloorLog2(a) => format!("floor(log2({}))", go(a, 0)),
        Node::IsZero(a) => wrap(comparison(a, "==", &go), 0),
        Node::IsNonPositive(a) => wrap(comparison(a, "<=", &go), 0),
        Node::Not(a) => format!("!({})", go(a, 0)),
        Node::And(list) => list.iter().map(|e| go(e, 1)).collect::<Vec<_>>().join(" && "),
        Node::Or(list) => list.iter().map(|e| go(e, 1)).collect::<Vec<_>>().join(" || "),
        Node::If(c, a, b) => format!("if {} {{ {} }} else {{ {} }}", go(c, 0), go(a, 0), go(b, 0)),
        Node::Table(table, index) => {
            let entries: Vec<String> = table.iter().map(ToString::to_string).collect();
            format!("[{}][{}]", entries.join(", "), go(index, 0))
        }
    }
}

fn sum(constant: i64, terms: &[(i64, Expr)], go: &dyn Fn(&Expr, u8) -> String) -> String {
    let mut out = String::new();
    let mut push = |negative: bool, text: &str| {
        match (out.is_empty(), negative) {
            (true, false) => {}
            (true, true) => out.push('-'),
            (false, false) => out.push_str(" + "),
            (false, true) => out.push_str(" - "),
        }
        out.push_str(text);
    };
    for (factor, term) in terms {
        let shown = go(term, 2);
        let text = if factor.abs() == 1 { shown } else { format!("{} * {shown}", factor.unsigned_abs()) };
        push(*factor < 0, &text);
    }
    if constant != 0 || terms.is_empty() {
        push(constant < 0, &constant.unsigned_abs().to_string());
    }
    out
}

/// `a - b = 0` reads `a == b`.
fn comparison(difference: &Expr, operator: &str, go: &dyn Fn(&Expr, u8) -> String) -> String {
    match &**difference {
        Node::Sum(constant, terms) => {
            let side = |sign: i64| {
                let terms: Vec<(i64, Expr)> =
                    terms.iter().filter(|t| t.0.signum() == sign).map(|t| (t.0.abs(), t.1.clone())).collect();
                let constant = if constant.signum() == sign { constant.abs() } else { 0 };
                sum(constant, &terms, go)
            };
            format!("{} {operator} {}", side(1), side(-1))
        }
        _ => format!("{} {operator} 0", go(difference, 1)),
    }
}
