//! Where a search keeps the weights it trains: a file per candidate in the folder of the run.
//!
//! Files are written beside their place and moved into it, so that a process that dies leaves a whole file or none. They
//! are not forced to disk one by one: what a power failure takes is trained again.

use crate::diag::Diagnostic;
use crate::driver::errors::UNWRITABLE;
use crate::driver::train::Weights;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of weights by candidate.
#[derive(Clone, Debug)]
pub struct WeightStore {
    folder: PathBuf,
}

impl WeightStore {
    /// The weights of a run that lives in `run`; the folder is made.
    ///
    /// # Errors
    /// `QN0906` if it cannot be made.
    pub fn new(run: &Path) -> Result<Self, Diagnostic> {
        let folder = run.join("weights");
        fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
        Ok(Self { folder })
    }

    /// The file of a candidate.
    #[must_use]
    pub fn path(&self, id: u64) -> PathBuf {
        self.folder.join(format!("{id}.safetensors"))
    }

    /// Keeps the weights of a candidate.
    ///
    /// # Errors
    /// `QN0906` if they cannot be written.
    pub fn save(&self, id: u64, weights: &Weights) -> Result<(), Diagnostic> {
        self.write(&self.path(id), weights)
    }

    fn write(&self, path: &Path, weights: &Weights) -> Result<(), Diagnostic> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let beside = self.folder.join(format!(".{name}.tmp"));
        let bytes = weights.to_bytes()?;
        fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path)).map_err(|error| failed(path, &error))
    }

    fn shared(&self, sweep: u64) -> PathBuf {
        self.folder.join(format!("shared-{sweep}.safetensors"))
    }

    /// Keeps the weights that all architectures share after a sweep.
    ///
    /// # Errors
    /// `QN0906` if they cannot be written.
    pub fn save_shared(&self, sweep: u64, weights: &Weights) -> Result<(), Diagnostic> {
        self.write(&self.shared(sweep), weights)
    }

    /// The weights that all architectures share after a sweep.
    ///
    /// # Errors
    /// `QN0941` if there are none or the file is damaged.
    pub fn load_shared(&self, sweep: u64) -> Result<Weights, Diagnostic> {
        Weights::load(&self.shared(sweep))
    }

    /// Forgets the weights shared after a sweep.
    pub fn forget_shared(&self, sweep: u64) {
        // What is not there need not be removed.
        let _ = fs::remove_file(self.shared(sweep));
    }

    /// The weights of a candidate.
    ///
    /// # Errors
    /// `QN0941` if there are none or the file is damaged.
    pub fn load(&self, id: u64) -> Result<Weights, Diagnostic> {
        Weights::load(&self.path(id))
    }

    /// Forgets the weights of every candidate but these, which ascend.
    pub fn retain(&self, ids: &[u64]) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(".safetensors")).and_then(|id| id.parse().ok());
            if id.is_some_and(|id: u64| ids.binary_search(&id).is_err()) {
                // What cannot be removed now is removed after the next generation.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::global(&UNWRITABLE, format!("`{}` cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_useful_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = WeightStore::new(folder.path()).unwrap();
        for id in 0..4 {
            store.save(id, &Weights::default()).unwrap();
        }
        store.retain(&[1, 3]);
        let there: Vec<bool> = (0..4).map(|id| store.path(id).exists()).collect();
        assert_eq!(there, [false, true, false, true]);
        assert_eq!(store.load(3).unwrap(), Weights::default());
        assert_eq!(store.load(0).unwrap_err().code.meta.code, "QN0941");
    }
}
