//! Vectors of lanes and the choice of the instruction set at run time.
//!
//! A kernel is written once over [`Vector`] and instantiated per instruction set inside a function that enables it
//! (`Kernel::run` and everything below is `#[inline(always)]`, so the whole kernel is compiled with those features).
//! The number of lanes depends on the scalar alone (16 `f32`, 8 `f64`): two or four registers stand in for one where
//! registers are narrower, so the layout of a state is the same everywhere.

#![allow(unsafe_code)]

use crate::backends::Real;
use std::sync::OnceLock;

/// Which vectors to use: one the processor has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Isa(Set);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Set {
    /// Plain loops; the compiler uses what the target always has (SSE2, NEON).
    Portable,
    /// 256-bit registers with fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512-bit registers.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Isa {
    /// The widest this processor has. The processor is asked once.
    #[must_use]
    pub fn detect() -> Self {
        static WIDEST: OnceLock<Isa> = OnceLock::new();
        *WIDEST.get_or_init(|| *Self::available().last().unwrap_or(&Self(Set::Portable)))
    }

    /// What every processor has.
    #[must_use]
    pub fn portable() -> Self {
        Self(Set::Portable)
    }

    /// All this processor has, narrowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut)]
        let mut all = vec![Self(Set::Portable)];
        #[cfg(target_arch = "x86_64")]
        {
            let fma = std::is_x86_feature_detected!("avx2")
                && std::is_x86_feature_detected!("fma")
                && std::is_x86_feature_detected!("popcnt");
            if fma {
                all.push(Self(Set::Avx2));
            }
            if fma
                && std::is_x86_feature_detected!("avx512f")
                && std::is_x86_feature_detected!("avx512dq")
                && std::is_x86_feature_detected!("avx512vl")
                && std::is_x86_feature_detected!("avx512bw")
            {
                all.push(Self(Set::Avx512));
            }
        }
        all
    }
}

/// Work that is generic over the vectors.
pub trait Kernel<T> {
    /// What it returns.
    type Output;

    /// Does it. Implementations are `#[inline(always)]`.
    fn run<V: Vector<T>>(self) -> Self::Output;
}

/// `T::LANES` numbers, one per sample.
pub trait Vector<T>: Copy {
    /// Registers of the processor that one of these takes.
    const REGISTERS: usize;
    /// All lanes `x`.
    fn splat(x: T) -> Self;
    /// Reads `T::LANES` numbers.
    ///
    /// # Safety
    /// `p` points at `T::LANES` readable numbers.
    unsafe fn load(p: *const T) -> Self;
    /// Writes `T::LANES` numbers.
    ///
    /// # Safety
    /// `p` points at `T::LANES` writable numbers.
    unsafe fn store(self, p: *mut T);
    /// Reads the first `count` numbers, the other lanes 0.
    ///
    /// # Safety
    /// `p` points at `count` readable numbers, at most `T::LANES`.
    #[inline(always)]
    unsafe fn load_first(p: *const T, count: usize) -> Self
    where
        T: Real,
    {
        let mut lanes = [T::zero(); 16];
        // SAFETY: no vector has more than 16 lanes; the caller vouches for the numbers.
        unsafe {
            p.copy_to_nonoverlapping(lanes.as_mut_ptr(), count);
            Self::load(lanes.as_ptr())
        }
    }
    /// Writes the first `count` numbers.
    ///
    /// # Safety
    /// `p` points at `count` writable numbers, at most `T::LANES`.
    #[inline(always)]
    unsafe fn store_first(self, p: *mut T, count: usize)
    where
        T: Real,
    {
        let mut lanes = [T::zero(); 16];
        // SAFETY: as above.
        unsafe {
            self.store(lanes.as_mut_ptr());
            p.copy_from_nonoverlapping(lanes.as_ptr(), count);
        }
    }
    /// `self + b`
    fn add(self, b: Self) -> Self;
    /// `self - b`
    fn sub(self, b: Self) -> Self;
    /// `self · b`
    fn mul(self, b: Self) -> Self;
    /// `self · b + c`
    fn fma(self, b: Self, c: Self) -> Self;
    /// `c - self · b`
    fn fnma(self, b: Self, c: Self) -> Self;
    /// `self / b`
    fn div(self, b: Self) -> Self;
    /// The larger of the two; what is not a number in `self` stays.
    fn at_least(self, b: Self) -> Self;
    /// The smaller of the two; what is not a number in `self` stays.
    fn at_most(self, b: Self) -> Self;
    /// `self · 2^k` for whole numbers `k` of normal powers.
    fn times_power(self, k: Self) -> Self;
    /// The sum of the lanes, always added in the same order on one instruction set.
    fn sum(self) -> T;
    /// Lane `l` of the result is lane `order[l]` of this; every entry is below `T::LANES`.
    ///
    /// # Safety
    /// `order` points at `T::LANES` readable numbers.
    unsafe fn shuffle(self, order: *const u32) -> Self;
    /// All lanes 0.
    #[inline(always)]
    fn zero() -> Self
    where
        T: Real,
    {
        Self::splat(T::zero())
    }
    /// `-self`
    #[inline(always)]
    fn neg(self) -> Self
    where
        T: Real,
    {
        Self::zero().sub(self)
    }
}

/// Lanes as plain numbers.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub struct Plain<T, const L: usize>([T; L]);

impl<T: Real, const L: usize> Vector<T> for Plain<T, L> {
    const REGISTERS: usize = 4;
    #[inline(always)]
    fn splat(x: T) -> Self {
        Self([x; L])
    }
    #[inline(always)]
    unsafe fn load(p: *const T) -> Self {
        // SAFETY: the caller vouches for L numbers behind `p`.
        Self(unsafe { p.cast::<[T; L]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, p: *mut T) {
        // SAFETY: the caller vouches for L numbers behind `p`.
        unsafe { p.cast::<[T; L]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    fn add(mut self, b: Self) -> Self {
        for l in 0..L {
            self.0[l] += b.0[l];
        }
        self
    }
    #[inline(always)]
    fn sub(mut self, b: Self) -> Self {
        for l in 0..L {
            self.0[l] -= b.0[l];
        }
        self
    }
    #[inline(always)]
    fn mul(mut self, b: Self) -> Self {
        for l in 0..L {
            self.0[l] *= b.0[l];
        }
        self
    }
    #[inline(always)]
    fn fma(self, b: Self, mut c: Self) -> Self {
        for l in 0..L {
            c.0[l] += self.0[l] * b.0[l];
        }
        c
    }
    #[inline(always)]
    fn fnma(self, b: Self, mut c: Self) -> Self {
        for l in 0..L {
            c.0[l] -= self.0[l] * b.0[l];
        }
        c
    }
    #[inline(always)]
    fn div(mut self, b: Self) -> Self {
        for l in 0..L {
            self.0[l] /= b.0[l];
        }
        self
    }
    #[inline(always)]
    fn at_least(mut self, b: Self) -> Self {
        for l in 0..L {
            self.0[l] = if self.0[l] < b.0[l] { b.0[l] } else { self.0[l] };
        }
        self
    }
    #[inline(always)]
    fn at_most(mut self, b: Self) -> Self {
        for l in 0..L {
            self.0[l] = if self.0[l] > b.0[l] { b.0[l] } else { self.0[l] };
        }
        self
    }
    #[inline(always)]
    fn times_power(mut self, k: Self) -> Self {
        for l in 0..L {
            self.0[l] *= T::of(k.0[l].wide().exp2());
        }
        self
    }
    #[inline(always)]
    fn sum(mut self) -> T {
        let mut width = L / 2;
        while width > 0 {
            for l in 0..width {
                let high = self.0[l + width];
                self.0[l] += high;
            }
            width /= 2;
        }
        self.0[0]
    }
    #[inline(always)]
    unsafe fn shuffle(self, order: *const u32) -> Self {
        let mut out = self;
        for l in 0..L {
            // SAFETY: the caller vouches for L entries; the mask keeps the index inside whatever they are.
            out.0[l] = self.0[unsafe { *order.add(l) } as usize & (L - 1)];
        }
        out
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    //! Vectors of one or two registers.
    use super::Vector;
    use std::arch::x86_64::*;

    macro_rules! vector {
        ($name:ident, $t:ty, $reg:ty, $count:literal, $width:literal, $splat:ident, $load:ident, $store:ident, $add:ident,
         $sub:ident, $mul:ident, $fma:ident, $fnma:ident, $div:ident, $max:ident, $min:ident, $k:ident => $power:expr,
         $v:ident => $sum:expr, $s:ident, $o:ident => $shuffle:expr $(, $mask:ty, $first:ident, $put:ident)?) => {
            #[derive(Clone, Copy)]
            pub(super) struct $name([$reg; $count]);

            // SAFETY (every block below): this type is used only inside kernels that `dispatch_f32` and `dispatch_f64` start
            // after the processor was asked for the features of these instructions; pointers are vouched for by the caller.
            impl Vector<$t> for $name {
                const REGISTERS: usize = $count;
                #[inline(always)]
                fn splat(x: $t) -> Self {
                    Self([unsafe { $splat(x) }; $count])
                }
                #[inline(always)]
                unsafe fn load(p: *const $t) -> Self {
                    let mut out = Self([unsafe { $load(p) }; $count]);
                    for k in 0..$count {
                        out.0[k] = unsafe { $load(p.add(k * $width)) };
                    }
                    out
                }
                #[inline(always)]
                unsafe fn store(self, p: *mut $t) {
                    for k in 0..$count {
                        unsafe { $store(p.add(k * $width), self.0[k]) }
                    }
                }
                $(
                    #[inline(always)]
                    unsafe fn load_first(p: *const $t, count: usize) -> Self {
                        Self([unsafe { $first(((1u32 << count) - 1) as $mask, p) }])
                    }
                    #[inline(always)]
                    unsafe fn store_first(self, p: *mut $t, count: usize) {
                        unsafe { $put(p, ((1u32 << count) - 1) as $mask, self.0[0]) }
                    }
                )?
                #[inline(always)]
                fn add(self, b: Self) -> Self {
                    let mut out = self;
                    for k in 0..$count {
                        out.0[k] = unsafe { $add(self.0[k], b.0[k]) };
                    }
                    out
                }
                #[inline(always)]
                fn sub(self, b: Self) -> Self {
                    let mut out = self;
                    for k in 0..$count {
                        out.0[k] = unsafe { $sub(self.0[k], b.0[k]) };
                    }
                    out
                }
                #[inline(always)]
                fn mul(self, b: Self) -> Self {
                    let mut out = self;
                    for k in 0..$count {
                        out.0[k] = unsafe { $mul(self.0[k], b.0[k]) };
                    }
                    out
                }
                #[inline(always)]
                fn fma(self, b: Self, c: Self) -> Self {
                    let mut out = self;
                    for k in 0..$count {
                        out.0[k] = unsafe { $fma(self.0[k], b.0[k], c.0[k]) };
                    }
                    out
                }
                #[inline(always)]
                fn fnma(self, b: Self, c: Self) -> Self {
                    let mut out = self;
                    for k in 0..$count {
                        out.0[k] = unsafe { $fnma(self.0[k], b.0[k], c.0[k]) };
                    }
                    out
                }
                #[inline(always)]
                fn div(self, b: Self) -> Self {
                    let mut out = self;
                    for k in 0..$count {
                        out.0[k] = unsafe { $div(self.0[k], b.0[k]) };
                    }
                    out
                }
                // Of two numbers one of which is none the instruction gives the second.
                #[inline(always)]
                fn at_least(self, b: Self) -> Self {
                    let mut out = self;
                    for k in 0..$count {
                        out.0[k] = unsafe { $max(b.0[k], self.0[k]) };
                    }
                    out
                }
                #[inline(always)]
                fn at_most(self, b: Self) -> Self {
                    let mut out = self;
                    for k in 0..$count {
                        out.0[k] = unsafe { $min(b.0[k], self.0[k]) };
                    }
                    out
                }
                #[inline(always)]
                fn times_power(self, k: Self) -> Self {
                    let mut out = self;
                    for at in 0..$count {
                        let $k = k.0[at];
                        out.0[at] = unsafe { $mul(self.0[at], $power) };
                    }
                    out
                }
                #[inline(always)]
                fn sum(self) -> $t {
                    let $v = self;
                    $sum
                }
                #[inline(always)]
                unsafe fn shuffle(self, order: *const u32) -> Self {
                    let ($s, $o) = (self, order);
                    unsafe { $shuffle }
                }
            }
        };
    }

    macro_rules! spill_sum {
        ($v:ident, $lanes:literal) => {{
            let mut lanes = [0.0; $lanes];
            unsafe { $v.store(lanes.as_mut_ptr()) };
            let mut width = $lanes / 2;
            while width > 0 {
                for l in 0..width {
                    lanes[l] += lanes[l + width];
                }
                width /= 2;
            }
            lanes[0]
        }};
    }

    macro_rules! spill_shuffle {
        ($s:ident, $o:ident, $lanes:literal) => {{
            let (mut from, mut to) = ([0.0; $lanes], [0.0; $lanes]);
            $s.store(from.as_mut_ptr());
            for l in 0..$lanes {
                to[l] = from[*$o.add(l) as usize & ($lanes - 1)];
            }
            Self::load(to.as_ptr())
        }};
    }

    vector!(Wide32, f32, __m512, 1, 16, _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_add_ps, _mm512_sub_ps,
        _mm512_mul_ps, _mm512_fmadd_ps, _mm512_fnmadd_ps, _mm512_div_ps, _mm512_max_ps, _mm512_min_ps,
        k => _mm512_scalef_ps(_mm512_set1_ps(1.0), k), v => unsafe { _mm512_reduce_add_ps(v.0[0]) },
        s, o => Self([_mm512_permutexvar_ps(_mm512_loadu_si512(o.cast()), s.0[0])]),
        __mmask16, _mm512_maskz_loadu_ps, _mm512_mask_storeu_ps);
    vector!(Wide64, f64, __m512d, 1, 8, _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_add_pd, _mm512_sub_pd,
        _mm512_mul_pd, _mm512_fmadd_pd, _mm512_fnmadd_pd, _mm512_div_pd, _mm512_max_pd, _mm512_min_pd,
        k => _mm512_scalef_pd(_mm512_set1_pd(1.0), k), v => unsafe { _mm512_reduce_add_pd(v.0[0]) },
        s, o => Self([_mm512_permutexvar_pd(_mm512_cvtepu32_epi64(_mm256_loadu_si256(o.cast())), s.0[0])]),
        __mmask8, _mm512_maskz_loadu_pd, _mm512_mask_storeu_pd);
    vector!(Pair32, f32, __m256, 2, 8, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_add_ps, _mm256_sub_ps,
        _mm256_mul_ps, _mm256_fmadd_ps, _mm256_fnmadd_ps, _mm256_div_ps, _mm256_max_ps, _mm256_min_ps,
        k => _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(_mm256_cvtps_epi32(k), _mm256_set1_epi32(127)))),
        v => spill_sum!(v, 16), s, o => spill_shuffle!(s, o, 16));
    vector!(Pair64, f64, __m256d, 2, 4, _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_add_pd, _mm256_sub_pd,
        _mm256_mul_pd, _mm256_fmadd_pd, _mm256_fnmadd_pd, _mm256_div_pd, _mm256_max_pd, _mm256_min_pd,
        k => _mm256_castsi256_pd(_mm256_slli_epi64::<52>(
            _mm256_add_epi64(_mm256_cvtepi32_epi64(_mm256_cvtpd_epi32(k)), _mm256_set1_epi64x(1023)))),
        v => spill_sum!(v, 8), s, o => spill_shuffle!(s, o, 8));
}

macro_rules! dispatcher {
    ($dispatch:ident, $t:ty, $lanes:literal, $wide:ident, $pair:ident) => {
        /// Runs a kernel with the vectors of an instruction set.
        #[inline(always)]
        pub fn $dispatch<K: Kernel<$t>>(isa: Isa, kernel: K) -> K::Output {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,popcnt")]
            fn wide<K: Kernel<$t>>(kernel: K) -> K::Output {
                kernel.run::<x86::$wide>()
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,popcnt")]
            fn pair<K: Kernel<$t>>(kernel: K) -> K::Output {
                kernel.run::<x86::$pair>()
            }
            #[inline(never)]
            fn plain<K: Kernel<$t>>(kernel: K) -> K::Output {
                kernel.run::<Plain<$t, $lanes>>()
            }
            match isa.0 {
                Set::Portable => plain(kernel),
                // SAFETY: `Isa::available`, the only source of these values, asked the processor for the features.
                #[cfg(target_arch = "x86_64")]
                Set::Avx2 => unsafe { pair(kernel) },
                #[cfg(target_arch = "x86_64")]
                Set::Avx512 => unsafe { wide(kernel) },
            }
        }
    };
}

dispatcher!(dispatch_f32, f32, 16, Wide32, Pair32);
dispatcher!(dispatch_f64, f64, 8, Wide64, Pair64);
