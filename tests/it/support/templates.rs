//! Random circuits from the templates people search over, every angle its own weight: where dead weights live.

use super::build::{controlled, element, gate, input, number};
use qnas::ir::{Angle, QuantumOp, Readout, Region, Register, WeightId};
use qnas::math::{Pauli, PauliString, PauliSum};
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};

/// The templates.
pub const TEMPLATES: [&str; 8] =
    ["hardware_efficient", "strongly_entangling", "real_amplitudes", "faqnas", "qnas", "autoencoder", "qaoa", "soup"];

/// A circuit under construction.
struct Builder {
    n: u32,
    weights: u32,
    ops: Vec<QuantumOp>,
}

impl Builder {
    fn weight(&mut self) -> Angle {
        self.weights += 1;
        element(WeightId(0), self.weights - 1)
    }

    fn turn(&mut self, name: &str, qubits: &[u32]) {
        let angle = self.weight();
        self.ops.push(gate(name, &[angle], qubits, "c.turn"));
    }

    fn fixed(&mut self, name: &str, qubits: &[u32]) {
        self.ops.push(gate(name, &[], qubits, "c.fixed"));
    }

    fn turns(&mut self, name: &str) {
        (0..self.n).for_each(|q| self.turn(name, &[q]));
    }

    fn entangle(&mut self, two: &str, range: u32, ring: bool) {
        for q in 0..self.n {
            let other = (q + range) % self.n;
            if other != q && (ring || q + range < self.n) {
                self.fixed(two, &[q, other]);
            }
        }
    }
}

fn pick<'a>(rng: &mut ChaCha8Rng, names: &[&'a str]) -> &'a str {
    names.choose(rng).expect("not empty")
}

/// A circuit of one template on `n` qubits, with one weight vector (the number of weights comes along) and `n` inputs.
pub fn circuit(template: &str, n: u32, rng: &mut ChaCha8Rng) -> (Region, u32) {
    let mut b = Builder { n, weights: 0, ops: Vec::new() };
    let depth = rng.random_range(1..=4u32);
    let ring = rng.random_bool(0.5);
    let mut axis = Pauli::Z;
    match template {
        "hardware_efficient" => {
            let (first, second) = (pick(rng, &["rx", "ry", "rz"]), pick(rng, &["rx", "ry", "rz"]));
            let two = pick(rng, &["cx", "cz", "cy"]);
            for _ in 0..depth {
                b.turns(first);
                b.turns(second);
                b.entangle(two, 1, ring);
            }
        }
        "strongly_entangling" => {
            let two = pick(rng, &["cx", "cz"]);
            for layer in 0..depth {
                for q in 0..n {
                    let angles = [b.weight(), b.weight(), b.weight()];
                    b.ops.push(gate("u", &angles, &[q], "c.rot"));
                }
                b.entangle(two, 1 + layer % (n - 1).max(1), true);
            }
        }
        "real_amplitudes" => {
            for _ in 0..depth {
                b.turns("ry");
                b.entangle("cx", 1, false);
            }
            b.turns("ry");
        }
        "faqnas" => {
            (0..n).for_each(|q| b.ops.push(gate("ry", &[input(q).scaled(2.0)], &[q], "c.embed")));
            let two = pick(rng, &["cx", "cz"]);
            for _ in 0..depth {
                b.turns(pick(rng, &["rx", "ry", "rz"]));
                b.entangle(two, 1, ring);
            }
        }
        "qnas" => {
            let embedding = pick(rng, &["rx", "ry", "rz"]);
            (0..n).for_each(|q| b.ops.push(gate(embedding, &[input(q)], &[q], "c.embed")));
            if embedding == "rz" {
                (0..n).for_each(|q| b.fixed("h", &[q]));
                axis = Pauli::X;
            }
            for _ in 0..depth {
                ["rx", "ry", "rz"].into_iter().for_each(|name| b.turns(name));
                let (keep, range) = (rng.random_range(0..4), rng.random_range(1..n.max(2)));
                for q in (0..n).filter(|q| keep == 0 || keep == 1 && q % 2 == 0 || keep == 2 && q % 2 == 1) {
                    if (q + range) % n != q {
                        b.fixed("cx", &[q, (q + range) % n]);
                    }
                }
            }
        }
        "autoencoder" => {
            (0..n).for_each(|q| b.ops.push(gate("ry", &[input(q)], &[q], "c.embed")));
            for _ in 0..depth.min(2) {
                for q in 0..n {
                    match pick(rng, &["id", "h", "rx", "ry", "rz"]) {
                        name @ ("id" | "h") => b.fixed(name, &[q]),
                        name => b.turn(name, &[q]),
                    }
                }
                for _ in 0..rng.random_range(0..=6) {
                    let (x, y) = pair(n, rng);
                    b.fixed("cx", &[x, y]);
                }
            }
        }
        "qaoa" => {
            (0..n).for_each(|q| b.fixed("h", &[q]));
            for _ in 0..depth {
                let gamma = b.weight();
                for q in 0..n - 1 {
                    if rng.random_bool(0.7) {
                        b.ops.push(gate("rzz", std::slice::from_ref(&gamma), &[q, q + 1], "c.cost"));
                    }
                }
                let beta = b.weight();
                (0..n).for_each(|q| b.ops.push(gate("rx", std::slice::from_ref(&beta), &[q], "c.mixer")));
            }
        }
        _ => soup(&mut b, rng),
    }
    let readouts = readouts(n, axis, rng);
    let registers = vec![Register { name: "q".into(), start: 0, len: n }];
    (Region { path: "c".into(), n_qubits: n, registers, n_inputs: n, ops: b.ops, readouts }, b.weights)
}

fn pair(n: u32, rng: &mut ChaCha8Rng) -> (u32, u32) {
    let x = rng.random_range(0..n);
    let y = (x + rng.random_range(1..n)) % n;
    (x, y)
}

/// A free-form list of gates: named ones, rotations with weights, inputs and numbers, controls of both kinds.
fn soup(b: &mut Builder, rng: &mut ChaCha8Rng) {
    for _ in 0..rng.random_range(1..=30) {
        let q = rng.random_range(0..b.n);
        let (x, y) = pair(b.n, rng);
        match rng.random_range(0..12) {
            0..=2 => b.turn(pick(rng, &["rx", "ry", "rz", "p"]), &[q]),
            3 => b.fixed(pick(rng, &["h", "s", "x", "t", "sx", "z"]), &[q]),
            4 | 5 => b.fixed(pick(rng, &["cx", "cz", "swap", "cy", "iswap", "ecr", "ch"]), &[x, y]),
            6 => b.turn(pick(rng, &["rzz", "rxx", "ryy", "rzx", "cp", "crx", "crz"]), &[x, y]),
            7 => {
                let quarters = f64::from(rng.random_range(0..8u8));
                let angle = number(quarters * std::f64::consts::FRAC_PI_2);
                b.ops.push(gate(pick(rng, &["rx", "ry", "rz"]), &[angle], &[q], "c.number"));
            }
            8 => b.ops.push(gate(pick(rng, &["rx", "ry", "rz"]), &[input(q)], &[q], "c.input")),
            9 => {
                let angle = b.weight();
                let on_one = rng.next_u32().is_multiple_of(2);
                b.ops.push(controlled(&[on_one], pick(rng, &["rx", "ry", "p"]), &[angle], &[x, y], "c.controlled"));
            }
            10 => {
                let angles = [b.weight(), b.weight()];
                b.ops.push(gate(pick(rng, &["u2", "r"]), &angles, &[q], "c.two"));
            }
            _ => {
                let angles = [b.weight(), b.weight()];
                b.ops.push(gate(pick(rng, &["xx_plus_yy", "xx_minus_yy"]), &angles, &[x, y], "c.two"));
            }
        }
    }
}

fn readouts(n: u32, axis: Pauli, rng: &mut ChaCha8Rng) -> Vec<Readout> {
    let single = |q, p| Readout::Expectation(PauliSum::string(PauliString::single(q, p)));
    match rng.random_range(0..6) {
        0..=2 => (0..n).map(|q| single(q, axis)).collect(),
        3 => vec![single(rng.random_range(0..n), *[Pauli::X, Pauli::Y, Pauli::Z].choose(rng).expect("three"))],
        4 => vec![Readout::Probabilities((0..rng.random_range(1..=n)).collect())],
        _ => {
            let term = |q: u32| PauliString::from_factors(vec![(q, Pauli::Z), ((q + 1) % n, Pauli::Z)]);
            let chain = (0..n - 1).map(|q| (1.0, term(q)));
            let field = (0..n).map(|q| (-0.5, PauliString::single(q, Pauli::X)));
            vec![Readout::Expectation(PauliSum::from_terms(chain.chain(field)))]
        }
    }
}
