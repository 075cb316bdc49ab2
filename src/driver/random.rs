//! Random numbers by purpose: one seed, one independent stream for every use.
//!
//! A stream is named, so that adding a use never shifts the numbers another use sees, and a result never depends on
//! which thread asked first. Everything that picks is written here, in integers, so that the same seed picks the same
//! things on every platform and with every version of the `rand` crate.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// The generator for one purpose (`"data/split"`, `"train/shuffle/3"`) of a run with this seed.
///
/// The key is `SHA-256("qnas" ‖ seed (little-endian) ‖ purpose)`.
#[must_use]
pub fn stream(seed: u64, purpose: &str) -> ChaCha8Rng {
    let digest = Sha256::new().chain_update("qnas").chain_update(seed.to_le_bytes()).chain_update(purpose).finalize();
    let mut key = [0u8; 32];
    key.copy_from_slice(&digest);
    ChaCha8Rng::from_seed(key)
}

/// A number below `n`, which must not be zero.
///
/// Takes the upper half of a 64×64-bit product; the bias is below 2⁻³² for every `n` below 2³².
pub fn below(rng: &mut dyn Rng, n: usize) -> usize {
    ((u128::from(rng.next_u64()) * n as u128) >> 64) as usize
}

/// Puts `items` in a random order (Fisher-Yates, from the end).
pub fn shuffle<I>(rng: &mut dyn Rng, items: &mut [I]) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(rng, last + 1));
    }
}

/// `bytes` as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of `bytes`, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_named_and_do_not_move() {
        let mut a = stream(42, "data/split");
        let mut b = stream(42, "data/subset");
        let first = a.next_u64();
        assert_ne!(first, b.next_u64());
        assert_eq!(first, stream(42, "data/split").next_u64());
        assert_ne!(first, stream(43, "data/split").next_u64());
    }

    #[test]
    fn a_shuffle_is_a_permutation_and_every_order_is_possible() {
        let mut rng = stream(1, "test");
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..300 {
            let mut items = [0, 1, 2, 3];
            shuffle(&mut rng, &mut items);
            let mut sorted = items;
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3]);
            seen.insert(items);
        }
        assert_eq!(seen.len(), 24);
    }

    #[test]
    fn known_numbers() {
        let mut order: Vec<u32> = (0..8).collect();
        shuffle(&mut stream(0, "golden"), &mut order);
        assert_eq!(order, [3, 5, 7, 0, 1, 2, 4, 6], "pinned: a change here changes every published result");
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
