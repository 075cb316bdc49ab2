//! All candidates at once: training a mixture, ranking what it is made of, and measuring the best of it alone.

use super::Running;
use super::hunt::Hunt;
use super::states::{State, States};
use crate::backends::hybrid::Layout;
use crate::diag::Diagnostic;
use crate::driver::data::{Numbers, Splits};
use crate::driver::relaxed::{Relaxed, mix_path, structural};
use crate::driver::search::{RunFolder, Settings, StrategyHeader};
use crate::driver::train::{self, Course, End, Epoch, Job, Length, Metrics, Progress, Tensor, TrainConfig, Weights};
use crate::hir::Assignment;
use crate::hir::template::SearchSpec;
use crate::ir::{Graph, MixRule, NodeId, Op};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

/// Where one candidate stands after training.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Standing {
    /// The circuit's path.
    pub site: String,
    /// Its choices.
    pub choices: Assignment,
    /// Its choices in words.
    pub words: String,
    /// Its position among the candidates, from 1.
    pub candidate: usize,
    /// Its coefficient in the mixture; `None` if it was pruned.
    pub coefficient: Option<f64>,
    /// Is it proved not to depend on its angles?
    pub constant: bool,
}

/// What was measured of the mixture or a part of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// `ensemble`, or the number of best candidates.
    pub what: String,
    /// Trainable numbers.
    pub weights: usize,
    /// With the weights the mixture was trained to, on the validation part.
    pub validation: Option<Metrics>,
    /// The same on the test part.
    pub test: Option<Metrics>,
    /// Trained alone from the beginning, on the validation part.
    pub alone_validation: Option<Metrics>,
    /// The same on the test part.
    pub alone_test: Option<Metrics>,
    /// Every epoch of that training.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alone_epochs: Vec<Epoch>,
}

/// What is told while a mixture is trained.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// Something has ended; a line that stays.
    Line(&'a str),
    /// A training has come so far.
    Step(&'a Progress),
}

/// What training a mixture gives.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RelaxedReport {
    /// The candidates of every site, best first.
    pub standings: Vec<Standing>,
    /// What was measured.
    pub measured: Vec<Measured>,
    /// Every epoch of the mixture's training.
    pub epochs: Vec<Epoch>,
    /// Was it broken off?
    pub interrupted: bool,
}

/// Trainable numbers of a mixture, before anything runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct RelaxedSizes {
    /// Candidates of all sites.
    pub candidates: usize,
    /// Those that are proved not to depend on their angles.
    pub constant: usize,
    /// Angles.
    pub quantum: usize,
    /// Structural weights.
    pub structural: usize,
    /// Everything else.
    pub classical: usize,
}

/// Trainable numbers, and how many of them are angles.
fn trainable(graph: &Graph) -> (usize, usize) {
    let all = || graph.weights.iter().filter(|weight| weight.trainable);
    (all().map(|weight| weight.len()).sum(), all().filter(|weight| weight.quantum).map(|weight| weight.len()).sum())
}

/// The sizes of a search's mixture; `None` if the search asks for one candidate after another.
///
/// # Errors
/// `QN0836` and what the strategy's options are wrong about.
pub fn relaxed_sizes(spec: &SearchSpec) -> Result<Option<RelaxedSizes>, Diagnostic> {
    let Ok(StrategyHeader { name, options }) = super::strategy(spec) else { return Ok(None) };
    if !crate::driver::search::strategies::RELAXING.iter().any(|def| def.meta.name == name) {
        return Ok(None);
    }
    let space = crate::driver::space::FilteredSpace::new(&spec.template).into_choices();
    let relaxed = Relaxed::new(&space, &options)?;
    let graph = relaxed.graph(&space, &relaxed.everything(), relaxed.rule, false)?;
    let (all, quantum) = trainable(&graph);
    let structural = structural(&graph);
    let candidates = relaxed.sites.iter().flat_map(|site| &site.candidates);
    Ok(Some(RelaxedSizes {
        candidates: candidates.clone().count(),
        constant: candidates.filter(|candidate| candidate.constant).count(),
        quantum,
        structural,
        classical: all - quantum - structural,
    }))
}

/// A training of mixtures under way.
struct Mixing<'a, 'c> {
    hunt: &'a Hunt<'c>,
    relaxed: Relaxed,
    config: TrainConfig,
    running: &'a Running<'a>,
    tell: &'a mut dyn FnMut(Told<'_>),
    epochs: Vec<Epoch>,
    interrupted: bool,
    states: States<'a>,
}

impl RelaxedReport {
    /// The trainings with their names: the mixture, then its best candidates alone.
    pub fn trainings(&self) -> impl Iterator<Item = (String, &[Epoch])> {
        let alone = self.measured.iter().filter(|one| !one.alone_epochs.is_empty());
        let alone = alone.map(|one| (format!("{}, alone", one.what), &one.alone_epochs[..]));
        std::iter::once(("mixture".to_owned(), &self.epochs[..])).chain(alone)
    }
}

impl Hunt<'_> {
    /// Trains the mixture of all candidates, ranks them and measures mixture and best candidates; leaves `relaxed.json` and the
    /// mixture's weights in the run's folder. Goes on where an earlier process was ended, and comes to the same bytes. `tell` hears of
    /// every step and every finished stage.
    ///
    /// # Errors
    /// `QN0836`, what training has against model and data, and files that cannot be written.
    pub fn relax(
        &self,
        folder: &RunFolder,
        running: &Running<'_>,
        tell: &mut dyn FnMut(Told<'_>),
    ) -> Result<RelaxedReport, Diagnostic> {
        if let Some(report) = complete(folder) {
            return Ok(report);
        }
        let settings: &Settings = &self.strategy.options;
        let relaxed = Relaxed::new(&self.task.space, settings)?;
        let first: Vec<usize> = vec![0; relaxed.sites.len()];
        let config = self.task.train_config(&relaxed.discrete(&self.task.space, &first))?;
        let states = States::open(folder, &self.header(), running.clock);
        let epochs = Vec::new();
        let mut mixing = Mixing { hunt: self, relaxed, config, running, tell, epochs, interrupted: false, states };
        mixing.complain();
        for site in &mixing.relaxed.sites {
            let constant = site.candidates.iter().filter(|candidate| candidate.constant).count();
            let count = site.candidates.len();
            let line = format!("`{}`: {count} candidates, {constant} proved not to depend on their angles", site.path);
            (mixing.tell)(Told::Line(&line));
        }
        let (kept, weights) = mixing.train(settings)?;
        let coefficients = mixing.coefficients(&kept, &weights);
        let mut measured = Vec::new();
        if !mixing.interrupted {
            measured.push(mixing.ensemble(&kept, &coefficients, &weights)?);
            for best in settings.counts("top") {
                let chosen: Vec<Vec<usize>> =
                    (0..kept.len()).map(|site| mixing.best(&kept[site], &coefficients[site], best)).collect();
                // All that is left is the mixture itself.
                if chosen == kept && best > 1 {
                    continue;
                }
                let one = mixing.part(best, &chosen, (&kept, &coefficients), &weights)?;
                (mixing.tell)(Told::Line(&format!("measured {}", one.what)));
                measured.push(one);
            }
        }
        weights.save(&folder.path().join("mixture.safetensors"))?;
        let standings = mixing.standings(&kept, &coefficients);
        let Mixing { epochs, interrupted, states, .. } = mixing;
        let report = RelaxedReport { standings, measured, epochs, interrupted };
        folder.write_json(REPORT, &report)?;
        if !interrupted {
            states.clear();
        }
        Ok(report)
    }
}

/// The file of a run that holds what training its mixture gave.
const REPORT: &str = "relaxed.json";

/// What a run gave that came to its end.
fn complete(folder: &RunFolder) -> Option<RelaxedReport> {
    let text = std::fs::read(folder.path().join(REPORT)).ok()?;
    serde_json::from_slice(&text).ok().filter(|report: &RelaxedReport| !report.interrupted)
}

impl Mixing<'_, '_> {
    fn splits(&self) -> Option<&Splits> {
        self.hunt.task.splits.as_ref()
    }

    fn graph(&self, kept: &[Vec<usize>], rule: MixRule, discrete: bool) -> Result<Graph, Diagnostic> {
        self.relaxed.graph(&self.hunt.task.space, kept, rule, discrete).map(|graph| self.hunt.task.controlled(graph))
    }

    /// All stages; the candidates left and their weights.
    fn train(&mut self, settings: &Settings) -> Result<(Vec<Vec<usize>>, Weights), Diagnostic> {
        let mut kept = self.relaxed.everything();
        let prune = settings.counts("prune");
        let config = shared_out(&self.config, prune.len() + 1);
        let mut weights: Option<Weights> = None;
        for stage in 0..=prune.len() {
            if let (Some(at), Some(trained)) = (stage.checked_sub(1), &weights) {
                let coefficients = self.coefficients(&kept, trained);
                let lock = settings.real("lock").unwrap_or(1.0);
                let fewer: Vec<Vec<usize>> = (0..kept.len())
                    .map(|site| {
                        let count = if dominates(&coefficients[site], lock) { 1 } else { prune[at] };
                        self.best(&kept[site], &coefficients[site], count)
                    })
                    .collect();
                weights = Some(self.narrowed(trained, &kept, &fewer));
                kept = fewer;
            }
            let graph = self.graph(&kept, self.relaxed.rule, false)?;
            let label = format!("stage-{}", stage + 1);
            let trained = match settings.name("updates") {
                "bilevel" => self.in_turn(&label, &graph, &config, weights.as_ref())?,
                _ => self.fit((&label, 0), &graph, &config, weights.as_ref(), self.hunt.task.seed, None)?,
            };
            weights = Some(trained);
            let reached = self.epochs.last().map_or_else(String::new, |epoch| match epoch.train.reward {
                Some(reward) => format!(", mean reward of the last {} episodes {reward:.4}", epoch.train.rows),
                None => format!(", training loss {:.6}", epoch.train.loss),
            });
            let left: usize = kept.iter().map(Vec::len).sum();
            let line = format!("stage {} of {}: candidates {left}{reached}", stage + 1, prune.len() + 1);
            (self.tell)(Told::Line(&line));
            if self.interrupted {
                break;
            }
        }
        Ok((kept, weights.unwrap_or_default()))
    }

    /// Tells what is wrong with what an earlier process left.
    fn complain(&mut self) {
        for complaint in std::mem::take(&mut self.states.complaints) {
            (self.tell)(Told::Line(&complaint));
        }
    }

    /// One training of a graph under a name of its own, or one of several in turn; `on` goes before the search's own data.
    fn fit(
        &mut self,
        (label, turn): (&str, usize),
        graph: &Graph,
        config: &TrainConfig,
        start: Option<&Weights>,
        seed: u64,
        on: Option<&Splits>,
    ) -> Result<Weights, Diagnostic> {
        let graph = &self.cooled(graph);
        let job = Job { graph, config, seed, threads: self.running.jobs };
        let stop = self.running.stop;
        let origin = self.hunt.task.origin(&Assignment::default(), seed);
        let splits = on.or(self.hunt.task.splits.as_ref());
        self.states.found(label, |state| state.turn != turn || fits(state, graph, config));
        self.complain();
        let from = self.states.take(label, turn);
        let course = Course { from: from.as_ref(), keeper: &mut self.states.keeper(label, turn, &self.epochs) };
        let tell = &mut *self.tell;
        let mut progress = |now: &Progress| {
            tell(Told::Step(now));
            if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let trained = train::fit_from(job, splits, start, origin, course, &mut progress)?;
        let before = self.epochs.len();
        let steps = self.epochs.last().map_or(0, |epoch| epoch.steps);
        self.epochs.extend(trained.history.epochs.iter().map(|epoch| Epoch {
            epoch: before + epoch.epoch,
            steps: steps + epoch.steps,
            ..*epoch
        }));
        self.interrupted |= trained.history.end == End::Interrupted;
        Ok(trained.weights)
    }

    /// The graph with mixtures as cool as the steps before have made them: every training counts its own from 0.
    fn cooled(&self, graph: &Graph) -> Graph {
        let mut graph = graph.clone();
        let steps = self.epochs.last().map_or(0, |epoch| epoch.steps) as u64;
        let mixtures: Vec<NodeId> =
            graph.order().into_iter().filter(|&id| matches!(graph.node(id).op, Op::Mix { .. })).collect();
        for id in mixtures {
            if let Op::Mix { rule, .. } = &mut graph.node_mut(id).op {
                rule.start = rule.temperature(steps);
            }
        }
        graph
    }

    /// An epoch of the angles and layers on the training part, then one of the structural weights on the validation part.
    fn in_turn(
        &mut self,
        label: &str,
        graph: &Graph,
        config: &TrainConfig,
        start: Option<&Weights>,
    ) -> Result<Weights, Diagnostic> {
        let Some(splits) = self.splits().filter(|splits| !splits.validation.is_empty()) else {
            let message = "`updates: bilevel` trains structural weights on the validation part, which has no rows";
            let help = match self.hunt.task.environment {
                Some(_) => "write `updates: joint`: episodes of an environment have no parts",
                None => "give it some: `validation: 0.2`",
            };
            return Err(Diagnostic::global(&super::errors::EMPTY_PART, message).help(help));
        };
        let turned = Splits { train: splits.validation.clone(), ..splits.clone() };
        let structural: Vec<String> = self.relaxed.sites.iter().map(mix_path).collect();
        let only = |wanted: bool| {
            let mut graph = graph.clone();
            let others = graph.weights.iter_mut().filter(|weight| structural.contains(&weight.path) != wanted);
            others.for_each(|weight| weight.trainable = false);
            graph
        };
        let (angles, mixture) = (only(false), only(true));
        let rounds = match config.length {
            Length::Epochs(epochs) => epochs,
            Length::Steps(steps) | Length::Episodes(steps) => {
                steps.div_ceil(splits.train.len().div_ceil(config.batch).max(1))
            }
        };
        let config = TrainConfig { length: Length::Epochs(1), ..config.clone() };
        let mut weights = start.cloned();
        // Even turns are those of the angles. What was before the turn an earlier process was in is not needed again.
        let mut first = 0;
        let of = |turn: usize| if turn.is_multiple_of(2) { &angles } else { &mixture };
        if let Some(state) = self.states.found(label, |state| fits(state, of(state.turn), &config)) {
            (first, self.epochs) = (state.turn, state.before.clone());
        }
        for turn in first..2 * rounds.max(1) {
            // The first weights are those of the run's seed.
            let seed = self.hunt.task.seed.wrapping_add((turn / 2) as u64);
            let (graph, on, before) = match turn % 2 {
                0 => (&angles, None, usize::MAX),
                _ => (&mixture, Some(&turned), self.epochs.len()),
            };
            weights = Some(self.fit((label, turn), graph, &config, weights.as_ref(), seed, on)?);
            self.epochs.truncate(before);
            if self.interrupted {
                break;
            }
        }
        Ok(weights.unwrap_or_default())
    }

    /// The coefficients of what is left, site by site.
    fn coefficients(&self, kept: &[Vec<usize>], weights: &Weights) -> Vec<Vec<f64>> {
        let steps = self.epochs.last().map_or(0, |epoch| epoch.steps) as u64;
        let temperature = self.relaxed.rule.temperature(steps.saturating_sub(1));
        let of = |(site, kept): (&crate::driver::relaxed::Site, &Vec<usize>)| match weights.tensors.get(&mix_path(site))
        {
            Some(tensor) => {
                let numbers: Vec<f64> = (0..kept.len()).map(|at| tensor.values.get(at)).collect();
                self.relaxed.rule.coefficients(&numbers, temperature)
            }
            None => vec![1.0; kept.len()],
        };
        self.relaxed.sites.iter().zip(kept).map(of).collect()
    }

    /// The best `count` of what is left, in program order: those with the largest coefficients, whatever their sign.
    fn best(&self, kept: &[usize], coefficients: &[f64], count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..kept.len()).collect();
        order.sort_by(|&a, &b| coefficients[b].abs().total_cmp(&coefficients[a].abs()));
        let mut best: Vec<usize> = order.into_iter().take(count.max(1)).map(|at| kept[at]).collect();
        best.sort_unstable();
        best
    }

    /// The weights with the structural ones of fewer candidates.
    fn narrowed(&self, weights: &Weights, kept: &[Vec<usize>], fewer: &[Vec<usize>]) -> Weights {
        let mut out = weights.clone();
        for ((site, kept), fewer) in self.relaxed.sites.iter().zip(kept).zip(fewer) {
            if let Some(tensor) = weights.tensors.get(&mix_path(site)) {
                let numbers =
                    kept.iter().enumerate().filter(|(_, at)| fewer.contains(at)).map(|(k, _)| tensor.values.get(k));
                set(&mut out, &mix_path(site), numbers.collect());
            }
        }
        out
    }

    /// The mixture as it was trained, its coefficients written down.
    fn ensemble(
        &self,
        kept: &[Vec<usize>],
        coefficients: &[Vec<f64>],
        weights: &Weights,
    ) -> Result<Measured, Diagnostic> {
        let mut fixed = weights.clone();
        for (site, coefficients) in self.relaxed.sites.iter().zip(coefficients) {
            set(&mut fixed, &mix_path(site), coefficients.clone());
        }
        let graph = self.graph(kept, MixRule::RAW, false)?;
        let [validation, test] = self.measure(&graph, &fixed)?;
        let weights = trainable(&graph).0;
        let what = "ensemble".into();
        let alone_epochs = Vec::new();
        Ok(Measured { what, weights, validation, test, alone_validation: None, alone_test: None, alone_epochs })
    }

    /// The best candidates: as they come out of the mixture, and trained again from the beginning.
    fn part(
        &mut self,
        best: usize,
        chosen: &[Vec<usize>],
        (kept, coefficients): (&[Vec<usize>], &[Vec<f64>]),
        weights: &Weights,
    ) -> Result<Measured, Diagnostic> {
        let mut fixed = weights.clone();
        for (site, ((kept, chosen), coefficients)) in
            self.relaxed.sites.iter().zip(kept.iter().zip(chosen).zip(coefficients))
        {
            // What is left takes over the share of what is gone.
            let of = |at: &usize| kept.iter().position(|k| k == at).map_or(0.0, |k| coefficients[k]);
            let (all, mine): (f64, f64) = (coefficients.iter().sum(), chosen.iter().map(of).sum());
            let scale = if mine.abs() > 1e-12 { all / mine } else { 1.0 };
            set(&mut fixed, &mix_path(site), chosen.iter().map(|at| scale * of(at)).collect());
        }
        let [validation, test] = self.measure(&self.graph(chosen, MixRule::RAW, false)?, &fixed)?;
        let graph = self.graph(chosen, self.relaxed.rule, true)?;
        let (epochs, config) = (std::mem::take(&mut self.epochs), self.config.clone());
        let label = format!("top-{best}");
        let alone = self.fit((&label, 0), &graph, &config, None, self.hunt.task.seed, None);
        let alone_epochs = std::mem::replace(&mut self.epochs, epochs);
        let alone = alone?;
        let [alone_validation, alone_test] =
            if self.interrupted { [None, None] } else { self.measure(&graph, &alone)? };
        let (what, weights) = (format!("top {best}"), trainable(&graph).0);
        Ok(Measured { what, weights, validation, test, alone_validation, alone_test, alone_epochs })
    }

    /// What weights achieve on the validation and the test part.
    fn measure(&self, graph: &Graph, weights: &Weights) -> Result<[Option<Metrics>; 2], Diagnostic> {
        let job = Job { graph, config: &self.config, seed: self.hunt.task.seed, threads: self.running.jobs };
        let known: Vec<&str> = graph.weights.iter().map(|weight| &*weight.path).collect();
        let mut fitting = weights.clone();
        fitting.tensors.retain(|path, _| known.contains(&&**path));
        let Some(splits) = self.splits() else {
            return Ok([Some(train::evaluate_alone(job, &fitting)?), None]);
        };
        let on = |part: &crate::driver::data::Dataset| match part.is_empty() {
            true => Ok(None),
            false => train::evaluate(job, &fitting, part).map(Some),
        };
        Ok([on(&splits.validation)?, on(&splits.test)?])
    }

    fn standings(&self, kept: &[Vec<usize>], coefficients: &[Vec<f64>]) -> Vec<Standing> {
        let mut out = Vec::new();
        for (site, (kept, coefficients)) in self.relaxed.sites.iter().zip(kept.iter().zip(coefficients)) {
            let mut here: Vec<Standing> = site
                .candidates
                .iter()
                .enumerate()
                .map(|(at, candidate)| Standing {
                    site: site.path.clone(),
                    choices: candidate.choices.clone(),
                    words: candidate.describe(site),
                    candidate: at + 1,
                    coefficient: kept.iter().position(|k| *k == at).map(|k| coefficients[k]),
                    constant: candidate.constant,
                })
                .collect();
            let size = |one: &Standing| one.coefficient.map_or(-1.0, f64::abs);
            here.sort_by(|a, b| size(b).total_cmp(&size(a)));
            out.extend(here);
        }
        out
    }
}

/// Does what was kept of a training belong to a model trained in this way?
fn fits(state: &State, graph: &Graph, config: &TrainConfig) -> bool {
    state.at.fits(&Layout::new(graph), config.rule, config.policy.is_some())
}

/// Has one candidate at least this share of all coefficients? A share of 1 is never asked for.
fn dominates(coefficients: &[f64], share: f64) -> bool {
    let sizes = || coefficients.iter().map(|coefficient| coefficient.abs());
    share < 1.0 && sizes().fold(0.0, f64::max) >= share * sizes().sum::<f64>()
}

/// The same training with its length shared out among stages.
fn shared_out(config: &TrainConfig, stages: usize) -> TrainConfig {
    if stages == 1 { config.clone() } else { config.shortened(1.0 / stages as f64) }
}

fn set(weights: &mut Weights, path: &str, numbers: Vec<f64>) {
    let tensor = Tensor { shape: vec![numbers.len()], values: Numbers::F64(numbers) };
    weights.tensors.insert(path.to_owned(), tensor);
}
