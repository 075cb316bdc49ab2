//! The whole numbers that the turns of a loop give, which mostly count evenly.

/// Whole numbers in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Numbers {
    /// `first`, `first + step`, and so on.
    Run { first: i64, step: i64, count: usize },
    /// Any.
    List(Vec<i64>),
}

impl Numbers {
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Run { count, .. } => *count,
            Self::List(list) => list.len(),
        }
    }

    pub(super) fn get(&self, at: usize) -> Option<i64> {
        match self {
            Self::Run { first, step, count } => {
                (at < *count).then(|| first + step * i64::try_from(at).unwrap_or(i64::MAX))
            }
            Self::List(list) => list.get(at).copied(),
        }
    }

    pub(super) fn first(&self) -> Option<i64> {
        self.get(0)
    }

    pub(super) fn last(&self) -> Option<i64> {
        self.get(self.count().checked_sub(1)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = i64> {
        (0..self.count()).filter_map(|at| self.get(at))
    }

    /// The distance from each to the next, if it is one; that of a single number is 0.
    pub(super) fn distance(&self) -> Option<i64> {
        match self {
            Self::Run { step, count, .. } => Some(if *count > 1 { *step } else { 0 }),
            Self::List(list) => {
                let mut distances = list.windows(2).map(|pair| pair[1].checked_sub(pair[0]));
                let first = distances.next().unwrap_or(Some(0));
                first.filter(|_| distances.all(|distance| distance == first))
            }
        }
    }

    /// The numbers that begin with `first` and go `slope` times as far; `None` if one is too large.
    pub(super) fn scaled(&self, slope: i64, first: i64) -> Option<Self> {
        let Some(origin) = self.first() else { return Some(Self::List(Vec::new())) };
        let far = |value: i64| first.checked_add(slope.checked_mul(value.checked_sub(origin)?)?);
        match self {
            Self::Run { step, count, .. } => {
                far(self.last()?)?;
                Some(Self::Run { first, step: slope.checked_mul(*step)?, count: *count })
            }
            Self::List(list) => list.iter().map(|&value| far(value)).collect::<Option<_>>().map(Self::List),
        }
    }

    /// Those that are wanted.
    pub(super) fn filtered(&self, wanted: impl FnMut(&i64) -> bool) -> Self {
        Self::List(self.iter().filter(wanted).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_the_lists_they_stand_for() {
        for (first, step, count) in [(0, 1, 5), (7, -3, 4), (2, 0, 3), (1, 2, 1), (4, 1, 0)] {
            let run = Numbers::Run { first, step, count };
            let list = Numbers::List(run.iter().collect());
            assert_eq!((run.count(), run.distance()), (list.count(), list.distance()));
            assert_eq!((run.first(), run.last(), run.get(2)), (list.first(), list.last(), list.get(2)));
            for slope in [0, 1, -4] {
                let (run, list) = (run.scaled(slope, 9), list.scaled(slope, 9));
                assert!(run.expect("small").iter().eq(list.expect("small").iter()), "{first} {step} {slope}");
            }
        }
    }

    #[test]
    fn numbers_that_are_too_large_are_none() {
        let run = Numbers::Run { first: 0, step: 1, count: 10 };
        assert_eq!(run.scaled(i64::MAX / 4, 0), None);
        assert_eq!(Numbers::List(vec![0, 9]).scaled(i64::MAX / 4, 0), None);
        assert_eq!(run.scaled(1, i64::MAX - 3), None);
    }

    #[test]
    fn numbers_that_are_not_even_have_no_distance() {
        assert_eq!(Numbers::List(vec![0, 1, 3]).distance(), None);
        assert_eq!(Numbers::List(vec![i64::MIN, i64::MAX]).distance(), None);
    }
}
