//! Counting a space as a product: every circuit and the layers around them by themselves, then all of their combinations at once.
//!
//! For fixed values of the choices that parts share (`hir/parts.rs`), an architecture is any circuit together with any rest. So the circuits
//! and the rests are built and compared one by one, and the combinations are counted, not built: a thousand circuits under a
//! thousand rests are two thousand models to look at, not a million. That the parts do make up the space is checked by counting: the products over
//! the shared values must add up to the number of assignments. Whatever does not fit makes the whole attempt fail, and
//! the space is walked.

use super::super::space::FilteredSpace;
use super::{CHUNK, Kinds};
use crate::hir::expr::{Bindings, Picked, Symbol};
use crate::hir::parts::Parts;
use crate::ir::build::build_with;
use crate::ir::{Graph, NodeId, Op};
use crate::passes::canonical::{FrameForm, Identity, RegionForm, frame_form, region_form};
use num_bigint::BigUint;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// What counting a space as a product found.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) kinds: Kinds,
    /// How many assignments were built.
    pub(super) built: u64,
    /// How many there are of each part, the rest last.
    pub(super) parts: Vec<u64>,
}

/// The values of the shared choices.
type Shared = Vec<(u32, Vec<i64>, Picked)>;

/// What the rest sees of a circuit: how many numbers it gives and which of its operands it reads; nothing if it is not there.
type Face = Option<(usize, Vec<bool>)>;

/// A circuit as built: its face, its form if it is there, the paths of its weights.
type BuiltCircuit = (Face, Option<RegionForm>, BTreeSet<String>);

/// What stands around circuits as built: its form, the circuits that fit each place, the paths of its weights.
type BuiltFrame = (FrameForm, Vec<Vec<u32>>, BTreeSet<String>);

/// The circuits of one part for one value of the shared choices.
#[derive(Default)]
struct Circuits {
    /// How many assignments make them.
    count: u64,
    /// By face, the assignment of one of them and their numbers.
    faces: BTreeMap<Face, (Bindings, BTreeSet<u32>)>,
}

/// Does the count by parts pay, and does it fit? Then how many assignments each part has.
fn sizes(space: &FilteredSpace<'_>, parts: &Parts, most: u64) -> Option<Vec<u64>> {
    let mut by_shared: BTreeMap<Shared, Vec<u64>> = BTreeMap::new();
    let mut total = 0;
    let sets = symbol_sets(parts);
    for (at, symbols) in sets.iter().enumerate() {
        space.choices().each_of(symbols, &mut |bindings| {
            by_shared.entry(bindings.of(&parts.shared)).or_insert_with(|| vec![0; sets.len()])[at] += 1;
            total += 1;
            total <= most
        });
        if total > most {
            return None;
        }
    }
    let product = |counts: &Vec<u64>| counts.iter().map(|&count| BigUint::from(count)).product::<BigUint>();
    let all: BigUint = by_shared.values().map(product).sum();
    let sum = |at: usize| by_shared.values().map(|counts| counts[at]).sum();
    (all == space.choices().models()).then(|| (0..sets.len()).map(sum).collect())
}

/// The choices each part is enumerated by, the rest last.
fn symbol_sets(parts: &Parts) -> Vec<BTreeSet<Symbol>> {
    let own = parts.circuits.iter().map(|part| &part.reads).chain([&parts.rest]);
    own.map(|own| own | &parts.shared).collect()
}

/// Counts a space as a product of its parts, building at most `most` assignments; `None` if it is none, or if that would be no less work.
pub(super) fn count(space: &FilteredSpace<'_>, most: u64, progress: Progress<'_>) -> Option<Product> {
    if space.has_cost_requirements() {
        return None;
    }
    let parts = space.template().parts()?;
    let sizes = sizes(space, &parts, most)?;
    let mut work = Work {
        space,
        parts: &parts,
        forms: FxHashMap::default(),
        trained: Vec::new(),
        owners: FxHashMap::default(),
        circuits: parts.circuits.iter().map(|_| BTreeMap::new()).collect(),
        frames: FxHashMap::default(),
        built: 0,
        of: sizes.iter().sum(),
    };
    let sets = symbol_sets(&parts);
    for (at, symbols) in sets[..parts.circuits.len()].iter().enumerate() {
        work.each(symbols, progress, &mut |work, chunk| work.circuits(at, chunk))?;
    }
    work.each(&sets[parts.circuits.len()], progress, &mut Work::rests)?;
    let kinds = work.combine()?;
    Some(Product { kinds, built: work.built, parts: sizes })
}

/// Graphs with the same frame: per graph, for each of its regions, the circuits it may be.
struct Frame {
    form: FrameForm,
    lists: BTreeSet<Vec<Vec<u32>>>,
}

struct Work<'s, 't> {
    space: &'s FilteredSpace<'t>,
    parts: &'s Parts,
    /// The circuits met, numbered.
    forms: FxHashMap<Identity, u32>,
    /// Per circuit: is some weight of it trained?
    trained: Vec<bool>,
    /// Which part a weight belongs to: no two may share one.
    owners: FxHashMap<String, usize>,
    circuits: Vec<BTreeMap<Shared, Circuits>>,
    frames: FxHashMap<Identity, Frame>,
    built: u64,
    of: u64,
}

/// Hears how many are done and how many there will be.
type Progress<'p> = &'p mut dyn FnMut(u64, u64);

/// What is done with assignments; `None` if they do not fit.
type Step<'f, W> = &'f mut dyn FnMut(&mut W, &[Bindings]) -> Option<()>;

impl Work<'_, '_> {
    /// Hands the assignments of a part over in chunks; `None` once one does not fit.
    fn each(&mut self, symbols: &BTreeSet<Symbol>, progress: Progress<'_>, work: Step<'_, Self>) -> Option<()> {
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut fits = Some(());
        self.space.choices().each_of(symbols, &mut |bindings| {
            chunk.push(bindings.clone());
            if chunk.len() == CHUNK {
                fits = work(self, &chunk);
                self.built += chunk.len() as u64;
                progress(self.built.min(self.of), self.of);
                chunk.clear();
            }
            fits.is_some()
        });
        fits?;
        self.built += chunk.len() as u64;
        work(self, &chunk)?;
        progress(self.built.min(self.of), self.of);
        Some(())
    }

    /// Circuit `at` under some assignments.
    fn circuits(&mut self, at: usize, chunk: &[Bindings]) -> Option<()> {
        let (template, part) = (self.space.template(), &self.parts.circuits[at]);
        let several = self.parts.circuits.len() > 1;
        let built: Vec<Option<BuiltCircuit>> = chunk
            .par_iter()
            .map(|bindings| {
                let graph = build_with(template, bindings.clone()).ok()?;
                let Some(id) = find(&graph, &part.path.render(bindings))? else {
                    return Some((None, None, BTreeSet::new()));
                };
                let form = region_form(&graph, id)?;
                // Equal circuits without weights on equal operands are one; which they are would have to be known.
                if several && form.weights == 0 {
                    return None;
                }
                let Op::Region(region) = &graph.node(id).op else { return None };
                let weights = region.weights().into_iter().map(|weight| graph.weight(weight).path.clone()).collect();
                Some((Some((region.n_outputs(), form.reads.clone())), Some(form), weights))
            })
            .collect();
        for (found, bindings) in built.into_iter().zip(chunk) {
            let (face, form, weights) = found?;
            self.own(weights, at)?;
            let number = match form {
                Some(form) => Some(self.number(&form)?),
                None => None,
            };
            let here = self.circuits[at].entry(bindings.of(&self.parts.shared)).or_default();
            here.count += 1;
            here.faces.entry(face).or_insert_with(|| (bindings.clone(), BTreeSet::new())).1.extend(number);
        }
        Some(())
    }

    /// Notes that weights belong to a part; `None` if one belongs to another.
    fn own(&mut self, weights: BTreeSet<String>, part: usize) -> Option<()> {
        weights.into_iter().try_for_each(|path| (*self.owners.entry(path).or_insert(part) == part).then_some(()))
    }

    fn number(&mut self, form: &RegionForm) -> Option<u32> {
        let fresh = u32::try_from(self.trained.len()).ok()?;
        let number = *self.forms.entry(form.identity).or_insert(fresh);
        if number == fresh {
            self.trained.push(form.live_weights > 0);
        }
        Some(number)
    }

    /// What stands around the circuits under some assignments, with every face the circuits may have.
    fn rests(&mut self, chunk: &[Bindings]) -> Option<()> {
        let whole: &Self = self;
        let built: Vec<Option<Vec<BuiltFrame>>> = chunk.par_iter().map(|bindings| whole.rest(bindings)).collect();
        for found in built {
            for (form, lists, weights) in found? {
                self.own(weights, self.parts.circuits.len())?;
                let frame = self.frames.entry(form.identity).or_insert_with(|| Frame { form, lists: BTreeSet::new() });
                frame.lists.insert(lists);
            }
        }
        Some(())
    }

    fn rest(&self, bindings: &Bindings) -> Option<Vec<BuiltFrame>> {
        let shared = bindings.of(&self.parts.shared);
        let here: Vec<&Circuits> = self.circuits.iter().map(|part| part.get(&shared)).collect::<Option<_>>()?;
        let mut faces: Vec<Vec<&Face>> = vec![Vec::new()];
        for circuits in &here {
            faces = faces.iter().flat_map(|f| circuits.faces.keys().map(|face| [&f[..], &[face]].concat())).collect();
        }
        faces.into_iter().map(|faces| self.frame(bindings, &here, &faces)).collect()
    }

    /// The rest of an assignment around circuits with these faces.
    fn frame(&self, bindings: &Bindings, here: &[&Circuits], faces: &[&Face]) -> Option<BuiltFrame> {
        let mut bindings = bindings.clone();
        for ((circuits, face), part) in here.iter().zip(faces).zip(&self.parts.circuits) {
            bindings.take_over(&circuits.faces[*face].0, &(&part.reads - &self.parts.shared));
        }
        let graph = build_with(self.space.template(), bindings.clone()).ok()?;
        let mut reads = BTreeMap::new();
        let mut lists = BTreeMap::new();
        for ((circuits, face), part) in here.iter().zip(faces).zip(&self.parts.circuits) {
            match (find(&graph, &part.path.render(&bindings))?, face) {
                (None, None) => {}
                (Some(id), Some((_, read))) if graph.inputs_of(id).len() == read.len() => {
                    reads.insert(id, read.clone());
                    lists.insert(id, circuits.faces[*face].1.iter().copied().collect());
                }
                _ => return None,
            }
        }
        if reads.len() != graph.regions().count() {
            return None;
        }
        let form = frame_form(&graph, &reads);
        let lists = form.regions.iter().map(|id| lists.remove(id)).collect::<Option<_>>()?;
        let outside = graph.nodes().filter(|node| !matches!(node.op, Op::Region(_)));
        let weights =
            outside.flat_map(|node| node.op.weights()).map(|weight| graph.weight(weight).path.clone()).collect();
        Some((form, lists, weights))
    }

    /// All combinations of circuits and frames, each counted once.
    fn combine(&self) -> Option<Kinds> {
        let mut kinds = Kinds::default();
        for frame in self.frames.values().collect::<Vec<_>>() {
            let lists: Vec<&[Vec<u32>]> = frame.lists.iter().map(Vec::as_slice).collect();
            let (all, untrained) = self.union(&lists)?;
            let add = |total: &mut u64, more: u64| {
                *total = total.checked_add(more)?;
                Some(())
            };
            add(&mut kinds.all, all)?;
            if !frame.form.regions.is_empty() {
                add(&mut kinds.untrained, untrained)?;
            }
            if !frame.form.class.reads_input {
                add(&mut kinds.blind, all)?;
            }
            if frame.form.class.constant {
                add(&mut kinds.constant, untrained)?;
            }
        }
        Some(kinds)
    }

    /// How many lists of circuits lie in some of several products, and how many of them are of circuits without a trained weight.
    fn union(&self, products: &[&[Vec<u32>]]) -> Option<(u64, u64)> {
        if products.iter().all(|product| product.is_empty()) {
            return Some((1, 1));
        }
        // First circuits by the products they begin.
        let mut begins: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, product) in products.iter().enumerate() {
            product.first()?.iter().for_each(|&circuit| begins.entry(circuit).or_default().push(at));
        }
        let mut alike: BTreeMap<Vec<usize>, (u64, u64)> = BTreeMap::new();
        for (circuit, begun) in begins {
            let entry = alike.entry(begun).or_default();
            entry.0 += 1;
            entry.1 += u64::from(!self.trained[circuit as usize]);
        }
        alike.into_iter().try_fold((0u64, 0u64), |sum, (begun, (all, untrained))| {
            let rests: Vec<&[Vec<u32>]> = begun.into_iter().map(|at| &products[at][1..]).collect();
            let rest = self.union(&rests)?;
            let plus = |sum: u64, a: u64, b: u64| sum.checked_add(a.checked_mul(b)?);
            Some((plus(sum.0, all, rest.0)?, plus(sum.1, untrained, rest.1)?))
        })
    }
}

/// The region with this path: `Some(None)` if there is none, `None` if there are several.
#[allow(clippy::option_option)] // Two different absences.
fn find(graph: &Graph, path: &str) -> Option<Option<NodeId>> {
    let mut found = graph.regions().filter(|(_, region)| region.path == path).map(|(id, _)| id);
    let first = found.next();
    found.next().is_none().then_some(first)
}
