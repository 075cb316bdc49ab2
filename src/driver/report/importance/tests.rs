//! Shares against spaces whose effects are known, and against sums written out slowly.

use super::*;
use crate::driver::search::StrategyHeader;
use crate::hir::Assignment;
use proptest::prelude::*;
use rand::Rng;

fn header(objectives: &[&str]) -> Header {
    Header {
        format: 1,
        qnas: "0.1.0".into(),
        search: "s".into(),
        source: String::new(),
        seed: 0,
        strategy: StrategyHeader { name: "random".into(), options: Default::default() },
        objectives: objectives.iter().map(|name| (*name).to_owned()).collect(),
        data: BTreeMap::new(),
        settings: BTreeMap::new(),
    }
}

fn record(id: u64, choices: &[(&str, Value)], objectives: &[Option<f64>]) -> Record {
    let assignment = Assignment(choices.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect());
    let line = serde_json::json!({"id": id, "assignment": assignment, "seed": 0, "key": "", "objectives": objectives});
    serde_json::from_value(line).expect("a record")
}

/// A full factorial of a (3 values), b (2) and noise-free objectives.
fn factorial(f: impl Fn(i64, i64) -> f64) -> Vec<Record> {
    let mut all = Vec::new();
    for repeat in 0..4 {
        for a in 0..3 {
            for b in 0..2 {
                let choices = [("a", Value::Int(a)), ("b", Value::Bool(b == 1)), ("c", Value::Int(repeat))];
                all.push(record(all.len() as u64, &choices, &[Some(f(a, b))]));
            }
        }
    }
    all
}

#[test]
fn a_choice_that_decides_everything_has_everything() {
    let all = importance(&header(&["f"]), &factorial(|a, _| (a * a) as f64));
    let effects = &all[0].effects;
    assert_eq!((effects[0].path.as_str(), effects[0].count), ("a", 24));
    assert!((effects[0].share - 1.0).abs() < 1e-12 && effects[0].chance < CHANCE);
    let Level { value, count, mean } = &effects[0].levels[2];
    assert_eq!((value.as_str(), *count), ("2", 8));
    assert!((mean - 4.0).abs() < 1e-12, "{mean}");
    for other in &effects[1..] {
        assert!(other.share == 0.0 && other.chance > CHANCE, "{other:?}");
    }
}

#[test]
fn a_sum_of_effects_is_split_as_its_variances() {
    // Var(3a) = 9·2/3 and Var(2b) = 4/4 in a full factorial: shares 6/7 and 1/7, less what chance explains.
    let all = importance(&header(&["f"]), &factorial(|a, b| (3 * a + 2 * b) as f64));
    let share = |path: &str| all[0].effects.iter().find(|effect| effect.path == path).expect("there").share;
    let adjusted = |part: f64, k: f64| part - (k - 1.0) * (1.0 - part) / (24.0 - k);
    assert!((share("a") - adjusted(6.0 / 7.0, 3.0)).abs() < 1e-12);
    assert!((share("b") - adjusted(1.0 / 7.0, 2.0)).abs() < 1e-12);
}

#[test]
fn only_what_is_known_counts() {
    let mut all = factorial(|a, _| a as f64);
    let count = all.len();
    all[0].objectives = vec![None];
    all[1].failed = Some("broken".into());
    all[2].same_as = Some(0);
    all[3].assignment.0.remove("b");
    let found = importance(&header(&["f", "g"]), &all);
    assert_eq!(found[0].count, count - 3);
    let b = found[0].effects.iter().find(|effect| effect.path == "b").expect("there");
    assert_eq!(b.count, count - 4, "a choice is judged where it exists");
    assert!(found[1].effects.is_empty() && found[1].count == 0);
    assert!(importance(&header(&["f"]), &factorial(|_, _| 0.1))[0].effects.is_empty(), "nothing varies");
    assert!(importance(&header(&["f"]), &[])[0].effects.is_empty());
}

#[test]
fn real_choices_are_cut_into_groups() {
    let mut rng = stream(5, "test");
    let mut uniform = || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let all: Vec<Record> = (0..200)
        .map(|id| {
            let (x, noise) = (uniform(), uniform());
            record(id, &[("x", Value::Real(x)), ("z", Value::Real(noise))], &[Some(10.0 * (x - 0.5).powi(2))])
        })
        .collect();
    let effects = importance(&header(&["f"]), &all).remove(0).effects;
    assert_eq!(effects[0].path, "x");
    assert!(effects[0].share > 0.8 && effects[0].levels.len() == 8, "{:?}", effects[0]);
    assert!(effects[0].levels.iter().all(|level| level.count == 25), "{:?}", effects[0].levels);
    assert!(effects[1].share < 0.1);
}

proptest! {
    #[test]
    fn sums_of_squares_add_up(rows in prop::collection::vec((0_usize..4, -5.0_f64..5.0), 1..60)) {
        let (groups, ys): (Vec<usize>, Vec<f64>) = rows.iter().copied().unzip();
        let split = Split::of(&ys, &groups, 4);
        let mean = ys.iter().sum::<f64>() / ys.len() as f64;
        let total: f64 = ys.iter().map(|y| (y - mean).powi(2)).sum();
        let within: f64 = (0..4)
            .map(|group| {
                let members: Vec<f64> = rows.iter().filter(|row| row.0 == group).map(|row| row.1).collect();
                let centre = members.iter().sum::<f64>() / members.len().max(1) as f64;
                members.iter().map(|y| (y - centre).powi(2)).sum::<f64>()
            })
            .sum();
        prop_assert!((split.total - total).abs() < 1e-9);
        prop_assert!((split.between - (total - within)).abs() < 1e-9);
        prop_assert!((0.0..=1.0).contains(&split.share()) || total < 1e-12);
    }

    #[test]
    fn cuts_keep_order_and_equals_together(numbers in prop::collection::vec(-3_i32..30, 13..80)) {
        let numbers: Vec<f64> = numbers.into_iter().map(f64::from).collect();
        let (names, groups) = cut(&numbers);
        prop_assert_eq!(groups.len(), numbers.len());
        for (x, a) in numbers.iter().zip(&groups) {
            prop_assert!(*a < names.len());
            for (y, b) in numbers.iter().zip(&groups) {
                prop_assert!(x > y || a <= b);
            }
        }
    }
}
