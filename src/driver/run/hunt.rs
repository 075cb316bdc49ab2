//! A search ready to begin: its task, its objectives, its strategy, and the header of its journal.

use super::control::Control;
use super::errors::{EMPTY_PART, MISSING_FIELD, UNMEASURED};
use super::proxies::CAPACITY;
use super::task::{Task, placed};
use crate::diag::Diagnostic;
use crate::driver::compiler::Compiled;
use crate::driver::data::DataDirs;
use crate::driver::requirement::metric_requirements;
use crate::driver::search::errors::BAD_STRATEGY_OPTION;
use crate::driver::search::{self, FORMAT, Header, Strategy, StrategyHeader, StrategyOptions};
use crate::hir::expr::Bindings;
use crate::hir::template::SearchSpec;
use crate::hir::value::MetricExpr;
use crate::hir::{Setting, Space, resolve_call};
use crate::source::Span;

/// A search ready to begin.
pub struct Hunt<'c> {
    /// What is trained.
    pub task: Task<'c>,
    /// The strategy with all its options.
    pub strategy: StrategyHeader,
}

impl<'c> Hunt<'c> {
    /// Checks everything a search needs, then loads its data; `strategy` goes before the one written in the program.
    ///
    /// # Errors
    /// `QN0831` to `QN0833`, `QN0801` to `QN0803` for the strategy, `QN0850` for training, and those of the data; as many
    /// as there are.
    pub fn new(
        compiled: &'c Compiled,
        spec: &'c SearchSpec,
        dirs: &DataDirs,
        seed: Option<u64>,
        strategy: Option<&Setting>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut errors = Vec::new();
        if spec.minimize.is_empty() {
            let message = format!("the search `{}` has no objective", spec.name);
            errors.push(
                Diagnostic::error(&MISSING_FIELD, spec.span, message).help("add `minimize: [loss]`, or other metrics"),
            );
        }
        let strategy = match strategy {
            Some(setting) => written(setting, spec.minimize.len()),
            None => self::strategy(spec),
        };
        let strategy = strategy.map_err(|mut wrong| errors.append(&mut wrong)).ok();
        if let Err(diagnostic) = super::retrain::checked(spec) {
            errors.push(diagnostic);
        }
        let task = Task::new(compiled, spec, dirs, seed).map_err(|diagnostic| errors.push(diagnostic)).ok();
        let (Some(task), Some(strategy), true) = (task, strategy, errors.is_empty()) else { return Err(errors) };
        let hunt = Self { task, strategy };
        hunt.check_training().and_then(|()| hunt.check_chosen_by()).map_err(|diagnostic| vec![diagnostic])?;
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
        }
        if task.spec.train.is_some() {
            let mut rng = crate::driver::random::stream(task.seed, "search/first look");
            if let Some(assignment) = task.space.sample(&mut rng) {
                task.train_config(&assignment)?;
            }
        }
        Ok(())
    }

    /// Are there rows for what candidates are chosen by? A mixture is chosen by nothing but its own training, unless its
    /// structural weights have a part of their own.
    fn check_chosen_by(&self) -> Result<(), Diagnostic> {
        let task = &self.task;
        if !task.splits.as_ref().is_some_and(|splits| splits.validation.is_empty()) {
            return Ok(());
        }
        let mut chosen_by: Vec<(String, Span)> = Vec::new();
        if !self.is_relaxed() {
            for (objective, _) in &task.spec.minimize {
                trained_metrics(objective, &mut chosen_by);
            }
            for requirement in metric_requirements(task.space.template()) {
                trained_metrics(&requirement.condition, &mut chosen_by);
            }
        }
        // Capacity is measured on the training part.
        let first = chosen_by.into_iter().find(|(name, _)| name != CAPACITY);
        let (what, span) = match first {
            Some((name, span)) => (format!("`{name}` is measured"), span),
            None if self.is_relaxed() && self.strategy.options.name("updates") == "bilevel" => {
                let span = task.spec.strategy.as_ref().map_or(task.spec.span, |call| call.span);
                ("`updates: bilevel` trains structural weights".to_owned(), span)
            }
            None => return Ok(()),
        };
        let message = format!("{what} on the validation part, which has no rows");
        let (name, place) = task.spec.data.as_ref().map_or(("..", span), |call| (&*call.name, call.span));
        let help = format!("give it some: `validation: 0.2` in `data: {name}(..)`");
        let error = Diagnostic::error(&EMPTY_PART, span, message).label(place, "the parts of the data").help(help);
        Err(match self.is_relaxed() {
            true => error,
            false => error.note("`differentiable` trains all candidates at once and needs none to choose by"),
        })
    }

    /// Are all candidates trained at once? Then [`Hunt::relax`] is the way, not [`Hunt::run`].
    #[must_use]
    pub fn is_relaxed(&self) -> bool {
        search::strategies::RELAXING.iter().any(|def| def.meta.name == self.strategy.name)
    }

    /// Trains a control of every architecture instead.
    ///
    /// # Errors
    /// `QN0803` for the classical control of a mixture: without circuits its candidates are all the same.
    pub fn set_control(&mut self, control: Control) -> Result<(), Diagnostic> {
        if control == Control::Classical && self.is_relaxed() {
            let message = format!(
                "`{}` mixes circuits, and nothing tells them apart once a classical layer is in their place",
                self.strategy.name
            );
            return Err(Diagnostic::global(&BAD_STRATEGY_OPTION, message)
                .help("write `--baseline frozen`, or train one architecture: `qnas train FILE --baseline classical`"));
        }
        self.task.control = Some(control);
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
        let setting = Setting::Call("random".to_owned(), vec![evaluations]);
        self.strategy = written(&setting, self.task.spec.minimize.len()).map_err(|mut errors| errors.swap_remove(0))?;
        Ok(())
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
            settings: task.control.iter().map(|one| (Control::KEY.to_owned(), one.name().to_owned())).collect(),
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
