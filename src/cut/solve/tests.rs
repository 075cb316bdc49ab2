//! The search against trying everything, and against the rings of published ansätze.

use super::exact::solve;
use super::problem::{cost, overhead};
use super::*;
use proptest::prelude::*;

/// A problem from steps given as `(wire, group)` pairs.
fn problem(n_wires: usize, budget: usize, steps: &[(Vec<(usize, usize)>, f64)]) -> Problem {
    let mut items: Vec<Item> = steps
        .iter()
        .map(|(meets, gamma)| Item {
            meets: meets.iter().map(|&(wire, group)| Meet { wire, group, last: false }).collect(),
            weight: cost(*gamma),
        })
        .collect();
    let mut seen = vec![false; n_wires];
    for meet in items.iter_mut().rev().flat_map(|item| &mut item.meets) {
        meet.last = !std::mem::replace(&mut seen[meet.wire], true);
    }
    Problem { n_wires, budget, wire_cut: cost(4.0), items }
}

/// Layers of `cx` between `i` and `i + range`, with rotations between them.
fn ring(n: usize, range: usize, layers: usize, budget: usize) -> Problem {
    let mut group = vec![0; n];
    let mut steps = Vec::new();
    for _ in 0..layers {
        for i in 0..n {
            let j = (i + range) % n;
            let (a, b) = (group[i] + 1, group[j] + 1);
            (group[i], group[j]) = (a, b);
            let mut meets = vec![(i, a), (j, b)];
            meets.sort_unstable();
            steps.push((meets, 3.0));
        }
    }
    problem(n, budget, &steps)
}

/// Every order within groups, every set of cut places, every set of cut gates.
fn by_trying(problem: &Problem) -> u64 {
    let mut wires: Vec<Vec<(usize, usize)>> = vec![Vec::new(); problem.n_wires];
    for (at, item) in problem.items.iter().enumerate() {
        item.meets.iter().for_each(|meet| wires[meet.wire].push((meet.group, at)));
    }
    wires.iter_mut().for_each(|list| list.sort_unstable());
    let mut best = u64::MAX;
    orders(problem, &mut wires, 0, 0, &mut best);
    best
}

fn orders(problem: &Problem, wires: &mut Vec<Vec<(usize, usize)>>, wire: usize, from: usize, best: &mut u64) {
    if wire == wires.len() {
        return tries(problem, wires, best);
    }
    if from == wires[wire].len() {
        return orders(problem, wires, wire + 1, 0, best);
    }
    for k in from..wires[wire].len() {
        if wires[wire][k].0 == wires[wire][from].0 {
            wires[wire].swap(from, k);
            orders(problem, wires, wire, from + 1, best);
            wires[wire].swap(from, k);
        }
    }
}

fn tries(problem: &Problem, wires: &[Vec<(usize, usize)>], best: &mut u64) {
    let places: Vec<(usize, usize)> =
        wires.iter().enumerate().flat_map(|(w, list)| (1..list.len()).map(move |k| (w, k))).collect();
    for cuts in 0..1u32 << places.len() {
        let wire_cost = u64::from(cuts.count_ones()) * problem.wire_cut;
        if wire_cost >= *best {
            continue;
        }
        let mut segment: Vec<std::collections::BTreeMap<usize, usize>> = vec![Default::default(); wires.len()];
        let mut count = 0;
        for (w, list) in wires.iter().enumerate() {
            for (k, (_, item)) in list.iter().enumerate() {
                let cut = places.iter().position(|place| *place == (w, k)).is_some_and(|at| cuts >> at & 1 == 1);
                count += usize::from(cut || k == 0);
                segment[w].insert(*item, count - 1);
            }
        }
        for gates in 0..1u32 << problem.items.len() {
            let mut parent: Vec<usize> = (0..count).collect();
            let mut sum = wire_cost;
            for (at, item) in problem.items.iter().enumerate() {
                if gates >> at & 1 == 1 {
                    sum = sum.saturating_add(if item.meets.len() == 2 { item.weight } else { NEVER });
                    continue;
                }
                for pair in item.meets.windows(2) {
                    let a = root(&parent, segment[pair[0].wire][&at]);
                    let b = root(&parent, segment[pair[1].wire][&at]);
                    parent[a.max(b)] = a.min(b);
                }
            }
            let mut sizes = vec![0; count];
            (0..count).for_each(|k| sizes[root(&parent, k)] += 1);
            if sizes.iter().all(|&size| size <= problem.budget) {
                *best = (*best).min(sum);
            }
        }
    }
}

#[test]
fn rings_of_published_ansätze_are_proved() {
    for range in 1..=2 {
        for n in 6..=12 {
            for budget in 4..=(n / 2).max(4) {
                for layers in 1..=4 {
                    let problem = ring(n, range, layers, budget);
                    let solved = divide(&problem, 100_000);
                    assert_eq!(solved.cost, solved.lower, "n {n} range {range} budget {budget} layers {layers}");
                    let division = solved.division.expect("there is one");
                    assert_eq!(division.cost(&problem), solved.cost);
                    assert!(division.is_ordered(&problem));
                    if n % 2 == 0 && range == 2 && n / 2 <= budget {
                        assert_eq!((solved.cost, overhead(solved.cost)), (0, 1.0));
                    }
                    if n == 12 && range == 1 && budget == 6 {
                        assert_eq!(solved.cost, 2 * layers as u64 * cost(3.0));
                    }
                }
            }
        }
    }
}

fn small() -> impl Strategy<Value = Problem> {
    let gate = (0usize..5, 1usize..5, 0u8..4, any::<bool>(), any::<bool>(), 0u8..12);
    (prop::collection::vec(gate, 0..6), 2usize..4).prop_map(|(gates, budget)| {
        let mut group = [0usize; 5];
        let steps: Vec<(Vec<(usize, usize)>, f64)> = gates
            .into_iter()
            .map(|(a, d, gamma, x, y, third)| {
                let b = (a + d) % 5;
                let mut all = vec![(a, x), (b, y)];
                if third == 0 {
                    all.push(((0..5).find(|w| *w != a && *w != b).unwrap(), x));
                }
                all.sort_unstable();
                let meets = all
                    .into_iter()
                    .map(|(wire, new)| {
                        group[wire] += usize::from(new);
                        (wire, group[wire])
                    })
                    .collect::<Vec<_>>();
                let gamma = if meets.len() > 2 { f64::INFINITY } else { [1.5, 3.0, 3.0, 7.0][usize::from(gamma)] };
                (meets, gamma)
            })
            .collect();
        problem(5, budget, &steps)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn the_search_finds_what_trying_everything_finds(problem in small()) {
        let best = by_trying(&problem);
        let proved = solve(&problem, NEVER, 1_000_000);
        if best >= NEVER {
            prop_assert!(proved.division.is_none());
        } else {
            let division = proved.division.expect("there is one");
            prop_assert_eq!(proved.lower, best);
            prop_assert_eq!(division.cost(&problem), best);
            prop_assert!(division.is_ordered(&problem));
        }
        let solved = divide(&problem, 1_000_000);
        prop_assert_eq!(solved.cost.min(NEVER), best.min(NEVER));
        prop_assert_eq!(solved.lower.min(NEVER), best.min(NEVER));
        if let Some(division) = solved.division {
            prop_assert_eq!(division.cost(&problem), best);
            prop_assert!(division.is_ordered(&problem));
        }
    }

    #[test]
    fn a_search_that_is_stopped_states_a_bound(nodes in 0u64..60, layers in 1usize..4, n in 8usize..13) {
        let problem = ring(n, 1, layers, 4);
        let (stopped, whole) = (divide(&problem, nodes), divide(&problem, 200_000));
        prop_assert_eq!(whole.cost, whole.lower);
        prop_assert!(stopped.lower <= whole.cost && whole.cost <= stopped.cost);
    }
}

#[test]
fn wide_circuits_get_a_division_that_fits() {
    let problem = ring(200, 1, 3, 20);
    let solved = divide(&problem, 1000);
    let division = solved.division.expect("there is one");
    assert_eq!(division.cost(&problem), solved.cost);
    // Contiguous blocks cut the ring in ten places, three gates deep.
    assert!(solved.cost <= 14 * 3 * cost(3.0), "{}", solved.cost / cost(3.0));
}
