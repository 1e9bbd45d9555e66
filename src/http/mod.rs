//! What both servers share of HTTP: problems, bodies, limits, figures, serving.

pub mod bearer;
pub mod body;
pub mod error;
pub mod figures;
pub mod language;
pub mod limit;
pub mod path;
pub mod ready;
#[cfg(test)]
pub mod routes;
pub mod serve;
pub mod shell;

pub use body::Json;
pub use error::ApiError;
pub use path::{Path, Query};
