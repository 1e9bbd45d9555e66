//! What a printer sends back, told apart by bit pattern: answers to questions, and what it says
//! unasked.

use std::collections::HashMap;

use escpos::utils::{RealTimeStatusRequest, RealTimeStatusResponse};

/// One thing heard from the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `0xx1xx10`: a real-time status, the answer to `DLE EOT n`.
    RealTime(u8),
    /// `0xx0xxxx`: the answer to `GS r 1`.
    Paper(u8),
}

/// Reads a printer's bytes one by one.
#[derive(Debug, Default)]
pub struct Replies {
    /// Bytes still belonging to an automatic status (ASB): they look like [`Reply::Paper`].
    automatic: u8,
}

impl Replies {
    /// What the next byte completes; nothing for automatic status and noise.
    pub fn hear(&mut self, byte: u8) -> Option<Reply> {
        let paper_like = byte & 0b1001_0000 == 0;
        if self.automatic > 0 && paper_like {
            self.automatic -= 1;
            return None;
        }
        match byte & 0b1001_0011 {
            0b0001_0000 => {
                self.automatic = 3;
                None
            }
            // A real-time answer may come between an automatic status's bytes.
            0b0001_0010 => Some(Reply::RealTime(byte)),
            _ => {
                self.automatic = 0;
                paper_like.then_some(Reply::Paper(byte))
            }
        }
    }
}

/// The questions before a job, in order.
pub const QUESTIONS: [RealTimeStatusRequest; 3] = [
    RealTimeStatusRequest::Printer,
    RealTimeStatusRequest::OfflineCause,
    RealTimeStatusRequest::RollPaperSensor,
];

/// The answers put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    pub offline: bool,
    pub cover_open: bool,
    pub paper_out: bool,
    pub paper_low: bool,
}

impl Health {
    /// Takes in the answer to `question`. Which bits say what is the library's knowledge.
    pub fn learn(&mut self, question: RealTimeStatusRequest, answer: u8) {
        use RealTimeStatusResponse as Says;
        let says: HashMap<Says, bool> =
            RealTimeStatusResponse::parse(question, answer).unwrap_or_default();
        let is = |what: Says, value: bool| says.get(&what) == Some(&value);
        self.offline |= is(Says::Online, false) || is(Says::ErrorOccurred, true);
        self.cover_open |= is(Says::CoverClosed, false);
        self.paper_out |= is(Says::PrintingStopsDueToPaperEnd, true)
            || is(Says::RollPaperEndSensorPaperPresent, false);
        self.paper_low |= is(Says::RollPaperNearEndSensorPaperAdequate, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(bytes: &[u8]) -> Vec<Reply> {
        let mut replies = Replies::default();
        bytes.iter().filter_map(|b| replies.hear(*b)).collect()
    }

    #[test]
    fn k3_answers_are_found_among_what_a_printer_says_unasked() {
        assert_eq!(heard(&[0x12]), [Reply::RealTime(0x12)]);
        assert_eq!(heard(&[0x00]), [Reply::Paper(0)]);
        // An automatic status's last three bytes look like answers to `GS r`.
        assert_eq!(heard(&[0x14, 0x00, 0x0c, 0x0f, 0x03]), [Reply::Paper(3)]);
        // XON, XOFF and bytes with the highest bit are noise.
        assert_eq!(
            heard(&[0x11, 0x13, 0x91, 0xff, 0x16]),
            [Reply::RealTime(0x16)]
        );
        assert_eq!(
            heard(&[0x10, 0x00, 0x12, 0x00, 0x00, 0x00]),
            [Reply::RealTime(0x12), Reply::Paper(0)]
        );
        // An automatic status cut short by noise does not swallow the answer.
        assert_eq!(heard(&[0x10, 0x00, 0xff, 0x00]), [Reply::Paper(0)]);
    }

    #[test]
    fn k3_each_trouble_has_its_bit() {
        let health = |question, answer| {
            let mut health = Health::default();
            health.learn(question, answer);
            health
        };
        let fine = Health::default();
        for question in QUESTIONS {
            assert_eq!(health(question, 0x12), fine);
            // Not a status at all.
            assert_eq!(health(question, 0xff), fine);
        }
        let [printer, cause, paper] = QUESTIONS;
        assert!(health(printer, 0x1a).offline);
        assert!(health(cause, 0x16).cover_open);
        assert!(health(cause, 0x32).paper_out);
        assert!(health(cause, 0x52).offline);
        assert!(health(paper, 0x1e).paper_low);
        assert!(health(paper, 0x72).paper_out);
    }
}
