//! A program: its files as modules, and which name means which item.

use super::value::{EnumId, ItemRef};
use crate::source::FileId;
use crate::syntax::ast::{Ident, Item, ItemKind, Use};
use std::collections::{BTreeMap, BTreeSet};

/// A file, or all files of a library folder.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// `std::embed`, or the path of a user's file.
    pub path: Vec<String>,
    /// Its items.
    pub items: Vec<Item>,
    /// Does it come with the binary?
    pub library: bool,
}

/// What a global name means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Global {
    /// A `fn`, `gate`, `model`, `circuit`, `const`, `device` or `search`.
    Item(ItemRef),
    /// An enum.
    Enum(EnumId),
    /// A word of the vocabulary, imported for readability (`use std::data::iris`).
    Word,
}

/// An enum of the program.
#[derive(Clone, Debug)]
pub struct EnumInfo {
    /// Its name.
    pub name: String,
    /// Its variants.
    pub variants: Vec<String>,
    /// The item.
    pub item: ItemRef,
}

/// All modules with their names resolved.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The modules; `main` among them.
    pub sources: Vec<Source>,
    /// The file given by the user.
    pub main: usize,
    /// The enums.
    pub enums: Vec<EnumInfo>,
    /// Global names by module.
    pub globals: Vec<BTreeMap<String, Global>>,
}

/// A complaint about a name at the top level.
#[derive(Clone, Debug)]
pub enum NameError {
    /// Declared twice.
    Duplicate {
        /// The second.
        second: Ident,
        /// The first.
        first: Ident,
    },
    /// `use` of a module that is not there.
    UnknownModule(Vec<Ident>),
    /// `use` of a name a module does not have.
    UnknownImport {
        /// The name.
        name: Ident,
        /// The module.
        module: usize,
    },
}

impl Program {
    /// Resolves the top-level names of all modules. `words` are the vocabulary's data sets and calls.
    #[must_use]
    pub fn new(sources: Vec<Source>, main: usize, words: &[&str]) -> (Self, Vec<NameError>) {
        let mut program = Self { sources, main, enums: Vec::new(), globals: Vec::new() };
        let mut errors = Vec::new();
        for module in 0..program.sources.len() {
            let own = program.own_names(module, &mut errors);
            program.globals.push(own);
        }
        for module in 0..program.sources.len() {
            let imports: Vec<Use> = program.sources[module]
                .items
                .iter()
                .filter_map(|item| match &item.kind {
                    ItemKind::Use(import) => Some(import.clone()),
                    _ => None,
                })
                .collect();
            for import in imports {
                program.import(module, &import, words, &mut errors);
            }
        }
        (program, errors)
    }

    fn own_names(&mut self, module: usize, errors: &mut Vec<NameError>) -> BTreeMap<String, Global> {
        let mut names = BTreeMap::new();
        let mut first: BTreeMap<String, Ident> = BTreeMap::new();
        let items = std::mem::take(&mut self.sources[module].items);
        for (at, item) in items.iter().enumerate() {
            let Some(name) = item.kind.name() else { continue };
            if let Some(first) = first.get(&name.text) {
                errors.push(NameError::Duplicate { second: name.clone(), first: first.clone() });
                continue;
            }
            first.insert(name.text.clone(), name.clone());
            let reference = ItemRef { module, item: at };
            let global = match &item.kind {
                ItemKind::Enum(decl) => {
                    self.enums.push(EnumInfo {
                        name: decl.name.text.clone(),
                        variants: decl.variants.iter().map(|(variant, _)| variant.text.clone()).collect(),
                        item: reference,
                    });
                    Global::Enum(self.enums.len() - 1)
                }
                _ => Global::Item(reference),
            };
            names.insert(name.text.clone(), global);
        }
        self.sources[module].items = items;
        names
    }

    /// The module with this path, as seen from another (a user's file may name a sibling by its last segment).
    #[must_use]
    pub fn module(&self, path: &[Ident]) -> Option<usize> {
        self.sources.iter().position(|source| {
            source.path.len() == path.len() && source.path.iter().zip(path).all(|(a, b)| *a == b.text)
        })
    }

    fn import(&mut self, module: usize, import: &Use, words: &[&str], errors: &mut Vec<NameError>) {
        let texts: Vec<&str> = import.path.iter().map(|ident| ident.text.as_str()).collect();
        let is_word = |name: &Ident| words.contains(&name.text.as_str());
        if import.names.is_empty() {
            let Some((last, parent)) = import.path.split_last() else { return };
            let local = import.alias.as_ref().unwrap_or(last).text.clone();
            if let Some(source) = self.module(parent) {
                match self.globals.get(source).and_then(|names| names.get(&last.text)).copied() {
                    Some(global) => self.bind(module, local, global),
                    None => errors.push(NameError::UnknownImport { name: last.clone(), module: source }),
                }
            } else if texts.first() == Some(&"std") && is_word(last) {
                self.bind(module, local, Global::Word);
            } else {
                errors.push(NameError::UnknownModule(parent.to_vec()));
            }
            return;
        }
        let source = self.module(&import.path);
        for (name, alias) in &import.names {
            let local = alias.as_ref().unwrap_or(name).text.clone();
            let found = source.and_then(|s| self.globals.get(s)).and_then(|names| names.get(&name.text)).copied();
            match (source, found) {
                (_, Some(global)) => self.bind(module, local, global),
                (None, _) if texts.first() == Some(&"std") && is_word(name) => self.bind(module, local, Global::Word),
                (Some(source), None) => errors.push(NameError::UnknownImport { name: name.clone(), module: source }),
                (None, None) => {
                    errors.push(NameError::UnknownModule(import.path.clone()));
                    return;
                }
            }
        }
    }

    fn bind(&mut self, module: usize, name: String, global: Global) {
        self.globals[module].entry(name).or_insert(global);
    }

    /// The files that come with the binary.
    #[must_use]
    pub fn library_files(&self) -> BTreeSet<FileId> {
        let library = self.sources.iter().filter(|source| source.library);
        library.flat_map(|source| source.items.iter().map(|item| item.span.file)).collect()
    }

    /// An item.
    #[must_use]
    pub fn item(&self, reference: ItemRef) -> &Item {
        &self.sources[reference.module].items[reference.item]
    }

    /// What a name means in a module.
    #[must_use]
    pub fn global(&self, module: usize, name: &str) -> Option<Global> {
        self.globals.get(module)?.get(name).copied()
    }
}
