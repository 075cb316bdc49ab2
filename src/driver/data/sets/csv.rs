//! `csv("file.csv")`: the user's own table.

use crate::driver::data::{DatasetEntry, table};

/// A CSV table of the user's.
pub(super) static CSV: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "csv",
        "your own table: a header line, then comma-separated numbers",
        doc = "`csv(\"file.csv\")` takes the last column as class label (0, 1, 2, ..), or the column called `label` or `label: ..`. \
               `label: \"kind\"` names another one; `target: \"price\"` or columns called `target: ..` are real-valued targets; \
               `target: input` needs none. Relative paths start from the folder of the program.",
    ),
    licence: "",
    facts: None,
    load: |options, dirs| {
        let (path, bytes) = super::own_file("csv", options, dirs)?;
        table::parse(&bytes, &path, options)
    },
};
