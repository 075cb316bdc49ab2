//! Settings as they are written: `0.6`, `standard`, `[1, 5]`, `minmax(-1, 1)`, `adam(lr: 1e-3)`.
//!
//! The language and the command line turn what they read into [`Setting`]s; data and training fill their options from
//! them. Names, ranges and messages are therefore the same wherever a setting is written.

use crate::diag::Diagnostic;
pub use crate::hir::Setting;
use crate::source::FileId;
use crate::syntax;
use crate::syntax::ast::{Expr, ExprKind, Item, ItemKind, UnaryOp};

/// Puts the arguments of a call in the order of `names`: positional ones first, each at most once.
///
/// # Errors
/// What `wrong` makes of a sentence about the argument that does not fit.
pub(crate) fn arguments<'a, const N: usize>(
    given: &'a [(String, Setting)],
    names: [&str; N],
    wrong: impl Fn(String) -> Diagnostic,
) -> Result<[Option<&'a Setting>; N], Diagnostic> {
    let mut out = [None; N];
    let mut next = 0..;
    for (name, value) in given {
        let at = if name.is_empty() { next.next() } else { names.iter().position(|known| known == name) };
        match at.and_then(|at| out.get_mut(at)) {
            Some(slot @ None) => *slot = Some(value),
            Some(_) => return Err(wrong(format!("has `{}` twice", names[at.unwrap_or(0)]))),
            None if name.is_empty() => return Err(wrong(format!("takes at most {N} arguments"))),
            None => {
                let error = wrong(format!("has no `{name}`"));
                let known: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                return Err(match crate::diag::nearest(name, names) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help(format!("its arguments are {}", known.join(", "))),
                });
            }
        }
    }
    Ok(out)
}

/// Reads a setting as a program would write it: `0.6`, `[0, 1]`, `minmax(-1, 1)`; `None` if it is none.
#[must_use]
pub fn parse_setting(text: &str) -> Option<Setting> {
    // A name for what the grammar has no rule of its own for: a setting by itself.
    let program = format!("const setting = {text};");
    let parsed = syntax::parse(FileId(0), &program);
    match &parsed.file.items[..] {
        [Item { kind: ItemKind::Const(item), .. }] if parsed.diagnostics.is_empty() => from_ast(&item.value),
        _ => None,
    }
}

fn from_ast(expr: &Expr) -> Option<Setting> {
    Some(match &expr.kind {
        ExprKind::Int(value) => Setting::Int(*value),
        ExprKind::Real(value) => Setting::Real(*value),
        ExprKind::Bool(value) => Setting::Bool(*value),
        ExprKind::Text(text) => Setting::Text(text.clone()),
        ExprKind::Name(name) => Setting::Name(name.text.clone()),
        ExprKind::Paren(inner) => from_ast(inner)?,
        ExprKind::Unary(UnaryOp::Neg, inner) => match from_ast(inner)? {
            Setting::Int(value) => Setting::Int(value.checked_neg()?),
            Setting::Real(value) => Setting::Real(-value),
            _ => return None,
        },
        ExprKind::List(items) => Setting::List(items.iter().map(from_ast).collect::<Option<_>>()?),
        ExprKind::Call { callee, args } => {
            let ExprKind::Name(name) = &callee.kind else { return None };
            let args = args.iter().map(|arg| {
                let name = arg.name.as_ref().map(|name| name.text.clone()).unwrap_or_default();
                Some((name, from_ast(&arg.value)?))
            });
            Setting::Call(name.text.clone(), args.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_find_their_places() {
        static CODE: crate::diag::Code = crate::diag::Code { meta: crate::meta!("x", "x") };
        let wrong = |why| Diagnostic::global(&CODE, why);
        let given = [(String::new(), Setting::Int(1)), ("c".to_owned(), Setting::Int(3))];
        let placed = arguments(&given, ["a", "b", "c"], wrong).unwrap();
        assert_eq!(placed, [Some(&Setting::Int(1)), None, Some(&Setting::Int(3))]);
        assert!(arguments(&given, ["c"], wrong).unwrap_err().message.contains("twice"));
        assert!(arguments(&given, ["a"], wrong).unwrap_err().message.contains("no `c`"));
        assert!(arguments(&given[..1], [], wrong).is_err());
    }

    #[test]
    fn settings_are_read_as_they_are_shown() {
        for text in
            ["0.6", "-3", "true", "standard", "\"a b\"", "[0, 1]", "minmax(-1, 1)", "adam(0.5, betas: [0.9, 0.99])"]
        {
            assert_eq!(parse_setting(text).map(|setting| setting.to_string()).as_deref(), Some(text));
        }
        for text in ["", "1; const b = 2", "1 +", "[1", "choose 1..=3", "a.b(1)", "\"a"] {
            assert_eq!(parse_setting(text), None, "{text}");
        }
    }
}
