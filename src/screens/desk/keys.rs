//! The desk by keyboard alone.

use std::rc::Rc;
use std::time::Duration;

use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, SharedString, Timer};
use yingbin_ui::DeskFlow;

use super::{Screen, on};
use crate::core::desk::Message;

pub(super) fn connect(screen: &Rc<Screen>) {
    let flow = screen.window.global::<DeskFlow>();
    flow.on_select(on!(screen, |s, across, down| {
        s.receive(Message::Select { across, down });
    }));
    flow.on_enter(on!(screen, |s| s.receive(Message::Enter)));
    flow.on_open_selected(on!(screen, |s| s.receive(Message::OpenSelected)));
    let weak = Rc::downgrade(screen);
    flow.on_step_focus(move |forward| {
        let weak = weak.clone();
        // After the key at hand: a window takes one event at a time.
        Timer::single_shot(Duration::ZERO, move || {
            let Some(screen) = weak.upgrade() else { return };
            let key = if forward { Key::Tab } else { Key::Backtab };
            let text = SharedString::from(key);
            let window = screen.window.window();
            window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
            window.dispatch_event(WindowEvent::KeyReleased { text });
        });
    });
}
