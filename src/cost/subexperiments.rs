//! `subexperiments(budget: K)`: distinct circuits that hardware runs.

metric! {
    /// The sum over pieces of `6^in * 3^out * d` times the groups of observables measured together: the circuits from which a
    /// quasi-probability decomposition is sampled, each counted once. It differs from `fragment_variants` in preparing all six
    /// Pauli eigenstates. Summed over read-outs; equal circuits of several read-outs count once.
    ///
    /// A read-out is taken alone, everything that provably does not reach it is left out, and Clifford gates at the end become
    /// part of it. The circuit that is left is cut into pieces of at most `budget` qubits, wires and gates together, at the least
    /// overhead; a proved optimum where the search ends, else the best division found. The order in which commuting gates are
    /// written changes nothing. `qnas cut` shows the plan. Infinite if a gate on more qubits or a `prepare` does not fit.
    pub SUBEXPERIMENTS = ("subexperiments", "distinct circuits that hardware runs", "arXiv:1904.00102, arXiv:1909.07534");
    unit: "circuits",
    within: Some(|graph, budget| crate::cut::summary(graph, budget).subexperiments),
}
