//! Elementwise functions of one or two tensors, with a single number standing for a whole tensor.

use crate::backends::Real;
use crate::ir::{BinaryFn, UnaryFn};

/// Sets `y = f(x)`.
pub(crate) fn unary<T: Real>(function: UnaryFn, x: &[T], y: &mut [T]) {
    let f: fn(T) -> T = match function {
        UnaryFn::Neg => |x| -x,
        UnaryFn::Sin => T::sin,
        UnaryFn::Cos => T::cos,
        UnaryFn::Exp => T::exp,
        UnaryFn::Ln => T::ln,
        UnaryFn::Sqrt => T::sqrt,
        UnaryFn::Abs => T::abs,
    };
    x.iter().zip(y).for_each(|(&x, y)| *y = f(x));
}

/// Adds `f'(x) dy` to `dx`.
pub(crate) fn unary_backward<T: Real>(function: UnaryFn, (x, y): (&[T], &[T]), dy: &[T], dx: &mut [T]) {
    let slope: fn(T, T) -> T = match function {
        UnaryFn::Neg => |_, _| -T::one(),
        UnaryFn::Sin => |x, _| x.cos(),
        UnaryFn::Cos => |x, _| -x.sin(),
        UnaryFn::Exp => |_, y| y,
        UnaryFn::Ln => |x, _| T::one() / x,
        UnaryFn::Sqrt => |_, y| T::of(0.5) / y,
        UnaryFn::Abs => |x, _| if x == T::zero() { x } else { x.signum() },
    };
    let values = x.iter().zip(y);
    dx.iter_mut().zip(values).zip(dy).for_each(|((dx, (&x, &y)), &dy)| *dx += slope(x, y) * dy);
}

/// `f(a, b)`.
pub(crate) fn value<T: Real>(function: BinaryFn, a: T, b: T) -> T {
    match function {
        BinaryFn::Add => a + b,
        BinaryFn::Sub => a - b,
        BinaryFn::Mul => a * b,
        BinaryFn::Div => a / b,
        BinaryFn::Rem => a - b * (a / b).floor(),
        BinaryFn::Pow => a.powf(b),
        BinaryFn::Min => {
            if b < a || b.is_nan() {
                b
            } else {
                a
            }
        }
        BinaryFn::Max => {
            if b > a || b.is_nan() {
                b
            } else {
                a
            }
        }
    }
}

/// `(∂f/∂a, ∂f/∂b)`. At a tie of `min` or `max` both get half; `%` has slope 1 and `-floor(a/b)` everywhere.
pub(crate) fn slopes<T: Real>(function: BinaryFn, a: T, b: T) -> (T, T) {
    let (zero, one, half) = (T::zero(), T::one(), T::of(0.5));
    match function {
        BinaryFn::Add => (one, one),
        BinaryFn::Sub => (one, -one),
        BinaryFn::Mul => (b, a),
        BinaryFn::Div => (one / b, -a / (b * b)),
        BinaryFn::Rem => (one, -(a / b).floor()),
        BinaryFn::Pow => {
            let by_base = if b == zero { zero } else { b * a.powf(b - one) };
            (by_base, if a == zero && b >= zero { zero } else { a.powf(b) * a.ln() })
        }
        BinaryFn::Min | BinaryFn::Max if a == b => (half, half),
        BinaryFn::Min => {
            if a < b {
                (one, zero)
            } else {
                (zero, one)
            }
        }
        BinaryFn::Max => {
            if a > b {
                (one, zero)
            } else {
                (zero, one)
            }
        }
    }
}
