//! `iris`: three species of iris by four lengths.

use crate::driver::data::{DatasetEntry, Facts};

const FACTS: Facts = Facts { rows: 150, test_rows: 0, shape: &[4], classes: &["setosa", "versicolor", "virginica"] };

/// Fisher's iris flowers.
pub(super) static IRIS: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "iris",
        "150 iris flowers of three species, four lengths and widths in cm",
        doc = "Fifty flowers each of setosa (0), versicolor (1) and virginica (2); features: length and width of sepal and petal in cm. The values are those of Fisher's paper, which differ from UCI's file in two rows.",
        source = "R.A. Fisher (1936), The use of multiple measurements in taxonomic problems; UCI Machine Learning Repository",
    ),
    licence: "CC BY 4.0",
    facts: Some(FACTS),
    load: |options, _| super::embedded(include_str!("../tables/iris.csv"), "iris", &FACTS, options),
};
