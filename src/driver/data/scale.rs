//! Scalers: one affine map per feature, fitted on the training part and applied to all parts alike.

use super::Scale;
use super::errors::bad_option;
use crate::diag::Diagnostic;

/// `x ↦ (x - shift) / divisor + offset`, per feature.
#[derive(Clone, PartialEq, Debug)]
pub struct Scaler {
    /// Which rule it comes from.
    pub scale: Scale,
    /// Subtracted; one number for all features, or one each.
    pub shift: Vec<f64>,
    /// Divided by after that; as many as `shift`; never zero.
    pub divisor: Vec<f64>,
    /// Added at the end.
    pub offset: f64,
}

/// What a source says about the range of its numbers.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Range {
    /// The largest value the format can hold.
    pub full_scale: Option<f64>,
    /// Published mean and standard deviation after division by it.
    pub published: Option<(f64, f64)>,
}

impl Scaler {
    /// Fits `scale` on `rows` (each of `width` numbers), which are those of the training part.
    ///
    /// # Errors
    /// `QN0912` for a rule that needs a range the source does not have.
    pub(super) fn fit<R: Iterator<Item = Vec<f64>>>(
        scale: Scale,
        range: Range,
        width: usize,
        rows: impl Fn() -> R,
    ) -> Result<Self, Diagnostic> {
        let uniform =
            |shift: f64, divisor: f64| Self { scale, shift: vec![shift], divisor: vec![divisor], offset: 0.0 };
        let full = |name: &str| {
            range.full_scale.ok_or_else(|| {
                bad_option("scale", format!("cannot be `{name}`: the numbers of this data set have no largest value"))
                    .help("write `scale: minmax` or `scale: standard`")
            })
        };
        match scale {
            Scale::None => Ok(uniform(0.0, 1.0)),
            Scale::Unit => Ok(uniform(0.0, full("unit")?)),
            Scale::Center => full("center").map(|full| uniform(full / 2.0, full / 2.0)),
            Scale::Normalize { given } => {
                let full = full("normalize")?;
                let (mean, deviation) = given.or(range.published).ok_or_else(|| {
                    bad_option("scale", "cannot be `normalize`: no mean and deviation are published for this data set")
                        .help("write them: `scale: normalize(0.5, 0.25)`")
                })?;
                Ok(uniform(mean * full, deviation * full))
            }
            Scale::Standard => {
                let (shift, divisor) = moments(width, rows);
                Ok(Self { scale, shift, divisor, offset: 0.0 })
            }
            Scale::Minmax { low, high } => {
                let (mut least, mut most) = (vec![f64::INFINITY; width], vec![f64::NEG_INFINITY; width]);
                for row in rows() {
                    for (at, &x) in row.iter().enumerate() {
                        least[at] = least[at].min(x);
                        most[at] = most[at].max(x);
                    }
                }
                let divisor = least.iter().zip(&most).map(|(a, b)| not_zero((b - a) / (high - low))).collect();
                Ok(Self { scale, shift: least, divisor, offset: low })
            }
        }
    }

    /// Scales one row.
    pub fn apply(&self, row: &mut [f64]) {
        for (at, x) in row.iter_mut().enumerate() {
            let at = if self.shift.len() == 1 { 0 } else { at };
            *x = (*x - self.shift[at]) / self.divisor[at] + self.offset;
        }
    }
}

/// Mean and population standard deviation per feature, in two sweeps.
fn moments<R: Iterator<Item = Vec<f64>>>(width: usize, rows: impl Fn() -> R) -> (Vec<f64>, Vec<f64>) {
    let (mut mean, mut spread, mut count) = (vec![0.0; width], vec![0.0; width], 0.0f64);
    for row in rows() {
        count += 1.0;
        mean.iter_mut().zip(&row).for_each(|(sum, x)| *sum += x);
    }
    mean.iter_mut().for_each(|sum| *sum /= count.max(1.0));
    for row in rows() {
        spread.iter_mut().zip(row.iter().zip(&mean)).for_each(|(sum, (x, mean))| *sum += (x - mean).powi(2));
    }
    // Rounding leaves a trace of a deviation in features that are constant; dividing by it would turn it into noise.
    let deviation = |(sum, mean): (f64, &f64)| {
        let deviation = (sum / count.max(1.0)).sqrt();
        if deviation <= 1e-12 * mean.abs() { 1.0 } else { not_zero(deviation) }
    };
    let spread = spread.into_iter().zip(&mean).map(deviation).collect();
    (mean, spread)
}

fn not_zero(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() { 1.0 } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fit(scale: Scale, range: Range, rows: &[Vec<f64>]) -> Result<Scaler, Diagnostic> {
        Scaler::fit(scale, range, rows[0].len(), || rows.iter().cloned())
    }

    fn scaled(scaler: &Scaler, rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
        rows.iter()
            .cloned()
            .map(|mut row| {
                scaler.apply(&mut row);
                row
            })
            .collect()
    }

    const BYTES: Range = Range { full_scale: Some(255.0), published: Some((0.1307, 0.3081)) };

    #[test]
    fn byte_images_have_three_fixed_scales() {
        let rows = [vec![0.0, 255.0]];
        let run = |scale| scaled(&fit(scale, BYTES, &rows).unwrap(), &rows)[0].clone();
        assert_eq!(run(Scale::Unit), [0.0, 1.0]);
        assert_eq!(run(Scale::Center), [-1.0, 1.0]);
        let normal = run(Scale::Normalize { given: None });
        assert!((normal[0] + 0.1307 / 0.3081).abs() < 1e-12 && (normal[1] - (1.0 - 0.1307) / 0.3081).abs() < 1e-12);
        assert_eq!(run(Scale::None), [0.0, 255.0]);
    }

    #[test]
    fn a_table_has_no_unit() {
        for scale in [Scale::Unit, Scale::Center, Scale::Normalize { given: None }] {
            assert_eq!(fit(scale, Range::default(), &[vec![1.0]]).unwrap_err().code.meta.code, "QN0912");
        }
    }

    #[test]
    fn constant_features_stay_finite() {
        let rows = vec![vec![0.1, 1.0]; 7];
        assert!(
            scaled(&fit(Scale::Standard, Range::default(), &rows).unwrap(), &rows)[0].iter().all(|x| x.abs() < 1e-12)
        );
        let minmax = Scale::Minmax { low: -1.0, high: 1.0 };
        assert_eq!(scaled(&fit(minmax, Range::default(), &rows).unwrap(), &rows)[0], [-1.0, -1.0]);
    }

    proptest! {
        #[test]
        fn fitted_scales_do_what_they_say(rows in prop::collection::vec(prop::collection::vec(-1e3f64..1e3, 3), 2..30)) {
            let standard = scaled(&fit(Scale::Standard, Range::default(), &rows).unwrap(), &rows);
            let minmax = scaled(&fit(Scale::Minmax { low: -1.0, high: 2.0 }, Range::default(), &rows).unwrap(), &rows);
            for at in 0..3 {
                let n = rows.len() as f64;
                let mean = standard.iter().map(|row| row[at]).sum::<f64>() / n;
                let variance = standard.iter().map(|row| row[at].powi(2)).sum::<f64>() / n;
                prop_assert!(mean.abs() < 1e-9 && (variance - 1.0).abs() < 1e-9);
                let least = minmax.iter().map(|row| row[at]).fold(f64::INFINITY, f64::min);
                let most = minmax.iter().map(|row| row[at]).fold(f64::NEG_INFINITY, f64::max);
                prop_assert!((least + 1.0).abs() < 1e-9 && (most - 2.0).abs() < 1e-9);
            }
        }
    }
}
