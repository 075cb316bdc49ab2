//! The words of searches, gathered from the catalogues: data sets, trainers, optimisers, losses, strategies, metrics.

use super::data::{self, DataDirs, DataOptions};
use super::run::RETRAIN_SETTINGS;
use super::search::{OptionDefault, OptionKind, strategies::every};
use super::train;
use super::train::policy::{ALGORITHMS, POLICY_SETTINGS};
use crate::backends::nn::loss::LOSSES;
use crate::cost;
use crate::diag::Diagnostic;
use crate::environment::{ENVIRONMENTS, Spec};
use crate::hir::value::ConfigCall;
use crate::hir::vocabulary::{ArgKind, DataShape, MetricName, Parameter, Role, Signature, TargetKind, Vocabulary};
use crate::hir::{Setting, expr::Bindings, resolve_call};

/// Metrics that need a trained model, with a line for listings.
pub static TRAINED_METRICS: &[(&str, &str)] = &[
    ("accuracy", "share of the validation part that is classified correctly"),
    (
        "loss",
        "mean loss on the validation part; without data, the training loss itself; the reward with a minus for a policy",
    ),
    ("reward", "mean reward per episode of a trained policy; `minimize: [-reward]`"),
    (
        "representational_capacity",
        "how well untrained states tell classes apart, on training rows; measured before training",
    ),
    ("seconds", "measured seconds of one evaluation of the trained model, while no other candidate runs"),
];

const fn parameter(name: &'static str, kind: ArgKind, required: bool, doc: &'static str) -> Parameter {
    Parameter { name, kind, required, doc }
}

/// The vocabulary; the shapes of data sets come from `dirs`.
#[must_use]
pub fn vocabulary(dirs: &DataDirs) -> Vocabulary<'_> {
    let mut calls = data_sets();
    calls.extend(trainers());
    calls.extend(strategies());
    calls.extend(environments());
    Vocabulary {
        calls,
        metrics: metrics(),
        data: Box::new(|call| data_shape(call, dirs)),
        environments: Box::new(environment_shape),
    }
}

fn metrics() -> Vec<MetricName> {
    let trained = TRAINED_METRICS.iter().map(|(name, _)| (*name, true));
    let mut out: Vec<MetricName> =
        trained.map(|(name, trained)| MetricName { name: name.to_owned(), args: Vec::new(), trained }).collect();
    let priced = |name: String| MetricName { name, args: Vec::new(), trained: false };
    out.extend(cost::names().filter_map(cost::find).map(|chosen| MetricName {
        name: chosen.name(),
        args: chosen.metric.arguments().to_vec(),
        trained: false,
    }));
    // A metric of a gate is one name per gate, so that a misspelt gate finds its neighbour.
    for metric in cost::METRICS.iter().filter(|metric| metric.takes_gate) {
        let stem = metric.meta.name.split('<').next().unwrap_or_default();
        out.extend(crate::gates::GATES.iter().map(|gate| priced(format!("{stem}{}", gate.meta.name))));
    }
    out
}

fn data_sets() -> Vec<Signature> {
    let parameters: Vec<Parameter> =
        data::OPTIONS.iter().map(|(name, doc)| parameter(name, ArgKind::Any, false, doc)).collect();
    data::DATASETS
        .iter()
        .map(|entry| Signature { name: entry.meta.name, role: Role::Data, parameters: parameters.clone() })
        .collect()
}

fn trainers() -> Vec<Signature> {
    let mut out = vec![fit(), pareto()];
    out.extend(policies());
    out.extend(optimizers());
    out.extend(schedules());
    out.extend(LOSSES.iter().map(|loss| Signature { name: loss.meta.name, role: Role::Loss, parameters: Vec::new() }));
    out
}

fn fit() -> Signature {
    let kind = |name: &str| match name {
        "optimizer" => ArgKind::Call(Role::Optimizer),
        "loss" => ArgKind::Call(Role::Loss),
        "schedule" => ArgKind::Call(Role::Schedule),
        "epochs" | "steps" | "batch" | "patience" => ArgKind::Int,
        "shuffle" | "watch" => ArgKind::Bool,
        _ => ArgKind::Any,
    };
    let parameters = train::TRAINING_SETTINGS
        .iter()
        .map(|(name, doc)| parameter(name, kind(name), matches!(*name, "optimizer" | "loss"), doc))
        .collect();
    Signature { name: "fit", role: Role::Train, parameters }
}

/// `a2c` and its relatives.
fn policies() -> impl Iterator<Item = Signature> {
    let kind = |name: &str| match name {
        "optimizer" => ArgKind::Call(Role::Optimizer),
        "episodes" | "workers" | "every" | "evaluate" => ArgKind::Int,
        "precision" => ArgKind::Word(vec!["f32", "f64"]),
        _ => ArgKind::Number,
    };
    let required = |name: &str| matches!(name, "optimizer" | "episodes");
    let parameters: Vec<Parameter> =
        POLICY_SETTINGS.iter().map(|(name, doc)| parameter(name, kind(name), required(name), doc)).collect();
    ALGORITHMS.iter().map(move |algorithm| Signature {
        name: algorithm.meta.name,
        role: Role::Policy,
        parameters: parameters.clone(),
    })
}

fn environments() -> impl Iterator<Item = Signature> {
    ENVIRONMENTS.iter().map(|def| Signature {
        name: def.meta.name,
        role: Role::Environment,
        parameters: def.options.iter().map(|option| parameter(option.name, ArgKind::Int, false, option.doc)).collect(),
    })
}

fn pareto() -> Signature {
    let parameters = RETRAIN_SETTINGS.iter().map(|(name, doc)| parameter(name, ArgKind::Int, false, doc)).collect();
    Signature { name: "pareto", role: Role::Retrain, parameters }
}

const fn real(name: &'static str, doc: &'static str) -> Parameter {
    parameter(name, ArgKind::Real, false, doc)
}

const RATE: Parameter = real("lr", "the learning rate");
const DECAY: Parameter = real("weight_decay", "L2 penalty");
const ROOT: Parameter = real("eps", "added to the root");
const MOMENTUM: Parameter = real("momentum", "weight of the past");

fn optimizers() -> Vec<Signature> {
    let optimizer = |name, parameters| Signature { name, role: Role::Optimizer, parameters };
    let betas = || parameter("betas", ArgKind::Numbers, false, "decay of the two means");
    let nesterov = || parameter("nesterov", ArgKind::Bool, false, "look ahead");
    vec![
        optimizer("adam", vec![RATE, betas(), ROOT, DECAY]),
        optimizer("adamw", vec![RATE, betas(), ROOT, DECAY]),
        optimizer("sgd", vec![RATE, MOMENTUM, nesterov(), DECAY]),
        optimizer("rmsprop", vec![RATE, real("alpha", "decay of the mean square"), ROOT, MOMENTUM, DECAY]),
    ]
}

fn schedules() -> Vec<Signature> {
    let schedule = |name, parameters| Signature { name, role: Role::Schedule, parameters };
    let int = |name, doc| parameter(name, ArgKind::Int, false, doc);
    let warmup = || int("warmup", "steps of linear growth first");
    vec![
        schedule("constant", vec![warmup()]),
        schedule("cosine", vec![warmup(), real("floor", "the last factor")]),
        schedule("step", vec![warmup(), int("every", "steps between changes"), real("gamma", "factor of a change")]),
    ]
}

fn strategies() -> Vec<Signature> {
    let kind = |kind: OptionKind| match kind {
        OptionKind::Count { .. } => ArgKind::Int,
        OptionKind::Fraction => ArgKind::Real,
        OptionKind::Rate | OptionKind::Counts => ArgKind::Any,
        OptionKind::Positive => ArgKind::Real,
        OptionKind::Target => ArgKind::Target,
        OptionKind::Flag => ArgKind::Bool,
        OptionKind::Strategy => ArgKind::Call(Role::Strategy),
        OptionKind::OneOf(words) => ArgKind::Word(words.to_vec()),
    };
    every()
        .map(|def| Signature {
            name: def.meta.name,
            role: Role::Strategy,
            parameters: def
                .options
                .iter()
                .map(|spec| parameter(spec.name, kind(spec.kind), spec.default == OptionDefault::Required, spec.doc))
                .collect(),
        })
        .collect()
}

fn data_shape(call: &ConfigCall, dirs: &DataDirs) -> Result<DataShape, Diagnostic> {
    let options = resolve_call(call, &Bindings::default())
        .ok_or_else(|| {
            Diagnostic::error(
                &crate::hir::errors::types::NOT_FIXED,
                call.span,
                "the options of data are the same for every architecture",
            )
            .help("take the `choose` out of `data`")
        })
        .and_then(|setting| data_options(&setting))?;
    let description = data::describe(&call.name, &options, dirs)?;
    let size = |n: &usize| i64::try_from(*n).unwrap_or(i64::MAX);
    Ok(DataShape {
        features: description.feature_shape.iter().map(size).collect(),
        targets: description.target_shape.iter().map(size).product(),
        kind: if description.classes.is_some() { TargetKind::Classes } else { TargetKind::Values },
    })
}

/// The environment of `minigrid_empty(size: 5)`.
///
/// # Errors
/// `QN0860`, `QN0861`, and `QN0307` if its options are left open.
pub fn environment(call: &ConfigCall) -> Result<Spec, Diagnostic> {
    let Some(setting) = resolve_call(call, &Bindings::default()) else {
        let message = "the options of an environment are the same for every architecture";
        return Err(Diagnostic::error(&crate::hir::errors::types::NOT_FIXED, call.span, message)
            .help("take the `choose` out of `env`"));
    };
    let given = setting.as_call().map(|(_, arguments)| arguments).unwrap_or_default();
    let options: Vec<(&str, i64)> = given
        .iter()
        .filter_map(|(name, value)| match value {
            Setting::Int(value) => Some((name.as_str(), *value)),
            _ => None,
        })
        .collect();
    Spec::new(&call.name, &options).map_err(|mut diagnostic| {
        diagnostic.primary = diagnostic.primary.or(Some(call.span));
        diagnostic
    })
}

fn environment_shape(call: &ConfigCall) -> Result<DataShape, Diagnostic> {
    let shape = environment(call)?.shape();
    let size = |n: &usize| i64::try_from(*n).unwrap_or(i64::MAX);
    Ok(DataShape {
        features: shape.observation.iter().map(size).collect(),
        targets: size(&shape.actions),
        kind: TargetKind::Actions,
    })
}

/// The options of `iris(train: 0.6, scale: standard)`.
///
/// # Errors
/// `QN0911`, `QN0912`: an unknown option or a value of the wrong kind.
pub fn data_options(setting: &Setting) -> Result<DataOptions, Diagnostic> {
    let mut options = DataOptions::default();
    if let Setting::Call(_, args) = setting {
        for (name, value) in args {
            options.set(name, value)?;
        }
    }
    Ok(options)
}
