//! A simulator that counts every operation on real numbers as it executes it: the meaning of `flops.quantum` and
//! `flops.classical`.
//!
//! It computes real results with ordinary loops, and the counts fall out; nothing here knows a formula for a price.

use super::dense::angle_value;
use qnas::ir::{Activation, BinaryFn, GateOp, Graph, Node, Op, Pooling, QuantumOp, Readout, Region, UnaryFn, WeightId};
use qnas::math::{C64, Pauli, PauliString};
use std::cell::Cell;

/// Arithmetic that counts.
#[derive(Default)]
pub struct Counter {
    executed: Cell<u64>,
}

type Complex = (f64, f64);

impl Counter {
    /// How many operations so far.
    pub fn executed(&self) -> u64 {
        self.executed.get()
    }

    fn tick<T>(&self, value: T) -> T {
        self.executed.set(self.executed.get() + 1);
        value
    }

    fn add(&self, a: f64, b: f64) -> f64 {
        self.tick(a + b)
    }

    fn sub(&self, a: f64, b: f64) -> f64 {
        self.tick(a - b)
    }

    fn mul(&self, a: f64, b: f64) -> f64 {
        self.tick(a * b)
    }

    fn div(&self, a: f64, b: f64) -> f64 {
        self.tick(a / b)
    }

    fn neg(&self, a: f64) -> f64 {
        self.tick(-a)
    }

    fn call(&self, f: impl Fn(f64) -> f64, a: f64) -> f64 {
        self.tick(f(a))
    }

    fn max(&self, a: f64, b: f64) -> f64 {
        self.tick(a.max(b))
    }

    fn sum(&self, terms: impl IntoIterator<Item = f64>) -> f64 {
        terms.into_iter().reduce(|a, b| self.add(a, b)).unwrap_or(0.0)
    }

    fn times(&self, w: C64, a: Complex) -> Complex {
        let re = self.sub(self.mul(w.re, a.0), self.mul(w.im, a.1));
        (re, self.add(self.mul(w.re, a.1), self.mul(w.im, a.0)))
    }

    fn plus(&self, a: Complex, b: Complex) -> Complex {
        (self.add(a.0, b.0), self.add(a.1, b.1))
    }

    /// One row of a matrix times the amplitudes of a group, done the cheapest way its entries allow.
    fn row(&self, row: &[C64], old: &[Complex]) -> Complex {
        let near = |value: f64, wanted: f64| (value - wanted).abs() < 1e-13;
        let nonzero: Vec<(C64, Complex)> =
            row.iter().zip(old).filter(|(w, _)| w.norm() > 1e-13).map(|(w, a)| (*w, *a)).collect();
        if let [(w, a)] = nonzero[..] {
            return match (w.re, w.im) {
                (re, im) if near(re, 1.0) && near(im, 0.0) => a,
                (re, im) if near(re, -1.0) && near(im, 0.0) => (self.neg(a.0), self.neg(a.1)),
                (re, im) if near(re, 0.0) && near(im, 1.0) => (self.neg(a.1), a.0),
                (re, im) if near(re, 0.0) && near(im, -1.0) => (a.1, self.neg(a.0)),
                (re, im) if near(im, 0.0) => (self.mul(re, a.0), self.mul(re, a.1)),
                (re, im) if near(re, 0.0) => {
                    let minus = -im; // a constant of the matrix
                    (self.mul(minus, a.1), self.mul(im, a.0))
                }
                _ => self.times(w, a),
            };
        }
        let real = nonzero.iter().all(|(w, _)| near(w.im, 0.0));
        let product =
            |(w, a): (C64, Complex)| if real { (self.mul(w.re, a.0), self.mul(w.re, a.1)) } else { self.times(w, a) };
        nonzero.into_iter().map(product).reduce(|a, b| self.plus(a, b)).unwrap_or((0.0, 0.0))
    }

    fn gate(&self, gate: &GateOp, params: &[f64], state: &mut [Complex]) {
        let matrix = gate.target_matrix(params);
        let targets = gate.targets();
        let fires = |index: usize| gate.controls().all(|(qubit, value)| (index >> qubit & 1 == 1) == value);
        for base in 0..state.len() {
            if !fires(base) || targets.iter().any(|&q| base >> q & 1 == 1) {
                continue;
            }
            let place = |local: usize| targets.iter().enumerate().fold(base, |at, (k, &q)| at | (local >> k & 1) << q);
            let old: Vec<Complex> = (0..matrix.dim()).map(|local| state[place(local)]).collect();
            for (local, row) in matrix.as_slice().chunks(matrix.dim()).enumerate() {
                state[place(local)] = self.row(row, &old);
            }
        }
    }

    fn prepare(&self, qubits: &[u32], values: &[f64], state: &mut Vec<Complex>) {
        let values = self.normalize(values);
        let mask: usize = qubits.iter().map(|q| 1usize << q).sum();
        let local = |index: usize| qubits.iter().enumerate().map(|(k, &q)| (index >> q & 1) << k).sum::<usize>();
        let whole = 1 << qubits.len() == state.len();
        let amplitude = |index: usize| {
            let (value, rest) = (values[local(index)], state[index & !mask]);
            if whole { (value, 0.0) } else { (self.mul(value, rest.0), self.mul(value, rest.1)) }
        };
        *state = (0..state.len()).map(amplitude).collect();
    }

    fn normalize(&self, values: &[f64]) -> Vec<f64> {
        let norm = self.call(f64::sqrt, self.sum(values.iter().map(|&value| self.mul(value, value))));
        let factor = self.div(1.0, norm);
        values.iter().map(|&value| self.mul(value, factor)).collect()
    }

    /// `⟨P⟩` of a string that is not the identity.
    fn string(&self, string: &PauliString, state: &[Complex], squares: &[f64]) -> f64 {
        let bit = |index: usize, qubit: u32| index >> qubit & 1 == 1;
        let sign = |index: usize| {
            let odd = string.factors().iter().filter(|(q, p)| *p != Pauli::X && bit(index, *q)).count() % 2 == 1;
            if odd { -1.0 } else { 1.0 }
        };
        let signed_sum = |terms: Vec<(f64, f64)>| {
            // The first sign is +; the others decide between adding and subtracting.
            terms.into_iter().reduce(|sum, (s, v)| (1.0, if s > 0.0 { self.add(sum.1, v) } else { self.sub(sum.1, v) }))
        };
        if string.is_diagonal() {
            return signed_sum(squares.iter().enumerate().map(|(i, &p)| (sign(i), p)).collect())
                .map_or(0.0, |sum| sum.1);
        }
        let flip: usize = string.factors().iter().filter(|f| f.1 != Pauli::Z).map(|f| 1usize << f.0).sum();
        let ys = string.factors().iter().filter(|f| f.1 == Pauli::Y).count();
        // <i|P|j> with j = i ^ flip is i^ys times the sign of j on Y and Z; the pair (j, i) gives the conjugate.
        let pairs: Vec<usize> = (0..state.len()).filter(|i| *i < i ^ flip).collect();
        let first = sign(pairs[0] ^ flip);
        let terms = pairs.into_iter().map(|i| {
            let (a, b) = (state[i], state[i ^ flip]);
            let part = match ys % 2 {
                0 => self.add(self.mul(a.0, b.0), self.mul(a.1, b.1)),
                _ => self.sub(self.mul(a.0, b.1), self.mul(a.1, b.0)),
            };
            (sign(i ^ flip) * first, part)
        });
        // i^ys = 1, i, -1, -i times re + i im: the real part is re, -im, -re, im.
        let outer = if matches!(ys % 4, 0 | 3) { 2.0 } else { -2.0 };
        self.mul(outer * first, signed_sum(terms.collect()).map_or(0.0, |sum| sum.1))
    }

    fn readouts(&self, region: &Region, state: &[Complex]) -> Vec<f64> {
        let used = region.readouts.iter().any(|readout| match readout {
            Readout::Probabilities(_) => true,
            Readout::Expectation(sum) => {
                sum.terms().iter().any(|t| t.1.is_diagonal() && t.1 != PauliString::identity())
            }
        });
        let square = |a: &Complex| self.add(self.mul(a.0, a.0), self.mul(a.1, a.1));
        let squares: Vec<f64> = if used { state.iter().map(square).collect() } else { Vec::new() };
        let mut out = Vec::new();
        for readout in &region.readouts {
            match readout {
                Readout::Expectation(sum) => {
                    let value = |(coefficient, string): &(f64, PauliString)| {
                        let one = *string == PauliString::identity();
                        let value = if one { 1.0 } else { self.string(string, state, &squares) };
                        if *coefficient == 1.0 { value } else { self.mul(*coefficient, value) }
                    };
                    out.push(self.sum(sum.terms().iter().map(value).collect::<Vec<_>>()));
                }
                Readout::Probabilities(qubits) => {
                    let mut marginal: Vec<Option<f64>> = vec![None; 1 << qubits.len()];
                    for (index, &p) in squares.iter().enumerate() {
                        let local: usize = qubits.iter().enumerate().map(|(k, &q)| (index >> q & 1) << k).sum();
                        marginal[local] = Some(marginal[local].map_or(p, |sum| self.add(sum, p)));
                    }
                    out.extend(marginal.into_iter().map(|p| p.unwrap_or(0.0)));
                }
            }
        }
        out
    }

    /// The read-outs of a region for one sample.
    pub fn region(&self, region: &Region, weights: &[Vec<f64>], inputs: &[f64]) -> Vec<f64> {
        let mut state = vec![(0.0, 0.0); 1 << region.n_qubits];
        state[0] = (1.0, 0.0);
        for op in &region.ops {
            let values: Vec<f64> = op.angles().iter().map(|angle| angle_value(angle, weights, inputs)).collect();
            match op {
                QuantumOp::Gate(gate) => self.gate(gate, &values, &mut state),
                QuantumOp::Prepare { qubits, .. } => self.prepare(qubits, &values, &mut state),
                QuantumOp::Barrier { .. } => {}
            }
        }
        self.readouts(region, &state)
    }

    /// The value of a node for one sample, in evaluation mode.
    pub fn node(&self, graph: &Graph, node: &Node, x: &[(&[usize], &[f64])], weights: &[Vec<f64>]) -> Vec<f64> {
        let of = |id: &WeightId| &*weights[id.0 as usize];
        let data = x.first().map_or(&[][..], |operand| operand.1);
        match &node.op {
            Op::Linear { weight, bias } => {
                let width = graph.weight(*weight).shape[1];
                let row = |row: &[f64]| -> Vec<f64> {
                    let output = |(o, w): (usize, &[f64])| {
                        let start = bias.map_or(0.0, |bias| of(&bias)[o]);
                        w.iter().zip(row).fold(start, |sum, (w, x)| self.add(sum, self.mul(*w, *x)))
                    };
                    of(weight).chunks(width).enumerate().map(output).collect()
                };
                data.chunks(width).flat_map(row).collect()
            }
            Op::Conv2d { weight, bias, stride, padding } => {
                self.conv(graph, *weight, bias.map(|bias| of(&bias).to_vec()), (*stride, *padding), x[0], node, weights)
            }
            Op::Pool2d { pooling, kernel, stride } => self.pool(*pooling, (*kernel, *stride), x[0], node),
            Op::BatchNorm { scale, shift, mean, variance } => {
                let each = data.len() / node.shape[0];
                let normalise = |(at, value): (usize, &f64)| {
                    let f = at / each;
                    // Folded once for the whole run, whatever the number of samples.
                    let factor = of(scale)[f] / (of(variance)[f] + 1e-5).sqrt();
                    self.add(self.mul(*value, factor), of(shift)[f] - of(mean)[f] * factor)
                };
                data.iter().enumerate().map(normalise).collect()
            }
            Op::Activation(activation) => {
                let row = node.shape.last().copied().unwrap_or(1);
                data.chunks(row).flat_map(|row| self.activation(*activation, row)).collect()
            }
            Op::Unary(function) => data.iter().map(|&value| self.unary(*function, value)).collect(),
            Op::Binary(function) => {
                let pick = |operand: &[f64], at: usize| if operand.len() == 1 { operand[0] } else { operand[at] };
                (0..node.len()).map(|at| self.binary(*function, pick(x[0].1, at), pick(x[1].1, at))).collect()
            }
            Op::Normalize => self.normalize(data),
            Op::Sum => vec![self.sum(data.iter().copied())],
            _ => Vec::new(),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn conv(
        &self,
        graph: &Graph,
        weight: WeightId,
        bias: Option<Vec<f64>>,
        (stride, padding): (usize, usize),
        (shape, data): (&[usize], &[f64]),
        node: &Node,
        weights: &[Vec<f64>],
    ) -> Vec<f64> {
        let (k, w) = (graph.weight(weight).shape[2], &weights[weight.0 as usize]);
        let mut out = Vec::new();
        for_each(&node.shape, |o, row, column| {
            let mut sum = bias.as_ref().map_or(0.0, |bias| bias[o]);
            for_each(&[shape[0], k, k], |c, dy, dx| {
                let (y, x) = (row * stride + dy, column * stride + dx);
                let inside = (padding..shape[1] + padding).contains(&y) && (padding..shape[2] + padding).contains(&x);
                let value = if inside { data[(c * shape[1] + y - padding) * shape[2] + x - padding] } else { 0.0 };
                sum = self.add(sum, self.mul(w[((o * shape[0] + c) * k + dy) * k + dx], value));
            });
            out.push(sum);
        });
        out
    }

    fn pool(&self, pooling: Pooling, window: (usize, usize), x: (&[usize], &[f64]), node: &Node) -> Vec<f64> {
        let ((kernel, stride), (shape, data)) = (window, x);
        let mut out = Vec::new();
        for_each(&node.shape, |c, row, column| {
            let mut values = Vec::new();
            for_each(&[1, kernel, kernel], |_, dy, dx| {
                values.push(data[(c * shape[1] + row * stride + dy) * shape[2] + column * stride + dx]);
            });
            out.push(match pooling {
                Pooling::Max => values.into_iter().reduce(|a, b| self.max(a, b)).unwrap_or(0.0),
                Pooling::Average => self.div(self.sum(values), (kernel * kernel) as f64),
            });
        });
        out
    }

    fn activation(&self, activation: Activation, row: &[f64]) -> Vec<f64> {
        let each = |f: &dyn Fn(f64) -> f64| row.iter().map(|&x| f(x)).collect::<Vec<f64>>();
        match activation {
            Activation::Relu => each(&|x| self.max(x, 0.0)),
            Activation::Tanh => each(&|x| self.call(f64::tanh, x)),
            Activation::Sigmoid => each(&|x| self.div(1.0, self.add(1.0, self.call(f64::exp, self.neg(x))))),
            Activation::Gelu => each(&|x| {
                // The error function itself is one call; its value does not matter here.
                let erf = self.call(|t| t.tanh(), self.mul(x, std::f64::consts::FRAC_1_SQRT_2));
                self.mul(self.mul(x, 0.5), self.add(1.0, erf))
            }),
            Activation::Softmax | Activation::LogSoftmax => {
                let top = row.iter().copied().reduce(|a, b| self.max(a, b)).unwrap_or(0.0);
                let shifted: Vec<f64> = row.iter().map(|&x| self.sub(x, top)).collect();
                let powers: Vec<f64> = shifted.iter().map(|&x| self.call(f64::exp, x)).collect();
                let total = self.sum(powers.iter().copied());
                if activation == Activation::Softmax {
                    return powers.into_iter().map(|p| self.div(p, total)).collect();
                }
                let log = self.call(f64::ln, total);
                shifted.into_iter().map(|x| self.sub(x, log)).collect()
            }
        }
    }

    fn unary(&self, function: UnaryFn, x: f64) -> f64 {
        match function {
            UnaryFn::Neg => self.neg(x),
            UnaryFn::Sin => self.call(f64::sin, x),
            UnaryFn::Cos => self.call(f64::cos, x),
            UnaryFn::Exp => self.call(f64::exp, x),
            UnaryFn::Ln => self.call(f64::ln, x),
            UnaryFn::Sqrt => self.call(f64::sqrt, x),
            UnaryFn::Abs => self.call(f64::abs, x),
        }
    }

    fn binary(&self, function: BinaryFn, a: f64, b: f64) -> f64 {
        match function {
            BinaryFn::Add => self.add(a, b),
            BinaryFn::Sub => self.sub(a, b),
            BinaryFn::Mul => self.mul(a, b),
            BinaryFn::Div => self.div(a, b),
            BinaryFn::Rem => self.call(|a| a.rem_euclid(b), a),
            BinaryFn::Pow => self.call(|a| a.powf(b), a),
            BinaryFn::Min => self.call(|a| a.min(b), a),
            BinaryFn::Max => self.max(a, b),
        }
    }
}

fn for_each(shape: &[usize], mut f: impl FnMut(usize, usize, usize)) {
    for a in 0..shape[0] {
        for b in 0..shape[1] {
            for c in 0..shape[2] {
                f(a, b, c);
            }
        }
    }
}
