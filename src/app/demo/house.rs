//! The made-up showroom of the demonstration. Nobody here exists.

use crate::core::id::AgentId;
use crate::core::language::{Language, Text};
use crate::core::site::{ConsentPurpose, Drink, StaffMember, StaffRole, VisitPurpose};
use crate::core::ticket::Line;
use crate::protocol::central::{NoticeDraft, SiteSettings, StaffList};

pub const SITE: &str = "cloud-residence";

fn text(zh_cn: &str, zh_tw: &str, en: &str) -> Text {
    Text::zh_en(zh_cn, en).and(Language::ZhTw, zh_tw)
}

pub fn site() -> SiteSettings {
    let purpose = |id: &str, line, zh_cn: &str, zh_tw: &str, en: &str| VisitPurpose {
        id: id.to_owned(),
        line,
        text: text(zh_cn, zh_tw, en),
    };
    let drink = |id: &str, zh_cn: &str, zh_tw: &str, en: &str| Drink {
        id: id.to_owned(),
        text: text(zh_cn, zh_tw, en),
    };
    SiteSettings {
        name: text("云栖府", "雲棲府", "Cloud Residence"),
        languages: Language::ALL.to_vec(),
        time_zone: "Asia/Shanghai".to_owned(),
        visit_purposes: vec![
            purpose("view_homes", Line::New, "看房", "看房", "View homes"),
            purpose(
                "talk_terms",
                Line::New,
                "洽谈购房",
                "洽談購房",
                "Talk about buying",
            ),
            purpose(
                "sign_contract",
                Line::Signing,
                "签约办理",
                "簽約辦理",
                "Sign a contract",
            ),
            purpose(
                "after_sales",
                Line::AfterSales,
                "售后与建议",
                "售後與建議",
                "After-sales, feedback",
            ),
        ],
        drinks: vec![
            drink("tea", "热茶", "熱茶", "Tea"),
            drink("coffee", "咖啡", "咖啡", "Coffee"),
            drink("water", "温水", "溫水", "Warm water"),
        ],
        ticket_base_url: String::new(),
    }
}

pub fn notice() -> NoticeDraft {
    let purpose = |id: &str, zh_cn: &str, zh_tw: &str, en: &str| ConsentPurpose {
        id: id.to_owned(),
        text: text(zh_cn, zh_tw, en),
    };
    NoticeDraft {
        version: "2026-11".to_owned(),
        text: text(
            "个人信息处理告知\n\
             - 处理者: 云栖府售房部（演示），联系方式见前台\n\
             - 处理目的: 由您在下方逐项选择，可全部不选\n\
             - 信息种类: 称呼；您愿意时留下的姓名与手机号\n\
             - 保存期限: 最后一次联系后 24 个月，到期删除\n\
             - 处理方式: 在本机加密后送至公司服务器，现场不留存\n\
             - 您的权利: 可随时查阅、更正、删除或撤回同意，凭号票二维码或到前台办理\n\
             - 不同意的影响: 没有影响，照样取号、照样接待",
            "個人資料處理告知\n\
             - 處理者: 雲棲府售房部（示範），聯絡方式見櫃檯\n\
             - 處理目的: 由您在下方逐項選擇，可全部不選\n\
             - 資料種類: 稱呼；您願意時留下的姓名與手機號碼\n\
             - 保存期限: 最後一次聯絡後 24 個月，到期刪除\n\
             - 處理方式: 在本機加密後送至公司伺服器，現場不留存\n\
             - 您的權利: 可隨時查閱、更正、刪除或撤回同意，憑號碼票 QR 碼或到櫃檯辦理\n\
             - 不同意的影響: 沒有影響，照樣取號、照樣接待",
            "How we handle personal data\n\
             - Who: Cloud Residence sales office (demonstration); reach us at the front desk\n\
             - What for: you choose below, one by one; you may choose none\n\
             - Which data: how to address you; your name and phone only if you wish\n\
             - How long: 24 months after the last contact, then deleted\n\
             - How: sealed on this device and sent to the company's server; nothing stays here\n\
             - Your rights: see, correct or delete it, or withdraw at any time, by your ticket's QR \
             or at the desk\n\
             - If you refuse: nothing changes; you get your ticket and are served all the same",
        ),
        purposes: vec![
            purpose(
                "reception",
                "接待：记下怎么称呼您，下次来还由熟悉的顾问接待",
                "接待：記下怎麼稱呼您，下次來還由熟悉的顧問接待",
                "Reception: remember how to address you and who served you",
            ),
            purpose(
                "follow_up_call",
                "回访：电话告知您关心的房源",
                "回訪：電話告知您關心的房源",
                "Follow-up: call you about homes you asked for",
            ),
            purpose(
                "follow_up_sms",
                "短信：发送楼盘信息与优惠",
                "簡訊：傳送建案資訊與優惠",
                "Text messages: news and offers",
            ),
        ],
    }
}

pub fn staff() -> StaffList {
    let person = |id: &str, name: &str, title: Text, role| StaffMember {
        newcomer: false,
        id: AgentId::from(id),
        name: name.to_owned(),
        title,
        place: String::new(),
        role,
    };
    let member = |id: &str, name: &str, senior: bool, place: &str| StaffMember {
        newcomer: false,
        id: AgentId::from(id),
        name: name.to_owned(),
        title: if senior {
            text("资深置业顾问", "資深置業顧問", "Senior consultant")
        } else {
            text("置业顾问", "置業顧問", "Consultant")
        },
        place: place.to_owned(),
        role: StaffRole::Agent,
    };
    StaffList {
        staff: vec![
            member("lin-yue", "林悦", true, "1"),
            member("he-wen", "何文", false, "2"),
            member("su-qing", "苏晴", false, "3"),
            member("meng-fan", "孟凡", true, "5"),
            member("tao-ran", "陶然", false, "6"),
            member("qiu-shi", "仇适", false, "8"),
            person(
                "pan-yun",
                "潘昀",
                text("前台接待", "櫃檯接待", "Reception"),
                StaffRole::Reception,
            ),
            person(
                "fang-heng",
                "方衡",
                text("案场经理", "案場經理", "Sales office manager"),
                StaffRole::Manager,
            ),
        ],
    }
}
