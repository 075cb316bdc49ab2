//! Ctrl-C: the first asks a run to end cleanly, the second ends it there and then.

use crate::diag::Diagnostic;
use crate::driver::errors;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a shell reports for a process ended by Ctrl-C.
const INTERRUPTED: i32 = 130;

/// Begins to listen; the flag becomes true with the first Ctrl-C (or SIGTERM, SIGHUP).
///
/// # Errors
/// `QN0905` if the system does not let us listen.
pub(crate) fn listen() -> Result<Arc<AtomicBool>, Diagnostic> {
    let stop = Arc::new(AtomicBool::new(false));
    let seen = stop.clone();
    let handler = move || {
        // Journals are valid after every line, so there is nothing to tidy up.
        if seen.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
    };
    ctrlc::set_handler(handler).map_err(|error| {
        Diagnostic::global(&errors::BAD_OPTION, format!("listening for Ctrl-C is not possible: {error}"))
    })?;
    Ok(stop)
}
