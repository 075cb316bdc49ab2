//! Raw genotypes: every path some architecture has, with the union of its domains.

use super::super::assignment::{Domain, Value};
use super::super::expr::{Expr, Symbol, symbol};
use super::super::solve::Prover;
use super::super::symbol::{Segment, SymbolKind, subset_count};
use super::super::template::{Step, Template};
use num_bigint::BigUint;
use std::collections::{BTreeMap, BTreeSet};

/// One path with what it may be anywhere in the space.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The path.
    pub path: String,
    /// Its domain: the union over all architectures that have it.
    pub domain: Domain,
    /// How many values; `None` for real intervals.
    pub size: Option<BigUint>,
    /// The conditions under which it exists, as written; empty if it always does.
    pub condition: String,
}

/// The choices of a space and the product of their sizes.
#[derive(Clone, Debug, PartialEq)]
pub struct RawCount {
    /// The choices in program order.
    pub choices: Vec<Listed>,
    /// The product of the sizes of the discrete ones.
    pub raw: BigUint,
    /// Were all cases seen? Otherwise `raw` is a lower bound.
    pub exact: bool,
}

/// The union of domains of one path.
#[derive(Default)]
struct Union {
    ints: BTreeSet<i64>,
    /// Merged stretches of step 1, for domains too long to list.
    stretches: Vec<(i64, i64)>,
    values: Vec<Value>,
    real: Option<(f64, f64, bool)>,
    /// Largest set by `(size, ordered)`.
    subsets: BTreeMap<(u32, bool), u32>,
}

pub(super) fn genotypes(template: &Template) -> RawCount {
    let mut order = Vec::new();
    collect(&template.steps, &mut order);
    let mut paths: Vec<String> = Vec::new();
    let mut unions: BTreeMap<String, (Union, Symbol)> = BTreeMap::new();
    let mut exact = true;
    let text = |expr: &Expr| super::super::check::show(expr, &template.symbols);
    let prover = Prover::new(&template.symbols, &[], &text);
    for choice in order {
        let info = template.symbol(choice);
        let SymbolKind::Choice(spec) = &info.kind else { continue };
        let mut core: Vec<Expr> = spec.exprs().into_iter().cloned().collect();
        core.extend(info.path.0.iter().filter_map(|segment| match segment {
            Segment::Value(expr) => Some(expr.clone()),
            Segment::Name(_) => None,
        }));
        core.extend(info.loops.iter().map(|&var| symbol(var)));
        exact &= prover.each_case(&core, &info.guard, &mut |bindings| {
            let Some(domain) = spec.resolve(bindings) else { return };
            if domain.is_empty() {
                return;
            }
            let path = info.path.render(bindings);
            let entry = unions.entry(path.clone()).or_insert_with(|| {
                paths.push(path);
                (Union::default(), choice)
            });
            entry.0.add(&domain);
        });
    }
    let choices: Vec<Listed> = paths
        .into_iter()
        .filter_map(|path| {
            let (union, choice) = unions.remove(&path)?;
            let (domain, size) = union.finish();
            Some(Listed { condition: condition(template, choice), path, domain, size })
        })
        .collect();
    let raw = choices.iter().filter_map(|listed| listed.size.as_ref()).product();
    RawCount { choices, raw, exact }
}

fn collect(steps: &[Step], out: &mut Vec<Symbol>) {
    for step in steps {
        match step {
            Step::Choice(symbol) if out.contains(symbol) => {}
            Step::Choice(symbol) => out.push(*symbol),
            Step::Loop { body, .. } | Step::Circuit { body, .. } | Step::Modified { body, .. } => collect(body, out),
            Step::Branch { then, otherwise, .. } => {
                collect(then, out);
                collect(otherwise, out);
            }
            _ => {}
        }
    }
}

/// The conditions around a choice in words, loop ranges told by their upper bound.
fn condition(template: &Template, choice: Symbol) -> String {
    let info = template.symbol(choice);
    let zero = |expr: &Expr| matches!(&**expr, super::super::expr::Node::IsNonPositive(_));
    let mut parts: Vec<String> = Vec::new();
    for fact in &info.guard {
        let text = super::super::check::show(fact, &template.symbols);
        // `0 <= layer` says nothing that `layer < depth` does not.
        let lower_bound = zero(fact) && text.starts_with("0 <=");
        if !lower_bound && !parts.contains(&text) {
            parts.push(text);
        }
    }
    parts.join(" && ")
}

impl Union {
    fn add(&mut self, domain: &Domain) {
        match domain {
            Domain::Ints { start, step, count } if *count <= 1 << 20 => {
                let mut value = *start;
                for _ in 0..*count {
                    self.ints.insert(value);
                    value = value.saturating_add(*step);
                }
            }
            Domain::Ints { start, step, count } => {
                let last = start.saturating_add(i64::try_from(*count - 1).unwrap_or(i64::MAX).saturating_mul(*step));
                self.stretches.push(((*start).min(last), (*start).max(last)));
            }
            Domain::Values(values) => {
                for value in values {
                    if !self.values.contains(value) {
                        self.values.push(value.clone());
                    }
                }
            }
            Domain::Real { low, high, log } => {
                let (a, b, _) = self.real.unwrap_or((*low, *high, *log));
                self.real = Some((a.min(*low), b.max(*high), *log));
            }
            Domain::Subset { of, min, max, ordered } => {
                for k in *min..=(*max).min(*of) {
                    let entry = self.subsets.entry((k, *ordered)).or_insert(0);
                    *entry = (*entry).max(*of);
                }
            }
        }
    }

    fn finish(self) -> (Domain, Option<BigUint>) {
        if let Some((low, high, log)) = self.real {
            return (Domain::Real { low, high, log }, None);
        }
        if !self.subsets.is_empty() {
            let size = self.subsets.iter().map(|(&(k, ordered), &of)| subset_count(of, k, ordered)).sum();
            let keys = || self.subsets.keys().map(|key| key.0);
            let (min, max) = (keys().min().unwrap_or(0), keys().max().unwrap_or(0));
            let ordered = self.subsets.keys().any(|key| key.1);
            let of = self.subsets.values().copied().max().unwrap_or(0);
            return (Domain::Subset { of, min, max, ordered }, Some(size));
        }
        if !self.values.is_empty() {
            let size = self.values.len().into();
            return (Domain::Values(self.values), Some(size));
        }
        if !self.stretches.is_empty() {
            let low = self.stretches.iter().map(|s| s.0).chain(self.ints.first().copied()).min().unwrap_or(0);
            let high = self.stretches.iter().map(|s| s.1).chain(self.ints.last().copied()).max().unwrap_or(0);
            let count = u64::try_from(high - low).unwrap_or(u64::MAX).saturating_add(1);
            return (Domain::Ints { start: low, step: 1, count }, Some(count.into()));
        }
        let size: BigUint = self.ints.len().into();
        let list: Vec<i64> = self.ints.into_iter().collect();
        let step = list.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(1).max(1);
        let even = list.windows(2).all(|pair| pair[1] - pair[0] == step);
        let domain = if even {
            Domain::Ints { start: list.first().copied().unwrap_or(0), step, count: list.len() as u64 }
        } else {
            Domain::Values(list.into_iter().map(Value::Int).collect())
        };
        (domain, Some(size))
    }
}
