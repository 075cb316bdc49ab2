//! How a search or training gets on: a live bar on a terminal, plain lines anywhere else. All on standard error.

use crate::driver::search::{Event, GenerationSummary, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often a bar moves by itself: long trainings look alive.
const TICK: Duration = Duration::from_millis(120);

/// Where progress is shown.
pub(crate) struct Shown {
    bar: ProgressBar,
    live: bool,
    began: Instant,
}

impl Shown {
    /// A bar over `length` steps, unknown if `None`.
    pub(crate) fn new(length: Option<u64>) -> Self {
        let live = std::io::stderr().is_terminal();
        let target = if live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(length, target);
        let known = "{bar:24.cyan/dim} {pos}/{len} {msg}";
        let unknown = "{spinner} {pos} {msg}";
        if let Ok(style) = ProgressStyle::with_template(if length.is_some() { known } else { unknown }) {
            bar.set_style(style.progress_chars("━╸─"));
        }
        if live {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, live, began: Instant::now() }
    }

    /// Seconds since the beginning.
    pub(crate) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// A line that stays.
    pub(crate) fn line(&self, text: &str) {
        if self.live {
            self.bar.println(text);
        } else {
            // Whoever does not listen misses it.
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }

    /// Moves the bar.
    pub(crate) fn at(&self, position: u64, length: Option<u64>, message: String) {
        if let Some(length) = length {
            self.bar.set_length(length);
        }
        self.bar.set_position(position);
        self.bar.set_message(message);
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// The progress of a search.
pub(crate) struct SearchProgress {
    shown: Shown,
    objectives: Vec<String>,
    /// Candidates of this process, and those of the journal.
    fresh: u64,
    replayed: u64,
    last: Progress,
    generation: String,
}

impl SearchProgress {
    /// A search with these objectives; `expected` candidates, if that is known.
    pub(crate) fn new(objectives: Vec<String>, expected: Option<u64>) -> Self {
        let shown = Shown::new(expected);
        let last = Progress { done: 0, expected };
        Self { shown, objectives, fresh: 0, replayed: 0, last, generation: String::new() }
    }

    /// Seconds since the beginning.
    pub(crate) fn seconds(&self) -> f64 {
        self.shown.seconds()
    }

    /// A line that stays.
    pub(crate) fn line(&self, text: &str) {
        self.shown.line(text);
    }

    /// Takes an event of the search.
    pub(crate) fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Evaluated { progress, seconds, record } => {
                self.last = *progress;
                let replayed = seconds.is_none() && record.same_as.is_none();
                *(if replayed { &mut self.replayed } else { &mut self.fresh }) += 1;
                let message = format!("{}{}", self.generation, self.pace());
                self.shown.at(progress.done, progress.expected, message);
            }
            Event::Generation(summary) => {
                self.generation = self.best(summary);
                self.shown.line(&self.summary(summary));
            }
        }
    }

    /// `5.3/s, about 0:12 left`
    fn pace(&self) -> String {
        let seconds = self.shown.seconds();
        if self.fresh == 0 || seconds <= 0.0 {
            return String::new();
        }
        let rate = self.fresh as f64 / seconds;
        let left = self.last.expected.map(|expected| expected.saturating_sub(self.last.done) as f64 / rate);
        let left = left.map(|left| format!(", about {} left", clock(left))).unwrap_or_default();
        format!("{rate:.1}/s{left}")
    }

    /// `best 1 - accuracy 0.0333, flops.quantum 124  `
    fn best(&self, summary: &GenerationSummary) -> String {
        if summary.best.is_empty() {
            return "nothing feasible yet  ".to_owned();
        }
        let parts: Vec<String> = self
            .objectives
            .iter()
            .zip(&summary.best)
            .map(|(name, value)| format!("{name} {}", super::front::number(*value)))
            .collect();
        // With one objective the best alone says little: it cannot get worse where the best survive.
        let mean = match summary.mean.as_slice() {
            [mean] => format!(" (mean {})", super::front::number(*mean)),
            _ => String::new(),
        };
        format!("best {}{mean}  ", parts.join(", "))
    }

    fn summary(&self, summary: &GenerationSummary) -> String {
        let of = summary.of.map(|of| format!(" of {of}")).unwrap_or_default();
        let volume = summary.hypervolume.map(|volume| format!(", hypervolume {volume:.3}")).unwrap_or_default();
        format!(
            "generation {}{of}: {} evaluations, {} on the front, {}{volume}, {}",
            summary.generation,
            summary.evaluations,
            summary.front,
            self.best(summary).trim_end(),
            if self.fresh == 0 { "from the journal".to_owned() } else { self.pace() },
        )
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.shown.end();
    }
}

/// `1:05`, `2:03:04`
pub(crate) fn clock(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_like_clocks() {
        assert_eq!(["0:00", "1:05", "2:03:04"], [clock(0.2), clock(65.0), clock(7384.4)]);
    }
}
