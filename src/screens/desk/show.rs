//! The desk's view, put into the window's properties.

use std::cell::RefCell;
use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use yingbin_ui::{
    Address, AgentItem, Answer, ChoiceItem, ConsentItem, DeskFlow, DeskForm, DeskSheet, DeskWindow,
    FactItem, FieldItem, GroupItem, Lamp, TodoItem, Tone, VisitItem,
};

use crate::core::desk::view::Lamp as LampView;
use crate::core::desk::{
    self, AgentRow, Button, Choice, Fact, FormView, Group, SheetView, TodoRow, View, VisitRow,
};
use crate::core::guest_name::Title;
use crate::core::visit::Action;
use crate::screens::rows::sync;

/// The lists of the window; changed in place.
#[derive(Default)]
pub struct Rows {
    columns: [Rc<VecModel<VisitItem>>; 4],
    headings: Rc<VecModel<SharedString>>,
    agents: Rc<VecModel<AgentItem>>,
    facts: Rc<VecModel<FactItem>>,
    choices: Rc<VecModel<ChoiceItem>>,
    reasons: Rc<VecModel<ChoiceItem>>,
    groups: Rc<VecModel<GroupItem>>,
    fields: Rc<VecModel<FieldItem>>,
    /// The choices of each group; the same list stays with its place, so that focus stays too.
    group_choices: RefCell<Vec<Rc<VecModel<ChoiceItem>>>>,
    todo: Rc<VecModel<TodoItem>>,
    form_languages: Rc<VecModel<ChoiceItem>>,
    form_purposes: Rc<VecModel<ChoiceItem>>,
    form_drinks: Rc<VecModel<ChoiceItem>>,
    form_agents: Rc<VecModel<ChoiceItem>>,
    form_consents: Rc<VecModel<ConsentItem>>,
    form_brokers: Rc<VecModel<ChoiceItem>>,
    form_broker_fields: Rc<VecModel<FieldItem>>,
    form_broker_agents: Rc<VecModel<ChoiceItem>>,
}

fn model<T: Clone + 'static>(rows: &Rc<VecModel<T>>) -> ModelRc<T> {
    ModelRc::from(Rc::clone(rows))
}

impl Rows {
    pub fn connect(window: &DeskWindow) -> Self {
        let rows = Self::default();
        let flow = window.global::<DeskFlow>();
        let [waiting, calling, serving, aside] = &rows.columns;
        flow.set_waiting(model(waiting));
        flow.set_calling(model(calling));
        flow.set_serving(model(serving));
        flow.set_aside(model(aside));
        flow.set_headings(model(&rows.headings));
        flow.set_agents(model(&rows.agents));
        let sheet = window.global::<DeskSheet>();
        sheet.set_facts(model(&rows.facts));
        sheet.set_choices(model(&rows.choices));
        sheet.set_reasons(model(&rows.reasons));
        sheet.set_groups(model(&rows.groups));
        sheet.set_fields(model(&rows.fields));
        flow.set_todo(model(&rows.todo));
        let form = window.global::<DeskForm>();
        form.set_languages(model(&rows.form_languages));
        form.set_purposes(model(&rows.form_purposes));
        form.set_drinks(model(&rows.form_drinks));
        form.set_agents(model(&rows.form_agents));
        form.set_consents(model(&rows.form_consents));
        form.set_brokers(model(&rows.form_brokers));
        form.set_broker_fields(model(&rows.form_broker_fields));
        form.set_broker_agents(model(&rows.form_broker_agents));
        rows
    }

    pub fn show(&self, window: &DeskWindow, view: View) {
        let flow = window.global::<DeskFlow>();
        flow.set_name(view.name.into());
        flow.set_clock(view.clock.into());
        flow.set_date(view.date.into());
        flow.set_next(view.next.into());
        flow.set_served_today(view.served_today.into());
        flow.set_printer(lamp(view.printer));
        flow.set_outbox(lamp(view.outbox));
        flow.set_lapses(view.lapses.into());
        flow.set_stale(view.stale.into());
        flow.set_note(lamp(view.note));
        flow.set_can_register(view.can_register);
        flow.set_undo_text(view.undo.text.into());
        flow.set_undo_press(view.undo.press.into());
        flow.set_manager(view.manager.into());
        flow.set_closed(view.closed.into());
        let at = |n: usize| i32::try_from(n).unwrap_or(-1);
        let (column, row) = view.selected.map_or((-1, -1), |(c, r)| (at(c), at(r)));
        flow.set_selected_column(column);
        flow.set_selected_row(row);
        sync(&self.todo, view.todo.into_iter().map(todo).collect(), |t| {
            t.key.clone()
        });
        for (model, rows) in self.columns.iter().zip(view.columns) {
            sync(model, rows.into_iter().map(visit).collect(), |v| {
                v.id.clone()
            });
        }
        let headings = view.headings.map(SharedString::from);
        in_order(&self.headings, headings);
        sync(
            &self.agents,
            view.agents.into_iter().map(agent).collect(),
            |a| a.id.clone(),
        );
        let covered = view.sheet.is_some() || view.form.is_some();
        self.show_sheet(window, view.sheet);
        self.show_form(window, view.form);
        flow.set_covered(covered);
    }

    fn show_sheet(&self, window: &DeskWindow, view: Option<SheetView>) {
        let sheet = window.global::<DeskSheet>();
        let Some(view) = view else {
            sheet.set_open(false);
            return;
        };
        sheet.set_title(view.title.into());
        sheet.set_guest(view.guest.0.into());
        in_order(&self.facts, view.facts.into_iter().map(fact));
        sheet.set_choices_title(view.choices_title.into());
        in_order(&self.choices, view.choices.into_iter().map(choice));
        sheet.set_reasons_title(view.reasons_title.into());
        in_order(&self.reasons, view.reasons.into_iter().map(choice));
        sheet.set_reason(view.reason.into());
        sheet.set_wide(view.wide);
        self.show_groups(view.groups);
        in_order(&self.fields, view.fields.into_iter().map(field));
        sheet.set_hint(view.hint.into());
        sheet.set_confirm_label(view.confirm.into());
        sheet.set_can_confirm(view.can_confirm);
        sheet.set_confirm_tone(tone(view.confirm_tone));
        sheet.set_open(true);
    }

    fn show_groups(&self, groups: Vec<Group>) {
        let mut lists = self.group_choices.borrow_mut();
        let wanted = groups.len().max(lists.len());
        lists.resize_with(wanted, Default::default);
        let items = groups.into_iter().zip(lists.iter()).map(|(group, list)| {
            let count = group.choices.len();
            in_order(list, group.choices.into_iter().map(choice));
            GroupItem {
                title: group.title.into(),
                across: i32::try_from(group.across.max(1)).unwrap_or(1),
                count: i32::try_from(count).unwrap_or(0),
                choices: model(list),
            }
        });
        in_order(&self.groups, items);
    }

    fn show_form(&self, window: &DeskWindow, view: Option<FormView>) {
        let form = window.global::<DeskForm>();
        let Some(view) = view else {
            form.set_open(false);
            form.set_reading(false);
            return;
        };
        in_order(&self.form_languages, view.languages.into_iter().map(choice));
        form.set_first_visit(answer(view.first_visit));
        in_order(&self.form_purposes, view.purposes.into_iter().map(choice));
        form.set_about(view.about.into());
        form.set_largest_party(i32::try_from(view.largest_party).unwrap_or(i32::MAX));
        form.set_party_size(i32::try_from(view.party_size).unwrap_or(i32::MAX));
        in_order(&self.form_drinks, view.drinks.into_iter().map(choice));
        in_order(&self.form_agents, view.agents.into_iter().map(choice));
        in_order(&self.form_brokers, view.brokers.into_iter().map(choice));
        let fields = view.broker_fields.into_iter().map(field);
        in_order(&self.form_broker_fields, fields);
        let agents = view.broker_agents.into_iter().map(choice);
        in_order(&self.form_broker_agents, agents);
        form.set_broker_words(view.broker_words.into());
        form.set_notice(view.notice.into());
        form.set_notice_done(view.notice_done.into());
        form.set_notice_shown(view.notice_shown);
        form.set_data_hint(view.data_hint.into());
        form.set_can_take_data(view.can_take_data);
        form.set_adult(answer(view.adult));
        form.set_consents_open(view.consents_open);
        in_order(
            &self.form_consents,
            view.consents.into_iter().map(|c| ConsentItem {
                text: c.text.into(),
                answer: answer(c.answer),
            }),
        );
        form.set_person_open(view.person_open);
        form.set_surname(view.surname.0.into());
        form.set_given_name(view.given_name.0.into());
        form.set_address(match view.title {
            Title::Mr => Address::Mr,
            Title::Ms => Address::Ms,
            Title::None => Address::Untitled,
        });
        form.set_phone(view.phone.0.into());
        form.set_phone_is_good(view.phone_is_good);
        form.set_missing(view.missing.into());
        form.set_can_submit(view.can_submit);
        form.set_sending(view.sending);
        form.set_uncertain(view.uncertain.into());
        form.set_locked(view.locked);
        form.set_ticket(view.ticket.into());
        form.set_ticket_words(view.ticket_words.into());
        form.set_open(true);
    }
}

/// Rows without a name of their own: each stays where it is.
fn in_order<T: Clone + PartialEq + 'static>(
    model: &VecModel<T>,
    rows: impl IntoIterator<Item = T>,
) {
    use slint::Model;
    let mut count = 0;
    for (at, row) in rows.into_iter().enumerate() {
        match model.row_data(at) {
            None => model.push(row),
            Some(old) if old != row => model.set_row_data(at, row),
            Some(_) => {}
        }
        count = at + 1;
    }
    while model.row_count() > count {
        model.remove(count);
    }
}

fn visit(row: VisitRow) -> VisitItem {
    let (main_label, main_action) = button(row.main);
    let (second_label, second_action) = button(row.second);
    VisitItem {
        id: row.id.to_string().into(),
        ticket: row.ticket.into(),
        guest: row.guest.0.into(),
        about: from_a_word(&row.about),
        drink: row.drink.into(),
        owners: row.owners.into(),
        agent: row.agent.into(),
        state: row.state.into(),
        state_tone: tone(row.state_tone),
        lasted: row.lasted.into(),
        lasted_tone: tone(row.lasted_tone),
        paper: row.paper.into(),
        paper_tone: tone(row.paper_tone),
        main_label,
        main_action,
        second_label,
        second_action,
        more: row.more,
        busy: row.busy,
        over: row.over,
    }
}

/// Where the words run over, a new line begins with a word and not with the dot between two.
fn from_a_word(words: &str) -> SharedString {
    words.replace(" · ", "\u{a0}· ").into()
}

/// The label and the action's index; none: −1.
fn button(button: Option<Button>) -> (SharedString, i32) {
    let Some(button) = button else {
        return (SharedString::new(), -1);
    };
    let at = Action::ALL.iter().position(|a| *a == button.action);
    let index = at.and_then(|i| i32::try_from(i).ok()).unwrap_or(-1);
    (button.label.into(), index)
}

fn agent(row: AgentRow) -> AgentItem {
    AgentItem {
        id: row.id.as_str().into(),
        name: row.name.into(),
        place: row.place.into(),
        status: row.status.into(),
        tone: tone(row.tone),
        turn: row.turn.into(),
        is_next: row.is_next,
        counts: from_a_word(&row.counts),
        can_be_ready: row.can_be_ready,
        busy: row.busy,
    }
}

fn fact(fact: Fact) -> FactItem {
    FactItem {
        label: fact.label.into(),
        value: fact.value.into(),
    }
}

fn choice(choice: Choice) -> ChoiceItem {
    ChoiceItem {
        label: choice.label.into(),
        detail: choice.detail.into(),
        chosen: choice.chosen,
        enabled: choice.enabled,
        tone: tone(choice.tone),
    }
}

fn field(field: desk::Field) -> FieldItem {
    FieldItem {
        label: field.label.into(),
        hint: field.hint.into(),
        text: field.text.0.into(),
        hidden: field.hidden,
        wrong: field.wrong,
    }
}

fn todo(row: TodoRow) -> TodoItem {
    TodoItem {
        key: row.key.into(),
        text: row.text.into(),
        tone: tone(row.tone),
        press: row.press.into(),
    }
}

fn lamp(lamp: LampView) -> Lamp {
    Lamp {
        text: lamp.text.into(),
        tone: tone(lamp.tone),
    }
}

const fn tone(tone: desk::Tone) -> Tone {
    match tone {
        desk::Tone::Plain => Tone::Plain,
        desk::Tone::Good => Tone::Good,
        desk::Tone::Warn => Tone::Warn,
        desk::Tone::Bad => Tone::Bad,
    }
}

const fn answer(answer: desk::Answer) -> Answer {
    match answer {
        None => Answer::Open,
        Some(true) => Answer::Yes,
        Some(false) => Answer::No,
    }
}
