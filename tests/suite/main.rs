//! The one integration binary: linking once keeps the tests quick on two cores.

mod layers;
mod live;
mod printer;
mod support;
mod ticket;
