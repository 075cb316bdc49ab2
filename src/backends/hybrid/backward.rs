//! One operation backwards: adds to the gradients of its operands and of the parameters.

use super::forward::row;
use super::mixture;
use super::plan::{Kind, Step};
use crate::backends::Real;
use crate::backends::nn::{activation, conv, elementwise, linear, norm, pool, recurrent};
use crate::diag::Diagnostic;

/// Is the gradient of a step asked for?
pub(super) fn active<T>(step: &Step<T>, wants_inputs: bool) -> bool {
    step.from_weight || wants_inputs && step.from_input
}

/// Takes the gradient of `step` back to the steps `before` it.
pub(super) fn run<T: Real>(
    before: &mut [Step<T>],
    step: &mut Step<T>,
    params: &[T],
    d_params: &mut [T],
    (rows, wants_inputs, parallel): (usize, bool, bool),
) -> Result<(), Diagnostic> {
    let rows = if step.shared { 1 } else { rows };
    let Step { kind, inputs, len, value: y, gradient: dy, .. } = step;
    let len = (*len).max(1);
    // The first operand: most operations have no other. It is as much per sample as the step itself, so its gradient
    // has the shape of its value.
    let mut nothing = Vec::new();
    let (x, dx, wants) = match inputs.first() {
        Some(&first) => {
            let wants = active(&before[first], wants_inputs);
            let operand = &mut before[first];
            (&operand.value[..], &mut operand.gradient, wants)
        }
        None => (&[][..], &mut nothing, false),
    };
    match kind {
        Kind::Input(_) | Kind::Constant(_) => {}
        Kind::Weight(at) => d_params[*at..*at + dy.len()].iter_mut().zip(&*dy).for_each(|(sum, &d)| *sum += d),
        Kind::Linear { weight, bias, n_in, n_out } => {
            let range = *weight..*weight + *n_in * *n_out;
            linear::backward_weight(x, dy, *n_in, *n_out, &mut d_params[range.clone()]);
            if let Some(bias) = *bias {
                linear::backward_bias(dy, &mut d_params[bias..bias + *n_out]);
            }
            if wants {
                linear::backward_input(dy, &params[range], *n_in, *n_out, dx);
            }
        }
        Kind::Conv2d { shape, weight, bias, columns } => {
            let range = *weight..*weight + shape.out_channels * shape.window();
            conv::backward_weight(*shape, x, dy, &mut d_params[range.clone()], columns);
            if let Some(bias) = *bias {
                conv::backward_bias(*shape, dy, &mut d_params[bias..bias + shape.out_channels]);
            }
            if wants {
                conv::backward_input(*shape, dy, &params[range], dx, columns);
            }
        }
        Kind::BatchNorm { scale, shift, features, stats, room: [d_scale, d_shift], .. } => {
            for room in [&mut *d_scale, &mut *d_shift] {
                room.clear();
                room.resize(*features, T::zero());
            }
            let scales = &params[*scale..*scale + *features];
            let dx = if wants { Some(&mut dx[..]) } else { None };
            norm::backward((rows, len / *features), x, scales, stats, dy, (&mut d_scale[..], &mut d_shift[..]), dx);
            d_params[*scale..].iter_mut().zip(&*d_scale).for_each(|(sum, &d)| *sum += d);
            d_params[*shift..].iter_mut().zip(&*d_shift).for_each(|(sum, &d)| *sum += d);
        }
        Kind::Region { engine, inputs: laid, d_inputs } => {
            let inputs = &inputs[..];
            let wants: bool = inputs.iter().any(|&input| active(&before[input], wants_inputs));
            let width: usize = inputs.iter().map(|&input| before[input].len).sum();
            d_inputs.resize(if wants { rows * width } else { 0 }, T::zero());
            let laid = if let [only] = inputs { &before[*only].value[..] } else { &laid[..] };
            engine.backward(params, (laid, rows), dy, d_params, d_inputs, parallel)?;
            if wants {
                split(before, inputs, rows, d_inputs, wants_inputs);
            }
        }
        Kind::Concat => split(before, inputs, rows, dy, wants_inputs),
        Kind::Recurrent { shape, weights: [input, hidden], biases, room } => {
            let width = shape.cell.gates() * shape.hidden;
            let own = *hidden..*hidden + width * shape.hidden;
            recurrent::backward(*shape, rows, dy, &params[own.clone()], &mut d_params[own], room);
            let own = *input..*input + width * shape.n_in;
            recurrent::input_weight_gradients(*shape, &mut d_params[own.clone()], room);
            for (which, bias) in biases.iter().enumerate() {
                if let Some(at) = *bias {
                    recurrent::bias_gradients(which, &mut d_params[at..at + width], room);
                }
            }
            if wants {
                recurrent::input_gradients(*shape, rows, &params[own], dx, room);
            }
        }
        Kind::Generate { at, start } => {
            // The layers behind have left the gradient of the weight among those of the parameters.
            let taken = &mut d_params[*at..*at + len];
            if wants {
                dx[*start..].iter_mut().zip(&*taken).for_each(|(sum, &d)| *sum += d);
            }
            taken.fill(T::zero());
        }
        Kind::Mix { at, rule, coefficients, temperature } => {
            let mut slopes = vec![0.0; inputs.len()];
            for (k, &input) in inputs.iter().enumerate() {
                let wants = active(&before[input], wants_inputs);
                let (part, c) = (&mut before[input], T::of(coefficients[k]));
                for (at, dy) in dy.chunks_exact(len).enumerate() {
                    let from = if part.shared { 0 } else { at * part.len };
                    let x = &part.value[from..from + part.len];
                    slopes[k] += x.iter().zip(dy).map(|(&x, &dy)| x * dy).sum::<T>().wide();
                    if wants {
                        let dx = &mut part.gradient[from..from + part.len];
                        dx.iter_mut().zip(dy).for_each(|(dx, &dy)| *dx += c * dy);
                    }
                }
            }
            mixture::weight_slopes(*rule, coefficients, *temperature, &mut slopes);
            d_params[*at..*at + slopes.len()].iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += T::of(slope));
        }
        Kind::Join => {
            let total: usize = inputs.iter().map(|&input| before[input].width).sum();
            let mut start = 0;
            for &input in &*inputs {
                let wants = active(&before[input], wants_inputs);
                let part = &mut before[input];
                if wants {
                    for (line, dy) in dy.chunks_exact(total.max(1)).enumerate() {
                        let (at, inner) = (line / (len / total.max(1)).max(1), line % (len / total.max(1)).max(1));
                        let to = if part.shared { 0 } else { at * part.len } + inner * part.width;
                        let dx = &mut part.gradient[to..to + part.width];
                        dx.iter_mut().zip(&dy[start..]).for_each(|(dx, &dy)| *dx += dy);
                    }
                }
                start += part.width;
            }
        }
        Kind::Binary(function) => {
            for side in 0..2 {
                if active(&before[inputs[side]], wants_inputs) {
                    let mut sums = std::mem::take(&mut before[inputs[side]].gradient);
                    for (at, dy) in dy.chunks_exact(len).enumerate() {
                        let (a, b) = (row(&before[inputs[0]], at), row(&before[inputs[1]], at));
                        let own = &before[inputs[side]];
                        let start = if own.shared { 0 } else { at * own.len };
                        for (k, &dy) in dy.iter().enumerate() {
                            let pick = |len: usize| if len == 1 { 0 } else { k };
                            let (da, db) = elementwise::slopes(*function, a[pick(a.len())], b[pick(b.len())]);
                            sums[start + pick(own.len)] += dy * if side == 0 { da } else { db };
                        }
                    }
                    before[inputs[side]].gradient = sums;
                }
            }
        }
        _ if !wants => {}
        Kind::Pool2d { shape, pooling } => pool::backward(*shape, *pooling, x, dy, dx),
        Kind::Dropout { mask, training, .. } => match *training {
            true => dx.iter_mut().zip(&*dy).zip(&*mask).for_each(|((dx, &dy), &mask)| *dx += dy * mask),
            false => dx.iter_mut().zip(&*dy).for_each(|(dx, &dy)| *dx += dy),
        },
        Kind::Reshape => dx.iter_mut().zip(&*dy).for_each(|(dx, &dy)| *dx += dy),
        Kind::Activation { activation, axis } => activation::backward(*activation, *axis, (x, y), dy, dx),
        Kind::Unary(function) => elementwise::unary_backward(*function, (x, y), dy, dx),
        Kind::Gather(indices) => {
            let from = x.len() / rows;
            for (dx, dy) in dx.chunks_exact_mut(from.max(1)).zip(dy.chunks_exact(len)) {
                indices.iter().zip(dy).for_each(|(&index, &dy)| dx[index as usize] += dy);
            }
        }
        Kind::Pad => {
            let from = x.len() / rows;
            for (dx, dy) in dx.chunks_exact_mut(from.max(1)).zip(dy.chunks_exact(len)) {
                dx.iter_mut().zip(dy).for_each(|(dx, &dy)| *dx += dy);
            }
        }
        Kind::Normalize => norm::normalize_backward(len, x, y, dy, dx),
        Kind::Sum => {
            let from = x.len() / rows;
            for (dx, &dy) in dx.chunks_exact_mut(from.max(1)).zip(&*dy) {
                dx.iter_mut().for_each(|dx| *dx += dy);
            }
        }
    }
    Ok(())
}

/// Hands the gradient of operands laid one after another on to them.
fn split<T: Real>(before: &mut [Step<T>], inputs: &[usize], rows: usize, dy: &[T], wants_inputs: bool) {
    let len = dy.len() / rows.max(1);
    let mut start = 0;
    for &input in inputs {
        let wants = active(&before[input], wants_inputs);
        let operand = &mut before[input];
        if wants {
            for (at, dy) in dy.chunks_exact(len.max(1)).enumerate() {
                let to = if operand.shared { 0 } else { at * operand.len };
                let dx = &mut operand.gradient[to..to + operand.len];
                dx.iter_mut().zip(&dy[start..]).for_each(|(dx, &dy)| *dx += dy);
            }
        }
        start += operand.len;
    }
}
