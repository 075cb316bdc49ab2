//! The catalogue of rules: one file each, one line here.

use super::{Findings, GraphView, Lint, RegionView, quoted};
use crate::hir::template::SearchSpec;
use crate::hir::value::MetricExpr;
use crate::ir::{GateOp, Readout, Region, Variable};
use crate::source::Span;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::collections::BTreeSet;

mod amplitude_cost;
mod angle_aliasing;
mod biased_metric;
mod budget_beyond_space;
mod cancelling_gates;
mod classical_dominates;
mod constant_objective;
mod constant_readout;
mod costly_routing;
mod data_blind_model;
mod dead_gate;
mod dead_input;
mod dead_weight;
mod deep_circuit;
mod device_violation;
mod double_softmax;
mod dropped_feature;
mod duplicate_architectures;
mod duplicate_objective;
mod factorising_circuit;
mod global_observable;
mod inert_choice;
mod large_lie_algebra;
mod large_state;
mod leaky_split;
mod low_entanglement;
mod low_expressibility;
mod low_frequency;
mod narrow_angle_range;
mod no_test_part;
mod offset_rotation;
mod outside_light_cone;
mod over_parameterised;
mod padded_amplitudes;
mod plateau_slope;
mod random_states;
mod rank_deficient;
mod redundant_weights;
mod rounded_range;
mod same_axis_rotation;
mod self_cancelling_entangler;
mod short_coherence;
mod short_training;
mod single_valued_choice;
mod test_selection;
mod tight_requirement;
mod unbounded_angle;
mod unentangled_qubit;
mod unmeasured_qubit;
mod unreachable_budget;
mod unreached_frequency;
mod unscaled_probabilities;
mod unseeded_search;
mod untrainable_circuit;
mod vanishing_gradients;
mod wall_clock_objective;
mod zero_amplitudes;

/// All rules, by code.
pub static RULES: &[&Lint] = &[
    &dead_input::DEAD_INPUT,
    &dead_weight::DEAD_WEIGHT,
    &outside_light_cone::OUTSIDE_LIGHT_CONE,
    &dead_gate::DEAD_GATE,
    &redundant_weights::REDUNDANT_WEIGHTS,
    &unentangled_qubit::UNENTANGLED_QUBIT,
    &factorising_circuit::FACTORISING_CIRCUIT,
    &unmeasured_qubit::UNMEASURED_QUBIT,
    &constant_readout::CONSTANT_READOUT,
    &data_blind_model::DATA_BLIND_MODEL,
    &untrainable_circuit::UNTRAINABLE_CIRCUIT,
    &self_cancelling_entangler::SELF_CANCELLING_ENTANGLER,
    &cancelling_gates::CANCELLING_GATES,
    &offset_rotation::OFFSET_ROTATION,
    &dropped_feature::DROPPED_FEATURE,
    &angle_aliasing::ANGLE_ALIASING,
    &zero_amplitudes::ZERO_AMPLITUDES,
    &single_valued_choice::SINGLE_VALUED_CHOICE,
    &inert_choice::INERT_CHOICE,
    &duplicate_architectures::DUPLICATE_ARCHITECTURES,
    &double_softmax::DOUBLE_SOFTMAX,
    &amplitude_cost::AMPLITUDE_COST,
    &constant_objective::CONSTANT_OBJECTIVE,
    &duplicate_objective::DUPLICATE_OBJECTIVE,
    &tight_requirement::TIGHT_REQUIREMENT,
    &large_state::LARGE_STATE,
    &biased_metric::BIASED_METRIC,
    &budget_beyond_space::BUDGET_BEYOND_SPACE,
    &padded_amplitudes::PADDED_AMPLITUDES,
    &classical_dominates::CLASSICAL_DOMINATES,
    &leaky_split::LEAKY_SPLIT,
    &no_test_part::NO_TEST_PART,
    &test_selection::TEST_SELECTION,
    &wall_clock_objective::WALL_CLOCK_OBJECTIVE,
    &rounded_range::ROUNDED_RANGE,
    &unreachable_budget::UNREACHABLE_BUDGET,
    &device_violation::DEVICE_VIOLATION,
    &short_coherence::SHORT_COHERENCE,
    &low_expressibility::LOW_EXPRESSIBILITY,
    &low_entanglement::LOW_ENTANGLEMENT,
    &vanishing_gradients::VANISHING_GRADIENTS,
    &large_lie_algebra::LARGE_LIE_ALGEBRA,
    &over_parameterised::OVER_PARAMETERISED,
    &rank_deficient::RANK_DEFICIENT,
    &plateau_slope::PLATEAU_SLOPE,
    &unreached_frequency::UNREACHED_FREQUENCY,
    &random_states::RANDOM_STATES,
    &global_observable::GLOBAL_OBSERVABLE,
    &same_axis_rotation::SAME_AXIS_ROTATION,
    &narrow_angle_range::NARROW_ANGLE_RANGE,
    &low_frequency::LOW_FREQUENCY,
    &unscaled_probabilities::UNSCALED_PROBABILITIES,
    &unseeded_search::UNSEEDED_SEARCH,
    &short_training::SHORT_TRAINING,
    &unbounded_angle::UNBOUNDED_ANGLE,
    &costly_routing::COSTLY_ROUTING,
    &deep_circuit::DEEP_CIRCUIT,
];

/// Is a gate without effect a finding of its own? If its weights or data have no effect anywhere, they are the finding. What nobody wrote
/// nobody can leave out.
fn is_own_finding(gate: &GateOp, region: &RegionView<'_>) -> bool {
    !gate.is_copy() && gate.params().iter().flat_map(|angle| angle.terms()).all(|term| !region.effects.is_dead(term.0))
}

/// Reports the variables of regions that have no effect on any output, of those that `wanted` picks.
fn without_effect(
    view: &GraphView<'_>,
    out: &mut Findings,
    wanted: impl Fn(&RegionView<'_>, Variable) -> bool,
    (message, label): (&str, &str),
) {
    for region in &view.regions {
        let idle = region.effects.variables.iter().filter(|(_, proof)| proof.is_some() || !region.live);
        for (&variable, proof) in idle.filter(|(variable, _)| wanted(region, **variable)) {
            let place = view.place(region, &[region.variable_span(variable)]);
            let finding = out.about(place, quoted(&view.variable_name(region, variable)), message);
            finding.here(label).remove();
            // Proofs are long, and one is told of all that are alike.
            if finding.fresh {
                let (clause, certificate) = match proof {
                    Some(proof) => region.proof(proof),
                    None => ("no output of the model depends on the circuit".to_owned(), String::new()),
                };
                finding.note(clause).proof(certificate);
            }
        }
    }
}

/// The qubits that read-outs name.
fn read_qubits(region: &Region) -> BTreeSet<u32> {
    let mut out = BTreeSet::new();
    for readout in &region.readouts {
        match readout {
            Readout::Expectation(sum) => {
                out.extend(sum.terms().iter().flat_map(|(_, string)| string.factors().iter().map(|factor| factor.0)));
            }
            Readout::Probabilities(qubits) => out.extend(qubits),
        }
    }
    out
}

/// The metrics an expression mentions.
fn metric_names(expr: &MetricExpr) -> Vec<&str> {
    match expr {
        MetricExpr::Metric { name, .. } => vec![name],
        MetricExpr::Unary(_, a) => metric_names(a),
        MetricExpr::Binary(_, a, b) => [metric_names(a), metric_names(b)].concat(),
        MetricExpr::Number(_) | MetricExpr::Fixed(_) | MetricExpr::Real(_) => Vec::new(),
    }
}

/// The metrics a search minimises.
fn metrics(spec: &SearchSpec) -> Vec<&str> {
    spec.minimize.iter().flat_map(|(expr, _)| metric_names(expr)).collect()
}

/// Where the first metric of an expression is written.
fn metric_span(expr: &MetricExpr) -> Span {
    match expr {
        MetricExpr::Metric { span, .. } => *span,
        MetricExpr::Unary(_, a) => metric_span(a),
        MetricExpr::Binary(_, a, b) => match metric_span(a) {
            span if span == Span::default() => metric_span(b),
            span => span,
        },
        MetricExpr::Number(_) | MetricExpr::Fixed(_) | MetricExpr::Real(_) => Span::default(),
    }
}

/// Regions small enough to be simulated, each with a generator that depends on the seed and its place alone.
fn measured<'v, 'a>(view: &'v GraphView<'a>) -> impl Iterator<Item = (&'v RegionView<'a>, ChaCha8Rng)> {
    const QUBITS: u32 = 8;
    const STEPS: usize = 2000;
    let small = |region: &&RegionView<'_>| region.region.n_qubits <= QUBITS && region.region.ops.len() <= STEPS;
    let seed = view.facts.seed;
    view.regions
        .iter()
        .filter(small)
        .map(move |region| (region, ChaCha8Rng::seed_from_u64(seed.wrapping_add(u64::from(region.id.0)))))
}
