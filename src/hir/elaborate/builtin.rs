//! Names the language brings: constants, functions, Paulis, layers, gates; and names people bring from elsewhere.

use super::super::errors::{names as name_errors, types};
use super::super::expr::{self, Expr};
use super::super::flow::{self, FlowKind};
use super::super::value::{List, Value};
use super::{Elaborator, Names, gate};
use crate::diag::{Applicability, Diagnostic};
use crate::math::Pauli;
use crate::ops::{BinaryFn, Init, UnaryFn};
use crate::source::Span;
use crate::syntax::ast::{self, Arg, BinaryOp, ExprKind, Ident};

/// A function of the language: its name and what it is good for, for listings.
pub static FUNCTIONS: &[(&str, &str)] = &[
    ("min", "smaller of two numbers"),
    ("max", "larger of two numbers"),
    ("abs", "absolute value"),
    ("floor", "integer division or logarithm, rounded down: `floor(a / b)`, `floor(log2(n))`"),
    ("ceil", "integer division or logarithm, rounded up: `ceil(a / b)`, `ceil(log2(n))`"),
    ("log2", "logarithm to base 2; of ints only inside `floor` and `ceil`"),
    ("sum", "sum of a list, tensor or list of observables"),
    ("product", "product of a list of numbers or observables: `product(Z(q))` is the parity"),
    ("len", "number of elements of a list, register or first axis"),
    ("sin", "sine, elementwise"),
    ("cos", "cosine, elementwise"),
    ("exp", "exponential, elementwise"),
    ("ln", "natural logarithm, elementwise"),
    ("sqrt", "square root, elementwise"),
    ("concat", "tensors one after another along the first axis"),
    ("bits", "binary digits of an int, least significant first: `bits(i, n)` is a `real[n]`"),
    ("count", "number of trainable numbers of a model"),
    ("pad", "a vector filled up with zeros: `pad(x, 2 ** n)`"),
    ("normalize", "a tensor divided by its Euclidean norm"),
    ("expect", "expectation value of an observable, or of each in a list"),
    ("probabilities", "probabilities of all outcomes, qubit 0 least significant"),
];

/// Is it a function of the language?
pub(super) fn is_function(name: &str) -> bool {
    FUNCTIONS.iter().any(|(known, _)| *known == name)
}

/// Every name that is always in scope.
pub(super) fn all_names() -> impl Iterator<Item = &'static str> {
    let words = ["pi", "tau", "X", "Y", "Z", "I", "true", "false", "weight", "choose", "prepare"];
    FUNCTIONS
        .iter()
        .map(|(name, _)| *name)
        .chain(super::super::layers::LAYERS.iter().map(|layer| layer.meta.name))
        .chain(crate::gates::GATES.iter().map(|gate| gate.meta.name))
        .chain(words)
}

impl Elaborator<'_> {
    /// What a name means if neither scope nor items know it.
    pub(super) fn builtin_name(&mut self, name: &Ident) -> Option<Value> {
        let span = name.span;
        match name.text.as_str() {
            "pi" | "π" => return Some(Value::Real(flow::number(std::f64::consts::PI, span))),
            "tau" | "τ" => return Some(Value::Real(flow::number(std::f64::consts::TAU, span))),
            "X" => return Some(Value::PauliOf(Some(Pauli::X))),
            "Y" => return Some(Value::PauliOf(Some(Pauli::Y))),
            "Z" => return Some(Value::PauliOf(Some(Pauli::Z))),
            "I" => return Some(Value::PauliOf(None)),
            "bool" => return Some(Value::BoolType),
            "prepare" => return Some(gate::prepare("prepare")),
            _ => {}
        }
        if self.in_search
            && let Some(metric) = self.metric_name(name)
        {
            return Some(metric);
        }
        if let Some((known, _)) = FUNCTIONS.iter().find(|(known, _)| *known == name.text) {
            return Some(Value::Builtin(known));
        }
        if let Some(layer) = super::super::layers::find(&name.text) {
            return Some(self.layer(layer, &[], &Names::default(), span));
        }
        crate::gates::find(&name.text).map(gate::catalogue)
    }

    /// A message made for names from Python, PennyLane, Qiskit and OpenQASM.
    pub(super) fn foreign(&self, name: &Ident) -> Option<Diagnostic> {
        let text = name.text.as_str();
        let diagnostic = |message: String| Diagnostic::error(&name_errors::FOREIGN_NAME, name.span, message);
        let replace = |d: Diagnostic, with: &str| {
            d.help(format!("write `{with}`")).fix(
                format!("write `{with}`"),
                name.span,
                with.to_owned(),
                Applicability::Unsafe,
            )
        };
        if let Some(gate) = crate::gates::habit(text) {
            let d = diagnostic(format!("the gate `{text}` is called `{gate}` here"))
                .note("gates have the names of OpenQASM's `stdgates.inc`, in lower case");
            return Some(replace(d, gate));
        }
        let (message, with) = match text {
            "range" => ("ranges are written with `..`".to_owned(), "0..n"),
            "np" | "numpy" | "math" | "torch" | "qml" | "qiskit" => {
                return Some(
                    diagnostic(format!("`{text}` is a Python module; nothing is imported from Python here")).help(
                        "functions such as `sin`, `sqrt` and constants such as `pi` are in scope without a prefix",
                    ),
                );
            }
            "Linear" | "Dense" => (format!("the layer `{text}` is called `linear` here"), "linear"),
            "ReLU" => ("the layer `ReLU` is called `relu` here".to_owned(), "relu"),
            "Conv2d" => ("the layer `Conv2d` is called `conv2d` here".to_owned(), "conv2d"),
            "PauliX" | "PauliY" | "PauliZ" => {
                (format!("the observable `{text}` is called `{}` here", &text[5..]), &text[5..])
            }
            "expval" => ("the read-out `expval` is called `expect` here".to_owned(), "expect"),
            "probs" => ("the read-out `probs` is called `probabilities` here".to_owned(), "probabilities"),
            "AngleEmbedding" | "AmplitudeEmbedding" => {
                return Some(
                    diagnostic(format!("`{text}` is PennyLane's; embeddings are gates of the library here"))
                        .help("write `use std::embed::{Embedding, embed};` and `embed[angle_y](x) q;`"),
                );
            }
            "measure" | "measure_all" => {
                return Some(
                    diagnostic("circuits end in read-outs, there is no `measure`".to_owned())
                        .help("end the circuit with `expect(Z(q))` or `probabilities(q)`"),
                );
            }
            "np_pi" | "M_PI" | "PI" => (format!("the constant `{text}` is called `pi` here"), "pi"),
            "None" | "null" | "nil" => {
                return Some(diagnostic(format!("there is no `{text}`; every name has a value")));
            }
            "True" => ("`True` is written `true`".to_owned(), "true"),
            "False" => ("`False` is written `false`".to_owned(), "false"),
            "log" => ("the natural logarithm is called `ln`".to_owned(), "ln"),
            "float" => ("real numbers have the type `real`".to_owned(), "real"),
            _ => return None,
        };
        Some(replace(diagnostic(message), with))
    }

    /// `name(args)` of a function of the language.
    pub(super) fn builtin_call(&mut self, name: &str, args: &[Arg], names: &Names, span: Span) -> Value {
        if let ("floor" | "ceil", [Arg { name: None, value }]) = (name, args) {
            return self.rounded(name, value, names, span);
        }
        let Some(values) = self.positional(args, names, name) else { return Value::Error };
        self.builtin_apply(name, values, span)
    }

    /// `floor(a / b)`, `ceil(a / b)`, `floor(log2(n))`, `ceil(log2(n))` are integer operations.
    fn rounded(&mut self, name: &str, inner: &ast::Expr, names: &Names, span: Span) -> Value {
        let up = name == "ceil";
        match &inner.kind {
            ExprKind::Paren(inner) => return self.rounded(name, inner, names, span),
            ExprKind::Binary(BinaryOp::Div, a, b) => {
                let (x, y) = (self.expr(a, names, None), self.expr(b, names, None));
                if let (Value::Int(x), Value::Int(y)) = (&x, &y) {
                    let nonzero = expr::not(&expr::is_zero(y));
                    self.must(nonzero, &types::BAD_OPERATION, inner.span, |_| "this divides by zero".to_owned());
                    return Value::Int(if up { expr::ceil_div(x, y) } else { expr::floor_div(x, y) });
                }
                if x.is_error() || y.is_error() {
                    return Value::Error;
                }
            }
            ExprKind::Call { callee, args } if matches!(&callee.kind, ExprKind::Name(n) if n.text == "log2") => {
                if let [Arg { name: None, value }] = args.as_slice() {
                    let number = self.expr(value, names, None);
                    let Some(n) = self.as_int(number, value.span, "the logarithm's argument") else {
                        return Value::Error;
                    };
                    let shown = n.clone();
                    self.must(expr::le(&expr::int(1), &n), &types::BAD_OPERATION, value.span, move |case| {
                        format!("{} has no logarithm", case.show(&shown))
                    });
                    return Value::Int(if up { expr::ceil_log2(&n) } else { expr::floor_log2(&n) });
                }
            }
            _ => {}
        }
        match self.expr(inner, names, None) {
            Value::Int(e) => Value::Int(e),
            Value::Error => Value::Error,
            _ => self.report(
                Diagnostic::error(
                    &types::BAD_OPERATION,
                    span,
                    format!("`{name}` rounds quotients and logarithms of ints"),
                )
                .help(format!("write `{name}(a / b)` or `{name}(log2(n))`; a real number never becomes an int")),
            ),
        }
    }

    /// A function of the language on values.
    pub(super) fn builtin_apply(&mut self, name: &str, args: Vec<(Value, Span)>, span: Span) -> Value {
        if args.iter().any(|(v, _)| v.is_error()) {
            return Value::Error;
        }
        match name {
            "min" | "max" => self.min_max(name, &args, span),
            "concat" => self.concat(&args, span),
            "pad" => self.pad(&args, span),
            "bits" => self.bits(&args, span),
            "expect" => self.expect(&args, span),
            "probabilities" => self.probabilities(&args, span),
            _ => match args.as_slice() {
                [(value, at)] => self.one_argument(name, value.clone(), *at, span),
                _ => {
                    let given = args.len();
                    self.error(&types::ARGUMENT_COUNT, span, format!("`{name}` takes one argument, {given} given"))
                }
            },
        }
    }

    fn one_argument(&mut self, name: &str, value: Value, at: Span, span: Span) -> Value {
        match (name, value) {
            ("len", value) => self.length(value, at),
            ("count", value) => self.count_weights(&value, at),
            ("sum", value) => self.sum(value, at, span),
            ("product", value) => self.product(value, at, span),
            ("abs", Value::Int(e)) => Value::Int(expr::max(&e, &expr::scale(&e, -1))),
            ("floor" | "ceil", Value::Int(e)) => Value::Int(e),
            ("log2", Value::Int(_)) => self.report(
                Diagnostic::error(&types::BAD_OPERATION, span, "the logarithm of an int is rarely an int")
                    .help("say which way to round: `ceil(log2(n))` or `floor(log2(n))`"),
            ),
            ("normalize", value) => match self.tensor(value, at, name) {
                Some(f) => {
                    let shape = f.shape.clone();
                    Value::Real(flow::flow(FlowKind::Normalize(f), shape, span))
                }
                None => Value::Error,
            },
            (name, value) => {
                let function = match name {
                    "sin" => UnaryFn::Sin,
                    "cos" => UnaryFn::Cos,
                    "exp" => UnaryFn::Exp,
                    "ln" => UnaryFn::Ln,
                    "sqrt" => UnaryFn::Sqrt,
                    "abs" => UnaryFn::Abs,
                    _ => {
                        let what = value.describe();
                        return self.error(&types::BAD_OPERATION, span, format!("`{name}` is not defined for {what}"));
                    }
                };
                let Some(f) = self.tensor(value, at, name) else { return Value::Error };
                if let FlowKind::Constant(x) = f.kind
                    && let Some(y) = constant_unary(function, x)
                {
                    return Value::Real(flow::number(y, span));
                }
                let shape = f.shape.clone();
                Value::Real(flow::flow(FlowKind::Unary(function, f), shape, span))
            }
        }
    }

    fn length(&mut self, value: Value, at: Span) -> Value {
        match value {
            Value::List(list) => Value::Int(self.list_len(&list)),
            Value::Wires(wires) => Value::Int(wires.len.unwrap_or_else(|| expr::int(1))),
            Value::Real(f) if !f.shape.is_empty() => Value::Int(f.shape[0].clone()),
            Value::Tuple(fields) => Value::Int(expr::int(i64::try_from(fields.len()).unwrap_or(i64::MAX))),
            other => {
                let what = other.describe();
                self.error(&types::TYPE_MISMATCH, at, format!("{what} has no length"))
            }
        }
    }

    fn min_max(&mut self, name: &str, args: &[(Value, Span)], span: Span) -> Value {
        let larger = name == "max";
        match args {
            [(Value::Int(a), _), (Value::Int(b), _)] => {
                Value::Int(if larger { expr::max(a, b) } else { expr::min(a, b) })
            }
            [(a, x), (b, y)] => {
                let function = if larger { BinaryFn::Max } else { BinaryFn::Min };
                match (self.tensor(a.clone(), *x, name), self.tensor(b.clone(), *y, name)) {
                    (Some(a), Some(b)) => Value::Real(self.elementwise(function, a, b, span)),
                    _ => Value::Error,
                }
            }
            [(Value::List(list), _)] => match &**list {
                List::Items(items) if !items.is_empty() => items[1..].iter().fold(items[0].clone(), |best, item| {
                    self.min_max(name, &[(best, span), (item.clone(), span)], span)
                }),
                _ => self.error(
                    &types::BAD_OPERATION,
                    span,
                    format!("`{name}` of a list needs its elements written out"),
                ),
            },
            _ => {
                let given = args.len();
                self.error(&types::ARGUMENT_COUNT, span, format!("`{name}` takes two numbers, {given} given"))
            }
        }
    }

    /// `normal(0, 0.1)`, `uniform(0, 2 * pi)`, `constant(1)` after `~`.
    pub(super) fn distribution(&mut self, call: &ast::Expr, names: &Names) -> Option<Init> {
        let (head, args) = match &call.kind {
            ExprKind::Call { callee, args } => match &callee.kind {
                ExprKind::Name(name) => (name.text.as_str(), args.as_slice()),
                _ => ("", args.as_slice()),
            },
            ExprKind::Name(name) => (name.text.as_str(), [].as_slice()),
            _ => ("", [].as_slice()),
        };
        let mut numbers = Vec::new();
        for arg in args {
            let value = self.expr(&arg.value, names, None);
            match self.as_real(value, arg.value.span).map(|f| (f.kind_constant(), f)) {
                Some((Some(number), _)) => numbers.push(number),
                _ => {
                    self.error(&types::NOT_FIXED, arg.value.span, "the numbers of an initial distribution are fixed");
                    return None;
                }
            }
        }
        match (head, numbers.as_slice()) {
            ("constant", [value]) => Some(Init::Constant(*value)),
            ("normal", [mean, deviation]) if *deviation >= 0.0 => Some(Init::Normal(*mean, *deviation)),
            ("normal", []) => Some(Init::Normal(0.0, 1.0)),
            ("uniform", [low, high]) if low <= high => Some(Init::Uniform(*low, *high)),
            ("zeros", []) => Some(Init::Constant(0.0)),
            ("ones", []) => Some(Init::Constant(1.0)),
            _ => {
                self.report(
                    Diagnostic::error(&types::TYPE_MISMATCH, call.span, "this is no initial distribution")
                        .help("write `normal(mean, deviation)`, `uniform(low, high)` or `constant(value)`"),
                );
                None
            }
        }
    }
}

fn constant_unary(function: UnaryFn, x: f64) -> Option<f64> {
    let value = match function {
        UnaryFn::Neg => -x,
        UnaryFn::Sin => x.sin(),
        UnaryFn::Cos => x.cos(),
        UnaryFn::Exp => x.exp(),
        UnaryFn::Ln => x.ln(),
        UnaryFn::Sqrt => x.sqrt(),
        UnaryFn::Abs => x.abs(),
    };
    value.is_finite().then_some(value)
}

/// Number of elements as an expression.
#[must_use]
pub(super) fn count(n: usize) -> Expr {
    expr::int(i64::try_from(n).unwrap_or(i64::MAX))
}
