//! Everything that can be wrong with data: names, options, files, tables, labels.
//!
//! The constructors stand beside the codes, so that a message is written once and reads the same from every reader.

use crate::declare_codes;
use crate::diag::{Diagnostic, Severity, nearest_many};
use std::path::Path;

declare_codes! {
    /// A search names a data set that does not exist.
    ///
    /// Wrong: `data: irs(train: 0.6)`. Right: `data: iris(train: 0.6)`. `qnas data list` shows all of them.
    pub UNKNOWN_DATASET = ("QN0910", "unknown-data-set", "there is no data set of this name");
    /// A data set is given an option it does not know.
    ///
    /// Wrong: `iris(training: 0.6)`. Right: `iris(train: 0.6)`.
    pub UNKNOWN_DATA_OPTION = ("QN0911", "unknown-data-option", "data sets have no option of this name");
    /// The value of a data option has the wrong kind or lies outside its range.
    ///
    /// Wrong: `iris(train: 1.5)`. Right: `iris(train: 0.6)` for a fraction, `iris(train: 90)` for a number of rows.
    pub BAD_DATA_OPTION = ("QN0912", "bad-data-option", "the value of a data option makes no sense");
    /// A data file is not where it was looked for.
    ///
    /// The message lists the places. `mnist` and `fashion_mnist` are not shipped: download their four `.gz` files and
    /// name the folder with `--data-dir` or the environment variable `QNAS_DATA_DIR`.
    pub DATA_FILE_NOT_FOUND = ("QN0913", "data-file-not-found", "a data file is missing");
    /// A data file of a published set is not the published file.
    ///
    /// Sizes and SHA-256 digests of `mnist` and `fashion_mnist` are known, and a result on other data would not be a
    /// result on them. Download the file again. Your own data is read with `csv(..)` or `npz(..)`.
    pub DATA_FILE_CHANGED = ("QN0914", "data-file-changed", "a published data file has the wrong size or digest");
    /// A data file ends too early or is not what its name says.
    pub DATA_FILE_BROKEN = ("QN0915", "data-file-broken", "a data file is truncated or in another format");
    /// A data file exists and cannot be read.
    pub DATA_FILE_UNREADABLE = ("QN0916", "data-file-unreadable", "a data file cannot be read");
    /// A table has no rows, or no columns to learn from.
    ///
    /// A CSV table has one header line with column names, then one line per row.
    pub EMPTY_TABLE = ("QN0917", "empty-table", "a table has no rows or no features");
    /// A row of a table has more or fewer cells than the header.
    pub RAGGED_ROW = ("QN0918", "ragged-row", "a row has another number of cells than the header");
    /// A cell of a table is empty, holds text, or holds NaN or an infinity.
    ///
    /// Missing values have to be filled in or dropped before: a model trained on NaN is NaN.
    pub BAD_CELL = ("QN0919", "bad-cell", "a cell does not hold a finite number");
    /// A class label is not an integer from 0 on.
    ///
    /// `n` classes are numbered `0..n`. For a real-valued target name its column: `csv("a.csv", target: "price")`.
    pub BAD_LABEL = ("QN0920", "bad-label", "a label is not a class number");
    /// A table has no column of this name.
    pub UNKNOWN_COLUMN = ("QN0921", "unknown-column", "a table has no column of this name");
    /// An array of an NPZ file is missing or has the wrong type or shape.
    ///
    /// `x: [rows, ..]` and `y: [rows]` are read, and `x_test`, `y_test` if both are there.
    pub BAD_ARRAY = ("QN0922", "bad-array", "an array of an NPZ file is missing or does not fit");
    /// The parts of a split ask for more rows than there are, or leave none to train on.
    ///
    /// Wrong: `iris(train: 0.8, validation: 0.3)`. Right: `iris(train: 0.7, validation: 0.3)`.
    pub BAD_SPLIT = ("QN0923", "bad-split", "the parts of a split do not fit the rows");
    /// `classes: [..]` names a class the data set does not have.
    ///
    /// Wrong: `mnist(classes: [1, 11])`. Right: `mnist(classes: [1, 5])`, which become 0 and 1.
    pub UNKNOWN_CLASS = ("QN0924", "unknown-class", "a data set has no class of this number");
    /// A part of the split is empty, or a class has no row in it.
    pub THIN_PART = ("QN0925", "thin-part", "a part of the split misses rows or a whole class");
    /// The part that picks the winner is also the part that is reported.
    ///
    /// `protocol: qnas` repeats the published procedure, in which the official test images serve as validation part;
    /// the reported accuracy is then optimistic.
    pub LEAKY_PROTOCOL = ("QN0926", "leaky-protocol", "validation part and test part hold the same rows");
}

/// There is no data set `name`.
pub(super) fn unknown_dataset(name: &str, known: &[&str]) -> Diagnostic {
    let error = Diagnostic::global(&UNKNOWN_DATASET, format!("there is no data set `{name}`"));
    suggest(error, name, known, "data sets")
}

/// There is no option `name`.
pub(super) fn unknown_option(name: &str, known: &[&str]) -> Diagnostic {
    let error = Diagnostic::global(&UNKNOWN_DATA_OPTION, format!("data sets have no option `{name}`"));
    suggest(error, name, known, "options")
}

/// The value of option `name` does not do.
pub(super) fn bad_option(name: &str, why: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::global(&BAD_DATA_OPTION, format!("the data option `{name}` {why}"))
}

/// A file ends early or has another format.
pub(super) fn broken(path: &Path, why: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::global(&DATA_FILE_BROKEN, format!("`{}` {why}", path.display()))
}

/// The operating system refuses a file.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::global(&DATA_FILE_UNREADABLE, format!("`{}` cannot be read: {error}", path.display()))
}

/// A warning that concerns a whole data set.
pub(super) fn warning(code: &'static crate::diag::Code, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, Severity::Warning, None, message)
}

/// Adds the nearest of `known` names, or all of them.
pub(super) fn suggest(error: Diagnostic, name: &str, known: &[&str], what: &str) -> Diagnostic {
    let near = nearest_many(name, known.iter().copied());
    if near.is_empty() {
        error.help(format!("{what}: {}", quoted(known)))
    } else {
        error.help(format!("did you mean {}?", quoted(&near)))
    }
}

/// Names in backticks, separated by commas.
pub(super) fn quoted<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}
