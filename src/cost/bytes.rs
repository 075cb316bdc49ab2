//! `bytes`: bytes moved by one sample forward.

use super::summed;
use super::traffic::{node_bytes, step_share};

metric! {
    /// Bytes read and written if nothing stays in a cache between steps, in single precision: 8 per amplitude, 4 per real number.
    ///
    /// - a gate reads and writes the amplitudes that it changes or moves (`cx`: half of the state), `prepare` its values and the state
    /// - read-outs: `|a|^2` is written once if something reads it, every string or marginal reads its numbers once, and the
    ///   results are written
    /// - a classical node reads its operands and weights and writes its result; inputs, constants, weights, reshape, dropout: 0
    pub BYTES = ("bytes", "bytes moved by one sample forward", "");
    unit: "bytes",
    additive: true,
    takes_gate: false,
    per_step: Some(|op, _| step_share(op)),
    per_node: Some(node_bytes),
    evaluate: |graph, _| summed(graph, node_bytes),
}
