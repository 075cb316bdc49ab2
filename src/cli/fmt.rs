//! `qnas fmt`: programs in their canonical form.

use super::context::{Context, Exit, Stop, plural};
use super::program::read;
use crate::diag::Diagnostic;
use crate::driver::files::write_atomic;
use crate::source::SourceMap;
use std::path::{Path, PathBuf};

/// Format programs.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas fmt examples/faqnas.qnas
  qnas fmt --check examples/*.qnas
  cat a.qnas | qnas fmt -

Comments and sensible line breaks stay; formatting twice changes nothing. A file with syntax errors is left alone, and a \
file is replaced whole or not at all.
Exit codes: 0 done, 1 --check found files that would change, 2 a file could not be read, parsed or written.")]
pub(crate) struct Args {
    /// Programs; `-` formats standard input to standard output.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write nothing; list the files that would change.
    #[arg(long)]
    check: bool,
    /// Print the formatted programs instead of writing them back.
    #[arg(long, conflicts_with = "check")]
    stdout: bool,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let (mut changed, mut failed) = (0, 0);
    for file in &args.files {
        match format(file) {
            Ok((before, after)) => {
                let differs = before != after;
                changed += usize::from(differs);
                if args.check {
                    if differs {
                        context.print(&format!("{}\n", file.display()))?;
                    }
                } else if args.stdout || file == Path::new("-") {
                    context.print(&after)?;
                } else if differs && let Err(error) = write(file, &after) {
                    failed += 1;
                    context.warn(&[error], &SourceMap::default());
                }
            }
            Err((diagnostics, sources)) => {
                failed += 1;
                context.warn(&diagnostics, &sources);
            }
        }
    }
    if failed > 0 {
        context.note(&format!("{} left as they were", plural(failed, "file")));
        return Ok(Exit::Failed);
    }
    if args.check && changed > 0 {
        context.note(&format!("{} would change", plural(changed, "file")));
        return Ok(Exit::Findings);
    }
    Ok(Exit::Clean)
}

/// The text of a file and its canonical form.
fn format(file: &Path) -> Result<(String, String), (Vec<Diagnostic>, SourceMap)> {
    let (name, text) = read(file).map_err(|error| (vec![error], SourceMap::default()))?;
    match crate::fmt::format(&text) {
        Ok(formatted) => Ok((text, formatted)),
        Err(diagnostics) => {
            // The formatter speaks of file 0: the only one of this map.
            let mut sources = SourceMap::default();
            sources.add(name, text);
            Err((diagnostics, sources))
        }
    }
}

fn write(file: &Path, text: &str) -> Result<(), Diagnostic> {
    // A link stays a link: what it leads to is replaced.
    let place = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
    write_atomic(&place, text.as_bytes())
}
