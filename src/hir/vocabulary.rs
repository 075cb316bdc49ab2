//! What the floors above contribute to the language: metrics, data sets, optimisers, losses, strategies.
//!
//! The elaborator knows such a thing only by its signature, so that a new metric or strategy is usable in a file the
//! moment it stands in its catalogue.

use super::value::ConfigCall;
use crate::diag::Diagnostic;

/// Where a call may stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// `data:`
    Data,
    /// `train:`
    Train,
    /// First argument of a trainer.
    Optimizer,
    /// `schedule:` of a trainer.
    Schedule,
    /// `loss:` of a trainer.
    Loss,
    /// `strategy:`
    Strategy,
    /// `retrain:`
    Retrain,
    /// `env:`
    Environment,
    /// `train:` of a search with an environment.
    Policy,
}

/// What an argument must be.
#[derive(Clone, PartialEq, Debug)]
pub enum ArgKind {
    /// An int.
    Int,
    /// A real number.
    Real,
    /// A bool.
    Bool,
    /// Text.
    Text,
    /// One of these names.
    Word(Vec<&'static str>),
    /// A list of numbers.
    Numbers,
    /// An int or a real number; both mean something different (a count, a fraction).
    Number,
    /// A call or name of this role.
    Call(Role),
    /// The name of a circuit or choice of the program.
    Target,
    /// Anything; checked by its consumer.
    Any,
}

/// One parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it must be.
    pub kind: ArgKind,
    /// Must it be given?
    pub required: bool,
    /// One line for help texts.
    pub doc: &'static str,
}

/// A call of the vocabulary.
#[derive(Clone, PartialEq, Debug)]
pub struct Signature {
    /// Its name.
    pub name: &'static str,
    /// Where it may stand.
    pub role: Role,
    /// Its parameters, in order.
    pub parameters: Vec<Parameter>,
}

/// What a data set binds of a model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataShape {
    /// Shape of one sample.
    pub features: Vec<i64>,
    /// Length of the target: classes, numbers to be predicted, or actions.
    pub targets: i64,
    /// What the target is.
    pub kind: TargetKind,
}

/// What a model is to give.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetKind {
    /// A number per class.
    Classes,
    /// The numbers themselves.
    Values,
    /// A number per action, and what a state is worth: the model is a policy in an environment.
    Actions,
}

/// A metric by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetricName {
    /// Its full name: `flops.quantum`.
    pub name: String,
    /// Names of its arguments.
    pub args: Vec<&'static str>,
    /// Does it need training (`accuracy`, `loss`)?
    pub trained: bool,
}

/// Finds the shape of a data set or environment for fixed options.
pub type DataShapes<'a> = dyn Fn(&ConfigCall) -> Result<DataShape, Diagnostic> + 'a;

/// All of it.
pub struct Vocabulary<'a> {
    /// The calls.
    pub calls: Vec<Signature>,
    /// The metrics.
    pub metrics: Vec<MetricName>,
    /// The data sets' shapes.
    pub data: Box<DataShapes<'a>>,
    /// What environments show and take.
    pub environments: Box<DataShapes<'a>>,
}

impl std::fmt::Debug for Vocabulary<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vocabulary").field("calls", &self.calls.len()).field("metrics", &self.metrics.len()).finish()
    }
}

impl Vocabulary<'_> {
    /// The signature of a call.
    #[must_use]
    pub fn call(&self, name: &str) -> Option<&Signature> {
        self.calls.iter().find(|call| call.name == name)
    }

    /// A metric, or the group of metrics under a name (`flops` of `flops.total`).
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&MetricName> {
        self.metrics.iter().find(|metric| metric.name == name)
    }

    /// Does any metric start with `name.`?
    #[must_use]
    pub fn is_metric_group(&self, name: &str) -> bool {
        self.metrics.iter().any(|metric| metric.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
    }
}
