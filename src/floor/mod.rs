//! The floor node: one task decides, everything else reads.
