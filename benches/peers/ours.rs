//! Our side of the comparison in `benches/peers/run.py`: reads orders as JSON lines and answers each with one line, as
//! `worker.py` does for the peers. The only argument is the number of threads.

#![allow(unsafe_code)] // One kernel that measures the cache.

mod mixture;
#[path = "../support/mod.rs"]
mod support;

use qnas::backends::hybrid::{Mode, Model};
use qnas::backends::nn::loss::{CROSS_ENTROPY, Targets};
use qnas::backends::nn::optim::{Optimizer, Rule};
use qnas::backends::sim::simd::{Isa, Kernel, Vector, dispatch_f32};
use qnas::driver::compiler::compile_text;
use qnas::driver::data::DataDirs;
use qnas::hir::space::TemplateSpace;
use qnas::hir::{Assignment, Space};
use qnas::ir::{Graph, Op, Output};
use qnas::source::Span;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

/// W4's model as a user writes it.
const PROGRAM: &str = "
use std::entangle::ring;

circuit vqc[n](x: real[n]) -> real[n] {
    qubit[n] q;
    ry(x) q;
    for layer in 0..2 {
        rx(weight[n]) q;
        ry(weight[n]) q;
        rz(weight[n]) q;
        ring[cx] q;
    }
    expect(Z(q))
}

model classifier(x: real[4]) -> real[3] {
    x |> linear[4] |> vqc[4] |> linear[3]
}
";

type Job = Value;

/// A job made ready: every call of `run` is one measured run; `values` is what all peers must agree on.
trait Run {
    fn run(&mut self);
    fn values(&self) -> Value;
    /// Operations and bytes, for the floor.
    fn count(&self) -> Value {
        Value::Null
    }
}

fn numbers(job: &Job, key: &str) -> Vec<f32> {
    job[key].as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number") as f32).collect()
}

fn indices(value: &Value) -> Vec<u32> {
    value.as_array().expect("a list").iter().map(|x| x.as_u64().expect("an index") as u32).collect()
}

fn size(job: &Job, key: &str) -> usize {
    job[key].as_u64().expect("a size") as usize
}

/// A model with everything a step needs.
struct Training {
    model: Model<f32>,
    optimizer: Optimizer<f32>,
    params: Vec<f32>,
    gradient: Vec<f32>,
    d_outputs: Vec<f32>,
    classes: usize,
    lr: f64,
}

impl Training {
    fn new(graph: &Graph, params: Vec<f32>, job: &Job, threads: usize) -> Self {
        let mut model = Model::<f32>::compile(graph).expect("compiles");
        model.set_threads(threads);
        Self {
            optimizer: Optimizer::new(Rule::named("adam").expect("in the catalogue"), model.layout()),
            gradient: vec![0.0; params.len()],
            d_outputs: Vec::new(),
            classes: size(job, "classes"),
            lr: job["lr"].as_f64().expect("a rate"),
            model,
            params,
        }
    }

    /// The loss, with the gradient in `self.gradient`.
    fn gradient(&mut self, x: &[f32], y: &[u32]) -> f64 {
        let mode = Mode::Train { seed: 1, step: 1 };
        self.d_outputs.resize(y.len() * self.classes, 0.0);
        let outputs = self.model.forward(&mut self.params, &[x], y.len(), mode).expect("runs");
        let targets = Targets::Classes(y);
        let loss = CROSS_ENTROPY.value_and_gradient(outputs, self.classes, targets, &mut self.d_outputs).expect("fits");
        self.gradient.fill(0.0);
        self.model.backward(&self.params, &self.d_outputs, &mut self.gradient, None).expect("runs");
        loss
    }

    fn step(&mut self, x: &[f32], y: &[u32]) {
        self.gradient(x, y);
        self.optimizer.step(&mut self.params, &self.gradient, self.lr);
    }

    fn loss(&mut self, x: &[f32], y: &[u32]) -> f64 {
        self.d_outputs.resize(y.len() * self.classes, 0.0);
        let outputs = self.model.forward(&mut self.params, &[x], y.len(), Mode::Evaluate).expect("runs");
        CROSS_ENTROPY.value_and_gradient(outputs, self.classes, Targets::Classes(y), &mut self.d_outputs).expect("fits")
    }
}

/// W1: one training step.
struct Step {
    training: Training,
    x: Vec<f32>,
    y: Vec<u32>,
    values: Value,
}

impl Step {
    fn new(job: &Job, threads: usize) -> Self {
        let graph = support::classifier(size(job, "n") as u32, size(job, "layers") as u32);
        let mut training = Training::new(&graph, numbers(job, "params"), job, threads);
        let (x, y) = (numbers(job, "x"), indices(&job["y"]));
        let loss = training.gradient(&x, &y);
        let values = json!({ "loss": loss, "gradient": training.gradient });
        Self { training, x, y, values }
    }
}

impl Run for Step {
    fn run(&mut self) {
        self.training.step(&self.x, &self.y);
    }
    fn values(&self) -> Value {
        self.values.clone()
    }
    fn count(&self) -> Value {
        count(&self.training.model, self.y.len())
    }
}

fn count(model: &Model<f32>, rows: usize) -> Value {
    let (flops, back, bytes) = model.plan().total(rows);
    json!({ "flops": flops, "flops_back": back, "bytes": bytes })
}

/// W2 and W3: one state, or its gradient.
struct State {
    model: Model<f32>,
    params: Vec<f32>,
    gradient: Option<Vec<f32>>,
    ones: Vec<f32>,
    outputs: Vec<f32>,
}

impl State {
    fn new(job: &Job, threads: usize) -> Self {
        let n = size(job, "n");
        let names: Vec<&str> =
            job["rotations"].as_array().expect("a list").iter().map(|x| x.as_str().expect("a name")).collect();
        let mut graph = Graph::new("state");
        let angles = support::weight(&mut graph, "angles", &[size(job, "layers") * n * names.len()]);
        let region = support::ansatz(n as u32, size(job, "layers") as u32, &names, false, angles);
        let node = graph.add(Op::Region(Box::new(region)), &[], vec![n], "c", Span::default());
        graph.outputs.push(Output { name: String::new(), node });
        let mut model = Model::compile(&graph).expect("compiles");
        model.set_threads(threads);
        let params = numbers(job, "params");
        let gradient = (job["kind"] == "gradient").then(|| vec![0.0; params.len()]);
        Self { model, params, gradient, ones: vec![1.0; n], outputs: Vec::new() }
    }
}

impl Run for State {
    fn run(&mut self) {
        let outputs = self.model.forward(&mut self.params, &[], 1, Mode::Evaluate).expect("runs");
        self.outputs.clear();
        self.outputs.extend_from_slice(outputs);
        if let Some(gradient) = &mut self.gradient {
            gradient.fill(0.0);
            self.model.backward(&self.params, &self.ones, gradient, None).expect("runs");
        }
    }
    fn values(&self) -> Value {
        match &self.gradient {
            Some(gradient) => json!({ "gradient": gradient }),
            None => json!({ "outputs": self.outputs }),
        }
    }
    fn count(&self) -> Value {
        count(&self.model, 1)
    }
}

/// W4: a new architecture, trained and validated.
struct Candidate {
    job: Job,
    threads: usize,
    x: Vec<f32>,
    y: Vec<u32>,
    epochs: Vec<Vec<u32>>,
    validation: (Vec<f32>, Vec<u32>),
    /// Read the program again every time? Otherwise only the architecture is built from its choices, as a search does.
    parse: bool,
    checked: qnas::hir::Checked,
    loss: f64,
}

impl Candidate {
    fn new(job: &Job, threads: usize) -> Self {
        Self {
            threads,
            x: numbers(job, "x"),
            y: indices(&job["y"]),
            epochs: job["epochs"].as_array().expect("a list").iter().map(indices).collect(),
            validation: (numbers(job, "validation_x"), indices(&job["validation_y"])),
            parse: job["parse"] == true,
            checked: checked(),
            loss: f64::NAN,
            job: job.clone(),
        }
    }

    /// The peers' numbers in the order of our weights: they keep the three angles of a qubit together.
    fn params(&self) -> Vec<f32> {
        let mut params = numbers(&self.job, "params");
        let (n, layers) = (size(&self.job, "n"), size(&self.job, "layers"));
        let start = n * size(&self.job, "features") + n;
        let theirs = params[start..start + layers * n * 3].to_vec();
        for layer in 0..layers {
            for gate in 0..3 {
                for qubit in 0..n {
                    params[start + (layer * 3 + gate) * n + qubit] = theirs[(layer * n + qubit) * 3 + gate];
                }
            }
        }
        params
    }
}

fn checked() -> qnas::hir::Checked {
    compile_text("candidate.qnas", PROGRAM, None, &DataDirs::default()).checked
}

fn build(checked: &qnas::hir::Checked) -> Graph {
    let template = &checked.models.last().expect("a model");
    let space = TemplateSpace::new(template);
    let assignment: Assignment = space.sample(&mut ChaCha8Rng::seed_from_u64(1)).expect("an architecture");
    qnas::ir::build::build(&space, &assignment).expect("builds")
}

impl Run for Candidate {
    fn run(&mut self) {
        let again = self.parse.then(checked);
        let graph = build(again.as_ref().unwrap_or(&self.checked));
        let mut training = Training::new(&graph, self.params(), &self.job, self.threads);
        let (features, batch) = (size(&self.job, "features"), size(&self.job, "batch"));
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for epoch in &self.epochs {
            for rows in epoch.chunks(batch) {
                x.clear();
                y.clear();
                for &row in rows {
                    x.extend_from_slice(&self.x[row as usize * features..][..features]);
                    y.push(self.y[row as usize]);
                }
                training.step(&x, &y);
            }
        }
        self.loss = training.loss(&self.validation.0, &self.validation.1);
    }
    fn values(&self) -> Value {
        json!({ "validation_loss": self.loss })
    }
}

/// Multiply-adds in registers and nothing else: the most the processor does.
struct Peak(f32);

impl Kernel<f32> for Peak {
    type Output = f32;

    #[inline(always)]
    fn run<V: Vector<f32>>(self) -> f32 {
        let (a, b) = (V::splat(self.0), V::splat(1.0 - self.0));
        let mut sums = [a; 12];
        for _ in 0..PEAK_ROUNDS {
            // A plain loop: a closure may be left as a function of its own, without the vectors of this one.
            for sum in &mut sums {
                *sum = sum.fma(a, b);
            }
        }
        sums.into_iter().fold(V::splat(0.0), V::add).sum()
    }
}

const PEAK_ROUNDS: usize = 1 << 20;

impl Run for Peak {
    fn run(&mut self) {
        std::hint::black_box(dispatch_f32(Isa::detect(), Self(std::hint::black_box(self.0))));
    }
    fn values(&self) -> Value {
        json!({ "flops": (2 * 12 * 16 * PEAK_ROUNDS) as f64 })
    }
}

/// Numbers in the first-level cache read, changed and written, and nothing else: the most that moves.
struct Stream(Vec<f32>);

const STREAM_NUMBERS: usize = 4096;
const STREAM_ROUNDS: usize = 1 << 12;

struct InPlace<'a>(&'a mut [f32], f32);

impl Kernel<f32> for InPlace<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<f32>>(self) {
        let factor = V::splat(self.1);
        for sixteen in self.0.chunks_exact_mut(16) {
            // SAFETY: a vector is sixteen numbers.
            unsafe { V::load(sixteen.as_ptr()).mul(factor).store(sixteen.as_mut_ptr()) };
        }
    }
}

impl Run for Stream {
    fn run(&mut self) {
        for _ in 0..STREAM_ROUNDS {
            dispatch_f32(Isa::detect(), InPlace(&mut self.0, std::hint::black_box(1.0)));
        }
    }
    fn values(&self) -> Value {
        json!({ "bytes": (2 * 4 * STREAM_NUMBERS * STREAM_ROUNDS) as f64 })
    }
}

fn prepare(job: &Job, threads: usize) -> (Box<dyn Run>, Value) {
    let start = Instant::now();
    let mut run: Box<dyn Run> = match job["kind"].as_str() {
        Some("step") => Box::new(Step::new(job, threads)),
        Some("peak") => Box::new(Peak(0.5)),
        Some("stream") => Box::new(Stream(vec![1.0; STREAM_NUMBERS])),
        Some("candidate") => Box::new(Candidate::new(job, threads)),
        Some("mixture") => Box::new(mixture::Mixture::new(job, threads)),
        _ => Box::new(State::new(job, threads)),
    };
    run.run();
    let first = start.elapsed().as_secs_f64();
    let answer = json!({ "ok": true, "first": first, "values": run.values(), "count": run.count() });
    (run, answer)
}

fn main() {
    let threads: usize = std::env::args().nth(1).map_or(1, |text| text.parse().expect("a number of threads"));
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().expect("a pool");
    let mut out = std::io::stdout();
    let mut say = |answer: &Value| {
        writeln!(out, "{answer}").and_then(|()| out.flush()).expect("somebody listens");
    };
    say(&json!({ "ok": true }));
    let mut run: Option<Box<dyn Run>> = None;
    for line in std::io::stdin().lock().lines() {
        let order: Value = serde_json::from_str(&line.expect("text")).expect("JSON");
        match order["do"].as_str() {
            Some("prepare") => {
                drop(run.take());
                let (ready, answer) = prepare(&order["job"], threads);
                run = Some(ready);
                say(&answer);
            }
            _ => {
                let end = Duration::from_secs_f64(order["seconds"].as_f64().expect("seconds"));
                let begin = Instant::now();
                let mut seconds = Vec::new();
                if let Some(run) = &mut run {
                    while seconds.is_empty() || begin.elapsed() < end {
                        let start = Instant::now();
                        run.run();
                        seconds.push(start.elapsed().as_secs_f64());
                    }
                }
                say(&json!({ "ok": true, "seconds": seconds }));
            }
        }
    }
}
