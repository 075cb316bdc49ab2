//! What rules may know of a search beyond its architectures: its data is read here, its settings are resolved here.

use crate::driver::compiler::Compiled;
use crate::driver::data::{self, DataDirs, Dataset, Part, Protocol, Splits};
use crate::driver::pick::Target;
use crate::driver::requirement::metric_requirements;
use crate::driver::run::strategy;
use crate::driver::search::{self, StrategyOptions};
use crate::driver::space::{Count, FilteredSpace};
use crate::driver::train::{Length, TrainConfig};
use crate::driver::vocabulary::data_options;
use crate::hir::expr::Bindings;
use crate::hir::space::TemplateSpace;
use crate::hir::template::SearchSpec;
use crate::hir::{Setting, resolve_call};
use crate::lint::{DataFacts, Facts, Proofs, SearchFacts, TrainFacts};
use crate::source::{FileId, Span};
use num_traits::ToPrimitive;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The user's files of a program, as against the library's.
pub(super) fn own_files(compiled: &Compiled) -> BTreeSet<FileId> {
    compiled.sources.iter().filter(|(_, file)| !file.name.starts_with("<std>/")).map(|(id, _)| id).collect()
}

/// Everything known of a target.
pub(super) fn facts<'a>(
    compiled: &Compiled,
    target: &Target<'a>,
    space: &FilteredSpace<'_>,
    count: &Count,
    (dirs, seed, proofs): (&DataDirs, u64, &Arc<Proofs>),
) -> Facts<'a> {
    let named = compiled.items.iter().find(|item| item.kind.name().is_some_and(|name| name.text == target.name));
    let home = named.and_then(|item| item.kind.name()).map_or(Span::default(), |name| name.span);
    let architectures = match count {
        Count::Exact(exact) => exact.to_u64(),
        Count::Estimate { .. } => None,
    };
    Facts {
        search: target.search.map(|spec| search_facts(spec, architectures, left(space, count))),
        data: target.search.and_then(|spec| data_facts(spec, dirs)),
        train: target.search.and_then(train_facts),
        device: target.template.device.clone(),
        home,
        seed,
        own: own_files(compiled),
        counts: compiled.imported.is_some(),
        proofs: Arc::clone(proofs),
    }
}

/// How many architectures the requirements over cost leave.
fn left(space: &FilteredSpace<'_>, count: &Count) -> Option<(u64, u64, Span)> {
    let requirements = metric_requirements(space.template());
    let place = requirements.iter().find(|requirement| !requirement.assert && !requirement.trained)?.span;
    // Counting decides some of these requirements, so the whole is counted without them.
    let all = TemplateSpace::new(space.template()).reachable();
    Some(match count {
        Count::Exact(exact) => (exact.to_u64()?, all.to_u64()?, place),
        Count::Estimate { about, drawn, .. } => {
            let share = about / all.to_f64()?;
            ((share * *drawn as f64).round() as u64, *drawn as u64, place)
        }
    })
}

fn search_facts(spec: &SearchSpec, architectures: Option<u64>, left: Option<(u64, u64, Span)>) -> SearchFacts<'_> {
    let header = strategy(spec).ok();
    let expected = header.as_ref().and_then(|header| {
        let options = StrategyOptions(header.options.0.clone());
        let (_, strategy) = search::build(&header.name, &options, spec.minimize.len().max(1)).ok()?;
        strategy.status().expected
    });
    SearchFacts {
        spec,
        strategy: header.map(|header| header.name).unwrap_or_default(),
        evaluations: expected,
        architectures,
        left,
    }
}

fn train_facts(spec: &SearchSpec) -> Option<TrainFacts> {
    // A policy has neither a loss of the catalogue nor epochs and batches.
    let call = spec.train.as_ref().filter(|_| spec.env.is_none())?;
    // What does not depend on choices is known without one.
    let arguments = match resolve_call(call, &Bindings::default()) {
        Some(Setting::Call(_, arguments)) => arguments,
        _ => return None,
    };
    let config = TrainConfig::from_settings(&arguments).ok()?;
    let epochs = match config.length {
        Length::Epochs(epochs) => Some(epochs),
        Length::Steps(_) | Length::Episodes(_) => None,
    };
    Some(TrainFacts { loss: config.loss.meta.name.to_owned(), epochs, batch: Some(config.batch), span: call.span })
}

/// Sets larger than this are described without reading them.
const READ_ROWS: usize = 10_000;

fn data_facts(spec: &SearchSpec, dirs: &DataDirs) -> Option<DataFacts> {
    let call = spec.data.as_ref()?;
    let options = data_options(&resolve_call(call, &Bindings::default())?).ok()?;
    let mut out = DataFacts {
        name: call.name.to_string(),
        span: call.span,
        leaky: options.protocol == Protocol::Qnas,
        rows: None,
        shared: None,
        ranges: Vec::new(),
        classes: false,
    };
    let entry = data::find(&call.name).ok()?;
    let described = data::describe(&call.name, &options, dirs).ok()?;
    out.classes = described.classes.is_some();
    if let Some(known) = entry.facts.filter(|facts| facts.rows > READ_ROWS) {
        let part = |part: Option<Part>| part.map_or(0, |part| part.of(known.rows));
        out.rows = options.train.map(|_| [part(options.train), part(options.validation), known.test_rows]);
        return Some(out);
    }
    if let Ok(splits) = data::load(&call.name, &options, spec.seed.unwrap_or(0), dirs) {
        out.leaky |= splits.leaky;
        out.rows = Some([splits.train.len(), splits.validation.len(), splits.test.len()]);
        out.ranges = ranges(&splits);
        out.shared = (!splits.leaky).then(|| shared(&splits));
    }
    Some(out)
}

/// The range of each feature over all parts.
fn ranges(splits: &Splits) -> Vec<(f64, f64)> {
    let width = splits.train.width();
    let mut out = vec![(f64::INFINITY, f64::NEG_INFINITY); width];
    for part in [&splits.train, &splits.validation, &splits.test] {
        for row in part.features_as::<f64>().chunks_exact(width.max(1)) {
            for (range, &value) in out.iter_mut().zip(row) {
                *range = (range.0.min(value), range.1.max(value));
            }
        }
    }
    out
}

/// How many rows of the validation and of the test part have the features of a row to train on.
fn shared(splits: &Splits) -> [usize; 2] {
    let width = splits.train.width().max(1);
    let rows = |part: &Dataset| -> Vec<Vec<u64>> {
        let bits = |row: &[f64]| row.iter().map(|value| value.to_bits()).collect();
        part.features_as::<f64>().chunks_exact(width).map(bits).collect()
    };
    let known: BTreeSet<Vec<u64>> = rows(&splits.train).into_iter().collect();
    [&splits.validation, &splits.test].map(|part| rows(part).iter().filter(|row| known.contains(*row)).count())
}
