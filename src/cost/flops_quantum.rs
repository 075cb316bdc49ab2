//! `flops.quantum`: real operations of the quantum regions, one sample forward.

use super::neutral::{region_flops, step_share};
use super::{of_region, summed};

metric! {
    /// Additions, subtractions, multiplications, divisions, sign flips and square roots of real numbers that a plain state-vector
    /// simulation executes for one sample, forward, on the circuit as written, before any pass. Every region counts once per
    /// sample, also one that reads no data. What a tool may skip or share beyond these rules is not considered.
    ///
    /// ## Gates
    /// A gate on `t` targets under `c` controls changes `2^(n-c-t)` groups of `2^t` amplitudes; the price of a group follows from
    /// the matrix, row by row, for generic angles (`rx(0)` costs what `rx` costs):
    ///
    /// - a row with one entry: 1 is free (also if it moves the amplitude), -1 is two sign flips, i or -i is one, another real or
    ///   imaginary number is 2 multiplications, another complex number is 6 operations;
    /// - a row with `m` entries, all real: `2 m` multiplications and `2 (m-1)` additions;
    /// - a row with `m` entries, some complex: `6 m` operations and `2 (m-1)` additions.
    ///
    /// So, with n qubits: `rx`, `u`, `sx` 14 2^n; `ry`, `h` 6 2^n; `rz`, `rzz` 6 2^n; `p`, `t` 3 2^n; `z`, `y` 2^n; `s` 2^n / 2;
    /// `cz` 2^n / 2; `x`, `cx`, `swap` 0; `crx` 7 2^n; `rxx` 14 2^n; any 4 x 4 matrix 30 2^n. Computing the angles and the
    /// entries of the matrices is not counted: it does not grow with 2^n.
    ///
    /// ## `prepare`
    /// Normalising K amplitudes: K squares, K - 1 additions, a square root, a division, K multiplications. Spreading them over the
    /// other qubits: 2 2^n multiplications, none if there are no other qubits.
    ///
    /// ## Read-outs
    /// `|a|^2` of all amplitudes, once per region, if something reads it: 3 2^n. A string of Z: 2^n - 1 additions. A string with
    /// X or Y: over half of the pairs of amplitudes 3 operations and an addition each: 2 2^n. The identity: none. A sum: one addition
    /// per further term and one multiplication per coefficient other than 1. Probabilities of k qubits: 2^n - 2^k additions.
    pub FLOPS_QUANTUM = ("flops.quantum", "real operations of the quantum regions, one sample forward", "");
    unit: "flop",
    additive: true,
    takes_gate: false,
    per_step: Some(|op, _| step_share(op)),
    per_node: Some(|_, node| of_region(node, region_flops)),
    evaluate: |graph, _| summed(graph, |_, node| of_region(node, region_flops)),
}
