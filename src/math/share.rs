//! How sure a share is of which only a sample was seen.

/// The 95 % interval of a share of which `hits` of `n` were seen.
///
/// # Source
/// E. B. Wilson, J. Am. Stat. Assoc. 22, 209, 1927.
#[must_use]
pub fn share_interval(hits: usize, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (count, z) = (n as f64, 1.959_964);
    let share = hits as f64 / count;
    let center = (share + z * z / (2.0 * count)) / (1.0 + z * z / count);
    let half = z / (1.0 + z * z / count) * (share * (1.0 - share) / count + z * z / (4.0 * count * count)).sqrt();
    let low = if hits == 0 { 0.0 } else { (center - half).max(0.0) };
    let high = if hits == n { 1.0 } else { (center + half).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_the_share() {
        // The numbers of the textbook example: 10 of 20 gives 0.299 to 0.701.
        let (low, high) = share_interval(10, 20);
        assert!((low - 0.299).abs() < 1e-3 && (high - 0.701).abs() < 1e-3, "{low} {high}");
        assert_eq!((share_interval(0, 50).0, share_interval(50, 50).1), (0.0, 1.0));
        assert_eq!(share_interval(0, 0), (0.0, 1.0));
    }
}
