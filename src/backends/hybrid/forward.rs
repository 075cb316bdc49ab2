//! One operation forwards.

use super::Mode;
use super::mixture;
use super::plan::{Kind, Step};
use crate::backends::Real;
use crate::backends::nn::{activation, conv, dropout, elementwise, linear, norm, pool, recurrent, recurrent::Weights};
use crate::diag::Diagnostic;

/// The batch a forward pass runs on.
pub(super) struct Batch<'a, T> {
    pub(super) inputs: &'a [&'a [T]],
    pub(super) rows: usize,
    pub(super) mode: Mode,
    pub(super) parallel: bool,
}

/// A row of an operand that may be the same for all samples.
pub(super) fn row<T: Real>(step: &Step<T>, row: usize) -> &[T] {
    let at = if step.shared { 0 } else { row * step.len };
    &step.value[at..at + step.len]
}

/// Computes `step`, given all steps `before` it.
pub(super) fn run<T: Real>(
    before: &[Step<T>],
    step: &mut Step<T>,
    params: &mut [T],
    batch: &Batch<'_, T>,
) -> Result<(), Diagnostic> {
    let rows = if step.shared { 1 } else { batch.rows };
    let len = step.len;
    if step.fixed && !step.value.is_empty() {
        return Ok(());
    }
    step.value.resize(rows * len, T::zero());
    let y = &mut step.value[..];
    let operand = |k: usize| &before[step.inputs[k]];
    let x = step.inputs.first().map_or(&[][..], |&input| &before[input].value[..]);
    match &mut step.kind {
        Kind::Input(index) => y.copy_from_slice(batch.inputs[*index]),
        Kind::Weight(at) => y.copy_from_slice(&params[*at..*at + len]),
        Kind::Constant(values) => y.copy_from_slice(values),
        Kind::Linear { weight, bias, n_in, n_out } => {
            let bias = bias.map(|bias| &params[bias..bias + *n_out]);
            linear::forward(x, &params[*weight..*weight + *n_in * *n_out], bias, *n_in, *n_out, y);
        }
        Kind::Conv2d { shape, weight, bias, columns } => {
            let bias = bias.map(|bias| &params[bias..bias + shape.out_channels]);
            let weight = &params[*weight..*weight + shape.out_channels * shape.window()];
            conv::forward(*shape, x, weight, bias, y, columns);
        }
        Kind::Pool2d { shape, pooling } => pool::forward(*shape, *pooling, x, y),
        Kind::BatchNorm { scale, shift, mean, variance, features, stats, room: [m, v] } => {
            for (room, at) in [(&mut *m, *mean), (&mut *v, *variance)] {
                room.clear();
                room.extend_from_slice(&params[at..at + *features]);
            }
            let affine = (&params[*scale..*scale + *features], &params[*shift..*shift + *features]);
            let training = matches!(batch.mode, Mode::Train { .. });
            norm::forward((rows, len / *features), x, affine, (&mut m[..], &mut v[..]), stats, training, y);
            params[*mean..*mean + *features].copy_from_slice(m);
            params[*variance..*variance + *features].copy_from_slice(v);
        }
        Kind::Dropout { p, mask, training } => {
            *training = false;
            if let Mode::Train { seed, step: at } = batch.mode {
                *training = true;
                mask.resize(rows * len, T::zero());
                dropout::mask(*p, (seed, at, step.id), mask);
                y.iter_mut().zip(x).zip(&*mask).for_each(|((y, &x), &mask)| *y = x * mask);
            } else {
                y.copy_from_slice(x);
            }
        }
        Kind::Generate { at, start } => {
            y.copy_from_slice(&x[*start..*start + len]);
            params[*at..*at + len].copy_from_slice(y);
        }
        Kind::Recurrent { shape, weights: [input, hidden], biases, room } => {
            let width = shape.cell.gates() * shape.hidden;
            let weights = Weights {
                input: &params[*input..*input + width * shape.n_in],
                hidden: &params[*hidden..*hidden + width * shape.hidden],
                biases: biases.map(|bias| bias.map(|at| &params[at..at + width])),
            };
            recurrent::forward(*shape, rows, x, weights, y, room);
        }
        Kind::Mix { at, rule, coefficients, temperature } => {
            let weights: Vec<f64> = params[*at..*at + step.inputs.len()].iter().map(|weight| weight.wide()).collect();
            mixture::coefficients(*rule, weights, (batch.mode, step.id), coefficients, temperature);
            y.fill(T::zero());
            for (&input, &coefficient) in step.inputs.iter().zip(&*coefficients) {
                let c = T::of(coefficient);
                for at in 0..rows {
                    let part = row(&before[input], at);
                    y[at * len..(at + 1) * len].iter_mut().zip(part).for_each(|(y, &x)| *y += c * x);
                }
            }
        }
        Kind::Join => {
            let total: usize = step.inputs.iter().map(|&input| before[input].width).sum();
            let mut start = 0;
            for &input in &step.inputs {
                let part = &before[input];
                for at in 0..rows {
                    let (from, lines) = (row(part, at), len / total.max(1));
                    for line in 0..lines {
                        let to = at * len + line * total + start;
                        y[to..to + part.width].copy_from_slice(&from[line * part.width..(line + 1) * part.width]);
                    }
                }
                start += part.width;
            }
        }
        Kind::Reshape => y.copy_from_slice(x),
        Kind::Activation { activation, axis } => activation::forward(*activation, *axis, x, y),
        Kind::Unary(function) => elementwise::unary(*function, x, y),
        Kind::Binary(function) => {
            for (at, y) in y.chunks_exact_mut(len.max(1)).enumerate() {
                let (a, b) = (row(operand(0), at), row(operand(1), at));
                for (k, y) in y.iter_mut().enumerate() {
                    let pick = |x: &[T]| x[if x.len() == 1 { 0 } else { k }];
                    *y = elementwise::value(*function, pick(a), pick(b));
                }
            }
        }
        Kind::Concat => concat(before, &step.inputs, rows, y),
        Kind::Gather(indices) => {
            let from = operand(0).len;
            for (x, y) in x.chunks_exact(from.max(1)).zip(y.chunks_exact_mut(len.max(1))) {
                y.iter_mut().zip(&*indices).for_each(|(y, &index)| *y = x[index as usize]);
            }
        }
        Kind::Pad => {
            let from = operand(0).len;
            for (x, y) in x.chunks_exact(from.max(1)).zip(y.chunks_exact_mut(len.max(1))) {
                y[..from].copy_from_slice(x);
                y[from..].fill(T::zero());
            }
        }
        Kind::Normalize => norm::normalize(len.max(1), x, y),
        Kind::Sum => {
            let from = operand(0).len;
            y.iter_mut().zip(x.chunks_exact(from.max(1))).for_each(|(y, x)| *y = x.iter().copied().sum());
        }
        Kind::Region { engine, inputs, .. } => {
            // One operand is read in place; several are laid one after another first.
            let inputs = if let [only] = step.inputs[..] {
                &before[only].value[..]
            } else {
                inputs.resize(rows * step.inputs.iter().map(|&input| before[input].len).sum::<usize>(), T::zero());
                concat(before, &step.inputs, rows, inputs);
                inputs
            };
            engine.forward(params, inputs, rows, y, batch.parallel)?;
        }
    }
    Ok(())
}

/// The operands of every sample one after another.
fn concat<T: Real>(before: &[Step<T>], inputs: &[usize], rows: usize, y: &mut [T]) {
    let len = y.len() / rows.max(1);
    for (at, y) in y.chunks_exact_mut(len.max(1)).enumerate() {
        let mut start = 0;
        for &input in inputs {
            let part = row(&before[input], at);
            y[start..start + part.len()].copy_from_slice(part);
            start += part.len();
        }
    }
}
