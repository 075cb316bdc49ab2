//! Dealing rows out to parts: at random by a seed, with every class in its share.

use super::errors::BAD_SPLIT;
use super::{Part, Split};
use crate::diag::Diagnostic;
use crate::driver::random::{shuffle, stream};
use rand::Rng;

/// Rows of the three parts, each ascending.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Parts {
    pub train: Vec<u32>,
    pub validation: Vec<u32>,
    pub test: Vec<u32>,
}

/// Sizes asked for; `None` where nothing was.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Sizes {
    pub train: Option<Part>,
    pub validation: Option<Part>,
    /// `Some(Count(0))` where the test rows come from elsewhere.
    pub test: Option<Part>,
}

/// Shares of parts nobody asked for: 60 % train, 20 % choose, 20 % report.
const DEFAULT_SHARE: f64 = 0.2;

impl Sizes {
    /// Numbers of rows (train, validation, test) out of `rows`.
    ///
    /// A missing training part takes what the others leave, and they take a fifth each if missing too. Next to a given
    /// training part, missing parts share the rest equally.
    ///
    /// # Errors
    /// `QN0923` if the parts need more rows than there are or the training part is empty.
    pub(super) fn resolve(self, rows: usize) -> Result<[usize; 3], Diagnostic> {
        // Fractions are rounded where they end, one after another, so that parts of a whole never need a row too many.
        let mut share = 0.0;
        let given = [self.train, self.validation, self.test].map(|part| {
            part.map(|part| match part {
                Part::Count(count) => count,
                Part::Fraction(fraction) => {
                    let start = Part::Fraction(share).of(rows);
                    share += fraction;
                    Part::Fraction(share).of(rows) - start
                }
            })
        });
        let asked: usize = given.iter().flatten().fold(0, |sum, &count| sum.saturating_add(count));
        if asked > rows {
            let message = format!("the split asks for {asked} rows, there are {rows}");
            return Err(Diagnostic::global(&BAD_SPLIT, message).help("make `train`, `validation` or `test` smaller"));
        }
        let rest = rows - asked;
        let missing = usize::from(given[1].is_none()) + usize::from(given[2].is_none());
        let [train, validation, test] = given;
        let sizes = if let Some(train) = train {
            let share = rest.checked_div(missing).unwrap_or(0);
            let odd = rest - share * missing;
            let validation_share = if missing == 0 { 0 } else { share + odd };
            [train, validation.unwrap_or(validation_share), test.unwrap_or(share)]
        } else {
            let fifth = Part::Fraction(DEFAULT_SHARE).of(rows);
            let validation_share = if validation.is_none() { fifth.min(rest) } else { 0 };
            let (validation, test) =
                (validation.unwrap_or(validation_share), test.unwrap_or(fifth.min(rest - validation_share)));
            [rows.saturating_sub(validation + test), validation, test]
        };
        if sizes[0] == 0 {
            let message = format!("the split leaves none of {rows} rows to train on");
            return Err(Diagnostic::global(&BAD_SPLIT, message).help("write for instance `train: 0.6`"));
        }
        Ok(sizes)
    }
}

/// Takes `sizes` (whose sum is at most `pool.len()`) rows out of `pool` for each part; `class(row)` is the stratum.
pub(super) fn deal(
    pool: &[u32],
    sizes: &[usize],
    how: Split,
    seed: u64,
    purpose: &str,
    class: impl Fn(u32) -> u32,
) -> Vec<Vec<u32>> {
    let mut rng = stream(seed, purpose);
    let mut strata = match how {
        Split::InOrder => {
            let mut rest = pool.to_vec();
            return sizes.iter().map(|&size| rest.drain(..size.min(rest.len())).collect()).collect();
        }
        Split::Random => vec![pool.to_vec()],
        Split::Stratified => strata(pool, class),
    };
    for stratum in &mut strata {
        shuffle(&mut rng, stratum);
    }
    sizes.iter().map(|&size| take(&mut strata, size, &mut rng)).collect()
}

/// Rows by class, classes ascending, rows in the order of the pool.
fn strata(pool: &[u32], class: impl Fn(u32) -> u32) -> Vec<Vec<u32>> {
    let mut strata = std::collections::BTreeMap::<u32, Vec<u32>>::new();
    for &row in pool {
        strata.entry(class(row)).or_default().push(row);
    }
    strata.into_values().collect()
}

/// Takes `size` rows off the ends of the strata in proportion to what they hold. Whole rows first, then one more for
/// the largest remainders; equal remainders draw lots, so that no class is always rounded up.
fn take(strata: &mut [Vec<u32>], size: usize, rng: &mut dyn Rng) -> Vec<u32> {
    let total: usize = strata.iter().map(Vec::len).sum();
    if total == 0 {
        return Vec::new();
    }
    let mut quotas: Vec<usize> = strata.iter().map(|stratum| size * stratum.len() / total).collect();
    let mut order: Vec<usize> = (0..strata.len()).collect();
    shuffle(rng, &mut order);
    order.sort_by_key(|&at| std::cmp::Reverse(size * strata[at].len() % total));
    let short = size - quotas.iter().sum::<usize>();
    order.iter().take(short).for_each(|&at| quotas[at] += 1);
    let mut rows: Vec<u32> =
        strata.iter_mut().zip(quotas).flat_map(|(s, quota)| s.split_off(s.len() - quota)).collect();
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sizes(train: Option<Part>, validation: Option<Part>, test: Option<Part>, rows: usize) -> [usize; 3] {
        Sizes { train, validation, test }.resolve(rows).unwrap()
    }

    #[test]
    fn what_is_missing_is_shared() {
        use Part::{Count, Fraction};
        assert_eq!(sizes(None, None, None, 150), [90, 30, 30]);
        assert_eq!(sizes(Some(Fraction(0.6)), Some(Fraction(0.2)), Some(Fraction(0.2)), 150), [90, 30, 30]);
        assert_eq!(sizes(Some(Fraction(0.8)), None, None, 150), [120, 15, 15]);
        assert_eq!(sizes(Some(Count(100)), None, Some(Count(10)), 150), [100, 40, 10]);
        assert_eq!(sizes(Some(Count(50)), Some(Count(50)), Some(Count(0)), 150), [50, 50, 0], "the rest is left out");
        assert_eq!(sizes(None, Some(Count(10)), None, 150), [110, 10, 30]);
        assert_eq!(sizes(None, Some(Count(100)), None, 151), [21, 100, 30]);
    }

    #[test]
    fn what_cannot_be_is_an_error() {
        use Part::{Count, Fraction};
        let error =
            |train, validation, test| Sizes { train, validation, test }.resolve(150).unwrap_err().code.meta.code;
        assert_eq!(error(Some(Fraction(0.8)), Some(Fraction(0.3)), None), "QN0923");
        assert_eq!(error(Some(Count(usize::MAX)), Some(Count(2)), None), "QN0923");
        assert_eq!(error(Some(Count(0)), None, None), "QN0923");
        assert_eq!(error(None, Some(Count(150)), None), "QN0923");
    }

    proptest! {
        #[test]
        fn fractions_of_one_always_fit(rows in 3usize..2000, cut in 0.1f64..0.8) {
            let rest = (1.0 - cut) / 2.0;
            let sizes = Sizes {
                train: Some(Part::Fraction(cut)),
                validation: Some(Part::Fraction(rest)),
                test: Some(Part::Fraction(rest)),
            };
            if let Ok(sizes) = sizes.resolve(rows) {
                prop_assert!(sizes.iter().sum::<usize>() <= rows && sizes.iter().sum::<usize>() + 2 >= rows);
            } else {
                prop_assert!(cut * (rows as f64) < 1.0);
            }
        }

        #[test]
        fn parts_are_disjoint_sized_and_fair(
            labels in prop::collection::vec(0u32..4, 4..200),
            shares in (1usize..50, 1usize..50, 1usize..50),
            seed in 0u64..1000,
        ) {
            let n = labels.len();
            let total = shares.0 + shares.1 + shares.2;
            let sizes = [shares.0 * n / total, shares.1 * n / total, shares.2 * n / total];
            let pool: Vec<u32> = (0..n as u32).collect();
            for how in [Split::Stratified, Split::Random, Split::InOrder] {
                let parts = deal(&pool, &sizes, how, seed, "test", |row| labels[row as usize]);
                let mut all: Vec<u32> = parts.concat();
                prop_assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), sizes.to_vec());
                all.sort_unstable();
                all.dedup();
                prop_assert_eq!(all.len(), sizes.iter().sum::<usize>());
                prop_assert_eq!(&parts, &deal(&pool, &sizes, how, seed, "test", |row| labels[row as usize]));
                if how != Split::Stratified { continue; }
                for class in 0..4 {
                    let count = |rows: &[u32]| rows.iter().filter(|row| labels[**row as usize] == class).count() as f64;
                    // The first part is within one row of its exact share; later ones inherit at most one row of error each.
                    for (at, part) in parts.iter().enumerate() {
                        let exact = count(&pool) * part.len() as f64 / n as f64;
                        prop_assert!((count(part) - exact).abs() < 1.0 + 1.5 * at as f64 + 1e-9);
                    }
                }
            }
        }
    }
}
