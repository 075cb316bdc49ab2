//! Relaxed choices: which circuits become mixtures, of which candidates, and the graph of the mixture.
//!
//! A site is one instance of a circuit; its candidates are the joint assignments of the choices below it. Everything else
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
use crate::ir::{Graph, Mix, MixRule, Op};

/// A model with relaxed circuits.
#[derive(Clone, Debug)]
pub struct Relaxed {
    /// Its sites, in order of appearance.
    pub sites: Vec<Site>,
    /// The architecture around them.
    base: Bindings,
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
        let base = space.bindings(&first).0;
        let graph = build_relaxed(space.template(), base.clone(), &[])?;
        let sites = site::sites(space, &first, &graph, settings.name("relax"))?;
        let mut out = Self { sites, base, rule: rule(settings), shared: settings.name("angles") != "separate" };
        for site in &mut out.sites {
            for candidate in &mut site.candidates {
                let bindings = out.base.overlaid(&candidate.bindings);
                let graph = build_relaxed(space.template(), bindings, &[])?;
                candidate.constant = graph.regions().any(|(_, region)| region.path == site.path && is_constant(region));
            }
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
        let mut base = self.base.clone();
        let mut relaxations = Vec::new();
        for (site, kept) in self.sites.iter().zip(kept) {
            match &kept[..] {
                [one] if discrete && self.shared => base = base.overlaid(&site.candidates[*one].bindings),
                _ => relaxations.push(self.relaxation(site, kept, rule)),
            }
        }
        let mut graph = build_relaxed(space.template(), base, &relaxations)?;
        for (site, kept) in self.sites.iter().zip(kept) {
            constant::freeze(&mut graph, site, kept);
        }
        Ok(graph)
    }

    fn relaxation(&self, site: &Site, kept: &[usize], rule: MixRule) -> Relaxation {
        Relaxation {
            path: site.path.clone(),
            candidates: kept.iter().map(|&at| site.candidates[at].bindings.clone()).collect(),
            names: kept.iter().map(|at| format!("candidate{}", at + 1)).collect(),
            shared: self.shared,
            rule,
            // Raw weights begin as a mean, the others where softmax gives one.
            start: if rule.mix == Mix::Raw { 1.0 / kept.len().max(1) as f64 } else { 0.0 },
        }
    }

    /// The complete choices of an architecture that takes one candidate of every site.
    #[must_use]
    pub fn discrete(&self, space: &TemplateSpace<'_>, chosen: &[usize]) -> Assignment {
        let mut partial = Assignment::default();
        for (site, &at) in self.sites.iter().zip(chosen) {
            partial.0.extend(site.candidates[at].choices.0.clone());
        }
        space.decode(&partial, &mut |gene| site::first_value(&gene.domain)).assignment
    }
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
