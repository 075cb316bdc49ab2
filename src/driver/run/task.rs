//! What there is to train: a model with its data and training settings, read from a search once and checked.
//!
//! Data is loaded here, once, and shared by every candidate. Settings may hold choices (`adam(lr: choose ..)`); they are
//! resolved for each architecture, and for one of them before anything runs, so that a mistake shows at once.

use super::control::Control;
use super::errors::{EMPTY_PART, MISSING_FIELD};
use crate::diag::Diagnostic;
use crate::driver::compiler::Compiled;
use crate::driver::data::{self, DataDirs, Splits};
use crate::driver::random::sha256;
use crate::driver::space::FilteredSpace;
use crate::driver::train::{self, Job, Metrics, Origin, TrainConfig, Weights};
use crate::driver::vocabulary::{data_options, environment};
use crate::environment::Spec;
use crate::hir::expr::Bindings;
use crate::hir::space::TemplateSpace;
use crate::hir::template::SearchSpec;
use crate::hir::{Assignment, Setting, resolve_call};
use crate::ir::Graph;
use crate::ir::build::{build_with, open_choices};
use crate::passes::canonical::identity;
use crate::source::SourceMap;
use sha2::{Digest, Sha256};

/// A model with its data and training settings.
#[derive(Debug)]
pub struct Task<'c> {
    /// The search it stands in.
    pub spec: &'c SearchSpec,
    /// All texts of the program.
    pub sources: &'c SourceMap,
    /// The architectures.
    pub space: TemplateSpace<'c>,
    /// The data; `None` for models without.
    pub splits: Option<Splits>,
    /// What a policy acts in; `None` for models that learn from data or by themselves.
    pub environment: Option<Spec>,
    /// The seed everything random follows from.
    pub seed: u64,
    /// SHA-256 of the program.
    pub source: String,
    /// Train this control of every architecture instead.
    pub control: Option<Control>,
}

/// One architecture, ready to be trained or measured.
#[derive(Debug)]
pub(super) struct Instance {
    pub(super) bindings: Bindings,
    pub(super) graph: Graph,
}

/// A hash under which architectures with equal results are evaluated once: what the model computes, how it is trained, and
/// what counts for it besides, as its costs do: they are those of the circuit as written.
#[must_use]
pub fn architecture_key(graph: &Graph, train: &str, priced: &[f64]) -> u128 {
    let mut hasher = Sha256::new();
    hasher.update(identity(graph).0.to_be_bytes());
    priced.iter().for_each(|value| hasher.update(value.to_bits().to_be_bytes()));
    hasher.update([0]);
    hasher.update(train);
    let mut first = [0; 16];
    first.copy_from_slice(&hasher.finalize()[..16]);
    u128::from_be_bytes(first)
}

/// SHA-256 over all texts of a program, imports included, whatever their names.
#[must_use]
pub fn source_digest(sources: &SourceMap) -> String {
    let parts: Vec<String> = sources.iter().map(|(_, file)| sha256(file.text.as_bytes())).collect();
    sha256(parts.join("\n").as_bytes())
}

impl<'c> Task<'c> {
    /// Loads the data of a search; `seed` goes before the one written in the program, which goes before 0.
    ///
    /// # Errors
    /// `QN0910` to `QN0924` from the data, `QN0833` if no row is left to train on.
    pub fn new(
        compiled: &'c Compiled,
        spec: &'c SearchSpec,
        dirs: &DataDirs,
        seed: Option<u64>,
    ) -> Result<Self, Diagnostic> {
        let seed = seed.or(spec.seed).unwrap_or(0);
        let splits = match &spec.data {
            None => None,
            Some(call) => {
                let setting = resolve_call(call, &Bindings::default());
                let loaded = setting
                    .ok_or_else(|| {
                        Diagnostic::global(
                            &crate::hir::errors::types::NOT_FIXED,
                            "the options of data are the same for every architecture",
                        )
                    })
                    .and_then(|setting| data::load(&call.name, &data_options(&setting)?, seed, dirs))
                    .and_then(|splits| match splits.train.is_empty() {
                        false => Ok(splits),
                        true => Err(Diagnostic::global(&EMPTY_PART, "there is no row to train on")
                            .help("give `train` a larger share")),
                    });
                Some(loaded.map_err(|diagnostic| placed(diagnostic, call.span))?)
            }
        };
        let environment = spec.env.as_deref().map(environment).transpose()?;
        let source = source_digest(&compiled.sources);
        let space = FilteredSpace::new(&spec.template).into_choices();
        let sources = &compiled.sources;
        Ok(Self { spec, sources, space, splits, environment, seed, source, control: None })
    }

    /// Builds one architecture.
    ///
    /// # Errors
    /// `QN0409` if choices are open, and what `ir::build` has against it.
    pub(super) fn instance(&self, assignment: &Assignment) -> Result<Instance, Diagnostic> {
        let (bindings, missing) = self.space.bindings(assignment);
        if !missing.is_empty() {
            return Err(open_choices(&missing));
        }
        let graph = self.controlled(build_with(self.space.template(), bindings.clone())?);
        Ok(Instance { bindings, graph })
    }

    /// A model, or its control if that is what is trained.
    #[must_use]
    pub fn controlled(&self, graph: Graph) -> Graph {
        match self.control {
            Some(control) => control.apply(graph),
            None => graph,
        }
    }

    /// The graph of one architecture.
    ///
    /// # Errors
    /// `QN0409` if choices are open, and what `ir::build` has against it.
    pub fn graph(&self, assignment: &Assignment) -> Result<Graph, Diagnostic> {
        Ok(self.instance(assignment)?.graph)
    }

    /// The training settings of one architecture as text, which is the same exactly for the same settings.
    pub(super) fn train_text(&self, bindings: &Bindings) -> String {
        let setting = self.spec.train.as_ref().and_then(|call| resolve_call(call, bindings));
        setting.map(|setting| setting.to_string()).unwrap_or_default()
    }

    /// How an architecture is trained.
    ///
    /// # Errors
    /// `QN0831` without `train`, `QN0850` and `QN0706` for settings without sense.
    pub fn train_config(&self, assignment: &Assignment) -> Result<TrainConfig, Diagnostic> {
        self.config(&self.space.bindings(assignment).0)
    }

    pub(super) fn config(&self, bindings: &Bindings) -> Result<TrainConfig, Diagnostic> {
        let Some(call) = &self.spec.train else {
            let message = format!("the search `{}` does not say how to train", self.spec.name);
            let wanted = match &self.environment {
                Some(_) => "add `train: a2c(adam(lr: 1e-3), episodes: 1000)`",
                None => "add `train: fit(adam(lr: 1e-3), loss: cross_entropy, epochs: 10)`",
            };
            return Err(Diagnostic::error(&MISSING_FIELD, self.spec.span, message).help(wanted));
        };
        let arguments = match resolve_call(call, bindings) {
            Some(Setting::Call(_, arguments)) => arguments,
            _ => Vec::new(),
        };
        let config = match &self.environment {
            Some(environment) => TrainConfig::of_policy(&call.name, &arguments, environment.clone()),
            None => TrainConfig::from_settings(&arguments),
        };
        config.map_err(|diagnostic| placed(diagnostic, call.span))
    }

    /// Where weights trained here come from.
    #[must_use]
    pub fn origin(&self, assignment: &Assignment, seed: u64) -> Origin {
        Origin {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model: self.spec.name.clone(),
            source: self.source.clone(),
            data: self.splits.as_ref().map(|splits| splits.digest.clone()).unwrap_or_default(),
            architecture: assignment.clone(),
            seed: Some(seed),
        }
    }

    /// What trained weights achieve on the validation part, or without data the value of the model's own loss.
    ///
    /// # Errors
    /// As [`train::evaluate`].
    pub fn validate(&self, job: Job<'_>, weights: &Weights) -> Result<Option<Metrics>, Diagnostic> {
        match &self.splits {
            None => train::evaluate_alone(job, weights).map(Some),
            Some(splits) if splits.validation.is_empty() => Ok(None),
            Some(splits) => train::evaluate(job, weights, &splits.validation).map(Some),
        }
    }

    /// Does the data give every row a class?
    #[must_use]
    pub fn has_classes(&self) -> bool {
        self.splits.as_ref().is_some_and(|splits| matches!(splits.train.targets, data::Targets::Classes { .. }))
    }
}

/// A diagnostic at a place, unless it has one.
pub(super) fn placed(mut diagnostic: Diagnostic, span: crate::source::Span) -> Diagnostic {
    diagnostic.primary = diagnostic.primary.or(Some(span));
    diagnostic
}
