//! Values of the elaborator: what a name may stand for.

use super::expr::{self, Atom, Expr};
use super::flow::{self, Flow, Observable, Wires};
use super::layers::Layer;
use super::symbol::PathTemplate;
use crate::gates::Gate;
use crate::math::Pauli;
use crate::source::Span;
use crate::syntax::ast;
use std::sync::Arc;

/// Which enum of the program.
pub type EnumId = usize;

/// A value.
#[derive(Clone, Debug)]
pub enum Value {
    /// Already reported; silences what follows from it.
    Error,
    /// Nothing: the value of a statement.
    Unit,
    /// An int.
    Int(Expr),
    /// A bool as 0 or 1.
    Bool(Expr),
    /// A variant by position.
    Enum(EnumId, Expr),
    /// Text.
    Text(Arc<str>),
    /// A tensor of reals that flows.
    Real(Flow),
    /// A list.
    List(Arc<List>),
    /// A tuple; names where written.
    Tuple(Arc<Vec<(Option<Arc<str>>, Value)>>),
    /// A gate, perhaps with angles already given.
    Gate(Arc<GateValue>),
    /// A layer, model, circuit or pipeline that can be applied to data.
    Module(Arc<Module>),
    /// A `fn` of the program, perhaps with settings given.
    Function(Arc<FunctionValue>),
    /// A function of the language.
    Builtin(&'static str),
    /// A Pauli as a function of wires.
    PauliOf(Option<Pauli>),
    /// Qubits.
    Wires(Wires),
    /// An observable or a list of them.
    Observable(Observable),
    /// An enum itself, as a domain.
    EnumType(EnumId),
    /// `bool` itself, as a domain.
    BoolType,
    /// A call of a search's vocabulary: `adam(lr: 3e-3)`.
    Config(Arc<ConfigCall>),
    /// An expression over metrics.
    Metric(Arc<MetricExpr>),
    /// One of several, by conditions of which exactly one holds.
    OneOf(Arc<Vec<(Expr, Value)>>),
}

/// A list.
#[derive(Clone, Debug)]
pub enum List {
    /// Written out.
    Items(Vec<Value>),
    /// `start, start + step, ..`
    Range {
        /// First value.
        start: Expr,
        /// Distance.
        step: i64,
        /// How many.
        len: Expr,
    },
    /// By a loop.
    Comprehension {
        /// The loop.
        repeat: flow::Repeat,
        /// The element.
        item: Value,
    },
    /// A chosen subset of a list.
    Chosen {
        /// The choice.
        atom: Atom,
        /// Of what.
        source: Value,
    },
}

/// A gate and what is already known of its application.
#[derive(Clone, Debug)]
pub struct GateValue {
    /// Which.
    pub callee: GateCallee,
    /// Angles and data, if given.
    pub args: Option<Vec<(Value, Span)>>,
    /// The name it was written with, for paths.
    pub written: Arc<str>,
}

/// What a gate is.
#[derive(Clone, Debug)]
pub enum GateCallee {
    /// Of the catalogue.
    Catalogue(&'static Gate),
    /// `prepare`.
    Prepare,
    /// Of the program.
    Item(ItemUse),
    /// A setting of an item checked alone: any gate on so many qubits.
    Opaque(Option<Expr>),
}

/// An item with settings given so far.
#[derive(Clone, Debug)]
pub struct ItemUse {
    /// Its module and position.
    pub item: ItemRef,
    /// Settings by position; `None` where still open.
    pub settings: Vec<Option<Value>>,
}

/// A callable item of a module of the program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ItemRef {
    /// Which file.
    pub module: usize,
    /// Which item of it.
    pub item: usize,
}

/// A function with settings given so far.
#[derive(Clone, Debug)]
pub struct FunctionValue {
    /// The item.
    pub callee: ItemUse,
}

/// What can stand in a pipeline.
#[derive(Clone, Debug)]
pub struct Module {
    /// What it is.
    pub kind: ModuleKind,
    /// The path of the instance.
    pub path: PathTemplate,
    /// Where it was named.
    pub span: Span,
}

/// Kinds of modules.
#[derive(Clone, Debug)]
pub enum ModuleKind {
    /// A layer with its settings: ints (bools as 0/1) and reals in catalogue order.
    Layer(&'static Layer, Vec<Expr>, Vec<Flow>),
    /// A model or circuit of the program.
    Item(ItemUse),
    /// One after another.
    Compose(Vec<Value>),
    /// A repeated stage, with the names it can see.
    Repeat(Arc<ast::Expr>, super::elaborate::Names),
    /// A model and the shapes of what goes in, as a type says them.
    Typed(Box<Value>, Vec<Vec<Expr>>),
    /// A model whose weights are taken from a vector.
    Generated(Box<Value>, Flow),
    /// Any other function of one tensor: `pad`-like builtins by name.
    Builtin(&'static str),
}

/// A call of a search's vocabulary.
#[derive(Clone, Debug)]
pub struct ConfigCall {
    /// Its name.
    pub name: Arc<str>,
    /// Its arguments, all by name.
    pub args: Vec<(Arc<str>, Value)>,
    /// Where.
    pub span: Span,
}

/// An expression over metrics: an objective or a constraint.
#[derive(Clone, Debug)]
pub enum MetricExpr {
    /// A number.
    Number(f64),
    /// A metric, with arguments.
    Metric {
        /// Its full name: `flops.quantum`.
        name: Arc<str>,
        /// `budget: 4`
        args: Vec<(Arc<str>, Value)>,
        /// Where.
        span: Span,
    },
    /// A fixed int or bool.
    Fixed(Expr),
    /// A real choice or another fixed real.
    Real(Flow),
    /// `-a`, `!a`
    Unary(ast::UnaryOp, Arc<MetricExpr>),
    /// `a + b`, `a <= b`
    Binary(ast::BinaryOp, Arc<MetricExpr>, Arc<MetricExpr>),
}

impl Value {
    /// The kind in the user's words.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Error => "an error",
            Self::Unit => "nothing",
            Self::Int(_) => "an int",
            Self::Bool(_) => "a bool",
            Self::Enum(..) => "an enum variant",
            Self::Text(_) => "text",
            Self::Real(f) if f.shape.is_empty() => "a real number",
            Self::Real(_) => "a tensor",
            Self::List(_) => "a list",
            Self::Tuple(_) => "a tuple",
            Self::Gate(_) => "a gate",
            Self::Module(_) => "a layer or model",
            Self::Function(_) | Self::Builtin(_) => "a function",
            Self::PauliOf(_) => "a Pauli",
            Self::Wires(w) if w.len.is_none() => "a qubit",
            Self::Wires(_) => "a register",
            Self::Observable(_) => "an observable",
            Self::EnumType(_) | Self::BoolType => "a type",
            Self::Config(_) => "a setting of a search",
            Self::Metric(_) => "a metric",
            Self::OneOf(list) => return list.first().map_or_else(|| "nothing".to_owned(), |(_, v)| v.describe()),
        }
        .to_owned()
    }

    /// Was it reported already?
    #[must_use]
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Error)
    }

    /// The same value with symbols replaced.
    #[must_use]
    pub fn substitute(&self, replace: &dyn Fn(&Atom) -> Option<Expr>) -> Self {
        let sub = |e: &Expr| expr::substitute(e, replace);
        match self {
            Self::Int(e) => Self::Int(sub(e)),
            Self::Bool(e) => Self::Bool(sub(e)),
            Self::Enum(id, e) => Self::Enum(*id, sub(e)),
            Self::Real(f) => Self::Real(flow::substitute_flow(f, replace)),
            Self::Tuple(fields) => {
                Self::Tuple(Arc::new(fields.iter().map(|(name, v)| (name.clone(), v.substitute(replace))).collect()))
            }
            Self::List(list) => match &**list {
                List::Items(items) => {
                    Self::List(Arc::new(List::Items(items.iter().map(|v| v.substitute(replace)).collect())))
                }
                List::Range { start, step, len } => {
                    Self::List(Arc::new(List::Range { start: sub(start), step: *step, len: sub(len) }))
                }
                _ => self.clone(),
            },
            Self::Wires(w) => Self::Wires(Wires { base: sub(&w.base), stride: w.stride, len: w.len.as_ref().map(sub) }),
            Self::Observable(o) => Self::Observable(flow::substitute_observable(o, replace)),
            Self::Gate(gate) => Self::Gate(Arc::new(GateValue {
                callee: gate.callee.clone(),
                args: gate
                    .args
                    .as_ref()
                    .map(|args| args.iter().map(|(v, span)| (v.substitute(replace), *span)).collect()),
                written: gate.written.clone(),
            })),
            Self::OneOf(list) => {
                Self::OneOf(Arc::new(list.iter().map(|(c, v)| (sub(c), v.substitute(replace))).collect()))
            }
            _ => self.clone(),
        }
    }
}
