//! A space as rules see it: its architectures, or those drawn, with their identities and objectives.

use super::same::alike;
use super::{Facts, Scope};
use crate::hir::expr::Bindings;
use crate::hir::space::TemplateSpace;
use crate::hir::symbol::{SymbolInfo, SymbolKind};
use crate::hir::{Assignment, Domain, Gene, Space, Value};
use crate::ir::Graph;
use crate::ir::build::build_with;
use crate::passes::canonical::{Class, Identity};
use crate::source::Span;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// One architecture of a space.
#[derive(Clone, Debug)]
pub struct Arch {
    /// Its choices.
    pub assignment: Assignment,
    /// The same, in program order, with their domains.
    pub genes: Vec<Gene>,
    /// The values of all symbols.
    pub bindings: Bindings,
    /// Its identity, if it was asked for.
    pub identity: Option<Identity>,
    /// What kind of architecture it is.
    pub class: Class,
    /// Per objective its value; `None` if it needs training.
    pub objectives: Vec<Option<f64>>,
    /// Has it a `cx`?
    pub uses_cx: bool,
    /// Has it a `cz`?
    pub uses_cz: bool,
}

/// A space.
#[derive(Debug)]
pub struct SpaceView<'a> {
    /// The choices.
    pub space: &'a TemplateSpace<'a>,
    /// The architectures, in program order or as drawn.
    pub archs: Vec<Arch>,
    /// Which they are.
    pub scope: Scope,
    /// What else is known.
    pub facts: &'a Facts<'a>,
    pub(super) inert: OnceLock<Vec<Inert>>,
}

/// How often one choice changes nothing.
#[derive(Clone, Debug)]
pub struct Inert {
    /// Its path.
    pub path: String,
    /// Architectures that have the choice and were tried.
    pub tried: usize,
    /// Those in which no other value changes the architecture.
    pub without_effect: usize,
    /// One of them.
    pub witness: Assignment,
}

/// A choice several values of which build one architecture, unevenly.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Uneven {
    /// Its path.
    pub path: String,
    /// How many values it has.
    pub values: usize,
    /// How many architectures they build.
    pub architectures: usize,
    /// Fewest values behind one.
    pub fewest: usize,
    /// Most values behind one.
    pub most: usize,
}

/// Architectures around which every choice is tried when the space was only drawn from.
const AROUND: usize = 3;

impl SpaceView<'_> {
    /// Per choice, in how many architectures it changes nothing. Over the whole space, every other value is compared; otherwise
    /// the values around some of the architectures drawn.
    #[must_use]
    pub fn inert(&self) -> &[Inert] {
        self.inert.get_or_init(|| if self.scope.exact { self.inert_exactly() } else { self.inert_around() })
    }

    fn inert_exactly(&self) -> Vec<Inert> {
        let mut groups: BTreeMap<String, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
        for (at, arch) in self.archs.iter().enumerate() {
            for gene in &arch.genes {
                let rest: String = arch
                    .assignment
                    .0
                    .iter()
                    .filter(|(path, _)| **path != gene.path)
                    .map(|(path, value)| format!("{path}={value};"))
                    .collect();
                groups.entry(gene.path.clone()).or_default().entry(rest).or_default().push(at);
            }
        }
        let judge = |(path, groups): (String, BTreeMap<String, Vec<usize>>)| {
            let mut out = Inert { path, tried: 0, without_effect: 0, witness: Assignment::default() };
            for group in groups.values().filter(|group| group.len() > 1) {
                out.tried += group.len();
                let first = self.archs[group[0]].identity;
                if first.is_some() && group.iter().all(|&at| self.archs[at].identity == first) {
                    out.without_effect += group.len();
                    if out.witness.0.is_empty() {
                        out.witness = self.archs[group[0]].assignment.clone();
                    }
                }
            }
            out
        };
        groups.into_iter().map(judge).collect()
    }

    fn inert_around(&self) -> Vec<Inert> {
        let around = self.archs.iter().take(AROUND).enumerate();
        let genes: Vec<(usize, &Gene)> =
            around.flat_map(|(at, arch)| arch.genes.iter().map(move |gene| (at, gene))).collect();
        let tried: Vec<(usize, String, bool)> = genes
            .into_par_iter()
            .filter_map(|(at, gene)| {
                let arch = &self.archs[at];
                let others = alternatives(&gene.domain, arch.assignment.0.get(&gene.path)?);
                let own = arch.identity?;
                let same = |value: &Value| self.with(&arch.assignment, &gene.path, value) == Some(own);
                (!others.is_empty()).then(|| (at, gene.path.clone(), others.iter().all(same)))
            })
            .collect();
        let mut out: BTreeMap<String, Inert> = BTreeMap::new();
        for (at, path, same) in tried {
            let entry = out.entry(path.clone()).or_insert_with(|| Inert {
                path,
                tried: 0,
                without_effect: 0,
                witness: self.archs[at].assignment.clone(),
            });
            entry.tried += 1;
            if same {
                if entry.without_effect == 0 {
                    entry.witness = self.archs[at].assignment.clone();
                }
                entry.without_effect += 1;
            }
        }
        out.into_values().collect()
    }

    /// The int choices some architecture of which is built, as written, by more values than another, everything else alike: tried
    /// around the first architecture that has the choice.
    #[must_use]
    pub fn uneven(&self) -> Vec<Uneven> {
        let mut tried: BTreeSet<&str> = BTreeSet::new();
        let mut out = Vec::new();
        for arch in self.archs.iter().take(AROUND) {
            for gene in &arch.genes {
                if tried.insert(&gene.path) {
                    out.extend(self.shares(arch, gene));
                }
            }
        }
        out
    }

    fn shares(&self, arch: &Arch, gene: &Gene) -> Option<Uneven> {
        const FEWEST: u64 = 3;
        const MOST: u64 = 32;
        let Domain::Ints { start, step, count } = &gene.domain else { return None };
        let count = Some(*count).filter(|count| (FEWEST..=MOST).contains(count))?;
        let mut built: Vec<(Graph, usize)> = Vec::new();
        let mut values = 0;
        for k in 0..i64::try_from(count).ok()? {
            let Some(graph) = self.built(&arch.assignment, &gene.path, &Value::Int(start + step * k)) else { continue };
            values += 1;
            match built.iter_mut().find(|(other, _)| alike(other, &graph)) {
                Some((_, times)) => *times += 1,
                None => built.push((graph, 1)),
            }
        }
        let fewest = built.iter().map(|one| one.1).min()?;
        let most = built.iter().map(|one| one.1).max()?;
        let path = gene.path.clone();
        (built.len() > 1 && fewest < most).then_some(Uneven { path, values, architectures: built.len(), fewest, most })
    }

    /// Where a choice is written.
    #[must_use]
    pub fn choice_span(&self, path: &str) -> Span {
        let template = self.space.template();
        let alike = |info: &&SymbolInfo| {
            let pattern = info.path.pattern();
            let (mut a, mut b) = (pattern.split('.'), path.split('.'));
            matches!(info.kind, SymbolKind::Choice(_))
                && loop {
                    match (a.next(), b.next()) {
                        (None, None) => break true,
                        (Some(a), Some(b)) if a == b || a == "*" => {}
                        _ => break false,
                    }
                }
        };
        let spans: Vec<Span> = template.symbols.iter().filter(alike).map(|info| info.span).collect();
        self.facts.place(&spans)
    }

    /// The identity of an architecture with one choice changed.
    fn with(&self, assignment: &Assignment, path: &str, value: &Value) -> Option<Identity> {
        self.built(assignment, path, value).map(|graph| self.facts.proofs.identity(&graph))
    }

    /// An architecture with one choice changed, as written.
    fn built(&self, assignment: &Assignment, path: &str, value: &Value) -> Option<Graph> {
        let mut changed = assignment.clone();
        changed.0.insert(path.to_owned(), value.clone());
        let decoded = self.space.decode(&changed, &mut |gene| first(&gene.domain));
        let (bindings, _) = self.space.bindings(&decoded.assignment);
        if !decoded.valid {
            return None;
        }
        build_with(self.space.template(), bindings).ok()
    }
}

/// A few other values of a domain.
fn alternatives(domain: &Domain, own: &Value) -> Vec<Value> {
    const TRIED: usize = 3;
    let all: Vec<Value> = match domain {
        Domain::Ints { start, step, count } => {
            (0..(*count).min(8)).map(|k| Value::Int(start + step * i64::try_from(k).unwrap_or(0))).collect()
        }
        Domain::Values(values) => values.clone(),
        Domain::Real { .. } | Domain::Subset { .. } => Vec::new(),
    };
    all.into_iter().filter(|value| value != own).take(TRIED).collect()
}

fn first(domain: &Domain) -> Value {
    match domain {
        Domain::Ints { start, .. } => Value::Int(*start),
        Domain::Values(values) => values.first().cloned().unwrap_or(Value::Int(0)),
        Domain::Real { low, .. } => Value::Real(*low),
        Domain::Subset { min, .. } => Value::Subset((0..*min).collect()),
    }
}
