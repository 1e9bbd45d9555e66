//! The registration form's callbacks.

use std::rc::Rc;

use slint::ComponentHandle;
use uuid::Uuid;
use yingbin_ui::{Address, DeskForm};

use super::{Screen, index, on};
use crate::core::desk::{BrokerLine, Edit, Message};
use crate::core::guest_name::Title;

pub(super) fn connect(screen: &Rc<Screen>) {
    let form = screen.window.global::<DeskForm>();
    form.on_choose_language(on!(screen, |s, i| s.edit(Edit::Language(index(i)))));
    form.on_show_notice(on!(screen, |s| s.edit(Edit::NoticeShown)));
    form.on_choose_first_visit(on!(screen, |s, yes| s.edit(Edit::FirstVisit(yes))));
    form.on_choose_purpose(on!(screen, |s, i| s.edit(Edit::Purpose(index(i)))));
    form.on_change_party(on!(screen, |s, by| s.edit(Edit::Party(by))));
    form.on_choose_drink(on!(screen, |s, i| s.edit(Edit::Drink(index(i)))));
    form.on_choose_agent(on!(screen, |s, i| {
        let agents = s.desk.borrow().agents_to_ask_for();
        s.edit(Edit::AskedFor(agents.get(index(i)).cloned()));
    }));
    form.on_choose_broker(on!(screen, |s, i| s.edit(Edit::Broker(index(i)))));
    form.on_type_broker(on!(screen, |s, i, text| {
        if let Some(line) = BrokerLine::ALL.get(index(i)) {
            s.edit(Edit::BrokerLine(*line, text.into()));
        }
    }));
    form.on_choose_broker_agent(on!(screen, |s, i| {
        let agents = s.desk.borrow().broker_agent_ids();
        if let Some(agent) = agents.get(index(i)) {
            s.edit(Edit::BrokerAgent(agent.clone()));
        }
    }));
    form.on_choose_adult(on!(screen, |s, yes| s.edit(Edit::Adult(yes))));
    form.on_choose_consent(on!(screen, |s, i, given| {
        s.edit(Edit::Consent {
            index: index(i),
            given,
        });
    }));
    form.on_type_surname(on!(screen, |s, text| s.edit(Edit::Surname(text.into()))));
    form.on_type_given_name(on!(screen, |s, text| s.edit(Edit::GivenName(text.into()))));
    form.on_choose_address(on!(screen, |s, address| {
        s.edit(Edit::Title(match address {
            Address::Mr => Title::Mr,
            Address::Ms => Title::Ms,
            Address::Untitled => Title::None,
        }));
    }));
    form.on_type_phone(on!(screen, |s, text| s.edit(Edit::Phone(text.into()))));
    form.on_submit(on!(screen, |s| {
        s.receive(Message::Submit {
            fresh_key: Uuid::now_v7().to_string(),
        });
    }));
    form.on_another(on!(screen, |s| {
        s.receive(Message::CloseForm);
        s.receive(Message::OpenForm);
    }));
    form.on_close(on!(screen, |s| s.receive(Message::CloseForm)));
}

impl Screen {
    fn edit(&self, edit: Edit) {
        self.receive(Message::Edit(edit));
    }
}
