//! The weights that all architectures of a supernet share, sweep by sweep.
//!
//! Those after a sweep follow from those before it and from what its candidates learnt, all of which is on disk. So whoever
//! needs them first works them out, on resuming as well, and they are the same whoever that was.

use super::weights::WeightStore;
use crate::diag::Diagnostic;
use crate::driver::train::{Origin, Weights};
use std::sync::{Arc, Mutex, PoisonError};

/// The shared weights of a run.
#[derive(Debug, Default)]
pub(super) struct SharedWeights {
    /// After so many sweeps.
    latest: Mutex<Option<(u64, Arc<Weights>)>>,
}

impl SharedWeights {
    /// The weights after `sweep` sweeps, the last of them trained by the candidates `of`; `origin` says whose they are.
    ///
    /// # Errors
    /// `QN0906` if they cannot be kept, `QN0941` if those before them or those of a candidate are gone.
    pub(super) fn after(
        &self,
        sweep: u64,
        of: &[u64],
        store: &WeightStore,
        origin: impl FnOnce() -> Origin,
    ) -> Result<Arc<Weights>, Diagnostic> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, weights)) = &*latest
            && *known == sweep
        {
            return Ok(weights.clone());
        }
        let weights = match store.load_shared(sweep) {
            Ok(weights) => weights,
            Err(_) => {
                let before = if sweep <= 1 { Weights::default() } else { store.load_shared(sweep - 1)? };
                let models: Vec<Weights> = of.iter().map(|id| store.load(*id)).collect::<Result<_, _>>()?;
                let weights = Weights { origin: origin(), ..before.averaged(&models) };
                store.save_shared(sweep, &weights)?;
                weights
            }
        };
        // Those of the sweep before may be needed once more, if the process dies now.
        store.forget_shared(sweep.saturating_sub(2));
        let weights = Arc::new(weights);
        *latest = Some((sweep, weights.clone()));
        Ok(weights)
    }
}
