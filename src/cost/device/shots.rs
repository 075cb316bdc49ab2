//! `device.shots`: how often circuits must run.

use super::{OnDevice, measured};
use crate::ir::Readout;
use crate::math::{Pauli, PauliString, PauliSum};
use crate::target::Transpiled;

/// The standard error that expectation values are to have.
const ERROR: f64 = 0.01;

device_metric! {
    /// Shots until every expectation value has a standard error of 0.01 at most, before any mitigation. Strings that can be measured
    /// together, qubit by qubit in one basis, share their shots (grouped greedily, as written); a sum with coefficients `c` in one
    /// group takes `(Σ|c|)² / 0.01²`. Probabilities take `1/4 / 0.01²`, the worst case of one outcome. Summed over the circuits of a model, one
    /// sample.
    pub SHOTS = ("device.shots", "shots for a standard error of 0.01", "variance of a mean of bounded values");
    unit: "shots",
    worst: f64::INFINITY,
    evaluate: |on| on.regions.iter().map(of).sum(),
}

/// One basis in which strings are measured.
struct Group {
    basis: Vec<(u32, Pauli)>,
    /// Per expectation value its share of coefficients.
    weights: Vec<f64>,
}

/// Shots of one region.
pub(super) fn of(region: &Transpiled) -> f64 {
    let mut groups: Vec<Group> = Vec::new();
    let mut outcomes = false;
    for (number, readout) in region.region.readouts.iter().enumerate() {
        match readout {
            Readout::Probabilities(_) => outcomes = true,
            Readout::Expectation(sum) => add(&mut groups, sum, number, region.region.readouts.len()),
        }
    }
    let wanted = |group: &Group| group.weights.iter().fold(0.0, |most: f64, sum| most.max(sum * sum)) / (ERROR * ERROR);
    let for_outcomes = if outcomes { 0.25 / (ERROR * ERROR) } else { 0.0 };
    groups.iter().map(wanted).sum::<f64>().ceil() + for_outcomes
}

fn add(groups: &mut Vec<Group>, sum: &PauliSum, number: usize, count: usize) {
    for (factor, string) in sum.terms().iter().filter(|(_, string)| string.weight() > 0) {
        let at = groups.iter().position(|group| fits(group, string)).unwrap_or_else(|| {
            groups.push(Group { basis: Vec::new(), weights: vec![0.0; count] });
            groups.len() - 1
        });
        let group = &mut groups[at];
        for &(qubit, pauli) in string.factors() {
            if !group.basis.contains(&(qubit, pauli)) {
                group.basis.push((qubit, pauli));
            }
        }
        group.weights[number] += factor.abs();
    }
}

fn fits(group: &Group, string: &PauliString) -> bool {
    group.basis.iter().all(|&(qubit, pauli)| string.get(qubit).is_none_or(|own| own == pauli))
}

/// Is anything measured at all?
pub(super) fn any(on: &OnDevice<'_>) -> bool {
    on.regions.iter().any(|region| !measured(region).is_empty())
}
