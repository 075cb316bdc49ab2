//! Paths: how choices, weights and applications get their names.
//!
//! A scope is opened by everything that names what is inside it: a `let`, a setting, a label, an application, a loop
//! iteration, a branch. Repeats within one block are numbered from the second on: `linear`, `linear#2`.

use super::super::symbol::PathTemplate;
use super::Elaborator;
use std::collections::HashMap;

/// A naming scope.
#[derive(Clone, Debug)]
pub(crate) struct NameScope {
    path: PathTemplate,
    /// Opened by something that names a single value (`let`, setting, argument): an unnamed weight takes its path.
    named: bool,
    counters: HashMap<String, u32>,
}

impl NameScope {
    pub(crate) fn root() -> Self {
        Self { path: PathTemplate::default(), named: false, counters: HashMap::new() }
    }
}

impl Elaborator<'_> {
    /// The path here.
    pub(super) fn path(&self) -> PathTemplate {
        self.naming.last().map(|scope| scope.path.clone()).unwrap_or_default()
    }

    /// Runs `f` inside a scope; `named` says that a single unnamed weight or choice is called by the scope itself.
    pub(super) fn scoped<R>(&mut self, path: PathTemplate, named: bool, f: impl FnOnce(&mut Self) -> R) -> R {
        self.naming.push(NameScope { path, named, counters: HashMap::new() });
        let result = f(self);
        self.naming.pop();
        result
    }

    /// A child path for an application, loop or branch: the second of one name in a scope is `name#2`.
    pub(super) fn counted(&mut self, name: &str) -> PathTemplate {
        let Some(scope) = self.naming.last_mut() else { return PathTemplate::default() };
        let count = scope.counters.entry(name.to_owned()).or_insert(0);
        *count += 1;
        match *count {
            1 => scope.path.child(name),
            k => scope.path.child(&format!("{name}#{k}")),
        }
    }

    /// The path of an unnamed `weight` or `choose` (`word`): the scope's own for the first in a naming scope.
    pub(super) fn unnamed(&mut self, word: &str) -> PathTemplate {
        let named = self.naming.last().is_some_and(|scope| scope.named && !scope.counters.contains_key(word));
        let path = self.counted(word);
        if named { self.path() } else { path }
    }
}
