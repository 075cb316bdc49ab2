//! What data says of an architecture before it is trained, and what stands in for trained metrics on the rung of proxies.

use super::task::{Instance, Task};
use crate::backends::hybrid::{Mode, Model};
use crate::cost::device::Priced;
use crate::cost::{self, probed};
use crate::diag::Diagnostic;
use crate::driver::data::{Dataset, Targets};
use crate::ir::{NodeId, Output, Region};
use crate::probe::{DRAWS, ROWS, representational_capacity};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use std::collections::BTreeMap;

/// The metric that compares untrained states with classes.
pub(super) const CAPACITY: &str = "representational_capacity";

/// The capacity of the least of a model's circuits; `None` without one, without classes, or for too many qubits.
///
/// # Errors
/// What the back end has against the model.
pub(super) fn capacity(task: &Task<'_>, instance: &Instance) -> Result<Option<f64>, Diagnostic> {
    let Some(splits) = task.splits.as_ref() else { return Ok(None) };
    let Some((rows, classes)) = chosen(&splits.train) else { return Ok(None) };
    let mut least: Option<f64> = None;
    for (id, region) in instance.graph.regions() {
        let inputs = inputs_of(task, instance, (id, region), &splits.train, &rows)?;
        // One seed for all architectures, so that they differ by what they are.
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let Some(value) = representational_capacity(region, (&inputs, &classes), DRAWS, &mut rng) else {
            return Ok(None);
        };
        least = Some(least.map_or(value, |known| known.min(value)));
    }
    Ok(least)
}

/// The first rows of every class, with their classes; `None` without classes.
fn chosen(part: &Dataset) -> Option<(Vec<u32>, Vec<u32>)> {
    let Targets::Classes { labels, n_classes } = &part.targets else { return None };
    let mut taken = vec![0; *n_classes];
    let (mut rows, mut classes) = (Vec::new(), Vec::new());
    for (row, &class) in (0u32..).zip(labels) {
        let count = &mut taken[class as usize];
        if *count < ROWS {
            *count += 1;
            rows.push(row);
            classes.push(class);
        }
    }
    Some((rows, classes))
}

/// What enters a circuit for each of some rows, through the layers before it with their initial weights.
fn inputs_of(
    task: &Task<'_>,
    instance: &Instance,
    (id, region): (NodeId, &Region),
    part: &Dataset,
    rows: &[u32],
) -> Result<Vec<Vec<f64>>, Diagnostic> {
    let mut front = instance.graph.clone();
    let before = front.inputs_of(id);
    if before.is_empty() {
        return Ok(vec![Vec::new(); rows.len()]);
    }
    front.outputs = before.into_iter().map(|node| Output { name: String::new(), node }).collect();
    let mut features = vec![0.0; rows.len() * part.width()];
    part.gather_features(rows, &mut features);
    let mut model = Model::<f64>::compile(&front)?;
    let mut params = model.initial(task.seed);
    let given = model.forward(&mut params, &[&features], rows.len(), Mode::Evaluate)?;
    let width = (region.n_inputs as usize).max(1);
    Ok(given.chunks_exact(width).map(<[f64]>::to_vec).collect())
}

/// What stands in for trained metrics before training, by name: better proxies, better stand-ins. With classes the representational
/// capacity, under noise times the root of the resilience (the score of Élivágar); without, the spread of the derivatives.
///
/// # Errors
/// As [`capacity`].
pub(super) fn stand_ins(
    task: &Task<'_>,
    instance: &Instance,
    costs: &Priced<'_>,
) -> Result<BTreeMap<&'static str, f64>, Diagnostic> {
    let metric = |name: &str| cost::find(name).and_then(|chosen| chosen.evaluate_on(costs));
    let mut out = BTreeMap::new();
    if let Some(capacity) = capacity(task, instance)? {
        let resilience = metric("device.clifford_noise_resilience").unwrap_or(1.0).max(0.0);
        let score = capacity * resilience.sqrt();
        out.extend([("accuracy", score), ("loss", 1.0 - score), (CAPACITY, capacity)]);
    } else if let Some(variance) = metric("gradient_variance").filter(|value| value.is_finite()) {
        out.insert("loss", -variance.sqrt());
    }
    Ok(out)
}

/// A number that differs where circuits as written differ: what proxies see that the identity of a model does not.
pub(super) fn as_written(instance: &Instance) -> Vec<f64> {
    let word = |(_, region): (NodeId, &Region)| {
        let bytes = probed::fingerprint(region, "");
        f64::from_bits(u64::from_le_bytes(std::array::from_fn(|at| bytes[at])))
    };
    instance.graph.regions().map(word).collect()
}
