//! A walk over the syntax tree: override what interests you, and call the `walk_*` function to go on below it.

use super::ast::{
    Alternative, Arg, Arm, Block, Callable, Choose, Expr, ExprKind, File, Item, ItemKind, Modifier, Stmt, StmtKind,
    Type, TypeKind,
};

/// Called for every node, outermost first.
pub trait Visitor {
    /// An item.
    fn item(&mut self, item: &Item) {
        walk_item(self, item);
    }
    /// A block.
    fn block(&mut self, block: &Block) {
        walk_block(self, block);
    }
    /// A statement.
    fn stmt(&mut self, stmt: &Stmt) {
        walk_stmt(self, stmt);
    }
    /// An expression.
    fn expr(&mut self, expr: &Expr) {
        walk_expr(self, expr);
    }
    /// A type.
    fn ty(&mut self, ty: &Type) {
        walk_type(self, ty);
    }
    /// An arm of a `match`.
    fn arm(&mut self, arm: &Arm) {
        self.expr(&arm.value);
    }
    /// An alternative of a `choose`.
    fn alternative(&mut self, alternative: &Alternative) {
        self.expr(&alternative.value);
    }
}

/// Walks the items of a file.
pub fn walk_file<V: Visitor + ?Sized>(visitor: &mut V, file: &File) {
    for item in &file.items {
        visitor.item(item);
    }
}

/// Walks below an item.
pub fn walk_item<V: Visitor + ?Sized>(visitor: &mut V, item: &Item) {
    match &item.kind {
        ItemKind::Const(item) => {
            each(item.ty.iter(), |ty| visitor.ty(ty));
            visitor.expr(&item.value);
        }
        ItemKind::Fn(item) | ItemKind::Gate(item) | ItemKind::Model(item) | ItemKind::Circuit(item) => {
            walk_callable(visitor, item);
        }
        ItemKind::Device(item) | ItemKind::Search(item) => each(&item.fields, |(_, value)| visitor.expr(value)),
        ItemKind::Use(_) | ItemKind::Enum(_) | ItemKind::Error => {}
    }
}

fn walk_callable<V: Visitor + ?Sized>(visitor: &mut V, item: &Callable) {
    for setting in &item.settings {
        each(&setting.ty, |ty| visitor.ty(ty));
        each(&setting.default, |default| visitor.expr(default));
    }
    each(item.params.iter().filter_map(|param| param.ty.as_ref()), |ty| visitor.ty(ty));
    each(item.operands.iter().filter_map(|operand| operand.size.as_ref()), |size| visitor.expr(size));
    each(&item.result, |ty| visitor.ty(ty));
    visitor.block(&item.body);
}

/// Walks below a block.
pub fn walk_block<V: Visitor + ?Sized>(visitor: &mut V, block: &Block) {
    each(&block.stmts, |stmt| visitor.stmt(stmt));
    each(&block.tail, |tail| visitor.expr(tail));
}

/// Walks below a statement.
pub fn walk_stmt<V: Visitor + ?Sized>(visitor: &mut V, stmt: &Stmt) {
    match &stmt.kind {
        StmtKind::Qubits { size, .. } => each(size, |size| visitor.expr(size)),
        StmtKind::Let { ty, value, .. } => {
            each(ty, |ty| visitor.ty(ty));
            visitor.expr(value);
        }
        StmtKind::Apply { modifiers, gate, operands } => {
            for modifier in modifiers {
                match modifier {
                    Modifier::Ctrl(argument, _) | Modifier::NegCtrl(argument, _) => {
                        each(argument, |argument| visitor.expr(argument));
                    }
                    Modifier::Pow(power, _) => visitor.expr(power),
                    Modifier::Inv(_) => {}
                }
            }
            visitor.expr(gate);
            each(operands, |operand| visitor.expr(operand));
        }
        StmtKind::Require(expr) | StmtKind::Assert(expr) | StmtKind::Expr { expr, .. } => visitor.expr(expr),
        StmtKind::Error(_) => {}
    }
}

/// Walks below an expression.
pub fn walk_expr<V: Visitor + ?Sized>(visitor: &mut V, expr: &Expr) {
    match &expr.kind {
        ExprKind::Paren(inner) | ExprKind::Unary(_, inner) | ExprKind::Field(inner, _) => visitor.expr(inner),
        ExprKind::Tuple(list) | ExprKind::List(list) => each(list, |expr| visitor.expr(expr)),
        ExprKind::NamedTuple(fields) => each(fields, |(_, value)| visitor.expr(value)),
        ExprKind::Comprehension { over, filter, body, .. } | ExprKind::For { over, filter, body, .. } => {
            visitor.expr(over);
            each(filter, |filter| visitor.expr(filter));
            visitor.block(body);
        }
        ExprKind::Binary(_, left, right) | ExprKind::Pipe(left, right) => {
            visitor.expr(left);
            visitor.expr(right);
        }
        ExprKind::Range { start, end, step, .. } => {
            visitor.expr(start);
            visitor.expr(end);
            each(step, |step| visitor.expr(step));
        }
        ExprKind::Call { callee: base, args } | ExprKind::Bracket { base, args } => {
            visitor.expr(base);
            each(args, |Arg { value, .. }| visitor.expr(value));
        }
        ExprKind::If { condition, then, otherwise } => {
            visitor.expr(condition);
            visitor.block(then);
            each(otherwise, |otherwise| visitor.expr(otherwise));
        }
        ExprKind::Match { subject, arms } => {
            visitor.expr(subject);
            each(arms, |arm| visitor.arm(arm));
        }
        ExprKind::Block(block) => visitor.block(block),
        ExprKind::Choose(Choose::Alternatives(list)) => each(list, |alternative| visitor.alternative(alternative)),
        ExprKind::Choose(Choose::Element(of)) => visitor.expr(of),
        ExprKind::Choose(Choose::Subset { count, of, .. }) => {
            visitor.expr(count);
            visitor.expr(of);
        }
        ExprKind::Weight { shape, init } => {
            each(shape, |size| visitor.expr(size));
            each(init, |init| visitor.expr(init));
        }
        ExprKind::With { model, weights } => {
            visitor.expr(model);
            visitor.expr(weights);
        }
        ExprKind::Int(_)
        | ExprKind::Real(_)
        | ExprKind::Bool(_)
        | ExprKind::Text(_)
        | ExprKind::Name(_)
        | ExprKind::Path(_)
        | ExprKind::Error => {}
    }
}

/// Walks below a type.
pub fn walk_type<V: Visitor + ?Sized>(visitor: &mut V, ty: &Type) {
    match &ty.kind {
        TypeKind::Name { dims, .. } => each(dims, |dim| visitor.expr(dim)),
        TypeKind::Model { params, result } => {
            each(params, |param| visitor.ty(param));
            visitor.ty(result);
        }
        TypeKind::Record(fields) => each(fields, |(_, ty)| visitor.ty(ty)),
    }
}

fn each<T>(list: impl IntoIterator<Item = T>, mut visit: impl FnMut(T)) {
    for one in list {
        visit(one);
    }
}
