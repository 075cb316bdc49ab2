//! Lists: a `for` whose bound is a choice. Its iterations can be inserted, deleted and exchanged.
//!
//! No space says which choice bounds which loop, and none needs to: running the program with the bound one larger shows
//! it. If every path that appears lies below `<prefix>.<k>` with a new, last `k`, the choice is the bound of that loop.
//! Moving an iteration is renaming the number in its paths; the weights below them are renamed in the same way.

use super::{Genome, draw};
use crate::driver::random::below;
use crate::hir::{Assignment, Domain, Space, Value};
use rand::{Rng, RngExt};
use std::collections::{BTreeMap, BTreeSet};

/// A list of an architecture: the loops one choice is the bound of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct List {
    /// Path of the bound.
    bound: String,
    /// The bound's value: how many iterations there are.
    len: i64,
    /// May there be one more, one less?
    grows: bool,
    shrinks: bool,
    /// For each loop, its prefix (`evolved.layer.0.k`) and the number of its first iteration.
    loops: Vec<(String, i64)>,
}

/// An assignment whose list has changed, still to be decoded.
#[derive(Clone, PartialEq, Debug)]
pub struct ListChange {
    /// The edited assignment; a new iteration has no values yet.
    pub partial: Assignment,
    /// Iterations that moved: old prefix, new prefix.
    pub moved: Vec<(String, String)>,
}

/// The list that the int choice at `bound` is the length of, if it is one.
pub fn find_list(space: &dyn Space, genome: &Genome, bound: &str, rng: &mut dyn Rng) -> Option<List> {
    let gene = genome.genes.iter().find(|gene| gene.path == bound)?;
    let (Domain::Ints { start, step: 1, count }, Some(Value::Int(len))) =
        (&gene.domain, genome.assignment.0.get(bound))
    else {
        return None;
    };
    let (len, shrinks) = (*len, len > start);
    let last = i128::from(*start) + i128::from(*count) - 1;
    let grows = i128::from(len) < last;
    // Compare with one more iteration where there may be one, else with one less.
    let mut other = genome.assignment.clone();
    let compared = if grows { len + 1 } else { len - 1 };
    if !grows && !shrinks {
        return None;
    }
    other.0.insert(bound.to_owned(), Value::Int(compared));
    let decoded = space.decode(&other, &mut |gene| draw(&gene.domain, rng)).assignment;
    let (small, large) = if grows { (&genome.assignment, &decoded) } else { (&decoded, &genome.assignment) };
    let loops = loops_of(small, large, compared.max(len))?;
    (len >= 0).then(|| List { bound: bound.to_owned(), len, grows, shrinks, loops })
}

/// The loops whose last iteration, of `len`, is all that `large` has and `small` has not.
fn loops_of(small: &Assignment, large: &Assignment, len: i64) -> Option<Vec<(String, i64)>> {
    if !small.0.keys().all(|path| large.0.contains_key(path)) {
        return None;
    }
    let mut loops: BTreeMap<String, i64> = BTreeMap::new();
    for path in large.0.keys().filter(|path| !small.0.contains_key(*path)) {
        let (prefix, number) = new_iteration(small, path)?;
        if *loops.entry(prefix).or_insert(number) != number {
            return None;
        }
    }
    let first_of = |(prefix, last): (String, i64)| {
        let first = last - (len - 1);
        // The other iterations must be the ones before it.
        let fits = iterations(small, &prefix).iter().all(|number| (first..last).contains(number));
        (first >= 0 && fits).then_some((prefix, first))
    };
    let loops: Vec<(String, i64)> = loops.into_iter().map(first_of).collect::<Option<_>>()?;
    (!loops.is_empty()).then_some(loops)
}

/// Splits `path` at the first number below which `small` has nothing.
fn new_iteration(small: &Assignment, path: &str) -> Option<(String, i64)> {
    let mut start = 0;
    for name in path.split('.') {
        let end = start + name.len();
        if start > 0
            && end < path.len()
            && let Ok(number) = name.parse::<i64>()
            && !has_below(small, &path[..=end])
        {
            return Some((path[..start - 1].to_owned(), number));
        }
        start = end + 1;
    }
    None
}

fn has_below(assignment: &Assignment, prefix: &str) -> bool {
    assignment.0.range(prefix.to_owned()..).next().is_some_and(|(path, _)| path.starts_with(prefix))
}

fn iterations(assignment: &Assignment, prefix: &str) -> BTreeSet<i64> {
    let dotted = format!("{prefix}.");
    let below = assignment.0.range(dotted.clone()..).take_while(|(path, _)| path.starts_with(&dotted));
    below.filter_map(|(path, _)| path[dotted.len()..].split('.').next()?.parse().ok()).collect()
}

impl List {
    /// Inserts or deletes an iteration with equal chance, at a random place, as far as the bound's domain allows; the
    /// values of an inserted one are drawn when the change is decoded.
    pub fn resize(&self, assignment: &Assignment, rng: &mut dyn Rng) -> ListChange {
        let grow = match (self.grows, self.shrinks) {
            (true, true) => rng.random_bool(0.5),
            (grows, _) => grows,
        };
        if grow {
            let at = any(rng, self.len + 1);
            self.renumbered(assignment, self.len + 1, |number| Some(if number < at { number } else { number + 1 }))
        } else {
            let at = any(rng, self.len);
            self.renumbered(assignment, self.len - 1, |number| match number.cmp(&at) {
                std::cmp::Ordering::Less => Some(number),
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => Some(number - 1),
            })
        }
    }

    /// Exchanges two iterations; `None` if there are fewer.
    pub fn exchange(&self, assignment: &Assignment, rng: &mut dyn Rng) -> Option<ListChange> {
        if self.len < 2 {
            return None;
        }
        let a = any(rng, self.len - 1);
        let b = a + 1 + any(rng, self.len - a - 1);
        let exchanged = |number| match number {
            _ if number == a => Some(b),
            _ if number == b => Some(a),
            _ => Some(number),
        };
        Some(self.renumbered(assignment, self.len, exchanged))
    }

    /// Renames iteration `k` (from 0) to `target(k)`, or drops it.
    fn renumbered(&self, assignment: &Assignment, len: i64, target: impl Fn(i64) -> Option<i64>) -> ListChange {
        let mut partial = assignment.clone();
        let mut moved = Vec::new();
        let mut arrived = Vec::new();
        for (prefix, first) in &self.loops {
            for number in 0..self.len {
                let to = target(number);
                if to == Some(number) {
                    continue;
                }
                let old = format!("{prefix}.{}.", first + number);
                let paths: Vec<String> = partial
                    .0
                    .range(old.clone()..)
                    .map(|(path, _)| path.clone())
                    .take_while(|p| p.starts_with(&old))
                    .collect();
                let new = to.map(|to| format!("{prefix}.{}.", first + to));
                for path in paths {
                    let value = partial.0.remove(&path);
                    if let (Some(value), Some(new)) = (value, &new) {
                        arrived.push((format!("{new}{}", &path[old.len()..]), value));
                    }
                }
                moved.extend(new.map(|new| (trimmed(&old), trimmed(&new))));
            }
        }
        partial.0.extend(arrived);
        partial.0.insert(self.bound.clone(), Value::Int(len));
        ListChange { partial, moved }
    }
}

/// A number from 0 to below `n`; 0 if there is none.
fn any(rng: &mut dyn Rng, n: i64) -> i64 {
    below(rng, usize::try_from(n).unwrap_or(0).max(1)) as i64
}

fn trimmed(prefix: &str) -> String {
    prefix.trim_end_matches('.').to_owned()
}
