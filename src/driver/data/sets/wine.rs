//! `wine`: three cultivars of wine by thirteen measurements.

use crate::driver::data::{DatasetEntry, Facts};

const FACTS: Facts =
    Facts { rows: 178, test_rows: 0, shape: &[13], classes: &["cultivar 1", "cultivar 2", "cultivar 3"] };

/// Forina's wines.
pub(super) static WINE: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "wine",
        "178 wines of three cultivars, thirteen chemical measurements",
        doc = "59, 71 and 48 wines of three cultivars from one region; features: thirteen chemical measurements of very different ranges, so scale them.",
        source = "M. Forina et al. (donated by S. Aeberhard); UCI Machine Learning Repository",
    ),
    licence: "CC BY 4.0",
    facts: Some(FACTS),
    load: |options, _| super::embedded(include_str!("../tables/wine.csv"), "wine", &FACTS, options),
};
