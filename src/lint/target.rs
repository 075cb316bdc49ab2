//! What a rule may know of a program beyond its architectures: the search's settings and its data, read by the driver.

use super::Proofs;
use crate::device::Device;
use crate::hir::template::SearchSpec;
use crate::source::{FileId, Span};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is known of a search's data.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DataFacts {
    /// Its name.
    pub name: String,
    /// Where the search names it.
    pub span: Span,
    /// Smallest and largest value of each feature, after scaling; empty if the rows were not read.
    pub ranges: Vec<(f64, f64)>,
    /// Rows to train on, to choose by and to report on, if known.
    pub rows: Option<[usize; 3]>,
    /// Rows to choose by, and to report on, that have the features of a row to train on, if the rows were read.
    pub shared: Option<[usize; 2]>,
    /// Are the rows to choose by also those reported on?
    pub leaky: bool,
    /// Are the targets classes?
    pub classes: bool,
}

/// How a search trains.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TrainFacts {
    /// The loss.
    pub loss: String,
    /// Epochs, if it has data.
    pub epochs: Option<usize>,
    /// Rows in a batch.
    pub batch: Option<usize>,
    /// Where the search says so.
    pub span: Span,
}

/// What is known of a search.
#[derive(Clone, Debug)]
pub struct SearchFacts<'a> {
    /// The search itself.
    pub spec: &'a SearchSpec,
    /// The strategy's name.
    pub strategy: String,
    /// How many evaluations it is allowed, if it says.
    pub evaluations: Option<u64>,
    /// How many architectures there are, if they were counted exactly.
    pub architectures: Option<u64>,
    /// Architectures that meet the requirements over cost, of how many, as counted or drawn, and where the first such requirement is
    /// written; none without such requirements.
    pub left: Option<(u64, u64, Span)>,
}

/// Everything a rule may know besides architectures.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// The search; none for a model by itself.
    pub search: Option<SearchFacts<'a>>,
    /// Its data.
    pub data: Option<DataFacts>,
    /// Its training.
    pub train: Option<TrainFacts>,
    /// The device its circuits are to run on.
    pub device: Option<Arc<Device>>,
    /// The search or model.
    pub home: Span,
    /// Seed of what is measured.
    pub seed: u64,
    /// The user's files, as against the library's.
    pub own: BTreeSet<FileId>,
    /// Are joint outcomes counted, as of an OpenQASM program? Then what shows in correlations alone is an effect.
    pub counts: bool,
    /// What is already proved about circuits.
    pub proofs: Arc<Proofs>,
}

impl Facts<'_> {
    /// The place if it lies in the user's text, else the first other one that does, else the search or model.
    #[must_use]
    pub fn place(&self, wanted: &[Span]) -> Span {
        let real = |span: &&Span| **span != Span::default() && self.own.contains(&span.file);
        wanted.iter().find(real).copied().unwrap_or(self.home)
    }
}
