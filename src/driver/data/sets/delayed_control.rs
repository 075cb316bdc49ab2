//! `delayed_control`: a decaying train of pulses (delayed quantum control), 2200 points, from -1 to 1.

use crate::driver::data::{DatasetEntry, series};

/// A generated series.
pub(super) static DELAYED_CONTROL: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "delayed_control",
        "a decaying train of pulses (delayed quantum control), 2200 points, from -1 to 1",
        doc = "`delayed_control` is `Σ exp(-10 (x - 2k)²) exp(-x / 16)`, k = 0..10, at 2200 points from -2, a hundredth apart, scaled as a whole to -1..1. Windows as for `bessel`.",
        source = "S. Y.-C. Chen et al., arXiv 2505.09653",
    ),
    licence: "CC0 1.0",
    facts: None,
    load: |options, _| series::control(options),
};
