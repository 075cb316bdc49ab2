//! The front of a search as a table, as JSON, as CSV.

use super::context::Context;
use super::retrained::retrained_table;
use super::table::Rows;
use crate::driver::run::{Hunt, Member, Report, Retrained, Task};
use crate::driver::search::{Agreement, Done, Header, Stop};
use crate::driver::train::Metrics;
use crate::hir::Assignment;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// `--format` of `qnas search`.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// Tables.
    Human,
    /// One object.
    Json,
    /// One line per architecture.
    Csv,
}

/// Why a search ended.
pub(crate) fn ended(stop: &Stop) -> &'static str {
    match stop {
        Stop::Done(Done::Completed) => "done",
        Stop::Done(Done::NoProgress) => "done, as nothing got better any more",
        Stop::Done(Done::Exhausted) => "done, as there is nothing new to try",
        Stop::Done(_) => "ended",
        Stop::Budget => "the budget is spent",
        Stop::Interrupted => "interrupted",
        Stop::Journal(_) => "stopped, as the run cannot be written",
    }
}

/// A number for a table: whole numbers as they are, others with four significant digits.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if value.fract() == 0.0 && size < 1e15 {
        format!("{value:.0}")
    } else if (1e-3..1e4).contains(&size) {
        let digits = if size >= 1000.0 { 1 } else { 4 };
        format!("{value:.digits$}")
    } else {
        format!("{value:.3e}")
    }
}

/// A share as a percentage.
pub(crate) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", 100.0 * share))
}

/// A key that sorts paths with their numbers as numbers: layer 10 after layer 9.
fn in_order(path: &str) -> Vec<(bool, u64, String)> {
    let part = |part: &str| match part.parse::<u64>() {
        Ok(number) => (false, number, String::new()),
        Err(_) => (true, 0, part.to_owned()),
    };
    path.split('.').map(part).collect()
}

/// Choices in one line; those that differ only in one number of their path stand together: `vqc.layer.*.rot=rx,ry`.
pub(crate) fn choices(assignment: &Assignment) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let mut sorted: Vec<(&String, String)> =
        assignment.0.iter().map(|(path, value)| (path, value.to_string())).collect();
    sorted.sort_by_cached_key(|(path, _)| in_order(path));
    for (path, value) in sorted {
        let star: Vec<&str> =
            path.split('.').map(|part| if part.parse::<u64>().is_ok() { "*" } else { part }).collect();
        let name = if star.iter().filter(|part| **part == "*").count() == 1 { star.join(".") } else { path.clone() };
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => groups.push((name, vec![value])),
        }
    }
    groups.iter().map(|(name, values)| format!("{name}={}", values.join(","))).collect::<Vec<_>>().join(" ")
}

/// The result of a search in a format.
pub(crate) fn render(
    hunt: &Hunt<'_>,
    report: &Report,
    retrained: &[Retrained],
    folder: &Path,
    format: Format,
    context: &Context,
) -> String {
    let (task, header) = (&hunt.task, &hunt.header());
    match format {
        Format::Human => {
            human(task, header, report, context)
                + &retrained_table(task.splits.as_ref().is_some_and(|splits| splits.leaky), retrained)
        }
        Format::Json => {
            let mut value = json(task, header, report, folder);
            if task.spec.retrain.is_some() {
                value["retrained"] = json!(retrained);
            }
            format!("{value:#}\n")
        }
        Format::Csv => csv(header, report),
    }
}

fn human(task: &Task<'_>, header: &Header, report: &Report, context: &Context) -> String {
    let outcome = &report.outcome;
    let data = task.splits.as_ref().map(|splits| format!(" on {}", splits.name)).unwrap_or_default();
    let mut out = format!(
        "\nSearch `{}`{data}, {}, seed {}: {} evaluations",
        header.search, header.strategy.name, header.seed, outcome.evaluations
    );
    for (count, what) in
        [(outcome.repeated, "repeated"), (outcome.failed, "failed"), (outcome.infeasible, "infeasible")]
    {
        if count > 0 {
            out.push_str(&format!(", {count} {what}"));
        }
    }
    out.push('\n');
    if report.members.is_empty() {
        out.push_str("\nNo architecture meets every requirement so far.\n");
        return out;
    }
    let part = match &task.splits {
        Some(splits) => format!(" on the validation part ({} rows)", splits.validation.len()),
        None => String::new(),
    };
    out.push_str(&format!("\nFront: {} non-dominated, measured{part}\n\n", counted(report.members.len())));
    out.push_str(&front_table(header, &report.members, context.width));
    out.push_str(&test_table(task, &report.members));
    out.push_str(&agreement(header, &outcome.agreement));
    out
}

fn counted(n: usize) -> String {
    if n == 1 { "1 architecture".to_owned() } else { format!("{n} architectures") }
}

/// Objectives and validation figures; choices in the last column if there is room, else below.
fn front_table(header: &Header, members: &[Member], width: usize) -> String {
    let shows = |name: &str| {
        members.iter().any(|member| member.front.metrics.get(name).is_some_and(Option::is_some))
            && !header.objectives.iter().any(|objective| objective == name)
    };
    let metric = |member: &Member, name: &str| member.front.metrics.get(name).copied().flatten();
    let names: Vec<&str> = ["accuracy", "loss", "weights"].into_iter().filter(|name| shows(name)).collect();
    let table = |with_choices: bool| {
        let mut heads = vec![">id".to_owned()];
        heads.extend(
            header
                .objectives
                .iter()
                .chain(&names.iter().map(ToString::to_string).collect::<Vec<_>>())
                .map(|name| format!(">{name}")),
        );
        if with_choices {
            heads.push("architecture".into());
        }
        let mut rows = Rows::new(&heads.iter().map(String::as_str).collect::<Vec<_>>());
        for member in members {
            let mut cells = vec![member.front.id.to_string()];
            cells.extend(member.front.objectives.iter().map(|value| number(*value)));
            cells.extend(names.iter().map(|name| match *name {
                "accuracy" => percent(metric(member, name)),
                _ => metric(member, name).map_or_else(|| "-".into(), number),
            }));
            if with_choices {
                cells.push(choices(&member.front.assignment));
            }
            rows.row(&cells);
        }
        rows.text()
    };
    let whole = table(true);
    if whole.lines().all(|line| line.chars().count() <= width) {
        return whole;
    }
    let mut rows = Rows::new(&[">id", "architecture"]);
    for member in members {
        rows.row(&[member.front.id.to_string(), choices(&member.front.assignment)]);
    }
    format!("{}\n{}", table(false), rows.text())
}

fn test_table(task: &Task<'_>, members: &[Member]) -> String {
    let tested: Vec<(u64, Metrics)> =
        members.iter().filter_map(|member| Some((member.front.id, member.test?))).collect();
    let (Some(splits), Some((_, first))) = (&task.splits, tested.first()) else { return String::new() };
    let once = match splits.leaky {
        true => "these rows are also the validation part, which flatters",
        false => "looked at once, after the search",
    };
    let mut rows = Rows::new(&[">id", ">accuracy", ">loss"]);
    for (id, metrics) in &tested {
        rows.row(&[id.to_string(), percent(metrics.accuracy), number(metrics.loss)]);
    }
    format!("\nTest part ({} rows; {once})\n\n{}", first.rows, rows.text())
}

/// How far scores from shared weights can be trusted, for strategies that use them.
pub(crate) fn agreement(header: &Header, all: &[Agreement]) -> String {
    let Some(first) = all.first() else { return String::new() };
    let mut rows = Rows::new(&["objective", ">tau", ">95 %", ""]);
    for one in all {
        let two = |value: f64| format!("{value:.2}");
        let interval =
            one.interval.map_or_else(|| "-".to_owned(), |(low, high)| format!("{} to {}", two(low), two(high)));
        let name = header.objectives.get(one.objective).cloned().unwrap_or_default();
        let word = if one.is_low() { "low: shared weights do not rank architectures here" } else { "" };
        rows.row(&[name, one.tau.map_or_else(|| "-".to_owned(), two), interval, word.to_owned()]);
    }
    let many = counted(first.pairs);
    format!(
        "\nShared weights against models trained alone: rank correlation over {many} drawn uniformly\n\n{}",
        rows.text()
    )
}

fn json(task: &Task<'_>, header: &Header, report: &Report, folder: &Path) -> Value {
    let named = |values: &[f64]| -> Map<String, Value> {
        header.objectives.iter().cloned().zip(values.iter().map(|value| json!(value))).collect()
    };
    let front: Vec<Value> = report
        .members
        .iter()
        .map(|member| {
            json!({
                "id": member.front.id,
                "architecture": member.front.assignment,
                "objectives": named(&member.front.objectives),
                "metrics": member.front.metrics,
                "ties": member.front.ties,
                "test": member.test,
            })
        })
        .collect();
    let outcome = &report.outcome;
    let rows = task.splits.as_ref().map(|splits| {
        json!({"name": splits.name, "train": splits.train.len(), "validation": splits.validation.len(), "test": splits.test.len()})
    });
    json!({
        "search": header.search, "seed": header.seed, "strategy": header.strategy, "data": rows,
        "run": folder, "ended": ended(&outcome.stop),
        "evaluations": outcome.evaluations, "repeated": outcome.repeated, "failed": outcome.failed,
        "infeasible": outcome.infeasible, "objectives": header.objectives, "front": front, "agreement": outcome.agreement,
    })
}

fn csv(header: &Header, report: &Report) -> String {
    let paths: BTreeSet<&String> = report.members.iter().flat_map(|member| member.front.assignment.0.keys()).collect();
    let metrics: BTreeSet<&String> = report.members.iter().flat_map(|member| member.front.metrics.keys()).collect();
    let mut heads = vec!["id".to_owned()];
    heads.extend(header.objectives.iter().map(|name| format!("objective {name}")));
    heads.extend(metrics.iter().map(ToString::to_string));
    heads.extend(["test.accuracy".to_owned(), "test.loss".to_owned()]);
    heads.extend(paths.iter().map(ToString::to_string));
    let mut out = line(&heads);
    for member in &report.members {
        let front = &member.front;
        let known: BTreeMap<&String, f64> =
            front.metrics.iter().filter_map(|(name, value)| Some((name, (*value)?))).collect();
        let text = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let mut cells = vec![front.id.to_string()];
        cells.extend(front.objectives.iter().map(f64::to_string));
        cells.extend(metrics.iter().map(|name| text(known.get(*name).copied())));
        cells.push(text(member.test.and_then(|test| test.accuracy)));
        cells.push(text(member.test.map(|test| test.loss)));
        cells.extend(
            paths.iter().map(|path| front.assignment.0.get(*path).map(ToString::to_string).unwrap_or_default()),
        );
        out.push_str(&line(&cells));
    }
    out
}

/// One line of CSV; cells with commas, quotes or line ends in quotes.
fn line(cells: &[String]) -> String {
    let quoted = |cell: &String| match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    cells.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hir::Value as Choice;

    #[test]
    fn numbers_are_short() {
        assert_eq!([number(0.0), number(12.0), number(1.0 / 30.0)], ["0", "12", "0.0333"]);
        assert_eq!([number(-1.136_189_4), number(12345.6), number(1e-7)], ["-1.1362", "1.235e4", "1.000e-7"]);
    }

    #[test]
    fn layers_stand_together() {
        let name = |text: &str| Choice::Name(text.into());
        let mut all = BTreeMap::from([("n".to_owned(), Choice::Int(4)), ("v.two".to_owned(), name("cx"))]);
        for layer in 0..11 {
            all.insert(format!("v.layer.{layer}.rot"), name(if layer == 10 { "rz" } else { "rx" }));
        }
        let shown = choices(&Assignment(all));
        assert_eq!(shown, "n=4 v.layer.*.rot=rx,rx,rx,rx,rx,rx,rx,rx,rx,rx,rz v.two=cx");
    }
}
