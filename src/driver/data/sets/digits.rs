//! `digits`: handwritten digits of 8 x 8 pixels.

use crate::driver::data::{DatasetEntry, Facts};

const FACTS: Facts =
    Facts { rows: 1797, test_rows: 0, shape: &[1, 8, 8], classes: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] };

/// Alpaydin and Kaynak's digits.
pub(super) static DIGITS: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "digits",
        "1797 handwritten digits of 8 x 8 pixels with 17 grey levels",
        doc = "Images of 8 x 8 pixels, whole numbers from 0 (background) to 16 (ink); the test part of the published set.",
        source =
            "E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits; UCI Machine Learning Repository",
    ),
    licence: "CC BY 4.0",
    facts: Some(FACTS),
    load: |options, _| {
        let mut raw = super::embedded(include_str!("../tables/digits.csv"), "digits", &FACTS, options)?;
        raw.full_scale = Some(16.0);
        raw.feature_names.clear();
        if let Some(bytes) = super::as_bytes(&raw.values) {
            raw.values = bytes;
        }
        Ok(raw)
    },
};
