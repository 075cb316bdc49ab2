//! From a candidate's choices to its objectives: build, count, train, measure.
//!
//! Costs come first: an architecture that breaks a requirement over costs is not trained, its trained objectives stay
//! unknown. What is left has its objectives from the validation part, with the weights that training kept.

use super::curves::CurveLog;
use super::proxies::{self, CAPACITY};
use super::requirements::{Requirement, requirements};
use super::shared::SharedWeights;
use super::task::{Instance, Task, architecture_key};
use super::weights::WeightStore;
use crate::cost::{self, device::Priced};
use crate::diag::Diagnostic;
use crate::driver::metric;
use crate::driver::requirement::metric_requirements;
use crate::driver::search::{Candidate, Evaluate, Evaluation, Failure, Fidelity, Inherit};
use crate::driver::train::{self, End, Job, Metrics, Weights};
use crate::hir::Assignment;
use crate::hir::expr::Bindings;
use crate::hir::value::MetricExpr;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

/// The metric that is measured with a clock.
const SECONDS: &str = "seconds";

fn is_proxy(name: &str) -> bool {
    cost::find(name).is_some_and(|chosen| chosen.metric.proxy)
}

/// How often seconds are measured; the median counts.
const TIMED: usize = 5;

/// Evaluates candidates of a search.
#[derive(Debug)]
pub struct Evaluator<'a> {
    task: &'a Task<'a>,
    store: WeightStore,
    shared: SharedWeights,
    curves: Option<CurveLog>,
    /// What kept weights from being written or read: no fault of a candidate, so the search ends.
    broken: Mutex<Option<Diagnostic>>,
    /// Held together by all that work, alone by one that measures seconds.
    busy: RwLock<()>,
}

/// How a candidate's weights came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The seed of its training.
    pub seed: u64,
    /// Did it begin with another candidate's weights?
    pub heir: bool,
}

/// What is known of an architecture by name.
struct Known<'g> {
    instance: &'g Instance,
    costs: Priced<'g>,
    trained: BTreeMap<&'static str, f64>,
    /// What stands in for trained metrics where nothing is trained.
    stand_ins: BTreeMap<&'static str, f64>,
    fidelity: Fidelity,
}

impl Known<'_> {
    fn metric(&self, name: &str, args: &[(Arc<str>, f64)]) -> Option<f64> {
        match self.trained.get(name).or_else(|| self.stand_ins.get(name)) {
            Some(value) => Some(*value),
            // The first rung only counts.
            None if self.fidelity == Fidelity::Static && is_proxy(name) => None,
            None => metric::cost_metric(&self.costs, name, args),
        }
    }

    fn learn(&mut self, metrics: &Metrics) {
        self.trained.insert("loss", metrics.loss);
        if let Some(accuracy) = metrics.accuracy {
            self.trained.insert("accuracy", accuracy);
        }
        if let Some(reward) = metrics.reward {
            self.trained.insert("reward", reward);
        }
    }
}

impl<'a> Evaluator<'a> {
    /// An evaluator that keeps trained weights in `store`.
    #[must_use]
    pub fn new(task: &'a Task<'a>, store: WeightStore) -> Self {
        let shared = SharedWeights::default();
        Self { task, store, shared, curves: None, broken: Mutex::new(None), busy: RwLock::new(()) }
    }

    /// The same, noting how every training went.
    #[must_use]
    pub fn with_curves(self, log: CurveLog) -> Self {
        Self { curves: Some(log), ..self }
    }

    /// What kept weights from being written or read, and so ended the search.
    pub fn take_broken(&self) -> Option<Diagnostic> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Ends the search: a full disk says nothing about the candidate, and must not be in its record.
    fn end(&self, candidate: &Candidate, diagnostic: Diagnostic) -> Failure {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(diagnostic);
        candidate.stop.store(true, Ordering::Relaxed);
        Failure::Stopped
    }

    /// The weights a candidate ended with. If they are gone from disk they are trained again, which gives the same
    /// numbers, unless the candidate began with those of another.
    ///
    /// # Errors
    /// `QN0941` if they are gone and cannot be had again; what training has against the architecture.
    pub fn weights(&self, id: u64, assignment: &Assignment, trace: Trace) -> Result<Weights, Diagnostic> {
        let Trace { seed, heir } = trace;
        let found = self.store.load(id);
        if let Ok(weights) = &found
            && weights.origin.architecture == *assignment
            && weights.origin.source == self.task.source
            && weights.origin.seed == Some(seed)
        {
            return found;
        }
        if heir {
            return found;
        }
        let instance = self.task.instance(assignment)?;
        let config = self.task.config(&instance.bindings)?;
        let job = Job { graph: &instance.graph, config: &config, seed, threads: 1 };
        let origin = self.task.origin(assignment, seed);
        let trained = train::fit(job, self.task.splits.as_ref(), None, origin, &mut |_| ControlFlow::Continue(()))?;
        self.store.save(id, &trained.weights)?;
        Ok(trained.weights)
    }

    /// Forgets the weights of every candidate but these, which ascend.
    pub fn forget_all_but(&self, ids: &[u64]) {
        self.store.retain(ids);
    }

    /// Trains a candidate, keeps its weights and measures it.
    fn train(&self, candidate: &Candidate, known: &mut Known, out: &mut Evaluation) -> Result<(), Failure> {
        let failed = |diagnostic: Diagnostic| Failure::Failed(diagnostic.message);
        let mut config = self.task.config(&known.instance.bindings).map_err(failed)?;
        if let Fidelity::Share(share) = candidate.fidelity {
            config = config.shortened(share);
        }
        let start = match candidate.inherit {
            None => None,
            Some(inherit) => Some(self.start(inherit).map_err(|diagnostic| self.end(candidate, diagnostic))?),
        };
        let job = Job { graph: &known.instance.graph, config: &config, seed: candidate.seed, threads: 1 };
        let mut progress = |_: &train::Progress| match candidate.stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let origin = self.task.origin(candidate.assignment, candidate.seed);
        let trained = train::fit(job, self.task.splits.as_ref(), start.as_deref(), origin, &mut progress);
        let trained = trained.map_err(failed)?;
        if trained.history.end == End::Interrupted {
            return Err(Failure::Stopped);
        }
        self.store.save(candidate.id, &trained.weights).map_err(|diagnostic| self.end(candidate, diagnostic))?;
        if let Some(log) = &self.curves {
            log.record(candidate.id, &trained.history);
        }
        let measured = match (trained.history.validation, &self.task.splits) {
            (None, None) => Some(train::evaluate_alone(job, &trained.weights).map_err(failed)?),
            (measured, _) => measured,
        };
        if let Some(metrics) = measured {
            known.learn(&metrics);
            if metrics.undefined > 0 {
                out.metrics.insert("undefined".into(), metrics.undefined as f64);
            }
        }
        if let (Some(last), true) = (trained.history.epochs.last(), self.task.splits.is_some()) {
            out.metrics.insert("train.loss".into(), last.train.loss);
            out.metrics.extend(last.train.accuracy.map(|accuracy| ("train.accuracy".into(), accuracy)));
        }
        Ok(())
    }

    /// The weights a candidate begins with.
    fn start(&self, inherit: &Inherit) -> Result<Arc<Weights>, Diagnostic> {
        match inherit {
            Inherit::Heir { from, moved } => Ok(Arc::new(self.store.load(*from)?.moved(moved))),
            Inherit::Shared { shared, of } => {
                self.shared.after(*shared, of, &self.store, || self.task.origin(&Assignment::default(), self.task.seed))
            }
        }
    }

    /// Measures a candidate with the weights it inherits, as they are; its own initial ones where it inherits none.
    fn measure(&self, candidate: &Candidate, known: &mut Known) -> Result<(), Failure> {
        let failed = |diagnostic: Diagnostic| Failure::Failed(diagnostic.message);
        let config = self.task.config(&known.instance.bindings).map_err(failed)?;
        let start = candidate.inherit.map(|inherit| self.start(inherit)).transpose();
        let start = start.map_err(|diagnostic| self.end(candidate, diagnostic))?.unwrap_or_default();
        let job = Job { graph: &known.instance.graph, config: &config, seed: candidate.seed, threads: 1 };
        let part = self.task.splits.as_ref().map(|splits| &splits.validation);
        let metrics = train::evaluate_inherited(job, &start, part).map_err(failed)?;
        known.learn(&metrics);
        Ok(())
    }

    /// Measures what data says before training, where the search asks for it, and on the rung of proxies what stands in for training.
    fn look_untrained(&self, candidate: &Candidate, known: &mut Known) -> Result<(), Failure> {
        let failed = |diagnostic: Diagnostic| Failure::Failed(diagnostic.message);
        if candidate.fidelity == Fidelity::Proxy {
            known.stand_ins = proxies::stand_ins(self.task, known.instance, &known.costs).map_err(failed)?;
        } else if candidate.fidelity != Fidelity::Static && self.is_asked_for(CAPACITY) {
            let capacity = proxies::capacity(self.task, known.instance).map_err(failed)?;
            known.trained.extend(capacity.map(|value| (CAPACITY, value)));
        }
        Ok(())
    }

    /// Does an objective or a requirement mention a metric?
    fn is_asked_for(&self, name: &str) -> bool {
        let asked = |expr: &MetricExpr| metric::mentions(expr, name);
        self.task.spec.minimize.iter().any(|(objective, _)| asked(objective))
            || metric_requirements(self.task.space.template()).iter().any(|one| asked(&one.condition))
    }

    /// Measures the seconds of an evaluation of the trained model, the median of a few, while no other candidate works.
    fn measure_seconds(&self, candidate: &Candidate, known: &mut Known) -> Result<(), Failure> {
        let failed = |diagnostic: Diagnostic| Failure::Failed(diagnostic.message);
        let config = self.task.config(&known.instance.bindings).map_err(failed)?;
        let weights = match (candidate.fidelity, candidate.inherit) {
            (Fidelity::Inherited, Some(inherit)) => self.start(inherit),
            (Fidelity::Inherited, None) => Ok(Arc::default()),
            _ => self.store.load(candidate.id).map(Arc::new),
        };
        let weights = weights.map_err(|diagnostic| self.end(candidate, diagnostic))?;
        let job = Job { graph: &known.instance.graph, config: &config, seed: candidate.seed, threads: 1 };
        let _alone = self.busy.write().unwrap_or_else(PoisonError::into_inner);
        let mut seconds = Vec::with_capacity(TIMED);
        for _ in 0..TIMED {
            let begun = Instant::now();
            let part = self.task.splits.as_ref().map(|splits| &splits.validation).filter(|part| !part.is_empty());
            train::evaluate_inherited(job, &weights, part).map_err(failed)?;
            seconds.push(begun.elapsed().as_secs_f64());
        }
        seconds.sort_by(f64::total_cmp);
        known.trained.insert(SECONDS, seconds[TIMED / 2]);
        Ok(())
    }

    /// Adds the requirements that `wanted` picks to the constraints; true if all of them hold.
    fn constrain(
        &self,
        all: &[Requirement],
        wanted: impl Fn(&Requirement) -> bool,
        known: &Known,
        out: &mut Evaluation,
    ) -> Result<bool, Failure> {
        let mut hold = true;
        for requirement in all.iter().filter(|requirement| wanted(requirement)) {
            let text = self.text(requirement);
            let missed = requirement.missed_by(&mut |name, args| known.metric(name, args));
            let Some(missed) = missed else {
                return Err(Failure::Failed(format!("`{text}` cannot be measured")));
            };
            if missed > 0.0 && requirement.assert {
                return Err(Failure::Failed(format!("the assertion `{text}` does not hold")));
            }
            hold &= missed <= 0.0;
            *out.constraints.entry(text).or_insert(0.0) += missed;
        }
        Ok(hold)
    }

    /// A requirement as written, on one line.
    fn text(&self, requirement: &Requirement) -> String {
        let text = self.task.sources.text(requirement.span);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Evaluate for Evaluator<'_> {
    fn key(&self, assignment: &Assignment) -> Option<u128> {
        let instance = self.task.instance(assignment).ok()?;
        // What objectives and requirements say of an architecture before it is trained: equal models may differ in it.
        let costs = Priced::new(&instance.graph, self.task.space.template().device.as_deref());
        let mut priced = Vec::new();
        let mut price = |expr: &MetricExpr, bindings: &Bindings| {
            metric::before_training(expr, &mut |part| {
                if metric::needs_proxy(part) {
                    // Measuring is left to the rung that asks for it.
                    return priced.extend(proxies::as_written(&instance));
                }
                let value = metric::evaluate(part, bindings, &mut |name, args| metric::cost_metric(&costs, name, args));
                priced.push(value.unwrap_or(f64::NAN));
            });
        };
        self.task.spec.minimize.iter().for_each(|(objective, _)| price(objective, &instance.bindings));
        for requirement in requirements(self.task.space.template(), &instance.bindings) {
            price(&requirement.condition, requirement.bindings());
        }
        Some(architecture_key(&instance.graph, &self.task.train_text(&instance.bindings), &priced))
    }

    fn evaluate(&self, candidate: &Candidate) -> Result<Evaluation, Failure> {
        let instance =
            self.task.instance(candidate.assignment).map_err(|diagnostic| Failure::Failed(diagnostic.message))?;
        let mut out = Evaluation::default();
        let device = self.task.space.template().device.as_deref();
        let costs = Priced::new(&instance.graph, device);
        let mut known = Known {
            instance: &instance,
            costs,
            trained: BTreeMap::new(),
            stand_ins: BTreeMap::new(),
            fidelity: candidate.fidelity,
        };
        let required = requirements(self.task.space.template(), &instance.bindings);
        let known_now = |one: &Requirement| {
            !one.needs_training() && (candidate.fidelity != Fidelity::Static || !metric::needs_proxy(&one.condition))
        };
        let affordable = self.constrain(&required, known_now, &known, &mut out)?;
        if affordable {
            self.look_untrained(candidate, &mut known)?;
        }
        let trains = affordable && !candidate.fidelity.is_partial() && self.task.spec.train.is_some();
        if trains {
            {
                let _together = self.busy.read().unwrap_or_else(PoisonError::into_inner);
                match candidate.fidelity {
                    Fidelity::Inherited => self.measure(candidate, &mut known)?,
                    _ => self.train(candidate, &mut known, &mut out)?,
                }
            }
            if self.is_asked_for(SECONDS) {
                self.measure_seconds(candidate, &mut known)?;
            }
            self.constrain(&required, Requirement::needs_training, &known, &mut out)?;
        }
        let value = |objective: &MetricExpr| {
            metric::evaluate(objective, &instance.bindings, &mut |name, args| known.metric(name, args))
        };
        // What is not known is not a number; only an architecture that was to be trained must have it.
        out.objectives = self.task.spec.minimize.iter().map(|(one, _)| value(one).unwrap_or(f64::NAN)).collect();
        out.metrics.extend(known.trained.iter().map(|(name, value)| ((*name).to_owned(), *value)));
        let named = cost::names().filter(|name| !is_proxy(name) || self.is_asked_for(name));
        out.metrics.extend(named.filter_map(|name| Some((name.into(), known.metric(name, &[])?))));
        Ok(out)
    }

    fn retain(&self, ids: &[u64]) {
        self.store.retain(ids);
    }
}
