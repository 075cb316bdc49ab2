//! The `qnas` binary.

fn main() {}
