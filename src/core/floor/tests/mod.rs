//! The floor told as stories, one a rule, and as random histories held to what must always hold.

mod found_by_model;
mod book;
mod closing;
mod house_stories;
mod invariants;
mod kiosk_series;
mod numbers;
mod patience;
mod promised;
mod properties;
mod reception;
mod resting;
mod stories;
mod wait;
mod why;
mod why_random;
mod world;
