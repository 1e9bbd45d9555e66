//! Views become properties. Only what changed is set: a model set anew would take the row from
//! under a finger.

use slint::{Image, ModelRc, Rgb8Pixel, SharedPixelBuffer, SharedString, VecModel};
use yingbin_ui::{
    KioskAnother, KioskAnswer, KioskBefore, KioskConsent, KioskConsultant, KioskField,
    KioskLanguage, KioskNoticeLine, KioskOffer, KioskState, KioskStep, KioskTicket, KioskTitle,
};

use super::words;
use crate::core::guest_name::Title;
use crate::core::kiosk::{Another, Before, Field, Offer, Paper, Step, TicketCard, View};

pub(super) fn show(state: &KioskState<'_>, view: &View, drawn: Option<&View>) {
    /// Runs the block if any of the fields differs from what is drawn.
    macro_rules! when_changed {
        ($($field:ident),+ => $set:expr) => {
            if drawn.is_none_or(|d| $(d.$field != view.$field)||+) {
                $set;
            }
        };
    }
    /// Sets a property of the same name as the view's field.
    macro_rules! copy {
        ($($field:ident => $set:ident),+ $(,)?) => {
            $(when_changed!($field => state.$set(view.$field.clone().into()));)+
        };
    }

    when_changed!(language => {
        state.set_t(words::kiosk(view.language));
        state.set_keys(words::keys(view.language));
    });
    when_changed!(languages, language => state.set_languages(model(&view.languages, |l| {
        let (label, name) = words::label(*l);
        KioskLanguage {
            tag: l.tag().into(),
            label: label.into(),
            name: name.into(),
            chosen: *l == view.language,
        }
    })));
    copy! {
        site_name => set_site_name,
        can_go_back => set_can_go_back,
        can_go_on => set_can_go_on,
        anyone => set_anyone,
        notice_title => set_notice_title,
        notice_renewed => set_notice_renewed,
        personal_closed => set_personal_closed,
        closed => set_closed,
        surname => set_surname,
        given_name => set_given_name,
        address_form => set_address_form,
        composing => set_composing,
        latin => set_latin,
        shift => set_shift,
        no_drink => set_no_drink,
        retrying => set_retrying,
        trouble => set_trouble,
        can_retry => set_can_retry,
    }
    when_changed!(progress => state.set_progress(view.progress.map_or(0, int)));
    when_changed!(countdown => state.set_countdown(view.countdown.map_or(-1, int)));
    when_changed!(before => state.set_before(match view.before {
        None => KioskBefore::Unanswered,
        Some(Before::No) => KioskBefore::No,
        Some(Before::Yes) => KioskBefore::Yes,
        Some(Before::Unsure) => KioskBefore::Unsure,
        Some(Before::ByName) => KioskBefore::ByName,
    }));
    when_changed!(consultants => state.set_consultants(model(&view.consultants, |c| KioskConsultant {
        id: c.id.as_str().into(),
        name: c.name.as_str().into(),
        title: c.title.as_str().into(),
        initial: c.initial.as_str().into(),
        chosen: c.chosen,
    })));
    when_changed!(notice => state.set_notice(model(&view.notice, |line| KioskNoticeLine {
        label: line.label.as_str().into(),
        text: line.text.as_str().into(),
    })));
    when_changed!(consents => state.set_consents(model(&view.consents, |row| KioskConsent {
        purpose: row.purpose.as_str().into(),
        text: row.text.as_str().into(),
        answer: match row.answer {
            None => KioskAnswer::Unanswered,
            Some(true) => KioskAnswer::Agreed,
            Some(false) => KioskAnswer::Declined,
        },
    })));
    when_changed!(surnames => state.set_surnames(model(&view.surnames, |s| s.as_str().into())));
    when_changed!(candidates => state.set_candidates(model(&view.candidates, |s| s.as_str().into())));
    when_changed!(title => state.set_title(match view.title {
        Title::Mr => KioskTitle::Mr,
        Title::Ms => KioskTitle::Ms,
        Title::None => KioskTitle::None,
    }));
    when_changed!(field => state.set_field(match view.field {
        None => KioskField::None,
        Some(Field::Surname) => KioskField::Surname,
        Some(Field::GivenName) => KioskField::GivenName,
        Some(Field::Phone) => KioskField::Phone,
    }));
    when_changed!(phone => {
        state.set_phone(view.phone.shown.as_str().into());
        state.set_phone_wrong(view.phone.wrong);
    });
    when_changed!(purposes => state.set_purposes(offers(&view.purposes)));
    when_changed!(drinks => state.set_drinks(offers(&view.drinks)));
    when_changed!(party_size => state.set_party_size(view.party_size.map_or(0, int)));
    when_changed!(max_party => state.set_max_party(int(view.max_party)));
    when_changed!(ticket => state.set_ticket(view.ticket.as_ref().map(ticket).unwrap_or_default()));
    // The page last, so that it never shows the values of the page before.
    when_changed!(step => state.set_step(match view.step {
        Step::Connecting => KioskStep::Connecting,
        Step::Welcome => KioskStep::Welcome,
        Step::Before => KioskStep::Before,
        Step::Notice => KioskStep::Notice,
        Step::Age => KioskStep::Age,
        Step::UnderAge => KioskStep::UnderAge,
        Step::Name => KioskStep::Name,
        Step::Phone => KioskStep::Phone,
        Step::Visit => KioskStep::Visit,
        Step::Sending => KioskStep::Sending,
        Step::Ticket => KioskStep::Ticket,
        Step::Trouble => KioskStep::Trouble,
    }));
}

fn int(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

fn model<T, U: Clone + 'static>(rows: &[T], row: impl Fn(&T) -> U) -> ModelRc<U> {
    ModelRc::new(VecModel::from(rows.iter().map(row).collect::<Vec<_>>()))
}

fn offers(offers: &[Offer]) -> ModelRc<KioskOffer> {
    model(offers, |o| KioskOffer {
        id: o.id.as_str().into(),
        text: o.text.as_str().into(),
        chosen: o.chosen,
    })
}

fn ticket(card: &TicketCard) -> KioskTicket {
    let text = |s: &String| SharedString::from(s.as_str());
    KioskTicket {
        number: text(&card.number),
        ahead: text(&card.ahead),
        wait: text(&card.wait),
        consultant: text(&card.consultant),
        consultant_note: text(&card.consultant_note),
        another: match card.another {
            Another::Offered => KioskAnother::Offered,
            Another::Asking => KioskAnother::Asking,
            _ => KioskAnother::None,
        },
        paper_note: text(&card.paper_note),
        paper_missing: card.paper == Paper::Missing,
        qr: qr(&card.url),
    }
}

/// The QR (level M) with its quiet zone, as many whole pixels a module as fit into [`QR_SIDE`].
/// An address too long for any QR gives an empty picture; the number stands beside it.
fn qr(url: &str) -> Image {
    const QUIET: usize = 4;
    // A number without a page.
    if url.is_empty() {
        return Image::default();
    }
    let Ok(code) = qrcode::QrCode::with_error_correction_level(url, qrcode::EcLevel::M) else {
        return Image::default();
    };
    let modules = code.width() + 2 * QUIET;
    let scale = (QR_SIDE / modules).max(1);
    let side = modules * scale;
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side as u32, side as u32);
    let colours = code.to_colors();
    for (at, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (at % side / scale, at / side / scale);
        let inside = |n| (QUIET..modules - QUIET).contains(&n);
        let dark = inside(x)
            && inside(y)
            && colours[(y - QUIET) * code.width() + (x - QUIET)] == qrcode::Color::Dark;
        let shade = if dark { 0 } else { 255 };
        *pixel = Rgb8Pixel::new(shade, shade, shade);
    }
    Image::from_rgb8(pixels)
}

/// Pixels the QR may take on the screen.
const QR_SIDE: usize = 340;
