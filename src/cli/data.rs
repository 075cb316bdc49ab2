//! `qnas data`: the data sets and what is in them.

use super::context::{Context, Exit, ResultFormat, Stop, plural};
use super::table::{Rows, grouped};
use crate::diag::Diagnostic;
use crate::driver::data::{self, DATASETS, DataDirs, DataOptions, Dataset, Description, Info, Splits};
use crate::driver::errors::BAD_OPTION;
use crate::driver::setting::{Setting, parse_setting};
use crate::source::SourceMap;
use serde_json::json;
use std::path::{Path, PathBuf};

/// List data sets and look into them.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas data list
  qnas data info iris train=0.6 validation=0.2 test=0.2 scale=standard
  qnas data info mnist --data-dir ~/data
  qnas data info csv path=flowers.csv label=kind
  qnas data rows iris train=0.6 validation=0.2 test=0.2 --part test > test.csv

Small tables are inside the binary. `mnist` and `fashion_mnist` are read from their published IDX.gz files in the folder \
of --data-dir, else QNAS_DATA_DIR, else `data`.")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// All data sets.
    List {
        /// How they are shown.
        #[arg(long, value_enum, default_value = "human")]
        format: ResultFormat,
    },
    /// Rows, features, classes and parts of one data set.
    Info {
        /// Its name.
        name: String,
        /// Options as in a program: `train=0.6`, `classes=[0, 1]`, `scale=minmax(-1, 1)`.
        #[arg(value_name = "OPTION=VALUE")]
        options: Vec<String>,
        /// Folder of the published data sets that are not in the binary (otherwise QNAS_DATA_DIR, otherwise `data`).
        #[arg(long, value_name = "FOLDER")]
        data_dir: Option<PathBuf>,
        /// Seed of the split.
        #[arg(long, value_name = "S", default_value_t = 0)]
        seed: u64,
        /// How it is shown.
        #[arg(long, value_enum, default_value = "human")]
        format: ResultFormat,
    },
    /// The features of one part as a CSV file, as a search sees them: `qnas simulate --input` takes it.
    Rows {
        /// Its name.
        name: String,
        /// Options as in a program: `train=0.6`, `scale=minmax(0, 1)`.
        #[arg(value_name = "OPTION=VALUE")]
        options: Vec<String>,
        /// Which part.
        #[arg(long, value_enum, default_value = "test")]
        part: Part,
        /// Write the class behind the features of each row, too.
        #[arg(long)]
        labels: bool,
        /// Folder of the published data sets that are not in the binary (otherwise QNAS_DATA_DIR, otherwise `data`).
        #[arg(long, value_name = "FOLDER")]
        data_dir: Option<PathBuf>,
        /// Seed of the split: the search's.
        #[arg(long, value_name = "S", default_value_t = 0)]
        seed: u64,
    },
}

/// `--part`
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    /// Rows to train on.
    Train,
    /// Rows to choose by.
    Validation,
    /// Rows to report on.
    Test,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    match &args.command {
        Command::List { format: ResultFormat::Human } => context.print(&list())?,
        Command::List { format: ResultFormat::Json } => context.print_json(&list_json())?,
        Command::Info { name, options, data_dir, seed, format } => {
            data::find(name)?;
            let given = parse_options(options)?;
            let dirs = DataDirs::from_environment(data_dir.as_deref(), Path::new(""));
            let info = data::info(name, &given, &dirs)?;
            let shape = data::describe(name, &given, &dirs)?;
            let parts = data::load(name, &given, *seed, &dirs)?;
            context.warn(&parts.warnings, &SourceMap::default());
            match format {
                ResultFormat::Human => context.print(&human(&info, &shape, &parts))?,
                ResultFormat::Json => context.print_json(&json(&info, &shape, &parts))?,
            }
        }
        Command::Rows { name, options, part, labels, data_dir, seed } => {
            let dirs = DataDirs::from_environment(data_dir.as_deref(), Path::new(""));
            let parts = data::load(name, &parse_options(options)?, *seed, &dirs)?;
            context.warn(&parts.warnings, &SourceMap::default());
            let part = match part {
                Part::Train => &parts.train,
                Part::Validation => &parts.validation,
                Part::Test => &parts.test,
            };
            context.print(&rows(part, *labels))?;
        }
    }
    Ok(Exit::Clean)
}

/// A line per row, numbers as they read back.
fn rows(part: &Dataset, labels: bool) -> String {
    let all: Vec<u32> = (0u32..).take(part.len()).collect();
    let mut classes = vec![0; if labels && !part.class_counts().is_empty() { part.len() } else { 0 }];
    part.gather_labels(&all, &mut classes);
    let features: Vec<f64> = part.features_as();
    let mut out = String::new();
    for (at, row) in features.chunks(part.width().max(1)).enumerate() {
        let numbers = row.iter().map(f64::to_string).chain(classes.get(at).map(u32::to_string));
        out.push_str(&numbers.collect::<Vec<_>>().join(","));
        out.push('\n');
    }
    out
}

fn parse_options(given: &[String]) -> Result<DataOptions, Diagnostic> {
    let mut options = DataOptions::default();
    for text in given {
        let Some((name, value)) = text.split_once('=') else {
            return Err(Diagnostic::global(&BAD_OPTION, format!("`{text}` is not `option=value`"))
                .help("write options as `train=0.6`; `qnas explain iris` lists them"));
        };
        // A path or a column needs no quotes here; the shell has taken them anyway.
        let plain = matches!(name, "path" | "label") && !value.starts_with('"');
        let setting = if plain { Some(Setting::Text(value.to_owned())) } else { parse_setting(value) };
        let setting = setting
            .ok_or_else(|| Diagnostic::global(&BAD_OPTION, format!("the value of `{text}` cannot be understood")))?;
        options.set(name, &setting)?;
    }
    Ok(options)
}

fn list() -> String {
    let mut rows = Rows::new(&["name", ">rows", ">features", ">classes", "licence", "summary"]);
    for set in DATASETS {
        let [n, width, classes] = set.facts.map_or_else(
            || ["", "", ""].map(str::to_owned),
            |facts| {
                let shape: Vec<String> = facts.shape.iter().map(usize::to_string).collect();
                [grouped(&(facts.rows + facts.test_rows).to_string()), shape.join("x"), facts.classes.len().to_string()]
            },
        );
        rows.row(&[set.meta.name, &n, &width, &classes, set.licence, set.meta.summary]);
    }
    rows.text()
}

fn list_json() -> serde_json::Value {
    let sets = DATASETS.iter().map(|set| {
        json!({
            "name": set.meta.name,
            "summary": set.meta.summary,
            "source": set.meta.source,
            "licence": set.licence,
            "rows": set.facts.map(|facts| facts.rows),
            "test_rows": set.facts.map(|facts| facts.test_rows),
            "shape": set.facts.map(|facts| facts.shape),
            "classes": set.facts.map(|facts| facts.classes),
        })
    });
    sets.collect()
}

fn human(info: &Info, shape: &Description, parts: &Splits) -> String {
    let mut out = format!("{}: {}\n", info.name, info.summary);
    if !info.source.is_empty() {
        out.push_str(&format!("source: {}\n", info.source));
    }
    if !info.licence.is_empty() {
        out.push_str(&format!("licence: {}\n", info.licence));
    }
    out.push_str(&format!(
        "{}, {} in an official test part\n\n",
        plural(info.rows + info.test_rows, "row"),
        if info.test_rows == 0 { "none".to_owned() } else { grouped(&info.test_rows.to_string()) }
    ));
    if !info.classes.is_empty() {
        let mut rows = Rows::new(&[">class", "name", ">rows", ">test rows"]);
        for class in &info.classes {
            rows.row(&[
                class.class.to_string(),
                class.name.clone(),
                class.rows.to_string(),
                class.test_rows.to_string(),
            ]);
        }
        out.push_str(&rows.text());
        out.push('\n');
    }
    let mut rows = Rows::new(&["feature", ">smallest", ">largest", ">mean"]);
    for feature in &info.features {
        let numbers = [feature.min, feature.max, feature.mean].map(|value| format!("{value:.4}"));
        rows.row(&[&feature.name, &numbers[0], &numbers[1], &numbers[2]]);
    }
    out.push_str(&rows.text());
    out.push_str("\nas a search sees it with these options:\n");
    out.push_str(&format!("  features real{:?}, target real{:?}\n", shape.feature_shape, shape.target_shape));
    let [train, validation, test] = [&parts.train, &parts.validation, &parts.test].map(|part| part.len());
    out.push_str(&format!("  {train} rows to train on, {validation} to choose by, {test} to report on\n"));
    out.push_str(&format!("  digest {}\n", parts.digest));
    out
}

fn json(info: &Info, shape: &Description, parts: &Splits) -> serde_json::Value {
    json!({
        "info": info,
        "feature_shape": shape.feature_shape,
        "classes": shape.classes,
        "target_shape": shape.target_shape,
        "train": parts.train.len(),
        "validation": parts.validation.len(),
        "test": parts.test.len(),
        "leaky": parts.leaky,
        "digest": parts.digest,
    })
}
