//! IDX files, gzipped, as MNIST and Fashion-MNIST are published: four files in a folder, each of known size and digest.

use super::errors::{BAD_LABEL, DATA_FILE_CHANGED, DATA_FILE_NOT_FOUND, broken, quoted, unreadable};
use super::{DataDirs, Numbers, Raw, RawTargets};
use crate::diag::Diagnostic;
use crate::driver::random::sha256;
use std::io::Read;
use std::path::{Path, PathBuf};

/// One published file.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    /// Its name.
    pub name: &'static str,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: &'static str,
}

/// A published set of byte images.
#[derive(Clone, Copy, Debug)]
pub(super) struct ImageSet {
    /// The name of the data set.
    pub name: &'static str,
    /// Folders under a data folder, in the order they are tried; `.` is the data folder itself.
    pub folders: &'static [&'static str],
    /// Training images, training labels, test images, test labels.
    pub files: [File; 4],
    /// Number of images in the training part and in the test part.
    pub rows: [usize; 2],
    /// Height and width.
    pub side: [usize; 2],
    /// Names of the classes.
    pub classes: &'static [&'static str],
    /// Mean and standard deviation of the training pixels divided by 255, as published.
    pub published: (f64, f64),
    /// Where people get the files.
    pub page: &'static str,
}

impl ImageSet {
    /// Finds, checks and reads the four files; training rows first.
    ///
    /// # Errors
    /// `QN0913` if files are missing, `QN0914` if one is not the published file, `QN0915` if one is broken.
    pub(super) fn read(&self, dirs: &DataDirs) -> Result<Raw, Diagnostic> {
        let folder = self.find(dirs)?;
        let mut pixels = Vec::new();
        let mut labels = Vec::new();
        let mut digests = String::new();
        for (part, files) in self.files.chunks(2).enumerate() {
            let (images, classes) = (self.load(&folder, files[0])?, self.load(&folder, files[1])?);
            let path = folder.join(files[0].name);
            let [height, width] = self.side;
            pixels.extend(unpack(&images, &path, &[self.rows[part], height, width])?);
            let path = folder.join(files[1].name);
            labels.extend(unpack(&classes, &path, &[self.rows[part]])?.into_iter().map(u32::from));
            digests.extend(files.iter().map(|file| file.sha256));
        }
        let n_classes = self.classes.len();
        if let Some(at) = labels.iter().position(|&label| label as usize >= n_classes) {
            let message =
                format!("image {at} of `{}` has the label {}, classes are 0..{n_classes}", self.name, labels[at]);
            return Err(Diagnostic::global(&BAD_LABEL, message));
        }
        Ok(Raw {
            values: Numbers::U8(pixels),
            shape: vec![1, self.side[0], self.side[1]],
            feature_names: Vec::new(),
            targets: RawTargets::Classes {
                labels,
                n_classes,
                names: self.classes.iter().map(|&name| name.into()).collect(),
            },
            test_from: Some(self.rows[0]),
            full_scale: Some(255.0),
            published: Some(self.published),
            source_digest: sha256(digests.as_bytes()),
        })
    }

    /// The first folder that has all files.
    fn find(&self, dirs: &DataDirs) -> Result<PathBuf, Diagnostic> {
        let mut looked = Vec::new();
        for place in &dirs.places {
            for folder in self.folders {
                let folder = if *folder == "." { place.folder.clone() } else { place.folder.join(folder) };
                let absent: Vec<&str> =
                    self.files.iter().map(|file| file.name).filter(|name| !folder.join(name).is_file()).collect();
                if absent.is_empty() {
                    return Ok(folder);
                }
                let state = match absent.len() {
                    _ if !folder.is_dir() => "no such folder".to_owned(),
                    4 => "none of the four files".to_owned(),
                    _ => format!("without {}", quoted(&absent)),
                };
                looked.push(format!("looked in `{}` (from {}): {state}", folder.display(), place.named_by));
            }
        }
        let names = self.files.map(|file| file.name);
        let mut error = Diagnostic::global(&DATA_FILE_NOT_FOUND, format!("the files of `{}` are missing", self.name))
            .note(format!("needed: {}", quoted(&names)));
        error.notes.extend(looked);
        Err(error
            .help(format!("get them from {}, unchanged and still compressed", self.page))
            .help("name their folder: `--data-dir FOLDER`, or set the environment variable `QNAS_DATA_DIR`"))
    }

    fn load(&self, folder: &Path, file: File) -> Result<Vec<u8>, Diagnostic> {
        let path = folder.join(file.name);
        let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, &error))?;
        let changed = |what: String| {
            Diagnostic::global(&DATA_FILE_CHANGED, format!("`{}` is not the published file: {what}", path.display()))
                .help(format!("get it again from {}", self.page))
                .help("other data in this form is read with `npz(\"file.npz\")`")
        };
        if bytes.len() as u64 != file.bytes {
            return Err(changed(format!("it has {} bytes instead of {}", bytes.len(), file.bytes)));
        }
        let digest = sha256(&bytes);
        if digest != file.sha256 {
            return Err(changed(format!("its SHA-256 is {digest} instead of {}", file.sha256)));
        }
        Ok(bytes)
    }
}

/// The bytes of a gzipped IDX file of unsigned bytes whose axes must be `shape`.
///
/// # Errors
/// `QN0915`, whatever is wrong; never reads more than the shape needs.
fn unpack(packed: &[u8], path: &Path, shape: &[usize]) -> Result<Vec<u8>, Diagnostic> {
    let header = 4 + 4 * shape.len();
    let size: usize = header + shape.iter().product::<usize>();
    let mut bytes = Vec::with_capacity(size);
    let mut decoder = flate2::read::GzDecoder::new(packed).take(size as u64 + 1);
    decoder.read_to_end(&mut bytes).map_err(|error| broken(path, format!("does not decompress: {error}")))?;
    let word = |at: usize| {
        bytes.get(4 * at..4 * at + 4).map_or(0, |word| word.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
    };
    let magic = 0x0800 + shape.len() as u64;
    if bytes.len() < 4 || word(0) != magic {
        return Err(broken(
            path,
            format!("is not an IDX file of bytes with {} axes (magic number {magic})", shape.len()),
        ));
    }
    for (axis, &expected) in shape.iter().enumerate() {
        let found = word(axis + 1);
        if bytes.len() >= header && found != expected as u64 {
            return Err(broken(path, format!("has {found} entries along axis {axis} instead of {expected}")));
        }
    }
    if bytes.len() != size {
        let what = if bytes.len() < size { "is truncated" } else { "holds more than it announces" };
        return Err(broken(path, format!("{what}: {size} bytes expected after decompression")));
    }
    bytes.drain(..header);
    Ok(bytes)
}

#[cfg(test)]
mod tests;
