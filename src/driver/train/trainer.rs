//! The training loop.
//!
//! One [`Trainer`] is one model with its weights. Batches are gathered from parts that many trainers share, into buffers
//! that are made once; a step allocates nothing. The same seed gives the same bytes whatever the number of threads,
//! because every random draw has a name and every sum a fixed order.
//!
//! A row whose output is not a number (a zero vector in `prepare`) is left out of its step and counted; it does not
//! spoil its batch. If no row of a batch has an output, training has diverged and ends with an error.

use super::Job;
use super::checkpoint::{Checkpoint, Course, Exact, Forget, Keeper, Place, Rows};
use super::config::{Keep, Length, TrainConfig};
use super::errors::{BAD_TRAINING_SETTING, LOSS_OF_DATA, NON_FINITE_LOSS, SHAPE_OF_DATA};
use super::feed::{Feed, Wanted, order};
use super::metrics::{Epoch, Metrics, Tally};
use super::weights::{Inherited, Origin, Weights};
use crate::backends::Real;
use crate::backends::hybrid::{Layout, Mode, Model};
use crate::backends::nn::loss::Targets as Wants;
use crate::backends::nn::optim::Optimizer;
use crate::diag::Diagnostic;
use crate::driver::data::{Dataset, Splits, Targets};
use crate::driver::memory;
use std::ops::ControlFlow;

/// Rows evaluated at once, at least.
const EVALUATION_BATCH: usize = 1024;

/// Where a training stands; told after every optimiser step and after every epoch.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Progress {
    /// The running epoch, from 1.
    pub epoch: usize,
    /// Optimiser steps so far.
    pub step: usize,
    /// How many there will be, unless patience ends it before.
    pub steps: usize,
    /// Loss of the last batch.
    pub loss: f64,
    /// Mean reward of the last hundred episodes of a policy; steps are episodes then.
    pub reward: Option<f64>,
    /// The epoch that has just ended.
    pub ended: Option<Epoch>,
}

/// Why a training ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// It was as long as asked for.
    Complete,
    /// The validation loss had not fallen for as many epochs as `patience` allows.
    Patience,
    /// The caller broke it off; weights are those of the last step.
    Interrupted,
}

/// How a training went.
#[derive(Clone, PartialEq, Debug)]
pub struct History {
    /// Every epoch, or every step where there is no data.
    pub epochs: Vec<Epoch>,
    /// The epoch whose weights were kept, from 1.
    pub kept: usize,
    /// The validation part with the weights that were kept; `None` without data or validation rows.
    pub validation: Option<Metrics>,
    /// Why it ended.
    pub end: End,
}

/// A model with its weights.
#[derive(Debug)]
pub struct Trainer<T: Real> {
    model: Model<T>,
    name: String,
    config: TrainConfig,
    seed: u64,
    params: Vec<T>,
    gradient: Vec<T>,
    d_outputs: Vec<T>,
    /// Numbers per sample: inputs and outputs.
    width: [usize; 2],
    inputs: usize,
    feed: Feed<T>,
}

/// The best epoch so far.
struct Best<T> {
    epoch: usize,
    metrics: Metrics,
    params: Vec<T>,
}

impl<T: Real> Trainer<T> {
    /// Compiles a model and draws its weights.
    ///
    /// # Errors
    /// `QN0850` for settings without sense, and what the back end has against the graph.
    pub fn new(job: Job<'_>) -> Result<Self, Diagnostic> {
        let Job { graph, config, seed, threads } = job;
        check(config)?;
        let mut model = Model::compile(graph)?;
        memory::check(model.state_bytes(true))?;
        model.set_threads(threads);
        let params = model.initial(seed);
        Ok(Self {
            name: graph.name.clone(),
            config: config.clone(),
            seed,
            gradient: vec![T::zero(); params.len()],
            d_outputs: Vec::new(),
            width: [graph.inputs.iter().map(|input| input.shape.iter().product::<usize>()).sum(), model.output_len()],
            inputs: graph.inputs.len(),
            feed: Feed::default(),
            params,
            model,
        })
    }

    /// Where every weight stands in [`Trainer::params`].
    #[must_use]
    pub fn layout(&self) -> &Layout {
        self.model.layout()
    }

    /// The weights, and the buffers layers keep.
    #[must_use]
    pub fn params(&self) -> &[T] {
        &self.params
    }

    /// The weights by path.
    #[must_use]
    pub fn weights(&self, origin: Origin) -> Weights {
        Weights::of(self.layout(), &self.params, origin)
    }

    /// Sets all weights.
    ///
    /// # Errors
    /// As [`Weights::fill`].
    pub fn fill(&mut self, weights: &Weights) -> Result<(), Diagnostic> {
        weights.fill(self.model.layout(), &mut self.params)
    }

    /// Takes over the weights with the same paths.
    pub fn inherit(&mut self, weights: &Weights) -> Inherited {
        weights.inherit(self.model.layout(), &mut self.params)
    }

    /// Trains on `splits`, or without data a model whose output is its loss.
    ///
    /// # Errors
    /// `QN0851`, `QN0852` if model, loss and data do not fit, `QN0853` if the loss stops being a number.
    pub fn fit(
        &mut self,
        splits: Option<&Splits>,
        progress: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<History, Diagnostic> {
        self.fit_from(splits, Course { from: None, keeper: &mut Forget }, progress)
    }

    /// The same from where an earlier process left it, kept on the way.
    ///
    /// # Errors
    /// As [`Trainer::fit`], and what the keeper has.
    pub fn fit_from(
        &mut self,
        splits: Option<&Splits>,
        course: Course<'_>,
        progress: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<History, Diagnostic> {
        match splits {
            Some(splits) => self.check_part(&splits.train)?,
            None => self.check_alone()?,
        }
        let mut run = self.begin(splits.map_or(1, |splits| splits.train.len()), course.from)?;
        let validation = splits.map(|splits| &splits.validation).filter(|part| !part.is_empty());
        let watch = self.config.watch || self.config.keep == Keep::Best || self.config.patience.is_some();
        while run.goes_on() {
            let epoch = run.history.epochs.len() + 1;
            let part = splits.map(|splits| &splits.train);
            let (last, flow) = self.epoch(part, epoch, &mut run, course.keeper, progress)?;
            let measured = validation.filter(|_| watch && flow.is_continue());
            let measured = measured.map(|part| self.evaluate(part)).transpose()?;
            let train = std::mem::take(&mut run.tally).metrics();
            let ended = Epoch { epoch, steps: run.step, train, validation: measured };
            run.history.epochs.push(ended);
            if let Some(metrics) = measured {
                self.judge(&mut run, epoch, metrics);
            }
            let told =
                Progress { epoch, step: run.step, steps: run.steps, loss: last, reward: None, ended: Some(ended) };
            let broken = flow.is_break() || progress(&told).is_break();
            if flow.is_continue() && course.keeper.is_due(broken) {
                course.keeper.keep(self.checkpoint(&run))?;
            }
            if broken {
                run.history.end = End::Interrupted;
            }
        }
        let Run { mut history, best, .. } = run;
        history.kept = history.epochs.len();
        history.validation = history.epochs.last().and_then(|epoch| epoch.validation);
        if let Some(best) = best {
            self.params = best.params;
            (history.kept, history.validation) = (best.epoch, Some(best.metrics));
        }
        if history.validation.is_none() && history.end != End::Interrupted {
            history.validation = validation.map(|part| self.evaluate(part)).transpose()?;
        }
        Ok(history)
    }

    /// A training of so many rows at its beginning, or where it was left.
    fn begin(&mut self, rows: usize, from: Option<&Checkpoint>) -> Result<Run<T>, Diagnostic> {
        let steps = match self.config.length {
            Length::Epochs(epochs) => epochs.saturating_mul(rows.div_ceil(self.config.batch)),
            Length::Steps(steps) => steps,
            Length::Episodes(_) => {
                let message = "data has rows, not episodes";
                return Err(Diagnostic::global(&BAD_TRAINING_SETTING, message).help("write `epochs: 10`"));
            }
        };
        let mut run = Run {
            step: 0,
            steps,
            optimizer: Optimizer::new(self.config.rule, self.model.layout()),
            tally: Tally::default(),
            history: History { epochs: Vec::new(), kept: 0, validation: None, end: End::Complete },
            best: None,
            least: f64::INFINITY,
            waited: 0,
        };
        let Some((from, Place::Rows(rows))) = from.map(|from| (from, &from.place)) else { return Ok(run) };
        from.restore(&mut self.params, &mut run.optimizer);
        run.history.epochs.clone_from(&from.epochs);
        (run.step, run.tally, run.waited) = (rows.step, rows.tally, rows.waited);
        run.least = rows.least.unwrap_or(f64::INFINITY);
        let best = rows.best.as_ref();
        run.best = best.map(|(epoch, metrics, params)| Best { epoch: *epoch, metrics: *metrics, params: params.to() });
        if self.config.patience.is_some_and(|patience| run.waited >= patience) {
            run.history.end = End::Patience;
        }
        Ok(run)
    }

    /// Where the training stands.
    fn checkpoint(&self, run: &Run<T>) -> Checkpoint {
        let place = Rows {
            step: run.step,
            tally: run.tally,
            best: run.best.as_ref().map(|best| (best.epoch, best.metrics, Exact::of(&best.params))),
            least: Some(run.least).filter(|least| least.is_finite()),
            waited: run.waited,
        };
        Checkpoint::new(&self.params, &run.optimizer, &run.history.epochs, Place::Rows(place))
    }

    /// Keeps the best epoch, and counts those that were no better.
    fn judge(&self, run: &mut Run<T>, epoch: usize, metrics: Metrics) {
        if self.config.keep == Keep::Best && run.best.as_ref().is_none_or(|best| metrics.better_than(&best.metrics)) {
            run.best = Some(Best { epoch, metrics, params: self.params.clone() });
        }
        run.waited = if metrics.loss < run.least { 0 } else { run.waited + 1 };
        run.least = run.least.min(metrics.loss);
        if self.config.patience.is_some_and(|patience| run.waited >= patience) {
            run.history.end = End::Patience;
        }
    }

    /// One pass over the training part, or what is left of one, or one step without data; the loss of the last batch.
    fn epoch(
        &mut self,
        part: Option<&Dataset>,
        epoch: usize,
        run: &mut Run<T>,
        keeper: &mut dyn Keeper,
        progress: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<(f64, ControlFlow<()>), Diagnostic> {
        let order = order(part.map_or(1, Dataset::len), self.config.shuffle, self.seed, epoch);
        let done = run.step - run.before().min(run.step);
        let (mut last, mut flow) = (0.0, ControlFlow::Continue(()));
        let mut feed = std::mem::take(&mut self.feed);
        for rows in order.chunks(self.config.batch).skip(done).take(run.steps - run.step) {
            match part {
                Some(part) => feed.fill(part, rows),
                None => feed = Feed::empty(),
            }
            last = self.step(&mut feed, run, epoch)?;
            let told = Progress { epoch, step: run.step, steps: run.steps, loss: last, reward: None, ended: None };
            flow = progress(&told);
            if keeper.is_due(flow.is_break()) {
                keeper.keep(self.checkpoint(run))?;
            }
            if flow.is_break() {
                break;
            }
        }
        self.feed = feed;
        Ok((last, flow))
    }

    /// One optimiser step; gives the loss of the batch.
    fn step(&mut self, feed: &mut Feed<T>, run: &mut Run<T>, epoch: usize) -> Result<f64, Diagnostic> {
        let mode = Mode::Train { seed: self.seed, step: run.step as u64 };
        let mut loss = self.forward(feed, mode, &mut run.tally, true)?;
        if loss.is_none() {
            // Some rows have no output: the same batch without them.
            loss = self.forward(feed, mode, &mut run.tally, true)?;
        }
        let Some(loss) = loss.filter(|loss| loss.is_finite()) else {
            let message = format!("the loss is not a finite number after {} steps (epoch {epoch})", run.step);
            return Err(Diagnostic::global(&NON_FINITE_LOSS, message)
                .help("lower the learning rate, or scale the data with `scale: standard`"));
        };
        self.gradient.fill(T::zero());
        self.model.backward(&self.params, &self.d_outputs, &mut self.gradient, None)?;
        let rate = self.config.lr * self.config.schedule.factor(run.step as u64, run.steps as u64);
        run.optimizer.step(&mut self.params, &self.gradient, rate);
        run.step += 1;
        Ok(loss)
    }

    /// Runs the rows of `feed` and measures them. If some have no output they are dropped from `feed`, counted, and
    /// `None` says so; with none left the loss is NaN.
    fn forward(
        &mut self,
        feed: &mut Feed<T>,
        mode: Mode,
        tally: &mut Tally,
        train: bool,
    ) -> Result<Option<f64>, Diagnostic> {
        let rows = feed.rows();
        let features = [feed.features()];
        let inputs: &[&[T]] = if self.inputs == 0 { &[] } else { &features };
        let outputs = self.model.forward(&mut self.params, inputs, rows, mode)?;
        let width = self.width[1];
        let defined: Vec<bool> = outputs.chunks_exact(width).map(|row| row.iter().all(|x| !x.is_nan())).collect();
        let lost = defined.iter().filter(|defined| !**defined).count();
        if lost > 0 {
            if lost == rows && train {
                return Ok(Some(f64::NAN));
            }
            tally.add_undefined(lost);
            feed.retain(&defined);
            return Ok(None);
        }
        if rows == 0 {
            return Ok(Some(0.0));
        }
        self.d_outputs.resize(outputs.len(), T::zero());
        let target = match feed.wanted() {
            Wanted::Labels(labels) => Wants::Classes(labels),
            Wanted::Values(values) => Wants::Values(values),
            Wanted::Nothing => Wants::None,
        };
        let loss = self.config.loss.value_and_gradient(outputs, width, target, &mut self.d_outputs)?;
        tally.add(loss, outputs, width, feed.wanted(), rows);
        Ok(Some(loss))
    }

    /// Measures a part: no dropout, running statistics, weights unchanged.
    ///
    /// # Errors
    /// `QN0851`, `QN0852` if model, loss and data do not fit, `QN0853` if no row has an output.
    pub fn evaluate(&mut self, part: &Dataset) -> Result<Metrics, Diagnostic> {
        self.check_part(part)?;
        let order = order(part.len(), false, 0, 0);
        let mut tally = Tally::default();
        let mut feed = std::mem::take(&mut self.feed);
        for rows in order.chunks(self.config.batch.max(EVALUATION_BATCH)) {
            feed.fill(part, rows);
            if self.forward(&mut feed, Mode::Evaluate, &mut tally, false)?.is_none() && feed.rows() > 0 {
                self.forward(&mut feed, Mode::Evaluate, &mut tally, false)?;
            }
        }
        self.feed = feed;
        let metrics = tally.metrics();
        if part.is_empty() || metrics.loss.is_finite() {
            return Ok(metrics);
        }
        Err(Diagnostic::global(&NON_FINITE_LOSS, format!("the loss on the {} part is not a finite number", part.name)))
    }

    /// What the model gives for the first `rows` rows of a part, row after row.
    ///
    /// # Errors
    /// `QN0851`, `QN0852` if model, loss and data do not fit.
    pub fn outputs(&mut self, part: &Dataset, rows: usize) -> Result<Vec<f64>, Diagnostic> {
        self.check_part(part)?;
        let rows = order(rows.min(part.len()), false, 0, 0);
        self.feed.fill(part, &rows);
        let outputs = self.model.forward(&mut self.params, &[self.feed.features()], rows.len(), Mode::Evaluate)?;
        Ok(outputs.iter().map(|x| x.wide()).collect())
    }

    /// Measures a model without data.
    ///
    /// # Errors
    /// `QN0851`, `QN0852` if it takes data or does not give one number, `QN0853` if that is not finite.
    pub fn evaluate_alone(&mut self) -> Result<Metrics, Diagnostic> {
        self.check_alone()?;
        let mut tally = Tally::default();
        let mut feed = Feed::empty();
        self.forward(&mut feed, Mode::Evaluate, &mut tally, false)?;
        let metrics = tally.metrics();
        if metrics.loss.is_finite() {
            return Ok(metrics);
        }
        Err(Diagnostic::global(&NON_FINITE_LOSS, format!("the output of `{}` is not a finite number", self.name)))
    }

    /// Does the model take the features of `part`, and give what its targets and the loss want?
    fn check_part(&self, part: &Dataset) -> Result<(), Diagnostic> {
        let [inputs, outputs] = self.width;
        let shape = |message: String| Err(Diagnostic::global(&SHAPE_OF_DATA, message));
        if self.inputs != 1 {
            return shape(format!("`{}` has {} inputs, and a data set feeds one", self.name, self.inputs));
        }
        if inputs != part.width() {
            let message = format!("`{}` takes {inputs} numbers a sample, the data has {}", self.name, part.width());
            return shape(message);
        }
        let (loss, name) = (self.config.loss, self.config.loss.meta.name);
        let unfit = |message: String, help: &str| Err(Diagnostic::global(&LOSS_OF_DATA, message).help(help));
        let mut wanted = part.target_shape().iter().product::<usize>();
        match &part.targets {
            _ if loss.wants_nothing() => {
                return unfit(format!("the loss `{name}` is for models without data"), "write `loss: cross_entropy`");
            }
            Targets::Classes { n_classes: 2, .. } if name == "bce" => wanted = 1,
            Targets::Classes { .. } if !loss.wants_classes() => {
                return unfit(
                    format!("the loss `{name}` wants numbers, the data has {wanted} classes"),
                    "write `loss: cross_entropy`, or `target: input` for an autoencoder",
                );
            }
            Targets::Values { .. } | Targets::Input if loss.wants_classes() => {
                return unfit(format!("the loss `{name}` wants classes, the data has numbers"), "write `loss: mse`");
            }
            _ => {}
        }
        if outputs != wanted {
            let what = format!("`{}` gives {outputs} numbers a sample, the loss `{name}` wants {wanted}", self.name);
            return shape(what);
        }
        Ok(())
    }

    /// Can the model be trained without data?
    fn check_alone(&self) -> Result<(), Diagnostic> {
        if self.inputs > 0 {
            let message = format!("`{}` takes data, and the search has none", self.name);
            return Err(Diagnostic::global(&SHAPE_OF_DATA, message).help("add `data: ..` to the search"));
        }
        if !self.config.loss.wants_nothing() {
            let message = format!("the loss `{}` compares with data, and there is none", self.config.loss.meta.name);
            return Err(Diagnostic::global(&LOSS_OF_DATA, message).help("write `loss: output`"));
        }
        if self.width[1] != 1 {
            let message = format!("the loss `output` wants one number, `{}` gives {}", self.name, self.width[1]);
            return Err(Diagnostic::global(&SHAPE_OF_DATA, message));
        }
        Ok(())
    }
}

/// What changes from step to step.
struct Run<T: Real> {
    step: usize,
    steps: usize,
    optimizer: Optimizer<T>,
    /// Sums of the running epoch.
    tally: Tally,
    history: History,
    best: Option<Best<T>>,
    /// The least loss of the validation part, and the epochs since.
    least: f64,
    waited: usize,
}

impl<T: Real> Run<T> {
    /// The last step of the epoch before the running one.
    fn before(&self) -> usize {
        self.history.epochs.last().map_or(0, |before| before.steps)
    }

    /// Is there a step left, or an epoch that was left after its last step and not ended?
    fn goes_on(&self) -> bool {
        self.history.end == End::Complete && (self.step < self.steps || self.step > self.before())
    }
}

/// Are the settings possible?
fn check(config: &TrainConfig) -> Result<(), Diagnostic> {
    let wrong = |message: &str| Err(Diagnostic::global(&BAD_TRAINING_SETTING, message));
    match config {
        TrainConfig { batch: 0, .. } => wrong("`batch` must be at least 1"),
        TrainConfig { length: Length::Epochs(0), .. } => wrong("`epochs` must be at least 1"),
        TrainConfig { length: Length::Steps(0), .. } => wrong("`steps` must be at least 1"),
        TrainConfig { patience: Some(0), .. } => wrong("`patience` must be at least 1"),
        _ => Ok(()),
    }
}
