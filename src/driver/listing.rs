//! Everything that is registered, as one list of catalogues: what `qnas list`, `qnas explain` and completion read.
//!
//! Nothing is described here that a catalogue knows itself; this file only brings their entries into one shape.

use super::data::{DATASETS, DataDirs, OPTIONS};
use super::search::{OptionDefault, OptionKind, strategies::every};
use super::topics::TOPICS;
use super::train::ALGORITHMS;
use super::vocabulary::{TRAINED_METRICS, vocabulary};
use super::{data, device, errors, files, pick, run, search, train};
use crate::backends::nn::loss::LOSSES;
use crate::backends::qasm::PROFILES;
use crate::cost::METRICS;
use crate::diag::Code;
use crate::environment::{self, ENVIRONMENTS, EnvironmentOption};
use crate::gates::{GATES, Gate};
use crate::hir::layers::{Default as LayerDefault, LAYERS, Layer};
use crate::hir::vocabulary::{Parameter, Role};
use crate::hir::{self, elaborate::FUNCTIONS};
use crate::lint::{self, Group, Lint};
use crate::meta::Meta;
use crate::passes::{PASSES, Preserves, pipeline::PIPELINES};
use crate::stdlib::LIBRARY;
use crate::syntax;
use crate::syntax::ast::{Item, ItemKind};
use crate::{backends, qasm, source, target};
use serde::Serialize;

/// One entry of a catalogue.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Entry {
    /// What people write.
    pub name: String,
    /// `QN0301`; empty if it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// One line.
    pub summary: String,
    /// How it is written, one or more lines; empty where the name is all.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub usage: String,
    /// Its options, each with a line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<(String, String)>,
    /// The whole story; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub doc: String,
    /// Paper or specification; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// A catalogue.
#[derive(Clone, Debug, Serialize)]
pub struct Catalogue {
    /// Its name on the command line: `gates`.
    pub name: &'static str,
    /// What one entry is: `gate`.
    pub one: &'static str,
    /// What it holds.
    pub summary: &'static str,
    /// The entries, in order.
    pub entries: Vec<Entry>,
}

fn passes() -> Vec<Entry> {
    let keeps = |pass: &&dyn crate::passes::Pass| match pass.preserves() {
        Preserves::Unitary => "Keeps the unitary of the gates.",
        Preserves::UpToGlobalPhase => "Keeps the unitary of the gates up to a global phase.",
        Preserves::Observables => "Keeps the values of all read-outs.",
    };
    let single = PASSES.iter().map(|pass| {
        let mut out = entry(pass.meta());
        out.doc = format!("{}\n\n{}", out.doc.trim_end(), keeps(pass));
        out
    });
    let lists = PIPELINES.iter().map(|pipeline| {
        let names: Vec<&str> = pipeline.passes.iter().map(|pass| pass.meta().name).collect();
        let doc = if names.is_empty() { String::new() } else { format!("Runs, in this order: {}.", names.join(", ")) };
        Entry { name: pipeline.name.to_owned(), summary: pipeline.summary.to_owned(), doc, ..Entry::default() }
    });
    single.chain(lists).collect()
}

/// All catalogues, in the order they are listed to people.
#[must_use]
pub fn catalogues() -> Vec<Catalogue> {
    let of = |name, one, summary, entries| Catalogue { name, one, summary, entries };
    vec![
        of("gates", "gate", "gates of circuits", GATES.iter().map(|gate| gate_entry(gate)).collect()),
        of(
            "layers",
            "layer",
            "classical layers and activations",
            LAYERS.iter().map(|layer| layer_entry(layer)).collect(),
        ),
        of("functions", "function", "functions of expressions and read-outs", functions()),
        of("metrics", "metric", "numbers for `minimize` and `require`", metrics()),
        of("losses", "loss", "losses of `fit`", LOSSES.iter().map(|loss| entry(&loss.meta)).collect()),
        of(
            "optimizers",
            "optimizer",
            "optimisers of `fit`, `fit` itself, and `pareto`",
            calls(&[Role::Train, Role::Optimizer, Role::Retrain]),
        ),
        of("algorithms", "algorithm", "ways to train a policy in an environment", algorithms()),
        of("schedules", "schedule", "learning-rate schedules of `fit`", calls(&[Role::Schedule])),
        of("passes", "pass", "passes and pipelines of `optimize` and `ir`", passes()),
        of("strategies", "strategy", "search strategies", strategies()),
        of("devices", "device", "hardware of the library, with its figures", devices()),
        of("data", "data set", "data sets and readers of your own tables", data_sets()),
        of("environments", "environment", "worlds that policies are trained in", environments()),
        of("profiles", "profile", "targets of `qnas emit`", PROFILES.iter().map(|one| entry(&one.meta)).collect()),
        of("library", "library item", "the library, one item per line", library()),
        of(
            "lints",
            "lint",
            "rules of the architecture linter",
            lint::RULES.iter().map(|lint| lint_entry(lint)).collect(),
        ),
        of("diagnostics", "diagnostic", "errors and warnings by code", codes().into_iter().map(diagnostic).collect()),
        of("topics", "topic", "ideas and conventions", TOPICS.iter().map(entry).collect()),
    ]
}

/// Every diagnostic of every floor, by code.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    let mut all = [syntax::codes(), hir::errors::codes(), super::relaxed::errors::codes()].concat();
    for own in [
        qasm::errors::CODES,
        target::errors::CODES,
        crate::cut::errors::CODES,
        backends::errors::CODES,
        environment::errors::CODES,
        search::errors::CODES,
        train::errors::CODES,
        data::errors::CODES,
        errors::CODES,
        files::CODES,
        pick::CODES,
        run::errors::CODES,
        lint::errors::CODES,
        crate::driver::archive::errors::CODES,
    ] {
        all.extend_from_slice(own);
    }
    all.sort_by_key(|code| code.meta.code);
    all
}

/// A doc comment without the space after its slashes.
fn prose(doc: &str) -> String {
    let lines: Vec<&str> = doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect();
    lines.join("\n").trim().to_owned()
}

fn entry(meta: &Meta) -> Entry {
    Entry {
        name: meta.name.to_owned(),
        code: meta.code.to_owned(),
        summary: meta.summary.to_owned(),
        doc: if meta.doc.starts_with(' ') { prose(meta.doc) } else { meta.doc.to_owned() },
        source: meta.source.to_owned(),
        ..Entry::default()
    }
}

fn diagnostic(code: &'static Code) -> Entry {
    entry(&code.meta)
}

fn lint_entry(lint: &Lint) -> Entry {
    let group = match lint.group {
        Group::Proved => "proved; always on",
        Group::Cost => "a fact about cost or settings; always on",
        Group::Sampled => "measured on random weights; `--sampled` or `--pedantic`",
        Group::Heuristic => "often a mistake; `--pedantic`",
    };
    Entry { options: vec![("certainty".to_owned(), group.to_owned())], ..entry(&lint.code.meta) }
}

fn gate_entry(gate: &Gate) -> Entry {
    let params = if gate.params.is_empty() { String::new() } else { format!("({})", gate.params.join(", ")) };
    let qubits: Vec<String> = (0..gate.n_qubits()).map(|at| format!("q[{at}]")).collect();
    let statement = format!("{}{params} {}", gate.meta.name, qubits.join(", "));
    let mut entry = entry(&gate.meta);
    entry.usage = format!("{};", statement.trim_end());
    let mut facts = Vec::new();
    if gate.controls > 0 {
        facts.push(("operands".to_owned(), format!("{} controls first, then {} targets", gate.controls, gate.targets)));
    }
    if !gate.params.is_empty() {
        facts.push(("angles".to_owned(), "radians; any real expression".to_owned()));
    }
    entry.options = facts;
    entry
}

fn layer_entry(layer: &Layer) -> Entry {
    let settings: Vec<String> = layer
        .settings
        .iter()
        .map(|setting| match setting.default {
            LayerDefault::Required => setting.name.to_owned(),
            LayerDefault::Int(value) => format!("{} = {value}", setting.name),
            LayerDefault::Bool(value) => format!("{} = {value}", setting.name),
            LayerDefault::Real(value) => format!("{} = {value:?}", setting.name),
            LayerDefault::SameAs(at) => {
                format!("{} = {}", setting.name, layer.settings.get(at).map_or("?", |other| other.name))
            }
        })
        .collect();
    let settings = if settings.is_empty() { String::new() } else { format!("[{}]", settings.join(", ")) };
    Entry { usage: format!("x |> {}{settings}", layer.meta.name), ..entry(&layer.meta) }
}

fn functions() -> Vec<Entry> {
    let plain = |(name, summary): &(&str, &str)| Entry {
        name: (*name).to_owned(),
        summary: (*summary).to_owned(),
        ..Entry::default()
    };
    FUNCTIONS.iter().map(plain).collect()
}

fn metrics() -> Vec<Entry> {
    let trained = TRAINED_METRICS.iter().map(|(name, summary)| Entry {
        name: (*name).to_owned(),
        summary: (*summary).to_owned(),
        ..Entry::default()
    });
    let cost = METRICS.iter().map(|metric| {
        let unit = ("unit".to_owned(), metric.unit.to_owned());
        Entry { options: vec![unit], ..entry(&metric.meta) }
    });
    trained.chain(cost).collect()
}

fn options(parameters: &[Parameter]) -> Vec<(String, String)> {
    parameters
        .iter()
        .map(|parameter| {
            let required = if parameter.required { " (required)" } else { "" };
            (parameter.name.to_owned(), format!("{}{required}", parameter.doc))
        })
        .collect()
}

fn calls(roles: &[Role]) -> Vec<Entry> {
    let dirs = DataDirs::default();
    let vocabulary = vocabulary(&dirs);
    let calls = vocabulary.calls.iter().filter(|call| roles.contains(&call.role));
    calls
        .map(|call| {
            let names: Vec<&str> = call.parameters.iter().map(|parameter| parameter.name).collect();
            let summary = match call.role {
                Role::Train => "trains an architecture by gradient descent".to_owned(),
                Role::Retrain => "trains the front of a finished search again".to_owned(),
                Role::Optimizer => format!("optimiser with {}", names.join(", ")),
                _ => format!("learning-rate schedule with {}", names.join(", ")),
            };
            let usage =
                format!("{}({})", call.name, names.iter().map(|n| format!("{n}: ..")).collect::<Vec<_>>().join(", "));
            Entry { name: call.name.to_owned(), summary, usage, options: options(&call.parameters), ..Entry::default() }
        })
        .collect()
}

fn strategies() -> Vec<Entry> {
    every()
        .map(|def| {
            let options = def.options.iter().map(|spec| {
                let default = match spec.default {
                    OptionDefault::Required => "required".to_owned(),
                    OptionDefault::Int(value) => format!("default {value}"),
                    OptionDefault::Real(value) => format!("default {value:?}"),
                    OptionDefault::Flag(value) => format!("default {value}"),
                    OptionDefault::Name(value) => format!("default `{value}`"),
                    OptionDefault::Counts(values) => format!("default {values:?}"),
                };
                let kind: OptionKind = spec.kind;
                (spec.name.to_owned(), format!("{}; {} ({default})", spec.doc, kind.describe()))
            });
            Entry { options: options.collect(), ..entry(&def.meta) }
        })
        .collect()
}

fn data_sets() -> Vec<Entry> {
    let shared: Vec<(String, String)> =
        OPTIONS.iter().map(|(name, doc)| ((*name).to_owned(), (*doc).to_owned())).collect();
    DATASETS.iter().map(|set| Entry { options: shared.clone(), ..entry(&set.meta) }).collect()
}

fn algorithms() -> Vec<Entry> {
    let calls = calls(&[Role::Policy]);
    ALGORITHMS
        .iter()
        .zip(calls)
        .map(|(algorithm, call)| Entry { usage: call.usage, options: call.options, ..entry(&algorithm.meta) })
        .collect()
}

fn environments() -> Vec<Entry> {
    let option = |option: &EnvironmentOption| {
        let EnvironmentOption { name, doc, default, least, most } = option;
        ((*name).to_owned(), format!("{doc}; an int from {least} to {most} (default {default})"))
    };
    ENVIRONMENTS
        .iter()
        .map(|def| {
            let names: Vec<String> = def.options.iter().map(|option| format!("{}: ..", option.name)).collect();
            Entry {
                usage: format!("env: {}({})", def.meta.name, names.join(", ")),
                options: def.options.iter().map(option).collect(),
                ..entry(&def.meta)
            }
        })
        .collect()
}

/// The devices of the library with their figures.
fn devices() -> Vec<Entry> {
    let docs = library();
    device::library()
        .map(|device| {
            let item = docs.iter().find(|entry| entry.name == format!("device::{}", device.name));
            Entry {
                name: device.name.clone(),
                summary: item.map(|item| item.summary.clone()).unwrap_or_default(),
                usage: format!("device: {}", device.name),
                options: device::facts(&device),
                doc: item.map(|item| item.doc.clone()).unwrap_or_default(),
                source: format!("{} ({})", device.source, device.date),
                ..Entry::default()
            }
        })
        .collect()
}

/// The items of the library, each under `module::name`.
fn library() -> Vec<Entry> {
    let mut out = Vec::new();
    for file in LIBRARY {
        let parsed = syntax::parse(source::FileId(0), file.text);
        for item in &parsed.file.items {
            let Some(name) = item.kind.name() else { continue };
            let summary = item.docs.first().cloned().unwrap_or_default();
            let from = item.docs.iter().find_map(|line| line.strip_prefix("Source:")).unwrap_or_default();
            let import = format!("use std::{}::{};", file.module.replace('/', "::"), name.text);
            out.push(Entry {
                name: format!("{}::{}", file.module.replace('/', "::"), name.text),
                summary: summary.trim_end_matches('.').to_owned(),
                usage: format!("{import}\n{}", head(item, file.text)),
                doc: item.docs.join("\n"),
                source: from.trim().to_owned(),
                ..Entry::default()
            });
        }
    }
    out
}

/// An item up to its body; a short one whole.
fn head<'a>(item: &Item, text: &'a str) -> &'a str {
    let start = item.attributes.last().map_or(item.span.range().start, |last| last.span.range().end);
    let whole = text.get(start..item.span.range().end).unwrap_or("").trim_start();
    let start = item.span.range().end - whole.len();
    let body = match &item.kind {
        ItemKind::Gate(callable) | ItemKind::Model(callable) | ItemKind::Circuit(callable) | ItemKind::Fn(callable) => {
            callable.body.span.range().start.saturating_sub(start)
        }
        _ => whole.len(),
    };
    whole.get(..body).unwrap_or(whole).trim_end().trim_end_matches('=').trim_end()
}
