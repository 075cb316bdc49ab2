//! Small spaces written by hand: a program is a function that asks a [`Walk`] for its choices.

use qnas::hir::{Assignment, Decoded, Domain, Gene, Space, Value};
use rand::{Rng, RngExt};
use std::sync::OnceLock;

/// One run of a program.
pub(crate) struct Walk<'a> {
    partial: &'a Assignment,
    draw: &'a mut dyn FnMut(&Gene) -> Value,
    decoded: Decoded,
}

impl Walk<'_> {
    fn choose(&mut self, path: &str, domain: Domain) -> Value {
        let gene = Gene { path: path.to_owned(), domain };
        let given =
            self.partial.0.get(path).filter(|value| qnas::driver::search::genome::contains(&gene.domain, value));
        let value = given.cloned().unwrap_or_else(|| (self.draw)(&gene));
        self.decoded.assignment.0.insert(path.to_owned(), value.clone());
        self.decoded.genes.push(gene);
        value
    }

    pub(crate) fn int(&mut self, path: &str, low: i64, high: i64) -> i64 {
        let count = u64::try_from(high - low + 1).expect("not empty");
        match self.choose(path, Domain::Ints { start: low, step: 1, count }) {
            Value::Int(value) => value,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn name(&mut self, path: &str, names: &[&str]) -> String {
        let values = names.iter().map(|name| Value::Name((*name).to_owned())).collect();
        self.choose(path, Domain::Values(values)).to_string()
    }

    pub(crate) fn real(&mut self, path: &str, low: f64, high: f64, log: bool) -> f64 {
        match self.choose(path, Domain::Real { low, high, log }) {
            Value::Real(value) => value,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn subset(&mut self, path: &str, of: u32, min: u32, max: u32, ordered: bool) -> Vec<u32> {
        match self.choose(path, Domain::Subset { of, min, max, ordered }) {
            Value::Subset(positions) => positions,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn require(&mut self, holds: bool) {
        self.decoded.valid &= holds;
    }
}

/// A space made of a program.
pub(crate) struct Program<F> {
    run: F,
    /// All assignments, if there are few.
    few: OnceLock<Option<Vec<Assignment>>>,
}

impl<F: Fn(&mut Walk) + Sync> Program<F> {
    pub(crate) fn new(run: F) -> Self {
        Self { run, few: OnceLock::new() }
    }
}

impl<F: Fn(&mut Walk) + Sync> Space for Program<F> {
    fn decode(&self, partial: &Assignment, draw: &mut dyn FnMut(&Gene) -> Value) -> Decoded {
        let decoded = Decoded { assignment: Assignment::default(), genes: Vec::new(), valid: true };
        let mut walk = Walk { partial, draw, decoded };
        (self.run)(&mut walk);
        walk.decoded
    }

    fn sample(&self, rng: &mut dyn Rng) -> Option<Assignment> {
        // Uniform over assignments where there are few, else choice by choice; `require` by rejection.
        if let Some(all) = self.few.get_or_init(|| self.enumerate(200)) {
            if all.is_empty() {
                return None;
            }
            let partial = &all[rng.random_range(0..all.len())];
            return Some(self.decode(partial, &mut |g| qnas::driver::search::genome::draw(&g.domain, rng)).assignment);
        }
        (0..1000)
            .map(|_| self.decode(&Assignment::default(), &mut |g| qnas::driver::search::genome::draw(&g.domain, rng)))
            .find(|decoded| decoded.valid)
            .map(|decoded| decoded.assignment)
    }

    fn enumerate(&self, limit: usize) -> Option<Vec<Assignment>> {
        let mut found = Vec::new();
        let mut open = vec![Assignment::default()];
        while let Some(partial) = open.pop() {
            let mut missing: Option<Gene> = None;
            let decoded = self.decode(&partial, &mut |gene| {
                let discrete = !matches!(gene.domain, Domain::Real { .. });
                if discrete && missing.is_none() {
                    missing = Some(gene.clone());
                }
                values(&gene.domain)[0].clone()
            });
            match missing {
                None if decoded.valid => found.push(partial),
                None => {}
                Some(gene) => {
                    for value in values(&gene.domain).into_iter().rev() {
                        let mut next = partial.clone();
                        next.0.insert(gene.path.clone(), value);
                        open.push(next);
                    }
                }
            }
            if found.len() > limit || open.len() > 20 * limit + 1000 {
                return None;
            }
        }
        Some(found)
    }
}

fn values(domain: &Domain) -> Vec<Value> {
    match domain {
        Domain::Ints { start, step, count } => (0..*count).map(|at| Value::Int(start + step * at as i64)).collect(),
        Domain::Values(values) => values.clone(),
        Domain::Real { low, .. } => vec![Value::Real(*low)],
        Domain::Subset { of, min, max, ordered } => {
            let mut all = vec![Vec::new()];
            let mut layer: Vec<Vec<u32>> = vec![Vec::new()];
            for _ in 0..*max {
                let longer = |set: &Vec<u32>| {
                    let set = set.clone();
                    let from = if *ordered { 0 } else { set.last().map_or(0, |last| last + 1) };
                    (from..*of).filter(move |at| !set.contains(at)).collect::<Vec<u32>>()
                };
                layer = layer
                    .iter()
                    .flat_map(|set| longer(set).into_iter().map(|at| [set.as_slice(), &[at]].concat()))
                    .collect();
                all.extend(layer.clone());
            }
            all.into_iter().filter(|set| set.len() >= *min as usize).map(Value::Subset).collect()
        }
    }
}

/// A little FAQNAS: a width, an embedding, a depth, a rotation for each layer, entanglers, a real learning rate.
pub(crate) fn circuits() -> impl Space {
    Program::new(|walk: &mut Walk| {
        let n = walk.int("n", 2, 6);
        let kind = walk.name("kind", &["angle", "amplitude"]);
        let depth = walk.int("vqc.depth", 1, 4);
        for layer in 0..depth {
            let rot = walk.name(&format!("vqc.layer.{layer}.rot"), &["rx", "ry", "rz"]);
            if rot != "rz" {
                walk.int(&format!("vqc.layer.{layer}.range"), 1, n - 1);
            }
        }
        let wires = walk.subset("wires", 6, 0, 2, false);
        walk.require(wires.iter().all(|wire| i64::from(*wire) < n));
        walk.require(kind == "angle" || n <= 4);
        walk.real("train.lr", 1e-4, 1e-1, true);
    })
}

/// Purely discrete, with 3 * (1 + 2 + 4) = 21 valid assignments.
pub(crate) fn tiny() -> impl Space {
    Program::new(|walk: &mut Walk| {
        walk.name("g", &["x", "y", "z"]);
        let depth = walk.int("depth", 0, 2);
        for layer in 0..depth {
            walk.int(&format!("layer.{layer}.k"), 0, 1);
        }
    })
}

/// The evolved autoencoder's circuit: a gate per wire and a list of pairs, per layer.
pub(crate) fn evolved() -> impl Space {
    Program::new(|walk: &mut Walk| {
        for layer in 0..2 {
            for i in 0..3 {
                walk.name(&format!("evolved.layer.{layer}.i.{i}.g"), &["id", "h", "rx", "ry", "rz"]);
            }
            let cnots = walk.int(&format!("evolved.layer.{layer}.cnots"), 0, 6);
            for k in 0..cnots {
                walk.subset(&format!("evolved.layer.{layer}.k.{k}.a"), 4, 2, 2, true);
            }
        }
    })
}

/// Nothing is valid.
pub(crate) fn empty() -> impl Space {
    Program::new(|walk: &mut Walk| {
        let n = walk.int("n", 1, 3);
        walk.require(n > 3);
    })
}

#[test]
fn enumeration_counts_the_tiny_space() {
    let all = tiny().enumerate(100).expect("few");
    assert_eq!(all.len(), 21);
    assert!(tiny().enumerate(20).is_none());
    assert_eq!(empty().enumerate(100), Some(Vec::new()));
}
