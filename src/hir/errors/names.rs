//! Names: unknown, twice, unused, or from another language.

crate::declare_codes! {
    /// A name that nothing declares.
    ///
    /// Names are looked for among the `let`s, loop variables, parameters and settings in scope, then among the file's
    /// items and imports, then among what the language brings (gates, layers, functions).
    ///
    /// ```qnas wrong
    /// fn double(a: int) -> int = a + b;
    /// ```
    ///
    /// ```qnas right
    /// fn double(a: int) -> int = a + a;
    /// ```
    pub UNKNOWN_NAME = ("QN0201", "unknown-name", "nothing of this name is in scope");
    /// A gate statement that names no gate.
    ///
    /// A gate statement looks only for gates: those of the catalogue (`qnas list gates`), `gate` items of the file or of an
    /// import, and names bound to gates. So data may be called `x`, and `x q[0];` is still the gate.
    ///
    /// ```qnas wrong
    /// circuit c() -> real[2] { qubit[2] q; rxz(0.1) q; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// circuit c() -> real[2] { qubit[2] q; rx(0.1) q; expect(Z(q)) }
    /// ```
    pub UNKNOWN_GATE = ("QN0202", "unknown-gate", "there is no gate of this name");
    /// A `use` of a module that does not exist.
    ///
    /// Library modules start with `std::` (`qnas list library`); any other path names a `.qnas` file next to the one that
    /// imports it.
    ///
    /// ```qnas wrong
    /// use std::embeding::angle_y;
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; ry(x) q; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// use std::embed::angle_y;
    /// circuit c(x: real[2]) -> real[2] { qubit[2] q; angle_y(x) q; expect(Z(q)) }
    /// ```
    pub UNKNOWN_MODULE = ("QN0203", "unknown-module", "there is no module of this path");
    /// A `use` of a name its module does not declare.
    ///
    /// ```qnas wrong
    /// use std::entangle::rings;
    /// circuit c() -> real[2] { qubit[2] q; h q; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// use std::entangle::ring;
    /// circuit c() -> real[2] { qubit[2] q; ring[cx] q; expect(Z(q)) }
    /// ```
    pub UNKNOWN_IMPORT = ("QN0204", "unknown-import", "the module has nothing of this name");
    /// Two declarations of one name in one place.
    ///
    /// Names are never reassigned; a second `let` of a name in the same block is most often a slip. Inner blocks may reuse
    /// a name.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { let n = 3; let n = n + 1; x |> linear[n] |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { let n = 3; let wide = n + 1; x |> linear[wide] |> linear[2] }
    /// ```
    pub DUPLICATE_NAME = ("QN0205", "duplicate-name", "the name is declared twice");
    /// A field that a record, a device or a search does not have.
    ///
    /// ```qnas wrong
    /// device line { qubits: 3, edges: [(0, 1), (1, 2)] }
    /// circuit c[dev: device = line]() -> real { qubit[dev.qubit] q; h q; expect(Z(q[0])) }
    /// ```
    ///
    /// ```qnas right
    /// device line { qubits: 3, edges: [(0, 1), (1, 2)] }
    /// circuit c[dev: device = line]() -> real { qubit[dev.qubits] q; h q; expect(Z(q[0])) }
    /// ```
    pub UNKNOWN_FIELD = ("QN0206", "unknown-field", "there is no field of this name");
    /// A setting or argument name that the callee does not have.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { x |> linear[out: 2, biass: false] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { x |> linear[out: 2, bias: false] }
    /// ```
    pub UNKNOWN_ARGUMENT = ("QN0207", "unknown-argument", "the callee takes no setting or argument of this name");
    /// An item that uses itself, directly or through others.
    ///
    /// Programs are total: there is no recursion, and compiling always ends. Repeat with a `for` or a list.
    ///
    /// ```qnas wrong
    /// fn total(n: int) -> int = if n == 0 { 0 } else { n + total(n - 1) };
    /// ```
    ///
    /// ```qnas right
    /// fn total(n: int) -> int = sum(0..=n);
    /// ```
    pub RECURSION = ("QN0208", "recursion", "an item uses itself");
    /// A name that nothing reads.
    ///
    /// Start a name with `_` to keep it without a warning. The variable of a `for` names its iterations in paths, so it
    /// need not be read.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { let n = 3; x |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { let n = 3; x |> linear[n] |> linear[2] }
    /// ```
    pub UNUSED = ("QN0209", "unused", "nothing reads the name");
    /// A name from Python, PennyLane, Qiskit or OpenQASM that is spelled differently here.
    ///
    /// Gates have the names of OpenQASM's `stdgates.inc`: `cx`, not `CNOT`; `rx`, not `RX`. The upper-case `X`, `Y` and `Z`
    /// are observables. Ranges are written `0..n`.
    ///
    /// ```qnas wrong
    /// circuit c() -> real[2] { qubit[2] q; CNOT q[0], q[1]; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// circuit c() -> real[2] { qubit[2] q; cx q[0], q[1]; expect(Z(q)) }
    /// ```
    pub FOREIGN_NAME = ("QN0210", "foreign-name", "the name is spelled differently in this language");
    /// Files that import each other.
    ///
    /// Move what both need into a third file.
    pub IMPORT_CYCLE = ("QN0211", "import-cycle", "files import each other");
}
