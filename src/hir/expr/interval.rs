//! Intervals: what an expression can be at most and at least, given what its symbols can be.

use super::{Atom, Expr, Node};

/// A closed interval; `i64::MIN` and `i64::MAX` stand for "no bound".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interval {
    /// Smallest.
    pub low: i64,
    /// Largest.
    pub high: i64,
}

/// Gives the interval of an atom.
pub trait Ranges {
    /// Range of the symbol's value.
    fn range(&self, atom: &Atom) -> Interval;
    /// Range of the length of a subset.
    fn length(&self, atom: &Atom) -> Interval;
    /// Range of the positions of a subset.
    fn position(&self, atom: &Atom) -> Interval;
}

impl Interval {
    /// Everything.
    pub const ALL: Self = Self { low: i64::MIN, high: i64::MAX };
    const BOOL: Self = Self { low: 0, high: 1 };

    /// One number.
    #[must_use]
    pub const fn point(value: i64) -> Self {
        Self { low: value, high: value }
    }

    /// From two bounds.
    #[must_use]
    pub const fn new(low: i64, high: i64) -> Self {
        Self { low, high }
    }

    fn plus(self, other: Self) -> Self {
        let side = |a: i64, b: i64, end: i64| if a == end || b == end { end } else { a.saturating_add(b) };
        Self { low: side(self.low, other.low, i64::MIN), high: side(self.high, other.high, i64::MAX) }
    }

    fn times(self, other: Self) -> Self {
        let corners = [
            wide_mul(self.low, other.low),
            wide_mul(self.low, other.high),
            wide_mul(self.high, other.low),
            wide_mul(self.high, other.high),
        ];
        Self {
            low: corners.iter().copied().min().unwrap_or(i64::MIN),
            high: corners.iter().copied().max().unwrap_or(i64::MAX),
        }
    }

    fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

/// The bounds "none" are themselves the extreme numbers, so saturation is exactly right, and 0 · none = 0.
fn wide_mul(a: i64, b: i64) -> i64 {
    a.saturating_mul(b)
}

/// The interval of an expression.
#[must_use]
pub fn interval(expr: &Expr, ranges: &dyn Ranges) -> Interval {
    let of = |e: &Expr| interval(e, ranges);
    match &**expr {
        Node::Const(value) => Interval::point(*value),
        Node::Atom(atom) => ranges.range(atom),
        Node::Len(atom) => ranges.length(atom),
        Node::Pick(atom, _) => ranges.position(atom),
        Node::Sum(constant, terms) => terms
            .iter()
            .fold(Interval::point(*constant), |sum, (factor, term)| sum.plus(of(term).times(Interval::point(*factor)))),
        Node::Product(list) => list.iter().fold(Interval::point(1), |product, factor| product.times(of(factor))),
        Node::FloorDiv(a, b) => {
            let (a, b) = (of(a), of(b));
            if b.low > 0 {
                let ends = [
                    a.low.div_euclid(b.low),
                    a.low.div_euclid(b.high),
                    a.high.div_euclid(b.low),
                    a.high.div_euclid(b.high),
                ];
                Interval::new(
                    if a.low == i64::MIN { i64::MIN } else { ends.into_iter().min().unwrap_or(i64::MIN) },
                    if a.high == i64::MAX { i64::MAX } else { ends.into_iter().max().unwrap_or(i64::MAX) },
                )
            } else {
                Interval::ALL
            }
        }
        Node::Mod(a, b) => {
            let (a, b) = (of(a), of(b));
            match b.low > 0 {
                true if a.low >= 0 && a.high < b.low => a,
                true => Interval::new(0, if b.high == i64::MAX { i64::MAX } else { b.high - 1 }),
                false => Interval::ALL,
            }
        }
        Node::Pow(a, b) => {
            let (a, b) = (of(a), of(b));
            let up = |x: i64, y: i64| u32::try_from(y).map_or(i64::MAX, |y| x.saturating_pow(y));
            if a.low >= 1 && b.low >= 0 { Interval::new(up(a.low, b.low), up(a.high, b.high)) } else { Interval::ALL }
        }
        Node::Min(a, b) => {
            let (a, b) = (of(a), of(b));
            Interval::new(a.low.min(b.low), a.high.min(b.high))
        }
        Node::Max(a, b) => {
            let (a, b) = (of(a), of(b));
            Interval::new(a.low.max(b.low), a.high.max(b.high))
        }
        Node::CeilLog2(_) | Node::FloorLog2(_) => Interval::new(0, 63),
        Node::IsZero(a) => match of(a) {
            Interval { low: 0, high: 0 } => Interval::point(1),
            Interval { low, high } if low > 0 || high < 0 => Interval::point(0),
            _ => Interval::BOOL,
        },
        Node::IsNonPositive(a) => match of(a) {
            Interval { high, .. } if high <= 0 => Interval::point(1),
            Interval { low, .. } if low > 0 => Interval::point(0),
            _ => Interval::BOOL,
        },
        Node::Not(a) => {
            let a = of(a);
            Interval::new(i64::from(a.high == 0), i64::from(a.low == 0))
        }
        Node::And(list) => {
            list.iter().map(of).fold(Interval::point(1), |x, y| Interval::new(x.low.min(y.low), x.high.min(y.high)))
        }
        Node::Or(list) => {
            list.iter().map(of).fold(Interval::point(0), |x, y| Interval::new(x.low.max(y.low), x.high.max(y.high)))
        }
        Node::If(condition, a, b) => match of(condition) {
            Interval { low: 1, .. } => of(a),
            Interval { high: 0, .. } => of(b),
            _ => of(a).hull(of(b)),
        },
        Node::Table(table, _) => Interval::new(
            table.iter().copied().min().unwrap_or(i64::MIN),
            table.iter().copied().max().unwrap_or(i64::MAX),
        ),
    }
}
