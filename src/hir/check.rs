//! Checking a program: every item walked, every obligation decided, everything unused named.

use super::allow::{Level, Used};
use super::elaborate::{self, Elaborator};
use super::errors::{names as name_errors, space, types};
use super::expr::{self, Atom, Expr};
use super::program::{NameError, Program};
use super::solve::{Prover, Verdict};
use super::symbol::SymbolInfo;
use super::template::{Late, SearchSpec, Template};
use super::value::ItemRef;
use super::vocabulary::Vocabulary;
use crate::diag::{Diagnostic, nearest_many};
use crate::source::Span;
use crate::syntax::ast::{Ident, ItemKind, TypeKind};
use std::collections::{BTreeMap, BTreeSet};

/// What checking gives.
#[derive(Debug, Default)]
pub struct Checked {
    /// Everything that is wrong or unused, in reading order.
    pub diagnostics: Vec<Diagnostic>,
    /// The searches that could be elaborated.
    pub searches: Vec<SearchSpec>,
    /// Models and circuits that need nothing from outside, by name.
    pub models: Vec<Template>,
    /// The attributes of the main file that changed what checking says.
    pub used_attributes: BTreeSet<Span>,
    /// The devices of the main module.
    pub devices: Vec<crate::device::Device>,
}

impl Checked {
    /// Is any diagnostic an error?
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Checks the main module of a program for every architecture of its spaces.
#[must_use]
pub fn check(program: &Program, errors: &[NameError], vocabulary: &Vocabulary<'_>) -> Checked {
    let mut out = Checked::default();
    out.diagnostics.extend(errors.iter().map(|error| name_error(error, program)));
    let mut seen = Seen::default();
    let main = program.main;
    let items = &program.sources[main].items;
    let of = |wanted: &dyn Fn(&ItemKind) -> bool| -> Vec<ItemRef> {
        (0..items.len()).filter(|&at| wanted(&items[at].kind)).map(|item| ItemRef { module: main, item }).collect()
    };
    for item in of(&|kind| matches!(kind, ItemKind::Search(_))) {
        let (walk, spec) = elaborate::elaborate_search(program, vocabulary, item);
        let late = finish(program, walk, &mut out, &mut seen);
        out.searches.extend(spec.map(|mut spec| {
            spec.template.late = late;
            spec
        }));
    }
    for item in of(&|kind| matches!(kind, ItemKind::Model(_) | ItemKind::Circuit(_))) {
        if is_closed(program, item) {
            let (walk, template) = elaborate::elaborate_model(program, vocabulary, item);
            let late = finish(program, walk, &mut out, &mut seen);
            out.models.extend(template.map(|template| Template { late, ..template }));
            seen.checked.insert(item);
        }
    }
    for item in of(&|kind| matches!(kind, ItemKind::Device(_))) {
        let (walk, device) = elaborate::check_device(program, vocabulary, item);
        finish(program, walk, &mut out, &mut seen);
        out.devices.extend(device);
    }
    // What nothing has reached yet is checked alone, callers before callees.
    for item in (0..items.len()).rev().map(|item| ItemRef { module: main, item }) {
        if !seen.reached(program, item) {
            finish(program, elaborate::check_item(program, vocabulary, item), &mut out, &mut seen);
        }
    }
    unused(program, &mut seen, &mut out);
    out.used_attributes = seen.attributes.0;
    crate::diag::sort_and_dedup(&mut out.diagnostics);
    out
}

/// The spans of names bound and used over all walks.
#[derive(Default)]
struct Seen {
    used: BTreeSet<Span>,
    bound: BTreeMap<Span, String>,
    checked: BTreeSet<ItemRef>,
    attributes: Used,
}

impl Seen {
    fn reached(&self, program: &Program, item: ItemRef) -> bool {
        let item_kind = &program.item(item).kind;
        // Naming a constant or device walks it; a callable is walked where it is applied.
        let named =
            matches!(item_kind, ItemKind::Const(_) | ItemKind::Device(_) | ItemKind::Enum(_) | ItemKind::Search(_));
        self.checked.contains(&item) || named && item_kind.name().is_some_and(|name| self.used.contains(&name.span))
    }
}

/// Can a model be run without data: are all input sizes constant and all settings defaulted?
fn is_closed(program: &Program, item: ItemRef) -> bool {
    let (ItemKind::Model(callable) | ItemKind::Circuit(callable)) = &program.item(item).kind else { return false };
    let constant_size = |dim: &crate::syntax::ast::Expr| {
        !elaborate::mentions(dim, &|name| callable.settings.iter().any(|s| s.name.text == name))
    };
    callable.settings.iter().all(|setting| setting.default.is_some())
        && callable.params.iter().all(|param| match &param.ty {
            None => true,
            Some(ty) => match &ty.kind {
                TypeKind::Name { name, dims } => name.text == "real" && dims.iter().all(constant_size),
                _ => false,
            },
        })
}

/// Takes over a walk's diagnostics and decides its obligations; returns those left to single architectures.
fn finish(program: &Program, mut walk: Elaborator<'_>, out: &mut Checked, seen: &mut Seen) -> Vec<Late> {
    let mut late = Vec::new();
    out.diagnostics.append(&mut walk.diagnostics);
    seen.used.append(&mut walk.used);
    seen.checked.append(&mut walk.walked);
    seen.bound.append(&mut walk.bound);
    let symbols = std::mem::take(&mut walk.symbols);
    let names = |expr: &Expr| show(expr, &symbols);
    let prover = Prover::new(&symbols, &walk.requires, &names);
    if let Some(span) = walk.first_require
        && !prover.possible()
    {
        out.diagnostics.push(
            Diagnostic::error(&space::NOTHING_LEFT, span, "no architecture meets every requirement")
                .note("`require` removes architectures, and here it removes all of them"),
        );
    }
    // One report per place and code: the first failing obligation of a place says enough.
    let mut reported: BTreeSet<(Option<Span>, &str)> = BTreeSet::new();
    for obligation in &walk.obligations {
        match prover.decide(obligation) {
            Verdict::Holds | Verdict::Open => {}
            Verdict::Fails(diagnostic) => {
                if reported.insert((diagnostic.primary, diagnostic.code.meta.code)) {
                    out.diagnostics.push(diagnostic);
                }
            }
            Verdict::Unproved(choices) => {
                let bindings = expr::Bindings::default();
                let about = (obligation.explain)(&super::obligation::Case { bindings: &bindings, names: &names });
                if seen.attributes.level(program, about.primary, "unproved") == Some(Level::Allow) {
                    let (guard, predicate) = (obligation.guard.clone(), obligation.predicate.clone());
                    late.push(Late { guard, predicate, diagnostic: about });
                    continue;
                }
                let diagnostic = unproved(&about, &choices);
                if reported.insert((diagnostic.primary, diagnostic.code.meta.code)) {
                    out.diagnostics.push(diagnostic);
                }
            }
        }
    }
    late
}

fn unproved(about: &Diagnostic, choices: &[String]) -> Diagnostic {
    let message = format!("could not be decided for every architecture: {}", about.message);
    let diagnostic = Diagnostic::new(&space::UNPROVED, crate::diag::Severity::Error, about.primary, message)
        .note(format!("there are more than {} cases", super::solve::MAX_CASES));
    match choices.is_empty() {
        true => diagnostic,
        false => diagnostic.help(format!("bound {}", elaborate::listed(choices))),
    }
}

/// Symbols by the shortest names people use.
struct ByName<'a>(&'a [SymbolInfo]);

impl expr::Names for ByName<'_> {
    fn atom(&self, atom: &Atom) -> String {
        self.0[atom.symbol.0 as usize].name.clone()
    }

    fn value(&self, atom: &Atom, value: i64) -> Option<String> {
        let info = &self.0[atom.symbol.0 as usize];
        match info.shown {
            super::symbol::Shown::Names(_) => Some(info.show(&expr::Picked::Int(value))),
            _ => None,
        }
    }

    fn is_bool(&self, atom: &Atom) -> bool {
        self.0[atom.symbol.0 as usize].shown == super::symbol::Shown::Bool
    }
}

/// An expression with the names of its symbols.
#[must_use]
pub fn show(expr: &Expr, symbols: &[SymbolInfo]) -> String {
    expr::show(expr, &ByName(symbols))
}

fn unused(program: &Program, seen: &mut Seen, out: &mut Checked) {
    let file = program.sources[program.main].items.first().map(|item| item.span.file);
    let Seen { used, bound, attributes, .. } = seen;
    let mut report = |name: &str, span: Span, what: &str| {
        if !name.starts_with('_') && Some(span.file) == file && !used.contains(&span) {
            let mut diagnostic =
                Diagnostic::warning(&name_errors::UNUSED, span, format!("nothing reads {what} `{name}`"))
                    .help(format!("remove it, or call it `_{name}` to keep it"));
            match attributes.level(program, Some(span), "unused") {
                Some(Level::Allow) => return,
                Some(Level::Deny) => diagnostic.severity = crate::diag::Severity::Error,
                None => {}
            }
            out.diagnostics.push(diagnostic);
        }
    };
    for (span, name) in bound.iter() {
        report(name, *span, "the name");
    }
    let items = &program.sources[program.main].items;
    for item in items {
        if let ItemKind::Use(import) = &item.kind {
            let single = import.names.is_empty().then(|| import.alias.as_ref().or(import.path.last())).flatten();
            let several = import.names.iter().map(|(name, alias)| alias.as_ref().unwrap_or(name));
            // An import that was not found has its own error.
            let found = |local: &&Ident| program.global(program.main, &local.text).is_some();
            for local in single.into_iter().chain(several).filter(found) {
                report(&local.text, local.span, "the import");
            }
        }
    }
    // A file without a search is a library: its items are for others.
    if !items.iter().any(|item| matches!(item.kind, ItemKind::Search(_))) {
        return;
    }
    for item in items {
        let what = match &item.kind {
            ItemKind::Fn(_) => "the function",
            ItemKind::Gate(_) => "the gate",
            ItemKind::Enum(_) => "the enum",
            ItemKind::Const(_) => "the constant",
            _ => continue,
        };
        if let Some(name) = item.kind.name() {
            report(&name.text, name.span, what);
        }
    }
}

fn name_error(error: &NameError, program: &Program) -> Diagnostic {
    match error {
        NameError::Duplicate { second, first } => Diagnostic::error(
            &name_errors::DUPLICATE_NAME,
            second.span,
            format!("`{}` is already declared in this file", second.text),
        )
        .label(first.span, "first declared here"),
        NameError::UnknownModule(path) => {
            let texts: Vec<&str> = path.iter().map(|ident| ident.text.as_str()).collect();
            let text = texts.join("::");
            let span = path.iter().fold(path.first().map(|p| p.span).unwrap_or_default(), |span, p| span.to(p.span));
            let known: Vec<String> = program.sources.iter().map(|source| source.path.join("::")).collect();
            let near = nearest_many(&text, known.iter().map(String::as_str));
            let diagnostic =
                Diagnostic::error(&name_errors::UNKNOWN_MODULE, span, format!("there is no module `{text}`"));
            match near.first() {
                Some(best) => diagnostic.help(format!("did you mean `{best}`?")),
                None if texts.first() == Some(&"std") => diagnostic.help("`qnas list library` shows the library"),
                None => diagnostic.note("the path names a `.qnas` file next to this one"),
            }
        }
        NameError::UnknownImport { name, module } => {
            let owner = program.sources[*module].path.join("::");
            let diagnostic = Diagnostic::error(
                &name_errors::UNKNOWN_IMPORT,
                name.span,
                format!("`{owner}` has nothing called `{}`", name.text),
            );
            let names = program.globals[*module].keys().map(String::as_str);
            elaborate::suggest(diagnostic, &name.text, names, name.span)
        }
    }
}

/// Used by the checks of files that declare nothing to run.
#[must_use]
pub fn nothing_to_run(span: Span) -> Diagnostic {
    Diagnostic::error(&types::BAD_FIELD, span, "the file has no search and no model that needs nothing from outside")
        .help("add a `search`, or give the model's sizes as numbers")
}
