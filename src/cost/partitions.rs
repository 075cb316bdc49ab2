//! `partitions(budget: K)`: pieces of the circuit after cutting.

metric! {
    /// Connected components once cut gates are removed and cut wires are split, for the read-out that has most. A wire that is cut
    /// is a qubit in each of its pieces.
    ///
    /// A read-out is taken alone, everything that provably does not reach it is left out, and Clifford gates at the end become
    /// part of it. The circuit that is left is cut into pieces of at most `budget` qubits, wires and gates together, at the least
    /// overhead; a proved optimum where the search ends, else the best division found. The order in which commuting gates are
    /// written changes nothing. `qnas cut` shows the plan. Infinite if a gate on more qubits or a `prepare` does not fit.
    pub PARTITIONS = ("partitions", "pieces of the circuit after cutting", "qiskit-addon-cutting calls them subcircuits");
    unit: "pieces",
    within: Some(|graph, budget| crate::cut::summary(graph, budget).partitions),
}
