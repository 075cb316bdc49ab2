//! Losses and optimisers against formulas written out by hand, and a model that learns.

use crate::support::dense;
use qnas::backends::hybrid::{Layout, LayoutEntry};
use qnas::backends::nn::loss::{self, Targets};
use qnas::backends::nn::optim::{Optimizer, Rule};
use qnas::ir::Init;

const LOGITS: [f64; 6] = [0.2, -1.3, 0.7, 2.1, 0.4, -0.6];

fn value(name: &str, outputs: &[f64], k: usize, targets: Targets<'_, f64>) -> (f64, Vec<f64>) {
    let mut gradient = vec![f64::NAN; outputs.len()];
    let loss = loss::find(name).expect("in the catalogue");
    (loss.value_and_gradient(outputs, k, targets, &mut gradient).expect("fits"), gradient)
}

fn check(name: &str, targets: Targets<'_, f64>, expected: f64) {
    let (got, gradient) = value(name, &LOGITS, 3, targets);
    assert!((got - expected).abs() < 1e-14, "{name}: {got} {expected}");
    for at in 0..6 {
        let numeric = dense::central_difference(1e-5, |shift| {
            let mut outputs = LOGITS;
            outputs[at] += shift;
            vec![value(name, &outputs, 3, targets).0]
        });
        assert!((gradient[at] - numeric[0]).abs() < 1e-9, "{name} [{at}]");
    }
}

#[test]
fn losses_and_their_gradients() {
    let classes = [2, 0];
    let rows: Vec<&[f64]> = LOGITS.chunks(3).collect();
    let log_sum = |row: &[f64]| row.iter().map(|x| x.exp()).sum::<f64>().ln();
    let cross = (log_sum(rows[0]) - rows[0][2] + log_sum(rows[1]) - rows[1][0]) / 2.0;
    check("cross_entropy", Targets::Classes(&classes), cross);
    check("nll", Targets::Classes(&classes), -(rows[0][2] + rows[1][0]) / 2.0);
    let values = [0.0, 1.0, 0.5, 1.0, 0.0, 0.25];
    let mse = LOGITS.iter().zip(&values).map(|(x, t)| (x - t) * (x - t)).sum::<f64>() / 6.0;
    check("mse", Targets::Values(&values), mse);
    let log = |x: f64, t: f64| {
        let p = 1.0 / (1.0 + (-x).exp());
        -t * p.ln() - (1.0 - t) * (1.0 - p).ln()
    };
    let bce = LOGITS.iter().zip(&values).map(|(&x, &t)| log(x, t)).sum::<f64>() / 6.0;
    check("bce", Targets::Values(&values), bce);
    check("output", Targets::None, LOGITS.iter().sum::<f64>() / 2.0);
}

#[test]
fn targets_that_do_not_fit_are_refused() {
    let loss = loss::find("cross_entropy").expect("in the catalogue");
    let mut gradient = [0.0; 6];
    let error = loss.value_and_gradient(&LOGITS, 3, Targets::Classes(&[0, 3]), &mut gradient).expect_err("no class 3");
    assert_eq!(error.code.meta.code, "QN0705");
    assert!(error.message.contains("class 3"), "{}", error.message);
    assert!(loss.value_and_gradient(&LOGITS, 3, Targets::Classes(&[0]), &mut gradient).is_err());
    assert!(loss.value_and_gradient(&LOGITS, 3, Targets::Values(&LOGITS), &mut gradient).is_err());
    assert!(loss.value_and_gradient(&LOGITS, 3, Targets::None, &mut gradient).is_err());
    assert!(loss::find("cross_entropi").is_err_and(|error| error.helps[0].contains("cross_entropy")));
}

/// Three numbers, of which the middle one is a buffer.
fn layout() -> Layout {
    let entry = |offset: usize, trainable| LayoutEntry {
        path: format!("w{offset}"),
        offset,
        shape: vec![1],
        trainable,
        quantum: false,
        init: Init::Constant(0.0),
    };
    Layout { entries: vec![entry(0, true), entry(1, false), entry(2, true)], len: 3 }
}

/// One parameter through four steps with the gradient `w² - 0.3 t`, by a rule written out.
fn written_out(rule: Rule, start: f64, lr: f64) -> f64 {
    let (mut w, mut b, mut m, mut v) = (start, 0.0, 0.0, 0.0);
    for t in 1..=4 {
        let mut g = w * w - 0.3 * f64::from(t);
        match rule {
            Rule::Sgd { momentum, nesterov, weight_decay } => {
                g += weight_decay * w;
                b = if t == 1 { g } else { momentum * b + g };
                w -= lr
                    * if nesterov {
                        g + momentum * b
                    } else if momentum != 0.0 {
                        b
                    } else {
                        g
                    };
            }
            Rule::Adam { betas: (b1, b2), eps, weight_decay, decoupled } => {
                if decoupled {
                    w -= lr * weight_decay * w;
                } else {
                    g += weight_decay * w;
                }
                m = b1 * m + (1.0 - b1) * g;
                v = b2 * v + (1.0 - b2) * g * g;
                let (mh, vh): (f64, f64) = (m / (1.0 - b1.powi(t)), v / (1.0 - b2.powi(t)));
                w -= lr * mh / (vh.sqrt() + eps);
            }
            Rule::RmsProp { alpha, eps, momentum, weight_decay } => {
                g += weight_decay * w;
                v = alpha * v + (1.0 - alpha) * g * g;
                let d = g / (f64::sqrt(v) + eps);
                b = momentum * b + d;
                w -= lr * if momentum != 0.0 { b } else { d };
            }
        }
    }
    w
}

#[test]
fn optimisers_follow_their_formulas() {
    let sgd = |momentum, nesterov, weight_decay| Rule::Sgd { momentum, nesterov, weight_decay };
    let adam = |weight_decay, decoupled| Rule::Adam { betas: (0.8, 0.95), eps: 1e-3, weight_decay, decoupled };
    let rms = |momentum, weight_decay| Rule::RmsProp { alpha: 0.9, eps: 1e-3, momentum, weight_decay };
    let rules = [
        sgd(0.0, false, 0.0),
        sgd(0.0, false, 0.1),
        sgd(0.9, false, 0.0),
        sgd(0.9, true, 0.1),
        adam(0.0, false),
        adam(0.1, false),
        adam(0.1, true),
        rms(0.0, 0.0),
        rms(0.7, 0.1),
    ];
    for rule in rules {
        let mut optimizer = Optimizer::<f64>::new(rule, &layout());
        let mut params = [0.8, 5.0, -0.4];
        for t in 1..=4 {
            let gradient: Vec<f64> = params.iter().map(|w| w * w - 0.3 * f64::from(t)).collect();
            optimizer.step(&mut params, &gradient, 0.05);
        }
        assert!((params[0] - written_out(rule, 0.8, 0.05)).abs() < 1e-14, "{rule:?}");
        assert!((params[2] - written_out(rule, -0.4, 0.05)).abs() < 1e-14, "{rule:?}");
        assert_eq!(params[1], 5.0, "buffers are left alone");
    }
    for name in ["sgd", "adam", "adamw", "rmsprop"] {
        assert!(Rule::named(name).is_ok());
    }
    assert!(Rule::named("adm").is_err_and(|error| error.helps[0].contains("adam")));
}
