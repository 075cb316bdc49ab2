//! Picking: which model of a program is meant, and which one architecture of its space.
//!
//! The same everywhere: values given by path win, then those of an architecture file, then what a seed draws; a choice with
//! a single value needs none. Whatever is left open is an error that lists it.

use super::random::stream;
use super::requirement::missed;
use super::search::genome;
use super::space::{FilteredSpace, TRIES};
use crate::diag::{Diagnostic, nearest_many};
use crate::hir::errors::space::{BAD_ASSIGNMENT, NOTHING_LEFT};
use crate::hir::expr::Bindings;
use crate::hir::template::{SearchSpec, Template};
use crate::hir::{Assignment, Checked, Domain, Gene, Space, Value};
use crate::ir::Graph;
use crate::ir::build::{build_with, open_choices};
use std::collections::BTreeMap;

crate::declare_codes! {
    /// A command needs one model, and the file has none or several, or none of the name given.
    ///
    /// Without `--search` and `--model` the only search is meant; in a file without searches, the only model whose input
    /// sizes are constants. `qnas search` and `qnas train` need a search.
    pub WHICH_MODEL = ("QN0930", "which-model", "it is not clear which model is meant");
    /// `--set` with something that is not `path=value`, or with one path twice.
    ///
    /// Wrong: `--set n:4`. Right: `--set n=4`. Values are written as in a program: `4`, `0.001`, `cx`, `true`; a subset is
    /// the list of its positions, `[0, 2]`.
    pub BAD_SET = ("QN0931", "bad-set", "`--set` wants `path=value`");
}

/// A model of a program, by itself or as the model of a search.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The name of the search or model.
    pub name: &'a str,
    /// The search, if it is one.
    pub search: Option<&'a SearchSpec>,
    /// The model with its choices.
    pub template: &'a Template,
    /// The graph of an OpenQASM program: a model without choices.
    pub graph: Option<&'a Graph>,
}

impl<'a> Target<'a> {
    /// The model of a search.
    #[must_use]
    pub fn of_search(spec: &'a SearchSpec) -> Self {
        Self { name: &spec.name, search: Some(spec), template: &spec.template, graph: None }
    }

    /// A model by itself.
    #[must_use]
    pub fn of_model(template: &'a Template) -> Self {
        Self { name: &template.name, search: None, template, graph: None }
    }
}

/// The model that is meant: the named one, the only search, the only model.
///
/// # Errors
/// `QN0930`, with what there is.
pub fn select<'a>(checked: &'a Checked, search: Option<&str>, model: Option<&str>) -> Result<Target<'a>, Diagnostic> {
    let searches: Vec<Target<'a>> = checked.searches.iter().map(Target::of_search).collect();
    let models: Vec<Target<'a>> = checked.models.iter().map(Target::of_model).collect();
    match (search, model) {
        (Some(name), _) => named(&searches, name, "search"),
        (None, Some(name)) => {
            named(&models, name, "model").map_err(|error| error.note("a model by itself has constant input sizes"))
        }
        (None, None) => match (&searches[..], &models[..]) {
            ([one], _) | ([], [one]) => Ok(*one),
            ([], []) => Err(Diagnostic::global(
                &WHICH_MODEL,
                "the file has no search and no model that needs nothing from outside",
            )
            .help("add a `search`, or give the model's sizes as numbers")),
            ([], many) => Err(several(many, "model")),
            (many, _) => Err(several(many, "search")),
        },
    }
}

fn named<'a>(targets: &[Target<'a>], name: &str, word: &str) -> Result<Target<'a>, Diagnostic> {
    if let Some(target) = targets.iter().find(|target| target.name == name) {
        return Ok(*target);
    }
    let error = Diagnostic::global(&WHICH_MODEL, format!("the file has no {word} `{name}`"));
    Err(match nearest_many(name, targets.iter().map(|target| target.name)).first() {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if targets.is_empty() => error,
        None => error.note(format!("it has {}", names(targets))),
    })
}

fn several(targets: &[Target<'_>], word: &str) -> Diagnostic {
    let plural = if word == "search" { "searches" } else { "models" };
    Diagnostic::global(&WHICH_MODEL, format!("the file has several {plural}: {}", names(targets)))
        .help(format!("say which with `--{word} {}`", targets.first().map_or("NAME", |target| target.name)))
}

fn names(targets: &[Target<'_>]) -> String {
    targets.iter().map(|target| format!("`{}`", target.name)).collect::<Vec<_>>().join(", ")
}

/// What was said about the architecture.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Choice {
    /// `--set`, by path, as text.
    pub set: BTreeMap<String, String>,
    /// `--arch`.
    pub arch: Option<Assignment>,
    /// `--sample`.
    pub sample: Option<u64>,
    /// Is `arch` a candidate of a run? It is what it is, though it may miss a requirement over cost.
    pub recorded: bool,
}

impl Choice {
    /// Takes `path=value`.
    ///
    /// # Errors
    /// `QN0931`.
    pub fn add(&mut self, text: &str) -> Result<(), Diagnostic> {
        let (path, value) = text.split_once('=').map(|(path, value)| (path.trim(), value.trim())).unwrap_or_default();
        if path.is_empty() || value.is_empty() {
            return Err(Diagnostic::global(&BAD_SET, format!("`--set {text}` is not `path=value`"))
                .help("`qnas space` lists the paths and what they may be"));
        }
        match self.set.insert(path.to_owned(), value.to_owned()) {
            None => Ok(()),
            Some(_) => Err(Diagnostic::global(&BAD_SET, format!("`{path}` is set twice"))),
        }
    }

    /// Was nothing said at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.arch.is_none() && self.sample.is_none()
    }
}

/// One architecture.
#[derive(Debug)]
pub struct Picked {
    /// Its choices.
    pub assignment: Assignment,
    /// The same, in program order, with their domains.
    pub genes: Vec<Gene>,
    /// The values of all symbols.
    pub bindings: Bindings,
    /// The model.
    pub graph: Graph,
}

/// The architecture of a target that was asked for: the graph of an OpenQASM program, or one of the target's space.
///
/// # Errors
/// As [`pick`].
pub fn pick_target(target: &Target<'_>, choice: &Choice) -> Result<Picked, Diagnostic> {
    match target.graph {
        Some(graph) => imported(graph, choice),
        None => pick(&FilteredSpace::new(target.template), choice),
    }
}

/// An OpenQASM program is one architecture: it has nothing to choose.
fn imported(graph: &Graph, choice: &Choice) -> Result<Picked, Diagnostic> {
    let arch = choice.arch.iter().flat_map(|arch| arch.0.keys());
    match choice.set.keys().chain(arch).next() {
        Some(path) => Err(Diagnostic::global(
            &BAD_ASSIGNMENT,
            format!("there is no choice `{path}`: OpenQASM leaves nothing open"),
        )
        .help("`qnas import` turns the program into one whose values can be chosen")),
        None => Ok(Picked {
            assignment: Assignment::default(),
            genes: Vec::new(),
            bindings: Bindings::default(),
            graph: graph.clone(),
        }),
    }
}

/// The architecture that was asked for.
///
/// # Errors
/// `QN0408`: a path that no choice has, a value outside its domain, a requirement that is missed; `QN0409`: choices that are
/// still open; whatever building has against it.
pub fn pick(space: &FilteredSpace<'_>, choice: &Choice) -> Result<Picked, Diagnostic> {
    let (assignment, genes) = match choice.sample {
        Some(seed) if choice.set.is_empty() && choice.arch.is_none() => {
            let drawn = space.draw(&mut stream(seed, "sample"))?;
            let decoded = space.choices().decode(&drawn, &mut |gene| any_value(&gene.domain));
            (decoded.assignment, decoded.genes)
        }
        Some(seed) => drawn(space, choice, seed)?,
        None => {
            let run = Run::new(space, choice, &mut |_| None);
            run.check(space, choice)?;
            if !run.open.is_empty() {
                return Err(open_choices(&run.open));
            }
            (run.assignment, run.genes)
        }
    };
    let (bindings, _) = space.choices().bindings(&assignment);
    if let Some(missed) = missed(space.template(), &bindings, None).first() {
        return Err(missed.report());
    }
    let graph = build_with(space.template(), bindings.clone())?;
    let recorded = choice.recorded && choice.set.is_empty();
    if let (Some(missed), false) = (missed(space.template(), &bindings, Some(&graph)).first(), recorded) {
        return Err(missed.report());
    }
    Ok(Picked { assignment, genes, bindings, graph })
}

/// What is given, the rest drawn anew until every requirement is met and everything given has its place.
fn drawn(space: &FilteredSpace<'_>, choice: &Choice, seed: u64) -> Result<(Assignment, Vec<Gene>), Diagnostic> {
    possible(space, choice)?;
    let mut rng = stream(seed, "sample");
    let mut last = None;
    for _ in 0..TRIES {
        let run = Run::new(space, choice, &mut |gene| Some(genome::draw(&gene.domain, &mut rng)));
        let fits = run.outside.is_empty() && run.unused(choice).is_none();
        if fits && run.valid && space.meets_cost(&run.assignment) {
            return Ok((run.assignment, run.genes));
        }
        if !fits {
            last = Some(run);
        }
    }
    if let Some(run) = last {
        run.check(space, choice)?;
    }
    let message = format!("none of {TRIES} architectures drawn around what was given meets every requirement");
    Err(Diagnostic::global(&NOTHING_LEFT, message).help("give fewer choices, or others"))
}

/// Is there an architecture anywhere in the space that has what was set? Asked before anything is drawn around it.
fn possible(space: &FilteredSpace<'_>, choice: &Choice) -> Result<(), Diagnostic> {
    let listed = space.choices().genotypes();
    for (path, text) in &choice.set {
        match listed.choices.iter().find(|known| known.path == *path) {
            None if listed.exact => return Err(unknown_path(space, path)),
            Some(known) if parse(&known.domain, text).is_none() => return Err(outside(path, text, &known.domain)),
            _ => {}
        }
    }
    Ok(())
}

fn outside(path: &str, given: &str, domain: &Domain) -> Diagnostic {
    Diagnostic::global(&BAD_ASSIGNMENT, format!("`{path}` cannot be `{given}`: it is {domain}"))
}

/// One decoding of what was given.
struct Run {
    assignment: Assignment,
    genes: Vec<Gene>,
    valid: bool,
    /// Choices without a value.
    open: Vec<Gene>,
    /// Values that do not fit, with their domains, in program order.
    outside: Vec<(Gene, String)>,
}

impl Run {
    fn new(space: &FilteredSpace<'_>, choice: &Choice, draw: &mut dyn FnMut(&Gene) -> Option<Value>) -> Self {
        let mut partial = choice.arch.clone().unwrap_or_default();
        partial.0.retain(|path, _| !choice.set.contains_key(path));
        let (mut open, mut outside) = (Vec::new(), Vec::new());
        let decoded = space.choices().decode(&partial, &mut |gene| {
            let given = choice.set.get(&gene.path).cloned();
            match given.as_deref().map(|text| parse(&gene.domain, text)) {
                Some(Some(value)) => return value,
                Some(None) => outside.push((gene.clone(), given.unwrap_or_default())),
                None => match partial.0.get(&gene.path) {
                    Some(value) => outside.push((gene.clone(), value.to_string())),
                    None => match only_value(&gene.domain).or_else(|| draw(gene)) {
                        Some(value) => return value,
                        None => open.push(gene.clone()),
                    },
                },
            }
            any_value(&gene.domain)
        });
        Self { assignment: decoded.assignment, genes: decoded.genes, valid: decoded.valid, open, outside }
    }

    /// A path that was given and does not exist. Choices of a file that others push out are no mistake.
    fn unused<'c>(&self, choice: &'c Choice) -> Option<&'c String> {
        let arch = choice.arch.iter().filter(|_| choice.set.is_empty()).flat_map(|arch| arch.0.keys());
        choice.set.keys().chain(arch).find(|path| !self.assignment.0.contains_key(*path))
    }

    /// Was everything that was given used?
    fn check(&self, space: &FilteredSpace<'_>, choice: &Choice) -> Result<(), Diagnostic> {
        match (self.outside.first(), self.unused(choice)) {
            (Some((gene, given)), _) => Err(outside(&gene.path, given, &gene.domain)),
            (None, Some(path)) => Err(unknown_path(space, path)),
            (None, None) => Ok(()),
        }
    }
}

/// The error for a path that the architecture does not have.
fn unknown_path(space: &FilteredSpace<'_>, path: &str) -> Diagnostic {
    let listed = space.choices().genotypes().choices;
    if let Some(choice) = listed.iter().find(|choice| choice.path == path) {
        let error = Diagnostic::global(
            &BAD_ASSIGNMENT,
            format!("there is no choice `{path}` in the architecture that was picked"),
        );
        return match choice.condition.is_empty() {
            true => error,
            false => error.note(format!("it exists only if `{}`", choice.condition)),
        };
    }
    let error = Diagnostic::global(&BAD_ASSIGNMENT, format!("there is no choice `{path}` in this space"));
    let near = nearest_many(path, listed.iter().map(|choice| choice.path.as_str()));
    match near.first() {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("`qnas space` lists the choices"),
    }
}

/// A value of a domain, as people write it; `None` if the text is none.
#[must_use]
pub fn parse(domain: &Domain, text: &str) -> Option<Value> {
    let value = match domain {
        Domain::Ints { .. } => Value::Int(text.parse().ok()?),
        Domain::Values(values) => values.iter().find(|value| value.to_string() == text)?.clone(),
        Domain::Real { .. } => Value::Real(text.parse().ok()?),
        Domain::Subset { ordered, .. } => {
            let inner = text.trim().trim_start_matches('[').trim_end_matches(']').trim();
            let parts = inner.split(',').map(str::trim).filter(|part| !part.is_empty());
            let mut list: Vec<u32> = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
            if !ordered {
                list.sort_unstable();
            }
            Value::Subset(list)
        }
    };
    domain.contains(&value).then_some(value)
}

/// The value of a domain that has only one.
fn only_value(domain: &Domain) -> Option<Value> {
    let single = match domain {
        Domain::Real { low, high, .. } => low == high,
        other => other.size().is_some_and(|size| size == 1u32.into()),
    };
    single.then(|| any_value(domain))
}

/// Some value of a domain: its first.
fn any_value(domain: &Domain) -> Value {
    match domain {
        Domain::Ints { start, .. } => Value::Int(*start),
        Domain::Values(values) => values.first().cloned().unwrap_or(Value::Int(0)),
        Domain::Real { low, .. } => Value::Real(*low),
        Domain::Subset { min, .. } => Value::Subset((0..*min).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_their_domains() {
        let ints = Domain::Ints { start: 2, step: 2, count: 5 };
        assert_eq!(parse(&ints, "10"), Some(Value::Int(10)));
        assert_eq!((parse(&ints, "3"), parse(&ints, "cx"), parse(&ints, "12")), (None, None, None));
        let gates = Domain::Values(vec![Value::Name("cx".into()), Value::Bool(true), Value::Int(3)]);
        assert_eq!(parse(&gates, "cx"), Some(Value::Name("cx".into())));
        assert_eq!(parse(&gates, "true"), Some(Value::Bool(true)));
        assert_eq!(parse(&gates, "3"), Some(Value::Int(3)));
        let real = Domain::Real { low: 1e-3, high: 1e-2, log: true };
        assert_eq!(parse(&real, "5e-3"), Some(Value::Real(5e-3)));
        assert_eq!((parse(&real, "nan"), parse(&real, "1")), (None, None));
        let subset = Domain::Subset { of: 4, min: 0, max: 2, ordered: false };
        assert_eq!(parse(&subset, "[2, 0]"), Some(Value::Subset(vec![0, 2])));
        assert_eq!(parse(&subset, "[]"), Some(Value::Subset(vec![])));
        assert_eq!((parse(&subset, "[0, 0]"), parse(&subset, "[0, 1, 2]"), parse(&subset, "[4]")), (None, None, None));
        let pair = Domain::Subset { of: 4, min: 2, max: 2, ordered: true };
        assert_eq!(parse(&pair, "3, 1"), Some(Value::Subset(vec![3, 1])));
    }

    #[test]
    fn only_domains_with_one_value_need_none() {
        assert_eq!(only_value(&Domain::Ints { start: 7, step: 1, count: 1 }), Some(Value::Int(7)));
        assert_eq!(
            only_value(&Domain::Subset { of: 2, min: 2, max: 2, ordered: false }),
            Some(Value::Subset(vec![0, 1]))
        );
        assert_eq!(only_value(&Domain::Subset { of: 2, min: 2, max: 2, ordered: true }), None);
        assert_eq!(only_value(&Domain::Real { low: 0.0, high: 1.0, log: false }), None);
    }

    #[test]
    fn settings_are_paths_and_values() {
        let mut choice = Choice::default();
        assert!(choice.is_empty());
        choice.add("vqc.layer.0.rot = rx").unwrap();
        assert_eq!(choice.set["vqc.layer.0.rot"], "rx");
        for bad in ["n", "n=", "=4", "", "vqc.layer.0.rot=ry"] {
            assert_eq!(choice.clone().add(bad).unwrap_err().code.meta.code, "QN0931", "{bad}");
        }
    }
}
