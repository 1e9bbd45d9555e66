//! The floor told as stories, one a rule, and as random histories held to what must always hold.

mod found_by_model;
mod closing;
mod house_stories;
mod invariants;
mod kiosk_series;
mod numbers;
mod properties;
mod reception;
mod stories;
mod why;
mod world;
