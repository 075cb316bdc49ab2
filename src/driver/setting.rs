//! Settings as they are written: `0.6`, `standard`, `[1, 5]`, `minmax(-1, 1)`, `adam(lr: 1e-3)`.
//!
//! The language and the command line turn what they read into [`Setting`]s; data and training fill their options from
//! them. Names, ranges and messages are therefore the same wherever a setting is written.

use crate::diag::Diagnostic;
use std::fmt;

/// The value of a setting.
#[derive(Clone, PartialEq, Debug)]
pub enum Setting {
    /// `90`
    Int(i64),
    /// `0.6`
    Real(f64),
    /// `true`
    Bool(bool),
    /// `standard`
    Name(String),
    /// `"price"`
    Text(String),
    /// `[1, 5]`
    List(Vec<Setting>),
    /// `minmax(-1, 1)`, `adam(lr: 1e-3)`: arguments with their names, which are empty for positional ones.
    Call(String, Vec<(String, Setting)>),
}

impl Setting {
    /// The number, for an int or a real number.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Real(value) => Some(*value),
            _ => None,
        }
    }

    /// A name with its arguments: `adam` has none.
    #[must_use]
    pub fn as_call(&self) -> Option<(&str, &[(String, Setting)])> {
        match self {
            Self::Name(name) => Some((name, &[])),
            Self::Call(name, arguments) => Some((name, arguments)),
            _ => None,
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Real(value) => write!(f, "{value:?}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Name(name) => write!(f, "{name}"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(items) => {
                write!(f, "[")?;
                for item in items {
                    write!(f, "{separator}{item}")?;
                    separator = ", ";
                }
                write!(f, "]")
            }
            Self::Call(name, arguments) => {
                write!(f, "{name}(")?;
                for (name, value) in arguments {
                    let colon = if name.is_empty() { "" } else { ": " };
                    write!(f, "{separator}{name}{colon}{value}")?;
                    separator = ", ";
                }
                write!(f, ")")
            }
        }
    }
}

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
    fn settings_read_as_they_are_written() {
        let betas = Setting::List(vec![Setting::Real(0.9), Setting::Int(1)]);
        let call = Setting::Call("adam".into(), vec![(String::new(), Setting::Real(0.5)), ("betas".into(), betas)]);
        assert_eq!(call.to_string(), "adam(0.5, betas: [0.9, 1])");
    }

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
