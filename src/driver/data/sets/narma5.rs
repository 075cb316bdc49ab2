//! `narma5`: response of a nonlinear moving average of order 5, 300 steps.

use crate::driver::data::{DatasetEntry, series};

/// A generated series.
pub(super) static NARMA5: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "narma5",
        "response of a nonlinear moving average of order 5, 300 steps",
        doc = "`narma5` is `y[t+1] = 0.3 y[t] + 0.05 y[t] Σ y[t-j] + 1.5 u[t-4] u[t] + 0.1` over 5 past values, driven by `u[t] = 0.1 (sin(2π 2.11 t / 300) sin(2π 3.73 t / 300) sin(2π 4.11 t / 300) + 1)`. A row is a window of the drive, `real[4, 1]`; the target is the response at the next step. Nothing is scaled.",
        source = "S. Y.-C. Chen et al., arXiv 2505.09653",
    ),
    licence: "CC0 1.0",
    facts: None,
    load: |options, _| series::response("narma5", 5, options),
};
