//! What can be wrong with a run before it begins, and with the files a simulation reads.

crate::declare_codes! {
    /// A file has no search, and searching or training needs one.
    ///
    /// Wrong: `qnas search circuit.qnas` where the file holds only a circuit.
    ///
    /// Right: add `search name { model: .., train: .., minimize: [..] }`.
    pub NO_SEARCH = ("QN0830", "no-search", "there is no search to run");
    /// A search leaves out a field that running it needs.
    ///
    /// Wrong: `search s { model: hqnn, data: iris, train: fit(adam(lr: 1e-3), loss: cross_entropy, epochs: 5) }`
    ///
    /// Right: the same with `minimize: [1 - accuracy, flops.quantum]`.
    pub MISSING_FIELD = ("QN0831", "missing-search-field", "a search leaves out what running it needs");
    /// An objective or requirement mentions a metric that this search cannot measure.
    ///
    /// `accuracy` needs data with classes; `loss` needs `train`.
    pub UNMEASURED = ("QN0832", "unmeasured-metric", "a metric cannot be measured in this search");
    /// The data of a search has no rows where the search needs some.
    ///
    /// Wrong: `data: iris(train: 0.8, validation: 0.0, test: 0.2)` with `minimize: [1 - accuracy]`
    ///
    /// Right: `data: iris(train: 0.6, validation: 0.2, test: 0.2)`.
    pub EMPTY_PART = ("QN0833", "empty-data-part", "a part of the data that is needed has no rows");
    /// A file of inputs cannot be read as numbers.
    ///
    /// A CSV file has one sample a line, all inputs one after another; a first line of names is skipped. A JSON file is a
    /// list of samples, or an object of such lists by the name of the input.
    pub BAD_INPUT = ("QN0945", "bad-input-file", "a file of inputs cannot be read");
    /// A sample has more or fewer numbers than the model takes.
    pub INPUT_WIDTH = ("QN0946", "input-width", "a sample does not fit the model's inputs");
    /// More derivatives are asked for than can be shown.
    ///
    /// A Jacobian has samples × outputs × weights numbers; `--grad=sum` asks for the gradient of the sum of all outputs.
    pub TOO_MANY_DERIVATIVES = ("QN0834", "too-many-derivatives", "more derivatives are asked for than can be shown");
}
