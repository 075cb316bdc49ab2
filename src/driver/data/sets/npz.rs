//! `npz("file.npz")`: the user's own arrays.

use crate::driver::data::errors::bad_option;
use crate::driver::data::{DatasetEntry, Target, npz};

/// An NPZ file of the user's.
pub(super) static NPZ: DatasetEntry = DatasetEntry {
    meta: crate::meta!(
        "npz",
        "your own arrays: `x` and `y`, and `x_test`, `y_test` if there is an official test part",
        doc = "`npz(\"file.npz\")` reads what `numpy.savez` or `numpy.savez_compressed` wrote: `x: [rows, ..]` of any real or integer \
               type, `y: [rows]` of integers for classes (0, 1, 2, ..) or of floats for real-valued targets. Bytes count as \
               images with values up to 255. Rows keep their shape where the model takes as many axes.",
    ),
    licence: "",
    facts: None,
    load: |options, dirs| {
        if options.label.is_some() || matches!(options.target, Target::Columns(_)) {
            let option = if options.label.is_some() { "label" } else { "target" };
            return Err(bad_option(option, "names a column, and arrays have none").help("save the target as `y`"));
        }
        let (path, bytes) = super::own_file("npz", options, dirs)?;
        npz::parse(&bytes, &path)
    },
};
