//! The tree of an OpenQASM program: statements in order, names as numbers, a span on whatever can be wrong.

use super::lex::Sym;
use super::library::Library;
use crate::source::Span;
use std::rc::Rc;

/// A name where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Name {
    pub(super) sym: Sym,
    pub(super) span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) span: Span,
    /// Height of the tree: whoever walks it recursively is safe.
    pub(super) height: u16,
}

#[derive(Clone, Debug)]
pub(super) enum ExprKind {
    Int(i64),
    Real(f64),
    Bool(bool),
    Name(Sym),
    Unary(Unary, Box<Expr>),
    Binary(Binary, Box<[Expr; 2]>),
    Call(Sym, Vec<Expr>),
    Index(Sym, Box<Selector>),
    /// `$3`
    Physical(u32),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unary {
    Minus,
    Not,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    And,
    Or,
}

/// What stands in brackets behind a register.
#[derive(Clone, Debug)]
pub(super) enum Selector {
    One(Expr),
    /// `[start:step:stop]`, both ends included; what is left out is an end of the register.
    Range(Box<[Option<Expr>; 3]>),
    Set(Vec<Expr>),
}

/// A qubit, bit, register or part of one.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    pub(super) base: Base,
    pub(super) selector: Option<Selector>,
    pub(super) span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Base {
    Name(Sym),
    Physical(u32),
}

#[derive(Clone, Debug)]
pub(super) enum Modifier {
    Inverse,
    Power(Expr),
    /// How often (once without a number), and the value it fires on.
    Control(Option<Expr>, bool),
}

/// `modifiers name(args) operands;`
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) modifiers: Vec<(Modifier, Span)>,
    pub(super) name: Name,
    pub(super) args: Vec<Expr>,
    pub(super) operands: Vec<Operand>,
}

/// Most angles and most qubits of a [`Quick`].
pub(super) const MOST_QUICK: usize = 4;

/// `name(numbers) q[1], r[2];` at the top of a program.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Quick {
    pub(super) name: Name,
    pub(super) n_args: u8,
    pub(super) n_operands: u8,
    pub(super) args: [f64; MOST_QUICK],
    pub(super) operands: [QuickOperand; MOST_QUICK],
}

impl Quick {
    pub(super) fn args(&self) -> &[f64] {
        &self.args[..usize::from(self.n_args)]
    }

    pub(super) fn operands(&self) -> &[QuickOperand] {
        &self.operands[..usize::from(self.n_operands)]
    }
}

/// An element of a register, and where it is written.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct QuickOperand {
    pub(super) base: Sym,
    pub(super) at: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The type of a constant, input or parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Type {
    Int,
    Uint,
    Float,
    Angle,
    Bool,
    Bit,
    Qubit,
    Complex,
}

#[derive(Clone, Debug)]
pub(super) struct GateDef {
    pub(super) name: Name,
    pub(super) params: Vec<Name>,
    pub(super) qubits: Vec<Name>,
    pub(super) body: Vec<Stmt>,
}

#[derive(Clone, Debug)]
pub(super) struct Def {
    pub(super) name: Name,
    pub(super) params: Vec<(Type, Option<Expr>, Name)>,
    pub(super) body: Vec<Stmt>,
}

#[derive(Clone, Debug)]
pub(super) struct Stmt {
    pub(super) kind: StmtKind,
    pub(super) span: Span,
}

#[derive(Clone, Debug)]
pub(super) enum StmtKind {
    /// An include of a library that is built in.
    Library(&'static Library),
    Gate(Rc<GateDef>),
    Opaque(Name),
    Qubits(Name, Option<Expr>),
    Bits(Name, Option<Expr>, Option<Box<BitStart>>),
    Const(Name, Expr),
    Input(Name),
    Alias(Name, Vec<Operand>),
    Call(Box<Call>),
    Quick(Quick),
    Measure(Operand, Option<Operand>),
    /// `c[0] = true;`
    Assign(Operand, Box<Expr>),
    Reset(Operand),
    Barrier(Vec<Operand>),
    If(Box<Expr>, Vec<Stmt>, Vec<Stmt>),
    For(Name, Box<Iterated>, Vec<Stmt>),
    Def(Rc<Def>),
    Block(Vec<Stmt>),
    /// `end;`
    End,
    /// Without effect on the state: pragmas, delays.
    Nothing,
}

/// What a bit starts with.
#[derive(Clone, Debug)]
pub(super) enum BitStart {
    Measure(Operand),
    Value(Expr),
}

/// What a loop runs over.
#[derive(Clone, Debug)]
pub(super) enum Iterated {
    Range(Expr, Option<Expr>, Expr),
    Set(Vec<Expr>),
}

/// A version of the language.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Version {
    /// OpenQASM 2.
    Two,
    /// OpenQASM 3, also where nothing says.
    #[default]
    Three,
}
