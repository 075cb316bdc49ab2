//! Calibration files of Qiskit backends (`conf_*.json`, `props_*.json`) as `device` items.

use super::compiler::read_source;
use crate::diag::Diagnostic;
use crate::target::errors::BAD_CALIBRATION;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Most qubits a file may speak of.
const MOST: usize = 4096;

/// The text of a `device` item, formatted.
///
/// # Errors
/// `QN0901` for files that cannot be read, `QN0626` for what they do not say.
pub fn import(configuration: &Path, properties: &Path, name: Option<&str>) -> Result<String, Diagnostic> {
    let (conf, props) = (read(configuration)?, read(properties)?);
    let bad = |what: &str| {
        Diagnostic::global(&BAD_CALIBRATION, format!("`{}` {what}", configuration.display()))
            .help("give the configuration first, then the properties, as Qiskit's fake providers have them")
    };
    let n = conf["n_qubits"].as_u64().and_then(|n| usize::try_from(n).ok()).filter(|n| (1..=MOST).contains(n));
    let n = n.ok_or_else(|| bad("has no `n_qubits` from 1 to 4096"))?;
    let pair = |pair: &Value| Some((pair.get(0)?.as_u64()? as usize, pair.get(1)?.as_u64()? as usize));
    let map = conf["coupling_map"].as_array().ok_or_else(|| bad("has no `coupling_map`"))?;
    let pairs: Option<Vec<(usize, usize)>> = map.iter().map(pair).collect();
    let pairs = pairs.filter(|pairs| pairs.iter().all(|&(a, b)| a < n && b < n && a != b));
    let pairs = pairs.ok_or_else(|| bad("has a `coupling_map` that is no list of pairs of its qubits"))?;
    let directed = !pairs.iter().all(|&(a, b)| pairs.contains(&(b, a)));
    let mut edges: Vec<(usize, usize)> = Vec::new();
    for &(a, b) in &pairs {
        if !edges.contains(&(b, a)) && !edges.contains(&(a, b)) {
            edges.push((a, b));
        }
    }
    let basis = conf["basis_gates"].as_array().ok_or_else(|| bad("has no `basis_gates`"))?;
    let known = |gate: &Value| crate::gates::find(gate.as_str()?).filter(|gate| (1..=2).contains(&gate.n_qubits()));
    let gates: Vec<_> = basis.iter().filter_map(known).filter(|gate| gate.meta.name != "id").collect();
    let figures = Figures::read(&props, n, &edges);
    let title = name.map_or_else(|| identifier(conf["backend_name"].as_str().unwrap_or("imported")), str::to_owned);
    let mut out = format!(
        "device {title} {{\n    qubits: {n},\n    edges: [{}],\n",
        listed(&edges, |(a, b)| format!("({a}, {b})"))
    );
    out += &format!("    native: [{}],\n", listed(&gates, |gate| gate.meta.name.to_owned()));
    if directed {
        out += "    directed: true,\n";
    }
    let names: Vec<&str> = gates.iter().map(|gate| gate.meta.name).chain(["readout"]).collect();
    for (field, table) in [("error", &figures.errors), ("duration", &figures.durations)] {
        let entries: Vec<String> =
            names.iter().filter_map(|name| Some(format!("{name}: {}", numbers(table.get(*name)?)))).collect();
        if !entries.is_empty() {
            out += &format!("    {field}: ({}{}),\n", entries.join(", "), if entries.len() == 1 { "," } else { "" });
        }
    }
    for (field, values) in [("t1", &figures.t1), ("t2", &figures.t2)] {
        if values.len() == n {
            out += &format!("    {field}: {},\n", numbers(values));
        }
    }
    if let Some(delay) = conf["default_rep_delay"].as_f64() {
        out += &format!("    rep_delay: {:?},\n", delay * 1e-6);
    }
    let date = props["last_update_date"].as_str().unwrap_or("undated");
    out += &format!("    date: {:?},\n", date.get(..10).unwrap_or(date));
    out += &format!("    source: {:?},\n}}\n", format!("calibration of {title}, imported"));
    crate::fmt::format(&out).map_err(|_| bad("gives no valid item; choose a plain `--name`"))
}

fn read(path: &Path) -> Result<Value, Diagnostic> {
    serde_json::from_str(&read_source(path)?)
        .map_err(|error| Diagnostic::global(&BAD_CALIBRATION, format!("`{}` is no JSON: {error}", path.display())))
}

/// A name that the language takes.
fn identifier(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if plain.starts_with(|c: char| c.is_ascii_alphabetic()) { plain } else { format!("d_{plain}") }
}

fn listed<T: Copy>(items: &[T], text: impl Fn(T) -> String) -> String {
    items.iter().map(|&item| text(item)).collect::<Vec<_>>().join(", ")
}

fn numbers(values: &[f64]) -> String {
    match values {
        [first, rest @ ..] if rest.iter().all(|value| value == first) => format!("{first:?}"),
        _ => format!("[{}]", listed(values, |value| format!("{value:?}"))),
    }
}

/// What the properties say, by gate and in the order of qubits or edges.
#[derive(Default)]
struct Figures {
    errors: BTreeMap<String, Vec<f64>>,
    durations: BTreeMap<String, Vec<f64>>,
    t1: Vec<f64>,
    t2: Vec<f64>,
}

impl Figures {
    fn read(props: &Value, n: usize, edges: &[(usize, usize)]) -> Self {
        let mut out = Self::default();
        for qubit in props["qubits"].as_array().into_iter().flatten() {
            let entry = |name: &str| quantity(qubit, name);
            out.t1.extend(entry("T1"));
            out.t2.extend(entry("T2"));
            out.errors.entry("readout".to_owned()).or_default().extend(entry("readout_error"));
            out.durations.entry("readout".to_owned()).or_default().extend(entry("readout_length"));
        }
        for gate in props["gates"].as_array().into_iter().flatten() {
            let Some(name) = gate["gate"].as_str() else { continue };
            let qubits: Vec<usize> =
                gate["qubits"].as_array().into_iter().flatten().filter_map(Value::as_u64).map(|q| q as usize).collect();
            let (place, places) = match qubits[..] {
                [qubit] => (Some(qubit).filter(|qubit| *qubit < n), n),
                [a, b] => (edges.iter().position(|&edge| edge == (a, b) || edge == (b, a)), edges.len()),
                _ => continue,
            };
            for (table, parameter) in [(&mut out.errors, "gate_error"), (&mut out.durations, "gate_length")] {
                if let (Some(place), Some(value)) = (place, quantity(&gate["parameters"], parameter)) {
                    table.entry(name.to_owned()).or_insert_with(|| vec![f64::NAN; places])[place] = value;
                }
            }
        }
        for table in [&mut out.errors, &mut out.durations] {
            table.retain(|_, values| !values.is_empty());
            for (name, values) in table.iter_mut() {
                // A place without a figure has that of the others, a machine without any none.
                let mut known: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
                known.sort_by(f64::total_cmp);
                let middle = known.get(known.len() / 2).copied().unwrap_or(0.0);
                let most = if name == "readout" { n } else { values.len() };
                values.resize(most, f64::NAN);
                values.iter_mut().filter(|value| !value.is_finite()).for_each(|value| *value = middle);
            }
        }
        out.errors.values_mut().flatten().for_each(|value| *value = value.clamp(0.0, 1.0));
        out.durations.values_mut().flatten().for_each(|value| *value = value.max(0.0));
        out
    }
}

/// A named number of a list of `{name, value, unit}`, in seconds where it is a time.
fn quantity(list: &Value, name: &str) -> Option<f64> {
    let entry = list.as_array()?.iter().find(|entry| entry["name"] == name)?;
    let factor = match entry["unit"].as_str().unwrap_or("") {
        "ms" => 1e-3,
        "us" | "µs" => 1e-6,
        "ns" => 1e-9,
        _ => 1.0,
    };
    // Twelve digits: what the files have, without the tail that the factor brings.
    let value = entry["value"].as_f64()? * factor;
    format!("{value:.11e}").parse().ok().filter(|value: &f64| value.is_finite())
}
