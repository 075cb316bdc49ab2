//! Every evaluation of a run as a line of CSV.

use super::gather::RunReport;
use std::collections::BTreeSet;

/// One line per candidate: its number, how it went, its objectives, metrics, seconds and choices. Empty cells are unknown or
/// do not exist in that architecture.
#[must_use]
pub fn evaluations_csv(report: &RunReport) -> String {
    let paths: BTreeSet<&String> = report.records.iter().flat_map(|record| record.assignment.0.keys()).collect();
    let metrics: BTreeSet<&String> = report.records.iter().flat_map(|record| record.metrics.keys()).collect();
    let front: BTreeSet<u64> = report.front.iter().map(|entry| entry.id).collect();
    let mut heads: Vec<String> = ["id", "same_as", "front", "feasible", "failed", "seconds"].map(str::to_owned).into();
    heads.extend(report.header.objectives.iter().map(|name| format!("objective {name}")));
    heads.extend(metrics.iter().map(|name| format!("metric {name}")));
    heads.extend(paths.iter().map(|path| format!("choice {path}")));
    let mut out = csv_line(&heads);
    let text = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for record in &report.records {
        let mut cells = vec![
            record.id.to_string(),
            record.same_as.map(|id| id.to_string()).unwrap_or_default(),
            front.contains(&record.id).to_string(),
            (record.failed.is_none() && record.violations.is_empty()).to_string(),
            record.failed.clone().unwrap_or_default(),
            text(report.time.by_candidate.get(&record.id).copied()),
        ];
        let objectives = (0..report.header.objectives.len()).map(|at| record.objectives.get(at).copied().flatten());
        cells.extend(objectives.map(text));
        cells.extend(metrics.iter().map(|name| text(record.metrics.get(*name).copied().flatten())));
        cells.extend(
            paths.iter().map(|path| record.assignment.0.get(*path).map(ToString::to_string).unwrap_or_default()),
        );
        out.push_str(&csv_line(&cells));
    }
    out
}

/// One line; cells with commas, quotes or line ends in quotes.
fn csv_line(cells: &[String]) -> String {
    let quoted = |cell: &String| match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    cells.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n"
}
