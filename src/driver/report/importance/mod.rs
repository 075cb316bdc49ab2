//! How much each choice matters for each objective: the share of variance that it explains by itself.
//!
//! Over the architectures that were evaluated in full and have the choice, the objective's variance splits exactly into
//! what lies between the values of the choice and what lies within them (one-way analysis of variance; the first-order term
//! of a functional ANOVA of the sample). A choice with many values explains something by chance, so what chance alone would
//! give is taken off: Kelley's epsilon squared, `(between - (k - 1)·within/(n - k)) / total`, not below 0. Whether what is
//! left could still be chance is tested by shuffling the objective among the architectures, with a fixed seed.
//!
//! Choices of real numbers and of many whole numbers are cut into groups of equal size. Nothing is fitted. What this cannot
//! see is an effect that two choices only have together; and as a search prefers good regions, choices vary together in its
//! sample, so a choice may owe its share to its company.
//!
//! Sources: R. A. Fisher, "Statistical Methods for Research Workers", 1925; T. L. Kelley, PNAS 21, 1935; F. Hutter, H. Hoos,
//! K. Leyton-Brown, "An efficient approach for assessing hyperparameter importance", ICML 2014.

use crate::driver::random::{shuffle, stream};
use crate::driver::search::{Header, Record};
use crate::hir::Value;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Above this probability of chance an effect is not told apart from none.
pub const CHANCE: f64 = 0.05;
/// Shuffles of one test at most.
const SHUFFLES: usize = 199;
/// Additions that all tests of a report may take together, about.
const WORK: usize = 100_000_000;
/// Different numbers of a choice that still are groups of their own.
const GROUPS: usize = 12;

/// What one value of a choice (or a group of values) comes with.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Level {
    /// The value, or `low..high`.
    pub value: String,
    /// Architectures with it.
    pub count: usize,
    /// Their mean objective.
    pub mean: f64,
}

/// How much one choice matters for one objective.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Effect {
    /// The choice.
    pub path: String,
    /// Architectures that have it.
    pub count: usize,
    /// Share of the objective's variance among these that it explains by itself, beyond chance: 0 to 1.
    pub share: f64,
    /// How probable at least as large a share is if the choice has no effect.
    pub chance: f64,
    /// Its values.
    pub levels: Vec<Level>,
}

/// How much every choice matters for one objective, the most important first.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Importance {
    /// The objective as written.
    pub objective: String,
    /// Architectures it is known of.
    pub count: usize,
    /// Choices that take at least two values.
    pub effects: Vec<Effect>,
}

/// The importance of every choice for every objective of a run.
#[must_use]
pub fn importance(header: &Header, records: &[Record]) -> Vec<Importance> {
    let usable = |record: &&Record| record.same_as.is_none() && record.failed.is_none() && record.fidelity.is_full();
    let sample: Vec<&Record> = records.iter().filter(usable).collect();
    let paths: BTreeSet<&str> =
        sample.iter().flat_map(|record| record.assignment.0.keys()).map(String::as_str).collect();
    let tests = (paths.len() * header.objectives.len() * sample.len()).max(1);
    let shuffles = (WORK / tests).clamp(19, SHUFFLES);
    let one = |(at, objective): (usize, &String)| {
        let known: Vec<(&Record, f64)> =
            sample.iter().filter_map(|record| Some((*record, record.objectives.get(at).copied().flatten()?))).collect();
        let effect = |path: &&str| effect(path, &known, &format!("report/{at}/{path}"), shuffles);
        let mut effects: Vec<Effect> = paths.iter().filter_map(effect).collect();
        effects.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.path.cmp(&b.path)));
        Importance { objective: objective.clone(), count: known.len(), effects }
    };
    header.objectives.iter().enumerate().map(one).collect()
}

/// The effect of one choice; `None` if it takes fewer than two values, or nothing varies.
fn effect(path: &str, known: &[(&Record, f64)], purpose: &str, shuffles: usize) -> Option<Effect> {
    let having: Vec<(&Value, f64)> =
        known.iter().filter_map(|(record, y)| Some((record.assignment.0.get(path)?, *y))).collect();
    let values: Vec<&Value> = having.iter().map(|(value, _)| *value).collect();
    let (names, groups) = grouped(&values);
    let mut ys: Vec<f64> = having.iter().map(|(_, y)| *y).collect();
    let split = Split::of(&ys, &groups, names.len());
    if names.len() < 2 || split.total <= f64::EPSILON * ys.iter().map(|y| y * y).sum::<f64>() {
        return None;
    }
    let share = split.share();
    let mut rng = stream(0, purpose);
    let mut as_large = 1;
    for _ in 0..shuffles {
        shuffle(&mut rng, &mut ys);
        as_large += usize::from(Split::of(&ys, &groups, names.len()).between >= split.between * (1.0 - 1e-12));
    }
    let chance = as_large as f64 / (shuffles + 1) as f64;
    let levels = names.into_iter().zip(&split.groups).map(|(value, &(count, mean))| Level { value, count, mean });
    Some(Effect { path: path.to_owned(), count: groups.len(), share, chance, levels: levels.collect() })
}

/// The variance of some numbers, split by their groups. Sums of squares.
struct Split {
    between: f64,
    total: f64,
    /// Count and mean of each.
    groups: Vec<(usize, f64)>,
}

impl Split {
    fn of(ys: &[f64], groups: &[usize], n_groups: usize) -> Self {
        let mean = ys.iter().sum::<f64>() / ys.len().max(1) as f64;
        let mut sums = vec![(0usize, 0.0); n_groups];
        let mut total = 0.0;
        for (&y, &group) in ys.iter().zip(groups) {
            sums[group].0 += 1;
            sums[group].1 += y - mean;
            total += (y - mean) * (y - mean);
        }
        let between = sums.iter().filter(|(count, _)| *count > 0).map(|(count, sum)| sum * sum / *count as f64).sum();
        let groups = sums.iter().map(|&(count, sum)| (count, mean + sum / count.max(1) as f64)).collect();
        Self { between, total, groups }
    }

    /// Epsilon squared; 0 where every architecture is a group of its own and nothing can be said.
    fn share(&self) -> f64 {
        let n: usize = self.groups.iter().map(|(count, _)| count).sum();
        let k = self.groups.len();
        if n <= k {
            return 0.0;
        }
        let within = (self.total - self.between).max(0.0);
        let by_chance = (k - 1) as f64 * within / (n - k) as f64;
        ((self.between - by_chance) / self.total).clamp(0.0, 1.0)
    }
}

/// The groups of a choice's values: their names, and for every value its group.
fn grouped(values: &[&Value]) -> (Vec<String>, Vec<usize>) {
    let number = |value: &Value| match value {
        Value::Int(value) => Some(*value as f64),
        Value::Real(value) => Some(*value),
        _ => None,
    };
    let numbers: Option<Vec<f64>> = values.iter().map(|value| number(value)).collect();
    if let Some(numbers) = numbers {
        let mut distinct = numbers.clone();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        if distinct.len() > GROUPS {
            return cut(&numbers);
        }
        let group = |x: &f64| distinct.partition_point(|other| other < x);
        let name = |x: &f64| values[numbers.iter().position(|y| y == x).unwrap_or(0)].to_string();
        return (distinct.iter().map(name).collect(), numbers.iter().map(group).collect());
    }
    let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
    let names: BTreeMap<&String, usize> = {
        let distinct: BTreeSet<&String> = texts.iter().collect();
        distinct.into_iter().zip(0..).collect()
    };
    let groups = texts.iter().map(|text| names[text]).collect();
    (names.into_keys().cloned().collect(), groups)
}

/// Numbers cut into groups of about equal size, equal numbers never apart.
fn cut(numbers: &[f64]) -> (Vec<String>, Vec<usize>) {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let wanted = (numbers.len() / 5).clamp(2, 8);
    let mut starts: Vec<f64> = (0..wanted).map(|group| sorted[group * sorted.len() / wanted]).collect();
    starts.dedup();
    let groups: Vec<usize> = numbers.iter().map(|x| starts.partition_point(|start| start <= x).max(1) - 1).collect();
    let short = |x: f64| if x.fract() == 0.0 && x.abs() < 1e9 { format!("{x:.0}") } else { format!("{x:.3e}") };
    let name = |at: usize| {
        let last = sorted.iter().rev().find(|x| starts.get(at + 1).is_none_or(|next| *x < next));
        format!("{}..{}", short(starts[at]), short(last.copied().unwrap_or(starts[at])))
    };
    ((0..starts.len()).map(name).collect(), groups)
}

#[cfg(test)]
mod tests;
