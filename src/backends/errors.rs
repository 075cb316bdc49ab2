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

    /// `--profile` names a target that is not known. `qnas list profiles` shows them.
    pub UNKNOWN_PROFILE = ("QN0711", "unknown-profile", "there is no profile of this name");

    /// A target cannot express what is to be emitted: open angles in OpenQASM 2, amplitudes that are not numbers, too many
    /// controls.
    ///
    /// Wrong: `qnas emit qasm2 model.qnas` for a circuit with weights. Right: the same with `--weights w.json`.
    pub NOT_EMITTED = ("QN0712", "not-emitted", "a circuit cannot be written for this target");

    /// A written file was read again and did not mean the same. This is a mistake of the compiler, not of the program:
    /// nothing was written.
    pub EMIT_CHECK = ("QN0713", "emit-check", "a written file does not mean what it should");

    /// There is no loss, optimiser or schedule of this name.
    pub UNKNOWN_METHOD = ("QN0706", "unknown-method", "there is no loss, optimiser or schedule of this name");

    /// A circuit that is measured with a number of shots gives estimates; derivatives of estimates are not computed.
    pub SHOTS_HAVE_NO_GRADIENT = ("QN0707", "shots-have-no-gradient", "a circuit measured with shots has no exact gradient");
}
