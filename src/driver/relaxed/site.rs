//! Sites of relaxation: the instances of a circuit that a name means, and their candidates.

use super::errors::{nothing_relaxed, unfit};
use crate::diag::Diagnostic;
use crate::hir::expr::Bindings;
use crate::hir::space::TemplateSpace;
use crate::hir::{Assignment, Domain, Gene, Space, Value};
use crate::ir::Graph;
use std::collections::BTreeSet;

/// Most candidates of one site.
const MOST: usize = 1024;

/// One candidate of a site.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The choices that tell it from the others.
    pub choices: Assignment,
    /// The values of everything under it.
    pub bindings: Bindings,
    /// Is it proved that what it gives depends on no weight?
    pub constant: bool,
    /// Its circuits of which that is proved, by path, where the choice is not in a circuit.
    pub(super) still: Vec<String>,
}

/// One instance of a relaxed circuit, or one choice around circuits.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its path.
    pub path: String,
    /// Its candidates, in program order.
    pub candidates: Vec<Candidate>,
    /// Is it a choice outside circuits, such as one between circuits?
    pub around: bool,
}

impl Candidate {
    /// The choices in words, without the path of the circuit: `hadamard: true, rot: rx`.
    #[must_use]
    pub fn describe(&self, site: &Site) -> String {
        let below = |path: &str| path.strip_prefix(&site.path)?.strip_prefix('.').map(str::to_owned);
        let name = |path: &str| below(path).filter(|_| !site.around).unwrap_or_else(|| path.to_owned());
        let words: Vec<String> =
            self.choices.0.iter().map(|(path, value)| format!("{}: {value}", name(path))).collect();
        words.join(", ")
    }
}

/// The last name of a path, without the number of a repeat.
fn last_name(path: &str) -> &str {
    path.rsplit('.').next().and_then(|name| name.split('#').next()).unwrap_or(path)
}

fn below(path: &str, prefix: &str) -> bool {
    prefix.is_empty() || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'))
}

/// The sites that `name` means in the model with these choices: circuits of this name or path, or else the circuits that hold
/// a choice of this name or path, which then is all that is relaxed of them, or else the choices of this name or path around
/// circuits.
pub(super) fn sites(
    space: &TemplateSpace<'_>,
    first: &Assignment,
    graph: &Graph,
    name: &str,
) -> Result<Vec<Site>, Diagnostic> {
    let circuits: Vec<&str> = graph.regions().map(|(_, region)| &*region.path).collect();
    let called = |path: &str| path == name || last_name(path) == name || (path.is_empty() && graph.name == name);
    let mut sites = Vec::new();
    let mut taken = Vec::new();
    for &circuit in circuits.iter().filter(|path| called(path)) {
        let inside = |path: &str| below(path, circuit);
        sites.push(Site { path: circuit.to_owned(), candidates: candidates(space, first, &inside)?, around: false });
        taken.push(circuit);
    }
    if sites.is_empty() {
        for &circuit in &circuits {
            let inside = |path: &str| below(path, circuit) && called(path);
            if first.0.keys().any(|path| inside(path)) {
                sites.push(Site {
                    path: circuit.to_owned(),
                    candidates: candidates(space, first, &inside)?,
                    around: false,
                });
            }
        }
    }
    if sites.is_empty() {
        for path in first.0.keys().filter(|path| called(path)) {
            let common = common(space, first, path)?;
            let inside = |other: &str| other == path || !common.contains(other);
            sites.push(Site { path: path.clone(), candidates: candidates(space, first, &inside)?, around: true });
        }
        // Every combination of candidates is built.
        let combinations = sites.iter().try_fold(1usize, |product, site| product.checked_mul(site.candidates.len()));
        if combinations.is_none_or(|count| count > MOST) {
            return Err(unfit(name, &format!("makes more than {MOST} candidates")).help("relax fewer choices"));
        }
    }
    if sites.is_empty() {
        let choices = first.0.keys().map(|path| last_name(path));
        let known: Vec<String> =
            circuits.iter().map(|path| last_name(path)).chain(choices).map(str::to_owned).collect();
        return Err(nothing_relaxed(name, &known));
    }
    let open = |path: &&String| {
        let relaxed =
            sites.iter().any(|site| site.candidates.iter().any(|candidate| candidate.choices.0.contains_key(*path)));
        !relaxed && choices_of(space, first, path) > 1
    };
    match first.0.keys().find(open) {
        None => Ok(sites),
        Some(path) => Err(unfit(path, "is left open besides what is relaxed").help("give it a value, or relax it too")),
    }
}

/// The choices that are there whatever the value of one.
fn common(space: &TemplateSpace<'_>, first: &Assignment, path: &str) -> Result<BTreeSet<String>, Diagnostic> {
    let decoded = space.decode(first, &mut |gene| first_value(&gene.domain));
    let Some(gene) = decoded.genes.iter().find(|gene| gene.path == path) else { return Ok(BTreeSet::new()) };
    let mut common: Option<BTreeSet<String>> = None;
    for value in values(gene)? {
        let mut partial = first.clone();
        partial.0.insert(path.to_owned(), value);
        let here = space.decode(&partial, &mut |gene| first_value(&gene.domain)).assignment;
        let here: BTreeSet<String> = here.0.into_keys().collect();
        common = Some(match common {
            Some(before) => before.intersection(&here).cloned().collect(),
            None => here,
        });
    }
    Ok(common.unwrap_or_default())
}

/// How many values a choice has where the others are as they are.
fn choices_of(space: &TemplateSpace<'_>, first: &Assignment, path: &str) -> usize {
    let decoded = space.decode(first, &mut |gene| first_value(&gene.domain));
    let gene = decoded.genes.iter().find(|gene| gene.path == path);
    gene.map_or(1, |gene| gene.domain.size().map_or(2, |size| usize::try_from(size).unwrap_or(2)))
}

/// All joint assignments of the choices that are `inside`, the others as in `first`.
fn candidates(
    space: &TemplateSpace<'_>,
    first: &Assignment,
    inside: &dyn Fn(&str) -> bool,
) -> Result<Vec<Candidate>, Diagnostic> {
    let mut outside = first.clone();
    outside.0.retain(|path, _| !inside(path));
    let mut found = Vec::new();
    let mut next = vec![outside];
    while let Some(partial) = next.pop() {
        let mut open: Option<Gene> = None;
        let decoded = space.decode(&partial, &mut |gene| {
            if open.is_none() && inside(&gene.path) {
                open = Some(gene.clone());
            }
            first_value(&gene.domain)
        });
        let Some(gene) = open else {
            if decoded.valid {
                let bindings = space.bindings(&decoded.assignment).0;
                let mut choices = decoded.assignment;
                choices.0.retain(|path, _| inside(path));
                found.push(Candidate { choices, bindings, constant: false, still: Vec::new() });
            }
            continue;
        };
        if found.len() + next.len() > MOST {
            return Err(unfit(&gene.path, &format!("makes more than {MOST} candidates")).help("relax fewer choices"));
        }
        for value in values(&gene)?.into_iter().rev() {
            let mut longer = partial.clone();
            longer.0.insert(gene.path.clone(), value);
            next.push(longer);
        }
    }
    Ok(found)
}

fn values(gene: &Gene) -> Result<Vec<Value>, Diagnostic> {
    match &gene.domain {
        Domain::Ints { start, step, count } if *count <= MOST as u64 => {
            Ok((0..i64::try_from(*count).unwrap_or(0)).map(|at| Value::Int(start + at * step)).collect())
        }
        Domain::Values(values) => Ok(values.clone()),
        Domain::Ints { .. } => Err(unfit(&gene.path, &format!("has more than {MOST} values"))),
        Domain::Real { .. } => {
            Err(unfit(&gene.path, "is a real interval, which has no candidates").help("make it a `weight`"))
        }
        Domain::Subset { .. } => Err(unfit(&gene.path, "is a subset").help("write a `choose` for every element")),
    }
}

/// Some value of a domain.
pub(super) fn first_value(domain: &Domain) -> Value {
    match domain {
        Domain::Ints { start, .. } => Value::Int(*start),
        Domain::Values(values) => values.first().cloned().unwrap_or(Value::Int(0)),
        Domain::Real { low, .. } => Value::Real(*low),
        Domain::Subset { min, .. } => Value::Subset((0..*min).collect()),
    }
}
