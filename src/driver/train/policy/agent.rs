//! The loop of policies: play, learn, measure.

use super::objective::{Places, Shares, actor_critic, returns};
use super::worker::{Worker, WorkerPlace};
use super::{Job, Policy};
use crate::backends::Real;
use crate::backends::hybrid::{Mode, Model};
use crate::backends::nn::optim::Optimizer;
use crate::diag::Diagnostic;
use crate::driver::memory;
use crate::driver::train::algorithms::Turns;
use crate::driver::train::checkpoint::{Checkpoint, Course, Place};
use crate::driver::train::config::{Length, TrainConfig};
use crate::driver::train::errors::{BAD_TRAINING_SETTING, NON_FINITE_LOSS, SHAPE_OF_DATA};
use crate::driver::train::metrics::{Epoch, Metrics};
use crate::driver::train::trainer::{End, History, Progress};
use crate::driver::train::weights::{Inherited, Origin, Weights};
use crate::ir::Graph;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// Episodes of a point of the reward curve, and of the mean that progress shows.
const BLOCK: usize = 100;

/// A policy with its weights.
pub(super) struct Agent<'a, T: Real> {
    model: Model<T>,
    name: String,
    config: &'a TrainConfig,
    policy: &'a Policy,
    seed: u64,
    places: Places,
    params: Vec<T>,
    gradient: Vec<T>,
    d_outputs: Vec<T>,
    /// Observations of a forward pass, row after row.
    batch: Vec<T>,
    /// Steps of the optimiser so far.
    updates: usize,
    /// Have the weights changed since the last forward pass?
    changed: bool,
}

/// Episodes that have ended, and the losses between them.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
struct Score {
    done: usize,
    /// Rewards of the last episodes.
    recent: VecDeque<f64>,
    /// Rewards of the running block.
    block: Vec<f64>,
    losses: (f64, usize),
}

/// How far the training of a policy is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(in crate::driver::train) struct Episodes {
    updates: usize,
    turn: usize,
    score: Score,
    workers: Vec<WorkerPlace>,
}

/// A training under way.
struct Run<T: Real> {
    workers: Vec<Worker<T>>,
    optimizer: Optimizer<T>,
    history: History,
    score: Score,
    /// Changes of weights so far.
    turn: usize,
}

impl Score {
    fn mean(rewards: impl ExactSizeIterator<Item = f64>) -> f64 {
        let count = rewards.len().max(1);
        rewards.sum::<f64>() / count as f64
    }

    /// Takes an episode; the block, if it is full or the last.
    fn add(&mut self, reward: f64, of: usize, steps: usize, epochs: &mut Vec<Epoch>) -> Option<Epoch> {
        self.done += 1;
        self.recent.push_back(reward);
        if self.recent.len() > BLOCK {
            self.recent.pop_front();
        }
        self.block.push(reward);
        if self.block.len() < BLOCK && self.done < of {
            return None;
        }
        let train = Metrics {
            loss: self.losses.0 / self.losses.1.max(1) as f64,
            accuracy: None,
            reward: Some(Self::mean(self.block.iter().copied())),
            rows: self.block.len(),
            undefined: 0,
        };
        self.losses = (0.0, 0);
        self.block.clear();
        let ended = Epoch { epoch: epochs.len() + 1, steps, train, validation: None };
        epochs.push(ended);
        Some(ended)
    }
}

impl<'a, T: Real> Agent<'a, T> {
    /// Compiles a model and draws its weights.
    pub(super) fn new(job: Job<'a>, policy: &'a Policy) -> Result<Self, Diagnostic> {
        let Job { graph, config, seed, threads } = job;
        let mut model = Model::compile(graph)?;
        let places = places(graph, &model, policy)?;
        memory::check(model.state_bytes(true))?;
        model.set_threads(threads);
        let params = model.initial(seed);
        Ok(Self {
            name: graph.name.clone(),
            config,
            policy,
            seed,
            places,
            gradient: vec![T::zero(); params.len()],
            d_outputs: Vec::new(),
            batch: Vec::new(),
            updates: 0,
            changed: true,
            params,
            model,
        })
    }

    /// The weights by path.
    pub(super) fn weights(&self, origin: Origin) -> Weights {
        Weights::of(self.model.layout(), &self.params, origin)
    }

    /// Sets all weights.
    pub(super) fn fill(&mut self, weights: &Weights) -> Result<(), Diagnostic> {
        weights.fill(self.model.layout(), &mut self.params)
    }

    /// Takes over the weights with the same paths.
    pub(super) fn inherit(&mut self, weights: &Weights) -> Inherited {
        weights.inherit(self.model.layout(), &mut self.params)
    }

    /// Trains until as many episodes have ended as asked for.
    pub(super) fn fit(
        &mut self,
        course: Course<'_>,
        progress: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<History, Diagnostic> {
        let Length::Episodes(episodes) = self.config.length else {
            let message = "a policy is trained for a number of episodes";
            return Err(Diagnostic::global(&BAD_TRAINING_SETTING, message).help("write `episodes: 1000`"));
        };
        let mut run = self.begin(course.from);
        let mut finished = Vec::new();
        while run.score.done < episodes && run.history.end == End::Complete {
            let playing = match self.policy.algorithm.turns {
                Turns::InTurn => run.turn % run.workers.len()..run.turn % run.workers.len() + 1,
                Turns::Together | Turns::Episodes => 0..run.workers.len(),
            };
            run.turn += 1;
            finished.clear();
            self.roll(&mut run.workers[playing.clone()], &mut finished)?;
            let loss = self.learn(&mut run.workers[playing], &mut run.optimizer)?;
            let Run { score, history, .. } = &mut run;
            score.losses = (score.losses.0 + loss, score.losses.1 + 1);
            let mut ended = None;
            for &reward in finished.iter().take(episodes - score.done) {
                ended = score.add(reward, episodes, self.updates, &mut history.epochs).or(ended);
            }
            let recent = (!score.recent.is_empty()).then(|| Score::mean(score.recent.iter().copied()));
            let epoch = history.epochs.len() + usize::from(ended.is_none());
            let told = Progress { epoch, step: score.done, steps: episodes, loss, reward: recent, ended };
            if progress(&told).is_break() {
                history.end = End::Interrupted;
            }
            if course.keeper.is_due(run.history.end == End::Interrupted) {
                course.keeper.keep(self.checkpoint(&run))?;
            }
        }
        run.history.kept = run.history.epochs.len();
        Ok(run.history)
    }

    /// A training at its beginning, or where it was left.
    fn begin(&mut self, from: Option<&Checkpoint>) -> Run<T> {
        let worker = |at| Worker::new(&self.policy.environment, self.seed, &format!("policy/worker/{at}"));
        let mut run = Run {
            workers: (0..self.policy.workers).map(worker).collect(),
            optimizer: Optimizer::new(self.config.rule, self.model.layout()),
            history: History { epochs: Vec::new(), kept: 0, validation: None, end: End::Complete },
            score: Score::default(),
            turn: 0,
        };
        let Some((from, Place::Episodes(episodes))) = from.map(|from| (from, &from.place)) else { return run };
        from.restore(&mut self.params, &mut run.optimizer);
        run.history.epochs.clone_from(&from.epochs);
        (run.score, run.turn) = (episodes.score.clone(), episodes.turn);
        run.workers.iter_mut().zip(&episodes.workers).for_each(|(worker, place)| worker.go_to(place));
        (self.updates, self.changed) = (episodes.updates, true);
        run
    }

    /// Where the training stands.
    fn checkpoint(&self, run: &Run<T>) -> Checkpoint {
        let place = Episodes {
            updates: self.updates,
            turn: run.turn,
            score: run.score.clone(),
            workers: run.workers.iter().map(Worker::place).collect(),
        };
        Checkpoint::new(&self.params, &run.optimizer, &run.history.epochs, Place::Episodes(place))
    }

    /// Lets workers play with the weights as they are, as long as the algorithm says; rewards of episodes that end go to `finished`.
    fn roll(&mut self, workers: &mut [Worker<T>], finished: &mut Vec<f64>) -> Result<(), Diagnostic> {
        let turns = self.policy.algorithm.turns;
        let most = if turns == Turns::Episodes { usize::MAX } else { self.policy.every };
        for worker in workers.iter_mut() {
            worker.waits = false;
            worker.met.clear();
        }
        for _ in 0..most {
            if self.step(workers, self.mode(), turns != Turns::Together, finished)? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// One step of all workers that do not wait, who wait after the end of an episode if it `stops` them; how many there were.
    fn step(
        &mut self,
        workers: &mut [Worker<T>],
        mode: Mode,
        stops: bool,
        finished: &mut Vec<f64>,
    ) -> Result<usize, Diagnostic> {
        let playing: Vec<usize> = (0..workers.len()).filter(|&at| !workers[at].waits).collect();
        if playing.is_empty() {
            return Ok(0);
        }
        self.batch.clear();
        playing.iter().for_each(|&at| workers[at].look(&mut self.batch));
        let places = self.places.policy.clone();
        let (width, outputs) = self.forward(playing.len(), mode)?;
        let mut room = [Vec::new(), Vec::new()];
        for (row, &at) in outputs.chunks_exact(width).zip(&playing) {
            if let Some(reward) = workers[at].act(&row[places.clone()], &mut room) {
                finished.push(reward);
                workers[at].waits = stops;
            }
        }
        Ok(playing.len())
    }

    fn mode(&self) -> Mode {
        Mode::Train { seed: self.seed, step: self.updates as u64 }
    }

    /// Runs `self.batch`; numbers per row, and the rows, which are all finite.
    fn forward(&mut self, rows: usize, mode: Mode) -> Result<(usize, &[T]), Diagnostic> {
        let inputs: &[&[T]] = &[&self.batch];
        let width = self.model.output_len();
        let outputs = match std::mem::take(&mut self.changed) {
            true => self.model.forward(&mut self.params, inputs, rows, mode)?,
            false => self.model.forward_again(&mut self.params, inputs, rows, mode)?,
        };
        if outputs.iter().all(|x| x.is_finite()) {
            return Ok((width, outputs));
        }
        let message = format!("`{}` gives something that is no number after {} steps", self.name, self.updates);
        Err(Diagnostic::global(&NON_FINITE_LOSS, message).help("lower the learning rate, or `clip` the gradient"))
    }

    /// One step of the optimiser over what workers met; the loss.
    fn learn(&mut self, workers: &mut [Worker<T>], optimizer: &mut Optimizer<T>) -> Result<f64, Diagnostic> {
        let after = self.left_in(workers)?;
        self.batch.clear();
        let (mut actions, mut wanted) = (Vec::new(), Vec::new());
        for (worker, after) in workers.iter().zip(after) {
            self.batch.extend_from_slice(&worker.met.observations);
            actions.extend_from_slice(&worker.met.actions);
            wanted.extend(returns(&worker.met.ends, after, self.policy.gamma));
        }
        let mut d_outputs = std::mem::take(&mut self.d_outputs);
        d_outputs.resize(actions.len() * self.model.output_len(), T::zero());
        let (places, mode) = (self.places.clone(), self.mode());
        let shares = Shares { entropy: self.policy.entropy, value: self.policy.value };
        let (width, outputs) = self.forward(actions.len(), mode)?;
        let loss = actor_critic(outputs, (&places, width), (&actions, &wanted), shares, &mut d_outputs);
        self.gradient.fill(T::zero());
        self.model.backward(&self.params, &d_outputs, &mut self.gradient, None)?;
        self.d_outputs = d_outputs;
        let length = self.length();
        if !loss.is_finite() || !length.is_finite() {
            let message = format!("the loss is not a finite number after {} steps", self.updates);
            return Err(
                Diagnostic::global(&NON_FINITE_LOSS, message).help("lower the learning rate, or `clip` the gradient")
            );
        }
        if self.policy.clip > 0.0 && length > self.policy.clip {
            let factor = T::of(self.policy.clip / length);
            self.gradient.iter_mut().for_each(|g| *g *= factor);
        }
        optimizer.step(&mut self.params, &self.gradient, self.config.lr);
        self.updates += 1;
        self.changed = true;
        Ok(loss)
    }

    /// What the states are worth that workers are in, nothing where the last step ended an episode.
    fn left_in(&mut self, workers: &mut [Worker<T>]) -> Result<Vec<f64>, Diagnostic> {
        let mut after = vec![0.0; workers.len()];
        let goes_on = |worker: &Worker<T>| worker.met.ends.last().is_some_and(|(_, ended)| !ended);
        let open: Vec<usize> = (0..workers.len()).filter(|&at| goes_on(&workers[at])).collect();
        let Some(value) = self.places.value.filter(|_| !open.is_empty()) else { return Ok(after) };
        self.batch.clear();
        open.iter().for_each(|&at| workers[at].look(&mut self.batch));
        let mode = self.mode();
        let (width, outputs) = self.forward(open.len(), mode)?;
        for (row, &at) in outputs.chunks_exact(width).zip(&open) {
            after[at] = row[value].wide();
        }
        Ok(after)
    }

    /// Length of the gradient of everything that is trained.
    fn length(&self) -> f64 {
        let trained = self.model.layout().entries.iter().filter(|entry| entry.trainable);
        let square = |g: &T| g.wide() * g.wide();
        trained.flat_map(|entry| &self.gradient[entry.range()]).map(square).sum::<f64>().sqrt()
    }

    /// Plays as many episodes as the settings say, side by side; their mean reward, and as loss the same with a minus.
    pub(super) fn play(&mut self) -> Result<Metrics, Diagnostic> {
        let worker = |at| Worker::new(&self.policy.environment, self.seed, &format!("policy/evaluate/{at}"));
        let mut workers: Vec<Worker<T>> = (0..self.policy.evaluate).map(worker).collect();
        let mut finished = Vec::new();
        self.changed = true;
        while self.step(&mut workers, Mode::Evaluate, true, &mut finished)? > 0 {
            // Nothing is learnt from what they meet.
            workers.iter_mut().for_each(|worker| worker.met.clear());
        }
        // In a fixed order, though which episode ends first depends on the policy.
        finished.sort_by(f64::total_cmp);
        let reward = Score::mean(finished.into_iter());
        Ok(Metrics { loss: -reward, accuracy: None, reward: Some(reward), rows: self.policy.evaluate, undefined: 0 })
    }
}

/// Where a model gives what a policy must give.
fn places<T: Real>(graph: &Graph, model: &Model<T>, policy: &Policy) -> Result<Places, Diagnostic> {
    let shape = policy.environment.shape();
    let (name, environment) = (&graph.name, &policy.environment);
    let unfit = |message: String| Err(Diagnostic::global(&SHAPE_OF_DATA, message));
    let takes: Vec<usize> = graph.inputs.iter().map(|input| input.shape.iter().product()).collect();
    let shows: usize = shape.observation.iter().product();
    if takes != [shows] {
        let takes = takes.iter().map(usize::to_string).collect::<Vec<_>>().join(" and ");
        let takes = if takes.is_empty() { "nothing".to_owned() } else { format!("{takes} numbers") };
        return unfit(format!("`{name}` takes {takes}, and `{environment}` shows {shows}"));
    }
    let outputs: Vec<(&str, std::ops::Range<usize>)> = model.outputs().collect();
    let places = match &outputs[..] {
        [(_, policy)] => Places { policy: policy.clone(), value: None },
        [(a, policy), (b, value)] | [(b, value), (a, policy)]
            if *a == "policy" && *b == "value" && value.len() == 1 =>
        {
            Places { policy: policy.clone(), value: Some(value.start) }
        }
        _ => return unfit(format!("`{name}` is no policy: it must give `policy`, and may give one `value`")),
    };
    if places.policy.len() != shape.actions {
        let (gives, actions) = (places.policy.len(), shape.actions);
        return unfit(format!("the policy of `{name}` gives {gives} numbers, `{environment}` has {actions} actions"));
    }
    if policy.algorithm.needs_value && places.value.is_none() {
        let algorithm = policy.algorithm.meta.name;
        let message = format!("`{algorithm}` learns what states are worth, and `{name}` does not give it");
        return Err(Diagnostic::global(&SHAPE_OF_DATA, message)
            .help("let the model give `(policy: .., value: ..)`, or train with `reinforce`"));
    }
    Ok(places)
}
