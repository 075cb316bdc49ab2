//! What can go wrong around a search: strategy options, empty spaces, journals and run folders (`QN0801` to `QN0829`).
//!
//! A candidate that fails is no error: it is a line of the journal. These codes are for what stops a search.

crate::declare_codes! {
    /// A `strategy:` names something that is not in the catalogue.
    ///
    /// Wrong: `strategy: nsga(population: 20)`
    ///
    /// Right: `strategy: nsga2(population: 20)`; `qnas list strategies` shows them all.
    pub UNKNOWN_STRATEGY = ("QN0801", "unknown-strategy", "there is no search strategy of this name");
    /// A strategy is given an option it does not have.
    ///
    /// Wrong: `strategy: nsga2(pop: 20)`
    ///
    /// Right: `strategy: nsga2(population: 20)`; `qnas explain nsga2` lists the options.
    pub UNKNOWN_STRATEGY_OPTION = ("QN0802", "unknown-strategy-option", "the strategy has no option of this name");
    /// An option of a strategy is missing, of the wrong kind, or outside what it may be.
    ///
    /// Wrong: `strategy: nsga2(mutation: 20)`
    ///
    /// Right: `strategy: nsga2(mutation: 0.2)`
    pub BAD_STRATEGY_OPTION = ("QN0803", "bad-strategy-option", "an option of a strategy cannot have this value");
    /// An exhaustive search meets a space with more assignments than its limit.
    ///
    /// Wrong: `strategy: exhaustive(limit: 1000)` on a space of 8640 assignments
    ///
    /// Right: `strategy: exhaustive(limit: 10000)`, or a strategy that samples the space.
    pub SPACE_TOO_LARGE = ("QN0804", "space-too-large", "the space has more assignments than the strategy may visit");
    /// No assignment meets every `require`, so there is nothing to search.
    ///
    /// Wrong: `let n = choose 2..=4; require n > 4;`
    ///
    /// Right: `let n = choose 2..=8; require n > 4;`
    pub EMPTY_SPACE = ("QN0805", "empty-space", "no architecture of the space meets every `require`");
    /// A file that should be a journal does not begin like one.
    ///
    /// Wrong: `qnas search --resume notes.txt`
    ///
    /// Right: `qnas search --resume runs/faqnas-1`
    pub JOURNAL_FOREIGN = ("QN0810", "foreign-journal", "the file is not a journal of a search");
    /// A journal was written in a format that this version does not know.
    ///
    /// Wrong: resuming with an older `qnas` than the one that began the run
    ///
    /// Right: resuming with the same version, or a newer one.
    pub JOURNAL_NEWER = ("QN0811", "newer-journal", "the journal comes from a newer version of qnas");
    /// A journal belongs to another search: its source, data, seed, strategy or objectives differ.
    ///
    /// Wrong: editing `strategy: nsga2(population: 12)` to `20`, then `qnas search --resume runs/qnas-1`
    ///
    /// Right: a new run for a new search; the old source stands in `runs/qnas-1/source.qnas`.
    pub JOURNAL_MISMATCH = ("QN0812", "journal-mismatch", "the journal belongs to another search");
    /// A line before the last one of a journal cannot be read.
    ///
    /// A torn last line is what a killed process leaves behind, and is repaired; damage further up is not guessed at.
    ///
    /// Wrong: an editor has changed line 17
    ///
    /// Right: `head -n 16 journal.jsonl` into a new file keeps what is sound; the rest is evaluated again.
    pub JOURNAL_DAMAGED = ("QN0813", "damaged-journal", "a line of the journal cannot be read");
    /// A journal does not say what this search would have done.
    ///
    /// Resuming asks the strategy again for what the journal already answers. The same source and seed give the same
    /// questions, unless the space or the strategy has changed with the version of qnas, or a line was edited.
    ///
    /// Wrong: changing an assignment in the journal
    ///
    /// Right: resuming with the version that began the run, or starting anew.
    pub JOURNAL_DIVERGES = ("QN0814", "journal-diverges", "the journal does not follow from its own search");
    /// The journal cannot be written: the disk is full or the folder is read-only.
    ///
    /// Wrong: a run folder on a full disk
    ///
    /// Right: make room, then `--resume`; everything up to the last whole line is kept.
    pub JOURNAL_WRITE = ("QN0815", "journal-not-written", "the journal could not be written");
    /// A new run is asked to use a folder that already holds one.
    ///
    /// Wrong: `qnas search a.qnas --out runs/a-1` twice
    ///
    /// Right: another folder, or `--resume runs/a-1`.
    pub RUN_EXISTS = ("QN0816", "run-exists", "the folder already holds a run");
    /// A run folder or a file in it cannot be made, opened or read.
    ///
    /// Wrong: `--out` below a folder without write permission
    ///
    /// Right: a folder that you may write to.
    pub RUN_FOLDER = ("QN0817", "run-folder", "the folder of a run cannot be used");
    /// Two processes want to write to one run.
    ///
    /// Wrong: `--resume runs/a-1` while `runs/a-1` is still searching
    ///
    /// Right: wait for the first, or stop it.
    pub RUN_BUSY = ("QN0818", "run-busy", "another process is writing this run");
    /// The threads of a search cannot be started.
    ///
    /// Wrong: `--jobs 100000`
    ///
    /// Right: `--jobs 2`, at most one per core is of use.
    pub NO_WORKERS = ("QN0819", "no-workers", "the worker threads could not be started");
}
