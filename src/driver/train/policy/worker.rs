//! One worker: an environment, its random numbers, and what it met since weights last changed.

use super::objective::softmax;
use crate::backends::Real;
use crate::driver::random::{below, stream};
use crate::environment::{Environment, Outcome, Spec};
use rand::Rng;
use rand::rngs::ChaCha8Rng;

/// A player of episodes.
pub(super) struct Worker<T> {
    environment: Box<dyn Environment>,
    /// What lays out levels, and what draws actions: apart, so that levels do not depend on the policy.
    levels: ChaCha8Rng,
    actions: ChaCha8Rng,
    seen: Vec<u8>,
    /// Rewards of the running episode.
    pub(super) reward: f64,
    /// Does it wait for the weights to change?
    pub(super) waits: bool,
    /// What it met since.
    pub(super) met: Met<T>,
}

/// Steps in order.
pub(super) struct Met<T> {
    /// Observations before the steps, one after another.
    pub(super) observations: Vec<T>,
    /// Actions taken.
    pub(super) actions: Vec<usize>,
    /// Rewards, and whether the episode ended there.
    pub(super) ends: Vec<(f64, bool)>,
}

impl<T: Real> Met<T> {
    fn new() -> Self {
        Self { observations: Vec::new(), actions: Vec::new(), ends: Vec::new() }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.observations.clear();
        self.actions.clear();
        self.ends.clear();
    }
}

impl<T: Real> Worker<T> {
    /// A worker at the beginning of its first episode; `purpose` names its random numbers.
    pub(super) fn new(spec: &Spec, seed: u64, purpose: &str) -> Self {
        let mut out = Self {
            environment: spec.make(),
            levels: stream(seed, &format!("{purpose}/levels")),
            actions: stream(seed, &format!("{purpose}/actions")),
            seen: vec![0; spec.shape().observation.iter().product()],
            reward: 0.0,
            waits: false,
            met: Met::new(),
        };
        out.begin();
        out
    }

    fn begin(&mut self) {
        let levels = &mut self.levels;
        self.environment.reset(&mut |n| below(levels, n));
        self.reward = 0.0;
    }

    /// Adds what it sees to a batch.
    pub(super) fn look(&mut self, batch: &mut Vec<T>) {
        self.environment.observe(&mut self.seen);
        batch.extend(self.seen.iter().map(|&number| T::of(f64::from(number))));
    }

    /// Draws an action by its logits and takes it; the rewards of the episode, if that ends it. A new one has begun then.
    pub(super) fn act(&mut self, logits: &[T], room: &mut [Vec<f64>; 2]) -> Option<f64> {
        let [probabilities, logarithms] = room;
        softmax(logits, probabilities, logarithms);
        let action = draw(&mut self.actions, probabilities);
        let outcome: Outcome = self.environment.step(action);
        self.met.observations.extend(self.seen.iter().map(|&number| T::of(f64::from(number))));
        self.met.actions.push(action);
        self.met.ends.push((outcome.reward, outcome.is_last()));
        self.reward += outcome.reward;
        outcome.is_last().then(|| {
            let reward = self.reward;
            self.begin();
            reward
        })
    }
}

/// A position by its probability.
fn draw(rng: &mut dyn Rng, probabilities: &[f64]) -> usize {
    let mut left = (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    for (at, p) in probabilities.iter().enumerate() {
        left -= p;
        if left < 0.0 {
            return at;
        }
    }
    // Rounding may leave a little; the last with any probability takes it.
    probabilities.iter().rposition(|p| *p > 0.0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_drawn_by_their_probabilities() {
        let mut rng = stream(3, "test");
        let mut seen = [0usize; 4];
        for _ in 0..20_000 {
            seen[draw(&mut rng, &[0.1, 0.0, 0.6, 0.3])] += 1;
        }
        assert_eq!(seen[1], 0);
        for (seen, p) in seen.iter().zip([0.1, 0.0, 0.6, 0.3]) {
            // Five standard deviations.
            assert!((*seen as f64 - 20_000.0 * p).abs() <= 5.0 * (20_000.0 * p * (1.0 - p)).sqrt(), "{seen} {p}");
        }
        assert_eq!(draw(&mut rng, &[0.0, 0.0, 0.0]), 0);
    }
}
