//! Linting a program: which of its models and searches, which of their architectures, and what is left once attributes are obeyed.

mod examples;
mod facts;
mod page;

pub use page::markdown;

use super::compiler::{Compiled, compile_text};
use super::data::DataDirs;
use super::metric::{cost_metric, evaluate, needs_proxy};
use super::pick::{Choice, Target, pick_target, select};
use super::random::stream;
use super::space::{Count, FilteredSpace};
use crate::cost::device::Priced;
use crate::diag::{Diagnostic, Severity};
use crate::hir::allow::holds;
use crate::hir::expr::Bindings;
use crate::hir::symbol::{DomainSpec, SymbolInfo, SymbolKind};
use crate::ir::Graph;
use crate::lint::{self, Groups, Hits, Proofs, Reported, Scope, Settings, Statements, Work, fix, suppress};
use crate::source::{FileId, Span};
use crate::syntax::ast::{Expr, ExprKind, Item};
use crate::syntax::visit::{Visitor, walk_expr, walk_item};
use num_traits::ToPrimitive;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct Request {
    /// Run the rules that simulate?
    pub sampled: bool,
    /// Architectures drawn from a space that is larger.
    pub samples: usize,
    /// Look at all architectures?
    pub exact: bool,
    /// Seed of what is drawn.
    pub seed: u64,
    /// Obey `#[allow(..)]`?
    pub obey: bool,
    /// The search that is meant.
    pub search: Option<String>,
    /// The model that is meant.
    pub model: Option<String>,
    /// One architecture.
    pub choice: Choice,
}

/// Architectures drawn unless told otherwise.
pub const SAMPLES: usize = 32;

/// Most architectures that are all looked at.
pub const MOST: usize = 200_000;

impl Default for Request {
    fn default() -> Self {
        Self {
            sampled: false,
            samples: SAMPLES,
            exact: false,
            seed: 0,
            obey: true,
            search: None,
            model: None,
            choice: Choice::default(),
        }
    }
}

/// What linting a file gives.
#[derive(Clone, Debug, Default)]
pub struct Linted {
    /// The findings, by place; those of pedantic rules are notes.
    pub reports: Vec<Reported>,
    /// Findings that an attribute allows.
    pub allowed: usize,
    /// Per search, model or example: its name, and what was looked at.
    pub looked: Vec<(String, Scope)>,
    /// For each of them, in how many architectures each rule finds something.
    pub hits: Vec<Hits>,
    /// What is wrong with the attributes.
    pub attributes: Vec<Diagnostic>,
}

/// Lints a program without errors: what was asked for, else all its searches, else all its models; and the examples in its
/// documentation, if it has no search.
///
/// # Errors
/// Choices that do not fit the space; a search or model that is not there.
pub fn lint(compiled: &Compiled, dirs: &DataDirs, request: &Request) -> Result<Linted, Diagnostic> {
    let checked = &compiled.checked;
    let named = request.search.is_some() || request.model.is_some() || !request.choice.is_empty();
    let targets: Vec<Target<'_>> = if named {
        let target = select(checked, request.search.as_deref(), request.model.as_deref())?;
        vec![Target { graph: compiled.imported.as_ref(), ..target }]
    } else if checked.searches.is_empty() {
        models(compiled)
    } else {
        checked.searches.iter().map(Target::of_search).collect()
    };
    let mut run = Run {
        request,
        dirs,
        out: Linted::default(),
        statements: Statements::default(),
        used: BTreeSet::new(),
        complete: true,
        homes: Vec::new(),
        proofs: Arc::default(),
    };
    for target in &targets {
        run.target(compiled, target, &[])?;
    }
    if !named && checked.searches.is_empty() {
        run.examples(compiled);
    }
    Ok(run.finish(compiled, named))
}

/// The models of a program without a search, except those that only serve others.
fn models(compiled: &Compiled) -> Vec<Target<'_>> {
    struct Named(BTreeSet<String>);
    impl Visitor for Named {
        fn expr(&mut self, expr: &Expr) {
            if let ExprKind::Name(name) = &expr.kind {
                self.0.insert(name.text.clone());
            }
            walk_expr(self, expr);
        }
    }
    let mut used = Named(BTreeSet::new());
    compiled.items.iter().for_each(|item| walk_item(&mut used, item));
    let target = |template| Target { graph: compiled.imported.as_ref(), ..Target::of_model(template) };
    compiled.checked.models.iter().map(target).filter(|target| !used.0.contains(target.name)).collect()
}

/// Has the space a real choice that may stand in an angle? Those of training change no circuit.
fn has_real_structure(space: &FilteredSpace<'_>) -> bool {
    let real = |info: &&SymbolInfo| matches!(info.kind, SymbolKind::Choice(DomainSpec::Real { .. }));
    space.template().symbols.iter().filter(real).any(|info| !info.path.pattern().starts_with("train"))
}

struct Run<'r> {
    request: &'r Request,
    dirs: &'r DataDirs,
    out: Linted,
    statements: Statements,
    /// Attributes that allowed something.
    used: BTreeSet<Span>,
    /// Was every architecture looked at?
    complete: bool,
    /// The names of what was looked at.
    homes: Vec<Span>,
    /// What is proved about circuits so far.
    proofs: Arc<Proofs>,
}

impl Run<'_> {
    /// Lints one model; attributes of the items at `also` are obeyed, too.
    fn target(&mut self, compiled: &Compiled, target: &Target<'_>, also: &[Item]) -> Result<(), Diagnostic> {
        let request = self.request;
        let space = FilteredSpace::new(target.template);
        let count = space.count(request.seed);
        let facts = facts::facts(compiled, target, &space, &count, (self.dirs, request.seed, &self.proofs));
        let settings = Settings { groups: Groups { sampled: request.sampled } };
        let open = target.graph.is_none() && request.choice.is_empty();
        let picked = if open { None } else { Some(pick_target(target, &request.choice)?) };
        let mut found = if let Some(picked) = picked {
            lint::lint_graph(&picked.graph, &facts, &settings)
        } else {
            let (assignments, exact) = self.architectures(&space, &count)?;
            let objectives = |bindings: &Bindings, graph: &Graph| -> Vec<Option<f64>> {
                let minimize = target.search.map(|spec| &spec.minimize[..]).unwrap_or_default();
                let costs = Priced::new(graph, target.template.device.as_deref());
                // What has to be measured is left aside: rules of objectives look at many architectures.
                let value = |expr: &_| match needs_proxy(expr) {
                    true => None,
                    false => evaluate(expr, bindings, &mut |name, args| cost_metric(&costs, name, args)),
                };
                minimize.iter().map(|(expr, _)| value(expr)).collect()
            };
            let work = Work { space: space.choices(), assignments, exact, objectives: &objectives, facts: &facts };
            lint::lint_space(&work, &settings)
        };
        self.complete &= found.scope.exact && request.choice.is_empty();
        self.homes.push(facts.home);
        self.statements.merge(&found.statements);
        if request.obey {
            let before = found.reports.len();
            self.used.extend(suppress::obey(&compiled.items, facts.home, &mut found.reports));
            if let Some(item) = also.first() {
                let home = item.kind.name().map_or(item.span, |name| name.span);
                self.used.extend(suppress::obey(also, home, &mut found.reports));
            }
            self.out.allowed += before - found.reports.len();
        }
        self.out.looked.push((target.name.to_owned(), found.scope));
        self.out.hits.push(found.hits);
        self.out.reports.extend(found.reports);
        Ok(())
    }

    fn architectures(
        &self,
        space: &FilteredSpace<'_>,
        count: &Count,
    ) -> Result<(Vec<crate::hir::Assignment>, bool), Diagnostic> {
        let request = self.request;
        let limit = if request.exact { MOST } else { request.samples };
        let all = match count {
            Count::Exact(exact) => exact.to_usize().filter(|&count| count <= limit && !has_real_structure(space)),
            Count::Estimate { .. } => None,
        };
        let mut out = Vec::new();
        if all.is_some() {
            space.each(&mut |assignment| {
                out.push(assignment.clone());
                true
            });
            return Ok((out, true));
        }
        // A requirement that nothing drawn meets is a finding, no reason to give up.
        if matches!(count, Count::Estimate { about, .. } if *about == 0.0) {
            return Ok((out, false));
        }
        let mut rng = stream(request.seed, "lint");
        for _ in 0..request.samples {
            out.push(space.draw(&mut rng)?);
        }
        Ok((out, false))
    }

    /// Lints the examples in the documentation of a library's items. An item's own attributes speak of its example.
    fn examples(&mut self, compiled: &Compiled) {
        let Some((_, main)) = compiled.sources.iter().next() else { return };
        for example in examples::examples(&compiled.text, &compiled.items) {
            let program = compile_text(&main.name, &example.text, None, self.dirs);
            if program.checked.has_errors() {
                continue;
            }
            let item: Vec<_> = compiled.items.iter().filter(|item| item.span == example.item).cloned().collect();
            let targets: Vec<Target<'_>> = match program.checked.searches.is_empty() {
                true => models(&program),
                false => program.checked.searches.iter().map(Target::of_search).collect(),
            };
            for target in targets {
                // A space from which nothing can be drawn has nothing to be found in.
                let _ = self.target(&program, &target, &item);
            }
        }
    }

    /// Puts everything together; `named` says that only a part of the program was asked for.
    fn finish(mut self, compiled: &Compiled, named: bool) -> Linted {
        let gates = fix::gate_statements(&compiled.items);
        let proved = self.complete && !named && !compiled.checked.searches.is_empty();
        fix::offer_removals(&mut self.out.reports, &self.statements, &gates, proved);
        let key = |report: &Reported| {
            let d = &report.diagnostic;
            (d.primary, d.code.meta.code, d.message.clone())
        };
        self.out.reports.sort_by_key(key);
        self.out.reports.dedup_by(|a, b| key(a) == key(b));
        if self.request.obey {
            let complete = self.complete;
            let sampled = self.request.sampled;
            let ran = |name: &str| {
                let group = lint::find(name).map(|lint| lint.group.name()).unwrap_or(name);
                complete && (sampled || group != lint::Group::Sampled.name())
            };
            // What is allowed elsewhere may be found there: of a part only its own attributes are judged.
            let judged = |item: &&Item| !named || self.homes.iter().any(|home| holds(item.span, *home));
            let items: Vec<&Item> = compiled.items.iter().filter(judged).collect();
            self.out.attributes = suppress::unused(items, &self.used, &ran);
        }
        self.out
    }
}

impl Linted {
    /// Moves the places of everything to where the texts of its program stand among all.
    pub fn shift(&mut self, by: u32) {
        let moved = |span: Span| Span { file: FileId(span.file.0.saturating_add(by)), ..span };
        let diagnostics = self.reports.iter_mut().map(|report| &mut report.diagnostic).chain(&mut self.attributes);
        for diagnostic in diagnostics {
            diagnostic.primary = diagnostic.primary.map(moved);
            diagnostic.labels.iter_mut().for_each(|label| label.span = moved(label.span));
            for fix in &mut diagnostic.fixes {
                fix.edits.iter_mut().for_each(|edit| edit.0 = moved(edit.0));
            }
        }
    }

    /// Takes the notes of pedantic rules out; returns how many there were.
    pub fn hide_notes(&mut self) -> usize {
        let before = self.reports.len();
        self.reports.retain(|report| report.diagnostic.severity != Severity::Note);
        before - self.reports.len()
    }
}
