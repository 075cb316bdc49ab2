//! `damped_shm`: velocity of a damped pendulum, 240 points, from -1 to 1.

use crate::driver::data::{DatasetEntry, series};

/// A generated series.
pub(super) static DAMPED_SHM: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "damped_shm",
        "velocity of a damped pendulum, 240 points, from -1 to 1",
        doc = "`damped_shm` is the velocity of `θ'' = -0.15 θ' - 9.81 sin θ` from θ = 0, θ' = 3, at 240 points from 0 to 20, scaled as a whole to -1..1. Windows as for `bessel`.",
        source = "S. Y.-C. Chen et al., arXiv 2505.09653",
    ),
    licence: "CC0 1.0",
    facts: None,
    load: |options, _| series::pendulum(options),
};
