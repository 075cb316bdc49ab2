//! The words of searches, gathered from the catalogues: data sets, trainers, optimisers, losses, strategies, metrics.

use super::data::{self, DataDirs, DataOptions};
use super::search::{OptionDefault, OptionKind, STRATEGIES};
use super::train;
use crate::backends::nn::loss::LOSSES;
use crate::cost;
use crate::diag::Diagnostic;
use crate::hir::value::ConfigCall;
use crate::hir::vocabulary::{ArgKind, DataShape, MetricName, Parameter, Role, Signature, Vocabulary};
use crate::hir::{Setting, expr::Bindings, resolve_call};

/// Metrics that need a trained model, with a line for listings.
pub static TRAINED_METRICS: &[(&str, &str)] = &[
    ("accuracy", "share of the validation part that is classified correctly"),
    ("loss", "mean loss on the validation part; without data, the training loss itself"),
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
    Vocabulary { calls, metrics: metrics(), data: Box::new(|call| data_shape(call, dirs)) }
}

fn metrics() -> Vec<MetricName> {
    let trained = TRAINED_METRICS.iter().map(|(name, _)| (*name, true));
    let mut out: Vec<MetricName> =
        trained.map(|(name, trained)| MetricName { name: name.to_owned(), args: Vec::new(), trained }).collect();
    out.extend(cost::names().into_iter().map(|name| MetricName {
        name: name.to_string(),
        args: Vec::new(),
        trained: false,
    }));
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
    let real = |name, doc| parameter(name, ArgKind::Real, false, doc);
    let lr = || parameter("lr", ArgKind::Real, false, "the learning rate");
    let decay = || real("weight_decay", "L2 penalty");
    let optimizer = |name, parameters| Signature { name, role: Role::Optimizer, parameters };
    let adam = || {
        vec![
            lr(),
            parameter("betas", ArgKind::Numbers, false, "decay of the two means"),
            real("eps", "added to the root"),
            decay(),
        ]
    };
    let schedule = |name, parameters| Signature { name, role: Role::Schedule, parameters };
    let warmup = || parameter("warmup", ArgKind::Int, false, "steps of linear growth first");
    let mut out = vec![
        Signature {
            name: "fit",
            role: Role::Train,
            parameters: train::TRAINING_SETTINGS
                .iter()
                .map(|(name, doc)| {
                    let (kind, required) = match *name {
                        "optimizer" => (ArgKind::Call(Role::Optimizer), true),
                        "loss" => (ArgKind::Call(Role::Loss), true),
                        "schedule" => (ArgKind::Call(Role::Schedule), false),
                        "epochs" | "steps" | "batch" | "patience" => (ArgKind::Int, false),
                        "shuffle" | "watch" => (ArgKind::Bool, false),
                        _ => (ArgKind::Any, false),
                    };
                    parameter(name, kind, required, doc)
                })
                .collect(),
        },
        optimizer("adam", adam()),
        optimizer("adamw", adam()),
        optimizer(
            "sgd",
            vec![
                lr(),
                real("momentum", "weight of the past"),
                parameter("nesterov", ArgKind::Bool, false, "look ahead"),
                decay(),
            ],
        ),
        optimizer(
            "rmsprop",
            vec![
                lr(),
                real("alpha", "decay of the mean square"),
                real("eps", "added to the root"),
                real("momentum", "weight of the past"),
                decay(),
            ],
        ),
        schedule("constant", vec![warmup()]),
        schedule("cosine", vec![warmup(), real("floor", "the last factor")]),
        schedule(
            "step",
            vec![
                warmup(),
                parameter("every", ArgKind::Int, false, "steps between changes"),
                real("gamma", "factor of a change"),
            ],
        ),
    ];
    out.extend(LOSSES.iter().map(|loss| Signature { name: loss.meta.name, role: Role::Loss, parameters: Vec::new() }));
    out
}

fn strategies() -> Vec<Signature> {
    let kind = |kind: OptionKind| match kind {
        OptionKind::Count { .. } => ArgKind::Int,
        OptionKind::Fraction => ArgKind::Real,
        OptionKind::Rate => ArgKind::Any,
        OptionKind::Flag => ArgKind::Bool,
        OptionKind::OneOf(words) => ArgKind::Word(words.to_vec()),
    };
    STRATEGIES
        .iter()
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
        classes: description.classes.is_some(),
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
