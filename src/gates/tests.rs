//! Generic tests over the whole catalogue: a new gate is tested by being listed.
//!
//! Equivalences in the documentation and the OpenQASM definitions are read by the little reader below and multiplied
//! out, so that no identity stands there untested.

use super::{GATES, Gate, Inverse, find};
use crate::math::{C64, Matrix, c};
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;

const TOLERANCE: f64 = 1e-12;

fn angles(gate: &Gate, rng: &mut rand::rngs::ChaCha8Rng) -> Vec<f64> {
    gate.params.iter().map(|_| rng.random_range(-7.0..7.0)).collect()
}

fn for_random_angles(seed: u64, mut test: impl FnMut(&'static Gate, &[f64])) {
    let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(seed);
    for gate in GATES {
        for _ in 0..8 {
            test(gate, &angles(gate, &mut rng));
        }
    }
}

/// The unitary of a gate on `n` qubits, built entry by entry.
fn embed(gate: &Gate, params: &[f64], operands: &[usize], n: usize) -> Matrix {
    let small = (gate.matrix)(params);
    let (controls, targets) = operands.split_at(gate.controls);
    let local = |index: usize| targets.iter().enumerate().map(|(k, q)| (index >> q & 1) << k).sum::<usize>();
    let rest = |index: usize| targets.iter().fold(index, |index, q| index & !(1 << q));
    let mut out = Matrix::identity(1 << n);
    for row in 0..1 << n {
        for column in 0..1 << n {
            if controls.iter().all(|q| column >> q & 1 == 1) {
                let same = rest(row) == rest(column);
                out[(row, column)] = if same { small[(local(row), local(column))] } else { c(0.0, 0.0) };
            }
        }
    }
    out
}

/// Sums, products and quotients of numbers, `pi` and parameters.
struct Expression<'a> {
    text: &'a [u8],
    at: usize,
    values: &'a BTreeMap<String, f64>,
}

impl Expression<'_> {
    fn peek(&mut self) -> u8 {
        while self.text.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn sum(&mut self) -> f64 {
        let mut value = self.product();
        loop {
            match self.peek() {
                b'+' => {
                    self.at += 1;
                    value += self.product();
                }
                b'-' => {
                    self.at += 1;
                    value -= self.product();
                }
                _ => return value,
            }
        }
    }

    fn product(&mut self) -> f64 {
        let mut value = self.factor();
        loop {
            match self.peek() {
                b'*' => {
                    self.at += 1;
                    value *= self.factor();
                }
                b'/' => {
                    self.at += 1;
                    value /= self.factor();
                }
                _ => return value,
            }
        }
    }

    fn factor(&mut self) -> f64 {
        match self.peek() {
            b'-' => {
                self.at += 1;
                -self.factor()
            }
            b'(' => {
                self.at += 1;
                let value = self.sum();
                assert_eq!(self.peek(), b')');
                self.at += 1;
                value
            }
            _ => {
                let start = self.at;
                while self.text.get(self.at).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_')) {
                    self.at += 1;
                }
                let word = std::str::from_utf8(&self.text[start..self.at]).expect("ascii");
                match word {
                    "pi" => std::f64::consts::PI,
                    _ => self.values.get(word).copied().unwrap_or_else(|| word.parse().expect("a number")),
                }
            }
        }
    }
}

/// Splits at the commas outside parentheses.
fn split_list(text: &str) -> Vec<&str> {
    let mut level = 0;
    let parts = text.split(|ch: char| {
        level += i32::from(ch == '(') - i32::from(ch == ')');
        ch == ',' && level == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Splits `name(x, y) a, b` into name, arguments and operands.
fn split_call(text: &str) -> (&str, Vec<&str>, Vec<&str>) {
    let (head, operands) = match text.rfind(')') {
        Some(close) => (&text[..close], &text[close + 1..]),
        None => text.split_once(' ').unwrap_or((text, "")),
    };
    let (name, arguments) = head.split_once('(').unwrap_or((head, ""));
    (name.trim(), split_list(arguments), split_list(operands))
}

/// The unitary of `stmt; stmt; …` over the operands `a`, `b`, `c`.
fn multiply_out(body: &str, values: &BTreeMap<String, f64>, n: usize) -> Matrix {
    body.split(';').map(str::trim).filter(|stmt| !stmt.is_empty()).fold(Matrix::identity(1 << n), |before, stmt| {
        let (name, arguments, operands) = split_call(stmt);
        let gate = find(name).unwrap_or_else(|| panic!("unknown gate in `{stmt}`"));
        let params: Vec<f64> =
            arguments.iter().map(|text| Expression { text: text.as_bytes(), at: 0, values }.sum()).collect();
        let qubits: Vec<usize> = operands.iter().map(|name| usize::from(name.as_bytes()[0] - b'a')).collect();
        assert_eq!((params.len(), qubits.len()), (gate.params.len(), gate.n_qubits()), "{stmt}");
        embed(gate, &params, &qubits, n).matmul(&before)
    })
}

fn up_to_phase(a: &Matrix, b: &Matrix) -> f64 {
    let overlap: C64 = a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| x * y.conj()).sum();
    a.distance(&b.scale(overlap / overlap.norm()))
}

#[test]
fn names_are_unique_and_shapes_fit() {
    let mut seen = std::collections::BTreeSet::new();
    for gate in GATES {
        assert!(seen.insert(gate.meta.name), "{} stands twice", gate.meta.name);
        assert!(!gate.meta.summary.is_empty() && !gate.meta.doc.is_empty() && !gate.meta.source.is_empty());
        assert!(gate.meta.file.ends_with(&format!("/{}.rs", gate.meta.name)));
        assert!(gate.targets <= 2);
    }
    for_random_angles(1, |gate, params| {
        let matrix = (gate.matrix)(params);
        assert_eq!(matrix.dim(), 1 << gate.targets, "{}", gate.meta.name);
        assert!(matrix.is_unitary(TOLERANCE), "{}", gate.meta.name);
    });
}

#[test]
fn inverses_undo() {
    for_random_angles(2, |gate, params| {
        let n = gate.n_qubits();
        let all: Vec<usize> = (0..n).collect();
        let matrix = embed(gate, params, &all, n);
        let inverse = match gate.inverse {
            Inverse::Itself => matrix.clone(),
            Inverse::Gate(name) => {
                let other = find(name).expect("in the catalogue");
                assert!(other.params.is_empty() && (other.controls, other.targets) == (gate.controls, gate.targets));
                embed(other, &[], &all, n)
            }
            Inverse::Params(map) => {
                let params: Vec<f64> = map.iter().map(|(index, sign)| sign * params[*index]).collect();
                embed(gate, &params, &all, n)
            }
            Inverse::Shifted(map) => {
                let params: Vec<f64> = map.iter().map(|(index, sign, add)| sign * params[*index] + add).collect();
                embed(gate, &params, &all, n)
            }
            Inverse::Unitary => {
                assert!(gate.params.is_empty(), "{}", gate.meta.name);
                matrix.dagger()
            }
        };
        assert!(inverse.matmul(&matrix).distance(&Matrix::identity(1 << n)) < TOLERANCE, "{}", gate.meta.name);
    });
}

#[test]
fn derivatives_are_those_of_the_matrix() {
    // Central differences of functions bounded by 1 with step 1e-5: error about 1e-10 from the step, 1e-11 from rounding.
    let step = 1e-5;
    for_random_angles(3, |gate, params| {
        for k in 0..params.len() {
            let at = |shift: f64| {
                let mut moved = params.to_vec();
                moved[k] += shift;
                (gate.matrix)(&moved)
            };
            let minus = at(-step).scale(c(-1.0, 0.0));
            let numeric = at(step).plus(&minus).scale(c(0.5 / step, 0.0));
            let exact = (gate.derivative)(params, k);
            assert!(numeric.distance(&exact) < 1e-9, "{} by {}", gate.meta.name, gate.params[k]);
        }
        if params.is_empty() {
            assert_eq!((gate.derivative)(params, 0), Matrix::zeros(1 << gate.targets), "{}", gate.meta.name);
        }
    });
}

#[test]
fn generators_generate() {
    for_random_angles(4, |gate, params| {
        let Some(generator) = gate.generator_matrix() else { return };
        assert_eq!(gate.params.len(), 1, "{}", gate.meta.name);
        // exp(A) = (exp(A / 1024))^1024 with the series cut after twelve terms.
        let small = generator.scale(c(0.0, -params[0] / 1024.0));
        let one = Matrix::identity(small.dim());
        let mut power =
            (1..=12).rev().fold(one.clone(), |sum, k| one.plus(&small.matmul(&sum).scale(c(1.0 / f64::from(k), 0.0))));
        for _ in 0..10 {
            power = power.matmul(&power);
        }
        assert!(power.distance(&(gate.matrix)(params)) < 1e-11, "{}", gate.meta.name);
    });
}

#[test]
fn documented_equivalences_hold() {
    let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(5);
    let mut tested = 0;
    for gate in GATES {
        let mut here = 0;
        for line in gate.meta.doc.lines().filter_map(|line| line.trim().strip_prefix("- `")) {
            let text = line.split('`').next().unwrap_or("");
            let (left, right) = text.split_once('=').unwrap_or_else(|| panic!("no equivalence: {text}"));
            let words: Vec<&str> = left.split(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_').collect();
            let mut n = 0;
            let mut values = BTreeMap::new();
            for word in words.into_iter().chain(gate.params.iter().copied()) {
                match word {
                    "a" | "b" | "c" => n = n.max(usize::from(word.as_bytes()[0] - b'a') + 1),
                    _ => {
                        values.insert(word.to_owned(), rng.random_range(-7.0..7.0));
                    }
                }
            }
            let distance = multiply_out(left, &values, n).distance(&multiply_out(right, &values, n));
            assert!(distance < TOLERANCE, "{text}: {distance}");
            here += 1;
        }
        assert!(here > 0, "{} states no equivalence", gate.meta.name);
        tested += here;
    }
    assert!(tested > GATES.len());
}

#[test]
fn qasm_definitions_are_right_and_use_qelib1_alone() {
    let qelib1 = "u3 u2 u1 cx id x y z h s sdg t tdg rx ry rz cz cy ch ccx crz cu1 cu3";
    let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(6);
    for gate in GATES {
        let name = gate.meta.name;
        if gate.qasm_definition.is_empty() {
            assert!(name == "gphase" || qelib1.split(' ').any(|known| known == name), "{name} needs a definition");
            continue;
        }
        let (head, body) = gate.qasm_definition.trim_end_matches('}').split_once('{').expect("a body");
        let (defined, params, operands) = split_call(head.trim().strip_prefix("gate ").expect("a gate").trim());
        assert!(defined == name || (name, defined) == ("cu3", "ctrl_u3"));
        assert!(!qelib1.split(' ').any(|known| known == defined), "{defined} is in the library");
        assert_eq!(params, gate.params);
        assert_eq!(operands, ["a", "b", "c"][..gate.n_qubits()]);
        for stmt in body.split(';').map(str::trim).filter(|stmt| !stmt.is_empty()) {
            let used = split_call(stmt).0;
            assert!(qelib1.split(' ').any(|known| known == used), "{name} uses {used}");
        }
        let given = angles(gate, &mut rng);
        let values = gate.params.iter().map(|&param| param.to_owned()).zip(given.iter().copied()).collect();
        let all: Vec<usize> = (0..gate.n_qubits()).collect();
        let distance = up_to_phase(&embed(gate, &given, &all, all.len()), &multiply_out(body, &values, all.len()));
        assert!(distance < TOLERANCE, "{name}: {distance}");
    }
}

/// Matrices typed in from Qiskit's documentation for the gates whose sign or operand order is easy to get wrong.
#[test]
fn asymmetric_gates_match_published_matrices() {
    let r = std::f64::consts::FRAC_1_SQRT_2;
    let check = |name: &str, params: &[f64], expected: &[(usize, usize, C64)]| {
        let matrix = (find(name).expect("listed").matrix)(params);
        for (row, column, value) in expected {
            assert!((matrix[(*row, *column)] - value).norm() < TOLERANCE, "{name} [{row}, {column}]");
        }
    };
    check("ecr", &[], &[(0, 1, c(r, 0.0)), (0, 3, c(0.0, r)), (1, 2, c(0.0, -r)), (3, 0, c(0.0, -r))]);
    check("dcx", &[], &[(1, 3, c(1.0, 0.0)), (2, 1, c(1.0, 0.0)), (3, 2, c(1.0, 0.0))]);
    let half = 0.4_f64;
    check("rzx", &[0.8], &[(0, 2, c(0.0, -half.sin())), (1, 3, c(0.0, half.sin())), (0, 0, c(half.cos(), 0.0))]);
    check(
        "xx_plus_yy",
        &[0.8, 0.3],
        &[(1, 2, c(0.0, -half.sin()) * C64::cis(-0.3)), (2, 1, c(0.0, -half.sin()) * C64::cis(0.3))],
    );
    check(
        "xx_minus_yy",
        &[0.8, 0.3],
        &[(0, 3, c(0.0, -half.sin()) * C64::cis(-0.3)), (3, 0, c(0.0, -half.sin()) * C64::cis(0.3))],
    );
    check(
        "u",
        &[0.8, 0.3, 0.5],
        &[(0, 1, -C64::cis(0.5) * half.sin()), (1, 0, C64::cis(0.3) * half.sin()), (1, 1, C64::cis(0.8) * half.cos())],
    );
}
