//! Errors of reading OpenQASM (`QN10xx`).

crate::declare_codes! {
    /// The text is not OpenQASM: a word or sign stands where another must.
    ///
    /// Wrong: `cx q[0] q[1];`. Right: `cx q[0], q[1];`.
    pub SYNTAX = ("QN1001", "qasm-syntax", "an OpenQASM text is not well formed");
    /// The first line names a version that cannot be read.
    ///
    /// Versions 2 and 3 are read: `OPENQASM 2.0;` or `OPENQASM 3.0;`. Without such a line version 3 is meant.
    pub VERSION = ("QN1002", "qasm-version", "an OpenQASM text is of an unknown version");
    /// `include` names a file that is neither built in nor beside the program.
    ///
    /// Built in are `qelib1.inc`, `stdgates.inc` and `hqslib1.inc`. Other files are looked for in the folder of the program.
    pub UNKNOWN_INCLUDE = ("QN1003", "qasm-unknown-include", "an included file does not exist");
    /// A gate is applied that neither an included library nor the program defines.
    ///
    /// Wrong: `OPENQASM 2.0; qreg q[1]; h q[0];`. Right: the same with `include "qelib1.inc";`. With `--lenient` every
    /// known gate is accepted.
    pub UNKNOWN_GATE = ("QN1004", "qasm-unknown-gate", "a gate is not defined");
    /// A name is used that nothing declares, or before it is declared.
    pub UNKNOWN_NAME = ("QN1005", "qasm-unknown-name", "a name is not declared");
    /// A name is declared twice.
    pub REDEFINED = ("QN1006", "qasm-redefined", "a name is declared twice");
    /// A gate is given another number of angles or qubits than it takes.
    pub ARITY = ("QN1007", "qasm-arity", "a gate is given too many or too few angles or qubits");
    /// An index lies outside its register, registers of one statement differ in length, or a register has an impossible
    /// size.
    pub BAD_INDEX = ("QN1008", "qasm-bad-index", "an index or the length of a register does not fit");
    /// One statement names one qubit twice.
    ///
    /// Wrong: `cx q[0], q[0];`. A gate acts on different qubits.
    pub REPEATED_QUBIT = ("QN1009", "qasm-repeated-qubit", "a gate is given one qubit twice");
    /// A number cannot be represented, or an angle is no finite number: a division by zero, the root of a negative number,
    /// an integer past 64 bits.
    pub BAD_NUMBER = ("QN1010", "qasm-bad-number", "a number is too large or no number");
    /// An angle depends on inputs in another way than by sums and constant factors.
    ///
    /// Wrong: `input float[64] a; rx(a * a) q;`. Right: `rx(2 * a + pi) q;`. Compute other functions before the circuit and
    /// give them as inputs of their own.
    pub NOT_AFFINE = ("QN1011", "qasm-not-affine", "an angle is no sum of inputs with constant factors");
    /// A construct of OpenQASM that a model cannot carry: loops without a constant bound, gates after a reset of the
    /// same qubit, timing, pulses, classical computation at run time.
    ///
    /// Conditions on measured bits are carried as controls on the measured qubits, a measurement before other gates as a `cx` to a qubit of
    /// its own that is read in its place, and a final `reset` is dropped.
    pub NOT_CARRIED = ("QN1012", "qasm-not-carried", "a construct of OpenQASM has no place in a model");
    /// Something is nested too deeply.
    pub TOO_DEEP = ("QN1013", "qasm-too-deep", "an expression, block, call or include is nested too deeply");
    /// The program is larger than can be held: too many qubits, bits, operations or steps of loops.
    pub TOO_LARGE = ("QN1014", "qasm-too-large", "an OpenQASM program is too large");
    /// A gate uses itself, directly or through one that is defined later.
    ///
    /// A definition may use only what is defined above it.
    pub CYCLE = ("QN1015", "qasm-cyclic-gate", "a gate is defined by itself");
    /// Something that only a lenient or ordinary reader accepts, read with `--strict`.
    ///
    /// Strict means the letter of the specification: a version line, the 23 gates of the 2017 `qelib1.inc` or the 32 of
    /// `stdgates.inc`, no stray semicolons, no words of the other version.
    pub STRICT = ("QN1016", "qasm-strict", "a strict reader refuses this");
    /// A value of the wrong type: a register for a number, a real number for an index.
    pub WRONG_TYPE = ("QN1017", "qasm-wrong-type", "a value has the wrong type");
}
