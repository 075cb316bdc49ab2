//! The `qnas` binary.

fn main() -> std::process::ExitCode {
    qnas::cli::main(std::env::args_os())
}
