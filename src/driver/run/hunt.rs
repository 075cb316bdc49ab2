//! A search ready to begin: its task, its objectives, its strategy, and the header of its journal.

use super::errors::{EMPTY_PART, MISSING_FIELD, UNMEASURED};
use super::proxies::CAPACITY;
use super::task::{Task, placed};
use crate::diag::Diagnostic;
use crate::driver::compiler::Compiled;
use crate::driver::data::DataDirs;
use crate::driver::search::errors::BAD_STRATEGY_OPTION;
use crate::driver::search::{self, FORMAT, Header, Strategy, StrategyHeader, StrategyOptions};
use crate::hir::expr::Bindings;
use crate::hir::template::SearchSpec;
use crate::hir::value::MetricExpr;
use crate::hir::{Setting, Space, resolve_call};
use crate::source::Span;
use std::collections::BTreeMap;

/// A search ready to begin.
pub struct Hunt<'c> {
    /// What is trained.
    pub task: Task<'c>,
    /// The strategy with all its options.
    pub strategy: StrategyHeader,
}

impl<'c> Hunt<'c> {
    /// Checks everything a search needs, then loads its data.
    ///
    /// # Errors
    /// `QN0831` to `QN0833`, `QN0801` to `QN0803` for the strategy, `QN0850` for training, and those of the data; as many
    /// as there are.
    pub fn new(
        compiled: &'c Compiled,
        spec: &'c SearchSpec,
        dirs: &DataDirs,
        seed: Option<u64>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut errors = Vec::new();
        if spec.minimize.is_empty() {
            let message = format!("the search `{}` has no objective", spec.name);
            errors.push(
                Diagnostic::error(&MISSING_FIELD, spec.span, message).help("add `minimize: [loss]`, or other metrics"),
            );
        }
        let strategy = strategy(spec).map_err(|mut wrong| errors.append(&mut wrong)).ok();
        if let Err(diagnostic) = super::retrain::checked(spec) {
            errors.push(diagnostic);
        }
        let task = Task::new(compiled, spec, dirs, seed).map_err(|diagnostic| errors.push(diagnostic)).ok();
        let (Some(task), Some(strategy), true) = (task, strategy, errors.is_empty()) else { return Err(errors) };
        let hunt = Self { task, strategy };
        hunt.check_training().map_err(|diagnostic| vec![diagnostic])?;
        Ok(hunt)
    }

    /// Can everything the objectives mention be measured, and do the settings of one architecture make sense?
    fn check_training(&self) -> Result<(), Diagnostic> {
        let task = &self.task;
        let mut trained: Vec<(String, Span)> = Vec::new();
        for (objective, _) in &task.spec.minimize {
            trained_metrics(objective, &mut trained);
        }
        for (name, span) in &trained {
            let name = name.as_str();
            if name == CAPACITY {
                if !task.has_classes() {
                    let message = format!("`{name}` needs data with classes");
                    return Err(Diagnostic::error(&UNMEASURED, *span, message).help("minimize `expressibility`"));
                }
                continue;
            }
            if task.spec.train.is_none() {
                let message = format!("`{name}` is only known after training, and the search has no `train`");
                return Err(Diagnostic::error(&UNMEASURED, *span, message)
                    .help("add `train: fit(adam(lr: 1e-3), loss: .., epochs: 10)`"));
            }
            if name == "reward" && task.environment.is_none() {
                let message = "`reward` needs an environment";
                return Err(Diagnostic::error(&UNMEASURED, *span, message).help("minimize `loss`"));
            }
            if name == "accuracy" && !task.has_classes() {
                let message = "`accuracy` needs data with classes";
                return Err(Diagnostic::error(&UNMEASURED, *span, message).help("minimize `loss`"));
            }
            let chosen_by = !self.is_relaxed();
            if chosen_by && task.splits.as_ref().is_some_and(|splits| splits.validation.is_empty()) {
                let message = format!("`{name}` is measured on the validation part, which has no rows");
                return Err(Diagnostic::error(&EMPTY_PART, *span, message)
                    .help("give it some: `data: iris(train: 0.6, validation: 0.2, test: 0.2)`"));
            }
        }
        if task.spec.train.is_some() {
            let mut rng = crate::driver::random::stream(task.seed, "search/first look");
            if let Some(assignment) = task.space.sample(&mut rng) {
                task.train_config(&assignment)?;
            }
        }
        Ok(())
    }

    /// Are all candidates trained at once? Then [`Hunt::relax`] is the way, not [`Hunt::run`].
    #[must_use]
    pub fn is_relaxed(&self) -> bool {
        search::strategies::RELAXING.iter().any(|def| def.meta.name == self.strategy.name)
    }

    /// Searches in another way than the program says.
    ///
    /// # Errors
    /// `QN0801` to `QN0803`.
    pub fn set_strategy(&mut self, setting: &Setting) -> Result<(), Vec<Diagnostic>> {
        self.strategy = written(setting, self.task.spec.minimize.len())?;
        Ok(())
    }

    /// Draws as many architectures at random as the strategy would have evaluated: the control of every strategy.
    ///
    /// # Errors
    /// `QN0803` if the strategy does not say how many that are.
    pub fn search_at_random(&mut self) -> Result<(), Diagnostic> {
        let Some(evaluations) = self.strategy()?.status().expected.and_then(|n| i64::try_from(n).ok()) else {
            let message = format!("`{}` does not say how many evaluations it takes", self.strategy.name);
            return Err(Diagnostic::global(&BAD_STRATEGY_OPTION, message)
                .help("write `--strategy \"random(evaluations: 100)\"`"));
        };
        let evaluations = ("evaluations".to_owned(), Setting::Int(evaluations));
        self.set_strategy(&Setting::Call("random".to_owned(), vec![evaluations])).map_err(|mut e| e.swap_remove(0))
    }

    /// The strategy, at its beginning.
    ///
    /// # Errors
    /// None in practice: the options have been checked.
    pub fn strategy(&self) -> Result<Box<dyn Strategy>, Diagnostic> {
        let options = StrategyOptions(self.strategy.options.0.clone());
        let built = search::build(&self.strategy.name, &options, self.task.spec.minimize.len());
        match built {
            Ok((_, strategy)) => Ok(strategy),
            Err(mut errors) => Err(errors.swap_remove(0).diagnostic),
        }
    }

    /// The first line of the journal.
    #[must_use]
    pub fn header(&self) -> Header {
        let task = &self.task;
        Header {
            format: FORMAT,
            qnas: env!("CARGO_PKG_VERSION").to_owned(),
            search: task.spec.name.clone(),
            source: task.source.clone(),
            seed: task.seed,
            strategy: self.strategy.clone(),
            objectives: task.spec.minimize.iter().map(|(_, text)| text.clone()).collect(),
            // An environment has no digest: its name and options are all there is to it.
            data: (task.splits.iter().map(|splits| (splits.name.clone(), splits.digest.clone())))
                .chain(task.environment.iter().map(|environment| (environment.to_string(), String::new())))
                .collect(),
            settings: match (task.classical, task.frozen) {
                (true, _) => BTreeMap::from([("baseline".to_owned(), "classical".to_owned())]),
                (false, true) => BTreeMap::from([("baseline".to_owned(), "frozen".to_owned())]),
                (false, false) => BTreeMap::new(),
            },
        }
    }
}

/// The metrics an expression mentions that need a trained model.
fn trained_metrics(expr: &MetricExpr, out: &mut Vec<(String, Span)>) {
    match expr {
        MetricExpr::Metric { name, span, .. } if crate::cost::find(name).is_none() => {
            out.push((name.to_string(), *span));
        }
        MetricExpr::Unary(_, a) => trained_metrics(a, out),
        MetricExpr::Binary(_, a, b) => {
            trained_metrics(a, out);
            trained_metrics(b, out);
        }
        _ => {}
    }
}

/// The strategy with all its options; errors stand at the call.
pub(in crate::driver) fn strategy(spec: &SearchSpec) -> Result<StrategyHeader, Vec<Diagnostic>> {
    let Some(call) = &spec.strategy else {
        let message = format!("the search `{}` does not say how to search", spec.name);
        return Err(vec![
            Diagnostic::error(&MISSING_FIELD, spec.span, message)
                .help("add `strategy: nsga2(population: 20, generations: 8)`; `qnas list strategies` shows all"),
        ]);
    };
    let Some(setting) = resolve_call(call, &Bindings::default()) else {
        let message = "the options of a strategy are the same for every architecture";
        return Err(vec![
            Diagnostic::error(&crate::hir::errors::types::NOT_FIXED, call.span, message)
                .help("take the `choose` out of `strategy`"),
        ]);
    };
    let wrong = |errors: Vec<Diagnostic>| errors.into_iter().map(|error| placed(error, call.span)).collect();
    written(&setting, spec.minimize.len()).map_err(wrong)
}

/// A strategy as it is written.
fn written(setting: &Setting, n_objectives: usize) -> Result<StrategyHeader, Vec<Diagnostic>> {
    let (name, options) = StrategyOptions::written(setting);
    match search::build(&name, &options, n_objectives) {
        Ok((options, _)) => Ok(StrategyHeader { name, options }),
        Err(errors) => Err(errors.into_iter().map(|error| error.diagnostic).collect()),
    }
}
