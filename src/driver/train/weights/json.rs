//! Weights as JSON, for people and for small models: `{"vqc.layer.0.rot": [0.1, 0.2], "head.bias": [0, 0, 0]}`.

use super::super::errors::BAD_WEIGHT_FILE;
use super::{Tensor, Weights};
use crate::diag::Diagnostic;
use crate::driver::data::Numbers;
use serde_json::Value;

impl Weights {
    /// Reads numbers and nested lists of numbers by weight path.
    ///
    /// # Errors
    /// `QN0941` for text that is no JSON object, for ragged lists, and for anything that is not a finite number.
    pub fn from_json(text: &str, name: &str) -> Result<Self, Diagnostic> {
        let bad = |why: String| Diagnostic::global(&BAD_WEIGHT_FILE, format!("`{name}` {why}"));
        let value: Value = serde_json::from_str(text).map_err(|error| bad(format!("is not JSON: {error}")))?;
        let Value::Object(entries) = value else {
            return Err(bad("is not a JSON object".into()).help("write `{\"path.of.a.weight\": [0.1, 0.2]}`"));
        };
        let mut weights = Self::default();
        for (path, value) in entries {
            let (mut shape, mut values) = (Vec::new(), Vec::new());
            if !measure(&value, &mut shape) || !collect(&value, &shape, &mut values) {
                return Err(bad(format!("holds something else than numbers in rows of equal length for `{path}`")));
            }
            weights.tensors.insert(path, Tensor { shape, values: Numbers::F64(values) });
        }
        Ok(weights)
    }

    /// The weights as a JSON object, paths ascending.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let nested = |tensor: &Tensor| {
            let numbers: Vec<Value> = (0..tensor.values.len()).map(|at| Value::from(tensor.values.get(at))).collect();
            fold(&tensor.shape, &numbers)
        };
        Value::Object(self.tensors.iter().map(|(path, tensor)| (path.clone(), nested(tensor))).collect())
    }
}

/// The shape along the first elements; `false` if an empty list hides it.
fn measure(value: &Value, shape: &mut Vec<usize>) -> bool {
    let Value::Array(items) = value else { return true };
    shape.push(items.len());
    items.first().is_some_and(|first| measure(first, shape))
}

/// The numbers in order; `false` if they do not have this shape.
fn collect(value: &Value, shape: &[usize], out: &mut Vec<f64>) -> bool {
    match (value, shape) {
        (Value::Array(items), [axis, rest @ ..]) => {
            items.len() == *axis && items.iter().all(|item| collect(item, rest, out))
        }
        (Value::Number(number), []) => number.as_f64().is_some_and(|number| {
            out.push(number);
            number.is_finite()
        }),
        _ => false,
    }
}

fn fold(shape: &[usize], numbers: &[Value]) -> Value {
    match shape {
        [] => numbers.first().cloned().unwrap_or(Value::Null),
        [_, rest @ ..] => {
            let width = rest.iter().product::<usize>().max(1);
            Value::Array(numbers.chunks(width).map(|chunk| fold(rest, chunk)).collect())
        }
    }
}
