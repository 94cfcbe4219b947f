//! The binary `weheard`. Everything it does is listed in `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main()
}
