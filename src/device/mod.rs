//! Printers and the announcer, at the edge of the house.
