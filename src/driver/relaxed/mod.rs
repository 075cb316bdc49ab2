//! Relaxed choices: which circuits become mixtures, of which candidates, and the graph of the mixture.
//!
//! A site is one instance of a circuit; its candidates are the joint assignments of the choices below it. Or it is a choice
//! around circuits, between two of them for instance, with the choices that not all of its values have. Everything else
//! of the architecture is fixed. Candidates whose read-outs are proved not to depend on any weight lose their angles, so
//! that they are computed once and never again.

mod constant;
pub mod errors;
mod site;

pub use constant::is_constant;
pub use site::{Candidate, Site};

use crate::diag::Diagnostic;
use crate::driver::search::Settings;
use crate::hir::expr::Bindings;
use crate::hir::space::TemplateSpace;
use crate::hir::{Assignment, Space};
use crate::ir::build::{Relaxation, build_relaxed};
use crate::ir::{Graph, Mix, MixRule, Mixture, Op, merge};

/// A model with relaxed circuits.
#[derive(Clone, Debug)]
pub struct Relaxed {
    /// Its sites, in order of appearance.
    pub sites: Vec<Site>,
    /// The choices of some architecture: what is fixed has its value there.
    first: Assignment,
    /// How structural weights become coefficients while training.
    pub rule: MixRule,
    /// Do candidates share the angles of one path?
    pub shared: bool,
}

/// The rule of `differentiable(mix: .., temperature: .., floor: .., decay: ..)`.
fn rule(settings: &Settings) -> MixRule {
    let mix = match settings.name("mix") {
        "softmax" => Mix::Softmax,
        "gumbel_softmax" => Mix::GumbelSoftmax,
        _ => Mix::Raw,
    };
    let number = |name: &str| settings.real(name).unwrap_or(1.0);
    match mix {
        Mix::Raw => MixRule::RAW,
        mix => MixRule { mix, start: number("temperature"), floor: number("floor"), decay: number("decay") },
    }
}

impl Relaxed {
    /// Finds the sites that `relax` names and their candidates.
    ///
    /// # Errors
    /// `QN0836` if it names none, or what it leaves open besides.
    pub fn new(space: &TemplateSpace<'_>, settings: &Settings) -> Result<Self, Diagnostic> {
        let mut first = None;
        space.each(&mut |assignment| {
            first = Some(assignment.clone());
            false
        });
        let Some(first) = first else { return Err(errors::nothing_relaxed(settings.name("relax"), &[])) };
        let graph = build_relaxed(space.template(), space.bindings(&first).0, &[])?;
        let sites = site::sites(space, &first, &graph, settings.name("relax"))?;
        let mut out = Self { sites, first, rule: rule(settings), shared: settings.name("angles") != "separate" };
        for at in 0..out.sites.len() {
            let graphs: Vec<Graph> = (0..out.sites[at].candidates.len())
                .map(|candidate| build_relaxed(space.template(), out.bindings(space, &[(at, candidate)]), &[]))
                .collect::<Result<_, _>>()?;
            constant::find(&mut out.sites[at], &graphs);
        }
        Ok(out)
    }

    /// All candidates of every site.
    #[must_use]
    pub fn everything(&self) -> Vec<Vec<usize>> {
        self.sites.iter().map(|site| (0..site.candidates.len()).collect()).collect()
    }

    /// The graph of the mixture of the candidates `kept`, site by site. A site with one candidate is no mixture if
    /// `discrete`; otherwise it keeps its coefficient.
    ///
    /// # Errors
    /// What `ir::build` has against it.
    pub fn graph(
        &self,
        space: &TemplateSpace<'_>,
        kept: &[Vec<usize>],
        rule: MixRule,
        discrete: bool,
    ) -> Result<Graph, Diagnostic> {
        if self.sites.iter().any(|site| site.around) {
            return self.merged(space, &mut Vec::new(), kept, (rule, discrete));
        }
        let mut fixed = Vec::new();
        let mut relaxations = Vec::new();
        for (at, (site, kept)) in self.sites.iter().zip(kept).enumerate() {
            match &kept[..] {
                [one] if discrete && self.shared => fixed.push((at, *one)),
                _ => relaxations.push(self.relaxation(site, kept, rule)),
            }
        }
        let mut graph = build_relaxed(space.template(), self.bindings(space, &fixed), &relaxations)?;
        for (site, kept) in self.sites.iter().zip(kept) {
            constant::freeze(&mut graph, site, kept);
        }
        Ok(graph)
    }

    /// The graph of mixtures of choices around circuits, those of the first sites as in `chosen`.
    fn merged(
        &self,
        space: &TemplateSpace<'_>,
        chosen: &mut Vec<(usize, usize)>,
        kept: &[Vec<usize>],
        (rule, discrete): (MixRule, bool),
    ) -> Result<Graph, Diagnostic> {
        let at = chosen.len();
        let Some(site) = self.sites.get(at) else {
            let mut graph = build_relaxed(space.template(), self.bindings(space, chosen), &[])?;
            for &(site, candidate) in &*chosen {
                constant::freeze_all(&mut graph, &self.sites[site].candidates[candidate]);
            }
            return Ok(graph);
        };
        let mut with = |candidate: usize| {
            chosen.push((at, candidate));
            let graph = self.merged(space, chosen, kept, (rule, discrete));
            chosen.pop();
            graph
        };
        if let ([one], true, true) = (&kept[at][..], discrete, self.shared) {
            return with(*one);
        }
        let graphs = (0..site.candidates.len()).map(with).collect::<Result<_, _>>()?;
        let start = start(rule, kept[at].len());
        merge(graphs, Mixture { path: &site.path, kept: &kept[at], shared: self.shared, rule, start })
    }

    /// The choices of an architecture with some candidates, of sites by position; of the other sites the first.
    fn assignment(&self, space: &TemplateSpace<'_>, chosen: &[(usize, usize)]) -> Assignment {
        let mut partial = self.first.clone();
        for &(site, candidate) in chosen {
            let candidates = &self.sites[site].candidates;
            partial.0.retain(|path, _| !candidates.iter().any(|one| one.choices.0.contains_key(path)));
            partial.0.extend(candidates[candidate].choices.0.clone());
        }
        space.decode(&partial, &mut |gene| site::first_value(&gene.domain)).assignment
    }

    fn bindings(&self, space: &TemplateSpace<'_>, chosen: &[(usize, usize)]) -> Bindings {
        space.bindings(&self.assignment(space, chosen)).0
    }

    fn relaxation(&self, site: &Site, kept: &[usize], rule: MixRule) -> Relaxation {
        Relaxation {
            path: site.path.clone(),
            candidates: kept.iter().map(|&at| site.candidates[at].bindings.clone()).collect(),
            names: kept.iter().map(|at| format!("candidate{}", at + 1)).collect(),
            shared: self.shared,
            rule,
            start: start(rule, kept.len()),
        }
    }

    /// The complete choices of an architecture that takes one candidate of every site.
    #[must_use]
    pub fn discrete(&self, space: &TemplateSpace<'_>, chosen: &[usize]) -> Assignment {
        self.assignment(space, &chosen.iter().copied().enumerate().collect::<Vec<_>>())
    }
}

/// Where structural weights begin: raw ones as a mean, the others where softmax gives one.
fn start(rule: MixRule, candidates: usize) -> f64 {
    if rule.mix == Mix::Raw { 1.0 / candidates.max(1) as f64 } else { 0.0 }
}

/// The path of a site's structural weights.
#[must_use]
pub fn mix_path(site: &Site) -> String {
    format!("{}.mix", site.path)
}

/// How many structural weights a graph has.
#[must_use]
pub fn structural(graph: &Graph) -> usize {
    let weight = |op: &Op| match op {
        Op::Mix { weight, .. } => Some(*weight),
        _ => None,
    };
    let ids: std::collections::BTreeSet<_> = graph.nodes().filter_map(|node| weight(&node.op)).collect();
    ids.into_iter().map(|id| graph.weight(id).len()).sum()
}
