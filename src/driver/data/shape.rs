//! Shapes of features: cropping and pooling of images, flattening.

use super::errors::bad_option;
use super::{DataOptions, Numbers};
use crate::diag::Diagnostic;

/// What happens to the features of every row before scaling.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Shaping {
    /// Features per row of the source.
    source: usize,
    image: Option<Image>,
    shape: Vec<usize>,
}

/// Cropping and pooling of one row.
#[derive(Clone, PartialEq, Debug)]
struct Image {
    channels: usize,
    height: usize,
    width: usize,
    /// First row and column that stay.
    corner: [usize; 2],
    /// Height and width of the result.
    out: [usize; 2],
    pool: usize,
}

impl Shaping {
    /// The shaping `options` ask for, for rows of this shape.
    ///
    /// # Errors
    /// `QN0912` if the features are no images, or windows do not fit.
    pub(super) fn new(shape: &[usize], options: &DataOptions) -> Result<Self, Diagnostic> {
        let source = shape.iter().product();
        let wanted = options.crop.map(|_| "crop").or((options.pool != 1).then_some("pool"));
        let mut out = shape.to_vec();
        let image = match wanted {
            None => None,
            Some(option) => {
                let (channels, height, width) = match *shape {
                    [height, width] => (1, height, width),
                    [channels, height, width] => (channels, height, width),
                    _ => {
                        return Err(bad_option(
                            option,
                            format!("needs images, and the features have the shape {shape:?}"),
                        ));
                    }
                };
                let image = Image::new(channels, height, width, options)?;
                let axes = out.len();
                out[axes - 2..].copy_from_slice(&image.out);
                Some(image)
            }
        };
        let shape = if options.flatten { vec![out.iter().product()] } else { out };
        Ok(Self { source, image, shape })
    }

    /// Shape of the result.
    pub(super) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Features per row of the result.
    pub(super) fn width(&self) -> usize {
        self.shape.iter().product()
    }

    /// The features of one row.
    pub(super) fn apply(&self, values: &Numbers, row: u32) -> Vec<f64> {
        let start = row as usize * self.source;
        match &self.image {
            None => (start..start + self.source).map(|at| values.get(at)).collect(),
            Some(image) => image.apply(|at| values.get(start + at)),
        }
    }
}

impl Image {
    fn new(channels: usize, height: usize, width: usize, options: &DataOptions) -> Result<Self, Diagnostic> {
        let [cropped_height, cropped_width] = match options.crop {
            None => [height, width],
            Some(side) if side <= height.min(width) => [side, side],
            Some(side) => return Err(bad_option("crop", format!("is {side}, and the images are {height} x {width}"))),
        };
        let pool = options.pool;
        if cropped_height % pool != 0 || cropped_width % pool != 0 {
            let fits = (1..=cropped_height).filter(|side| cropped_height % side == 0 && cropped_width % side == 0);
            let fits: Vec<String> = fits.map(|side| side.to_string()).collect();
            let why = format!("is {pool}, which does not divide images of {cropped_height} x {cropped_width}");
            return Err(bad_option("pool", why).help(format!("these do: {}; or `crop` first", fits.join(", "))));
        }
        Ok(Self {
            channels,
            height,
            width,
            corner: [(height - cropped_height) / 2, (width - cropped_width) / 2],
            out: [cropped_height / pool, cropped_width / pool],
            pool,
        })
    }

    fn apply(&self, pixel: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut out = Vec::with_capacity(self.channels * self.out[0] * self.out[1]);
        let area = (self.pool * self.pool) as f64;
        for channel in 0..self.channels {
            for row in 0..self.out[0] {
                for column in 0..self.out[1] {
                    let (top, left) = (self.corner[0] + row * self.pool, self.corner[1] + column * self.pool);
                    let window = (0..self.pool * self.pool).map(|at| {
                        let (y, x) = (top + at / self.pool, left + at % self.pool);
                        pixel((channel * self.height + y) * self.width + x)
                    });
                    out.push(window.sum::<f64>() / area);
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(crop: Option<usize>, pool: usize, flatten: bool) -> DataOptions {
        DataOptions { crop, pool, flatten, ..DataOptions::default() }
    }

    #[test]
    fn images_are_cropped_in_the_middle_and_averaged() {
        let values = Numbers::U8((0..36).chain(100..136).collect());
        let shaping = Shaping::new(&[2, 6, 6], &options(Some(4), 2, false)).unwrap();
        assert_eq!(shaping.shape(), [2, 2, 2]);
        // Rows 1..5 and columns 1..5 stay; the first window holds 7, 8, 13, 14.
        assert_eq!(shaping.apply(&values, 0), [10.5, 12.5, 22.5, 24.5, 110.5, 112.5, 122.5, 124.5]);
        let flat = Shaping::new(&[6, 6], &options(None, 3, true)).unwrap();
        assert_eq!(flat.shape(), [4]);
        assert_eq!(flat.apply(&values, 0)[0], 7.0);
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let error = Shaping::new(&[1, 28, 28], &options(None, 5, true)).unwrap_err();
        assert!(error.helps[0].contains("1, 2, 4, 7, 14, 28"), "{error:?}");
        assert!(Shaping::new(&[1, 28, 28], &options(Some(29), 1, true)).is_err());
        assert!(Shaping::new(&[4], &options(None, 2, true)).is_err());
        assert_eq!(Shaping::new(&[1, 28, 28], &options(None, 1, true)).unwrap().shape(), [784]);
    }
}
