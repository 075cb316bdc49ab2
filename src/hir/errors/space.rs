//! Spaces: domains, requirements, alternatives.

crate::declare_codes! {
    /// A `choose` with nothing to choose from, in at least one architecture.
    ///
    /// Wrong:
    /// ```qnas
    /// model m(x: real[4]) -> real[2] { let n = choose 1..=4; let r = choose 1..=(n - 1); x |> linear[r] |> linear[2] }
    /// ```
    /// Right: begin where there is something to choose, or `require` it.
    pub EMPTY_DOMAIN = ("QN0401", "empty-domain", "there is nothing to choose from");
    /// An `assert` that fails in an architecture that meets every `require`.
    ///
    /// `require` removes architectures from the space; `assert` states what must hold in the rest.
    ///
    /// Wrong:
    /// ```qnas
    /// model m(x: real[4]) -> real[2] { let n = choose 1..=4; assert n < 4; x |> linear[n] |> linear[2] }
    /// ```
    pub ASSERT_FAILS = ("QN0402", "assert-fails", "an `assert` does not hold");
    /// A property that could not be decided within the limit of cases.
    ///
    /// Bound the choices named, or allow it: then each architecture is checked when it is drawn.
    pub UNPROVED = ("QN0403", "unproved", "could not be decided for every architecture");
    /// Alternatives of one `choose` with the same name.
    ///
    /// Alternatives are told apart by their label or, without one, by the name or number they begin with.
    ///
    /// Wrong:
    /// ```qnas
    /// model m(x: real[4]) -> real[2] { let f = choose { linear[4] |> relu, linear[8] |> tanh }; x |> f |> linear[2] }
    /// ```
    /// Right:
    /// ```qnas
    /// model m(x: real[4]) -> real[2] {
    ///     let f = choose { small => linear[4] |> relu, large => linear[8] |> tanh };
    ///     x |> f |> linear[2]
    /// }
    /// ```
    pub ALTERNATIVES_ALIKE = ("QN0404", "alternatives-alike", "two alternatives have the same name");
    /// Alternatives or branches of different kinds.
    ///
    /// All alternatives of a `choose`, arms of a `match` and branches of an `if` give values of one kind.
    pub MIXED_KINDS = ("QN0405", "mixed-kinds", "the alternatives are of different kinds");
    /// Requirements that no architecture meets.
    ///
    /// Wrong:
    /// ```qnas
    /// model m(x: real[4]) -> real[2] { let n = choose 1..=4; require n > 4; x |> linear[n] |> linear[2] }
    /// ```
    pub NOTHING_LEFT = ("QN0406", "nothing-left", "no architecture meets every `require`");
    /// `choose` of something that is no collection.
    pub NOT_A_DOMAIN = ("QN0407", "not-a-domain", "this is nothing to choose from");
    /// A path given with `--set` or in an architecture file that no choice has, or a value outside its domain.
    pub BAD_ASSIGNMENT = ("QN0408", "bad-assignment", "the assignment does not fit the space");
    /// Choices that were left open where one architecture is needed.
    pub OPEN_CHOICES = ("QN0409", "open-choices", "choices are still open");
}
