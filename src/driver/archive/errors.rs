//! What can be wrong with a run that is looked at afterwards (`QN0870` to `QN0879`).

crate::declare_codes! {
    /// A run has no candidate of the number that was asked for.
    ///
    /// Candidates are numbered from 0 in the order in which the strategy asked for them; `qnas report RUN` lists the front
    /// with its numbers.
    ///
    /// Wrong: `--run runs/faqnas-1 --id 160` after 160 evaluations, which are 0 to 159.
    pub UNKNOWN_CANDIDATE = ("QN0870", "unknown-candidate", "a run has no candidate of this number");
    /// The program in the folder of a run is not the one that the run searched.
    ///
    /// A run keeps its program, and its journal the digest of it. If they differ, one of them was changed, or the library
    /// that comes with qnas did, in another version.
    ///
    /// Wrong: editing `runs/faqnas-1/source.qnas`. Right: a copy of it, and a new search.
    pub SOURCE_CHANGED = ("QN0871", "run-source-changed", "a program is not the one that the run searched");
    /// A run has no weights of a candidate.
    ///
    /// At its end a search keeps the weights of the front only. `qnas train --run RUN --id N --save FILE` trains any other
    /// candidate again, from the seed it was trained with.
    pub NO_WEIGHTS = ("QN0872", "no-weights-kept", "a run keeps no weights of this candidate");
    /// An architecture is neither a JSON file nor `RUN:ID`.
    ///
    /// Right: `qnas diff runs/faqnas-1:17 runs/faqnas-1:31`, `qnas diff a.json b.json --program examples/faqnas.qnas`.
    pub BAD_ARCHITECTURE = ("QN0873", "which-architecture", "it is not clear which architecture is meant");
}
