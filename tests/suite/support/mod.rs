//! What several tests share: made-up people, real servers on port 0, a floor's log as a floor
//! writes it, what the programs log, windows and their pictures, a printer that misbehaves.

pub mod fake_printer;
pub mod paper;
pub mod ticket;
