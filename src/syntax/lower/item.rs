//! Items, settings, parameters and types.

use super::Cx;
use crate::syntax::ast::{
    Attribute, Block, Callable, Const, Enum, Expr, ExprKind, Ident, Item, ItemKind, Operand, Param, Record, Setting,
    Type, TypeKind, Use,
};
use crate::syntax::grammar::{Node, Nodes, Rule};
use crate::syntax::recover;

impl Cx<'_> {
    pub(super) fn item(&mut self, node: Node<'_>) -> Item {
        let span = self.span(&node);
        let first = self.token_at(span.range().start);
        let after = first.checked_sub(1).map_or(0, |before| self.tokens[before].end);
        let docs = self.docs(after, span.range().end.min(self.item_word(&node)));
        let mut attributes = Vec::new();
        let mut kind = ItemKind::Error;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::attribute => attributes.push(self.attribute(child)),
                Rule::use_item => kind = ItemKind::Use(self.use_item(child)),
                Rule::const_item => kind = ItemKind::Const(self.const_item(child)),
                Rule::enum_item => kind = ItemKind::Enum(self.enum_item(child)),
                Rule::fn_item => kind = self.callable(child).map_or(ItemKind::Error, ItemKind::Fn),
                Rule::gate_item => kind = self.callable(child).map_or(ItemKind::Error, ItemKind::Gate),
                Rule::model_item => kind = self.callable(child).map_or(ItemKind::Error, ItemKind::Model),
                Rule::circuit_item => kind = self.callable(child).map_or(ItemKind::Error, ItemKind::Circuit),
                Rule::device_item => kind = self.record(child).map_or(ItemKind::Error, ItemKind::Device),
                Rule::search_item => kind = self.record(child).map_or(ItemKind::Error, ItemKind::Search),
                _ => {}
            }
        }
        Item { docs, attributes, kind, span }
    }

    /// Where the keyword of an item stands: docs may come before or after its attributes.
    fn item_word(&self, node: &Node<'_>) -> usize {
        let keyword = node.clone().into_inner().find(|child| child.as_rule() != Rule::attribute);
        keyword.map_or(0, |child| self.span(&child).range().start)
    }

    fn attribute(&mut self, node: Node<'_>) -> Attribute {
        let span = self.span(&node);
        let mut attribute = Attribute { name: blank_ident(span), rule: blank_ident(span), reason: None, span };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => attribute.name = self.ident(&child),
                Rule::rule_name => attribute.rule = self.ident(&child),
                Rule::text => attribute.reason = Some(self.text_value(&child)),
                _ => {}
            }
        }
        attribute
    }

    fn use_item(&mut self, node: Node<'_>) -> Use {
        let mut item = Use { path: Vec::new(), names: Vec::new(), alias: None };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => item.path.push(self.ident(&child)),
                Rule::alias => item.alias = self.alias(child),
                Rule::use_names => {
                    for name in child.into_inner().filter(|child| child.as_rule() == Rule::use_name) {
                        let mut parts = name.into_inner();
                        if let Some(word) = parts.next() {
                            let alias = parts.next().and_then(|alias| self.alias(alias));
                            item.names.push((self.ident(&word), alias));
                        }
                    }
                }
                _ => {}
            }
        }
        item
    }

    fn alias(&mut self, node: Node<'_>) -> Option<Ident> {
        node.into_inner().find(|child| child.as_rule() == Rule::ident).map(|child| self.ident(&child))
    }

    fn const_item(&mut self, node: Node<'_>) -> Const {
        let span = self.span(&node);
        let mut item = Const { name: blank_ident(span), ty: None, value: Expr { kind: ExprKind::Error, span } };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::ident => item.name = self.ident(&child),
                Rule::ty => item.ty = Some(self.ty(child)),
                Rule::expr => item.value = self.expr(child),
                _ => {}
            }
        }
        item
    }

    fn enum_item(&mut self, node: Node<'_>) -> Enum {
        let mut item = Enum { name: blank_ident(self.span(&node)), variants: Vec::new() };
        let mut after = None;
        for child in node.into_inner() {
            let end = self.span(&child).range().end;
            if child.as_rule() == Rule::ident {
                let ident = self.ident(&child);
                match after {
                    None => item.name = ident,
                    Some(after) => {
                        let docs = self.docs(after, ident.span.range().start);
                        item.variants.push((ident, docs));
                    }
                }
            }
            if child.as_rule() != Rule::kw_enum {
                after = Some(end);
            }
        }
        item
    }

    fn callable(&mut self, node: Node<'_>) -> Option<Callable> {
        let mut name = None;
        let (mut settings, mut params, mut operands) = (Vec::new(), Vec::new(), Vec::new());
        let (mut result, mut body, mut expression_body) = (None, None, false);
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::ident => name = Some(self.ident(&child)),
                Rule::settings => settings = self.settings(child),
                Rule::params => params = self.params(child),
                Rule::bad_brackets => recover::explain(self, Rule::settings, &child),
                Rule::bad_parens => recover::explain(self, Rule::params, &child),
                Rule::qubits => operands = self.operand_decls(child),
                Rule::ty => result = Some(self.ty(child)),
                Rule::block => body = Some(self.block(child)),
                Rule::expr_body => {
                    expression_body = true;
                    body = self.expr_body(child);
                }
                _ => {}
            }
        }
        Some(Callable { name: name?, settings, params, operands, result, body: body?, expression_body })
    }

    fn expr_body(&mut self, node: Node<'_>) -> Option<Block> {
        let value = node.into_inner().find(|child| child.as_rule() == Rule::expr)?;
        let tail = self.expr(value);
        Some(Block { stmts: Vec::new(), span: tail.span, tail: Some(Box::new(tail)) })
    }

    fn settings(&mut self, node: Node<'_>) -> Vec<Setting> {
        let mut settings = Vec::new();
        for child in node.into_inner().filter(|child| child.as_rule() == Rule::setting) {
            let (mut name, mut ty, mut default) = (None, None, None);
            for part in child.into_inner() {
                match part.as_rule() {
                    Rule::ident => name = Some(self.ident(&part)),
                    Rule::ty => ty = Some(self.ty(part)),
                    Rule::expr => default = Some(self.expr(part)),
                    _ => {}
                }
            }
            settings.extend(name.map(|name| Setting { name, ty, default }));
        }
        settings
    }

    fn params(&mut self, node: Node<'_>) -> Vec<Param> {
        let mut params = Vec::new();
        for child in node.into_inner().filter(|child| child.as_rule() == Rule::param) {
            let (mut name, mut ty) = (None, None);
            for part in child.into_inner() {
                match part.as_rule() {
                    Rule::ident => name = Some(self.ident(&part)),
                    Rule::ty => ty = Some(self.ty(part)),
                    _ => {}
                }
            }
            params.extend(name.map(|name| Param { name, ty }));
        }
        params
    }

    fn operand_decls(&mut self, node: Node<'_>) -> Vec<Operand> {
        let mut operands = Vec::new();
        for child in node.into_inner().filter(|child| child.as_rule() == Rule::operand_decl) {
            let (mut name, mut size) = (None, None);
            for part in child.into_inner() {
                match part.as_rule() {
                    Rule::ident => name = Some(self.ident(&part)),
                    Rule::expr => size = Some(self.expr(part)),
                    _ => {}
                }
            }
            operands.extend(name.map(|name| Operand { name, size }));
        }
        operands
    }

    fn record(&mut self, node: Node<'_>) -> Option<Record> {
        let mut name = None;
        let mut fields = Vec::new();
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::ident => name = Some(self.ident(&child)),
                Rule::fields => {
                    self.check_list(&child, "fields");
                    for field in child.into_inner().filter(|child| child.as_rule() == Rule::field) {
                        fields.extend(self.field(field));
                    }
                }
                _ => {}
            }
        }
        Some(Record { name: name?, fields })
    }

    fn field(&mut self, node: Node<'_>) -> Option<(Ident, Expr)> {
        let mut name = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::word => name = Some(self.ident(&part)),
                Rule::expr => return Some((name?, self.expr(part))),
                _ => {}
            }
        }
        None
    }

    pub(super) fn ty(&mut self, node: Node<'_>) -> Type {
        let span = self.span(&node);
        self.depth += 1;
        let kind = match node.into_inner().next() {
            Some(inner) if self.depth <= super::MAX_DEPTH => match inner.as_rule() {
                Rule::model_ty => self.model_ty(inner.into_inner()),
                Rule::record_ty => self.record_ty(inner.into_inner()),
                _ => self.name_ty(inner),
            },
            _ => TypeKind::Name { name: blank_ident(span), dims: Vec::new() },
        };
        self.depth -= 1;
        Type { kind, span }
    }

    fn name_ty(&mut self, node: Node<'_>) -> TypeKind {
        let mut name = blank_ident(self.span(&node));
        let mut dims = Vec::new();
        for part in node.into_inner() {
            if part.as_rule() == Rule::word {
                name = self.ident(&part);
            } else {
                for dim in part.into_inner().filter(|dim| dim.as_rule() == Rule::expr) {
                    dims.push(self.expr(dim));
                }
            }
        }
        TypeKind::Name { name, dims }
    }

    fn model_ty(&mut self, parts: Nodes<'_>) -> TypeKind {
        let mut types: Vec<Type> = Vec::new();
        for part in parts.filter(|part| part.as_rule() == Rule::ty) {
            types.push(self.ty(part));
        }
        match types.pop() {
            Some(result) => TypeKind::Model { params: types, result: Box::new(result) },
            None => TypeKind::Record(Vec::new()),
        }
    }

    fn record_ty(&mut self, parts: Nodes<'_>) -> TypeKind {
        let mut fields = Vec::new();
        for part in parts.filter(|part| part.as_rule() == Rule::record_field) {
            let mut name = None;
            for piece in part.into_inner() {
                match piece.as_rule() {
                    Rule::word => name = Some(self.ident(&piece)),
                    Rule::ty => {
                        let ty = self.ty(piece);
                        fields.extend(name.take().map(|name| (name, ty)));
                    }
                    _ => {}
                }
            }
        }
        TypeKind::Record(fields)
    }
}

/// A name for what the grammar guarantees and the types cannot say.
fn blank_ident(span: crate::source::Span) -> Ident {
    Ident { text: String::new(), span }
}
