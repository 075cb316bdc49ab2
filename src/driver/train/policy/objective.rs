//! What a policy is trained by: returns of steps, and the actor-critic loss with its gradient.

use crate::backends::Real;
use std::ops::Range;

/// Where the numbers of a policy stand in a row of a model's outputs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Places {
    /// A number per action: logits.
    pub(super) policy: Range<usize>,
    /// What the state is worth.
    pub(super) value: Option<usize>,
}

/// Weights of the parts of the loss.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Shares {
    /// Of the entropy of actions.
    pub(super) entropy: f64,
    /// Of the squared error of values.
    pub(super) value: f64,
}

/// Probabilities and their logarithms, of logits; exact to rounding however large these are.
pub(super) fn softmax<T: Real>(logits: &[T], probabilities: &mut Vec<f64>, logarithms: &mut Vec<f64>) {
    let largest = logits.iter().map(|x| x.wide()).fold(f64::NEG_INFINITY, f64::max);
    logarithms.clear();
    logarithms.extend(logits.iter().map(|x| x.wide() - largest));
    let sum = logarithms.iter().map(|x| x.exp()).sum::<f64>().ln();
    logarithms.iter_mut().for_each(|x| *x -= sum);
    probabilities.clear();
    probabilities.extend(logarithms.iter().map(|x| x.exp()));
}

/// Returns of the steps of one worker, last to first: `rewards` with whether the episode ended there, and what the state after the
/// last is worth.
pub(super) fn returns(steps: &[(f64, bool)], after: f64, gamma: f64) -> Vec<f64> {
    let mut value = after;
    let mut out: Vec<f64> = steps
        .iter()
        .rev()
        .map(|&(reward, last)| {
            value = reward + if last { 0.0 } else { gamma * value };
            value
        })
        .collect();
    out.reverse();
    out
}

/// The mean over steps of `-(R - V) ln π(a) - entropy H(π) + value (R - V)²`, the first `R - V` a number; sets `gradient` to its
/// derivative with respect to `outputs`.
pub(super) fn actor_critic<T: Real>(
    outputs: &[T],
    (places, width): (&Places, usize),
    (actions, returns): (&[usize], &[f64]),
    shares: Shares,
    gradient: &mut [T],
) -> f64 {
    let share = 1.0 / actions.len().max(1) as f64;
    let (mut probabilities, mut logarithms) = (Vec::new(), Vec::new());
    let mut total = 0.0;
    gradient.fill(T::zero());
    let rows = outputs.chunks_exact(width).zip(gradient.chunks_exact_mut(width));
    for ((row, gradient), (&action, &wanted)) in rows.zip(actions.iter().zip(returns)) {
        softmax(&row[places.policy.clone()], &mut probabilities, &mut logarithms);
        let entropy: f64 = -probabilities.iter().zip(&logarithms).map(|(p, l)| p * l).sum::<f64>();
        let missed = wanted - places.value.map_or(0.0, |at| row[at].wide());
        total -= missed * logarithms[action] + shares.entropy * entropy;
        let slots = gradient[places.policy.clone()].iter_mut().enumerate();
        for (at, slot) in slots {
            let (p, taken) = (probabilities[at], f64::from(u8::from(at == action)));
            // d ln π(a) = [a] - p; dH = -p (ln p + H).
            let d = -missed * (taken - p) + shares.entropy * p * (logarithms[at] + entropy);
            *slot = T::of(share * d);
        }
        if let Some(at) = places.value {
            total += shares.value * missed * missed;
            gradient[at] = T::of(-2.0 * share * shares.value * missed);
        }
    }
    total * share
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn returns_end_with_episodes_and_go_on_without() {
        let steps = [(0.0, false), (1.0, true), (0.0, false), (0.0, false)];
        assert_eq!(returns(&steps, 8.0, 0.5), [0.5, 1.0, 2.0, 4.0]);
        assert_eq!(returns(&[], 8.0, 0.5), [0.0; 0]);
        assert_eq!(returns(&[(0.25, true)], f64::NAN, 0.5), [0.25], "what comes after an end does not count");
    }

    #[test]
    fn large_logits_are_no_trouble() {
        let (mut p, mut l) = (Vec::new(), Vec::new());
        softmax(&[1e4f64, 0.0, -1e4], &mut p, &mut l);
        assert_eq!((p, l), (vec![1.0, 0.0, 0.0], vec![0.0, -1e4, -2e4]));
    }

    proptest! {
        /// Against the loss as it is written down, its first factor held fixed, by central differences.
        #[test]
        fn the_gradient_is_that_of_the_loss(
            outputs in prop::collection::vec(-3.0f64..3.0, 4 * 5),
            actions in prop::collection::vec(0usize..4, 4),
            wanted in prop::collection::vec(-2.0f64..2.0, 4),
            (entropy, value) in (0.0f64..1.0, 0.0f64..2.0),
            valued in any::<bool>(),
        ) {
            let places = Places { policy: 0..4, value: valued.then_some(4) };
            let shares = Shares { entropy, value };
            let held: Vec<f64> = (0..4).map(|row| wanted[row] - if valued { outputs[row * 5 + 4] } else { 0.0 }).collect();
            let loss = |outputs: &[f64]| -> f64 {
                let of = |row: usize| {
                    let x = &outputs[row * 5..row * 5 + 4];
                    let sum: f64 = x.iter().map(|x| x.exp()).sum();
                    let p = |at: usize| x[at].exp() / sum;
                    let entropy_of: f64 = (0..4).map(|at| -p(at) * p(at).ln()).sum();
                    let error = wanted[row] - outputs[row * 5 + 4];
                    let critic = if valued { value * error * error } else { 0.0 };
                    -held[row] * p(actions[row]).ln() - entropy * entropy_of + critic
                };
                (0..4).map(of).sum::<f64>() / 4.0
            };
            let mut gradient = vec![f64::NAN; outputs.len()];
            let found = actor_critic(&outputs, (&places, 5), (&actions, &wanted), shares, &mut gradient);
            prop_assert!((found - loss(&outputs)).abs() < 1e-10);
            for at in 0..outputs.len() {
                let moved = |by: f64| {
                    let mut moved = outputs.clone();
                    moved[at] += by;
                    loss(&moved)
                };
                let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                prop_assert!((gradient[at] - slope).abs() < 1e-7, "{at}: {} {slope}", gradient[at]);
            }
        }
    }
}
