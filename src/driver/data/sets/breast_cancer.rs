//! `breast_cancer`: malignant and benign masses by thirty measurements.

use crate::driver::data::{DatasetEntry, Facts};

const FACTS: Facts = Facts { rows: 569, test_rows: 0, shape: &[30], classes: &["malignant", "benign"] };

/// The Wisconsin diagnostic breast cancer table.
pub(super) static BREAST_CANCER: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "breast_cancer",
        "569 breast masses, malignant or benign, thirty measurements of cell nuclei",
        doc = "212 malignant (0) and 357 benign (1) masses; features: mean, standard error and largest value of ten measurements of cell nuclei.",
        source = "W.H. Wolberg, W.N. Street, O.L. Mangasarian (1995), Breast Cancer Wisconsin (Diagnostic); UCI Machine Learning Repository",
    ),
    licence: "CC BY 4.0",
    facts: Some(FACTS),
    load: |options, _| super::embedded(include_str!("../tables/breast_cancer.csv"), "breast_cancer", &FACTS, options),
};
