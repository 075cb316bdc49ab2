//! The numerical rank of a few vectors.

/// How many of the vectors are linearly independent: Gram-Schmidt, the longest remaining vector first, those shorter than
/// `tolerance` times the longest of all counted as zero.
pub(super) fn rank(mut vectors: Vec<Vec<f64>>, tolerance: f64) -> usize {
    let length = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let longest = vectors.iter().map(|v| length(v)).fold(0.0, f64::max);
    if longest == 0.0 {
        return 0;
    }
    let mut found = 0;
    while !vectors.is_empty() {
        let (at, norm) = vectors
            .iter()
            .enumerate()
            .map(|(at, v)| (at, length(v)))
            .fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best });
        if norm <= tolerance * longest {
            break;
        }
        found += 1;
        let pivot: Vec<f64> = vectors.swap_remove(at).iter().map(|x| x / norm).collect();
        for v in &mut vectors {
            // Twice is enough: what the first turn leaves of rounding the second removes.
            for _ in 0..2 {
                let along: f64 = v.iter().zip(&pivot).map(|(a, b)| a * b).sum();
                v.iter_mut().zip(&pivot).for_each(|(a, b)| *a -= along * b);
            }
        }
    }
    found
}
