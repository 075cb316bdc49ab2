//! Running the rules: over one graph, or over the architectures of a space.

use super::report::Tally;
use super::{Arch, Check, Facts, Finding, Findings, GraphView, Group, RULES, Reported, Scope, SpaceView};
use crate::hir::expr::Bindings;
use crate::hir::space::TemplateSpace;
use crate::hir::{Assignment, Space};
use crate::ir::build::build_with;
use crate::ir::{Graph, QuantumOp};
use crate::source::Span;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Which groups run, beyond those that always do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Groups {
    /// Rules that simulate.
    pub sampled: bool,
}

impl Groups {
    fn runs(self, group: Group) -> bool {
        group != Group::Sampled || self.sampled
    }
}

/// How to run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// Which groups.
    pub groups: Groups,
}

/// A space to lint.
pub struct Work<'a> {
    /// The choices.
    pub space: &'a TemplateSpace<'a>,
    /// The architectures to look at.
    pub assignments: Vec<Assignment>,
    /// Are they all there are?
    pub exact: bool,
    /// The objectives of an architecture; `None` for those that need training.
    pub objectives: &'a (dyn Fn(&Bindings, &Graph) -> Vec<Option<f64>> + Sync),
    /// What else is known.
    pub facts: &'a Facts<'a>,
}

impl std::fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work").field("assignments", &self.assignments.len()).finish_non_exhaustive()
    }
}

/// Per statement of the program: how many steps of circuits it makes, and how many of them are proved to do nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Statements(pub BTreeMap<Span, (usize, usize)>);

impl Statements {
    /// Counts the steps of an architecture.
    fn add(&mut self, view: &GraphView<'_>) {
        for region in &view.regions {
            for (at, op) in region.region.ops.iter().enumerate() {
                if matches!(op, QuantumOp::Barrier { .. }) {
                    continue;
                }
                let entry = self.0.entry(region.op_span(at)).or_default();
                entry.0 += 1;
                entry.1 += usize::from(region.effects.ops[at].removable.is_some() || !region.live);
            }
        }
    }

    /// Takes over the counts of other architectures.
    pub fn merge(&mut self, other: &Self) {
        for (&span, &(all, removable)) in &other.0 {
            let entry = self.0.entry(span).or_default();
            entry.0 += all;
            entry.1 += removable;
        }
    }

    /// Does everything the statement makes do nothing?
    #[must_use]
    pub fn is_removable(&self, span: Span) -> bool {
        self.0.get(&span).is_some_and(|&(all, removable)| all > 0 && all == removable)
    }
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The reports, by rule.
    pub reports: Vec<Reported>,
    /// What the statements of the program do.
    pub statements: Statements,
    /// Which architectures were looked at.
    pub scope: Scope,
    /// Per rule that looks at architectures one by one, in how many of those it finds something, whatever and wherever.
    pub hits: Hits,
}

/// How many architectures have a finding of a rule, by code.
pub type Hits = BTreeMap<&'static str, usize>;

/// The rules of some findings, each once.
fn rules_of(findings: &[Finding]) -> BTreeSet<&'static str> {
    findings.iter().map(|finding| finding.lint.code.meta.code).collect()
}

/// Lints one graph, with what is known of its search.
#[must_use]
pub fn lint_graph(graph: &Graph, facts: &Facts<'_>, settings: &Settings) -> Found {
    let scope = Scope { seen: 1, exact: true, single: true };
    let mut tally = Tally::default();
    let view = GraphView::new(graph, facts);
    let findings = graph_findings(&view, |group| settings.groups.runs(group));
    let hits = rules_of(&findings).into_iter().map(|code| (code, 1)).collect();
    tally.add(findings, &Assignment::default());
    tally.add(search_findings(facts, settings), &Assignment::default());
    let mut statements = Statements::default();
    statements.add(&view);
    Found { reports: tally.into_reports(scope), statements, scope, hits }
}

fn graph_findings(view: &GraphView<'_>, wanted: impl Fn(Group) -> bool) -> Vec<Finding> {
    let mut all = Vec::new();
    for lint in RULES.iter().filter(|lint| wanted(lint.group)) {
        if let Check::Graph(check) = lint.check {
            let mut findings = Findings::new(lint);
            check(view, &mut findings);
            all.extend(findings.into_list());
        }
    }
    all
}

fn search_findings(facts: &Facts<'_>, settings: &Settings) -> Vec<Finding> {
    let mut all = Vec::new();
    for lint in RULES.iter().filter(|lint| settings.groups.runs(lint.group)) {
        if let Check::Search(check) = lint.check {
            let mut findings = Findings::new(lint);
            check(facts, &mut findings);
            all.extend(findings.into_list());
        }
    }
    all
}

/// Architectures that are looked at together.
const CHUNK: usize = 512;

/// Architectures whose identity is taken when the space was only drawn from.
const IDENTIFIED: usize = 3;

/// Lints the architectures of a space.
#[must_use]
pub fn lint_space(work: &Work<'_>, settings: &Settings) -> Found {
    let mut tally = Tally::default();
    let mut statements = Statements::default();
    let mut archs = Vec::with_capacity(work.assignments.len());
    let mut hits = Hits::new();
    for (chunk_at, chunk) in work.assignments.chunks(CHUNK).enumerate() {
        let looked: Vec<Option<Looked>> = chunk
            .par_iter()
            .enumerate()
            .map(|(at, assignment)| {
                let identify = work.exact || chunk_at * CHUNK + at < IDENTIFIED;
                look(work, assignment, identify)
            })
            .collect();
        for Looked { findings, arch, made } in looked.into_iter().flatten() {
            rules_of(&findings).into_iter().for_each(|code| *hits.entry(code).or_default() += 1);
            tally.add(findings, &arch.assignment);
            statements.merge(&made);
            archs.push(arch);
        }
    }
    let single = work.exact && work.assignments.len() == 1;
    let scope = Scope { seen: archs.len(), exact: work.exact, single };
    let view = SpaceView { space: work.space, archs, scope, facts: work.facts, inert: OnceLock::new() };
    for lint in RULES.iter().filter(|lint| settings.groups.runs(lint.group)) {
        if let Check::Space(check) = lint.check
            && !single
        {
            let mut findings = Findings::new(lint);
            check(&view, &mut findings);
            tally.add(findings.into_list(), &Assignment::default());
        }
    }
    tally.add(search_findings(work.facts, settings), &Assignment::default());
    let mut reports = tally.into_reports(scope);
    if settings.groups.sampled {
        reports.extend(measured(work, single));
    }
    Found { reports, statements, scope, hits }
}

/// Architectures of a space that are simulated.
const MEASURED: usize = 8;

/// The findings of the rules that simulate, on a few architectures spread over those looked at.
fn measured(work: &Work<'_>, single: bool) -> Vec<Reported> {
    let all = work.assignments.len();
    let step = all.div_ceil(MEASURED).max(1);
    let chosen: Vec<&Assignment> = work.assignments.iter().step_by(step).collect();
    let found: Vec<Option<Vec<Finding>>> = chosen
        .par_iter()
        .map(|assignment| {
            let graph = build_with(work.space.template(), work.space.bindings(assignment).0).ok()?;
            Some(graph_findings(&GraphView::new(&graph, work.facts), |group| group == Group::Sampled))
        })
        .collect();
    let mut tally = Tally::default();
    let mut seen = 0;
    for (findings, assignment) in found.into_iter().zip(chosen) {
        if let Some(findings) = findings {
            seen += 1;
            tally.add(findings, assignment);
        }
    }
    tally.into_reports(Scope { seen, exact: work.exact && step == 1, single })
}

/// What one architecture gives.
struct Looked {
    findings: Vec<Finding>,
    arch: Arch,
    made: Statements,
}

fn look(work: &Work<'_>, assignment: &Assignment, identify: bool) -> Option<Looked> {
    let decoded = work.space.decode(assignment, &mut |_| crate::hir::Value::Int(0));
    let (bindings, _) = work.space.bindings(assignment);
    let graph = build_with(work.space.template(), bindings.clone()).ok()?;
    let view = GraphView::new(&graph, work.facts);
    let mut made = Statements::default();
    made.add(&view);
    let arch = Arch {
        assignment: assignment.clone(),
        genes: decoded.genes,
        identity: identify.then(|| work.facts.proofs.identity(&graph)),
        class: view.class,
        objectives: (work.objectives)(&bindings, &graph),
        uses_cx: uses(&graph, "cx"),
        uses_cz: uses(&graph, "cz"),
        bindings,
    };
    Some(Looked { findings: graph_findings(&view, |group| group != Group::Sampled), arch, made })
}

fn uses(graph: &Graph, name: &str) -> bool {
    graph.regions().any(|(_, region)| region.gates().any(|gate| gate.name() == name))
}
