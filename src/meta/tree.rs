//! A labelled tree in three forms: indented text, JSON, Graphviz. Stages of compilation are shown as one.

use serde_json::{Value, json};
use std::fmt::Write as _;

/// A node: a kind, what it says, what is below it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tree {
    /// What it is: `let`, `gate`, `for`.
    pub kind: String,
    /// What it says; may be empty.
    pub text: String,
    /// Where it comes from: `3:5`, or a path; may be empty.
    pub place: String,
    /// What is below it, in order.
    pub children: Vec<Tree>,
}

impl Tree {
    /// A node without children.
    #[must_use]
    pub fn leaf(kind: &str, text: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), text: text.into(), ..Self::default() }
    }

    /// The same with a place.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = place.into();
        self
    }

    /// The same with children.
    #[must_use]
    pub fn over(mut self, children: Vec<Self>) -> Self {
        self.children = children;
        self
    }

    /// One line per node, children indented by two, places as comments from `column` on.
    #[must_use]
    pub fn text(&self, column: usize) -> String {
        let mut out = String::new();
        self.lines(0, column, &mut out);
        out
    }

    fn lines(&self, depth: usize, column: usize, out: &mut String) {
        let mut line = format!("{:1$}", "", 2 * depth);
        line.push_str(&self.head());
        if !self.place.is_empty() {
            let width = line.chars().count();
            let _ = write!(line, "{:1$}# {2}", "", column.saturating_sub(width).max(1), self.place);
        }
        out.push_str(line.trim_end());
        out.push('\n');
        self.children.iter().for_each(|child| child.lines(depth + 1, column, out));
    }

    fn head(&self) -> String {
        match (self.kind.is_empty(), self.text.is_empty()) {
            (_, true) => self.kind.clone(),
            (true, _) => self.text.clone(),
            _ => format!("{} {}", self.kind, self.text),
        }
    }

    /// `{"kind", "text", "place", "children"}`, empty parts left out.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut out = json!({ "kind": self.kind });
        if let Some(map) = out.as_object_mut() {
            for (name, text) in [("text", &self.text), ("place", &self.place)] {
                if !text.is_empty() {
                    map.insert(name.to_owned(), json!(text));
                }
            }
            if !self.children.is_empty() {
                map.insert("children".to_owned(), self.children.iter().map(Self::json).collect());
            }
        }
        out
    }

    /// A Graphviz drawing.
    #[must_use]
    pub fn dot(&self) -> String {
        let mut out = "digraph tree {\n  node [shape=box, fontname=\"monospace\"];\n".to_owned();
        let mut next = 0;
        self.dot_node(&mut next, &mut out);
        out.push_str("}\n");
        out
    }

    fn dot_node(&self, next: &mut usize, out: &mut String) -> usize {
        let own = *next;
        *next += 1;
        let label = self.head().replace('\\', "\\\\").replace('"', "\\\"");
        let _ = writeln!(out, "  n{own} [label=\"{label}\"];");
        for child in &self.children {
            let below = child.dot_node(next, out);
            let _ = writeln!(out, "  n{own} -> n{below};");
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_forms_of_one_tree() {
        let tree = Tree::leaf("model", "m").over(vec![Tree::leaf("gate", "say \"h\"").at("1:2"), Tree::leaf("", "x")]);
        assert_eq!(tree.text(20), "model m\n  gate say \"h\"      # 1:2\n  x\n");
        assert_eq!(tree.json()["children"][0]["place"], "1:2");
        assert!(tree.dot().contains("n1 [label=\"gate say \\\"h\\\"\"];\n  n0 -> n1;"));
    }
}
