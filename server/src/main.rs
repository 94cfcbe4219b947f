//! The binary `weheard`. Everything it does is listed in `cli`.

use std::process::ExitCode;

/// Pages are made of many small pieces: this allocator makes and frees them in about half the time of the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
