//! One worker: an environment, its random numbers, and what it met since weights last changed.

use super::objective::softmax;
use crate::backends::Real;
use crate::driver::random::{below, stream};
use crate::environment::{Environment, Outcome, Spec};
use rand::Rng;
use rand::rngs::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// A player of episodes.
pub(super) struct Worker<T> {
    environment: Box<dyn Environment>,
    /// What lays out levels, and what draws actions: apart, so that levels do not depend on the policy.
    levels: ChaCha8Rng,
    actions: ChaCha8Rng,
    /// Where `levels` was when the running episode began, and the actions taken since.
    began: u128,
    taken: Vec<usize>,
    seen: Vec<u8>,
    /// Rewards of the running episode.
    pub(super) reward: f64,
    /// Does it wait for the weights to change?
    pub(super) waits: bool,
    /// What it met since.
    pub(super) met: Met<T>,
}

/// Where a worker is, between two changes of the weights.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct WorkerPlace {
    /// Positions in the streams of random numbers, upper half first.
    began: [u64; 2],
    taken: Vec<usize>,
    actions: [u64; 2],
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
            began: 0,
            taken: Vec::new(),
            seen: vec![0; spec.shape().observation.iter().product()],
            reward: 0.0,
            waits: false,
            met: Met::new(),
        };
        out.begin();
        out
    }

    fn begin(&mut self) {
        self.began = self.levels.get_word_pos();
        self.taken.clear();
        let levels = &mut self.levels;
        self.environment.reset(&mut |n| below(levels, n));
        self.reward = 0.0;
    }

    /// Where it is: an episode is its beginning and the actions taken since.
    pub(super) fn place(&self) -> WorkerPlace {
        let halves = |position: u128| [(position >> 64) as u64, position as u64];
        WorkerPlace {
            began: halves(self.began),
            taken: self.taken.clone(),
            actions: halves(self.actions.get_word_pos()),
        }
    }

    /// Goes to where a worker of the same environment and seed was.
    pub(super) fn go_to(&mut self, place: &WorkerPlace) {
        let whole = |[high, low]: [u64; 2]| (u128::from(high) << 64) | u128::from(low);
        self.levels.set_word_pos(whole(place.began));
        self.begin();
        for &action in &place.taken {
            self.reward += self.environment.step(action).reward;
        }
        self.taken.clone_from(&place.taken);
        self.actions.set_word_pos(whole(place.actions));
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
        self.taken.push(action);
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
