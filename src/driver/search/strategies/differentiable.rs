//! `differentiable`: all candidates of a relaxed choice trained at once, as a weighted sum of what they give.

use super::StrategyDef;
use crate::driver::search::options::{OptionDefault, OptionKind, OptionSpec};
use crate::driver::search::strategy::{Done, Proposal, Scored, Status, Strategy};
use crate::hir::Space;
use crate::meta;
use rand::Rng;

const fn option(name: &'static str, kind: OptionKind, default: OptionDefault, doc: &'static str) -> OptionSpec {
    OptionSpec { name, kind, default, doc }
}

/// The catalogue entry.
pub(super) static DIFFERENTIABLE: StrategyDef = StrategyDef {
    meta: meta!(
        "differentiable",
        "a relaxed choice: candidates mixed with weights that are trained with the angles",
        doc = "Every joint assignment of the choices below the circuit that `relax` names is a candidate, or of the choice around circuits that it \
               names. What the circuit gives is \
               the sum of what the candidates give, each times its structural weight; structural weights and angles are trained \
               together (`updates: joint`), or in turn, an epoch each, the structural weights on the validation part \
               (`updates: bilevel`). Candidates share angles because they share paths, unless `angles: separate`.\n\n\
               `mix: raw` takes the structural weights as they are, from an equal share on; `softmax` and `gumbel_softmax` (with noise \
               while training) have a temperature that is multiplied by `decay` at every step, down to `floor`. With `prune: [6, 3]` \
               training has three equal stages: all candidates, the best six, the best three; `prune: [1]` locks the best, and with `lock: \
               0.9` a later stage keeps a candidate alone that has reached nine tenths of all coefficients.\n\n\
               Candidates that are proved not to depend on their angles are named before training and computed once. Afterwards the \
               mixture, and for every `k` of `top` the best `k` candidates alone, are measured: as they come out of the mixture, and \
               trained again from the beginning.",
        source = "S. Y.-C. Chen et al., arXiv 2505.09653; H. Liu, K. Simonyan, Y. Yang, DARTS, ICLR 2019"
    ),
    options: &[
        option(
            "relax",
            OptionKind::Target,
            OptionDefault::Required,
            "the circuit whose choices are relaxed, or one choice in it or around circuits",
        ),
        option(
            "mix",
            OptionKind::OneOf(&["raw", "softmax", "gumbel_softmax"]),
            OptionDefault::Name("raw"),
            "how structural weights become coefficients",
        ),
        option("temperature", OptionKind::Positive, OptionDefault::Real(1.0), "temperature of the first step"),
        option("floor", OptionKind::Positive, OptionDefault::Real(0.1), "least temperature"),
        option("decay", OptionKind::Positive, OptionDefault::Real(0.999), "factor of the temperature at every step"),
        option(
            "angles",
            OptionKind::OneOf(&["shared", "separate"]),
            OptionDefault::Name("shared"),
            "one set of angles for all candidates, or one each",
        ),
        option(
            "updates",
            OptionKind::OneOf(&["joint", "bilevel"]),
            OptionDefault::Name("joint"),
            "structural weights with the angles, or in turn on the validation part",
        ),
        option(
            "prune",
            OptionKind::Counts,
            OptionDefault::Counts(&[]),
            "how many candidates later stages of training keep",
        ),
        option(
            "lock",
            OptionKind::Fraction,
            OptionDefault::Real(1.0),
            "share of all coefficients with which a candidate is kept alone from the next stage on; 1 is never",
        ),
        option(
            "top",
            OptionKind::Counts,
            OptionDefault::Counts(&[1, 3]),
            "how many of the best candidates are measured alone",
        ),
    ],
    build: |_, _| Box::new(Whole),
    conflict: |settings| {
        let prune = settings.counts("prune");
        let falls = prune.windows(2).all(|pair| pair[0] > pair[1]);
        (!falls).then(|| ("prune", "must name fewer candidates from stage to stage".to_owned()))
    },
};

/// Proposes nothing: there is one training, of everything at once.
struct Whole;

impl Strategy for Whole {
    fn ask(&mut self, _: usize, _: &dyn Space, _: &mut dyn Rng) -> Vec<Proposal> {
        Vec::new()
    }

    fn tell(&mut self, _: &[Scored]) {}

    fn done(&self) -> Option<Done> {
        Some(Done::Completed)
    }

    fn batch(&self) -> usize {
        1
    }

    fn status(&self) -> Status {
        Status::default()
    }
}
