//! `cuts(budget: K)`: gates and wires that are cut.

metric! {
    /// Gates and wires cut in the plan of the read-out that needs most.
    ///
    /// A read-out is taken alone, everything that provably does not reach it is left out, and Clifford gates at the end become
    /// part of it. The circuit that is left is cut into pieces of at most `budget` qubits, wires and gates together, at the least
    /// overhead; a proved optimum where the search ends, else the best division found. The order in which commuting gates are
    /// written changes nothing. `qnas cut` shows the plan. Infinite if a gate on more qubits or a `prepare` does not fit.
    pub CUTS = ("cuts", "gates and wires that are cut", "");
    unit: "cuts",
    within: Some(|graph, budget| crate::cut::summary(graph, budget).cuts),
}
