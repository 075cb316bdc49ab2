//! The door to pest: the generated parser and nothing of its prose.
//!
//! The rest of the floor sees [`Rule`], [`Node`] and [`Failure`], so pest can be replaced here alone. The generated enum
//! carries no documentation, hence the inner module.

use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};

#[allow(missing_docs, clippy::all, unreachable_pub)]
mod generated {
    /// The parser generated from `grammar/qnas.pest`.
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/qnas.pest"]
    pub(crate) struct Generated;
}

pub(super) use generated::Rule;

/// A node of the concrete tree.
pub(super) type Node<'a> = pest::iterators::Pair<'a, Rule>;
/// The children of a node.
pub(super) type Nodes<'a> = pest::iterators::Pairs<'a, Rule>;

/// Why a text is not what a rule says.
pub(super) struct Failure {
    /// Where, as an offset into the text that was parsed: the furthest place any rule failed at.
    pub(super) offset: usize,
    /// What could stand there.
    pub(super) expected: Vec<Rule>,
    /// The text nests too deep for the stack.
    pub(super) too_deep: bool,
}

/// Parses `text` from its start with `rule`; the rule may match less than the whole text.
pub(super) fn parse(rule: Rule, text: &str) -> Result<Node<'_>, Box<Failure>> {
    match generated::Generated::parse(rule, text) {
        Ok(mut pairs) => {
            pairs.next().ok_or_else(|| Box::new(Failure { offset: 0, expected: vec![rule], too_deep: false }))
        }
        Err(error) => Err(Box::new(failure(error))),
    }
}

fn failure(error: Error<Rule>) -> Failure {
    let offset = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    match error.variant {
        ErrorVariant::ParsingError { positives, .. } => Failure { offset, expected: positives, too_deep: false },
        ErrorVariant::CustomError { .. } => Failure { offset, expected: Vec::new(), too_deep: true },
    }
}

/// May a word start with this character?
pub(super) fn starts_word(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic() || !c.is_ascii() && pest::unicode::XID_START(c)
}

/// May a word go on with this character?
pub(super) fn continues_word(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric() || !c.is_ascii() && pest::unicode::XID_CONTINUE(c)
}
