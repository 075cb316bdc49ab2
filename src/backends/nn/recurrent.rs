//! Recurrent layers over whole sequences: PyTorch's cells, backpropagation through time.
//!
//! Everything inside is laid out step by step (`[t, rows, ..]`), so that each step of time is one matrix product over the
//! batch, and the input's part is one product for all steps at once.

use super::linear;
use crate::backends::Real;
use crate::ops::Cell;

/// Sizes of a recurrent layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) cell: Cell,
    pub(crate) steps: usize,
    pub(crate) n_in: usize,
    pub(crate) hidden: usize,
}

impl Shape {
    fn width(self) -> usize {
        self.cell.gates() * self.hidden
    }
}

/// The weights: input, state, and the biases of both parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights<'a, T> {
    pub(crate) input: &'a [T],
    pub(crate) hidden: &'a [T],
    pub(crate) biases: [Option<&'a [T]>; 2],
}

/// What a forward pass leaves for the backward pass.
#[derive(Debug, Default)]
pub(crate) struct Room<T> {
    /// The input, step by step.
    xs: Vec<T>,
    /// Gates after their functions, `[t, rows, gates * hidden]`; backwards the gradients before them.
    gates: Vec<T>,
    /// The state's part of the gates, `[t, rows, gates * hidden]`; backwards its gradients.
    parts: Vec<T>,
    /// States, `[t + 1, rows, hidden]`.
    states: Vec<T>,
    /// Cells, `[t + 1, rows, hidden]`.
    cells: Vec<T>,
    /// Gradients of state and cell while going back.
    carry: [Vec<T>; 2],
    d_xs: Vec<T>,
}

/// `[rows, t, width]` to `[t, rows, width]` or back.
fn transpose<T: Real>(from: &[T], (outer, inner, width): (usize, usize, usize), to: &mut [T]) {
    for a in 0..outer {
        for b in 0..inner {
            let (source, target) = ((a * inner + b) * width, (b * outer + a) * width);
            to[target..target + width].copy_from_slice(&from[source..source + width]);
        }
    }
}

fn sigmoid<T: Real>(x: T) -> T {
    T::one() / (T::one() + (-x).exp())
}

fn cleared<T: Real>(buffer: &mut Vec<T>, len: usize) {
    buffer.clear();
    buffer.resize(len, T::zero());
}

/// `y[rows, t, hidden]` of `x[rows, t, n_in]`; states start at zero.
pub(crate) fn forward<T: Real>(
    shape: Shape,
    rows: usize,
    x: &[T],
    weights: Weights<'_, T>,
    y: &mut [T],
    room: &mut Room<T>,
) {
    let Shape { cell, steps, n_in, hidden } = shape;
    let width = shape.width();
    cleared(&mut room.xs, x.len());
    transpose(x, (rows, steps, n_in), &mut room.xs);
    cleared(&mut room.gates, steps * rows * width);
    cleared(&mut room.parts, steps * rows * width);
    cleared(&mut room.states, (steps + 1) * rows * hidden);
    cleared(&mut room.cells, (steps + 1) * rows * hidden);
    linear::forward(&room.xs, weights.input, weights.biases[0], n_in, width, &mut room.gates);
    for t in 0..steps {
        let gates = &mut room.gates[t * rows * width..(t + 1) * rows * width];
        let part = &mut room.parts[t * rows * width..(t + 1) * rows * width];
        let (before, after) = room.states.split_at_mut((t + 1) * rows * hidden);
        let before = &before[t * rows * hidden..];
        let (cells, next) = room.cells.split_at_mut((t + 1) * rows * hidden);
        let cells = &cells[t * rows * hidden..];
        linear::forward(before, weights.hidden, weights.biases[1], hidden, width, part);
        for row in 0..rows {
            let g = &mut gates[row * width..(row + 1) * width];
            let p = &part[row * width..(row + 1) * width];
            let at = row * hidden;
            for k in 0..hidden {
                let pre = |gate: usize| g[gate * hidden + k] + p[gate * hidden + k];
                match cell {
                    Cell::Rnn => {
                        g[k] = pre(0).tanh();
                        after[at + k] = g[k];
                    }
                    Cell::Lstm => {
                        let (i, f, c, o) = (sigmoid(pre(0)), sigmoid(pre(1)), pre(2).tanh(), sigmoid(pre(3)));
                        next[at + k] = f * cells[at + k] + i * c;
                        after[at + k] = o * next[at + k].tanh();
                        for (gate, value) in [i, f, c, o].into_iter().enumerate() {
                            g[gate * hidden + k] = value;
                        }
                    }
                    Cell::Gru => {
                        let (r, z) = (sigmoid(pre(0)), sigmoid(pre(1)));
                        let n = (g[2 * hidden + k] + r * p[2 * hidden + k]).tanh();
                        after[at + k] = (T::one() - z) * n + z * before[at + k];
                        for (gate, value) in [r, z, n].into_iter().enumerate() {
                            g[gate * hidden + k] = value;
                        }
                    }
                }
            }
        }
    }
    transpose(&room.states[rows * hidden..], (steps, rows, hidden), y);
}

/// Gradients of the gates before their functions from those of state and cell; `carry` becomes that of the step before,
/// without the part that comes through the state's matrix.
struct Back<'a, T> {
    gates: &'a mut [T],
    part: &'a mut [T],
    before: &'a [T],
    cells: &'a [T],
    next: &'a [T],
    d_state: &'a mut [T],
    d_cell: &'a mut [T],
}

impl<T: Real> Back<'_, T> {
    fn row(&mut self, cell: Cell, hidden: usize) {
        let one = T::one();
        for k in 0..hidden {
            let dh = self.d_state[k];
            match cell {
                Cell::Rnn => {
                    let h = self.gates[k];
                    self.set(&[dh * (one - h * h)], k, hidden);
                    self.d_state[k] = T::zero();
                }
                Cell::Lstm => {
                    let gate = |at: usize| self.gates[at * hidden + k];
                    let (i, f, c, o) = (gate(0), gate(1), gate(2), gate(3));
                    let t = self.next[k].tanh();
                    let dc = self.d_cell[k] + dh * o * (one - t * t);
                    let d = [
                        dc * c * i * (one - i),
                        dc * self.cells[k] * f * (one - f),
                        dc * i * (one - c * c),
                        dh * t * o * (one - o),
                    ];
                    self.d_cell[k] = dc * f;
                    self.d_state[k] = T::zero();
                    self.set(&d, k, hidden);
                }
                Cell::Gru => {
                    let gate = |at: usize| self.gates[at * hidden + k];
                    let (r, z, n) = (gate(0), gate(1), gate(2));
                    let dn = dh * (one - z) * (one - n * n);
                    let part = self.part[2 * hidden + k];
                    let d = [dn * part * r * (one - r), dh * (self.before[k] - n) * z * (one - z), dn];
                    self.d_state[k] = dh * z;
                    self.set(&d, k, hidden);
                    self.part[2 * hidden + k] = dn * r;
                }
            }
        }
    }

    fn set(&mut self, gradients: &[T], k: usize, hidden: usize) {
        for (gate, &d) in gradients.iter().enumerate() {
            self.gates[gate * hidden + k] = d;
            self.part[gate * hidden + k] = d;
        }
    }
}

/// Goes back through time; afterwards `room` holds the gradients that [`input_gradients`] and the caller's sums need.
pub(crate) fn backward<T: Real>(
    shape: Shape,
    rows: usize,
    dy: &[T],
    hidden_weights: &[T],
    d_hidden: &mut [T],
    room: &mut Room<T>,
) {
    let Shape { cell, steps, hidden, .. } = shape;
    let width = shape.width();
    let [d_state, d_cell] = &mut room.carry;
    cleared(d_state, rows * hidden);
    cleared(d_cell, rows * hidden);
    for t in (0..steps).rev() {
        for row in 0..rows {
            let dy = &dy[(row * steps + t) * hidden..(row * steps + t + 1) * hidden];
            d_state[row * hidden..].iter_mut().zip(dy).for_each(|(sum, &d)| *sum += d);
        }
        let gates = &mut room.gates[t * rows * width..(t + 1) * rows * width];
        let part = &mut room.parts[t * rows * width..(t + 1) * rows * width];
        let before = &room.states[t * rows * hidden..(t + 1) * rows * hidden];
        for row in 0..rows {
            let state = row * hidden..(row + 1) * hidden;
            let (old, new) = room.cells.split_at((t + 1) * rows * hidden);
            let mut back = Back {
                gates: &mut gates[row * width..(row + 1) * width],
                part: &mut part[row * width..(row + 1) * width],
                before: &before[state.clone()],
                cells: &old[t * rows * hidden..][state.clone()],
                next: &new[state.clone()],
                d_state: &mut d_state[state.clone()],
                d_cell: &mut d_cell[state],
            };
            back.row(cell, hidden);
        }
        linear::backward_weight(before, part, hidden, width, d_hidden);
        linear::backward_input(part, hidden_weights, hidden, width, d_state);
    }
}

/// Adds the gradients of both biases; call after [`backward`].
pub(crate) fn bias_gradients<T: Real>(which: usize, d_bias: &mut [T], room: &Room<T>) {
    linear::backward_bias(if which == 0 { &room.gates } else { &room.parts }, d_bias);
}

/// Adds the gradient of the input's matrix; call after [`backward`].
pub(crate) fn input_weight_gradients<T: Real>(shape: Shape, d_input: &mut [T], room: &Room<T>) {
    linear::backward_weight(&room.xs, &room.gates, shape.n_in, shape.width(), d_input);
}

/// Adds the gradient of the input; call after [`backward`].
pub(crate) fn input_gradients<T: Real>(shape: Shape, rows: usize, input: &[T], dx: &mut [T], room: &mut Room<T>) {
    let Shape { steps, n_in, .. } = shape;
    cleared(&mut room.d_xs, rows * steps * n_in);
    linear::backward_input(&room.gates, input, n_in, shape.width(), &mut room.d_xs);
    for t in 0..steps {
        for row in 0..rows {
            let from = &room.d_xs[(t * rows + row) * n_in..(t * rows + row + 1) * n_in];
            dx[(row * steps + t) * n_in..].iter_mut().zip(from).for_each(|(sum, &d)| *sum += d);
        }
    }
}
