//! Errors of circuit cutting (`QN06xx`).

crate::declare_codes! {
    /// No fragment of the size allowed can hold a step of the circuit.
    ///
    /// Gates on two qubits can be cut; a gate on three or more and a `prepare` cannot, so a fragment must hold all its qubits.
    ///
    /// Wrong: `qnas cut model.qnas --budget 2` where the model has a `ccx`.
    ///
    /// Right: `--budget 3`, or write the gate with gates on two qubits.
    pub BUDGET_TOO_SMALL = ("QN0601", "budget-too-small", "a step of the circuit does not fit into a fragment of the size allowed");
    /// No way to cut was found within the effort allowed. There may be one.
    ///
    /// Gates on three or more qubits and `prepare` are never cut, which can leave no division that is easy to find.
    pub NO_DIVISION = ("QN0602", "no-division", "no way to cut the circuit was found");
    /// A model without quantum circuit, or one that reads nothing out, has nothing to cut.
    pub NOTHING_TO_CUT = ("QN0603", "nothing-to-cut", "there is no circuit to cut");
    /// Reconstruction adds up a product of terms per cut; here they are too many to run in reasonable time.
    ///
    /// A gate like `cx` has 6 terms, any two-qubit gate up to 58, a wire 8, and `k` cuts have the product of them.
    pub TOO_MANY_TERMS = ("QN0604", "too-many-terms", "a reconstruction has too many terms");
    /// A piece, read again after it is written, is no program to our own reader.
    ///
    /// This should never be seen: please report it with the program.
    pub NOT_WRITTEN = ("QN0605", "not-written", "a piece cannot be written as OpenQASM");
}
