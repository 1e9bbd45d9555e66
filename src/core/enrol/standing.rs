//! When a screen shows its work and when the page for its code.

use super::Why;

/// What is on the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// What the screen is for.
    Work,
    /// The page that asks for a code.
    Page,
}

/// What the floor says of the enrolment this screen has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    Known,
    /// Revoked, or never known there.
    Unknown,
    /// The floor has another key than the one pinned; nothing was asked of it.
    OtherFloor,
    /// Nothing, or nothing about the enrolment: a screen without its floor is still its screen.
    Nothing,
}

/// What the window shows next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Stay,
    Work,
    Page(Why),
}

/// `free`: nobody is in the midst of something on what is shown. A guest at a kiosk is never
/// interrupted, nor whoever types a code. A page shown by mistake (a floor begun anew hears of its
/// screens a little later) goes by itself.
pub fn next(shown: Shown, heard: Heard, free: bool) -> Next {
    match (shown, heard) {
        _ if !free => Next::Stay,
        (Shown::Work, Heard::Unknown) => Next::Page(Why::Unknown),
        (Shown::Work, Heard::OtherFloor) => Next::Page(Why::OtherFloor),
        (Shown::Page, Heard::Known) => Next::Work,
        _ => Next::Stay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k10_a_screen_gives_way_to_the_page_only_where_it_is_not_known_and_nobody_is_at_it() {
        use Heard::{Known, Nothing, OtherFloor, Unknown};
        for (shown, heard, expected) in [
            (Shown::Work, Known, Next::Stay),
            (Shown::Work, Nothing, Next::Stay),
            (Shown::Work, Unknown, Next::Page(Why::Unknown)),
            (Shown::Work, OtherFloor, Next::Page(Why::OtherFloor)),
            (Shown::Page, Known, Next::Work),
            (Shown::Page, Nothing, Next::Stay),
            (Shown::Page, Unknown, Next::Stay),
            (Shown::Page, OtherFloor, Next::Stay),
        ] {
            assert_eq!(next(shown, heard, true), expected, "{shown:?} {heard:?}");
            assert_eq!(next(shown, heard, false), Next::Stay);
        }
    }
}
