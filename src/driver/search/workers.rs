//! Worker threads with an ordered mouth: work is begun and results are handed on in order, whatever finishes first.
//!
//! A worker takes the next item only when it is free, so items begun are always the first ones. When the search is told to
//! stop, those in progress end, and what is handed on is a gapless beginning.

use super::errors::NO_WORKERS;
use crate::diag::Diagnostic;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// Deep programs recurse; candidates may be compiled on these threads.
const STACK: usize = 16 << 20;

/// A pool that belongs to one search. Parallel code inside an evaluation runs on the same threads.
pub(in crate::driver) struct Workers {
    pool: ThreadPool,
    jobs: usize,
}

impl Workers {
    pub(in crate::driver) fn new(jobs: usize) -> Result<Self, Diagnostic> {
        let jobs = jobs.max(1);
        let builder = ThreadPoolBuilder::new().num_threads(jobs).stack_size(STACK);
        let pool = builder.thread_name(|at| format!("candidate-{at}")).build().map_err(|error| {
            Diagnostic::global(&NO_WORKERS, format!("{jobs} worker threads could not be started"))
                .note(error.to_string())
                .help("use fewer `--jobs`")
        })?;
        Ok(Self { pool, jobs })
    }

    /// Runs `work(0)` to `work(n - 1)` and hands each result to `sink`, in order. Nothing is begun once `halt` is true or
    /// `sink` breaks, and nothing is handed on after a break.
    pub(in crate::driver) fn ordered<R: Send>(
        &self,
        n: usize,
        work: impl Fn(usize) -> R + Sync,
        halt: impl Fn() -> bool + Sync,
        sink: &mut dyn FnMut(usize, R) -> ControlFlow<()>,
    ) {
        let next = AtomicUsize::new(0);
        let broken = AtomicBool::new(false);
        let (sender, receiver) = mpsc::channel();
        let (next, broken, work, halt) = (&next, &broken, &work, &halt);
        self.pool.in_place_scope(|scope| {
            for _ in 0..self.jobs.min(n) {
                let sender = sender.clone();
                scope.spawn(move |_| {
                    while !broken.load(Ordering::Relaxed) && !halt() {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        if at >= n || sender.send((at, work(at))).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let mut early = BTreeMap::new();
            let mut wanted = 0;
            for (at, result) in receiver {
                early.insert(at, result);
                while let Some(result) = early.remove(&wanted) {
                    if !broken.load(Ordering::Relaxed) && sink(wanted, result).is_break() {
                        broken.store(true, Ordering::Relaxed);
                    }
                    wanted += 1;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_stop_at_a_break() {
        let workers = Workers::new(3).expect("three threads");
        let mut seen = Vec::new();
        let slow_first = |at: usize| {
            (0..if at.is_multiple_of(3) { 200_000 } else { 1 }).fold(at, |x, k| std::hint::black_box(x ^ k ^ k))
        };
        workers.ordered(50, slow_first, || false, &mut |at, value| {
            assert_eq!(at, value);
            seen.push(at);
            if at == 30 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(seen, (0..=30).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_begun_is_a_beginning() {
        let workers = Workers::new(4).expect("four threads");
        let begun = AtomicUsize::new(0);
        let mut seen = 0;
        let halt = || begun.load(Ordering::Relaxed) >= 10;
        workers.ordered(1000, |_| begun.fetch_add(1, Ordering::Relaxed), halt, &mut |at, _| {
            assert_eq!(at, seen);
            seen += 1;
            ControlFlow::Continue(())
        });
        assert_eq!(seen, begun.load(Ordering::Relaxed), "everything begun is handed on");
        assert!((10..=14).contains(&seen));
    }
}
