//! Samples for a model from CSV or JSON, with errors that say where.

use super::errors::{BAD_INPUT, INPUT_WIDTH};
use crate::diag::{Diagnostic, nearest};
use crate::ir::InputId;
use serde_json::Value;

/// Samples for every input of a model.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Inputs {
    /// Number of samples.
    pub rows: usize,
    /// One per model input: `[rows, numbers of the input]`, row-major.
    pub values: Vec<Vec<f64>>,
}

impl Inputs {
    /// The one sample of a model that takes none.
    #[must_use]
    pub fn none() -> Self {
        Self { rows: 1, values: Vec::new() }
    }
}

fn name_of(input: &InputId) -> &str {
    &input.name
}

fn width(input: &InputId) -> usize {
    input.shape.iter().product()
}

/// `x: 4, y: 2`
fn described(inputs: &[InputId]) -> String {
    inputs.iter().map(|input| format!("`{}` takes {}", input.name, width(input))).collect::<Vec<_>>().join(", ")
}

fn bad(file: &str, why: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::global(&BAD_INPUT, format!("`{file}` {why}"))
}

/// Reads one sample a line, the numbers of all inputs one after another; a first line without any number is a head.
///
/// # Errors
/// `QN0945` with line and column for what is no finite number, `QN0946` for lines of another length.
pub fn read_csv(text: &str, file: &str, inputs: &[InputId]) -> Result<Inputs, Diagnostic> {
    let total: usize = inputs.iter().map(width).sum();
    let mut out = Inputs { rows: 0, values: vec![Vec::new(); inputs.len()] };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|error| bad(file, format!("is not CSV: {error}")))?;
        let line = record.position().map_or(0, csv::Position::line);
        if at == 0 && record.iter().all(|cell| cell.parse::<f64>().is_err()) {
            continue;
        }
        if record.len() != total {
            let message = format!("line {line} of `{file}` has {} numbers, the model takes {total}", record.len());
            return Err(Diagnostic::global(&INPUT_WIDTH, message).note(described(inputs)));
        }
        let mut cells = record.iter().enumerate();
        for (input, values) in inputs.iter().zip(&mut out.values) {
            for (column, cell) in cells.by_ref().take(width(input)) {
                let number = cell.parse::<f64>().ok().filter(|number| number.is_finite());
                let why = || format!("has no finite number but `{cell}` in line {line}, column {}", column + 1);
                values.push(number.ok_or_else(|| bad(file, why()))?);
            }
        }
        out.rows += 1;
    }
    if out.rows == 0 { Err(bad(file, "holds no sample")) } else { Ok(out) }
}

/// Reads a list of samples, each a list of numbers (nested like the input's shape, or flat), or for several inputs an
/// object of such lists by name. A flat list of numbers is one sample.
///
/// # Errors
/// `QN0945` for text that is not JSON (with line and column) or holds anything but numbers, `QN0946` for samples of
/// another length.
pub fn read_json(text: &str, file: &str, inputs: &[InputId]) -> Result<Inputs, Diagnostic> {
    let value: Value = serde_json::from_str(text).map_err(|error| bad(file, format!("is not JSON: {error}")))?;
    let mut out = Inputs { rows: 0, values: Vec::new() };
    let lists: Vec<(&InputId, &Value)> = match (&value, inputs) {
        (Value::Object(entries), _) => {
            if let Some(extra) = entries.keys().find(|key| inputs.iter().all(|input| input.name != **key)) {
                let error = bad(file, format!("holds `{extra}`, which is no input of the model"));
                let near = nearest(extra, inputs.iter().map(|input| input.name.as_str())).map(str::to_owned);
                return Err(match near {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.note(described(inputs)),
                });
            }
            let missing = |input: &InputId| bad(file, format!("has no samples for the input `{}`", input.name));
            let list = |input| entries.get(name_of(input)).map(|list| (input, list)).ok_or_else(|| missing(input));
            inputs.iter().map(list).collect::<Result<_, _>>()?
        }
        (list, [input]) => vec![(input, list)],
        _ => {
            let help = "write `{\"x\": [[..]], \"y\": [[..]]}`";
            return Err(bad(file, "has to be an object of lists, one for each input").help(help));
        }
    };
    for (input, list) in lists {
        let values = samples(list, input, file)?;
        let rows = values.len() / width(input).max(1);
        if !out.values.is_empty() && rows != out.rows {
            let message = format!("has {rows} samples for `{}` and {} for the input before it", input.name, out.rows);
            return Err(bad(file, message));
        }
        out.rows = rows;
        out.values.push(values);
    }
    if out.rows == 0 { Err(bad(file, "holds no sample")) } else { Ok(out) }
}

fn samples(list: &Value, input: &InputId, file: &str) -> Result<Vec<f64>, Diagnostic> {
    let wanted = width(input);
    let Value::Array(items) = list else {
        return Err(bad(file, format!("has no list of samples for the input `{}`", input.name)));
    };
    let single = wanted != 1 && items.first().is_some_and(Value::is_number);
    let mut out = Vec::new();
    let rows: Vec<&Value> = if single { vec![list] } else { items.iter().collect() };
    for (row, sample) in (1..).zip(rows) {
        let before = out.len();
        flatten(sample, &mut out).map_err(|found| {
            bad(file, format!("has no finite number but `{found}` in sample {row} of the input `{}`", input.name))
        })?;
        let have = out.len() - before;
        if have != wanted {
            let message =
                format!("sample {row} of `{file}` has {have} numbers, the input `{}` takes {wanted}", input.name);
            return Err(Diagnostic::global(&INPUT_WIDTH, message));
        }
        if sample.is_array() && !is_flat(sample) && !has_shape(sample, &input.shape) {
            let message =
                format!("sample {row} of `{file}` does not have the shape {:?} of `{}`", input.shape, input.name);
            return Err(Diagnostic::global(&INPUT_WIDTH, message));
        }
    }
    Ok(out)
}

fn is_flat(value: &Value) -> bool {
    matches!(value, Value::Array(items) if items.iter().all(Value::is_number))
}

fn has_shape(value: &Value, shape: &[usize]) -> bool {
    match (value, shape) {
        (Value::Array(items), [axis, rest @ ..]) => {
            items.len() == *axis && items.iter().all(|item| has_shape(item, rest))
        }
        (Value::Number(_), []) => true,
        _ => false,
    }
}

/// Adds all numbers in order; the error is what is none.
fn flatten(value: &Value, out: &mut Vec<f64>) -> Result<(), String> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| flatten(item, out)),
        Value::Number(number) => match number.as_f64().filter(|number| number.is_finite()) {
            Some(number) => {
                out.push(number);
                Ok(())
            }
            None => Err(number.to_string()),
        },
        other => Err(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(shapes: &[(&str, &[usize])]) -> Vec<InputId> {
        shapes.iter().map(|(name, shape)| InputId { name: (*name).into(), shape: shape.to_vec() }).collect()
    }

    #[test]
    fn csv_lines_are_samples() {
        let two = inputs(&[("x", &[2]), ("y", &[])]);
        let read = read_csv("a,b,c\n1, 2 ,3\n4,5,6\n", "f", &two).unwrap();
        assert_eq!(read, Inputs { rows: 2, values: vec![vec![1., 2., 4., 5.], vec![3., 6.]] });
        let message = |text: &str| read_csv(text, "f", &two).unwrap_err().message;
        assert!(message("1,2,3\n1,NaN,3").contains("`NaN` in line 2, column 2"));
        assert!(message("1,2,3\n1,2").contains("line 2 of `f` has 2 numbers, the model takes 3"));
        assert!(message("a,b,c\n").contains("no sample"));
    }

    #[test]
    fn json_lists_are_samples() {
        let one = inputs(&[("x", &[2, 2])]);
        let flat = read_json("[[1, 2, 3, 4]]", "f", &one).unwrap();
        assert_eq!(flat, Inputs { rows: 1, values: vec![vec![1., 2., 3., 4.]] });
        assert_eq!(read_json("[[[1, 2], [3, 4]]]", "f", &one).unwrap(), flat);
        assert_eq!(read_json("[1, 2, 3, 4]", "f", &one).unwrap(), flat);
        assert_eq!(read_json("{\"x\": [[1, 2, 3, 4]]}", "f", &one).unwrap(), flat);
        let message = |text: &str| read_json(text, "f", &one).unwrap_err().message;
        assert!(message("[[1, 2, 3]]").contains("sample 1 of `f` has 3 numbers"));
        assert!(message("[[1, 2, 3, null]]").contains("`null` in sample 1"));
        assert!(message("[[[1], [2, 3, 4]]]").contains("shape [2, 2]"));
        assert!(message("[[1, 2,\n 3, 4}]").contains("line 2 column"));
        assert!(message("{\"y\": []}").contains("no input of the model"));
        assert_eq!(read_json("[1, 2]", "f", &inputs(&[("x", &[])])).unwrap().rows, 2);
    }
}
