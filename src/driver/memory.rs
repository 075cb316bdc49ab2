//! Does what a model needs fit into the memory that is free?
//!
//! A system that promises more memory than it has kills whoever takes it at its word, so states are weighed before they
//! are made.

use crate::backends::too_large;
use crate::diag::Diagnostic;

/// Refuses states of so many bytes if the system says that less memory is free. Where it says nothing, the attempt to
/// take them decides.
///
/// # Errors
/// `QN0701` with the bytes needed.
pub fn check(bytes: u128) -> Result<(), Diagnostic> {
    match available() {
        Some(free) if bytes > u128::from(free) => {
            Err(too_large(bytes).note(format!("{:.1} GiB of memory are free", free as f64 / f64::from(1 << 30))))
        }
        _ => Ok(()),
    }
}

/// Bytes of memory that can be had without swapping.
fn available() -> Option<u64> {
    free_in(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

/// Reads the kernel's own estimate, which is in KiB.
fn free_in(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_any_machine_has_is_refused_with_the_bytes() {
        assert_eq!(free_in("MemTotal:  9 kB\nMemAvailable:     12 kB\n"), Some(12 * 1024));
        assert_eq!(free_in("MemTotal:  9 kB\n"), None);
        assert!(check(1 << 20).is_ok());
        if available().is_some() {
            let error = check(1 << 60).expect_err("refused");
            assert_eq!(error.code.meta.code, "QN0701");
            assert!(error.message.contains("1.0 EiB (1152921504606846976 bytes)"), "{}", error.message);
        }
    }
}
