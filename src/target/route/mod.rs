//! Layout and routing: where each qubit of a circuit stands on a device, and which swaps bring together those that meet.
//!
//! A perfect layout is looked for first, then a line or a ladder for those who all meet each other. Without one, seeded trials run in parallel: each
//! begins with a layout of its own, routes forward and backward to improve it, and weighs gates, time and what is ahead in its own way; the last of
//! them go on from the best layouts. The best result is kept, ties to the earlier trial, so that the outcome depends on the seed and the number of
//! trials alone.

mod exchange;
mod line;
mod perfect;
mod plan;
mod sabre;
mod start;

pub(super) use perfect::{Layout, perfect};
pub(super) use plan::Plan;
pub(super) use sabre::{Event, Routed};

use crate::device::Coupling;
use exchange::{Rail, exchange};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;
use sabre::{Weights, route};

/// A trial's outcome: where qubits stand at the beginning, and the steps.
pub(super) type Trial = (Layout, Routed);

/// Routes by several trials; the outcomes, best first, at most `kept`.
pub(super) fn trials(
    plan: &Plan,
    coupling: &Coupling,
    allowed: &[u32],
    (seed, count, kept): (u64, usize, usize),
) -> Vec<Trial> {
    let mut found = rails(plan, coupling, allowed, seed);
    // Where exchanging along a rail does it all, the search by distances finds nothing as good, and takes long.
    if found.is_empty() {
        let count = count.max(1);
        let again = count / AGAIN;
        let new = |number| trial(plan, coupling, allowed, seed, number);
        found = (0..count - again).into_par_iter().map(new).collect();
        sort(&mut found);
        let best: Vec<Layout> = found.iter().take(2).map(|(layout, _)| layout.clone()).collect();
        found.par_extend((count - again..count).into_par_iter().map(|number| {
            let mut rng = generator(seed, number);
            let weights = weights(number, &mut rng);
            settled(best[number % best.len()].clone(), plan, coupling, weights, &mut rng)
        }));
    }
    sort(&mut found);
    found.truncate(kept.max(1));
    found
}

/// One in so many trials goes on from the layouts of the best two.
const AGAIN: usize = 4;

/// Best first; of equals the earlier trial.
fn sort(found: &mut [Trial]) {
    found.sort_by_key(|(_, routed)| score(routed));
}

/// Less is better.
fn score(routed: &Routed) -> i64 {
    routed.gates * 4 + routed.time
}

fn generator(seed: u64, number: usize) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// The steps of a circuit that needs no swap.
pub(super) fn straight(plan: &Plan, layout: Layout, coupling: &Coupling) -> Trial {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let routed = route(plan, coupling, &layout, weights(0, &mut rng), false, &mut rng);
    (layout, routed)
}

/// Trials that exchange along a line or a ladder, where nearly all meet all and that is enough.
fn rails(plan: &Plan, coupling: &Coupling, allowed: &[u32], seed: u64) -> Vec<Trial> {
    let n = plan.n_qubits();
    if !line::is_dense(plan) {
        return Vec::new();
    }
    let line = line::line(n, coupling, allowed).map(Rail::Line);
    let ladder = line::ladder(n.div_ceil(2), coupling, allowed).map(Rail::Ladder);
    let rails: Vec<Rail> = line.into_iter().chain(ladder).collect();
    let one = |rail: Rail| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let weights = weights(0, &mut rng);
        exchange(plan, coupling, &rail, weights, &mut rng)
    };
    rails.into_par_iter().filter_map(one).collect()
}

fn trial(plan: &Plan, coupling: &Coupling, allowed: &[u32], seed: u64, number: usize) -> Trial {
    let mut rng = generator(seed, number);
    let weights = weights(number, &mut rng);
    let mut layout = start::region(plan.n_qubits(), coupling, allowed, &mut rng);
    if number % 4 != 3 {
        start::anneal(&mut layout, plan, coupling, 60 * plan.n_qubits(), &mut rng);
    }
    settled(layout, plan, coupling, weights, &mut rng)
}

/// Routes from a layout, then back and forth while that helps.
fn settled(layout: Layout, plan: &Plan, coupling: &Coupling, weights: Weights, rng: &mut ChaCha8Rng) -> Trial {
    let routed = route(plan, coupling, &layout, weights, false, rng);
    let mut best = (layout, routed);
    for _ in 0..ROUNDS {
        let back = route(plan, coupling, &best.1.layout, weights, true, rng);
        let forth = route(plan, coupling, &back.layout, weights, false, rng);
        if score(&forth) >= score(&best.1) {
            break;
        }
        best = (back.layout, forth);
    }
    best
}

/// Most rounds back and forth; they end early where they gain nothing.
const ROUNDS: usize = 4;

/// How a trial weighs: the first as found best on ansatzes of 12 to 24 qubits, the others around it.
fn weights(number: usize, rng: &mut ChaCha8Rng) -> Weights {
    let mut pick = |values: [f64; 4]| if number == 0 { values[0] } else { values[rng.random_range(0..4)] };
    Weights {
        ahead: pick([0.3, 0.15, 0.5, 0.8]),
        window: pick([20.0, 12.0, 30.0, 50.0]) as usize,
        gates: pick([0.2, 0.05, 0.4, 0.7]),
        time: pick([0.0, 0.02, 0.05, 0.1]),
        bend: if number % 8 == 5 { 0.7 } else { 1.0 },
    }
}
