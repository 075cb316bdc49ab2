//! Errors of the back ends (`QN07xx`).

crate::declare_codes! {
    /// A state vector has `2^n` complex amplitudes for `n` qubits; this one does not fit into memory.
    ///
    /// Each further qubit doubles the memory. A batch is simulated in tiles of 16 samples in single and 8 in double
    /// precision, and training keeps a state per step of the circuit.
    pub STATE_TOO_LARGE = ("QN0701", "state-too-large", "the state vector of a circuit does not fit into memory");

    /// `prepare` sets qubits that are still untouched. Here a gate comes first.
    ///
    /// Wrong: `h q[0]; prepare(v) q;`. Right: `prepare(v) q; h q[0];`.
    pub PREPARE_AFTER_GATE = ("QN0702", "prepare-after-gate", "`prepare` wants qubits that no gate has touched");

    /// The operands of an operation have shapes it cannot work on. The front end makes no such graph; a graph built by
    /// hand may.
    pub BAD_SHAPE = ("QN0703", "bad-operand-shape", "an operation got operands of a shape it cannot work on");

    /// The numbers handed to a model do not fit its inputs or its weights in length.
    pub BAD_LENGTH = ("QN0704", "bad-input-length", "a model got numbers of the wrong length");

    /// Targets of a loss do not fit the outputs: a class index beyond the classes, or another number of values.
    pub BAD_TARGET = ("QN0705", "bad-target", "a loss got targets that do not fit the outputs");

    /// There is no loss, optimiser or schedule of this name.
    pub UNKNOWN_METHOD = ("QN0706", "unknown-method", "there is no loss, optimiser or schedule of this name");

    /// A circuit that is measured with a number of shots gives estimates; derivatives of estimates are not computed.
    pub SHOTS_HAVE_NO_GRADIENT = ("QN0707", "shots-have-no-gradient", "a circuit measured with shots has no exact gradient");
}
