//! Fingerprints and seeds: everything random in a search follows from its seed by name, never by order of events.

use crate::hir::Assignment;
use sha2::{Digest, Sha256};

fn leading(hasher: Sha256) -> u128 {
    let mut first = [0; 16];
    first.copy_from_slice(&hasher.finalize()[..16]);
    u128::from_be_bytes(first)
}

/// A hash of an assignment that is the same on every machine: equal exactly for equal assignments.
#[must_use]
pub fn fingerprint(assignment: &Assignment) -> u128 {
    let mut hasher = Sha256::new();
    // Paths are sorted and every value has one JSON form, so the text is canonical.
    hasher.update(serde_json::to_vec(assignment).unwrap_or_default());
    leading(hasher)
}

/// A seed for one purpose: independent streams for different purposes or parts.
#[must_use]
pub fn derive_seed(seed: u64, purpose: &str, parts: &[&[u8]]) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(seed.to_le_bytes());
    for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    u64::try_from(leading(hasher) >> 64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hir::Value;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(derive_seed(1, "a", &[b"bc"]), derive_seed(1, "ab", &[b"c"]));
        assert_ne!(derive_seed(1, "a", &[b"b"]), derive_seed(2, "a", &[b"b"]));
        assert_eq!(derive_seed(1, "a", &[b"b"]), derive_seed(1, "a", &[b"b"]));
    }

    #[test]
    fn a_fingerprint_sees_kinds_of_numbers() {
        let with = |value| Assignment([("n".to_owned(), value)].into());
        assert_ne!(fingerprint(&with(Value::Int(1))), fingerprint(&with(Value::Real(1.0))));
    }
}
