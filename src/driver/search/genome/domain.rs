//! Drawing from a domain: uniformly, or uniformly among the other values.

use crate::driver::random::below;
use crate::hir::{Domain, Value};
use rand::{Rng, RngExt};

/// Is this a value of the domain?
#[must_use]
pub fn contains(domain: &Domain, value: &Value) -> bool {
    match (domain, value) {
        (Domain::Ints { .. }, Value::Int(_)) => position(domain, value).is_some(),
        (Domain::Values(values), value) => values.contains(value),
        (Domain::Real { low, high, .. }, Value::Real(value)) => low <= value && value <= high,
        (Domain::Subset { of, min, max, ordered }, Value::Subset(positions)) => {
            let n = positions.len() as u64;
            let in_range = positions.iter().all(|position| position < of);
            let distinct = if *ordered {
                (1..positions.len()).all(|at| !positions[..at].contains(&positions[at]))
            } else {
                positions.windows(2).all(|pair| pair[0] < pair[1])
            };
            in_range && distinct && u64::from(*min) <= n && n <= u64::from(*max)
        }
        _ => false,
    }
}

/// The position of an int in its range.
fn position(domain: &Domain, value: &Value) -> Option<u64> {
    let (Domain::Ints { start, step, count }, Value::Int(value)) = (domain, value) else { return None };
    let (distance, step) = (i128::from(*value) - i128::from(*start), i128::from(*step));
    if step == 0 || distance % step != 0 {
        return None;
    }
    u64::try_from(distance / step).ok().filter(|at| at < count)
}

fn int_at(start: i64, step: i64, at: u64) -> Value {
    let value = i128::from(start) + i128::from(step) * i128::from(at);
    Value::Int(i64::try_from(value).unwrap_or(start))
}

/// A number below `n`; 0 if there is none.
fn below_u64(rng: &mut dyn Rng, n: u64) -> u64 {
    below(rng, usize::try_from(n).unwrap_or(usize::MAX).max(1)) as u64
}

/// A value of the domain, uniformly; reals uniformly on their scale, subsets uniformly over all of them.
pub fn draw(domain: &Domain, rng: &mut dyn Rng) -> Value {
    match domain {
        Domain::Ints { start, step, count } => int_at(*start, *step, below_u64(rng, *count)),
        Domain::Values(values) => match values.len() {
            0 => Value::Int(0),
            n => values[below(rng, n)].clone(),
        },
        Domain::Real { low, high, log } => Value::Real(draw_real(*low, *high, *log, rng)),
        Domain::Subset { of, min, max, ordered } => {
            let size = draw_size(*of, *min, *max, *ordered, rng);
            Value::Subset(draw_subset(*of, size, *ordered, rng))
        }
    }
}

fn draw_real(low: f64, high: f64, log: bool, rng: &mut dyn Rng) -> f64 {
    let share: f64 = rng.random();
    let value = if log { (low.ln() + share * (high.ln() - low.ln())).exp() } else { low + share * (high - low) };
    value.clamp(low, high.max(low))
}

/// The size of a uniformly drawn subset: sizes weigh as many subsets as they have.
fn draw_size(of: u32, min: u32, max: u32, ordered: bool, rng: &mut dyn Rng) -> u32 {
    let (min, max) = (min.min(of), max.min(of).max(min.min(of)));
    // Logarithms of the numbers of subsets, since the numbers themselves overflow.
    let mut logs = vec![0.0_f64];
    for size in min + 1..=max {
        let ratio = f64::from(of - size + 1) / if ordered { 1.0 } else { f64::from(size) };
        logs.push(logs[logs.len() - 1] + ratio.ln());
    }
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| (log - top).exp()).collect();
    let mut left = rng.random::<f64>() * weights.iter().sum::<f64>();
    for (size, weight) in (min..).zip(&weights) {
        left -= weight;
        if left < 0.0 {
            return size;
        }
    }
    max
}

/// `size` distinct positions below `of`: the first turns of a Fisher-Yates shuffle.
fn draw_subset(of: u32, size: u32, ordered: bool, rng: &mut dyn Rng) -> Vec<u32> {
    let mut positions: Vec<u32> = (0..of).collect();
    let size = size.min(of) as usize;
    for at in 0..size {
        let other = at + below(rng, positions.len() - at);
        positions.swap(at, other);
    }
    positions.truncate(size);
    if !ordered {
        positions.sort_unstable();
    }
    positions
}

/// A value of the domain other than `value`, uniformly among them; subsets change by one element or, half of the time,
/// altogether. The value itself only if there is no other.
pub fn draw_other(domain: &Domain, value: &Value, rng: &mut dyn Rng) -> Value {
    match domain {
        Domain::Ints { start, step, count } => match position(domain, value) {
            Some(_) if *count <= 1 => value.clone(),
            Some(at) => {
                let other = below_u64(rng, count - 1);
                int_at(*start, *step, other + u64::from(other >= at))
            }
            None => draw(domain, rng),
        },
        Domain::Values(values) => {
            let others: Vec<&Value> = values.iter().filter(|other| *other != value).collect();
            if others.is_empty() { value.clone() } else { others[below(rng, others.len())].clone() }
        }
        Domain::Real { .. } => draw(domain, rng),
        Domain::Subset { of, min, max, ordered } => {
            let redrawn = |rng: &mut dyn Rng| {
                (0..16).map(|_| draw(domain, rng)).find(|other| other != value).unwrap_or_else(|| value.clone())
            };
            match value {
                Value::Subset(positions) if contains(domain, value) && rng.random_bool(0.5) => {
                    match neighbour(positions, *of, (*min, *max), *ordered, rng) {
                        Some(positions) => Value::Subset(positions),
                        None => redrawn(rng),
                    }
                }
                _ => redrawn(rng),
            }
        }
    }
}

/// A subset that differs in one element: one more, one less, one replaced, or two exchanged where order matters.
fn neighbour(positions: &[u32], of: u32, sizes: (u32, u32), ordered: bool, rng: &mut dyn Rng) -> Option<Vec<u32>> {
    let n = positions.len();
    let outside: Vec<u32> = (0..of).filter(|position| !positions.contains(position)).collect();
    let mut moves = Vec::new();
    if (n as u64) < u64::from(sizes.1) && !outside.is_empty() {
        moves.push('+');
    }
    if n as u64 > u64::from(sizes.0) {
        moves.push('-');
    }
    if n > 0 && !outside.is_empty() {
        moves.push('/');
    }
    if ordered && n > 1 {
        moves.push('x');
    }
    if moves.is_empty() {
        return None;
    }
    let mut changed = positions.to_vec();
    let from_outside = |rng: &mut dyn Rng| outside[below(rng, outside.len())];
    match moves[below(rng, moves.len())] {
        '+' => changed.insert(below(rng, n + 1), from_outside(rng)),
        '-' => drop(changed.remove(below(rng, n))),
        '/' => changed[below(rng, n)] = from_outside(rng),
        _ => {
            let first = below(rng, n - 1);
            changed.swap(first, first + 1 + below(rng, n - first - 1));
        }
    }
    if !ordered {
        changed.sort_unstable();
    }
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;
    use std::collections::BTreeMap;

    fn domains() -> impl Strategy<Value = Domain> {
        prop_oneof![
            (-9_i64..9, prop_oneof![-3_i64..=-1, 1_i64..=3], 1_u64..9).prop_map(|(start, step, count)| Domain::Ints {
                start,
                step,
                count
            }),
            (1_usize..5).prop_map(|n| Domain::Values((0..n).map(|k| Value::Name(k.to_string())).collect())),
            (0.1_f64..1.0, 1.0_f64..9.0, any::<bool>()).prop_map(|(low, high, log)| Domain::Real { low, high, log }),
            (0_u32..6, 0_u32..6, 0_u32..6, any::<bool>()).prop_map(|(a, b, of, ordered)| {
                let (a, b) = (a.min(of), b.min(of));
                Domain::Subset { of, min: a.min(b), max: a.max(b), ordered }
            }),
        ]
    }

    proptest! {
        #[test]
        fn draws_stay_inside(domain in domains(), seed in any::<u64>()) {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            for _ in 0..20 {
                let value = draw(&domain, &mut rng);
                prop_assert!(contains(&domain, &value), "{value:?} of {domain:?}");
                let other = draw_other(&domain, &value, &mut rng);
                prop_assert!(contains(&domain, &other), "{other:?} of {domain:?}");
            }
        }

        #[test]
        fn another_value_is_another(seed in any::<u64>(), step in -3_i64..0, count in 2_u64..9) {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let domain = Domain::Ints { start: 4, step, count };
            let value = draw(&domain, &mut rng);
            prop_assert_ne!(draw_other(&domain, &value, &mut rng), value);
        }
    }

    #[test]
    fn subsets_are_drawn_uniformly() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for (ordered, kinds) in [(false, 11), (true, 17)] {
            let domain = Domain::Subset { of: 4, min: 0, max: 2, ordered };
            let mut counts: BTreeMap<String, f64> = BTreeMap::new();
            let draws = 17_000.0;
            for _ in 0..17_000 {
                *counts.entry(draw(&domain, &mut rng).to_string()).or_default() += 1.0;
            }
            assert_eq!(counts.len(), kinds);
            let expected = draws / kinds as f64;
            let chi: f64 = counts.values().map(|count| (count - expected) * (count - expected) / expected).sum();
            assert!(chi < 45.0, "chi-square {chi} with {} degrees of freedom", kinds - 1);
        }
    }
}
