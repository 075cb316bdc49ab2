//! The architecture linter: finds in a program what training would waste days on, before anything is simulated.
//!
//! One file per rule under `rules/`, one line in its `mod.rs`. A rule looks at one architecture, at a search, or at a whole
//! space, and gives findings; what the findings of all architectures come to is counted here, so that a rule never knows whether it sees
//! one architecture or a million. Files and data are arguments.

pub mod baseline;
pub mod errors;
mod finding;
pub mod fix;
mod proofs;
pub mod ranges;
mod report;
pub mod rules;
mod run;
mod same;
mod space;
pub mod suppress;
mod target;
mod view;

pub use finding::{Finding, Findings};
pub use proofs::Proofs;
pub use report::{Reported, Scope, report};
pub use rules::RULES;
pub use run::{Found, Groups, Hits, Settings, Statements, Work, lint_graph, lint_space};
pub use space::{Arch, Inert, SpaceView, Uneven};
pub use target::{DataFacts, Facts, SearchFacts, TrainFacts};
pub use view::{GraphView, RegionView, quoted};

use crate::diag::Code;
use crate::hir::allow::CHECK_RULES;

/// How sure a rule is, and so when it speaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    /// Proved for every value of weights and inputs. On by default.
    Proved,
    /// A fact about cost, budget or the search's settings. On by default.
    Cost,
    /// Measured on random weights, with the sample's confidence. On with `--sampled` or `--pedantic`.
    Sampled,
    /// Often, not always, a mistake. On with `--pedantic`; a note.
    Heuristic,
}

impl Group {
    /// All groups, the surest first.
    pub const ALL: [Self; 4] = [Self::Proved, Self::Cost, Self::Sampled, Self::Heuristic];

    /// The name in listings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Cost => "cost",
            Self::Sampled => "sampled",
            Self::Heuristic => "heuristic",
        }
    }
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// One architecture.
    Graph(fn(&GraphView<'_>, &mut Findings)),
    /// A search, without its architectures.
    Search(fn(&Facts<'_>, &mut Findings)),
    /// All architectures of a space, or those drawn.
    Space(fn(&SpaceView<'_>, &mut Findings)),
}

/// One rule.
#[derive(Debug)]
pub struct Lint {
    /// Code (`QL0102`), kebab-case name, summary and the long explanation.
    pub code: Code,
    /// How sure it is.
    pub group: Group,
    /// What it does.
    pub check: Check,
}

/// Declares one rule: its documentation, then code, name, summary, group and what it looks at.
macro_rules! declare_lint {
    ($(#[doc = $doc:literal])+ pub $ident:ident = ($code:literal, $name:literal, $summary:literal); $group:ident, $kind:ident($check:path)) => {
        $(#[doc = $doc])+
        pub(super) static $ident: $crate::lint::Lint = $crate::lint::Lint {
            code: $crate::diag::Code {
                meta: $crate::meta!($name, $summary, code = $code, doc = concat!($($doc, "\n"),+)),
            },
            group: $crate::lint::Group::$group,
            check: $crate::lint::Check::$kind($check),
        };
    };
}
pub(crate) use declare_lint;

/// Looks a rule up by name or code.
#[must_use]
pub fn find(name: &str) -> Option<&'static Lint> {
    RULES.iter().copied().find(|lint| lint.code.meta.name == name || lint.code.meta.code.eq_ignore_ascii_case(name))
}

/// Every name an `allow` or `deny` may give: those of rules, and those of groups for all of their rules.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    let rules = RULES.iter().map(|lint| lint.code.meta.name);
    CHECK_RULES.into_iter().chain(rules).chain(Group::ALL.into_iter().map(Group::name))
}
