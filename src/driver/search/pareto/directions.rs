//! Directions spread evenly over the positive orthant, which NSGA-III aims at.
//!
//! Source: Das, Dennis, "Normal-boundary intersection", SIAM J. Optim. 8(3), 1998.

/// All points with `m` coordinates that are multiples of `1 / divisions` and sum to 1, in lexicographic order.
#[must_use]
pub fn das_dennis(m: usize, divisions: usize) -> Vec<Vec<f64>> {
    let mut directions = Vec::new();
    if m > 0 {
        fill(&mut Vec::with_capacity(m), m, divisions, divisions.max(1), &mut directions);
    }
    directions
}

fn fill(head: &mut Vec<usize>, m: usize, left: usize, divisions: usize, directions: &mut Vec<Vec<f64>>) {
    if head.len() + 1 == m {
        let parts = head.iter().chain(std::iter::once(&left));
        directions.push(parts.map(|&part| part as f64 / divisions as f64).collect());
        return;
    }
    for part in 0..=left {
        head.push(part);
        fill(head, m, left - part, divisions, directions);
        head.pop();
    }
}

/// The most divisions that give at most `n` directions (at least one division).
#[must_use]
pub fn most_divisions(m: usize, n: usize) -> usize {
    // The number of directions is the binomial of divisions + m - 1 over m - 1.
    let count = |divisions: usize| (1..m).fold(1.0, |product, k| product * (divisions + k) as f64 / k as f64);
    if m < 2 {
        return 1;
    }
    (1..=n).take_while(|&divisions| count(divisions) <= n as f64 + 0.5).last().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_divisions_of_three_objectives_are_ninety_one_directions() {
        let directions = das_dennis(3, 12);
        assert_eq!(directions.len(), 91);
        assert!(directions.iter().all(|d| (d.iter().sum::<f64>() - 1.0).abs() < 1e-12));
        assert_eq!(most_divisions(3, 91), 12);
        assert_eq!(most_divisions(3, 90), 11);
        assert_eq!(most_divisions(2, 10), 9);
        assert_eq!(das_dennis(1, 1), [[1.0]]);
        assert_eq!(most_divisions(5, 2), 1, "too few for one per objective: the corners");
    }
}
