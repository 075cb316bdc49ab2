//! `narma10`: response of a nonlinear moving average of order 10, 300 steps.

use crate::driver::data::{DatasetEntry, series};

/// A generated series.
pub(super) static NARMA10: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "narma10",
        "response of a nonlinear moving average of order 10, 300 steps",
        doc = "`narma10` is as `narma5` with 10 past values and `u[t-9]`.",
        source = "S. Y.-C. Chen et al., arXiv 2505.09653",
    ),
    licence: "CC0 1.0",
    facts: None,
    load: |options, _| series::response("narma10", 10, options),
};
