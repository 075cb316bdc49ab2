//! Gates in terms of simpler gates, angles still symbolic: controls, interactions, catalogue gates that a target lacks.
//!
//! Everything holds up to a global phase; a phase that a control makes visible is kept.

use crate::gates::{self, Gate};
use crate::ir::{Angle, GateOp, Operation};
use crate::qasm::unitary::{euler, spelled};
use crate::source::Span;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};
use std::sync::Arc;

/// Most controls of one gate: the number of gates triples with each.
pub(super) const MAX_CONTROLS: usize = 10;

/// A growing list of gates.
#[derive(Debug)]
pub(super) struct Build {
    pub(super) ops: Vec<GateOp>,
    path: Arc<str>,
    span: Span,
}

fn number(value: f64) -> Angle {
    Angle::constant(value)
}

fn half(angle: &Angle) -> Angle {
    angle.scaled(0.5)
}

fn minus(angle: &Angle) -> Angle {
    angle.scaled(-1.0)
}

/// `[theta, phi, lambda, gamma]` with `gate = e^(i gamma) u(theta, phi, lambda)`, for gates of one target.
pub(super) fn angles(gate: &Gate, params: &[Angle]) -> [Angle; 4] {
    let o = || number(0.0);
    let quarter = || number(FRAC_PI_2);
    match (gate.meta.name.trim_start_matches('c'), params) {
        ("rx", [t]) => [t.clone(), number(-FRAC_PI_2), quarter(), o()],
        ("ry", [t]) => [t.clone(), o(), o(), o()],
        ("rz", [t]) => [o(), o(), t.clone(), t.scaled(-0.5)],
        ("p" | "u1", [t]) => [o(), o(), t.clone(), o()],
        ("r", [t, phi]) => [t.clone(), phi.plus(&number(-FRAC_PI_2)), quarter().add_scaled(phi, -1.0), o()],
        ("u" | "u3", [t, phi, lambda]) => [t.clone(), phi.clone(), lambda.clone(), o()],
        ("u2", [phi, lambda]) => [quarter(), phi.clone(), lambda.clone(), o()],
        ("u", [t, phi, lambda, gamma]) => [t.clone(), phi.clone(), lambda.clone(), gamma.clone()],
        _ => {
            let values: Vec<f64> = params.iter().map(|angle| angle.as_constant().unwrap_or(0.0)).collect();
            euler(&(gate.matrix)(&values)).map(number)
        }
    }
}

impl Build {
    pub(super) fn new(like: &GateOp) -> Self {
        Self { ops: Vec::new(), path: like.path.clone(), span: like.span }
    }

    pub(super) fn put(&mut self, name: &str, params: Vec<Angle>, qubits: &[u32]) {
        let gate = gates::find(name).unwrap_or(&gates::id::ID);
        let operation = Operation::Gate { gate, params };
        let (path, span) = (self.path.clone(), self.span);
        self.ops.push(GateOp { operation, extra_controls: Vec::new(), qubits: qubits.to_vec(), path, span });
    }

    fn fixed(&mut self, name: &str, qubits: &[u32]) {
        self.put(name, Vec::new(), qubits);
    }

    /// `e^(i lambda)` where all of `qubits` are 1.
    fn phase(&mut self, lambda: &Angle, qubits: &[u32]) {
        if lambda.as_constant().is_some_and(|value| value.abs() < 1e-15) {
            return;
        }
        match qubits {
            [] => {}
            [a] => self.put("p", vec![lambda.clone()], &[*a]),
            [a, b] => self.put("cp", vec![lambda.clone()], &[*a, *b]),
            [rest @ .., last, target] => {
                let (plus, less) = (half(lambda), minus(&half(lambda)));
                self.put("cp", vec![plus.clone()], &[*last, *target]);
                self.flip(rest, *last);
                self.put("cp", vec![less], &[*last, *target]);
                self.flip(rest, *last);
                let others: Vec<u32> = rest.iter().copied().chain([*target]).collect();
                self.phase(&plus, &others);
            }
        }
    }

    /// `x` on the target where all controls are 1.
    fn flip(&mut self, controls: &[u32], target: u32) {
        match controls {
            [] => self.fixed("x", &[target]),
            [a] => self.fixed("cx", &[*a, target]),
            [a, b] => self.fixed("ccx", &[*a, *b, target]),
            _ => {
                let all: Vec<u32> = controls.iter().copied().chain([target]).collect();
                self.fixed("h", &[target]);
                self.phase(&number(PI), &all);
                self.fixed("h", &[target]);
            }
        }
    }

    fn controlled_u(&mut self, [theta, phi, lambda, gamma]: &[Angle; 4], controls: &[u32], target: u32) {
        if controls.is_empty() {
            self.put("u", vec![theta.clone(), phi.clone(), lambda.clone()], &[target]);
            return;
        }
        let sum = half(&lambda.plus(phi));
        self.phase(&gamma.plus(&sum), controls);
        self.phase(&half(&lambda.add_scaled(phi, -1.0)), &[target]);
        self.flip(controls, target);
        self.put("u", vec![minus(&half(theta)), number(0.0), minus(&sum)], &[target]);
        self.flip(controls, target);
        self.put("u", vec![half(theta), phi.clone(), number(0.0)], &[target]);
    }

    /// The application without extra controls: by gates of the catalogue as they are.
    pub(super) fn uncontrolled(&mut self, op: &GateOp) {
        let Operation::Gate { gate, params } = &op.operation else {
            for part in spelled(op) {
                self.uncontrolled(&part);
            }
            return;
        };
        if op.extra_controls.is_empty() {
            if gate.targets > 0 {
                self.ops.push(op.clone());
            }
            return;
        }
        let negative: Vec<u32> = op.controls().filter(|(_, value)| !value).map(|(qubit, _)| qubit).collect();
        negative.iter().for_each(|qubit| self.fixed("x", &[*qubit]));
        let controls = &op.qubits[..op.n_controls()];
        match op.targets() {
            [] => self.phase(&params[0], controls),
            [target] => self.one_target(gate, params, controls, *target),
            targets => self.two_targets(op, gate, params, controls, targets),
        }
        negative.iter().for_each(|qubit| self.fixed("x", &[*qubit]));
    }

    fn one_target(&mut self, gate: &'static Gate, params: &[Angle], controls: &[u32], target: u32) {
        let all: Vec<u32> = controls.iter().copied().chain([target]).collect();
        match (gate.meta.name, controls.len()) {
            ("id", _) => {}
            ("x" | "cx" | "ccx", _) => self.flip(controls, target),
            ("z", 1) => self.fixed("cz", &all),
            ("z" | "cz" | "ccz", _) => self.phase(&number(PI), &all),
            ("p" | "cp" | "u1" | "cu1", _) => self.phase(&params[0], &all),
            (name @ ("y" | "h" | "rx" | "ry" | "rz"), 1) => self.put(&format!("c{name}"), params.to_vec(), &all),
            _ => self.controlled_u(&angles(gate, params), controls, target),
        }
    }

    fn two_targets(&mut self, op: &GateOp, gate: &Gate, params: &[Angle], controls: &[u32], targets: &[u32]) {
        let (a, b) = (targets[0], targets[1]);
        match gate.meta.name {
            "swap" | "cswap" => {
                self.fixed("cx", &[b, a]);
                let all: Vec<u32> = controls.iter().copied().chain([a]).collect();
                self.flip(&all, b);
                self.fixed("cx", &[b, a]);
            }
            name @ ("rxx" | "ryy" | "rzz" | "rzx") => self.interaction(name, &params[0], controls, (a, b)),
            name @ ("xx_plus_yy" | "xx_minus_yy") => {
                let minus_yy = name == "xx_minus_yy";
                let (sign, turned) = if minus_yy { (-1.0, b) } else { (1.0, a) };
                let (theta, beta) = (half(&params[0]), params[1].scaled(sign));
                self.put("rz", vec![beta.clone()], &[turned]);
                self.interaction("rxx", &theta, controls, (a, b));
                self.interaction("ryy", &theta.scaled(sign), controls, (a, b));
                self.put("rz", vec![minus(&beta)], &[turned]);
            }
            _ => {
                let values: Vec<f64> = params.iter().map(|angle| angle.as_constant().unwrap_or(0.0)).collect();
                let operation = Operation::Unitary(Arc::new((gate.matrix)(&values)));
                let extra = vec![true; controls.len()];
                let qubits = [controls, targets].concat();
                let op = GateOp { operation, extra_controls: extra, qubits, ..op.clone() };
                spelled(&op).iter().for_each(|part| self.uncontrolled(part));
            }
        }
    }

    /// `exp(-i theta P / 2)` of two Paulis under controls.
    fn interaction(&mut self, name: &str, theta: &Angle, controls: &[u32], (a, b): (u32, u32)) {
        let letters: Vec<char> = name[1..].chars().collect();
        self.turn(letters[0], a, 1.0);
        self.turn(letters[1], b, 1.0);
        if controls.is_empty() {
            self.put("rzz", vec![theta.clone()], &[a, b]);
        } else {
            self.fixed("cx", &[a, b]);
            let rz = gates::find("rz").unwrap_or(&gates::id::ID);
            self.one_target(rz, std::slice::from_ref(theta), controls, b);
            self.fixed("cx", &[a, b]);
        }
        self.turn(letters[0], a, -1.0);
        self.turn(letters[1], b, -1.0);
    }

    /// Turns the axis of a letter to z, or back.
    fn turn(&mut self, letter: char, qubit: u32, sign: f64) {
        match letter {
            'x' => self.fixed("h", &[qubit]),
            'y' => self.put("rx", vec![number(sign * FRAC_PI_2)], &[qubit]),
            _ => {}
        }
    }

    /// The application in terms of gates of one qubit, `cx`, `cz` and `rzz`.
    pub(super) fn reduced(&mut self, op: &GateOp) {
        let mut flat = Self { ops: Vec::new(), path: self.path.clone(), span: self.span };
        flat.uncontrolled(op);
        for op in &flat.ops {
            match (op.qubits.len(), op.name()) {
                (1, _) | (2, "cx" | "cz" | "rzz") => self.ops.push(op.clone()),
                _ => self.reduce(op),
            }
        }
    }

    fn reduce(&mut self, op: &GateOp) {
        let Operation::Gate { gate, params } = &op.operation else { return };
        let q = &op.qubits[..];
        match (gate.meta.name, q) {
            ("cy", [a, b]) => {
                self.fixed("sdg", &[*b]);
                self.fixed("cx", &[*a, *b]);
                self.fixed("s", &[*b]);
            }
            ("cp" | "cu1", [a, b]) => {
                self.put("p", vec![half(&params[0])], &[*a]);
                self.put("rz", vec![half(&params[0])], &[*b]);
                self.put("rzz", vec![minus(&half(&params[0]))], &[*a, *b]);
            }
            (name @ ("crx" | "cry" | "crz"), [a, b]) => {
                let axis = name.chars().last().unwrap_or('z');
                self.turn(axis, *b, 1.0);
                self.put("rz", vec![half(&params[0])], &[*b]);
                self.put("rzz", vec![minus(&half(&params[0]))], &[*a, *b]);
                self.turn(axis, *b, -1.0);
            }
            ("ccx", [a, b, c]) => self.toffoli(*a, *b, *c),
            ("ccz", [a, b, c]) => {
                self.fixed("h", &[*c]);
                self.toffoli(*a, *b, *c);
                self.fixed("h", &[*c]);
            }
            ("cswap", [a, b, c]) => {
                self.fixed("cx", &[*c, *b]);
                self.toffoli(*a, *b, *c);
                self.fixed("cx", &[*c, *b]);
            }
            ("swap", [a, b]) => [[*a, *b], [*b, *a], [*a, *b]].iter().for_each(|pair| self.fixed("cx", pair)),
            ("dcx", [a, b]) => [[*a, *b], [*b, *a]].iter().for_each(|pair| self.fixed("cx", pair)),
            ("iswap", [a, b]) => self.exchange(&number(-FRAC_PI_2), (*a, *b)),
            ("sqrtiswap", [a, b]) => self.exchange(&number(-FRAC_PI_4), (*a, *b)),
            ("sqrtswap", [a, b]) => {
                self.exchange(&number(FRAC_PI_4), (*a, *b));
                self.put("rzz", vec![number(FRAC_PI_4)], &[*a, *b]);
            }
            ("ecr", [a, b]) => {
                self.interaction("rzx", &number(FRAC_PI_2), &[], (*a, *b));
                self.fixed("x", &[*a]);
            }
            (_, [a, b]) if gate.controls == 1 => self.controlled_u(&angles(gate, params), &[*a], *b),
            (_, [a, b]) => self.two_targets(op, gate, params, &[], &[*a, *b]),
            _ => {}
        }
    }

    /// `rxx` and `ryy` by one angle.
    fn exchange(&mut self, theta: &Angle, pair: (u32, u32)) {
        self.interaction("rxx", theta, &[], pair);
        self.interaction("ryy", theta, &[], pair);
    }

    fn toffoli(&mut self, a: u32, b: u32, c: u32) {
        let steps: [(&str, &[u32]); 15] = [
            ("h", &[c]),
            ("cx", &[b, c]),
            ("tdg", &[c]),
            ("cx", &[a, c]),
            ("t", &[c]),
            ("cx", &[b, c]),
            ("tdg", &[c]),
            ("cx", &[a, c]),
            ("t", &[b]),
            ("t", &[c]),
            ("h", &[c]),
            ("cx", &[a, b]),
            ("t", &[a]),
            ("tdg", &[b]),
            ("cx", &[a, b]),
        ];
        steps.iter().for_each(|(name, qubits)| self.fixed(name, qubits));
    }
}
