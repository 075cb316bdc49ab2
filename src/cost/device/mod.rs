//! Metrics of a circuit on a device: what routing, gates and time cost there.
//!
//! One file per metric, one line here. They count what transpilation makes of the regions (`target`), with its default trials and a
//! fixed seed, so that the same architecture always costs the same. Amplitudes of `prepare` that are not known yet are counted by the gates
//! they will need. What does not fit the device is as bad as can be: no chance of success, everything else infinite.

/// Declares one metric of a device: its documentation, name, summary and source, its unit, the value of what does not fit the
/// device, and the value.
macro_rules! device_metric {
    ($(#[doc = $doc:literal])+ pub $ident:ident = ($name:literal, $summary:literal, $source:literal); unit: $unit:literal, worst: $worst:expr, evaluate: $evaluate:expr $(,)?) => {
        $(#[doc = $doc])+
        pub(in crate::cost) static $ident: $crate::cost::Metric = $crate::cost::Metric {
            meta: $crate::meta!($name, $summary, doc = concat!($($doc, "\n"),+), source = $source),
            unit: $unit,
            evaluate: |_, _| f64::NAN,
            on_device: Some($crate::cost::device::Placed { worst: $worst, evaluate: $evaluate }),
            ..$crate::cost::Metric::PLAIN
        };
    };
}

pub(super) mod clifford_noise_resilience;
pub(super) mod depth;
pub(super) mod duration;
pub(super) mod hanas;
pub(super) mod seconds;
pub(super) mod shots;
pub(super) mod success;
pub(super) mod swaps;
pub(super) mod two_qubit;
pub(super) mod two_qubit_depth;

use crate::device::Device;
use crate::diag::Diagnostic;
use crate::ir::{Graph, Readout};
use crate::target::{Options, Preparation, Transpiled, transpile};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// How a metric counts on a device.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    /// The value of what does not fit the device.
    pub worst: f64,
    /// The value.
    pub evaluate: fn(&OnDevice<'_>) -> f64,
}

/// A graph's regions on a device.
#[derive(Debug)]
pub struct OnDevice<'d> {
    /// The device.
    pub device: &'d Device,
    /// The regions in order.
    pub regions: Vec<Transpiled>,
}

impl<'d> OnDevice<'d> {
    /// Transpiles every region of a graph.
    ///
    /// # Errors
    /// As [`transpile`].
    pub fn new(graph: &Graph, device: &'d Device, options: &Options) -> Result<Self, Diagnostic> {
        let regions = graph.regions().map(|(_, region)| transpile(region, device, options));
        Ok(Self { device, regions: regions.collect::<Result<_, _>>()? })
    }

    /// As metrics count: a fixed seed, unknown amplitudes by the gates they will need.
    ///
    /// # Errors
    /// As [`transpile`].
    pub fn counted(graph: &Graph, device: &'d Device) -> Result<Self, Diagnostic> {
        Self::new(graph, device, &Options { preparation: Preparation::StandIn, ..Options::default() })
    }

    /// The largest value over the regions, 0 without one.
    fn largest(&self, of: impl Fn(&Transpiled) -> usize) -> f64 {
        self.regions.iter().map(of).max().unwrap_or(0) as f64
    }

    /// The sum over the regions.
    fn sum(&self, of: impl Fn(&Transpiled) -> f64) -> f64 {
        self.regions.iter().map(of).sum()
    }
}

/// The qubits of the device that the read-outs of a region measure.
#[must_use]
pub fn measured(region: &Transpiled) -> BTreeSet<u32> {
    let readouts = region.region.readouts.iter();
    readouts
        .flat_map(|readout| match readout {
            Readout::Probabilities(qubits) => qubits.clone(),
            Readout::Expectation(sum) => {
                sum.terms().iter().flat_map(|term| term.1.factors()).map(|factor| factor.0).collect()
            }
        })
        .collect()
}

/// A graph whose costs are asked for, perhaps on a device. It is transpiled when the first metric of a device is asked for, and once.
#[derive(Debug)]
pub struct Priced<'g> {
    /// The graph.
    pub graph: &'g Graph,
    device: Option<&'g Device>,
    placed: OnceCell<Result<OnDevice<'g>, Diagnostic>>,
}

impl<'g> Priced<'g> {
    /// A graph, and the device it is to run on.
    #[must_use]
    pub fn new(graph: &'g Graph, device: Option<&'g Device>) -> Self {
        Self { graph, device, placed: OnceCell::new() }
    }

    /// The circuits on the device, or why they do not fit; `None` without a device.
    pub fn on_device(&self) -> Option<&Result<OnDevice<'g>, Diagnostic>> {
        let device = self.device?;
        Some(self.placed.get_or_init(|| OnDevice::counted(self.graph, device)))
    }
}
