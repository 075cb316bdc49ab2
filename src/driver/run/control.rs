//! What a model is compared with to see what its circuits contribute: the same model without them, or with their angles
//! left alone.
//!
//! Searches and single trainings take their controls from here, so that the control of a row is the control of its search.

use crate::driver::search::Header;
use crate::ir::{Graph, classical_control};

/// A control of a hybrid model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Control {
    /// A classical layer in place of every circuit: [`classical_control`].
    Classical,
    /// Angles of circuits stay where they begin; everything else is trained.
    Frozen,
}

impl Control {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Classical, Self::Frozen];

    /// The key of a control among the settings of a run.
    pub(super) const KEY: &'static str = "baseline";

    /// Its name on the command line and in the header of a run.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Classical => "classical",
            Self::Frozen => "frozen",
        }
    }

    /// What it does, for people.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Classical => "the same with a classical layer in place of every circuit",
            Self::Frozen => "the same with the angles of every circuit left where they begin",
        }
    }

    /// The control that a run was made with.
    #[must_use]
    pub fn of(header: &Header) -> Option<Self> {
        let name = header.settings.get(Self::KEY)?;
        Self::ALL.into_iter().find(|control| control.name() == name)
    }

    /// The control of a model.
    #[must_use]
    pub fn apply(self, mut graph: Graph) -> Graph {
        match self {
            Self::Classical => classical_control(&graph),
            Self::Frozen => {
                graph.freeze_quantum();
                graph
            }
        }
    }
}
