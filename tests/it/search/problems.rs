//! Problems with known answers: ZDT1 to ZDT3 and DTLZ2 over real choices, and scores for the spaces made by hand.

use super::spaces::{Program, Walk};
use qnas::driver::search::{Candidate, Evaluate, Evaluation, Failure};
use qnas::hir::{Assignment, Space, Value};
use std::f64::consts::PI;

/// Evaluates by a function of the candidate.
pub(crate) struct By<F>(pub(crate) F);

impl<F: Fn(&Candidate) -> Result<Evaluation, Failure> + Sync> Evaluate for By<F> {
    fn evaluate(&self, candidate: &Candidate) -> Result<Evaluation, Failure> {
        (self.0)(candidate)
    }
}

/// `n` real choices between 0 and 1.
pub(crate) fn cube(n: usize) -> impl Space {
    Program::new(move |walk: &mut Walk| {
        for at in 0..n {
            walk.real(&format!("x{at:02}"), 0.0, 1.0, false);
        }
    })
}

pub(crate) fn reals(assignment: &Assignment) -> Vec<f64> {
    assignment.0.values().filter_map(|value| if let Value::Real(x) = value { Some(*x) } else { None }).collect()
}

fn on_reals(f: impl Fn(&[f64]) -> Vec<f64> + Sync) -> impl Evaluate {
    By(move |candidate: &Candidate| {
        Ok(Evaluation { objectives: f(&reals(candidate.assignment)), ..Evaluation::default() })
    })
}

fn zdt(shape: impl Fn(f64, f64) -> f64 + Sync) -> impl Evaluate {
    on_reals(move |x| {
        let g = 1.0 + 9.0 * x[1..].iter().sum::<f64>() / (x.len() - 1) as f64;
        vec![x[0], g * shape(x[0], g)]
    })
}

pub(crate) fn zdt1() -> impl Evaluate {
    zdt(|f, g| 1.0 - (f / g).sqrt())
}

pub(crate) fn zdt2() -> impl Evaluate {
    zdt(|f, g| 1.0 - (f / g).powi(2))
}

pub(crate) fn zdt3() -> impl Evaluate {
    zdt(|f, g| 1.0 - (f / g).sqrt() - f / g * (10.0 * PI * f).sin())
}

/// Three objectives, 12 variables; the front is an eighth of the unit sphere.
pub(crate) fn dtlz2() -> impl Evaluate {
    on_reals(|x| {
        let radius = 1.0 + x[2..].iter().map(|x| (x - 0.5) * (x - 0.5)).sum::<f64>();
        let (a, b) = (x[0] * PI / 2.0, x[1] * PI / 2.0);
        vec![radius * a.cos() * b.cos(), radius * a.cos() * b.sin(), radius * a.sin()]
    })
}

/// A made-up error against a made-up cost for `spaces::circuits`: deep `ry`, `rx` stacks with range 2 are good and dear.
pub(crate) fn circuit_scores() -> impl Evaluate {
    By(|candidate: &Candidate| {
        let values = &candidate.assignment.0;
        let int = |path: &str| if let Some(Value::Int(value)) = values.get(path) { *value } else { 0 };
        let name = |path: &str| values.get(path).map(ToString::to_string).unwrap_or_default();
        let lr = if let Some(Value::Real(lr)) = values.get("train.lr") { lr.ln() } else { 0.0 };
        let (n, depth) = (int("n"), int("vqc.depth"));
        let good = |layer: i64| {
            let wanted = if layer % 2 == 0 { "ry" } else { "rx" };
            let hits = name(&format!("vqc.layer.{layer}.rot")) == wanted;
            f64::from(hits) + 0.5 * f64::from(hits && int(&format!("vqc.layer.{layer}.range")) == 2)
        };
        let gain: f64 = (0..depth).map(good).sum::<f64>() + 0.2 * n as f64;
        let error = (-0.4 * gain).exp() + 0.01 * (lr - 1e-2_f64.ln()).powi(2);
        let cost = (n * depth) as f64 + if name("kind") == "amplitude" { 3.0 } else { 0.0 };
        let metrics = [("gain".to_owned(), gain), ("odd".to_owned(), f64::NAN)].into();
        let constraints = [("wide".to_owned(), (n - 5) as f64)].into();
        Ok(Evaluation { objectives: vec![error, cost], constraints, metrics })
    })
}
