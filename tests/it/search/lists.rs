//! Lists: loops with a chosen bound grow and shrink by whole iterations, and weights know where they went.

use super::spaces::{Program, Walk, circuits, evolved};
use qnas::driver::search::genome::{Genome, MutationRate, draw, express, find_list, mutate};
use qnas::hir::{Assignment, Space, Value};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::collections::BTreeSet;

fn genome(space: &dyn Space, values: &[(&str, Value)], rng: &mut ChaCha8Rng) -> Genome {
    let partial = Assignment(values.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect());
    express(space, &partial, rng).expect("valid")
}

/// The values of one list, in order.
fn items(assignment: &Assignment, prefix: &str) -> Vec<Value> {
    let inside = |(path, value): (&String, &Value)| path.starts_with(prefix).then(|| value.clone());
    assignment.0.iter().filter_map(inside).collect()
}

#[test]
fn bounds_of_loops_are_found_and_other_ints_are_not() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let space = evolved();
    for cnots in [0, 3, 6] {
        let genome = genome(&space, &[("evolved.layer.1.cnots", Value::Int(cnots))], &mut rng);
        assert!(find_list(&space, &genome, "evolved.layer.1.cnots", &mut rng).is_some(), "with {cnots}");
        assert!(find_list(&space, &genome, "evolved.layer.0.i.0.g", &mut rng).is_none());
    }
    let space = circuits();
    let genome =
        genome(&space, &[("kind", Value::Name("angle".into())), ("wires", Value::Subset(Vec::new()))], &mut rng);
    assert!(find_list(&space, &genome, "vqc.depth", &mut rng).is_some());
    assert!(find_list(&space, &genome, "n", &mut rng).is_none());
}

#[test]
fn iterations_are_inserted_deleted_and_exchanged_whole() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let space = evolved();
    let pair = |a: u32, b: u32| Value::Subset(vec![a, b]);
    let parent = genome(
        &space,
        &[
            ("evolved.layer.0.cnots", Value::Int(3)),
            ("evolved.layer.0.k.0.a", pair(0, 1)),
            ("evolved.layer.0.k.1.a", pair(1, 2)),
            ("evolved.layer.0.k.2.a", pair(2, 3)),
        ],
        &mut rng,
    );
    let before = items(&parent.assignment, "evolved.layer.0.k.");
    let list = find_list(&space, &parent, "evolved.layer.0.cnots", &mut rng).expect("a list");
    let mut seen = BTreeSet::new();
    for _ in 0..200 {
        let change = list.resize(&parent.assignment, &mut rng);
        let child = express(&space, &change.partial, &mut rng).expect("valid");
        let after = items(&child.assignment, "evolved.layer.0.k.");
        if after.len() == 4 {
            let at =
                (0..4).find(|&at| [&after[..at], &after[at + 1..]].concat() == before).expect("the others in order");
            // Where the new one equals a neighbour, the place is ambiguous: count by what moved.
            seen.insert(format!("+{}", 3 - change.moved.len()));
            assert!(at <= 3);
        } else {
            let at = (0..3).find(|&at| [&before[..at], &before[at + 1..]].concat() == after).expect("one is missing");
            seen.insert(format!("-{at}"));
        }
        for (from, to) in &change.moved {
            let value = |assignment: &Assignment, prefix: &str| assignment.0.get(&format!("{prefix}.a")).cloned();
            assert_eq!(value(&parent.assignment, from), value(&child.assignment, to), "{from} to {to}");
        }
        let others = |a: &Assignment| {
            a.0.iter()
                .filter(|(path, _)| !path.starts_with("evolved.layer.0.k") && !path.ends_with("0.cnots"))
                .map(|(p, v)| (p.clone(), v.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(others(&parent.assignment), others(&child.assignment));
        let exchanged = list.exchange(&parent.assignment, &mut rng).expect("enough of them");
        let child = express(&space, &exchanged.partial, &mut rng).expect("valid");
        let after = items(&child.assignment, "evolved.layer.0.k.");
        assert_eq!(after.iter().zip(&before).filter(|(a, b)| a != b).count(), 2);
        assert_eq!(exchanged.moved.len(), 2);
    }
    let all: BTreeSet<String> = ["+0", "+1", "+2", "+3", "-0", "-1", "-2"].map(String::from).into();
    assert_eq!(seen, all, "every place is used");
}

#[test]
fn a_list_keeps_to_its_bounds_and_carries_inner_lists_along() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    // Loops from 1, two loops with one bound, a list within a list.
    let space = Program::new(|walk: &mut Walk| {
        let blocks = walk.int("blocks", 1, 3);
        for block in 1..=blocks {
            let inner = walk.int(&format!("block.{block}.len"), 0, 2);
            for k in 0..inner {
                walk.int(&format!("block.{block}.k.{k}.v"), 0, 99);
            }
        }
        for k in 0..blocks {
            walk.int(&format!("again.{k}.w"), 0, 99);
        }
    });
    for seed in 0..100 {
        let mut seeded = ChaCha8Rng::seed_from_u64(seed);
        let parent = space.decode(&Assignment::default(), &mut |gene| draw(&gene.domain, &mut seeded));
        let parent = Genome { assignment: parent.assignment, genes: parent.genes };
        let list = find_list(&space, &parent, "blocks", &mut rng).expect("a list");
        let change = list.resize(&parent.assignment, &mut rng);
        let child = express(&space, &change.partial, &mut rng).expect("valid");
        let Value::Int(blocks) = child.assignment.0["blocks"] else { panic!("an int") };
        assert!((1..=3).contains(&blocks));
        for (from, to) in &change.moved {
            let inside = |a: &Assignment, prefix: &str| -> Vec<(String, Value)> {
                let dotted = format!("{prefix}.");
                a.0.iter()
                    .filter_map(|(p, v)| p.strip_prefix(&dotted).map(|rest| (rest.to_owned(), v.clone())))
                    .collect()
            };
            assert_eq!(inside(&parent.assignment, from), inside(&child.assignment, to));
        }
        let mutant = mutate(&space, &parent, MutationRate::Each(1.0), true, &mut rng);
        let child = express(&space, &mutant.partial, &mut rng).expect("valid");
        assert_ne!(child.assignment, parent.assignment);
    }
}
