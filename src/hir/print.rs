//! A template for reading: its choices, its steps with loops and branches still open, and the values that flow.
//!
//! Values are shared, and a value written out at each use would grow without bound; so every value that is used twice, or
//! that is long, gets a number and is defined once.

use super::assignment::Value;
use super::check::show;
use super::expr::{Atom, Expr, Node, Symbol, all, constant, interval, not};
use super::flow::{Flow, FlowKind, FlowNode, Observable, ObservableKind, Repeat, Wires, operands};
use super::solve::SymbolRanges;
use super::symbol::{DomainSpec, SymbolKind};
use super::template::{Modifier, Step, Template};
use super::value::MetricExpr;
use crate::math::Pauli;
use crate::meta::Tree;
use crate::ops::{BinaryFn, UnaryFn};
use crate::syntax::ast::{BinaryOp, UnaryOp};
use rustc_hash::FxHashMap;

/// Longest value that is written where it is used.
const INLINE: usize = 48;

/// The template as a tree: inputs, steps, numbered values, outputs.
#[must_use]
pub fn tree(template: &Template) -> Tree {
    let mut print = Print { template, known: FxHashMap::default(), uses: FxHashMap::default(), values: Vec::new() };
    print.count_steps(&template.steps);
    template.outputs.iter().for_each(|(_, flow)| print.count(flow));
    let inputs =
        template.inputs.iter().map(|(name, shape)| Tree::leaf("input", format!("{name}: {}", print.shape(shape))));
    let inputs: Vec<Tree> = inputs.collect();
    let steps = print.steps(&template.steps);
    let outputs: Vec<Tree> = template
        .outputs
        .iter()
        .map(|(name, flow)| {
            let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
            let value = print.flow(flow);
            Tree::leaf("return", format!("{name}{value} : {}", print.shape(&flow.shape)))
        })
        .collect();
    let children = [inputs, steps, std::mem::take(&mut print.values), outputs].concat();
    Tree::leaf("template", template.name.clone()).over(children)
}

struct Print<'t> {
    template: &'t Template,
    /// Numbers of values that are defined.
    known: FxHashMap<*const FlowNode, usize>,
    uses: FxHashMap<*const FlowNode, usize>,
    values: Vec<Tree>,
}

impl Print<'_> {
    fn expr(&self, expr: &Expr) -> String {
        show(expr, &self.template.symbols)
    }

    fn list(&self, list: &[Expr]) -> String {
        list.iter().map(|e| self.expr(e)).collect::<Vec<_>>().join(", ")
    }

    fn shape(&self, shape: &[Expr]) -> String {
        if shape.is_empty() { "real".to_owned() } else { format!("real[{}]", self.list(shape)) }
    }

    fn atom(&self, atom: &Atom) -> String {
        self.template.symbol(atom.symbol).name.clone()
    }

    fn domain(&self, spec: &DomainSpec) -> String {
        match spec {
            DomainSpec::Ints { start, step, count } => {
                let last = super::expr::add(start, &super::expr::scale(count, *step));
                let last = super::expr::add(&last, &super::expr::int(-step));
                let step = if *step == 1 { String::new() } else { format!(" step {step}") };
                format!("{}..={}{step}", self.expr(start), self.expr(&last))
            }
            DomainSpec::Values(values) => {
                format!("{{{}}}", values.iter().map(Value::to_string).collect::<Vec<_>>().join(", "))
            }
            DomainSpec::Real { low, high, log } => format!("{low:?}..={high:?}{}", if *log { " log" } else { "" }),
            DomainSpec::Subset { of, min, max, ordered } => {
                let (min, max) = (self.expr(min), self.expr(max));
                let count = if min == max { min } else { format!("{min}..={max}") };
                format!("{count} of {}{}", self.expr(&self.plain(of)), if *ordered { " ordered" } else { "" })
            }
        }
    }

    fn range(&self, var: Symbol) -> String {
        match &self.template.symbol(var).kind {
            SymbolKind::Loop { start, step, len } => {
                let step_text = if *step == 1 { String::new() } else { format!(" step {step}") };
                let end = super::expr::add(start, &super::expr::scale(&self.plain(len), *step));
                format!("{}..{}{step_text}", self.expr(start), self.expr(&end))
            }
            _ => String::new(),
        }
    }

    /// A length without the `max(0, ..)` that only guards against what cannot happen.
    fn plain(&self, len: &Expr) -> Expr {
        match &**len {
            Node::Max(a, b) => {
                let (zero, other) = if constant(a) == Some(0) { (true, b) } else { (constant(b) == Some(0), a) };
                let guarded = interval(other, &SymbolRanges(&self.template.symbols)).low >= 0;
                if zero && guarded { other.clone() } else { len.clone() }
            }
            _ => len.clone(),
        }
    }

    fn steps(&mut self, steps: &[Step]) -> Vec<Tree> {
        let mut out = Vec::new();
        for step in steps {
            match step {
                Step::Branch { .. } => self.branch(step, &mut Vec::new(), &mut out),
                _ => out.push(self.step(step)),
            }
        }
        out
    }

    /// `if`, `else if`, `else`: what the branches before have ruled out is not said again.
    fn branch(&mut self, step: &Step, before: &mut Vec<Expr>, out: &mut Vec<Tree>) {
        let Step::Branch { condition, then, otherwise } = step else { return };
        let left: Vec<Expr> = match &**condition {
            Node::And(list) => list.iter().filter(|part| !before.contains(part)).cloned().collect(),
            _ if before.contains(condition) => Vec::new(),
            _ => vec![condition.clone()],
        };
        let left: Vec<Expr> = left.into_iter().filter(|part| truth(part) != Some(true)).collect();
        let ruled_out = not(&all(left.iter().cloned()));
        if !left.iter().any(|part| truth(part) == Some(false)) && !then.is_empty() {
            let body = self.steps(then);
            let first =
                out.last().is_none_or(|last| !matches!(last.kind.as_str(), "if" | "else if")) || before.is_empty();
            match (first, left.is_empty()) {
                (true, true) => out.extend(body),
                (true, false) => out.push(Tree::leaf("if", self.expr(&all(left))).over(body)),
                (false, true) => out.push(Tree::leaf("else", "").over(body)),
                (false, false) => out.push(Tree::leaf("else if", self.expr(&all(left))).over(body)),
            }
        }
        before.push(ruled_out);
        match &otherwise[..] {
            [] => {}
            [next @ Step::Branch { .. }] => self.branch(next, before, out),
            _ => {
                let body = self.steps(otherwise);
                out.push(Tree::leaf("else", "").over(body));
            }
        }
    }

    fn step(&mut self, step: &Step) -> Tree {
        match step {
            Step::Choice(symbol) => {
                let info = self.template.symbol(*symbol);
                let domain = match &info.kind {
                    SymbolKind::Choice(spec) => self.domain(spec),
                    _ => String::new(),
                };
                Tree::leaf("choose", format!("{}: {domain}", info.name)).at(info.path.pattern())
            }
            Step::Loop { var, filter, body } => {
                let filter = filter.as_ref().map(|f| format!(" where {}", self.expr(f))).unwrap_or_default();
                let text = format!("{} in {}{filter}", self.template.symbol(*var).name, self.range(*var));
                Tree::leaf("for", text).over(self.steps(body))
            }
            Step::Branch { condition, .. } => Tree::leaf("if", self.expr(condition)),
            Step::Require { condition, .. } => Tree::leaf("require", self.expr(condition)),
            Step::RequireMetric { condition, assert, .. } => {
                let text = self.metric(condition, 0);
                Tree::leaf(if *assert { "assert" } else { "require" }, text)
            }
            Step::Circuit { id, path, body, .. } => {
                Tree::leaf("circuit", format!("c{id}")).at(path.pattern()).over(self.steps(body))
            }
            Step::Qubits { name, len, .. } => Tree::leaf("qubit", format!("{name}[{}]", self.expr(len))),
            Step::Gate { gate, angles, qubits, path, .. } => {
                let angles: Vec<String> = angles
                    .iter()
                    .map(|(flow, index)| match index {
                        Some(index) => format!("{}[{}]", self.flow(flow), self.expr(index)),
                        None => self.flow(flow),
                    })
                    .collect();
                let angles = if angles.is_empty() { String::new() } else { format!("({})", angles.join(", ")) };
                Tree::leaf("gate", format!("{}{angles} {}", gate.meta.name, self.list(qubits))).at(path.pattern())
            }
            Step::Prepare { values, wires, path, .. } => {
                let wires: Vec<String> = wires.iter().map(|w| self.wires(w)).collect();
                let text = format!("{} on {}", self.flow(values), wires.join(", "));
                Tree::leaf("prepare", text).at(path.pattern())
            }
            Step::Modified { modifier, body, .. } => {
                let text = match modifier {
                    Modifier::Controls(qubits, on) => {
                        format!("{} {}", if *on { "ctrl" } else { "negctrl" }, self.list(qubits))
                    }
                    Modifier::Inverse => "inv".to_owned(),
                    Modifier::Power(power) => format!("pow({})", self.flow(power)),
                };
                Tree::leaf("under", text).over(self.steps(body))
            }
        }
    }

    /// An expression over metrics; `level` is how tightly the place binds.
    fn metric(&mut self, expr: &MetricExpr, level: u8) -> String {
        match expr {
            MetricExpr::Number(value) => format!("{value}"),
            MetricExpr::Metric { name, args, .. } if args.is_empty() => name.to_string(),
            MetricExpr::Metric { name, .. } => format!("{name}(..)"),
            MetricExpr::Fixed(e) => self.expr(e),
            MetricExpr::Real(flow) => self.flow(flow),
            MetricExpr::Unary(UnaryOp::Neg, a) => format!("-{}", self.metric(a, 9)),
            MetricExpr::Unary(UnaryOp::Not, a) => format!("!{}", self.metric(a, 9)),
            MetricExpr::Binary(op, a, b) => {
                let own = match op {
                    BinaryOp::Or => 1,
                    BinaryOp::And => 2,
                    BinaryOp::Add | BinaryOp::Sub => 4,
                    BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => 5,
                    BinaryOp::Pow => 6,
                    _ => 3,
                };
                let text = format!("{} {} {}", self.metric(a, own), op.symbol(), self.metric(b, own + 1));
                if own < level { format!("({text})") } else { text }
            }
        }
    }

    fn wires(&self, wires: &Wires) -> String {
        match &wires.len {
            None => format!("q{}", self.expr(&wires.base)),
            Some(len) => {
                let stride = if wires.stride == 1 { String::new() } else { format!(" step {}", wires.stride) };
                format!("q({} from {}{stride})", self.expr(len), self.expr(&wires.base))
            }
        }
    }

    /// A value where it is used: itself if it is short and used once, else its number.
    fn flow(&mut self, flow: &Flow) -> String {
        let key = std::sync::Arc::as_ptr(flow);
        if let Some(number) = self.known.get(&key) {
            return format!("%{number}");
        }
        let text = self.text(flow);
        let leaf = matches!(
            flow.kind,
            FlowKind::Input(_) | FlowKind::Constant(_) | FlowKind::FromInt(_) | FlowKind::RealChoice(_)
        );
        if leaf || (self.uses.get(&key).is_none_or(|uses| *uses < 2) && text.chars().count() <= INLINE) {
            return text;
        }
        let number = self.known.len();
        self.known.insert(key, number);
        let shape = self.shape(&flow.shape);
        self.values.push(Tree::leaf("value", format!("%{number} = {text} : {shape}")));
        format!("%{number}")
    }

    fn text(&mut self, flow: &Flow) -> String {
        match &flow.kind {
            FlowKind::Input(index) => self.template.inputs.get(*index).map_or_else(String::new, |i| i.0.clone()),
            FlowKind::Constant(value) => format!("{value:?}"),
            FlowKind::FromInt(e) => self.expr(e),
            FlowKind::Bits(e) => format!("bits({}, {})", self.expr(e), self.list(&flow.shape)),
            FlowKind::Generated { path, of, start } => {
                format!("weight {} of {} from {}", path.pattern(), self.flow(of), self.expr(start))
            }
            FlowKind::RealChoice(atom) => self.atom(atom),
            FlowKind::Weight { path, .. } => format!("weight {}", path.pattern()),
            FlowKind::Unary(function, a) => format!("{}({})", unary(*function), self.flow(a)),
            FlowKind::Binary(function, a, b) => {
                let (a, b) = (self.flow(a), self.flow(b));
                match operator(*function) {
                    Ok(symbol) => format!("({a} {symbol} {b})"),
                    Err(name) => format!("{name}({a}, {b})"),
                }
            }
            FlowKind::Element(a, index) => format!("{}[{}]", self.flow(a), self.expr(index)),
            FlowKind::Slice(a, from) => format!("slice({}, from {})", self.flow(a), self.expr(from)),
            FlowKind::Concat(list) => format!("concat({})", self.flows(list)),
            FlowKind::Stack(list) => format!("[{}]", self.flows(list)),
            FlowKind::Comprehension(repeat, body) => {
                let head = self.repeat(repeat);
                format!("[{head} {{ {} }}]", self.flow(body))
            }
            FlowKind::Pad(a) => format!("pad({}, {})", self.flow(a), self.list(&flow.shape)),
            FlowKind::Normalize(a) => format!("normalize({})", self.flow(a)),
            FlowKind::Sum(a) => format!("sum({})", self.flow(a)),
            FlowKind::Reshape(a) => format!("reshape({}, [{}])", self.flow(a), self.list(&flow.shape)),
            FlowKind::Layer(layer, a) => {
                let path = layer.path.pattern();
                let name = layer.layer.meta.name;
                let name = if path.is_empty() { name.to_owned() } else { format!("{name}<{path}>") };
                format!("{name}({})", self.flow(a))
            }
            FlowKind::If(c, a, b) => {
                format!("if {} {{ {} }} else {{ {} }}", self.expr(c), self.flow(a), self.flow(b))
            }
            FlowKind::Expect(circuit, observable) => {
                let at = if circuit.at.is_empty() { String::new() } else { format!("[{}]", self.list(&circuit.at)) };
                format!("expect(c{}{at}, {})", circuit.id, self.observable(observable))
            }
            FlowKind::Probabilities(circuit, wires) => {
                let at = if circuit.at.is_empty() { String::new() } else { format!("[{}]", self.list(&circuit.at)) };
                format!("probabilities(c{}{at}, {})", circuit.id, self.wires(wires))
            }
        }
    }

    fn flows(&mut self, list: &[Flow]) -> String {
        list.iter().map(|a| self.flow(a)).collect::<Vec<_>>().join(", ")
    }

    fn repeat(&self, repeat: &Repeat) -> String {
        let filter = repeat.filter.as_ref().map(|f| format!(" where {}", self.expr(f))).unwrap_or_default();
        format!("for {} in {}{filter}", self.template.symbol(repeat.var).name, self.range(repeat.var))
    }

    fn observable(&mut self, observable: &Observable) -> String {
        match &observable.kind {
            ObservableKind::Pauli(pauli, wires) => {
                let letter = match pauli {
                    Pauli::X => "X",
                    Pauli::Y => "Y",
                    Pauli::Z => "Z",
                };
                format!("{letter}({})", self.wires(wires))
            }
            ObservableKind::Number(a) => self.flow(a),
            ObservableKind::Add(a, b) => format!("{} + {}", self.observable(a), self.observable(b)),
            ObservableKind::Mul(a, b) => format!("{} * {}", self.observable(a), self.observable(b)),
            ObservableKind::Sum(a) => format!("sum({})", self.observable(a)),
            ObservableKind::Product(a) => format!("product({})", self.observable(a)),
            ObservableKind::List(list) => {
                format!("[{}]", list.iter().map(|a| self.observable(a)).collect::<Vec<_>>().join(", "))
            }
            ObservableKind::Comprehension(repeat, body) => {
                let head = self.repeat(repeat);
                format!("[{head} {{ {} }}]", self.observable(body))
            }
            ObservableKind::Element(a, index) => format!("{}[{}]", self.observable(a), self.expr(index)),
            ObservableKind::If(c, a, b) => {
                format!("if {} {{ {} }} else {{ {} }}", self.expr(c), self.observable(a), self.observable(b))
            }
        }
    }

    fn count_steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Gate { angles, .. } => angles.iter().for_each(|(flow, _)| self.count(flow)),
                Step::Prepare { values, .. } => self.count(values),
                Step::Modified { modifier, body, .. } => {
                    if let Modifier::Power(power) = modifier {
                        self.count(power);
                    }
                    self.count_steps(body);
                }
                Step::Loop { body, .. } | Step::Circuit { body, .. } => self.count_steps(body),
                Step::Branch { then, otherwise, .. } => {
                    self.count_steps(then);
                    self.count_steps(otherwise);
                }
                _ => {}
            }
        }
    }

    fn count(&mut self, flow: &Flow) {
        let uses = self.uses.entry(std::sync::Arc::as_ptr(flow)).or_insert(0);
        *uses += 1;
        if *uses > 1 {
            return;
        }
        match &flow.kind {
            // Weights and settings stand under the layer's name.
            FlowKind::Layer(_, a) => self.count(a),
            kind => operands(kind).into_iter().for_each(|a| self.count(a)),
        }
    }
}

/// What a comparison of a table's entry with a number always is, if it is always the same.
fn truth(condition: &Expr) -> Option<bool> {
    if let Node::Not(inner) = &**condition {
        return truth(inner).map(|holds| !holds);
    }
    let Node::IsZero(difference) = &**condition else { return None };
    let (value, table) = match &**difference {
        Node::Table(table, _) => (0, table),
        Node::Sum(constant, terms) => match &terms[..] {
            [(factor @ (1 | -1), term)] => match &**term {
                Node::Table(table, _) => (-constant * factor, table),
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    let equal = table.iter().filter(|&&entry| entry == value).count();
    if equal == 0 { Some(false) } else { (equal == table.len()).then_some(true) }
}

fn unary(function: UnaryFn) -> &'static str {
    match function {
        UnaryFn::Neg => "-",
        UnaryFn::Sin => "sin",
        UnaryFn::Cos => "cos",
        UnaryFn::Exp => "exp",
        UnaryFn::Ln => "ln",
        UnaryFn::Sqrt => "sqrt",
        UnaryFn::Abs => "abs",
    }
}

/// The symbol of an operator, or the name of a function.
fn operator(function: BinaryFn) -> Result<&'static str, &'static str> {
    match function {
        BinaryFn::Add => Ok("+"),
        BinaryFn::Sub => Ok("-"),
        BinaryFn::Mul => Ok("*"),
        BinaryFn::Div => Ok("/"),
        BinaryFn::Rem => Ok("%"),
        BinaryFn::Pow => Ok("**"),
        BinaryFn::Min => Err("min"),
        BinaryFn::Max => Err("max"),
    }
}
