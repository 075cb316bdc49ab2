//! Layouts to begin with: a compact region, then annealing on how far apart those stand that meet.

use super::perfect::Layout;
use super::plan::Plan;
use crate::device::Coupling;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// A random compact region of the allowed qubits, the circuit's qubits on it in random order.
pub(super) fn region(n: usize, coupling: &Coupling, allowed: &[u32], rng: &mut ChaCha8Rng) -> Layout {
    let centre = allowed[rng.random_range(0..allowed.len())];
    let mut places = allowed.to_vec();
    places.sort_by_key(|&place| (coupling.distance(centre, place), place));
    places.truncate(n);
    for at in (1..places.len()).rev() {
        places.swap(at, rng.random_range(0..=at));
    }
    places
}

/// Moves qubits about until those that meet stand closer.
pub(super) fn anneal(layout: &mut Layout, plan: &Plan, coupling: &Coupling, steps: usize, rng: &mut ChaCha8Rng) {
    let n = layout.len();
    let partners = partners(plan, n);
    let mut at: Vec<u32> = vec![u32::MAX; coupling.len()];
    (0u32..).zip(layout.iter()).for_each(|(qubit, &place)| at[place as usize] = qubit);
    let mean = plan.tasks.len() as f64 / plan.pairs().len().max(1) as f64;
    let (hot, cold) = (1.5 * mean, 0.05 * mean);
    for step in 0..steps {
        let temperature = hot * (cold / hot).powf(step as f64 / steps as f64);
        let qubit = rng.random_range(0..n);
        let from = layout[qubit];
        let neighbours = coupling.neighbours(from);
        if neighbours.is_empty() {
            continue;
        }
        // Beside a partner, or one step on.
        let to = match partners[qubit].len() {
            0 => neighbours[rng.random_range(0..neighbours.len())],
            k => {
                let near = coupling.neighbours(layout[partners[qubit][rng.random_range(0..k)].0 as usize]);
                near[rng.random_range(0..near.len())]
            }
        };
        if to == from {
            continue;
        }
        let other = at[to as usize];
        let cost = |qubit: u32, place: u32| -> f64 {
            partners[qubit as usize]
                .iter()
                .filter(|partner| partner.0 != other)
                .map(|&(partner, weight)| weight * stretch(coupling.distance(place, layout[partner as usize])))
                .sum()
        };
        let me = u32::try_from(qubit).unwrap_or(u32::MAX);
        let mut change = cost(me, to) - cost(me, from);
        if other != u32::MAX {
            let mine = |partner: &&(u32, f64)| partner.0 != me;
            let sum = |place: u32| -> f64 {
                partners[other as usize]
                    .iter()
                    .filter(mine)
                    .map(|&(partner, weight)| weight * stretch(coupling.distance(place, layout[partner as usize])))
                    .sum()
            };
            change += sum(from) - sum(to);
        }
        if change <= 0.0 || rng.random::<f64>() < (-change / temperature).exp() {
            layout[qubit] = to;
            at[to as usize] = me;
            at[from as usize] = other;
            if other != u32::MAX {
                layout[other as usize] = from;
            }
        }
    }
}

/// Per qubit whom it meets and how often.
fn partners(plan: &Plan, n: usize) -> Vec<Vec<(u32, f64)>> {
    let mut partners: Vec<Vec<(u32, f64)>> = vec![Vec::new(); n];
    for ([a, b], times) in plan.pairs() {
        partners[a as usize].push((b, f64::from(times)));
        partners[b as usize].push((a, f64::from(times)));
    }
    partners
}

/// What a distance costs: nothing for neighbours, a little more than its swaps beyond.
fn stretch(distance: u16) -> f64 {
    let swaps = f64::from(distance.saturating_sub(1));
    swaps + 0.1 * swaps * swaps
}
