//! What the front reaches when it is trained again, as a table: mean and deviation over the repeats.

use super::front::number;
use super::table::Rows;
use crate::driver::run::{Retrained, mean_and_deviation};
use crate::driver::train::Metrics;

/// The table; empty if nothing was retrained. `leaky` says that validation and test part are the same rows.
pub(crate) fn retrained_table(leaky: bool, retrained: &[Retrained]) -> String {
    if retrained.is_empty() {
        return String::new();
    }
    let classes = retrained.iter().any(|one| one.validation.or(one.test).is_some_and(|m| m.accuracy.is_some()));
    let mut heads = vec![">id", ">repeats"];
    let tested = retrained.iter().any(|one| one.test.is_some());
    if classes {
        heads.extend([">validation accuracy", ">best"]);
        heads.extend(tested.then_some(">test accuracy"));
    }
    heads.push(">validation loss");
    heads.extend(tested.then_some(">test loss"));
    let mut rows = Rows::new(&heads);
    for group in retrained.chunk_by(|a, b| a.id == b.id) {
        let mut cells = vec![first_id(group).to_string(), repeats(group)];
        if classes {
            let accuracy = |part: fn(&Retrained) -> Option<Metrics>| -> Vec<f64> {
                group.iter().filter_map(|one| part(one)?.accuracy).map(|share| 100.0 * share).collect()
            };
            let validation = accuracy(|one| one.validation);
            cells.push(spread(&validation, |value| format!("{value:.2}"), " %"));
            let best = validation.iter().copied().reduce(f64::max);
            cells.push(best.map_or_else(|| "-".to_owned(), |best| format!("{best:.2} %")));
            if tested {
                cells.push(spread(&accuracy(|one| one.test), |value| format!("{value:.2}"), " %"));
            }
        }
        let loss = |part: fn(&Retrained) -> Option<Metrics>| -> Vec<f64> {
            group.iter().filter_map(|one| Some(part(one)?.loss)).collect()
        };
        cells.push(spread(&loss(|one| one.validation), number, ""));
        if tested {
            cells.push(spread(&loss(|one| one.test), number, ""));
        }
        rows.row(&cells);
    }
    let note = if leaky { "; validation and test part are the same rows, which flatters" } else { "" };
    let anew =
        if first_repeats(retrained) > 1 { "mean ± standard deviation over fresh weights" } else { "fresh weights" };
    format!("\nRetrained ({anew}{note})\n\n{}", rows.text())
}

fn first_id(group: &[Retrained]) -> u64 {
    group.first().map_or(0, |one| one.id)
}

fn first_repeats(retrained: &[Retrained]) -> usize {
    retrained.chunk_by(|a, b| a.id == b.id).map(<[Retrained]>::len).max().unwrap_or(0)
}

/// `3`, or `2 of 3` if one failed.
fn repeats(group: &[Retrained]) -> String {
    match group.iter().filter(|one| one.failed.is_none()).count() {
        sound if sound == group.len() => sound.to_string(),
        sound => format!("{sound} of {}", group.len()),
    }
}

/// `97.12 ± 0.08 %`
fn spread(values: &[f64], show: impl Fn(f64) -> String, unit: &str) -> String {
    match mean_and_deviation(values) {
        None => "-".to_owned(),
        Some((mean, None)) => format!("{}{unit}", show(mean)),
        Some((mean, Some(deviation))) => format!("{} ± {}{unit}", show(mean), show(deviation)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_has_a_deviation_where_there_is_one() {
        let show = |value: f64| format!("{value:.1}");
        assert_eq!(spread(&[], show, " %"), "-");
        assert_eq!(spread(&[97.1], show, " %"), "97.1 %");
        assert_eq!(spread(&[97.0, 99.0], show, " %"), "98.0 ± 1.4 %");
    }
}
