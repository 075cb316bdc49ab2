//! `fragment_variants(budget: K)`: circuits that determine all pieces completely.

metric! {
    /// The sum over pieces of `4^in * 3^out * d`: four preparations for each wire that comes in (0, 1, +, +i), three measurements
    /// for each that goes out (the identity is read from Z), and `d` distinct operations at each end of a cut gate: 5 for gates
    /// like `cx` and `rzz`, 22 for one with three interactions. Summed over read-outs; equal circuits of several read-outs count once.
    ///
    /// A read-out is taken alone, everything that provably does not reach it is left out, and Clifford gates at the end become
    /// part of it. The circuit that is left is cut into pieces of at most `budget` qubits, wires and gates together, at the least
    /// overhead; a proved optimum where the search ends, else the best division found. The order in which commuting gates are
    /// written changes nothing. `qnas cut` shows the plan. Infinite if a gate on more qubits or a `prepare` does not fit.
    pub FRAGMENT_VARIANTS = ("fragment_variants", "circuits that determine all pieces completely", "CutQC, arXiv:2012.02333; arXiv:1909.07534 for gates");
    unit: "circuits",
    within: Some(|graph, budget| crate::cut::summary(graph, budget).fragment_variants),
}
