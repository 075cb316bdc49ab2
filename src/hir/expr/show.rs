//! Expressions as people write them, for messages about sizes that stay open.

use super::{Atom, Expr, Node};

/// How symbols are written.
pub trait Names {
    /// The text of an atom.
    fn atom(&self, atom: &Atom) -> String;
    /// The text of one of its values where that is a name: a variant, an alternative.
    fn value(&self, _: &Atom, _: i64) -> Option<String> {
        None
    }
    /// Is it true or false?
    fn is_bool(&self, _: &Atom) -> bool {
        false
    }
}

impl<F: Fn(&Atom) -> String> Names for F {
    fn atom(&self, atom: &Atom) -> String {
        self(atom)
    }
}

/// The text of an expression.
#[must_use]
pub fn show(expr: &Expr, names: &dyn Names) -> String {
    text(expr, names, 0)
}

/// `level` is how tightly the place binds: 0 anything, 1 an operand of `&&`, 2 a term of a sum, 3 a factor, 4 an operand
/// of `**`.
fn text(expr: &Expr, names: &dyn Names, level: u8) -> String {
    let go = |e: &Expr, level| text(e, names, level);
    let wrap = |inner: String, own: u8| if own < level { format!("({inner})") } else { inner };
    match &**expr {
        Node::Const(value) => value.to_string(),
        Node::Atom(atom) => names.atom(atom),
        Node::Len(atom) => format!("len({})", names.atom(atom)),
        Node::Pick(atom, index) => format!("{}[{}]", names.atom(atom), go(index, 0)),
        Node::Sum(constant, terms) => wrap(sum(*constant, terms, &go), 2),
        Node::Product(list) => wrap(list.iter().map(|factor| go(factor, 3)).collect::<Vec<_>>().join(" * "), 3),
        Node::FloorDiv(a, b) => format!("floor({} / {})", go(a, 3), go(b, 4)),
        Node::Mod(a, b) => wrap(format!("{} % {}", go(a, 3), go(b, 4)), 3),
        Node::Pow(a, b) => wrap(format!("{} ** {}", go(a, 4), go(b, 4)), 4),
        Node::Min(a, b) => format!("min({}, {})", go(a, 0), go(b, 0)),
        Node::Max(a, b) => format!("max({}, {})", go(a, 0), go(b, 0)),
        Node::CeilLog2(a) => format!("ceil(log2({}))", go(a, 0)),
        Node::FloorLog2(a) => format!("floor(log2({}))", go(a, 0)),
        Node::IsZero(a) => wrap(equality(a, true, names, &go), 1),
        Node::IsNonPositive(a) => wrap(at_most(a, &go), 1),
        Node::Not(inner) => match &**inner {
            Node::IsZero(a) => wrap(equality(a, false, names, &go), 1),
            Node::IsNonPositive(a) => wrap(more(a, &go), 1),
            _ => format!("!{}", go(inner, 4)),
        },
        Node::And(list) => wrap(list.iter().map(|e| go(e, 1)).collect::<Vec<_>>().join(" && "), 0),
        Node::Or(list) => wrap(list.iter().map(|e| go(e, 1)).collect::<Vec<_>>().join(" || "), 0),
        Node::If(c, a, b) => format!("if {} {{ {} }} else {{ {} }}", go(c, 0), go(a, 0), go(b, 0)),
        Node::Table(table, index) if is_itself(table, index, names) => go(index, level),
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
        let shown = go(term, 3);
        let text = if factor.abs() == 1 { shown } else { format!("{} * {shown}", factor.unsigned_abs()) };
        push(*factor < 0, &text);
    }
    if constant != 0 || terms.is_empty() {
        push(constant < 0, &constant.unsigned_abs().to_string());
    }
    out
}

/// The positive and the negative terms of a sum as two sides of a comparison, each with its constant.
fn sides(difference: &Expr) -> [(i64, Vec<(i64, Expr)>); 2] {
    match &**difference {
        Node::Sum(constant, terms) => [1, -1].map(|sign: i64| {
            let own = terms.iter().filter(|t| t.0.signum() == sign).map(|t| (t.0.saturating_abs(), t.1.clone()));
            (if constant.signum() == sign { constant.saturating_abs() } else { 0 }, own.collect())
        }),
        Node::Const(value) => [(*value, Vec::new()), (0, Vec::new())],
        _ => [(0, vec![(1, difference.clone())]), (0, Vec::new())],
    }
}

/// `a - b = 0` reads `a == b`, and `kind - 3 = 0` reads `kind == amplitude`.
fn equality(difference: &Expr, equal: bool, names: &dyn Names, go: &dyn Fn(&Expr, u8) -> String) -> String {
    let operator = if equal { "==" } else { "!=" };
    let [left, right] = sides(difference);
    let single = match (&left.1[..], &right.1[..]) {
        ([(1, only)], []) => Some((only, right.0 - left.0)),
        ([], [(1, only)]) => Some((only, left.0 - right.0)),
        _ => None,
    };
    if let Some((only, value)) = single {
        if let Node::Atom(atom) = &**only {
            if names.is_bool(atom) {
                return format!("{}{}", if (value == 0) == equal { "!" } else { "" }, names.atom(atom));
            }
            if let Some(value) = names.value(atom, value) {
                return format!("{} {operator} {value}", names.atom(atom));
            }
        }
        if let Some(text) = entry(only, value, equal, names) {
            return text;
        }
        return format!("{} {operator} {value}", go(only, 2));
    }
    format!("{} {operator} {}", sum(left.0, &left.1, go), sum(right.0, &right.1, go))
}

/// Is an entry of a table just the value of the choice that picks it, as for `choose { 2, 3 }`?
fn is_itself(table: &[i64], index: &Expr, names: &dyn Names) -> bool {
    let Node::Atom(atom) = &**index else { return false };
    (0..).zip(table).all(|(at, entry)| names.value(atom, at).is_some_and(|name| name == entry.to_string()))
}

/// An entry of a table by a choice with names, compared with a number: the names that have it.
fn entry(only: &Expr, value: i64, equal: bool, names: &dyn Names) -> Option<String> {
    let Node::Table(table, index) = &**only else { return None };
    let Node::Atom(atom) = &**index else { return None };
    let which = (0..).zip(table.iter()).filter(|(_, entry)| (**entry == value) == equal);
    let which: Vec<String> = which.map(|(at, _)| names.value(atom, at)).collect::<Option<_>>()?;
    let name = names.atom(atom);
    Some(match &which[..] {
        [] => "false".to_owned(),
        [one] => format!("{name} == {one}"),
        all if all.len() == table.len() => "true".to_owned(),
        many => format!("{name} in {{{}}}", many.join(", ")),
    })
}

/// `a - b <= 0` reads `a <= b`; numbers stand on the right, and `a + 1 <= b` reads `a < b`.
fn at_most(difference: &Expr, go: &dyn Fn(&Expr, u8) -> String) -> String {
    let [left, right] = sides(difference);
    match (left.1.is_empty(), left.0) {
        (true, bound) if !right.1.is_empty() => format!("{} >= {bound}", sum(right.0, &right.1, go)),
        (false, 1) => format!("{} < {}", sum(0, &left.1, go), sum(right.0, &right.1, go)),
        _ => format!("{} <= {}", sum(left.0, &left.1, go), sum(right.0, &right.1, go)),
    }
}

/// `a - b > 0` reads `a > b`; numbers stand on the right.
fn more(difference: &Expr, go: &dyn Fn(&Expr, u8) -> String) -> String {
    let [left, right] = sides(difference);
    match left.1.is_empty() && !right.1.is_empty() {
        true => format!("{} < {}", sum(right.0, &right.1, go), left.0),
        false => format!("{} > {}", sum(left.0, &left.1, go), sum(right.0, &right.1, go)),
    }
}
