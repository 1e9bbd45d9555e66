//! The ticket (号票) as paper: what stands on it, how it is drawn, which bytes a printer is sent.

mod bitmap;
mod bytes;
mod content;
mod draw;
mod logo;
mod mark;
mod qr;
mod sheet;
mod text;

pub use bitmap::Bitmap;
pub(super) use bytes::status_question;
pub use content::{Advisor, TicketContent, TicketFacts};
pub use draw::{DrawError, DrawnTicket, draw};
pub use logo::{Logo, LogoError};
