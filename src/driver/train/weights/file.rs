//! Weights on disk: safetensors, which any framework reads and which run no code.
//!
//! Where they come from stands in the metadata under one key, `qnas`, as JSON: with one key, the same weights always
//! give the same bytes.

use super::super::errors::BAD_WEIGHT_FILE;
use super::{Origin, Tensor, Weights};
use crate::diag::Diagnostic;
use crate::driver::data::Numbers;
use crate::driver::files::write_atomic;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use std::path::Path;

impl Weights {
    /// Writes all to `path`, which is replaced at once or not at all.
    ///
    /// # Errors
    /// `QN0940` if the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), Diagnostic> {
        write_atomic(path, &self.to_bytes()?)
    }

    /// Reads what [`Weights::save`], or another program, wrote.
    ///
    /// # Errors
    /// `QN0941` if there is no such file or it holds something else than F32 and F64 tensors.
    pub fn load(path: &Path) -> Result<Self, Diagnostic> {
        let bad = |why: String| Diagnostic::global(&BAD_WEIGHT_FILE, format!("`{}` {why}", path.display()));
        let bytes = std::fs::read(path).map_err(|error| bad(format!("cannot be read: {error}")))?;
        Self::from_bytes(&bytes).map_err(bad)
    }

    /// The content of the file.
    ///
    /// # Errors
    /// `QN0941` if the weights themselves are not consistent (a shape that does not fit its numbers).
    pub fn to_bytes(&self) -> Result<Vec<u8>, Diagnostic> {
        let bad = |why: &dyn std::fmt::Debug| {
            Diagnostic::global(&BAD_WEIGHT_FILE, format!("the weights cannot be stored: {why:?}"))
        };
        let content: Vec<(&String, Dtype, &[usize], Vec<u8>)> = self
            .tensors
            .iter()
            .map(|(path, tensor)| {
                let (kind, bytes) = to_le_bytes(&tensor.values);
                (path, kind, tensor.shape.as_slice(), bytes)
            })
            .collect();
        let mut views = Vec::with_capacity(content.len());
        for (path, kind, shape, bytes) in &content {
            views.push((path.as_str(), TensorView::new(*kind, shape.to_vec(), bytes).map_err(|error| bad(&error))?));
        }
        let origin = serde_json::to_string(&self.origin).map_err(|error| bad(&error))?;
        let metadata = std::collections::HashMap::from([("qnas".to_owned(), origin)]);
        safetensors::serialize(views, Some(metadata)).map_err(|error| bad(&error))
    }

    /// Reads the content of a file; the error says what is wrong with it.
    ///
    /// # Errors
    /// A text such as `is not a file of weights (safetensors)`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let broken = |error| format!("is not a file of weights (safetensors), or is damaged: {error}");
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(broken)?;
        let origin = metadata.metadata().as_ref().and_then(|all| all.get("qnas"));
        // Files of other programs have no origin, and that is no fault.
        let origin: Origin = origin.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let file = SafeTensors::deserialize(bytes).map_err(broken)?;
        let mut weights = Self { origin, ..Self::default() };
        for (path, view) in file.tensors() {
            let values = from_le_bytes(view.dtype(), view.data())
                .ok_or_else(|| format!("holds the tensor `{path}` of type {:?}; F32 and F64 are read", view.dtype()))?;
            weights.tensors.insert(path, Tensor { shape: view.shape().to_vec(), values });
        }
        Ok(weights)
    }
}

fn to_le_bytes(values: &Numbers) -> (Dtype, Vec<u8>) {
    match values {
        Numbers::U8(bytes) => (Dtype::U8, bytes.clone()),
        Numbers::F32(values) => (Dtype::F32, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
        Numbers::F64(values) => (Dtype::F64, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
    }
}

fn from_le_bytes(kind: Dtype, bytes: &[u8]) -> Option<Numbers> {
    match kind {
        Dtype::F32 => Some(Numbers::F32(words(bytes).map(f32::from_le_bytes).collect())),
        Dtype::F64 => Some(Numbers::F64(words(bytes).map(f64::from_le_bytes).collect())),
        _ => None,
    }
}

fn words<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
    bytes.as_chunks::<N>().0.iter().copied()
}
