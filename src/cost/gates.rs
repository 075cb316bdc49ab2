//! `gates`: gates of all circuits.

use super::counted;

metric! {
    /// All gates with at least one operand, as written: `id` counts, a global phase, `prepare`, barriers and read-outs do not.
    pub GATES = ("gates", "gates of all circuits", "");
    unit: "gates",
    additive: true,
    takes_gate: false,
    evaluate: |graph, _| counted(graph, |counts| counts.total),
}
