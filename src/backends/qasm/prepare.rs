//! Preparing real amplitudes by gates: a tree of `ry`, each under the qubits above it.

use super::build::Build;
use crate::backends::errors;
use crate::diag::Diagnostic;
use crate::ir::Angle;

/// Adds the gates that set untouched `qubits` (`qubits[0]` least significant) to the normalised `values`.
///
/// # Errors
/// `QN0712` for a zero vector.
pub(super) fn prepare(build: &mut Build, qubits: &[u32], values: &[f64]) -> Result<(), Diagnostic> {
    let norm = values.iter().map(|value| value * value).sum::<f64>().sqrt();
    if !norm.is_finite() || norm == 0.0 {
        return Err(Diagnostic::global(&errors::NOT_EMITTED, "a zero vector cannot be prepared")
            .help("give a sample that is not zero"));
    }
    for level in (0..qubits.len()).rev() {
        // For every value of the qubits above: how much lies in each half below.
        let angles: Vec<f64> = (0..1_usize << (qubits.len() - 1 - level))
            .map(|above| {
                let half = |bit: usize| &values[(above << 1 | bit) << level..][..1 << level];
                let size = |half: &[f64]| half.iter().map(|value| value * value).sum::<f64>().sqrt();
                match level {
                    0 => 2.0 * half(1)[0].atan2(half(0)[0]),
                    _ => 2.0 * size(half(1)).atan2(size(half(0))),
                }
            })
            .collect();
        multiplexed(build, &angles, &qubits[level + 1..], qubits[level]);
    }
    Ok(())
}

/// `ry(angles[k])` where the controls, the first least significant, hold `k`.
fn multiplexed(build: &mut Build, angles: &[f64], controls: &[u32], target: u32) {
    if angles.iter().all(|angle| *angle == 0.0) {
        return;
    }
    let Some((control, rest)) = controls.split_last() else {
        build.put("ry", vec![Angle::constant(angles[0])], &[target]);
        return;
    };
    let (low, high) = angles.split_at(angles.len() / 2);
    let sums = low.iter().zip(high).map(|(a, b)| (a + b) / 2.0).collect::<Vec<_>>();
    let differences = low.iter().zip(high).map(|(a, b)| (a - b) / 2.0).collect::<Vec<_>>();
    multiplexed(build, &sums, rest, target);
    if differences.iter().all(|angle| *angle == 0.0) {
        return;
    }
    build.put("cx", Vec::new(), &[*control, target]);
    multiplexed(build, &differences, rest, target);
    build.put("cx", Vec::new(), &[*control, target]);
}
