//! How many threads compare architectures. Results never depend on it: work is handed out in order and taken back in order.

/// Lets everything that runs in parallel use so many threads, at least one. Only the first call in a process counts.
pub fn use_threads(jobs: usize) {
    // A second call finds the threads running; they serve as well.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build_global();
}
