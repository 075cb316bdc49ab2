//! Settings as they are written: `0.6`, `standard`, `[1, 5]`, `minmax(-1, 1)`, `adam(lr: 1e-3)`.
//!
//! The language and the command line turn what they read into [`Setting`]s; data and training fill their options from
//! them. Names, ranges and messages are therefore the same wherever a setting is written.

use crate::diag::Diagnostic;
pub use crate::hir::Setting;

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
}
