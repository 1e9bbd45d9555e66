//! The sheets of a manager: signing in, an order, the list.

use super::super::manager::{ListSheet, OrderKind, OrderSheet, SignInSheet, Signer};
use super::super::{Agent, Desk};
use super::sheet::{empty, plain};
use crate::core::rota::RotaKind;

use super::{Choice, Fact, Field, Group, SheetView, Tone};

impl Desk {
    pub(super) fn manager_words(&self) -> String {
        self.manager.as_ref().map_or_else(String::new, |m| {
            self.say("manager_here", &[("name", &m.name)])
        })
    }

    /// What a manager may decide about `agent`.
    pub(super) fn orders_of(&self, agent: &Agent) -> Group {
        let kinds = OrderKind::for_agent(agent).into_iter();
        Group {
            title: self.say("orders_title", &[]),
            across: 3,
            choices: kinds
                .map(|kind| plain(self.say(kind.name(), &[]), "", false))
                .collect(),
        }
    }

    /// 1–9, delete, 0, enter; `enter`: whether there is something to be entered.
    pub(super) fn number_pad(&self, enter: bool) -> Group {
        let keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let mut choices: Vec<Choice> = keys
            .iter()
            .map(|k| plain((*k).to_owned(), "", false))
            .collect();
        choices.push(plain(self.say("pin_delete", &[]), "", false));
        choices.push(plain("0".to_owned(), "", false));
        choices.push(Choice {
            enabled: enter,
            tone: Tone::Good,
            ..plain(self.say("pin_enter", &[]), "", false)
        });
        Group {
            title: String::new(),
            across: 3,
            choices,
        }
    }

    pub(super) fn sign_in_sheet(&self, sign_in: &SignInSheet) -> SheetView {
        let signers = self.signers(sign_in.signer);
        let (title, hint, choose, nobody) = match sign_in.signer {
            Signer::Manager => (
                "sign_in_title",
                "sign_in_hint",
                "choose_manager",
                "no_managers",
            ),
            Signer::Agent => (
                "menu_sign_in",
                "agent_sign_in_hint",
                "choose_name",
                "nobody_absent",
            ),
        };
        let enter = sign_in.staff.is_some() && !sign_in.pin.0.is_empty();
        SheetView {
            hint: self.say(if signers.is_empty() { nobody } else { hint }, &[]),
            choices_title: self.say(choose, &[]),
            choices: signers
                .into_iter()
                .map(|(id, name)| plain(name, "", sign_in.staff.as_ref() == Some(&id)))
                .collect(),
            fields: vec![Field {
                label: self.say("pin", &[]),
                hint: self.say("pin", &[]),
                text: sign_in.pin.clone(),
                hidden: true,
                wrong: false,
            }],
            groups: [self.number_pad(enter)]
                .into_iter()
                .chain((sign_in.signer == Signer::Agent).then(|| self.no_pin()))
                .collect(),
            ..empty(self.say(title, &[]))
        }
    }

    pub(super) fn order_sheet(&self, agent: &Agent, order: &OrderSheet) -> SheetView {
        let name = order.kind.name();
        let sizes = order.kind.sizes().iter().map(|size| {
            let unit = if order.kind == OrderKind::Suspend {
                "size_hours"
            } else {
                "size_turns"
            };
            let label = self.say(unit, &[("count", &size.to_string())]);
            plain(label, "", order.size == Some(*size))
        });
        SheetView {
            facts: vec![
                Fact {
                    label: self.say("fact_today", &[]),
                    value: self.counts(agent),
                },
                Fact {
                    label: self.say("fact_phone", &[]),
                    value: self.phone_counts(agent),
                },
            ],
            groups: if order.kind.is_for_one_rota() {
                vec![self.rota_choice(agent, order)]
            } else {
                Vec::new()
            },
            choices: sizes.collect(),
            choices_title: self.say("choose_size", &[]),
            reason: order.reason.clone(),
            confirm: self.say(name, &[]),
            can_confirm: order.is_complete(),
            confirm_tone: match order.kind {
                OrderKind::Penalise | OrderKind::Suspend | OrderKind::Take => Tone::Bad,
                _ => Tone::Plain,
            },
            hint: self.say(&format!("{name}_hint"), &[]),
            ..empty(format!("{} · {}", agent.name, self.say(name, &[])))
        }
    }

    /// Walk-ins or calls, those resting in which the order makes no sense.
    fn rota_choice(&self, agent: &Agent, order: &OrderSheet) -> Group {
        let rotas = RotaKind::ALL.into_iter().map(|rota| {
            let name = match rota {
                RotaKind::WalkIn => "rota_walk_in",
                RotaKind::Phone => "rota_phone",
            };
            Choice {
                enabled: order.kind.rotas(agent).any(|r| r == rota),
                ..plain(self.say(name, &[]), "", order.rota == rota)
            }
        });
        Group {
            title: self.say("rota_title", &[]),
            across: 2,
            choices: rotas.collect(),
        }
    }

    /// Pressed one after the other; the others follow in their present order.
    pub(super) fn list_sheet(&self, list: &ListSheet) -> SheetView {
        let agents = self.in_turn().into_iter().map(|a| {
            let at = list.chosen.iter().position(|c| *c == a.id);
            let number = at.map(|at| (at + 1).to_string()).unwrap_or_default();
            plain(a.name.clone(), &number, at.is_some())
        });
        SheetView {
            choices_title: self.say("choose_order", &[]),
            choices: agents.collect(),
            reason: list.reason.clone(),
            confirm: self.say("menu_list", &[]),
            can_confirm: !list.chosen.is_empty() && !list.reason.trim().is_empty(),
            hint: self.say("list_hint", &[]),
            ..empty(self.say("menu_list", &[]))
        }
    }
}
