//! `peak_memory`: most bytes alive at once, one sample forward.

metric! {
    /// Bytes per sample, in single precision (4 per number, 8 per amplitude), of the values alive at one time when the nodes run
    /// in the IR's order and a value is dropped after its last reader; a region holds its state of 2^n amplitudes beside its operands
    /// and result. Outputs stay to the end. Weights, constants, and what training keeps for the way back are not included.
    pub PEAK_MEMORY = ("peak_memory", "most bytes alive at once, one sample forward", "");
    unit: "bytes",
    additive: false,
    takes_gate: false,
    per_step: None,
    evaluate: |graph, _| super::traffic::peak_bytes(graph),
}
