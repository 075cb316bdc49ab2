//! `qnas completions`: completion scripts for shells.

use super::context::{Context, Exit, Stop};
use clap::CommandFactory;

/// Print a completion script.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  qnas completions bash > ~/.local/share/bash-completion/completions/qnas
  qnas completions zsh > ~/.zfunc/_qnas
  qnas completions fish > ~/.config/fish/completions/qnas.fish")]
pub(crate) struct Args {
    /// For which shell.
    shell: clap_complete::Shell,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::Cli::command(), "qnas", &mut script);
    context.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}
