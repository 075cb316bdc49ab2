//! Cosines and sines of a vector of angles in single precision.
//!
//! Angles are taken to the nearest multiple of π/2 in three exact parts (W. Cody, W. Waite, "Software Manual for the
//! Elementary Functions", 1980), with the polynomials of S. Moshier's Cephes library on what is left; the quadrant
//! comes back in as a rotation by a multiple of π/2, whose entries are 0 and ±1.

use crate::backends::Real;
use crate::backends::sim::simd::{Kernel, Vector};

/// Sets `cos` and `sin` of `factor · theta`, each a vector. Right up to [`LARGEST`] in single precision.
pub(crate) struct SinCos<T> {
    pub(crate) theta: *const T,
    pub(crate) factor: T,
    pub(crate) cos: *mut T,
    pub(crate) sin: *mut T,
}

/// Beyond this the multiples of π/2 are no longer exact.
pub(crate) const LARGEST: f64 = 8192.0;

/// Adding and subtracting it rounds to a whole number.
const ROUND: f64 = 12_582_912.0;

/// π/2 in parts of few bits.
const PARTS: [f64; 3] = [1.570_312_5, 4.837_512_969_970_703e-4, 7.549_789_415_861_596e-8];

impl<T: Real> Kernel<T> for SinCos<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<T>>(self) {
        let number = |x: f64| V::splat(T::of(x));
        let round = |x: V| x.add(number(ROUND)).sub(number(ROUND));
        // SAFETY: the caller vouches for the vectors.
        let x = unsafe { V::load(self.theta) }.mul(V::splat(self.factor));
        let k = round(x.mul(number(std::f64::consts::FRAC_2_PI)));
        let r = PARTS.iter().fold(x, |r, &part| k.fnma(number(part), r));
        let z = r.mul(r);
        let sin = z.fma(number(-1.951_529_589_1e-4), number(8.332_160_873_6e-3));
        let sin = z.fma(sin, number(-1.666_665_461_1e-1)).mul(z).fma(r, r);
        let cos = z.fma(number(2.443_315_711_809_948e-5), number(-1.388_731_625_493_765e-3));
        let cos = z.fma(cos, number(4.166_664_568_298_827e-2)).mul(z);
        let cos = z.fma(cos.sub(number(0.5)), number(1.0));
        // The quadrant, from -2 to 2: `odd` is 1 where it is odd, so `a` and `b` are its cosine and sine.
        let quarter = round(k.mul(number(0.25)));
        let q = quarter.fnma(number(4.0), k);
        let square = q.mul(q);
        let odd = square.mul(number(4.0).sub(square)).mul(number(1.0 / 3.0));
        let a = number(1.0).sub(odd).mul(square.fnma(number(0.5), number(1.0)));
        let b = odd.mul(q);
        // SAFETY: the caller vouches for the vectors.
        unsafe {
            a.fma(sin, b.mul(cos)).store(self.sin);
            b.fnma(sin, a.mul(cos)).store(self.cos);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backends::sim::simd::Isa;

    #[test]
    fn every_angle_is_right_to_the_last_digits() {
        for isa in Isa::available() {
            let mut worst = 0.0_f64;
            let near = (-200_i32..200).map(|k| f64::from(k) * std::f64::consts::FRAC_PI_4);
            let all = (-60_000_i32..60_000).map(|k| f64::from(k) * 1.37e-4 * (1.0 + f64::from(k.abs() % 7) * 141.0));
            let angles: Vec<f32> = near.chain(all).filter(|x| x.abs() < LARGEST).map(|x| x as f32).collect();
            for sixteen in angles.chunks_exact(16) {
                let (mut cos, mut sin) = ([0.0_f32; 16], [0.0_f32; 16]);
                let (theta, factor) = (sixteen.as_ptr(), 0.5);
                f32::dispatch(isa, SinCos { theta, factor, cos: cos.as_mut_ptr(), sin: sin.as_mut_ptr() });
                for (lane, &x) in sixteen.iter().enumerate() {
                    let exact = f64::from(0.5 * x).sin_cos();
                    worst = worst.max((f64::from(sin[lane]) - exact.0).abs());
                    worst = worst.max((f64::from(cos[lane]) - exact.1).abs());
                }
            }
            assert!(worst < 1.2e-7, "{isa:?} {worst}");
        }
    }
}
