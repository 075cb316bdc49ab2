//! Types and shapes: kinds of values, sizes, operands, indices.

crate::declare_codes! {
    /// A value of one kind where another is needed.
    ///
    /// Ints widen to reals, nothing else changes kind by itself.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { x |> linear[true] |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { x |> linear[8] |> linear[2] }
    /// ```
    pub TYPE_MISMATCH = ("QN0301", "type-mismatch", "the value is of another kind than needed");
    /// Shapes that do not fit, in at least one architecture.
    ///
    /// Shapes are checked for every architecture of the space. The message names the choices that break it.
    ///
    /// ```qnas wrong
    /// circuit c[n](x: real[n]) -> real[n] { qubit[n] q; ry(x) q; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { let n = choose 2..=4; x |> linear[3] |> c[n] |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// circuit c[n](x: real[n]) -> real[n] { qubit[n] q; ry(x) q; expect(Z(q)) }
    /// model m(x: real[4]) -> real[2] { let n = choose 2..=4; x |> linear[n] |> c[n] |> linear[2] }
    /// ```
    pub SHAPE_MISMATCH = ("QN0302", "shape-mismatch", "the shapes do not fit");
    /// Too many or too few arguments.
    ///
    /// ```qnas wrong
    /// circuit c() -> real[2] { qubit[2] q; rx q; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// circuit c() -> real[2] { qubit[2] q; rx(0.5) q; expect(Z(q)) }
    /// ```
    pub ARGUMENT_COUNT = ("QN0303", "argument-count", "the number of arguments is wrong");
    /// A gate on the wrong number of qubits.
    ///
    /// ```qnas wrong
    /// circuit c() -> real[2] { qubit[2] q; cx q[0]; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// circuit c() -> real[2] { qubit[2] q; cx q[0], q[1]; expect(Z(q)) }
    /// ```
    pub OPERAND_COUNT = ("QN0304", "operand-count", "the gate takes another number of qubits");
    /// One qubit twice in one gate, in at least one architecture.
    ///
    /// A gate's operands must be different qubits. A ring on one qubit, or a range that is a multiple of the register's size,
    /// makes a wire meet itself.
    ///
    /// ```qnas wrong
    /// circuit c[n = choose 1..=3]() -> real[n] { qubit[n] q; for i in 0..n { cx q[i], q[(i + 1) % n]; } expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// circuit c[n = choose 2..=3]() -> real[n] { qubit[n] q; for i in 0..n { cx q[i], q[(i + 1) % n]; } expect(Z(q)) }
    /// ```
    pub SAME_QUBIT = ("QN0305", "same-qubit", "a gate uses one qubit twice");
    /// An index outside its register, list or tensor, in at least one architecture.
    ///
    /// Indices count from 0. There are no negative ones: the last element of `q[n]` is `q[n - 1]`.
    ///
    /// ```qnas wrong
    /// circuit c() -> real[2] { qubit[2] q; x q[-1]; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// circuit c() -> real[2] { qubit[2] q; x q[1]; expect(Z(q)) }
    /// ```
    pub OUT_OF_RANGE = ("QN0306", "out-of-range", "the index is outside");
    /// Data or a weight where something fixed is needed.
    ///
    /// Conditions, bounds, sizes and indices are fixed once the architecture is: they cannot depend on data or weights.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { if x[0] > 0 { x |> linear[2] } else { x |> relu |> linear[2] } }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { if choose bool { x |> linear[2] } else { x |> relu |> linear[2] } }
    /// ```
    pub NOT_FIXED = ("QN0307", "not-fixed", "a flowing value where a fixed one is needed");
    /// A division of ints that leaves a remainder, in at least one architecture.
    ///
    /// Ints are exact. Say which way to round: `floor(a / b)` or `ceil(a / b)`.
    ///
    /// ```qnas wrong
    /// model m(x: real[5]) -> real[2] { x |> linear[5 / 2] |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[5]) -> real[2] { x |> linear[floor(5 / 2)] |> linear[2] }
    /// ```
    pub INEXACT_DIVISION = ("QN0308", "inexact-division", "the division leaves a remainder");
    /// A setting that is neither given, nor inferred from shapes, nor has a default.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { x |> linear }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { x |> linear[2] }
    /// ```
    pub MISSING_SETTING = ("QN0309", "missing-setting", "a setting has no value");
    /// A `match` that leaves values out. `_ => ..` stands for all others.
    ///
    /// ```qnas wrong
    /// enum Keep { all, none }
    /// fn count(keep: Keep) -> int = match keep { all => 1 };
    /// ```
    ///
    /// ```qnas right
    /// enum Keep { all, none }
    /// fn count(keep: Keep) -> int = match keep { all => 1, none => 0 };
    /// ```
    pub NOT_EXHAUSTIVE = ("QN0310", "not-exhaustive", "the `match` leaves values out");
    /// An operator between values it is not defined for.
    ///
    /// `+ - * / % **` work on ints and, elementwise, on tensors; `&&`, `||` and `!` on bools; `+ - *` also on observables.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { x |> linear[2 && 3] |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { x |> linear[2 + 3] |> linear[2] }
    /// ```
    pub BAD_OPERATION = ("QN0311", "bad-operation", "the operator is not defined for these values");
    /// Settings in parentheses.
    ///
    /// Brackets hold what is fixed (sizes, settings, indices), parentheses hold what flows (data, weights, angles).
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { x |> linear(2) }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { x |> linear[2] }
    /// ```
    pub SETTINGS_IN_PARENTHESES = ("QN0312", "settings-in-parentheses", "settings go in brackets");
    /// A gate after a read-out.
    ///
    /// Read-outs are taken at the end of a circuit; nothing may change the state after the first of them.
    ///
    /// ```qnas wrong
    /// circuit c() -> real { qubit q; h q; let z = expect(Z(q)); x q; z }
    /// ```
    ///
    /// ```qnas right
    /// circuit c() -> real { qubit q; h q; x q; let z = expect(Z(q)); z }
    /// ```
    pub GATE_AFTER_READOUT = ("QN0313", "gate-after-readout", "the state changes after it was read out");
    /// `prepare` on qubits that were used before, or under `inv`, `ctrl` or `pow`.
    ///
    /// `prepare(v) q;` sets untouched qubits to a state; it is no gate that could be undone or controlled.
    ///
    /// ```qnas wrong
    /// circuit c(x: real[4]) -> real[2] { qubit[2] q; h q; prepare(x) q; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// circuit c(x: real[4]) -> real[2] { qubit[2] q; prepare(x) q; h q; expect(Z(q)) }
    /// ```
    pub PREPARE_TOUCHED = ("QN0314", "prepare-touched", "`prepare` needs untouched qubits");
    /// A size or number past a limit of this compiler; the message names the limit.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { x |> for k in 0..5000 { linear[4] |> relu } |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { x |> for k in 0..50 { linear[4] |> relu } |> linear[2] }
    /// ```
    pub TOO_LARGE = ("QN0315", "too-large", "a size or number is too large");
    /// `weight`, `choose`, qubits or read-outs where they have no meaning.
    ///
    /// A `fn` computes fixed values: it has neither weights nor choices. Qubits and read-outs belong to circuits, gates to
    /// circuits and other gates.
    ///
    /// ```qnas wrong
    /// fn width(n: int) -> int = choose 1..=n;
    /// model m(x: real[4]) -> real[2] { x |> linear[width(4)] |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// fn width(n: int) -> int = 2 * n;
    /// model m(x: real[4]) -> real[2] { x |> linear[width(choose 1..=4)] |> linear[2] }
    /// ```
    pub MISPLACED = ("QN0316", "misplaced", "this cannot stand here");
    /// A body without the declared result, or a record with other fields.
    ///
    /// The last expression of a block, without `;`, is its value.
    ///
    /// ```qnas wrong
    /// circuit c() -> real[2] { qubit[2] q; h q; }
    /// ```
    ///
    /// ```qnas right
    /// circuit c() -> real[2] { qubit[2] q; h q; expect(Z(q)) }
    /// ```
    pub RESULT_MISMATCH = ("QN0317", "result-mismatch", "the result is not of the declared type");
    /// A layer whose needs are not met, in at least one architecture: `conv2d` needs channels, rows and columns, for example.
    ///
    /// ```qnas wrong
    /// model m(x: real[28, 28]) -> real[2] { x |> conv2d[4, 3] |> flatten |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[1, 28, 28]) -> real[2] { x |> conv2d[4, 3] |> flatten |> linear[2] }
    /// ```
    pub LAYER_NEEDS = ("QN0318", "layer-needs", "the layer cannot take this input");
    /// An observable that is not Hermitian.
    ///
    /// A product of different Paulis on one qubit is not an observable.
    ///
    /// ```qnas wrong
    /// circuit c() -> real { qubit[2] q; h q; expect(X(q[0]) * Z(q[0])) }
    /// ```
    ///
    /// ```qnas right
    /// circuit c() -> real { qubit[2] q; h q; expect(X(q[0]) * Z(q[1])) }
    /// ```
    pub NOT_HERMITIAN = ("QN0319", "not-hermitian", "this product of Paulis is no observable");
    /// A `search` or `device` field of the wrong kind, twice, or missing.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[3] { x |> linear[3] }
    /// search s { model: m, data: iris, train: fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 2), seed: -1, minimize: [1 - accuracy] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[3] { x |> linear[3] }
    /// search s { model: m, data: iris, train: fit(adam(lr: 1e-2), loss: cross_entropy, epochs: 2), seed: 1, minimize: [1 - accuracy] }
    /// ```
    pub BAD_FIELD = ("QN0320", "bad-field", "a field is missing or of the wrong kind");
    /// A statement whose value is dropped.
    ///
    /// Names are never reassigned and nothing has side effects but gates, so a value that nothing takes is a slip.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { x |> linear[8]; x |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { let y = x |> linear[8]; y |> linear[2] }
    /// ```
    pub NO_EFFECT = ("QN0321", "no-effect", "the statement has no effect");
}
