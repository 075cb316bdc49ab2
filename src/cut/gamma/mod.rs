//! What cutting costs: the factor gamma of a gate, as a number, as a function of trainable angles, and between which bounds.
//!
//! Cutting a gate replaces it by a signed mixture of local operations whose coefficients add up to gamma in magnitude; shots
//! grow with gamma squared. For `U ~ Σ u_a σ_a ⊗ σ_a` the least possible is `gamma = 2 (Σ |u_a|)² - 1` (Schmitt, Piveteau,
//! Sutter, arXiv:2312.11638). Families with one angle have closed forms, so an unbound angle gives an interval and not a refusal.

use super::kak::kak;
use crate::gates::{self, Gate};
use crate::ir::{Angle, GateOp, Operation, Variable};
use crate::math::Matrix;
use crate::passes::local::{control_bits, embed, operand_matrix};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// Gamma of a wire cut without classical communication (Peng et al., arXiv:1904.00102; optimal by Brenner, Piveteau,
/// Sutter, arXiv:2302.03366).
pub const WIRE: f64 = 4.0;
/// Largest gamma of a gate that is controlled on one operand, up to gates on single qubits.
const RANK_TWO: f64 = 3.0;
/// Largest gamma of any two-qubit gate: that of `swap`.
const ANY: f64 = 7.0;
/// Magnitudes of coefficients below this are zero in exact arithmetic.
const EPS: f64 = 1e-9;

/// Smallest and largest value over all values of the angles.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Interval {
    /// Smallest.
    pub low: f64,
    /// Largest.
    pub high: f64,
}

impl Interval {
    /// One number.
    #[must_use]
    pub fn exact(value: f64) -> Self {
        Self { low: value, high: value }
    }
}

/// Gamma of a two-qubit unitary.
#[must_use]
pub fn of_matrix(unitary: &Matrix) -> f64 {
    let sum: f64 = kak(unitary).u.iter().map(|u| u.norm()).sum();
    tidy(2.0 * sum * sum - 1.0)
}

/// Integers that arithmetic missed by its last digits.
fn tidy(gamma: f64) -> f64 {
    let whole = gamma.round();
    if (gamma - whole).abs() < 1e-9 { whole } else { gamma.max(1.0) }
}

/// Gamma as a function of angles.
#[derive(Clone, PartialEq, Debug)]
enum Form {
    /// `1 + 2 |sin a|`
    Sine(Angle),
    /// `1 + 4 |sin a| + 2 sin² a`
    Exchange(Angle),
    /// `1 + 2 sqrt(1 - cos² a · cos² b)`
    Euler(Angle, Angle),
}

impl Form {
    /// The closed form of a gate on two qubits, if it has one.
    fn of(gate: &GateOp) -> Option<Self> {
        let Operation::Gate { gate: kind, params } = &gate.operation else { return None };
        let is = |other: &'static Gate| std::ptr::eq(*kind, other);
        let angle = |k: usize, factor: f64| params[k].scaled(factor);
        if is(&gates::xx_plus_yy::XX_PLUS_YY) || is(&gates::xx_minus_yy::XX_MINUS_YY) {
            return Some(Self::Exchange(angle(0, 0.5)));
        }
        if gate.targets().len() == 1
            && (is(&gates::u::U) || is(&gates::u3::U3) || is(&gates::cu::CU) || is(&gates::cu3::CU3))
        {
            return Some(Self::Euler(angle(0, 0.5), params[1].plus(&params[2]).scaled(0.5)));
        }
        if kind.generator.is_empty() || params.len() != 1 {
            return None;
        }
        match (gate.targets().len(), kind.generator) {
            (2, [(factor, _)]) => Some(Self::Sine(angle(0, 2.0 * factor))),
            // Under a control only the difference of the generator's two eigenvalues counts.
            (1, terms) => {
                let spread: f64 =
                    terms.iter().filter(|term| term.1 != "I").map(|term| term.0 * term.0).sum::<f64>().sqrt();
                Some(Self::Sine(angle(0, spread)))
            }
            _ => None,
        }
    }

    fn bounds(&self) -> Interval {
        let sine = |angle: &Angle| match angle.as_constant() {
            Some(value) => Interval::exact(sine(value)),
            None => Interval { low: 0.0, high: 1.0 },
        };
        let through = |s: Interval, f: fn(f64) -> f64| Interval { low: tidy(f(s.low)), high: tidy(f(s.high)) };
        match self {
            Self::Sine(a) => through(sine(a), simple),
            Self::Exchange(a) => through(sine(a), exchange),
            Self::Euler(a, b) => {
                let (a, b) = (sine(a), sine(b));
                Interval { low: tidy(euler(a.low, b.low)), high: tidy(euler(a.high, b.high)) }
            }
        }
    }

    fn value(&self, variable: &mut dyn FnMut(Variable) -> f64) -> f64 {
        let mut at = |angle: &Angle| sine(angle.evaluate(&mut *variable));
        tidy(match self {
            Self::Sine(a) => simple(at(a)),
            Self::Exchange(a) => exchange(at(a)),
            Self::Euler(a, b) => euler(at(a), at(b)),
        })
    }
}

/// `|sin|`, exactly 0 and 1 where it is.
fn sine(angle: f64) -> f64 {
    let sine = angle.sin().abs();
    if sine < 1e-15 { 0.0 } else { sine }
}

fn simple(sine: f64) -> f64 {
    1.0 + 2.0 * sine
}

fn exchange(sine: f64) -> f64 {
    1.0 + 4.0 * sine + 2.0 * sine * sine
}

fn euler(a: f64, b: f64) -> f64 {
    1.0 + 2.0 * (1.0 - (1.0 - a * a) * (1.0 - b * b)).max(0.0).sqrt()
}

/// Gamma and rank of gates without angles, by the address of their entry in the catalogue and their extra controls.
type Plain = FxHashMap<(usize, (u32, u32)), (Interval, usize)>;

thread_local! {
    /// What earlier circuits of this thread asked for: a fact about the gate, and circuits consist of the same few.
    static PLAIN: RefCell<Plain> = RefCell::default();
}

/// Gamma of one gate on two qubits over all values of its angles.
#[must_use]
pub fn of_gate(gate: &GateOp) -> Interval {
    if let Some(form) = Form::of(gate) {
        return form.bounds();
    }
    plain(gate).map_or_else(|| of_block(&[gate]), |known| known.0)
}

/// Gamma and rank of a gate, if it has no angles.
fn plain(gate: &GateOp) -> Option<(Interval, usize)> {
    let Operation::Gate { gate: kind, params } = &gate.operation else { return None };
    let key = (std::ptr::from_ref(*kind).addr(), control_bits(gate)?);
    let fresh = || (of_block(&[gate]), rank_of(&[gate]));
    params.is_empty().then(|| PLAIN.with_borrow_mut(|known| *known.entry(key).or_insert_with(fresh)))
}

/// Equal for blocks of gates whose angles are numbers that have the same product, up to which pair they stand on; `None` for others.
pub(crate) fn block_key(gates: &[&GateOp]) -> Option<Vec<u64>> {
    let lowest = gates.iter().flat_map(|gate| gate.qubits.iter()).min()?;
    let mut key = Vec::with_capacity(4 * gates.len());
    for gate in gates {
        let Operation::Gate { gate: kind, params } = &gate.operation else { return None };
        let (controls, on_one) = control_bits(gate)?;
        let places = gate.qubits.iter().fold(1, |places, qubit| places << 1 | u64::from(qubit != lowest));
        key.extend([std::ptr::from_ref(*kind).addr() as u64, u64::from(controls) << 32 | u64::from(on_one), places]);
        for angle in params {
            key.push(angle.as_constant()?.to_bits());
        }
    }
    Some(key)
}

/// Gamma of gates one after another on the same two qubits, and on one of them, over all values of their angles.
#[must_use]
pub fn of_block(gates: &[&GateOp]) -> Interval {
    let entangling = || gates.iter().filter(|gate| gate.qubits.len() == 2);
    let constant = gates.iter().flat_map(|gate| gate.params()).all(|angle| angle.as_constant().is_some());
    let whole = |sample: usize| block_matrix(gates, &mut |variable| generic(variable, sample));
    if constant {
        return whole(0).map_or(Interval::exact(ANY), |matrix| Interval::exact(of_matrix(&matrix)));
    }
    let cap = match rank(gates) {
        0 | 1 => return Interval::exact(1.0),
        2 => RANK_TWO,
        _ => ANY,
    };
    let parts: f64 = match gates {
        [_] => ANY,
        _ => entangling().map(|gate| of_gate(gate).high).product(),
    };
    Interval { low: 1.0, high: cap.min(parts) }
}

/// How many of `II`, `XX`, `YY`, `ZZ` such gates consist of, up to local gates, for almost all values of their angles: the
/// rank at places picked without regard to the gates, which nowhere is larger.
#[must_use]
pub fn rank(gates: &[&GateOp]) -> usize {
    match gates {
        [gate] => plain(gate).map_or_else(|| rank_of(gates), |known| known.1),
        _ => rank_of(gates),
    }
}

fn rank_of(gates: &[&GateOp]) -> usize {
    let at = |sample: usize| block_matrix(gates, &mut |variable| generic(variable, sample));
    let count = |matrix: Matrix| kak(&matrix).u.iter().filter(|u| u.norm() > EPS).count();
    (0..2).filter_map(at).map(count).max().unwrap_or(4)
}

/// Gamma of such gates for given values of what their angles depend on.
#[must_use]
pub fn bound(gates: &[&GateOp], variable: &mut dyn FnMut(Variable) -> f64) -> f64 {
    if let [gate] = gates
        && let Some(form) = Form::of(gate)
    {
        return form.value(variable);
    }
    block_matrix(gates, variable).map_or(ANY, |matrix| of_matrix(&matrix))
}

/// The product of gates on two qubits, the first gate applied first; the two qubits ascending, the lower less significant.
/// `None` if they touch more.
#[must_use]
pub fn block_matrix(gates: &[&GateOp], variable: &mut dyn FnMut(Variable) -> f64) -> Option<Matrix> {
    let mut pair: Vec<u32> = gates.iter().flat_map(|gate| gate.qubits.iter().copied()).collect();
    pair.sort_unstable();
    pair.dedup();
    if pair.len() != 2 {
        return None;
    }
    let mut out = Matrix::identity(4);
    for gate in gates {
        let params: Vec<f64> = gate.params().iter().map(|angle| angle.evaluate(&mut *variable)).collect();
        let place: Vec<usize> = gate.qubits.iter().filter_map(|qubit| pair.iter().position(|q| q == qubit)).collect();
        out = embed(&operand_matrix(gate, &params)?, &place, 2).matmul(&out);
    }
    Some(out)
}

/// A place for a variable that no gate has in mind: fractions of multiples of an irrational number.
fn generic(variable: Variable, sample: usize) -> f64 {
    let seed = match variable {
        Variable::Weight { weight, index } => 3.0 + f64::from(weight.0) * 17.0 + f64::from(index) * 5.0,
        Variable::Input(index) => 2.0 + f64::from(index) * 7.0,
    };
    0.3 + ((seed + 0.37 * (1.0 + sample as f64)) * 0.618_033_988_749_894_9).fract() * 2.3
}

#[cfg(test)]
mod tests;
