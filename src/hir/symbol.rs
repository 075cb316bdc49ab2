//! Symbols and paths: what is open, what it may be, and what it is called.

use super::assignment::{Domain, Gene, Value};
use super::expr::{Bindings, Expr, Picked, Symbol};
use crate::source::Span;
use std::fmt::Write;
use std::sync::Arc;

/// One part of a path.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Segment {
    /// A name from the program.
    Name(Arc<str>),
    /// The value of a loop variable.
    Value(Expr),
}

/// The path of a choice, weight or gate, with loop values still open.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct PathTemplate(pub Vec<Segment>);

impl PathTemplate {
    /// The path with a name appended.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        let mut out = self.clone();
        out.0.push(Segment::Name(name.into()));
        out
    }

    /// The path with a loop value appended.
    #[must_use]
    pub fn value(&self, value: Expr) -> Self {
        let mut out = self.clone();
        out.0.push(Segment::Value(value));
        out
    }

    /// The text once the loops have values; `?` where one has none.
    #[must_use]
    pub fn render(&self, bindings: &Bindings) -> String {
        self.text(|expr| bindings.eval(expr), '?')
    }

    /// The text for people when the loops are open: `vqc.layer.*.rot`.
    #[must_use]
    pub fn pattern(&self) -> String {
        self.text(super::expr::constant, '*')
    }

    fn text(&self, value: impl Fn(&Expr) -> Option<i64>, open: char) -> String {
        // Names are a word each, and numbers short.
        let mut out = String::with_capacity(12 * self.0.len());
        for (at, segment) in self.0.iter().enumerate() {
            if at > 0 {
                out.push('.');
            }
            match segment {
                Segment::Name(name) => out.push_str(name),
                Segment::Value(expr) => match value(expr) {
                    // Writing to a string cannot fail.
                    Some(value) => drop(write!(out, "{value}")),
                    None => out.push(open),
                },
            }
        }
        out
    }
}

/// What a choice may be, its bounds still open.
#[derive(Clone, PartialEq, Debug)]
pub enum DomainSpec {
    /// Ints; the symbol's value is the int.
    Ints {
        /// First value.
        start: Expr,
        /// Distance.
        step: i64,
        /// How many.
        count: Expr,
    },
    /// One of these; the symbol's value is the position.
    Values(Vec<Value>),
    /// A real interval.
    Real {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
        /// Evenly over the logarithm?
        log: bool,
    },
    /// A subset of positions.
    Subset {
        /// Number of elements.
        of: Expr,
        /// Fewest.
        min: Expr,
        /// Most.
        max: Expr,
        /// Does the order matter?
        ordered: bool,
    },
}

/// Largest domain that is walked value by value.
pub const MAX_DOMAIN: u64 = 1 << 32;

impl DomainSpec {
    /// The expressions it depends on.
    #[must_use]
    pub fn exprs(&self) -> Vec<&Expr> {
        match self {
            Self::Ints { start, count, .. } => vec![start, count],
            Self::Subset { of, min, max, .. } => vec![of, min, max],
            Self::Values(_) | Self::Real { .. } => Vec::new(),
        }
    }

    /// The domain once its bounds have values; `None` if one has none. An empty domain has no values.
    #[must_use]
    pub fn resolve(&self, bindings: &Bindings) -> Option<Domain> {
        Some(match self {
            Self::Ints { start, step, count } => Domain::Ints {
                start: bindings.eval(start)?,
                step: *step,
                count: u64::try_from(bindings.eval(count)?).unwrap_or(0).min(MAX_DOMAIN),
            },
            Self::Values(values) => Domain::Values(values.clone()),
            Self::Real { low, high, log } => Domain::Real { low: *low, high: *high, log: *log },
            Self::Subset { of, min, max, ordered } => {
                let clip = |e: &Expr| bindings.eval(e).map(|v| u32::try_from(v.max(0)).unwrap_or(u32::MAX));
                Domain::Subset { of: clip(of)?, min: clip(min)?, max: clip(max)?, ordered: *ordered }
            }
        })
    }

    /// The symbol's value for a value of its domain; `None` if it lies outside.
    #[must_use]
    pub fn pick(&self, domain: &Domain, value: &Value) -> Option<Picked> {
        if !domain.contains(value) {
            return None;
        }
        match (self, value) {
            (Self::Values(values), value) => {
                values.iter().position(|v| v == value).and_then(|at| i64::try_from(at).ok()).map(Picked::Int)
            }
            (_, Value::Int(int)) if !matches!(self, Self::Real { .. }) => Some(Picked::Int(*int)),
            (_, Value::Real(real)) => Some(Picked::real(*real)),
            #[allow(clippy::cast_precision_loss)]
            (_, Value::Int(int)) => Some(Picked::real(*int as f64)),
            (_, Value::Subset(list)) => Some(Picked::Subset(list.as_slice().into())),
            _ => None,
        }
    }
}

/// What a symbol stands for.
#[derive(Clone, PartialEq, Debug)]
pub enum SymbolKind {
    /// A `choose`.
    Choice(DomainSpec),
    /// A loop variable: `start, start + step, ..`, `len` of them.
    Loop {
        /// First value.
        start: Expr,
        /// Distance.
        step: i64,
        /// How many.
        len: Expr,
    },
    /// A setting of a library item, free for its callers.
    Free {
        /// How many values, if it is a bool or an enum.
        count: Option<i64>,
    },
}

/// How a symbol's value is shown to people.
#[derive(Clone, PartialEq, Debug)]
pub enum Shown {
    /// As an int.
    Int,
    /// As `true` and `false`.
    Bool,
    /// By these names.
    Names(Arc<[String]>),
}

/// All about a symbol.
#[derive(Clone, Debug)]
pub struct SymbolInfo {
    /// The shortest name people use: the last name of its path.
    pub name: String,
    /// Its path.
    pub path: PathTemplate,
    /// What it stands for.
    pub kind: SymbolKind,
    /// How its value is shown.
    pub shown: Shown,
    /// The loops around it, outermost first.
    pub loops: Vec<Symbol>,
    /// The conditions under which it exists.
    pub guard: Vec<Expr>,
    /// Where it is written.
    pub span: Span,
}

impl SymbolInfo {
    /// A value for people.
    #[must_use]
    pub fn show(&self, picked: &Picked) -> String {
        match (picked, &self.shown) {
            (Picked::Int(value), Shown::Bool) => (*value != 0).to_string(),
            (Picked::Int(value), Shown::Names(names)) => {
                usize::try_from(*value).ok().and_then(|at| names.get(at)).cloned().unwrap_or_else(|| value.to_string())
            }
            (Picked::Int(value), Shown::Int) => value.to_string(),
            (Picked::Subset(list), _) => Value::Subset(list.to_vec()).to_string(),
            (Picked::Real(bits), _) => format!("{:?}", f64::from_bits(*bits)),
        }
    }
}

impl Domain {
    /// How many values; `None` for real intervals.
    #[must_use]
    pub fn size(&self) -> Option<num_bigint::BigUint> {
        Some(match self {
            Self::Ints { count, .. } => (*count).into(),
            Self::Values(values) => values.len().into(),
            Self::Real { .. } => return None,
            Self::Subset { of, min, max, ordered } => {
                (*min..=(*max).min(*of)).map(|k| subset_count(*of, k, *ordered)).sum()
            }
        })
    }

    /// Has it no value at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Ints { count, .. } => *count == 0,
            Self::Values(values) => values.is_empty(),
            Self::Real { low, high, .. } => low > high,
            Self::Subset { of, min, max, .. } => min > max || min > of,
        }
    }

    /// Is the value one of this domain?
    #[must_use]
    pub fn contains(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Ints { start, step, count }, Value::Int(int)) => int
                .checked_sub(*start)
                .is_some_and(|offset| offset % step == 0 && u64::try_from(offset / step).is_ok_and(|at| at < *count)),
            (Self::Values(values), value) => values.contains(value),
            (Self::Real { low, high, .. }, Value::Real(real)) => (*low..=*high).contains(real),
            #[allow(clippy::cast_precision_loss)]
            (Self::Real { low, high, .. }, Value::Int(int)) => (*low..=*high).contains(&(*int as f64)),
            (Self::Subset { of, min, max, ordered }, Value::Subset(list)) => {
                let k = u32::try_from(list.len()).unwrap_or(u32::MAX);
                let inside = list.iter().all(|p| p < of) && (*min..=*max).contains(&k);
                let distinct = if *ordered {
                    list.iter().enumerate().all(|(at, p)| !list[..at].contains(p))
                } else {
                    list.windows(2).all(|pair| pair[0] < pair[1])
                };
                inside && distinct
            }
            _ => false,
        }
    }
}

/// Number of `k`-subsets of `n` elements, as sequences if ordered.
#[must_use]
pub fn subset_count(n: u32, k: u32, ordered: bool) -> num_bigint::BigUint {
    let mut out = num_bigint::BigUint::from(u32::from(k <= n));
    for i in 0..k.min(n) {
        out *= n - i;
        if !ordered {
            out /= i + 1;
        }
    }
    out
}

/// A gene: path and domain of a choice in one architecture.
#[must_use]
pub fn gene(info: &SymbolInfo, spec: &DomainSpec, bindings: &Bindings) -> Option<Gene> {
    Some(Gene { path: info.path.render(bindings), domain: spec.resolve(bindings)? })
}
