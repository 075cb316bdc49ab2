//! The syntax tree: what was written, with spans, nothing resolved.
//!
//! Every node that can be blamed carries a [`Span`]. Names keep their spelling (NFC-normalised). Broken stretches are
//! `Error` nodes, so that the rest of a file still means something.

use crate::source::Span;

/// A name with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ident {
    /// The spelling in NFC.
    pub text: String,
    /// The place.
    pub span: Span,
}

/// A whole file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// `//!` lines, markers and one leading space removed.
    pub docs: Vec<String>,
    /// The items, in order.
    pub items: Vec<Item>,
}

/// `#[allow(rule, "reason")]`, `#[deny(rule)]`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// `allow`, `deny`.
    pub name: Ident,
    /// The rule's name.
    pub rule: Ident,
    /// The reason, if one is given.
    pub reason: Option<String>,
    /// The whole attribute.
    pub span: Span,
}

/// A top-level item.
#[derive(Clone, Debug)]
pub struct Item {
    /// `///` lines, markers and one leading space removed.
    pub docs: Vec<String>,
    /// Attributes.
    pub attributes: Vec<Attribute>,
    /// What it is.
    pub kind: ItemKind,
    /// From the first attribute or keyword to the end.
    pub span: Span,
}

/// The kinds of items.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `use std::embed::{Embedding, embed};`
    Use(Use),
    /// `const name: type = expr;`
    Const(Const),
    /// `enum Name { a, b }`
    Enum(Enum),
    /// `fn f[n](a: int) -> int = expr;`
    Fn(Callable),
    /// `gate g[settings](params) a, b { .. }` or `gate g[two: gate[2], n] q[n] { .. }`
    Gate(Callable),
    /// `model m[settings](x: real[n]) -> real[k] { .. }`
    Model(Callable),
    /// `circuit c[settings](x: real[n]) -> real[k] { .. }`
    Circuit(Callable),
    /// `device d { field: value, .. }`
    Device(Record),
    /// `search s { field: value, .. }`
    Search(Record),
    /// Text that is no item; already reported.
    Error,
}

impl ItemKind {
    /// The name the item declares, if it declares one.
    #[must_use]
    pub fn name(&self) -> Option<&Ident> {
        match self {
            Self::Const(item) => Some(&item.name),
            Self::Enum(item) => Some(&item.name),
            Self::Fn(item) | Self::Gate(item) | Self::Model(item) | Self::Circuit(item) => Some(&item.name),
            Self::Device(item) | Self::Search(item) => Some(&item.name),
            Self::Use(_) | Self::Error => None,
        }
    }
}

/// `use a::b::{c, d as e};` — `names` empty means the module's last segment itself is imported.
#[derive(Clone, Debug)]
pub struct Use {
    /// The path before the braces; for `use a::b::c;` all of it.
    pub path: Vec<Ident>,
    /// `(name, alias)` in braces.
    pub names: Vec<(Ident, Option<Ident>)>,
    /// `use a::b as c;`
    pub alias: Option<Ident>,
}

/// `const name: type = value;`
#[derive(Clone, Debug)]
pub struct Const {
    /// Its name.
    pub name: Ident,
    /// Its type, if written.
    pub ty: Option<Type>,
    /// Its value.
    pub value: Expr,
}

/// `enum Name { a, b }`
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: Ident,
    /// Its variants, each with its docs.
    pub variants: Vec<(Ident, Vec<String>)>,
}

/// The shared shape of `fn`, `gate`, `model` and `circuit`.
#[derive(Clone, Debug)]
pub struct Callable {
    /// Its name.
    pub name: Ident,
    /// `[ .. ]`: fixed settings.
    pub settings: Vec<Setting>,
    /// `( .. )`: flowing data, weights, angles.
    pub params: Vec<Param>,
    /// A gate's operands; empty for the others.
    pub operands: Vec<Operand>,
    /// After `->`.
    pub result: Option<Type>,
    /// `{ .. }`, or the expression of `= expr;` as a block with only a tail (then `expression_body`).
    pub body: Block,
    /// Was it written `= expr;`?
    pub expression_body: bool,
}

/// One fixed setting: `n`, `kind: Embedding`, `blocks = choose 1..=8`.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its name.
    pub name: Ident,
    /// Its type; `int` if not written.
    pub ty: Option<Type>,
    /// Its default.
    pub default: Option<Expr>,
}

/// One flowing parameter: `x: real[n]`; `real` if no type is written.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: Option<Type>,
}

/// One operand of a gate declaration: `a` (one qubit) or `q[n]` (a register).
#[derive(Clone, Debug)]
pub struct Operand {
    /// Its name.
    pub name: Ident,
    /// The register's size.
    pub size: Option<Expr>,
}

/// A type as written.
#[derive(Clone, Debug)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// The place.
    pub span: Span,
}

/// The kinds of types.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `int`, `bool`, `real`, `observable`, `device`, an enum; with sizes: `real[n]`, `qubit[n]`, `gate[2]`.
    Name {
        /// The name.
        name: Ident,
        /// The sizes.
        dims: Vec<Expr>,
    },
    /// `model(real[a]) -> real[b]`
    Model {
        /// What it takes.
        params: Vec<Type>,
        /// What it gives.
        result: Box<Type>,
    },
    /// `(policy: real[7], value: real[1])`
    Record(Vec<(Ident, Type)>),
}

/// Named fields: a `device` or a `search`.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name.
    pub name: Ident,
    /// `name: value`, in order.
    pub fields: Vec<(Ident, Expr)>,
}

/// `{ statements; tail }`
#[derive(Clone, Debug)]
pub struct Block {
    /// The statements.
    pub stmts: Vec<Stmt>,
    /// The last expression without `;`.
    pub tail: Option<Box<Expr>>,
    /// From `{` to `}`.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// The place, with its `;`.
    pub span: Span,
}

/// The kinds of statements.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `qubit[n] q;` (`qubit q;` has no size).
    Qubits {
        /// The register's size.
        size: Option<Expr>,
        /// Its name.
        name: Ident,
    },
    /// `let pattern: type = value;`
    Let {
        /// What is bound.
        pattern: Pattern,
        /// The type, if written.
        ty: Option<Type>,
        /// The value.
        value: Expr,
    },
    /// A gate application: `ctrl @ rx(theta) q[0], q[1];`, `topology[two] q;`
    Apply {
        /// Modifiers, outermost first.
        modifiers: Vec<Modifier>,
        /// The gate: a name with brackets and parentheses.
        gate: Expr,
        /// The operands.
        operands: Vec<Expr>,
    },
    /// `require condition;`
    Require(Expr),
    /// `assert condition;`
    Assert(Expr),
    /// `if`, `match`, `for`, `choose { label => { .. } }` used as statements, with an optional label `op: choose ..`;
    /// also a call written as a statement. Its value, if any, is dropped.
    Expr {
        /// `op:` before it.
        label: Option<Ident>,
        /// The expression.
        expr: Expr,
    },
    /// Text that is no statement; already reported. The name it may have declared, so that later uses stay quiet.
    Error(Option<Ident>),
}

/// What `let` and `for` bind.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// One name; `_` binds nothing.
    Name(Ident),
    /// `(a, b)`
    Tuple(Vec<Pattern>, Span),
}

/// Gate modifiers of OpenQASM 3.
#[derive(Clone, Debug)]
pub enum Modifier {
    /// `ctrl @`, `ctrl(k) @`
    Ctrl(Option<Expr>, Span),
    /// `negctrl @`, `negctrl(k) @`
    NegCtrl(Option<Expr>, Span),
    /// `inv @`
    Inv(Span),
    /// `pow(k) @`
    Pow(Expr, Span),
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The place.
    pub span: Span,
}

/// An argument: `value` or `name: value`.
#[derive(Clone, Debug)]
pub struct Arg {
    /// `name:` before it.
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
}

/// One alternative of `choose { .. }` or arm of `match`.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// `label =>` before it; always there in the labelled form.
    pub label: Option<Ident>,
    /// The value; a block for statements.
    pub value: Expr,
}

/// One arm of a `match`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The patterns, `a | b`.
    pub patterns: Vec<ArmPattern>,
    /// The value; a block for statements.
    pub value: Expr,
}

/// What an arm of a `match` compares with.
#[derive(Clone, Debug)]
pub enum ArmPattern {
    /// An enum variant, `true` or `false`.
    Name(Ident),
    /// An integer, sign included.
    Int(i64, Span),
    /// `_`
    Any(Span),
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `64`; digits that do not fit `i64` are reported by the parser.
    Int(i64),
    /// `0.1`, `3e-3`
    Real(f64),
    /// `true`, `false`
    Bool(bool),
    /// `"text"`
    Text(String),
    /// `n`, `pi`
    Name(Ident),
    /// `Embedding::angle_y`
    Path(Vec<Ident>),
    /// `(a)` is just `a` with `Paren` kept for the formatter.
    Paren(Box<Expr>),
    /// `(a, b)`
    Tuple(Vec<Expr>),
    /// `(cx: 8e-3, readout: 2e-2)`
    NamedTuple(Vec<(Ident, Expr)>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `[for i in 0..n where c { e }]`
    Comprehension {
        /// Loop pattern.
        pattern: Pattern,
        /// What is walked.
        over: Box<Expr>,
        /// The filter.
        filter: Option<Box<Expr>>,
        /// The element.
        body: Block,
    },
    /// `-a`, `!a`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a..b`, `a..=b`, `a..=b step s`, `a..=b log`
    Range {
        /// First value.
        start: Box<Expr>,
        /// Last value or bound.
        end: Box<Expr>,
        /// Is `end` itself in it?
        inclusive: bool,
        /// `step s`
        step: Option<Box<Expr>>,
        /// `log`
        log: bool,
    },
    /// `callee(args)`
    Call {
        /// What is called.
        callee: Box<Expr>,
        /// Flowing arguments.
        args: Vec<Arg>,
    },
    /// `base[args]`: settings, or an index.
    Bracket {
        /// What is set or indexed.
        base: Box<Expr>,
        /// Fixed arguments.
        args: Vec<Arg>,
    },
    /// `base.field`
    Field(Box<Expr>, Ident),
    /// `a |> b`; `head` is `None` never: a pipeline's first stage is its left operand.
    Pipe(Box<Expr>, Box<Expr>),
    /// `if c { .. } else { .. }`
    If {
        /// The condition.
        condition: Box<Expr>,
        /// Taken if it holds.
        then: Block,
        /// Taken otherwise: a `Block` or another `If`.
        otherwise: Option<Box<Expr>>,
    },
    /// `match e { a => x, _ => y }`
    Match {
        /// What is compared.
        subject: Box<Expr>,
        /// The arms.
        arms: Vec<Arm>,
    },
    /// `for i in 0..n where c { .. }`: a statement, or a repeated stage of a pipeline.
    For {
        /// Loop pattern.
        pattern: Pattern,
        /// What is walked.
        over: Box<Expr>,
        /// The filter.
        filter: Option<Box<Expr>>,
        /// The body.
        body: Block,
    },
    /// `{ .. }`
    Block(Block),
    /// `choose ..`
    Choose(Choose),
    /// `weight`, `weight[4, 4]`, `weight[n] ~ normal(0, 0.1)`
    Weight {
        /// Its shape; empty for one number.
        shape: Vec<Expr>,
        /// The initial distribution: a call.
        init: Option<Box<Expr>>,
    },
    /// `net with weights w`
    With {
        /// The model.
        model: Box<Expr>,
        /// Where its numbers come from.
        weights: Box<Expr>,
    },
    /// Text that is no expression; already reported.
    Error,
}

/// What is left open.
#[derive(Clone, Debug)]
pub enum Choose {
    /// `choose { a, b, c }`, `choose { x => a, y => b }`
    Alternatives(Vec<Alternative>),
    /// `choose S`
    Element(Box<Expr>),
    /// `choose k of S`, `choose 2 of q ordered`
    Subset {
        /// How many: an int or a range of ints.
        count: Box<Expr>,
        /// Of what.
        of: Box<Expr>,
        /// Does the order matter?
        ordered: bool,
    },
}

/// Prefix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `!`
    Not,
}

/// Infix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
}

impl BinaryOp {
    /// As written.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::Pow => "**",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::And => "&&",
            Self::Or => "||",
        }
    }
}

/// A comment, kept for the formatter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The text with its markers, without the line end.
    pub text: String,
    /// The place.
    pub span: Span,
}
