//! `bessel`: the Bessel function J₂ on 2..100, 256 points, from -1 to 1.

use crate::driver::data::{DatasetEntry, series};

/// A generated series.
pub(super) static BESSEL: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "bessel",
        "the Bessel function J₂ on 2..100, 256 points, from -1 to 1",
        doc = "`bessel` is J₂ on 256 points from 2 to 100, ends included, scaled as a whole to -1..1. A row is a window of `window` (4) values, `real[4, 1]`; the target is the next value. There are `256 - window - 1` rows, as in the published code. Rows follow time: `split: in_order` trains on the first of them.",
        source = "S. Y.-C. Chen et al., arXiv 2505.09653",
    ),
    licence: "CC0 1.0",
    facts: None,
    load: |options, _| series::bessel(options),
};
