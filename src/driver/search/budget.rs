//! What a search may spend.
//!
//! A budget cuts a search short and changes nothing else: the journal of a short run is the beginning of the journal of
//! a longer one, so a run is extended by resuming it with a larger budget.

/// What a search may spend; nothing set means as much as the strategy asks for.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Budget {
    /// Candidates, counting those of the journal that is resumed.
    pub evaluations: Option<u64>,
    /// Seconds of this process; no candidate is begun later.
    pub seconds: Option<f64>,
}

impl Budget {
    /// How many of `wanted` candidates fit after `done`.
    #[must_use]
    pub fn room(&self, done: u64, wanted: usize) -> usize {
        let left = self.evaluations.map_or(u64::MAX, |most| most.saturating_sub(done));
        usize::try_from(left).unwrap_or(usize::MAX).min(wanted)
    }

    /// Is the time over?
    #[must_use]
    pub fn is_late(&self, seconds: f64) -> bool {
        self.seconds.is_some_and(|most| seconds >= most)
    }
}
