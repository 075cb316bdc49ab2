//! Variation of real values: simulated binary crossover and polynomial mutation, both bounded.
//!
//! On a logarithmic scale both work on logarithms, so that a factor is a distance.
//!
//! Sources: Deb, Agrawal, "Simulated binary crossover for continuous search space", Complex Systems 9, 1995; Deb, Goyal,
//! "A combined genetic adaptive search (GeneAS) for engineering design", 1996; bounded forms as in Deb's NSGA-II code.

use rand::{Rng, RngExt};

/// How near children stay to their parents: larger is nearer.
const CROSSOVER_INDEX: f64 = 15.0;
/// How near mutants stay to what they were: larger is nearer.
const MUTATION_INDEX: f64 = 20.0;

/// An interval on its own scale.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) log: bool,
}

impl Interval {
    fn scaled(self, value: f64) -> f64 {
        if self.log { value.ln() } else { value }
    }

    fn unscaled(self, value: f64) -> f64 {
        let value = if self.log { value.exp() } else { value };
        value.clamp(self.low, self.high.max(self.low))
    }

    /// Two children spread around two parents as one-point crossover spreads binary numbers.
    pub(super) fn cross(self, a: f64, b: f64, rng: &mut dyn Rng) -> (f64, f64) {
        let (low, high) = (self.scaled(self.low), self.scaled(self.high));
        let (a, b) = (self.scaled(a), self.scaled(b));
        let (left, right) = (a.min(b), a.max(b));
        let gap = right - left;
        let share: f64 = rng.random();
        let exchanged = rng.random_bool(0.5);
        if gap <= 1e-14 {
            return (self.unscaled(a), self.unscaled(b));
        }
        let spread = |room: f64| {
            let alpha = 2.0 - (1.0 + 2.0 * room / gap).powf(-(CROSSOVER_INDEX + 1.0));
            let base = if share <= 1.0 / alpha { share * alpha } else { 1.0 / (2.0 - share * alpha) };
            base.powf(1.0 / (CROSSOVER_INDEX + 1.0))
        };
        let middle = 0.5 * (left + right);
        let first = self.unscaled(middle - 0.5 * gap * spread(left - low));
        let second = self.unscaled(middle + 0.5 * gap * spread(high - right));
        if exchanged { (second, first) } else { (first, second) }
    }

    /// A neighbour, most likely near.
    pub(super) fn mutate(self, value: f64, rng: &mut dyn Rng) -> f64 {
        let (low, high) = (self.scaled(self.low), self.scaled(self.high));
        let x = self.scaled(value);
        let range = high - low;
        let share: f64 = rng.random();
        if range.partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
            return value;
        }
        let power = MUTATION_INDEX + 1.0;
        let step = if share < 0.5 {
            let rest = 1.0 - (x - low) / range;
            (2.0 * share + (1.0 - 2.0 * share) * rest.powf(power)).powf(1.0 / power) - 1.0
        } else {
            let rest = 1.0 - (high - x) / range;
            1.0 - (2.0 * (1.0 - share) + 2.0 * (share - 0.5) * rest.powf(power)).powf(1.0 / power)
        };
        self.unscaled(x + step * range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    proptest! {
        #[test]
        fn children_and_mutants_stay_inside(
            seed in any::<u64>(), low in 0.01_f64..1.0, width in 0.0_f64..9.0,
            a in 0.0_f64..=1.0, b in 0.0_f64..=1.0, log in any::<bool>(),
        ) {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let high = low + width;
            let interval = Interval { low, high, log };
            let (a, b) = (low + a * width, low + b * width);
            let (c, d) = interval.cross(a, b, &mut rng);
            for value in [c, d, interval.mutate(a, &mut rng)] {
                prop_assert!((low..=high).contains(&value), "{value} not in {low}..={high}");
            }
        }

        #[test]
        fn children_keep_the_middle_away_from_the_bounds(seed in any::<u64>()) {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let interval = Interval { low: -1e6, high: 1e6, log: false };
            let (c, d) = interval.cross(1.0, 3.0, &mut rng);
            prop_assert!((c + d - 4.0).abs() < 1e-9);
        }
    }
}
