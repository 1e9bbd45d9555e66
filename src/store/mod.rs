//! The one door to a database: SQL written once, for two engines.
