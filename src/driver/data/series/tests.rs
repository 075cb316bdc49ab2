//! Values from published tables and independent recipes.

use super::*;
use crate::driver::data::{self, DataDirs};

#[test]
fn bessel_has_the_values_of_the_tables() {
    // Abramowitz and Stegun, table 9.1 (x = 2 .. 15) and the first positive zeros of J2, table 9.5.
    let table = [(2.0, 0.352_834_028_6), (5.0, 0.046_565_116_3), (10.0, 0.254_630_313_7), (15.0, 0.041_571_677_8)];
    for (x, j2) in table {
        assert!((bessel::bessel_j2(x) - j2).abs() < 1e-9, "{x}: {}", bessel::bessel_j2(x));
    }
    for zero in [5.135_622_301_8, 8.417_244_140_4, 11.619_841_172_1, 14.795_951_782_4] {
        assert!(bessel::bessel_j2(zero).abs() < 1e-9, "{zero}");
    }
}

#[test]
fn bessel_agrees_with_its_power_series() {
    for x in [0.5f64, 2.0, 4.5, 9.0, 14.0] {
        let (mut term, mut sum) = (x * x / 8.0, 0.0);
        for k in 1..80 {
            sum += term;
            term *= -(x * x / 4.0) / (f64::from(k) * f64::from(k + 2));
        }
        assert!((bessel::bessel_j2(x) - sum).abs() < 1e-10, "{x}");
    }
}

#[test]
fn the_pendulum_loses_exactly_the_energy_that_friction_takes() {
    // A fine series of velocities gives angles and friction losses by quadrature.
    let (points, end) = (20_001, 20.0);
    let (v, dt) = (pendulum::velocity(points, end), end / f64::from(points - 1));
    let (mut angle, mut lost) = (0.0, 0.0);
    for pair in v.windows(2) {
        angle += (pair[0] + pair[1]) / 2.0 * dt;
        lost += 0.15 * (pair[0] * pair[0] + pair[1] * pair[1]) / 2.0 * dt;
    }
    let last = v[v.len() - 1];
    let energy = last * last / 2.0 + 9.81 * (1.0 - angle.cos());
    assert!((energy + lost - 4.5).abs() < 1e-5, "{energy} + {lost}");
}

#[test]
fn a_coarse_pendulum_is_a_part_of_a_fine_one() {
    let (coarse, fine) = (pendulum::velocity(11, 2.0), pendulum::velocity(21, 2.0));
    coarse.iter().zip(fine.iter().step_by(2)).for_each(|(a, b)| assert!((a - b).abs() < 1e-10));
}

#[test]
fn pulses_stand_on_even_numbers() {
    for k in 0..=10 {
        let x = f64::from(2 * k);
        assert!((control::pulses(x) / (-x / 16.0).exp() - 1.0).abs() < 1e-12, "{x}");
        assert!(control::pulses(x + 1.0) < 1e-3);
    }
}

#[test]
fn narma_follows_its_rule() {
    // The first two steps by hand: nothing has happened before.
    let (u0, u1) = (narma::narma_input(0), narma::narma_input(1));
    assert!((u0 - 0.1).abs() < 1e-15);
    let y = narma::narma(5);
    let first = 0.3 * 0.196 + 0.05 * 0.196 * 0.196 + 0.1;
    assert!((y[1] - first).abs() < 1e-15);
    assert!((y[2] - (0.3 * first + 0.05 * first * (first + 0.196) + 0.1)).abs() < 1e-15);
    // The fifth step is the first that meets the drive of five steps ago.
    let past: f64 = y[0..5].iter().sum();
    let fifth = 0.3 * y[4] + 0.05 * y[4] * past + 1.5 * u0 * narma::narma_input(4) + 0.1;
    assert!((y[5] - fifth).abs() < 1e-15);
    assert_eq!((y.len(), narma::narma(10).len()), (300, 300));
    assert!(u1 > u0);
}

#[test]
fn windows_have_their_next_value() {
    let dirs = DataDirs::default();
    let expected = [("bessel", 251), ("damped_shm", 235), ("delayed_control", 2195), ("narma5", 295), ("narma10", 295)];
    for (name, rows) in expected {
        let raw = (data::find(name).unwrap().load)(&DataOptions::default(), &dirs).unwrap();
        assert_eq!((raw.rows(), &raw.shape[..]), (rows, &[4, 1][..]), "{name}");
        let RawTargets::Values { values, .. } = &raw.targets else { panic!("{name} has no targets") };
        assert_eq!(values.len(), rows);
        if !name.starts_with("narma") {
            // The next value is the last of the next window, and the whole series fills -1..1.
            (0..rows - 1).for_each(|at| assert_eq!(values[at], raw.values.get((at + 1) * 4 + 3), "{name} {at}"));
            let largest = (0..raw.values.len()).map(|at| raw.values.get(at)).fold(f64::MIN, f64::max);
            assert!((largest - 1.0).abs() < 1e-12, "{name}");
        }
    }
    let wide = DataOptions { window: Some(8), ..DataOptions::default() };
    assert_eq!((data::find("bessel").unwrap().load)(&wide, &dirs).unwrap().shape, [8, 1]);
    let long = DataOptions { window: Some(255), ..DataOptions::default() };
    assert_eq!((data::find("bessel").unwrap().load)(&long, &dirs).unwrap_err().code.meta.code, "QN0912");
}
