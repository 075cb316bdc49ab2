//! What the rules of the grammar are called in front of people.

use super::grammar::Rule;

/// How much a rule says about what is missing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Punctuation and words that must come.
    Needed,
    /// A part that must come.
    Part,
    /// An operator or a suffix that could go on, and is seldom what is missing.
    Possible,
    /// Nothing a person could type.
    Hidden,
}

/// The words for a rule. A rule without words of its own is hidden, and a test looks at every one that can be expected.
pub(super) fn words(rule: Rule) -> (Class, &'static str) {
    part(rule).or_else(|| needed(rule)).or_else(|| possible(rule)).unwrap_or((Class::Hidden, ""))
}

fn part(rule: Rule) -> Option<(Class, &'static str)> {
    let words = match rule {
        Rule::item | Rule::use_item | Rule::const_item | Rule::fn_item | Rule::gate_item | Rule::search_item => {
            "an item"
        }
        Rule::expr | Rule::binary | Rule::operation | Rule::arith | Rule::choose_set | Rule::arg => "an expression",
        Rule::stage => "a stage: a name with arguments",
        Rule::word | Rule::ident | Rule::path | Rule::label | Rule::use_name => "a name",
        Rule::setting | Rule::param | Rule::operand | Rule::operand_decl | Rule::operands | Rule::qubits => "a name",
        Rule::rule_name => "the name of a rule",
        Rule::ty | Rule::name_ty | Rule::record_ty | Rule::model_ty => "a type",
        Rule::record_field | Rule::field => "`name: ..`",
        Rule::pattern => "a name",
        Rule::condition => "an expression before the `{`",
        Rule::arm_pattern => "a name, an integer or `_`",
        Rule::arm => "`pattern => ..`",
        Rule::alternative => "an alternative",
        Rule::stmt | Rule::let_stmt | Rule::block_stmt | Rule::plain_stmt => "a statement",
        Rule::block => "`{`",
        Rule::expr_body => "`=`",
        Rule::alternatives | Rule::fields => "`{`",
        Rule::params | Rule::group => "`(`",
        Rule::settings | Rule::list => "`[`",
        Rule::int => "an integer",
        Rule::text => "a text in `\"`",
        _ => return None,
    };
    Some((Class::Part, words))
}

fn needed(rule: Rule) -> Option<(Class, &'static str)> {
    let words = match rule {
        Rule::lbrace => "`{`",
        Rule::rbrace => "`}`",
        Rule::rparen => "`)`",
        Rule::rbracket => "`]`",
        Rule::semi => "`;`",
        Rule::comma => "`,`",
        Rule::colon => "`:`",
        Rule::path_sep | Rule::use_names => "`::`",
        Rule::eq => "`=`",
        Rule::arrow => "`->`",
        Rule::fat_arrow => "`=>`",
        Rule::at => "`@`",
        Rule::kw_in => "`in`",
        Rule::kw_as | Rule::alias => "`as`",
        Rule::kw_if => "`if`",
        Rule::kw_weights => "`weights`",
        Rule::kw_let => "`let`",
        _ => return None,
    };
    Some((Class::Needed, words))
}

fn possible(rule: Rule) -> Option<(Class, &'static str)> {
    let words = match rule {
        Rule::pipe => "`|>`",
        Rule::call | Rule::lparen => "`(`",
        Rule::index | Rule::lbracket => "`[`",
        Rule::dot | Rule::field_access => "`.`",
        Rule::bar => "`|`",
        Rule::tilde => "`~`",
        Rule::kw_of => "`of`",
        Rule::kw_where => "`where`",
        Rule::kw_else => "`else`",
        Rule::kw_step => "`step`",
        Rule::kw_log => "`log`",
        Rule::kw_ordered => "`ordered`",
        Rule::kw_with | Rule::with_weights => "`with weights`",
        Rule::dims => "`[`",
        Rule::dots | Rule::dots_eq | Rule::range_rest => "`..`",
        Rule::add | Rule::sub | Rule::mul | Rule::div | Rule::rem | Rule::pow | Rule::or | Rule::and => "an operator",
        Rule::eq_eq | Rule::not_eq | Rule::less | Rule::less_eq | Rule::greater | Rule::greater_eq => "an operator",
        _ => return None,
    };
    Some((Class::Possible, words))
}

/// "`a`, `b` or `c`" for what was expected; optional continuations are left out when something must come.
pub(super) fn expectation(expected: &[Rule]) -> String {
    let mut known: Vec<(Class, &str)> = expected.iter().map(|&rule| words(rule)).collect();
    known.retain(|(class, _)| *class != Class::Hidden);
    if known.iter().any(|(class, _)| *class < Class::Possible) {
        known.retain(|(class, _)| *class < Class::Possible);
    }
    let mut shown: Vec<&str> = Vec::new();
    known.sort();
    for (_, words) in known {
        if !shown.contains(&words) {
            shown.push(words);
        }
    }
    match shown.split_last() {
        None => "something else".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
