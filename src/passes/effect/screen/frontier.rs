//! The strings that are still to be looked at, and which of them is next.

use super::String;
use rustc_hash::FxHashSet;

/// Strings to be looked at, those that meet a step still open first. Of the others one that the last one became, so that ways go all
/// the way back to the first step still open; at the end of a way any.
#[derive(Default)]
pub(super) struct Frontier {
    promising: Vec<(usize, String)>,
    others: Vec<(usize, String)>,
    /// Does the last of the others go on where the way is?
    goes_on: bool,
    seen: FxHashSet<(usize, String)>,
    picked: u64,
}

impl Frontier {
    /// Adds a string where it meets the step that changes it; `promising` says whether anything of that step is open.
    pub(super) fn add(&mut self, at: usize, string: String, promising: bool) {
        if self.seen.insert((at, string)) {
            if promising { &mut self.promising } else { &mut self.others }.push((at, string));
            self.goes_on |= !promising;
        }
    }

    pub(super) fn pop(&mut self) -> Option<(usize, String)> {
        if let Some(found) = self.promising.pop() {
            return Some(found);
        }
        if std::mem::take(&mut self.goes_on) {
            return self.others.pop();
        }
        let count = self.others.len();
        (count > 0).then(|| {
            let at = self.pick(count);
            self.others.swap_remove(at)
        })
    }

    /// One of so many. Steps of a generator with full period: which one is arbitrary, not random.
    pub(super) fn pick(&mut self, count: usize) -> usize {
        self.picked = self.picked.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.picked >> 33) as usize % count.max(1)
    }
}
