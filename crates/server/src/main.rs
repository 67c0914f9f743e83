//! The binary `tutela`: hands the command line to the library and its exit code to the system.

use std::process::ExitCode;

/// Many small allocations live as long as one request; this allocator is made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
