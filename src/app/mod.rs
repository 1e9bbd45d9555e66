//! Composition: what the subcommands of the one program put together.
