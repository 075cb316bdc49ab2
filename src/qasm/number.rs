//! How numbers are written in programs: never fewer digits than the number has, always with a decimal point.

use std::f64::consts::PI;

/// A finite number as text that reads back as the same bits in OpenQASM 2 and 3 and in `.qnas`: a multiple of pi where
/// that is exact, else the shortest digits, always with a point.
#[must_use]
pub fn exact(value: f64) -> String {
    if let Some(text) = multiple_of_pi(value) {
        return text;
    }
    decimal(value)
}

/// The shortest digits with a point: `0.1`, `1.0e-5`, `3.0`.
#[must_use]
pub fn decimal(value: f64) -> String {
    let text = format!("{:?}", value + 0.0);
    match text.split_once('e') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0e{exponent}"),
        _ => text,
    }
}

fn multiple_of_pi(value: f64) -> Option<String> {
    if value == 0.0 || value.abs() > 64.0 {
        return None;
    }
    for denominator in [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 32.0] {
        let factor = (value.abs() * denominator / PI).round();
        // Read from left to right, as both languages do.
        if (1.0..=32.0).contains(&factor) && factor * PI / denominator == value.abs() {
            let sign = if value < 0.0 { "-" } else { "" };
            let front = if factor == 1.0 { String::new() } else { format!("{factor}*") };
            let back = if denominator == 1.0 { String::new() } else { format!("/{denominator}") };
            return Some(format!("{sign}{front}pi{back}"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_have_points_and_pi_is_exact() {
        let cases = [
            (1e-5, "1.0e-5"),
            (0.0, "0.0"),
            (-0.0, "0.0"),
            (3.0, "3.0"),
            (PI / 4.0, "pi/4"),
            (-3.0 * PI / 4.0, "-3*pi/4"),
            (2.356_194, "2.356194"),
            (1e300, "1.0e300"),
            (PI, "pi"),
        ];
        for (value, text) in cases {
            assert_eq!(exact(value), text);
        }
        // One bit off is no multiple of pi.
        assert!(!exact(f64::from_bits((PI / 4.0).to_bits() + 1)).contains("pi"));
    }

    proptest! {
        #[test]
        fn decimals_read_back(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            let text = decimal(value);
            prop_assert!(text.contains('.'));
            prop_assert_eq!(text.parse::<f64>().unwrap(), value);
        }
    }
}
