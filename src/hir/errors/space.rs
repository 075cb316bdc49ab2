//! Spaces: domains, requirements, alternatives.

crate::declare_codes! {
    /// A `choose` with nothing to choose from, in at least one architecture.
    ///
    /// Begin where there is something to choose, or remove the architectures in question with `require`.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { let n = choose 1..=4; let r = choose 1..=n - 1; x |> linear[n] |> linear[r] |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { let n = choose 2..=4; let r = choose 1..=n - 1; x |> linear[n] |> linear[r] |> linear[2] }
    /// ```
    pub EMPTY_DOMAIN = ("QN0401", "empty-domain", "there is nothing to choose from");
    /// An `assert` that fails in an architecture that meets every `require`.
    ///
    /// `require` removes architectures from the space; `assert` states what must hold in the rest.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { let n = choose 1..=4; assert n < 4; x |> linear[n] |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { let n = choose 1..=4; require n < 4; assert n < 4; x |> linear[n] |> linear[2] }
    /// ```
    pub ASSERT_FAILS = ("QN0402", "assert-fails", "an `assert` does not hold");
    /// A property that could not be decided within the limit of cases.
    ///
    /// What algebra and intervals cannot prove is tried for all values of the choices it depends on, up to a million cases.
    /// Bound the choices named, or write the property so that fewer of them matter.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] {
    ///     let a = choose 1..=2000;
    ///     let b = choose 1..=2000;
    ///     assert (a * a + b * b) % 4 != 3;
    ///     x |> linear[a + b] |> linear[2]
    /// }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] {
    ///     let a = choose 1..=20;
    ///     let b = choose 1..=20;
    ///     assert (a * a + b * b) % 4 != 3;
    ///     x |> linear[a + b] |> linear[2]
    /// }
    /// ```
    pub UNPROVED = ("QN0403", "unproved", "could not be decided for every architecture");
    /// Alternatives of one `choose` with the same name.
    ///
    /// Alternatives are told apart by their label or, without one, by the name or number they begin with.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { let f = choose { linear[4] |> relu, linear[8] |> tanh }; x |> f |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] {
    ///     let f = choose { small => linear[4] |> relu, large => linear[8] |> tanh };
    ///     x |> f |> linear[2]
    /// }
    /// ```
    pub ALTERNATIVES_ALIKE = ("QN0404", "alternatives-alike", "two alternatives have the same name");
    /// Alternatives or branches of different kinds.
    ///
    /// All alternatives of a `choose`, arms of a `match` and branches of an `if` give values of one kind.
    ///
    /// ```qnas wrong
    /// circuit c() -> real[2] { qubit[2] q; let g = choose { h, 3 }; g q; expect(Z(q)) }
    /// ```
    ///
    /// ```qnas right
    /// circuit c() -> real[2] { qubit[2] q; let g = choose { h, x }; g q; expect(Z(q)) }
    /// ```
    pub MIXED_KINDS = ("QN0405", "mixed-kinds", "the alternatives are of different kinds");
    /// Requirements that no architecture meets.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { let n = choose 1..=4; require n > 4; x |> linear[n] |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { let n = choose 1..=8; require n > 4; x |> linear[n] |> linear[2] }
    /// ```
    pub NOTHING_LEFT = ("QN0406", "nothing-left", "no architecture meets every `require`");
    /// `choose` of something that is no collection.
    ///
    /// One chooses from a range, a list, an enum, `bool`, a register, or alternatives in braces.
    ///
    /// ```qnas wrong
    /// model m(x: real[4]) -> real[2] { let n = choose 4; x |> linear[n] |> linear[2] }
    /// ```
    ///
    /// ```qnas right
    /// model m(x: real[4]) -> real[2] { let n = choose 1..=4; x |> linear[n] |> linear[2] }
    /// ```
    pub NOT_A_DOMAIN = ("QN0407", "not-a-domain", "this is nothing to choose from");
    /// A path given with `--set` or in an architecture file that no choice has, or a value outside its domain.
    ///
    /// `qnas space FILE` lists the paths with their domains.
    pub BAD_ASSIGNMENT = ("QN0408", "bad-assignment", "the assignment does not fit the space");
    /// Choices that were left open where one architecture is needed.
    ///
    /// Give them with `--set path=value`, `--arch FILE.json` or `--sample SEED`.
    pub OPEN_CHOICES = ("QN0409", "open-choices", "choices are still open");
}
