//! How a search or training gets on: a live bar on a terminal, plain lines anywhere else. All on standard error.

use crate::driver::search::pareto::Front;
use crate::driver::search::{Event, GenerationSummary, Progress};
use crate::driver::train::{Epoch, Metrics, Progress as Training};
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
        let known = "{bar:24.cyan/dim} {pos}/{len}  {msg}";
        let unknown = "{spinner} {pos}  {msg}";
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

/// Lines of progress of a training where there is no terminal to draw on.
const PLAIN_LINES: usize = 20;

/// The progress of trainings, one after another: a bar with the time left, and lines for epochs, though not for each of many.
pub(crate) struct TrainingProgress {
    shown: Shown,
    /// When the running training began, and how far it was told of.
    since: f64,
    step: usize,
    told: usize,
}

impl TrainingProgress {
    /// Nothing has begun.
    pub(crate) fn new() -> Self {
        Self { shown: Shown::new(None), since: 0.0, step: 0, told: 0 }
    }

    /// A line that stays.
    pub(crate) fn line(&self, text: &str) {
        self.shown.line(text);
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.shown.end();
    }

    /// A training has come so far.
    pub(crate) fn at(&mut self, now: &Training) {
        let seconds = self.shown.seconds();
        if now.step < self.step {
            // Another training has begun.
            (self.since, self.told) = (seconds, 0);
        }
        self.step = now.step;
        let share = now.step as f64 / now.steps.max(1) as f64;
        let left = if share > 0.0 { (seconds - self.since) * (1.0 - share) / share } else { f64::NAN };
        let left = if left.is_finite() { format!("  about {} left", clock(left)) } else { String::new() };
        let value = match now.reward {
            Some(reward) => format!("reward {reward:.4}"),
            None => format!("loss {}", super::front::number(now.loss)),
        };
        self.shown.at(now.step as u64, Some(now.steps as u64), format!("{value}{left}"));
        // Epochs of one step are many: a line for each of them would say nothing.
        let due = now.step * PLAIN_LINES / now.steps.max(1);
        if let Some(epoch) = now.ended
            && (due > self.told || epoch.epoch == 1 || now.step == now.steps)
        {
            self.told = due;
            self.shown.line(&ended(&epoch, now));
        }
    }
}

/// `epoch 3, step 30 of 100: loss 0.5, accuracy 90.0 %; validation loss 0.6, accuracy 88.0 %`
fn ended(epoch: &Epoch, now: &Training) -> String {
    if let Some(reward) = epoch.train.reward {
        return format!(
            "episode {} of {}: mean reward of the last {} {reward:.4}",
            now.step, now.steps, epoch.train.rows
        );
    }
    let train = described(&epoch.train);
    let validation =
        epoch.validation.map(|metrics| format!("; validation {}", described(&metrics))).unwrap_or_default();
    format!("epoch {}, step {} of {}: {train}{validation}", epoch.epoch, now.step, now.steps)
}

fn described(metrics: &Metrics) -> String {
    let accuracy = metrics.accuracy.map(|share| format!(", accuracy {:.1} %", 100.0 * share)).unwrap_or_default();
    format!("loss {:.6}{accuracy}", metrics.loss)
}

/// The progress of a search: on a terminal two lines that stay at the bottom, how far it is and what it has found.
pub(crate) struct SearchProgress {
    shown: Shown,
    objectives: Vec<String>,
    /// Candidates of this process, and those of the journal.
    fresh: u64,
    replayed: u64,
    failed: u64,
    last: Progress,
    /// The generation in progress, and of how many.
    generation: (u64, Option<u64>),
    front: Front<()>,
}

impl SearchProgress {
    /// A search with these objectives; `expected` candidates, if that is known.
    pub(crate) fn new(objectives: Vec<String>, expected: Option<u64>) -> Self {
        let shown = Shown::new(expected);
        let last = Progress { done: 0, expected };
        let front = Front::default();
        Self { shown, objectives, fresh: 0, replayed: 0, failed: 0, last, generation: (1, None), front }
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
                self.failed += u64::from(record.failed.is_some());
                if record.is_eligible() && record.same_as.is_none() {
                    self.front.offer(&record.objective_values(self.objectives.len()), || ());
                }
                let message = format!("{}\n{}", self.pace(), self.found());
                self.shown.at(progress.done, progress.expected, message);
            }
            Event::Generation(summary) => {
                self.generation = (summary.generation + 1, summary.of);
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

    /// `generation 3 of 8, 7 on the front, best 1 - accuracy 0.0333, flops.quantum 124`
    fn found(&self) -> String {
        let (generation, of) = self.generation;
        let of = of.map(|of| format!(" of {}", of.max(generation))).unwrap_or_default();
        let members = self.front.members();
        let best = |at: usize| members.iter().map(|member| member.objectives[at]).fold(f64::INFINITY, f64::min);
        let best: Vec<f64> = (0..self.objectives.len()).map(best).collect();
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        let front = match members.len() {
            // Training shared weights or cheap rungs puts nothing there; neither does what breaks a requirement.
            0 => "nothing on the front yet".to_owned(),
            some => format!("{some} on the front, {}", self.best(&best)),
        };
        format!("generation {generation}{of}, {front}{failed}")
    }

    /// `best 1 - accuracy 0.0333, flops.quantum 124`
    fn best(&self, best: &[f64]) -> String {
        let parts: Vec<String> = self
            .objectives
            .iter()
            .zip(best)
            .map(|(name, value)| format!("{name} {}", super::front::number(*value)))
            .collect();
        format!("best {}", parts.join(", "))
    }

    fn summary(&self, summary: &GenerationSummary) -> String {
        let of = summary.of.map(|of| format!(" of {of}")).unwrap_or_default();
        let volume = summary.hypervolume.map(|volume| format!(", hypervolume {volume:.3}")).unwrap_or_default();
        // With one objective the best alone says little: it cannot get worse where the best survive.
        let mean = match summary.mean.as_slice() {
            [mean] => format!(" (mean {})", super::front::number(*mean)),
            _ => String::new(),
        };
        format!(
            "generation {}{of}: {} evaluations, {} on the front, {}{mean}{volume}, {}",
            summary.generation,
            summary.evaluations,
            summary.front,
            self.best(&summary.best),
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
    use crate::driver::search::Record;

    #[test]
    fn a_search_says_where_it_is_and_what_it_has() {
        let record = |id: u64, objectives: [f64; 2]| -> Record {
            let line = serde_json::json!({"id": id, "assignment": {}, "seed": 0, "key": "", "objectives": objectives});
            serde_json::from_value(line).unwrap()
        };
        let mut progress = SearchProgress::new(vec!["loss".into(), "depth".into()], Some(8));
        assert_eq!(progress.found(), "generation 1, nothing on the front yet");
        for (id, objectives) in [[0.5, 4.0], [0.25, 6.0], [0.75, 5.0]].into_iter().enumerate() {
            let (record, at) = (record(id as u64, objectives), Progress { done: id as u64 + 1, expected: Some(8) });
            progress.event(&Event::Evaluated { record: &record, progress: at, seconds: Some(0.1) });
        }
        assert_eq!(progress.found(), "generation 1, 2 on the front, best loss 0.2500, depth 4");
        let mut broken = record(3, [0.0, 0.0]);
        broken.failed = Some("no".into());
        let at = Progress { done: 4, expected: Some(8) };
        progress.event(&Event::Evaluated { record: &broken, progress: at, seconds: Some(0.1) });
        let summary = GenerationSummary { generation: 1, of: Some(2), ..GenerationSummary::default() };
        progress.event(&Event::Generation(&summary));
        assert_eq!(progress.found(), "generation 2 of 2, 2 on the front, best loss 0.2500, depth 4, 1 failed");
        assert!(progress.pace().contains("/s, about "), "{}", progress.pace());
    }

    #[test]
    fn times_read_like_clocks() {
        assert_eq!(["0:00", "1:05", "2:03:04"], [clock(0.2), clock(65.0), clock(7384.4)]);
    }
}
