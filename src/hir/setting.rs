//! Settings of a search once an architecture is picked: plain trees of values.

use super::expr::Bindings;
use super::flow::{Flow, FlowKind};
use super::value::{ConfigCall, List, Value};
use crate::ops::{BinaryFn, UnaryFn};

/// A resolved value of a search's field.
#[derive(Clone, PartialEq, Debug)]
pub enum Setting {
    /// `90`
    Int(i64),
    /// `0.6`
    Real(f64),
    /// `true`
    Bool(bool),
    /// `"price"`, and words of a closed set
    Text(String),
    /// `[1, 5]`
    List(Vec<Setting>),
    /// `standard`, `adam(lr: 3e-3)`: arguments by name; those given by position to words outside the vocabulary are
    /// named by their position.
    Call(String, Vec<(String, Setting)>),
}

impl Setting {
    /// An argument of a call.
    #[must_use]
    pub fn arg(&self, name: &str) -> Option<&Setting> {
        match self {
            Self::Call(_, args) => args.iter().find(|(n, _)| n == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The name of a call.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Call(name, _) => Some(name),
            _ => None,
        }
    }

    /// A number.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn as_real(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Real(value) => Some(*value),
            _ => None,
        }
    }

    /// An int.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }
}

/// A call once all symbols have values; `None` if one has none.
#[must_use]
pub fn resolve_call(call: &ConfigCall, bindings: &Bindings) -> Option<Setting> {
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
        FlowKind::If(condition, a, b) => {
            fixed_real(if bindings.eval(condition)? != 0 { a } else { b }, bindings)?
        }
        _ => return None,
    })
}
