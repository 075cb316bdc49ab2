//! The syntax tree for reading: one node per item, statement, expression and type, with its kind, its head and its place.

use super::ast::{
    Alternative, Arm, ArmPattern, Block, Callable, Choose, Expr, ExprKind, File, Item, ItemKind, Pattern, Stmt,
    StmtKind, Type, TypeKind, UnaryOp,
};
use super::visit::{self, Visitor};
use crate::meta::Tree;
use crate::source::{SourceFile, Span};

/// The outline of a file; `source` is its text.
#[must_use]
pub fn outline(file: &File, source: &SourceFile) -> Tree {
    let mut outline = Outline { source, stack: vec![Tree::leaf("file", source.name.clone())] };
    visit::walk_file(&mut outline, file);
    outline.stack.swap_remove(0)
}

struct Outline<'s> {
    source: &'s SourceFile,
    /// The nodes from the file down to the current one.
    stack: Vec<Tree>,
}

impl Outline<'_> {
    fn node(&mut self, kind: &str, text: String, span: Span, below: impl FnOnce(&mut Self)) {
        let place = self.source.line_column(span.range().start);
        self.stack.push(Tree::leaf(kind, text).at(format!("{}:{}", place.line, place.column)));
        below(self);
        if let (Some(done), Some(parent)) = (self.stack.pop(), self.stack.last_mut()) {
            parent.children.push(done);
        }
    }
}

impl Visitor for Outline<'_> {
    fn item(&mut self, item: &Item) {
        let name = item.kind.name().map(|name| name.text.clone()).unwrap_or_default();
        let (kind, text) = match &item.kind {
            ItemKind::Use(import) => {
                let path: Vec<&str> = import.path.iter().map(|part| part.text.as_str()).collect();
                let names: Vec<&str> = import.names.iter().map(|(name, _)| name.text.as_str()).collect();
                let names = if names.is_empty() { String::new() } else { format!("::{{{}}}", names.join(", ")) };
                ("use", format!("{}{names}", path.join("::")))
            }
            ItemKind::Const(_) => ("const", name),
            ItemKind::Enum(item) => {
                let variants: Vec<&str> = item.variants.iter().map(|(variant, _)| variant.text.as_str()).collect();
                ("enum", format!("{name} {{ {} }}", variants.join(", ")))
            }
            ItemKind::Fn(item) => ("fn", head(item)),
            ItemKind::Gate(item) => ("gate", head(item)),
            ItemKind::Model(item) => ("model", head(item)),
            ItemKind::Circuit(item) => ("circuit", head(item)),
            ItemKind::Device(_) => ("device", name),
            ItemKind::Search(_) => ("search", name),
            ItemKind::Error => ("error", String::new()),
        };
        self.node(kind, text, item.span, |this| match &item.kind {
            ItemKind::Device(record) | ItemKind::Search(record) => {
                for (field, value) in &record.fields {
                    this.node("field", field.text.clone(), field.span, |this| this.expr(value));
                }
            }
            _ => visit::walk_item(this, item),
        });
    }

    fn block(&mut self, block: &Block) {
        self.node("block", String::new(), block.span, |this| visit::walk_block(this, block));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let (kind, text) = match &stmt.kind {
            StmtKind::Qubits { name, .. } => ("qubits", name.text.clone()),
            StmtKind::Let { pattern: bound, .. } => ("let", pattern(bound)),
            StmtKind::Apply { modifiers, .. } if modifiers.is_empty() => ("apply", String::new()),
            StmtKind::Apply { modifiers, .. } => ("apply", format!("under {} modifiers", modifiers.len())),
            StmtKind::Require(_) => ("require", String::new()),
            StmtKind::Assert(_) => ("assert", String::new()),
            StmtKind::Expr { label, .. } => ("do", label.as_ref().map(|label| label.text.clone()).unwrap_or_default()),
            StmtKind::Error(_) => ("error", String::new()),
        };
        self.node(kind, text, stmt.span, |this| visit::walk_stmt(this, stmt));
    }

    fn expr(&mut self, expr: &Expr) {
        let (kind, text) = describe(expr);
        self.node(kind, text, expr.span, |this| visit::walk_expr(this, expr));
    }

    fn ty(&mut self, ty: &Type) {
        let text = match &ty.kind {
            TypeKind::Name { name, .. } => name.text.clone(),
            TypeKind::Model { .. } => "model".to_owned(),
            TypeKind::Record(_) => "record".to_owned(),
        };
        self.node("type", text, ty.span, |this| visit::walk_type(this, ty));
    }

    fn arm(&mut self, arm: &Arm) {
        let patterns: Vec<String> = arm
            .patterns
            .iter()
            .map(|pattern| match pattern {
                ArmPattern::Name(name) => name.text.clone(),
                ArmPattern::Int(value, _) => value.to_string(),
                ArmPattern::Any(_) => "_".to_owned(),
            })
            .collect();
        self.node("arm", patterns.join(" | "), arm.value.span, |this| this.expr(&arm.value));
    }

    fn alternative(&mut self, alternative: &Alternative) {
        let label = alternative.label.as_ref().map(|label| label.text.clone()).unwrap_or_default();
        self.node("alternative", label, alternative.value.span, |this| this.expr(&alternative.value));
    }
}

fn head(item: &Callable) -> String {
    let list = |open: &str, names: Vec<&str>, close: &str| {
        if names.is_empty() { String::new() } else { format!("{open}{}{close}", names.join(", ")) }
    };
    let settings = item.settings.iter().map(|setting| setting.name.text.as_str()).collect();
    let params = item.params.iter().map(|param| param.name.text.as_str()).collect();
    let operands = item.operands.iter().map(|operand| operand.name.text.as_str()).collect();
    format!("{}{}{}{}", item.name.text, list("[", settings, "]"), list("(", params, ")"), list(" ", operands, ""))
}

fn pattern(bound: &Pattern) -> String {
    match bound {
        Pattern::Name(name) => name.text.clone(),
        Pattern::Tuple(parts, _) => format!("({})", parts.iter().map(pattern).collect::<Vec<_>>().join(", ")),
    }
}

fn describe(expr: &Expr) -> (&'static str, String) {
    let none = String::new;
    match &expr.kind {
        ExprKind::Int(value) => ("int", value.to_string()),
        ExprKind::Real(value) => ("real", format!("{value:?}")),
        ExprKind::Bool(value) => ("bool", value.to_string()),
        ExprKind::Text(value) => ("text", format!("{value:?}")),
        ExprKind::Name(name) => ("name", name.text.clone()),
        ExprKind::Path(parts) => ("path", parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("::")),
        ExprKind::Paren(_) => ("paren", none()),
        ExprKind::Tuple(_) => ("tuple", none()),
        ExprKind::NamedTuple(fields) => {
            ("tuple", fields.iter().map(|(name, _)| name.text.as_str()).collect::<Vec<_>>().join(", "))
        }
        ExprKind::List(_) => ("list", none()),
        ExprKind::Comprehension { pattern: bound, .. } => ("list-for", pattern(bound)),
        ExprKind::For { pattern: bound, .. } => ("for", pattern(bound)),
        ExprKind::Unary(UnaryOp::Neg, _) => ("unary", "-".to_owned()),
        ExprKind::Unary(UnaryOp::Not, _) => ("unary", "!".to_owned()),
        ExprKind::Binary(op, ..) => ("binary", op.symbol().to_owned()),
        ExprKind::Pipe(..) => ("pipe", none()),
        ExprKind::Range { inclusive, log, .. } => {
            ("range", format!("{}{}", if *inclusive { "..=" } else { ".." }, if *log { " log" } else { "" }))
        }
        ExprKind::Call { args, .. } | ExprKind::Bracket { args, .. } => {
            let kind = if matches!(expr.kind, ExprKind::Call { .. }) { "call" } else { "bracket" };
            let names: Vec<&str> = args.iter().filter_map(|arg| arg.name.as_ref()).map(|n| n.text.as_str()).collect();
            (kind, names.join(", "))
        }
        ExprKind::Field(_, name) => ("field", name.text.clone()),
        ExprKind::If { .. } => ("if", none()),
        ExprKind::Match { .. } => ("match", none()),
        ExprKind::Block(_) => ("braces", none()),
        ExprKind::Choose(Choose::Alternatives(_)) => ("choose", "alternatives".to_owned()),
        ExprKind::Choose(Choose::Element(_)) => ("choose", "element".to_owned()),
        ExprKind::Choose(Choose::Subset { ordered, .. }) => {
            ("choose", if *ordered { "ordered subset" } else { "subset" }.to_owned())
        }
        ExprKind::Weight { .. } => ("weight", none()),
        ExprKind::With { .. } => ("with-weights", none()),
        ExprKind::Error => ("error", none()),
    }
}
