//! Crossover: each child takes every path from one parent or the other.
//!
//! Half of the time every path is decided alone, otherwise whole subtrees of the program (`vqc`, `vqc.layer.2`) are, so
//! that what works together can stay together. Paths that only one parent has go to both children: if the child's
//! structure reaches them they are there, if not they are dropped. Real values that both parents have are blended.

use super::Genome;
use super::real::Interval;
use crate::driver::random::below;
use crate::hir::{Assignment, Domain, Value};
use rand::{Rng, RngExt};
use std::collections::BTreeMap;

/// Two partial assignments, each the other's complement.
pub fn cross(a: &Genome, b: &Genome, rng: &mut dyn Rng) -> (Assignment, Assignment) {
    let depth = depth_of_decision(a, b, rng);
    let mut decisions: BTreeMap<&str, bool> = BTreeMap::new();
    let (mut first, mut second) = (a.assignment.clone(), b.assignment.clone());
    let domains: BTreeMap<&str, &Domain> = b.genes.iter().map(|gene| (gene.path.as_str(), &gene.domain)).collect();
    for gene in &a.genes {
        let path = gene.path.as_str();
        let Some(mine) = a.assignment.0.get(path) else { continue };
        let Some(theirs) = b.assignment.0.get(path) else {
            second.0.insert(path.to_owned(), mine.clone());
            continue;
        };
        if let Some((interval, x, y)) = blendable(&gene.domain, domains.get(path).copied(), mine, theirs) {
            if rng.random_bool(0.5) {
                let (x, y) = interval.cross(x, y, rng);
                first.0.insert(path.to_owned(), Value::Real(x));
                second.0.insert(path.to_owned(), Value::Real(y));
            }
            continue;
        }
        if *decisions.entry(head(path, depth)).or_insert_with(|| rng.random_bool(0.5)) {
            first.0.insert(path.to_owned(), theirs.clone());
            second.0.insert(path.to_owned(), mine.clone());
        }
    }
    for (path, theirs) in &b.assignment.0 {
        first.0.entry(path.clone()).or_insert_with(|| theirs.clone());
    }
    (first, second)
}

/// How many names of a path decide together; `usize::MAX` if every path is on its own.
fn depth_of_decision(a: &Genome, b: &Genome, rng: &mut dyn Rng) -> usize {
    let deepest = a.genes.iter().chain(&b.genes).map(|gene| gene.path.split('.').count()).max().unwrap_or(1);
    let alone = rng.random_bool(0.5);
    let depth = 1 + below(rng, deepest.max(1));
    // If all paths share one head there would be nothing to mix.
    let mut heads = a.genes.iter().map(|gene| head(&gene.path, depth));
    let first = heads.next();
    if alone || heads.all(|other| Some(other) == first) { usize::MAX } else { depth }
}

/// The first `depth` names of a path.
fn head(path: &str, depth: usize) -> &str {
    match path.match_indices('.').nth(depth.saturating_sub(1)) {
        Some((end, _)) => &path[..end],
        None => path,
    }
}

fn blendable(mine: &Domain, theirs: Option<&Domain>, a: &Value, b: &Value) -> Option<(Interval, f64, f64)> {
    match (mine, a, b) {
        (Domain::Real { low, high, log }, Value::Real(x), Value::Real(y)) if theirs == Some(mine) => {
            Some((Interval { low: *low, high: *high, log: *log }, *x, *y))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hir::Gene;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    fn genome(values: &[(&str, i64)]) -> Genome {
        let domain = Domain::Ints { start: 0, step: 1, count: 100 };
        Genome {
            assignment: Assignment(
                values.iter().map(|(path, value)| ((*path).to_owned(), Value::Int(*value))).collect(),
            ),
            genes: values.iter().map(|(path, _)| Gene { path: (*path).to_owned(), domain: domain.clone() }).collect(),
        }
    }

    #[test]
    fn every_value_comes_from_a_parent_and_nothing_is_lost() {
        let a = genome(&[("n", 1), ("v.layer.0.g", 2), ("v.layer.0.h", 3), ("only.a", 4)]);
        let b = genome(&[("n", 11), ("v.layer.0.g", 12), ("v.layer.0.h", 13), ("only.b", 14)]);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let (mut together, mut apart) = (0, 0);
        for _ in 0..200 {
            let (first, second) = cross(&a, &b, &mut rng);
            assert_eq!(first.0.len(), 5);
            assert_eq!(second.0.len(), 5);
            for path in ["n", "v.layer.0.g", "v.layer.0.h"] {
                let mut both = [first.0[path].clone(), second.0[path].clone()];
                both.sort_by_key(|value| if let Value::Int(value) = value { *value } else { 0 });
                assert_eq!(both, [a.assignment.0[path].clone(), b.assignment.0[path].clone()]);
            }
            let from_a = |path: &str| first.0[path] == a.assignment.0[path];
            if from_a("v.layer.0.g") == from_a("v.layer.0.h") { together += 1 } else { apart += 1 }
        }
        assert!(together > apart && apart > 20, "subtrees stay together more often: {together} against {apart}");
    }
}
