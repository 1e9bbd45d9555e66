//! The central server: the rest of the customer's life.
