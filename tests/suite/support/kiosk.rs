//! A kiosk without a floor: a made-up showroom, a tiny table in the place of the pinyin engine, a
//! clock moved by hand.

use std::sync::Arc;

use yingbin::core::foretold::WaitRange;
use yingbin::core::id::{AgentId, VisitId};
use yingbin::core::kiosk::{
    Before, Candidates, CheckInParts, Choice, ConsultantInfo, Effect, Kiosk, Message, NamePart,
    Settings, SiteInfo, Step, TicketInfo, View,
};
use yingbin::core::language::{Language, Text};
use yingbin::core::site::{ConsentPurpose, Drink, Notice, VisitPurpose};
use yingbin::core::ticket::Line;
use yingbin::core::time::Millis;

/// The recipient of the showroom; nobody holds its identity.
pub const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

pub struct Table;

impl Candidates for Table {
    fn candidates(&self, pinyin: &str, part: NamePart<'_>) -> Vec<Choice> {
        let known: &[(&str, &[&str])] = match part {
            NamePart::Surname => &[("ouyang", &["欧阳"]), ("li", &["李", "黎", "厉"])],
            NamePart::GivenName(_) => &[("zihan", &["子涵", "梓涵"]), ("zi", &["子", "梓", "紫"])],
        };
        known
            .iter()
            .filter(|(letters, _)| pinyin.starts_with(letters))
            .flat_map(|(letters, words)| {
                words.iter().map(|word| Choice {
                    text: (*word).to_owned(),
                    consumed: letters.len(),
                })
            })
            .collect()
    }

    fn common_surnames(&self) -> Vec<String> {
        "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹"
            .chars()
            .map(String::from)
            .chain(["欧阳".to_owned()])
            .collect()
    }
}

pub fn site() -> SiteInfo {
    let purpose = |id: &str, zh: &str, tw: &str, en: &str| ConsentPurpose {
        id: id.into(),
        text: Text::zh_en(zh, en).and(Language::ZhTw, tw),
    };
    let visit = |id: &str, line, zh: &str, tw: &str, en: &str| VisitPurpose {
        id: id.into(),
        line,
        text: Text::zh_en(zh, en).and(Language::ZhTw, tw),
    };
    let drink = |id: &str, zh: &str, tw: &str, en: &str| Drink {
        id: id.into(),
        text: Text::zh_en(zh, en).and(Language::ZhTw, tw),
    };
    SiteInfo {
        name: Text::zh_en("云栖府", "Cloud Residence").and(Language::ZhTw, "雲棲府"),
        languages: Language::ALL.into(),
        recipient: RECIPIENT.into(),
        notice: Notice {
            version: "2026-1".into(),
            hash: "5f".repeat(32),
            text: Text::zh_en(
                "个人信息处理告知\n- 谁在处理：云栖府售房部，电话 400-000-0000\n- 为了什么：接待您，并按您的意愿与您联系；每一项由您单独决定\n- 哪些信息：姓氏与称谓；自愿填写的名字与手机号\n- 保存多久：最后一次来访后 24 个月，之后删除\n- 如何保护：在本机加密后传到中心，本机不留存\n- 您的权利：查阅、复制、更正、删除、撤回同意，扫号票上的二维码或告诉前台",
                "Privacy notice\n- Who: Cloud Residence sales office, 400-000-0000\n- Purpose: to receive you and, only as you wish, to stay in touch; each purpose is yours to decide\n- What: surname and title; given name and phone if you like\n- How long: 24 months after your last visit, then deleted\n- Protection: encrypted on this kiosk for the centre; nothing is kept here\n- Your rights: see, copy, correct, delete, withdraw, by the code on your ticket or at the front desk",
            )
            .and(
                Language::ZhTw,
                "個人資料處理告知\n- 誰在處理：雲棲府售房部，電話 400-000-0000\n- 為了什麼：接待您，並依您的意願與您聯絡；每一項由您單獨決定\n- 哪些資料：姓氏與稱謂；自願填寫的名字與手機號碼\n- 保存多久：最後一次來訪後 24 個月，之後刪除\n- 如何保護：在本機加密後傳到中心，本機不留存\n- 您的權利：查閱、複製、更正、刪除、撤回同意，掃號票上的 QR 碼或告訴櫃檯",
            ),
            purposes: vec![
                purpose("reception", "接待登记：用您的称呼接待您", "接待登記：以您的稱呼接待您", "Reception: address you by your name"),
                purpose("follow_up_call", "电话回访", "電話回訪", "Follow-up by phone call"),
                purpose("follow_up_sms", "短信通知", "簡訊通知", "Follow-up by text message"),
            ],
        },
        visit_purposes: vec![
            visit("view_homes", Line::New, "看房", "看房", "View homes"),
            visit("appointment", Line::Appointment, "预约到访", "預約到訪", "Appointment"),
            visit("signing", Line::Signing, "签约", "簽約", "Sign a contract"),
            visit("after_sales", Line::AfterSales, "售后与投诉", "售後與投訴", "After-sales"),
        ],
        consultants: [("chen-jing", "陈静"), ("wu-bo", "吴波"), ("he-lian", "何莲"), ("zhao-min", "赵敏")]
            .map(|(id, name)| ConsultantInfo {
                id: AgentId::new(id),
                name: name.into(),
                title: Text::zh_en("置业顾问", "Property consultant").and(Language::ZhTw, "置業顧問"),
            })
            .into(),
        drinks: vec![
            drink("water", "温水", "溫水", "Warm water"),
            drink("tea", "龙井茶", "龍井茶", "Longjing tea"),
            drink("coffee", "咖啡", "咖啡", "Coffee"),
        ],
        closed: false,
    }
}

pub fn ticket() -> TicketInfo {
    TicketInfo {
        visit: VisitId(uuid::Uuid::from_u128(7)),
        number: "A007".into(),
        ahead: 2,
        wait_seconds: 700,
        wait_range: Some(WaitRange {
            from_s: 300,
            to_s: 900,
        }),
        url: "https://office.example/t/Zm9yIHRlc3RzIG9ubHk".into(),
        consultant: Some(site().consultants[0].clone()),
        printing: true,
    }
}

/// A kiosk and all it ever asked for.
pub struct Story {
    pub kiosk: Kiosk,
    pub now: Millis,
    pub effects: Vec<Effect>,
}

impl Story {
    /// A kiosk that has just been switched on.
    pub fn begin(settings: Settings) -> Self {
        Self {
            kiosk: Kiosk::new(settings, Arc::new(Table)),
            now: Millis(1_000_000),
            effects: Vec::new(),
        }
    }

    /// A kiosk that knows its showroom.
    pub fn open() -> Self {
        let mut story = Self::begin(Settings::default());
        story.tell(Message::SiteFetched(Box::new(site())));
        story
    }

    /// One step further: touched by a guest in simplified Chinese.
    pub fn at(step: Step) -> Self {
        let mut story = Self::open();
        story.walk_to(step);
        story
    }

    /// Goes on as a willing guest until `step`.
    pub fn walk_to(&mut self, step: Step) -> &mut Self {
        for _ in 0..12 {
            let here = self.kiosk.step();
            if here == step {
                return self;
            }
            match here {
                Step::Welcome => self.tell(Message::Start {
                    key: "key-1".into(),
                }),
                Step::Before => self.tell(Message::Before(Before::No)),
                Step::Notice => self.consent("reception", true).tell(Message::Next),
                Step::Age => self.tell(Message::OfAge(step != Step::UnderAge)),
                Step::Name => self.tell(Message::Surname("李".into())).tell(Message::Next),
                Step::Phone => self.tell(Message::Next),
                Step::Visit => self
                    .tell(Message::Purpose("view_homes".into()))
                    .tell(Message::PartySize(2))
                    .tell(Message::Next),
                Step::Sending => self.answered(),
                Step::Connecting | Step::UnderAge | Step::Ticket | Step::Trouble => break,
            };
        }
        assert_eq!(self.kiosk.step(), step);
        self
    }

    pub fn tell(&mut self, message: Message) -> &mut Self {
        self.effects.extend(self.kiosk.update(message, self.now));
        self
    }

    pub fn consent(&mut self, purpose: &str, given: bool) -> &mut Self {
        self.tell(Message::Consent {
            purpose: purpose.into(),
            given,
        })
    }

    pub fn type_in(&mut self, keys: &str) -> &mut Self {
        for key in keys.chars() {
            self.tell(Message::Key(key));
        }
        self
    }

    /// The floor answers the check-in under way.
    pub fn answered(&mut self) -> &mut Self {
        let key = self
            .sent()
            .last()
            .expect("a check-in is under way")
            .key
            .clone();
        self.tell(Message::CheckedIn {
            key,
            ticket: Box::new(ticket()),
        })
    }

    pub fn failed(&mut self, failure: yingbin::core::kiosk::Failure) -> &mut Self {
        let key = self
            .sent()
            .last()
            .expect("a check-in is under way")
            .key
            .clone();
        self.tell(Message::CheckInFailed { key, failure })
    }

    /// Time goes by, in the beats of the window.
    pub fn wait(&mut self, seconds: i64) -> &mut Self {
        for _ in 0..seconds * 4 {
            self.now = Millis(self.now.0 + 250);
            self.tell(Message::Tick);
        }
        self
    }

    pub fn view(&self) -> View {
        self.kiosk.view(self.now)
    }

    /// All check-ins that were sent, repetitions included.
    pub fn sent(&self) -> Vec<&CheckInParts> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::CheckIn(parts) => Some(&**parts),
                _ => None,
            })
            .collect()
    }

    pub fn step(&self) -> Step {
        self.kiosk.step()
    }
}
