//! `qnas lint`: what training would waste days on, found before anything runs.

use super::check::{merge, merge_sources};
use super::context::{Context, Exit, FindingFormat, Stop, plural, tally};
use super::pick::{OneArgs, PickArgs};
use super::program::{self, Program, SourceArgs, TargetArgs};
use super::table::{Rows, grouped};
use crate::diag::{Applicability, Diagnostic, Severity};
use crate::driver::compiler::{Compiled, compile_text};
use crate::driver::data::DataDirs;
use crate::driver::errors;
use crate::driver::files::write_atomic;
use crate::driver::jobs::use_threads;
use crate::driver::lint::{Linted, Request, SAMPLES, lint};
use crate::lint::baseline::{Baseline, Known};
use crate::lint::{RULES, Reported, fix};
use crate::meta::Meta;
use crate::source::{SourceMap, Span};
use crate::stdlib::LIBRARY;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Find what training would waste days on: dead inputs and weights, duplicates, settings that mislead.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas lint examples/faqnas.qnas                         the whole space, by a sample
  qnas lint examples/faqnas.qnas --exact                 the whole space, every architecture
  qnas lint examples/faqnas.qnas --set n=2 --sample 1    one architecture
  qnas lint model.qnas --pedantic                        with rules that are often, not always, right
  qnas lint model.qnas --fix                             mend what is proved to change no output
  qnas lint examples/faqnas.qnas --exact --tally         in which share of the space each rule finds something
  qnas explain dead-weight                               what a rule is about

Rules are `proved` and `cost` (always on), `sampled` (they simulate: --sampled) and `heuristic` (--pedantic). A finding that is no \
mistake is allowed with `#[allow(rule, \"reason\")]` before the item.
Exit codes: 0 nothing found (notes do not count), 1 findings, 2 it could not run.")]
pub(crate) struct Args {
    /// Programs; `-` reads one from standard input. A library file is linted through the examples in its documentation.
    #[arg(value_name = "FILE", required_unless_present_any = ["std", "run"])]
    files: Vec<PathBuf>,
    /// Lint the library inside this program.
    #[arg(long)]
    std: bool,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    pick: PickArgs,
    /// Run the heuristic and sampled rules, too.
    #[arg(long)]
    pedantic: bool,
    /// Run the rules that measure on random weights, too.
    #[arg(long)]
    sampled: bool,
    /// Look at every architecture of the space (at most 200,000).
    #[arg(long)]
    exact: bool,
    /// Architectures drawn from a larger space.
    #[arg(long, value_name = "N", default_value_t = SAMPLES)]
    samples: usize,
    /// Architectures looked at at the same time; changes no result. Otherwise as many as there are cores.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Seed of what is drawn.
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Show in which share of the architectures each rule finds something, instead of what it finds.
    #[arg(long, conflicts_with_all = ["fix", "diff", "format", "baseline", "write_baseline"])]
    tally: bool,
    /// Show the whole proof of each finding.
    #[arg(long)]
    explain: bool,
    /// Report what `#[allow(..)]` allows, too.
    #[arg(long)]
    no_allow: bool,
    /// Hide the findings in this file.
    #[arg(long, value_name = "FILE.json")]
    baseline: Option<PathBuf>,
    /// Write all findings to this file, to be hidden from then on.
    #[arg(long, value_name = "FILE.json", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,
    /// Apply the fixes that are proved to change no output; show the others.
    #[arg(long)]
    fix: bool,
    /// Apply the other fixes, too.
    #[arg(long, requires = "fix")]
    unsafe_fixes: bool,
    /// Show what --fix would change, and change nothing.
    #[arg(long)]
    diff: bool,
    /// How findings are shown.
    #[arg(long, value_enum, default_value = "human")]
    format: FindingFormat,
    /// Folder of the published data sets that are not in the binary (otherwise QNAS_DATA_DIR, otherwise `data`).
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
}

/// One program to lint.
struct Input {
    /// As it is shown.
    name: String,
    /// Where a fix is written.
    path: Option<PathBuf>,
    compiled: Compiled,
    dirs: DataDirs,
}

/// Everything found so far.
#[derive(Default)]
struct Total {
    sources: SourceMap,
    found: Vec<Diagnostic>,
    known: BTreeSet<Known>,
    files: BTreeSet<String>,
    hidden: usize,
    allowed: usize,
    old: usize,
    drawn: bool,
    failed: bool,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    args.jobs.iter().for_each(|&jobs| use_threads(jobs));
    let picked = args.picked()?;
    let request = args.request(picked.as_ref())?;
    let baseline = args.baseline.as_deref().map(read_baseline).transpose()?;
    let mut total = Total::default();
    if let Some(program) = picked {
        let name = args.source().file().display().to_string();
        let input = Input { name, path: None, compiled: program.compiled, dirs: program.dirs };
        args.one(input, &request, baseline.as_ref(), &mut total, context)?;
    }
    for file in args.files.iter().filter(|_| args.pick.run.is_none()) {
        match program::compile(file, args.data_dir.as_deref()) {
            Ok((compiled, dirs)) => {
                let path = (file != Path::new("-")).then(|| file.clone());
                let input = Input { name: file.display().to_string(), path, compiled, dirs };
                args.one(input, &request, baseline.as_ref(), &mut total, context)?;
            }
            Err(diagnostic) => {
                total.failed = true;
                total.found.push(diagnostic);
            }
        }
    }
    for file in LIBRARY.iter().filter(|_| args.std) {
        let dirs = DataDirs::default();
        let compiled = compile_text(file.name, file.text, None, &dirs);
        let input = Input { name: file.name.to_owned(), path: None, compiled, dirs };
        args.one(input, &request, baseline.as_ref(), &mut total, context)?;
    }
    if let Some(path) = &args.write_baseline {
        return write_baseline(path, &total, context);
    }
    if args.tally && total.found.is_empty() {
        return Ok(Exit::Clean);
    }
    context.print(&context.render(&total.found, &total.sources, args.format))?;
    args.summary(&total, baseline.as_ref(), context);
    let findings = total.found.iter().any(|diagnostic| diagnostic.severity != Severity::Note);
    Ok(match (total.failed, findings) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    })
}

impl Args {
    /// The program as `--run` takes it.
    fn source(&self) -> OneArgs {
        let file = self.files.first().cloned();
        let program = SourceArgs { file, data_dir: self.data_dir.clone() };
        OneArgs { program, target: self.target.clone(), pick: self.pick.clone() }
    }

    /// The program of a run and the candidate of it, if one is asked for.
    fn picked(&self) -> Result<Option<Program>, Stop> {
        match (&self.pick.run, self.files.len()) {
            (None, _) => Ok(None),
            (Some(_), 0 | 1) => self.source().load().map(Some),
            (Some(_), _) => {
                let error =
                    Diagnostic::global(&errors::BAD_OPTION, "a run has one program, but several files are given");
                Err(error.help("leave the files out").into())
            }
        }
    }

    fn request(&self, picked: Option<&Program>) -> Result<Request, Diagnostic> {
        let candidate = picked.and_then(|program| program.past.as_ref()).map(|(_, candidate)| candidate);
        Ok(Request {
            sampled: self.sampled || self.pedantic,
            samples: self.samples.max(1),
            exact: self.exact,
            seed: self.seed,
            obey: !self.no_allow,
            search: self.target.search.clone(),
            model: self.target.model.clone(),
            choice: self.pick.chosen(candidate)?,
        })
    }

    /// Lints one program, mends it if asked to, and takes over what is left.
    fn one(
        &self,
        mut input: Input,
        request: &Request,
        baseline: Option<&Baseline>,
        total: &mut Total,
        context: &Context,
    ) -> Result<(), Stop> {
        if input.compiled.checked.has_errors() {
            total.failed = true;
            input.compiled.checked.diagnostics.retain(Diagnostic::is_error);
            merge(input.compiled, &mut total.sources, &mut total.found);
            return Ok(());
        }
        let at = |diagnostic, compiled: &Compiled| Stop::at(diagnostic, &compiled.sources);
        let mut linted = lint(&input.compiled, &input.dirs, request).map_err(|error| at(error, &input.compiled))?;
        if self.tally {
            return context.print(&tallied(&linted));
        }
        if self.fix || self.diff {
            linted = self.mend(&mut input, linted, request, context)?;
        }
        total.hidden += if self.pedantic { 0 } else { linted.hide_notes() };
        total.allowed += linted.allowed;
        total.drawn |= linted.looked.iter().any(|(_, scope)| !scope.exact);
        total.files.insert(input.name.clone());
        for report in &linted.reports {
            total.known.insert(Known::new(&input.name, report));
        }
        if let Some(baseline) = baseline {
            let before = linted.reports.len();
            linted.reports.retain(|report| !baseline.knows(&Known::new(&input.name, report)));
            total.old += before - linted.reports.len();
        }
        linted.shift(merge_sources(&input.compiled.sources, &mut total.sources));
        total.found.extend(linted.reports.into_iter().map(|report| self.shown(report)));
        total.found.append(&mut linted.attributes);
        Ok(())
    }

    fn shown(&self, report: Reported) -> Diagnostic {
        match self.explain && !report.certificate.is_empty() {
            true => report.diagnostic.note(format!("proof: {}", report.certificate)),
            false => report.diagnostic,
        }
    }

    /// Applies fixes until none is left, and shows what changes.
    fn mend(
        &self,
        input: &mut Input,
        mut linted: Linted,
        request: &Request,
        context: &Context,
    ) -> Result<Linted, Stop> {
        let before = input.compiled.text.clone();
        let mut done = 0;
        // A deletion can leave another statement without effect.
        for _ in 0..8 {
            let edits = edits(&linted, self.unsafe_fixes);
            if edits.is_empty() {
                break;
            }
            done += edits.len();
            let text = fix::apply(&input.compiled.text, &edits);
            let base = input.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
            let compiled = compile_text(&input.name, &text, Some(base), &input.dirs);
            if compiled.checked.has_errors() {
                break;
            }
            input.compiled = compiled;
            linted = lint(&input.compiled, &input.dirs, request)
                .map_err(|error| Stop::at(error, &input.compiled.sources))?;
        }
        let difference = fix::diff(&input.name, &before, &input.compiled.text);
        match &input.path {
            _ if difference.is_empty() => {}
            Some(path) if self.fix && !self.diff => {
                write_atomic(path, input.compiled.text.as_bytes())?;
                context.note(&format!("{}: {} applied", input.name, plural(done, "edit")));
            }
            _ => context.print(&difference)?,
        }
        let waiting = edits(&linted, true);
        if !self.unsafe_fixes && !waiting.is_empty() {
            let text = fix::apply(&input.compiled.text, &waiting);
            context.print(&fix::diff(&input.name, &input.compiled.text, &text))?;
            context.note("the last difference is not applied: it is not proved for every architecture; `--fix --unsafe-fixes` does it");
        }
        Ok(linted)
    }

    fn summary(&self, total: &Total, baseline: Option<&Baseline>, context: &Context) {
        let told = tally(&total.found);
        let mut parts = vec![if told.is_empty() { "nothing found".to_owned() } else { told }];
        if total.allowed > 0 {
            parts.push(format!("{} allowed in the source (`--no-allow` shows them)", total.allowed));
        }
        if total.old > 0 {
            parts.push(format!("{} in the baseline", total.old));
        }
        context.note(&parts.join(", "));
        if total.hidden > 0 {
            context.note(&format!("{} hidden, run `qnas lint --pedantic`", plural(total.hidden, "pedantic note")));
        }
        if total.drawn && !self.exact {
            context.note(&format!("{} architectures drawn; `--exact` looks at all", self.samples));
        }
        let gone = baseline.map(|baseline| baseline.gone(&total.known, &total.files).len()).unwrap_or_default();
        if gone > 0 {
            context.note(&format!(
                "{} of the baseline no longer found; write it anew with --write-baseline",
                plural(gone, "finding")
            ));
        }
    }
}

/// Per search, model or example the rules that look at architectures one by one, each with the share in which it finds something.
fn tallied(linted: &Linted) -> String {
    let mut out = String::new();
    for ((name, scope), hits) in linted.looked.iter().zip(&linted.hits) {
        let how = if scope.exact { "all" } else { "drawn" };
        out.push_str(&format!("{name}: {} architectures, {how}\n\n", grouped(&scope.seen.to_string())));
        let mut rows = Rows::new(&["code", "rule", ">architectures", ">share"]);
        for rule in RULES.iter().filter(|rule| hits.contains_key(rule.code.meta.code)) {
            let count = hits[rule.code.meta.code];
            let Meta { code, name, .. } = rule.code.meta;
            rows.row(&[code.to_owned(), name.to_owned(), grouped(&count.to_string()), scope.share(count)]);
        }
        out.push_str(&format!("{}\n", rows.text()));
    }
    out
}

/// The edits of fixes that may be applied.
fn edits(linted: &Linted, all: bool) -> Vec<(Span, String)> {
    let may = |applicability| applicability == Applicability::Safe || all && applicability == Applicability::Unsafe;
    let fixes = linted.reports.iter().flat_map(|report| &report.diagnostic.fixes).filter(|fix| may(fix.applicability));
    let mut out: Vec<(Span, String)> = fixes.flat_map(|fix| fix.edits.iter().cloned()).collect();
    out.sort();
    out.dedup();
    out
}

fn read_baseline(path: &Path) -> Result<Baseline, Diagnostic> {
    let text = crate::driver::compiler::read_source(path)?;
    serde_json::from_str(&text).map_err(|error| {
        Diagnostic::global(&errors::BAD_FILE, format!("`{}` is no baseline: {error}", path.display()))
            .help("write one with `qnas lint FILE --write-baseline FILE.json`")
    })
}

fn write_baseline(path: &Path, total: &Total, context: &Context) -> Result<Exit, Stop> {
    let baseline = Baseline::of(total.known.iter().cloned());
    let text = serde_json::to_string_pretty(&baseline).unwrap_or_default() + "\n";
    write_atomic(path, text.as_bytes())?;
    context.note(&format!("{} written to {}", plural(total.known.len(), "finding"), path.display()));
    Ok(if total.failed { Exit::Failed } else { Exit::Clean })
}
