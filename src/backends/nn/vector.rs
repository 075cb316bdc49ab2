//! Exponentials and their like a vector at a time, in single precision; double precision takes the library's functions.
//!
//! Each number's result depends on that number alone, not on the lane it stands in or on its neighbours: a rest that does
//! not fill the lanes goes through the same vectors. Sources: the polynomial of `e^x` is that of S. Moshier's Cephes
//! library, the rational function of `tanh` that of Eigen, and `erf` is 7.1.26 of M. Abramowitz, I. Stegun, "Handbook of
//! Mathematical Functions".

#![allow(unsafe_code)]

use super::activation::{normal_cdf, sigmoid};
use crate::backends::Real;
use crate::backends::sim::simd::{Isa, Kernel, Vector};
use std::f64::consts::{FRAC_1_SQRT_2, LOG2_E, PI};

/// A function of one number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Function {
    /// `tanh x`
    Tanh,
    /// `1 / (1 + e^-x)`
    Sigmoid,
    /// `x Φ(x)`
    Gelu,
    /// The derivative of [`Function::Gelu`].
    GeluSlope,
}

/// `y = f(x)` for every number.
pub(crate) fn map<T: Real>(function: Function, x: &[T], y: &mut [T]) {
    let isa = Isa::detect();
    if !T::SINGLE || isa == Isa::portable() {
        return y.iter_mut().zip(x).for_each(|(y, &x)| *y = function.exactly(x));
    }
    T::dispatch(isa, Map { function, x, y });
}

/// `x = e^x` for every number.
pub(crate) fn exp_in_place<T: Real>(x: &mut [T]) {
    let isa = Isa::detect();
    if !T::SINGLE || isa == Isa::portable() {
        return x.iter_mut().for_each(|x| *x = x.exp());
    }
    T::dispatch(isa, ExpInPlace(x));
}

impl Function {
    /// One number, to the last digits.
    fn exactly<T: Real>(self, x: T) -> T {
        let wide = x.wide();
        match self {
            Self::Tanh => x.tanh(),
            Self::Sigmoid => sigmoid(x),
            Self::Gelu => T::of(wide * normal_cdf(wide)),
            Self::GeluSlope => T::of(normal_cdf(wide) + wide * (-0.5 * wide * wide).exp() / (2.0 * PI).sqrt()),
        }
    }

    #[inline(always)]
    fn vector<T: Real, V: Vector<T>>(self, x: V) -> V {
        match self {
            Self::Tanh => tanh(x),
            Self::Sigmoid => number::<T, V>(1.0).div(number::<T, V>(1.0).add(exp(x.neg()))),
            Self::Gelu => x.mul(phi(x).0),
            Self::GeluSlope => {
                let (phi, bell) = phi(x);
                x.mul(bell).fma(number(1.0 / (2.0 * PI).sqrt()), phi)
            }
        }
    }
}

#[inline(always)]
fn number<T: Real, V: Vector<T>>(x: f64) -> V {
    V::splat(T::of(x))
}

/// `c[0] x^(n-1) + .. + c[n-1]`
#[inline(always)]
fn polynomial<T: Real, V: Vector<T>, const N: usize>(x: V, c: [f64; N]) -> V {
    let mut sum: V = number(c[0]);
    for &c in &c[1..] {
        sum = sum.fma(x, number(c));
    }
    sum
}

/// Adding and subtracting it rounds to a whole number.
const ROUND: f64 = 12_582_912.0;
/// ln 2 in two parts, the first of few bits.
const LN_2: [f64; 2] = [0.693_359_375, -2.121_944_400_546_905_8e-4];

/// `e^x` for x from -87 to 88, and what it is there beyond; not a number of what is none.
#[inline(always)]
fn exp<T: Real, V: Vector<T>>(x: V) -> V {
    let inside = x.at_least(number(-126.0 / LOG2_E)).at_most(number(127.4 / LOG2_E));
    let k = inside.fma(number(LOG2_E), number(ROUND)).sub(number(ROUND));
    let r = k.fnma(number(LN_2[1]), k.fnma(number(LN_2[0]), inside));
    let tail = polynomial(
        r,
        [1.987_569_15e-4, 1.398_199_950_7e-3, 8.333_451_907_3e-3, 4.166_579_589_4e-2, 1.666_666_545_9e-1, 0.5],
    );
    let small = tail.fma(r.mul(r), r).add(number(1.0));
    small.times_power(k)
}

/// Beyond this `tanh` is 1 in single precision.
const TANH_FLAT: f64 = 7.998_811_7;

#[inline(always)]
fn tanh<T: Real, V: Vector<T>>(x: V) -> V {
    let x = x.at_least(number(-TANH_FLAT)).at_most(number(TANH_FLAT));
    let z = x.mul(x);
    let above = polynomial(
        z,
        [
            -2.760_768_477_423_55e-16,
            2.000_187_904_824_77e-13,
            -8.604_671_522_137_35e-11,
            5.122_297_090_371_14e-8,
            1.485_722_357_179_79e-5,
            6.372_619_288_754_36e-4,
            4.893_524_558_917_86e-3,
        ],
    );
    let below = polynomial(
        z,
        [1.198_258_394_667_02e-6, 1.185_347_056_866_54e-4, 2.268_434_632_439_00e-3, 4.893_525_185_543_85e-3],
    );
    x.mul(above).div(below)
}

/// `Φ(x)` and `e^(-x²/2)`.
#[inline(always)]
fn phi<T: Real, V: Vector<T>>(x: V) -> (V, V) {
    let size = x.at_least(x.neg());
    let t = number::<T, V>(1.0).div(size.fma(number(0.327_591_1 * FRAC_1_SQRT_2), number(1.0)));
    let bell = exp(x.mul(x).mul(number(-0.5)));
    let sum = polynomial(t, [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592]);
    let upper = sum.mul(t).mul(bell).mul(number(0.5));
    // 1 - upper where x is positive, upper where it is negative: |x| / x is not defined at 0, where both are one half.
    let positive = x.at_least(V::zero());
    let half = number::<T, V>(0.5).sub(upper);
    let sign = positive.mul(number(2.0)).sub(size).div(size.at_least(number(1e-30)));
    (half.fma(sign, number(0.5)), bell)
}

struct Map<'a, T> {
    function: Function,
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Real> Kernel<T> for Map<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        match self.function {
            Function::Tanh => each::<T, V>(self.x, self.y, Function::Tanh),
            Function::Sigmoid => each::<T, V>(self.x, self.y, Function::Sigmoid),
            Function::Gelu => each::<T, V>(self.x, self.y, Function::Gelu),
            Function::GeluSlope => each::<T, V>(self.x, self.y, Function::GeluSlope),
        }
    }
}

#[inline(always)]
fn each<T: Real, V: Vector<T>>(x: &[T], y: &mut [T], function: Function) {
    for (x, y) in x.chunks(T::LANES).zip(y.chunks_mut(T::LANES)) {
        if x.len() == T::LANES {
            // SAFETY: both are a whole vector.
            unsafe { function.vector(V::load(x.as_ptr())).store(y.as_mut_ptr()) };
        } else {
            let mut lanes = [T::zero(); 16];
            lanes[..x.len()].copy_from_slice(x);
            // SAFETY: no vector has more than 16 lanes.
            unsafe { function.vector(V::load(lanes.as_ptr())).store(lanes.as_mut_ptr()) };
            y.copy_from_slice(&lanes[..y.len()]);
        }
    }
}

struct ExpInPlace<'a, T>(&'a mut [T]);

impl<T: Real> Kernel<T> for ExpInPlace<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        for x in self.0.chunks_mut(T::LANES) {
            if x.len() == T::LANES {
                // SAFETY: a whole vector.
                unsafe { exp(V::load(x.as_ptr())).store(x.as_mut_ptr()) };
            } else {
                let mut lanes = [T::zero(); 16];
                lanes[..x.len()].copy_from_slice(x);
                // SAFETY: no vector has more than 16 lanes.
                unsafe { exp(V::load(lanes.as_ptr())).store(lanes.as_mut_ptr()) };
                x.copy_from_slice(&lanes[..x.len()]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest error of a function on numbers between -`reach` and `reach`, relative to what it is (at least `floor`).
    fn worst(function: Function, reach: f32, floor: f64) -> f64 {
        let x: Vec<f32> = (-40_000..40_001).map(|k| reach * k as f32 / 40_000.0).collect();
        let mut y = vec![0.0_f32; x.len()];
        map(function, &x, &mut y);
        let error = |(&x, &y): (&f32, &f32)| {
            let exact = function.exactly(f64::from(x));
            (f64::from(y) - exact).abs() / exact.abs().max(floor)
        };
        x.iter().zip(&y).map(error).fold(0.0, f64::max)
    }

    #[test]
    fn single_precision_is_right_to_the_last_digits() {
        for (function, reach, floor, most) in [
            (Function::Tanh, 12.0, 1e-9, 6e-7),
            (Function::Sigmoid, 80.0, 1e-12, 5e-7),
            (Function::Gelu, 9.0, 1.0, 6e-7),
            (Function::GeluSlope, 9.0, 1.0, 6e-7),
        ] {
            let error = worst(function, reach, floor);
            assert!(error < most, "{function:?} to {reach}: {error:e}");
        }
    }

    #[test]
    fn a_number_does_not_depend_on_its_place() {
        let x: Vec<f32> = (0..37).map(|k| (k as f32 - 18.0) * 0.37).collect();
        let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        for function in [Function::Tanh, Function::Sigmoid, Function::Gelu, Function::GeluSlope] {
            let (mut whole, mut part) = (vec![0.0; 37], vec![0.0; 11]);
            map(function, &x, &mut whole);
            map(function, &x[13..24], &mut part);
            assert_eq!(bits(&part), bits(&whole[13..24]), "{function:?}");
        }
        let (mut whole, mut part) = (x.clone(), x[13..24].to_vec());
        exp_in_place(&mut whole);
        exp_in_place(&mut part);
        assert_eq!(bits(&part), bits(&whole[13..24]));
    }

    #[test]
    fn exponentials_are_right_to_the_last_digits() {
        let x: Vec<f32> = (-40_000..40_001).map(|k| 85.0 * k as f32 / 40_000.0).collect();
        let mut y = x.clone();
        exp_in_place(&mut y);
        for (x, y) in x.iter().zip(y) {
            let exact = f64::from(*x).exp();
            assert!((f64::from(y) - exact).abs() < 3e-7 * exact, "{x}: {y} {exact}");
        }
    }

    #[test]
    fn what_is_not_a_number_stays() {
        for function in [Function::Tanh, Function::Sigmoid, Function::Gelu, Function::GeluSlope] {
            let mut y = [0.0_f32; 20];
            map(function, &[f32::NAN; 20], &mut y);
            assert!(y.iter().all(|y| y.is_nan()), "{function:?} {y:?}");
        }
    }
}
