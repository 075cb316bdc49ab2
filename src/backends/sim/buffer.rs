//! Memory on cache-line boundaries, so that a vector of lanes never straddles two lines.

use crate::backends::Real;
use crate::backends::errors::STATE_TOO_LARGE;
use crate::diag::Diagnostic;

/// Zeros, aligned to 64 bytes, that grow but never shrink.
#[derive(Debug, Default)]
pub(crate) struct Aligned<T> {
    data: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Real> Aligned<T> {
    /// Makes room for `len` numbers. What it held is lost if it grows.
    ///
    /// # Errors
    /// [`STATE_TOO_LARGE`] with the bytes needed.
    pub(crate) fn reserve(&mut self, len: usize) -> Result<(), Diagnostic> {
        if len <= self.len {
            return Ok(());
        }
        let slack = 64 / size_of::<T>();
        let mut data: Vec<T> = Vec::new();
        let total = len.checked_add(slack).ok_or_else(|| too_large(u128::MAX))?;
        data.try_reserve_exact(total).map_err(|_| too_large(total as u128 * size_of::<T>() as u128))?;
        data.resize(total, T::zero());
        self.start = data.as_ptr().align_offset(64).min(slack);
        self.data = data;
        self.len = len;
        Ok(())
    }

    /// The numbers.
    #[inline(always)]
    pub(crate) fn as_slice(&self) -> &[T] {
        &self.data[self.start..self.start + self.len]
    }

    /// The numbers, to write.
    #[inline(always)]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.data[self.start..self.start + self.len]
    }
}

/// The error of a state of so many bytes.
pub(crate) fn too_large(bytes: u128) -> Diagnostic {
    Diagnostic::global(&STATE_TOO_LARGE, format!("the state vector needs {} and does not fit into memory", size(bytes)))
        .help("use fewer qubits, a smaller batch, or single precision")
}

#[allow(clippy::cast_precision_loss)]
fn size(bytes: u128) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut at = 0;
    let mut value = bytes as f64;
    while value >= 1024.0 && at + 1 < units.len() {
        value /= 1024.0;
        at += 1;
    }
    if at == 0 { format!("{bytes} bytes") } else { format!("{value:.1} {} ({bytes} bytes)", units[at]) }
}
