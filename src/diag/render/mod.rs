//! One file per output format of diagnostics.
