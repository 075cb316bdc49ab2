//! Settings of a search once an architecture is picked: plain trees of values.

use super::expr::Bindings;
use super::flow::{Flow, FlowKind};
use super::value::{ConfigCall, List, Value};
use crate::ops::{BinaryFn, UnaryFn};
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

/// A call once all symbols have values; `None` if one has none.
#[must_use]
pub fn resolve_call(call: &ConfigCall, bindings: &Bindings) -> Option<Setting> {
    if call.args.is_empty() {
        return Some(Setting::Name(call.name.to_string()));
    }
    let args: Option<Vec<(String, Setting)>> =
        call.args.iter().map(|(name, value)| Some((name.to_string(), resolve(value, bindings)?))).collect();
    Some(Setting::Call(call.name.to_string(), args?))
}

fn resolve(value: &Value, bindings: &Bindings) -> Option<Setting> {
    Some(match value {
        Value::Int(e) => Setting::Int(bindings.eval(e)?),
        Value::Bool(e) => Setting::Bool(bindings.eval(e)? != 0),
        Value::Text(text) => Setting::Text(text.to_string()),
        Value::Real(f) => Setting::Real(fixed_real(f, bindings)?),
        Value::Config(call) => resolve_call(call, bindings)?,
        Value::List(list) => match &**list {
            List::Items(items) => Setting::List(items.iter().map(|v| resolve(v, bindings)).collect::<Option<_>>()?),
            List::Range { start, step, len } => {
                let (start, len) = (bindings.eval(start)?, bindings.eval(len)?);
                Setting::List((0..len.min(1 << 20)).map(|k| Setting::Int(start + k * step)).collect())
            }
            _ => return None,
        },
        Value::OneOf(cases) => {
            let (_, value) = cases.iter().find(|(c, _)| bindings.eval(c).is_some_and(|c| c != 0))?;
            resolve(value, bindings)?
        }
        _ => return None,
    })
}

/// A fixed real number once all symbols have values.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn fixed_real(flow: &Flow, bindings: &Bindings) -> Option<f64> {
    use super::expr::Picked;
    Some(match &flow.kind {
        FlowKind::Constant(value) => *value,
        FlowKind::FromInt(e) => bindings.eval(e)? as f64,
        FlowKind::RealChoice(atom) => match bindings.atom(atom)? {
            Picked::Real(bits) => f64::from_bits(*bits),
            Picked::Int(value) => *value as f64,
            Picked::Subset(_) => return None,
        },
        FlowKind::Unary(function, a) => {
            let a = fixed_real(a, bindings)?;
            match function {
                UnaryFn::Neg => -a,
                UnaryFn::Sin => a.sin(),
                UnaryFn::Cos => a.cos(),
                UnaryFn::Exp => a.exp(),
                UnaryFn::Ln => a.ln(),
                UnaryFn::Sqrt => a.sqrt(),
                UnaryFn::Abs => a.abs(),
            }
        }
        FlowKind::Binary(function, a, b) => {
            let (a, b) = (fixed_real(a, bindings)?, fixed_real(b, bindings)?);
            match function {
                BinaryFn::Add => a + b,
                BinaryFn::Sub => a - b,
                BinaryFn::Mul => a * b,
                BinaryFn::Div => a / b,
                BinaryFn::Rem => a - (a / b).floor() * b,
                BinaryFn::Pow => a.powf(b),
                BinaryFn::Min => a.min(b),
                BinaryFn::Max => a.max(b),
            }
        }
        FlowKind::If(condition, a, b) => fixed_real(if bindings.eval(condition)? != 0 { a } else { b }, bindings)?,
        _ => return None,
    })
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
}
