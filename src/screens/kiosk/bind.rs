//! Callbacks become messages.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use yingbin_ui::{KioskBefore, KioskField, KioskState, KioskTitle};

use super::Screen;
use crate::core::guest_name::Title;
use crate::core::id::AgentId;
use crate::core::kiosk::{Before, Field, Message};
use crate::core::language::Language;
use crate::crypto::token::ticket_token;

/// `on_x => |args| message` for each callback; a callback whose message is `None` says nothing.
macro_rules! connect {
    ($screen:ident, $state:ident; $($on:ident($($arg:ident: $ty:ty),*) => $message:expr;)*) => {
        $({
            let weak = Rc::downgrade($screen);
            $state.$on(move |$($arg: $ty),*| {
                let message: Option<Message> = $message;
                if let (Some(screen), Some(message)) = (weak.upgrade(), message) {
                    screen.tell(message);
                }
            });
        })*
    };
}

fn some(id: SharedString) -> Option<String> {
    (!id.is_empty()).then(|| id.into())
}

pub(super) fn connect(screen: &Rc<Screen>) {
    let state = screen.window.global::<KioskState>();
    connect! { screen, state;
        on_start() => Some(Message::Start { key: ticket_token() });
        on_touched() => Some(Message::Touched);
        on_choose_language(tag: SharedString) => Language::from_tag(&tag).map(Message::Language);
        on_back() => Some(Message::Back);
        on_next() => Some(Message::Next);
        on_leave() => Some(Message::Leave);
        on_been_before(before: KioskBefore) => match before {
            KioskBefore::No => Some(Message::Before(Before::No)),
            KioskBefore::Yes => Some(Message::Before(Before::Yes)),
            KioskBefore::Unsure => Some(Message::Before(Before::Unsure)),
            KioskBefore::ByName => Some(Message::Before(Before::ByName)),
            KioskBefore::Unanswered => None,
        };
        on_ask_for(agent: SharedString) => Some(Message::AskFor(some(agent).map(AgentId)));
        on_consent(purpose: SharedString, given: bool) => Some(Message::Consent {
            purpose: purpose.into(),
            given,
        });
        on_of_age(of_age: bool) => Some(Message::OfAge(of_age));
        on_adult_takes_over() => Some(Message::AdultTakesOver);
        on_anonymous() => Some(Message::Anonymous);
        on_choose_surname(surname: SharedString) => Some(Message::Surname(surname.into()));
        on_choose_title(title: KioskTitle) => Some(Message::Title(match title {
            KioskTitle::Mr => Title::Mr,
            KioskTitle::Ms => Title::Ms,
            KioskTitle::None => Title::None,
        }));
        on_focus(field: KioskField) => match field {
            KioskField::Surname => Some(Message::Focus(Field::Surname)),
            KioskField::GivenName => Some(Message::Focus(Field::GivenName)),
            KioskField::Phone => Some(Message::Focus(Field::Phone)),
            KioskField::None => None,
        };
        on_key(key: SharedString) => key.chars().next().map(Message::Key);
        on_backspace() => Some(Message::Backspace);
        on_clear() => Some(Message::Clear);
        on_toggle_shift() => Some(Message::Shift);
        on_switch_input() => Some(Message::SwitchInput);
        on_pick(index: i32) => usize::try_from(index).ok().map(Message::Pick);
        on_choose_purpose(id: SharedString) => Some(Message::Purpose(id.into()));
        on_choose_party(size: i32) => u32::try_from(size).ok().map(Message::PartySize);
        on_choose_drink(id: SharedString) => Some(Message::Drink(some(id)));
        on_retry() => Some(Message::Retry);
        on_wish_another() => Some(Message::WishAnother);
        on_keep_consultant() => Some(Message::KeepConsultant);
        on_change_consultant() => Some(Message::ChangeConsultant);
    }
}
