//! `overhead(budget: K)`: factor by which cutting multiplies the shots.

metric! {
    /// The product of gamma squared over all cuts of the dearest read-out: shots needed for the same precision, against the
    /// uncut circuit. For a gate `U ~ sum u_a s_a s_a`, `gamma = 2 (sum |u_a|)^2 - 1`: `cx` 3, `rzz(t)` `1 + 2 |sin t|`, `swap` 7; for a wire
    /// 4. Trainable angles count with their dearest value, so this is an upper bound; `qnas cut` also shows the smallest.
    /// 1 if nothing is cut. Minimise its logarithm if objectives are weighed against each other.
    ///
    /// A read-out is taken alone, everything that provably does not reach it is left out, and Clifford gates at the end become
    /// part of it. The circuit that is left is cut into pieces of at most `budget` qubits, wires and gates together, at the least
    /// overhead; a proved optimum where the search ends, else the best division found. The order in which commuting gates are
    /// written changes nothing. `qnas cut` shows the plan. Infinite if a gate on more qubits or a `prepare` does not fit.
    pub OVERHEAD = ("overhead", "factor by which cutting multiplies the shots", "Schmitt, Piveteau, Sutter, arXiv:2312.11638");
    unit: "times",
    within: Some(|graph, budget| crate::cut::summary(graph, budget).overhead),
}
