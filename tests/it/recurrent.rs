//! Recurrent layers: values against the formulas written out, gradients against central differences.

use crate::classical::Build;
use qnas::backends::hybrid::{Layout, Mode, Model};
use qnas::ir::{Cell, Graph, Op};

const STEPS: usize = 3;
const INPUTS: usize = 2;
const HIDDEN: usize = 3;

fn layer(cell: Cell, biases: usize) -> Graph {
    let mut build = Build::new();
    let x = build.input(&[STEPS, INPUTS]);
    let rows = cell.gates() * HIDDEN;
    let input = build.random("input", &[rows, INPUTS]);
    let hidden = build.random("hidden", &[rows, HIDDEN]);
    let biases = ["bias", "state_bias"][..biases].iter().map(|name| build.random(name, &[rows])).collect();
    let y = build.node(Op::Recurrent { cell, input, hidden, biases }, &[x], &[STEPS, HIDDEN]);
    build.output("", y);
    build.0
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// One sample, gate by gate, as the documentation of PyTorch has it.
fn reference(cell: Cell, x: &[f64], w: &[f64], u: &[f64], b: &[f64], c: &[f64]) -> Vec<f64> {
    let (mut h, mut memory, mut out) = (vec![0.0; HIDDEN], vec![0.0; HIDDEN], Vec::new());
    for t in 0..STEPS {
        let own = |gate: usize, k: usize| {
            let row = gate * HIDDEN + k;
            (0..INPUTS).map(|i| w[row * INPUTS + i] * x[t * INPUTS + i]).sum::<f64>() + b.get(row).unwrap_or(&0.0)
        };
        let state = |gate: usize, k: usize| {
            let row = gate * HIDDEN + k;
            (0..HIDDEN).map(|i| u[row * HIDDEN + i] * h[i]).sum::<f64>() + c.get(row).unwrap_or(&0.0)
        };
        let both = |gate: usize, k: usize| own(gate, k) + state(gate, k);
        let next: Vec<f64> = match cell {
            Cell::Rnn => (0..HIDDEN).map(|k| both(0, k).tanh()).collect(),
            Cell::Lstm => {
                let new: Vec<f64> = (0..HIDDEN)
                    .map(|k| sigmoid(both(1, k)) * memory[k] + sigmoid(both(0, k)) * both(2, k).tanh())
                    .collect();
                let next = (0..HIDDEN).map(|k| sigmoid(both(3, k)) * new[k].tanh()).collect();
                memory = new;
                next
            }
            Cell::Gru => (0..HIDDEN)
                .map(|k| {
                    let (r, z) = (sigmoid(both(0, k)), sigmoid(both(1, k)));
                    let n = (own(2, k) + r * state(2, k)).tanh();
                    (1.0 - z) * n + z * h[k]
                })
                .collect(),
        };
        h = next;
        out.extend(&h);
    }
    out
}

fn input() -> Vec<f64> {
    (0..2 * STEPS * INPUTS).map(|at| (at as f64 * 1.7 + 0.3).sin()).collect()
}

#[test]
fn states_follow_the_formulas() {
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        for biases in 0..=2 {
            let graph = layer(cell, biases);
            let layout = Layout::new(&graph);
            let mut params: Vec<f64> = layout.initial(9);
            let part = |path: &str| layout.find(path).map_or(Vec::new(), |entry| params[entry.range()].to_vec());
            let (w, u, b, c) = (part("input"), part("hidden"), part("bias"), part("state_bias"));
            let x = input();
            let wanted: Vec<f64> = x.chunks(STEPS * INPUTS).flat_map(|x| reference(cell, x, &w, &u, &b, &c)).collect();
            let mut model = Model::<f64>::compile(&graph).expect("compiles");
            let got = model.forward(&mut params, &[&x], 2, Mode::Evaluate).expect("runs");
            got.iter().zip(&wanted).for_each(|(a, b)| assert!((a - b).abs() < 1e-12, "{cell:?} {biases}: {a} and {b}"));
        }
    }
}

#[test]
fn gradients_go_back_through_time() {
    for cell in [Cell::Rnn, Cell::Lstm, Cell::Gru] {
        let graph = layer(cell, 2);
        let mut model = Model::<f64>::compile(&graph).expect("compiles");
        let mut params: Vec<f64> = Layout::new(&graph).initial(2);
        let x = input();
        let slope = |at: usize| (at as f64 * 0.9).cos();
        let value = |params: &mut [f64], x: &[f64], model: &mut Model<f64>| {
            let y = model.forward(params, &[x], 2, Mode::Evaluate).expect("runs");
            y.iter().enumerate().map(|(at, y)| slope(at) * y).sum::<f64>()
        };
        value(&mut params, &x, &mut model);
        let slopes: Vec<f64> = (0..2 * STEPS * HIDDEN).map(slope).collect();
        let (mut d_params, mut d_inputs) = (vec![0.0; params.len()], vec![Vec::new()]);
        model.backward(&params, &slopes, &mut d_params, Some(&mut d_inputs)).expect("runs");
        let close = |a: f64, b: f64, what: &str| assert!((a - b).abs() < 1e-7, "{cell:?} {what}: {a} and {b}");
        for at in 0..params.len() {
            let mut moved = |by: f64| {
                let mut params = params.clone();
                params[at] += by;
                value(&mut params, &x, &mut model)
            };
            close((moved(1e-5) - moved(-1e-5)) / 2e-5, d_params[at], "weight");
        }
        for at in 0..x.len() {
            let mut moved = |by: f64| {
                let mut x = x.clone();
                x[at] += by;
                value(&mut params.clone(), &x, &mut model)
            };
            close((moved(1e-5) - moved(-1e-5)) / 2e-5, d_inputs[0][at], "input");
        }
    }
}
