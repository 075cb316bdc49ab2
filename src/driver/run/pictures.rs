//! What an autoencoder makes of images: originals above their reconstructions, one PNG file per architecture.
//!
//! The first images of the part the search reports on are shown, so that all architectures show the same ones.

use super::hunt::Hunt;
use super::report::Member;
use super::weights::WeightStore;
use crate::diag::Diagnostic;
use crate::driver::data::{Dataset, Targets};
use crate::driver::errors::UNWRITABLE;
use crate::driver::png;
use crate::driver::search::RunFolder;
use crate::driver::train::{self, Job};
use std::path::{Path, PathBuf};

/// Images in a picture.
const COLUMNS: usize = 10;
/// Pixels between images.
const GAP: usize = 2;

impl Hunt<'_> {
    /// Writes `images/ID.png` for every member of the front whose weights the run has; gives the folder. Nothing unless the
    /// model learns to give back square images.
    ///
    /// # Errors
    /// `QN0906` if a file cannot be written.
    pub fn pictures(&self, folder: &RunFolder, members: &[Member]) -> Result<Option<PathBuf>, Diagnostic> {
        let Some(part) = self.task.splits.as_ref().and_then(|splits| {
            [&splits.test, &splits.validation].into_iter().find(|part| !part.is_empty() && side(part).is_some())
        }) else {
            return Ok(None);
        };
        let store = WeightStore::new(folder.path())?;
        let images = folder.path().join("images");
        let mut written = false;
        for member in members {
            let Ok(weights) = store.load(member.front.id) else { continue };
            let graph = self.task.graph(&member.front.assignment)?;
            let config = self.task.train_config(&member.front.assignment)?;
            let job = Job { graph: &graph, config: &config, seed: 0, threads: 1 };
            let shown = COLUMNS.min(part.len());
            let outputs = train::outputs(job, &weights, part, shown)?;
            let path = images.join(format!("{}.png", member.front.id));
            write(&path, part, shown, &outputs)?;
            written = true;
        }
        Ok(written.then_some(images))
    }
}

/// The side of the images of a part that is to be reconstructed.
fn side(part: &Dataset) -> Option<usize> {
    let square = match part.feature_shape.as_slice() {
        [pixels] | [1, pixels] => pixels.isqrt().pow(2) == *pixels,
        [1, height, width] => height == width,
        _ => false,
    };
    let side = part.width().isqrt();
    (part.targets == Targets::Input && square && side > 1).then_some(side)
}

fn write(path: &Path, part: &Dataset, shown: usize, outputs: &[f64]) -> Result<(), Diagnostic> {
    let side = side(part).unwrap_or(1);
    let mut originals = vec![0.0_f64; shown * part.width()];
    let rows: Vec<u32> = (0u32..).take(shown).collect();
    part.gather_features(&rows, &mut originals);
    // Whatever the scaling: the darkest original is black, the brightest white.
    let (low, high) = originals.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
    let grey = |x: f64| ((x - low) / (high - low).max(f64::MIN_POSITIVE) * 255.0).round().clamp(0.0, 255.0) as u8;
    let width = shown * (side + GAP) - GAP;
    let mut pixels = vec![128; width * (2 * side + GAP)];
    for (band, images) in [&originals[..], outputs].into_iter().enumerate() {
        for (at, image) in images.chunks_exact(side * side).enumerate() {
            for (y, row) in image.chunks_exact(side).enumerate() {
                let start = (band * (side + GAP) + y) * width + at * (side + GAP);
                pixels[start..start + side].iter_mut().zip(row).for_each(|(to, x)| *to = grey(*x));
            }
        }
    }
    let saved = || {
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::write(path, png::grey(width, 2 * side + GAP, &pixels)?)
    };
    saved().map_err(|error| Diagnostic::global(&UNWRITABLE, format!("`{}` cannot be written: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::data::Numbers;

    #[test]
    fn originals_stand_above_what_became_of_them() {
        let part = Dataset {
            name: "test",
            features: Numbers::F32(vec![0., 1., 1., 0., 0., 0., 0., 1.]),
            feature_shape: vec![4],
            targets: Targets::Input,
            rows: vec![0, 1],
        };
        assert_eq!(side(&part), Some(2));
        assert_eq!(side(&Dataset { feature_shape: vec![8], ..part.clone() }), None);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("images").join("0.png");
        write(&path, &part, 2, &[0.5; 8]).unwrap();
        let file = std::fs::read(path).unwrap();
        assert_eq!(&file[16..24], [0, 0, 0, 6, 0, 0, 0, 6]);
    }
}
