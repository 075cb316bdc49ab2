//! `--baseline`: what a search or a training is compared with. Controls of models come from the driver, which names them.

use crate::driver::run::Control;
use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// `--baseline` of `qnas search`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Baseline {
    /// The same space, drawn from at random.
    Random,
    /// The same search for a control of every architecture.
    Control(Control),
}

fn shown(control: Control) -> PossibleValue {
    PossibleValue::new(control.name()).help(control.describe())
}

impl ValueEnum for Baseline {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Random, Self::Control(Control::Classical), Self::Control(Control::Frozen)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Random => PossibleValue::new("random").help("the same space, drawn from at random"),
            Self::Control(control) => shown(*control),
        })
    }
}

/// Reads the name of a control.
pub(super) fn controls() -> impl TypedValueParser<Value = Control> {
    let known = PossibleValuesParser::new(Control::ALL.map(shown));
    known.try_map(|name| {
        Control::ALL.into_iter().find(|control| control.name() == name).ok_or("no control has this name")
    })
}
