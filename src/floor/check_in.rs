//! A check-in on its way in: what is wrong with it, and what is answered.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use super::ask::AskError;
use super::calendar::Calendar;
use super::grants::Device;
use super::keys::{BodyMac, Keys};
use super::memory::Floor;
use crate::core::booking::Registration;
use crate::core::consent::{self, Manner, RECEPTION};
use crate::core::floor::{Command, PHONE_CALL, Refusal, State};
use crate::core::foretold::Foretold;
use crate::core::id::{DeviceId, VisitId};
use crate::core::ticket::TicketNumber;
use crate::core::time::Millis;
use crate::core::visit::{CheckIn, Issued, KnownOwner, NoticeShown, Visit};
use crate::crypto::{chain, token};
use crate::protocol::check_in::{
    AssignmentView, Channel, CheckInAnswer, CheckInRequest, Issued as WireIssued, TicketView,
};
use crate::protocol::feed::{DeviceGrant, DeviceRole};
use crate::protocol::recognition::RecognitionRequest;

/// Largest sealed profile, bytes; a full one has under one thousand.
const PROFILE_MAX: usize = 16 * 1024;
/// How every `age` file begins.
const AGE_HEADER: &[u8] = b"age-encryption.org/v1\n";
/// Longest way to address a guest, characters.
const FORM_MAX: usize = 64;
/// Longest idempotency key, characters.
const KEY_MAX: usize = 128;
const PARTY: std::ops::RangeInclusive<u32> = 1..=99;

/// A check-in that is well-formed in itself; whether the site knows what it names is for the
/// engine to say, as the site may change.
pub(super) struct NewCheckIn {
    pub device: DeviceId,
    /// At the desk: consent is asked aloud, and a few things are possible that no kiosk may ask.
    pub by_desk: bool,
    pub key: String,
    pub mac: BodyMac,
    pub request: CheckInRequest,
    /// Hash and sealed bytes.
    pub profile: Option<(String, Vec<u8>)>,
    pub visit: VisitId,
    /// Of the ticket page.
    pub token: String,
    pub receipt: String,
    /// What the centre said of a returner; beside the body, so that a repetition is the same body
    /// whatever the centre says.
    pub owner: Option<KnownOwner>,
    /// What the kiosk promised by itself.
    pub promised: Option<Promised>,
}

/// A kiosk's own ticket, read.
pub(super) struct Promised {
    pub ticket: TicketNumber,
    at: Millis,
    notice_hash: String,
}

impl NewCheckIn {
    /// Checks what can be checked without the site.
    pub fn new(
        device: &Device,
        key: String,
        mut request: CheckInRequest,
        keys: &Keys,
    ) -> Result<Self, AskError> {
        if key.is_empty() || key.len() > KEY_MAX || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(AskError::invalid("key_invalid", ""));
        }
        // Over what was understood, so that the same check-in written differently is the same.
        let body = serde_json::to_vec(&request).map_err(|_| AskError::invalid("invalid", ""))?;
        let mac = keys.mac(&body);
        let profile = well_formed(&mut request)?;
        let by_desk = device.role == DeviceRole::Desk;
        if !by_desk && request.split_from.is_some() {
            return Err(AskError::invalid("desk_only", "/split_from"));
        }
        let promised = promised(request.issued.as_ref())?;
        let own = request.issued.as_ref();
        let token = own.map_or_else(token::ticket_token, |i| i.token.clone());
        let receipt = own.map_or_else(token::spoken, |i| i.consent_receipt.clone());
        Ok(Self {
            device: device.id.clone(),
            by_desk,
            key,
            mac,
            request,
            profile,
            visit: VisitId(Uuid::now_v7()),
            token,
            receipt,
            promised,
            owner: None,
        })
    }

    pub fn token_hash(&self) -> String {
        token::hash(&self.token)
    }

    /// A number may be promised by its own kiosk, or by one that was enrolled anew and has another
    /// since; never by one beside the kiosk that has it now.
    pub fn is_own_number(&self, grants: &[DeviceGrant]) -> Result<(), AskError> {
        let kiosk = self.promised.as_ref().and_then(|p| p.ticket.kiosk());
        let other = |g: &DeviceGrant| g.number == kiosk && g.id != self.device;
        if kiosk.is_some() && grants.iter().any(other) {
            return Err(AskError::invalid("number_not_own", "/issued/number"));
        }
        Ok(())
    }

    /// As the core takes it; `calendar` says the day.
    pub fn issued(&self, calendar: &Calendar) -> Option<Issued> {
        self.promised.as_ref().map(|p| Issued {
            ticket: p.ticket,
            at: p.at,
            day: calendar.day(p.at),
        })
    }

    /// Checks what the site and the staff list say. What a kiosk promised is not refused for what
    /// changed meanwhile.
    pub fn against(&self, state: &State) -> Result<(), AskError> {
        if self.promised.is_some() {
            return Ok(());
        }
        let (request, site) = (&self.request, &state.site);
        if request.notice_version != site.notice.version {
            return Err(AskError::invalid("notice_outdated", "/notice_version"));
        }
        if !site.languages.contains(&request.language) {
            return Err(AskError::invalid("unknown_language", "/language"));
        }
        if state.closed.is_some() && !self.by_desk {
            return Err(Refusal::DayClosed.into());
        }
        let is_call = self.by_desk && request.purpose == PHONE_CALL;
        if !is_call && !site.visit_purposes.iter().any(|p| p.id == request.purpose) {
            return Err(AskError::invalid("unknown_purpose", "/purpose"));
        }
        for (at, consent) in request.consents.iter().enumerate() {
            if !site.notice.purposes.iter().any(|p| p.id == consent.purpose) {
                let pointer = format!("/consents/{at}/purpose");
                return Err(AskError::invalid("unknown_consent", &pointer));
            }
        }
        if let Some(asked) = &request.asked_for
            && !state.agents.get(asked).is_some_and(|a| a.employed)
        {
            return Err(AskError::invalid("unknown_agent", "/asked_for"));
        }
        if let Some(drink) = &request.drink
            && !site.drinks.iter().any(|d| d.id == *drink)
        {
            return Err(AskError::invalid("unknown_drink", "/drink"));
        }
        if let Some(id) = &request.appointment
            && !state.appointments.contains_key(id)
        {
            return Err(AskError::invalid("unknown_appointment", "/appointment"));
        }
        if let Some(from) = &request.split_from
            && !state.visits.contains_key(from)
        {
            return Err(AskError::invalid("unknown_visit", "/split_from"));
        }
        self.channel(state).map(drop)
    }

    /// The broker's registration the party came with.
    fn channel(&self, state: &State) -> Result<Option<Registration>, AskError> {
        match &self.request.channel {
            None => Ok(None),
            Some(Channel::Known(id)) => {
                let known = state.registrations.get(id).cloned();
                let unknown = || AskError::invalid("unknown_registration", "/channel");
                known.ok_or_else(unknown).map(Some)
            }
            Some(Channel::Shown(entry)) => {
                let wrong = |(code, field)| AskError::invalid(code, &format!("/channel/{field}"));
                let shown = entry.read().map_err(wrong)?;
                if !state.agents.get(&shown.agent).is_some_and(|a| a.employed) {
                    return Err(AskError::invalid("unknown_agent", "/channel/agent"));
                }
                Ok(Some(shown))
            }
        }
    }

    /// The notice the guest was shown; while the floor was not there it may have had another
    /// version.
    fn notice(&self, state: &State) -> NoticeShown {
        let (request, site) = (&self.request, &state.site);
        match &self.promised {
            Some(promised) if request.notice_version != site.notice.version => NoticeShown {
                version: request.notice_version.clone(),
                hash: promised.notice_hash.clone(),
            },
            _ => NoticeShown {
                version: site.notice.version.clone(),
                hash: site.notice.hash.clone(),
            },
        }
    }

    /// What the centre is shown to recognise a returner by: only of a guest who says “been before”,
    /// agreed and sealed a profile.
    pub fn question(&self, state: &State) -> Option<RecognitionRequest> {
        let (_, sealed) = self.profile.as_ref()?;
        let agreed = consent::given(&self.request.consents, RECEPTION);
        let returns = !self.request.first_visit && agreed && self.against(state).is_ok();
        returns.then(|| RecognitionRequest {
            sealed_profile: STANDARD.encode(sealed),
            idempotency_key: self.key.clone(),
            notice_hash: self.notice(state).hash,
        })
    }

    pub fn command(&self, state: &State, calendar: &Calendar) -> Command {
        let request = &self.request;
        Command::CheckIn(Box::new(CheckIn {
            visit: self.visit,
            device: self.device.clone(),
            language: request.language,
            first_visit: request.first_visit,
            purpose: request.purpose.clone(),
            party_size: request.party_size,
            notice: self.notice(state),
            consents: request.consents.clone(),
            consent_manner: if self.by_desk {
                Manner::Aloud
            } else {
                Manner::Screen
            },
            consent_receipt: self.receipt.clone(),
            asked_for: request.asked_for.clone(),
            owner: self.owner.clone(),
            appointment: request.appointment.clone(),
            // Checked by `against` a moment ago, in the same state.
            channel: self.channel(state).ok().flatten(),
            split_from: request.split_from,
            drink: request.drink.clone(),
            idempotency_key: self.key.clone(),
            profile_hash: self.profile.as_ref().map(|(hash, _)| hash.clone()),
            token_hash: self.token_hash(),
            issued: self.issued(calendar),
        }))
    }

    /// The answer as of this moment.
    pub fn answer(
        &self,
        floor: &Floor,
        visit: &Visit,
        job: Option<&str>,
        own: &str,
    ) -> CheckInAnswer {
        // Whoever has an agent already does not wait.
        let at_once = visit.assignment.as_ref().map(|_| Foretold::default());
        let told = at_once.or_else(|| floor.state.told(visit.id));
        CheckInAnswer {
            visit_id: self.visit,
            ticket: TicketView {
                number: visit.ticket.to_string(),
                line: visit.line,
                ahead: floor.state.ahead(visit.id).unwrap_or(0),
                wait_s: told.map_or(0, |t| t.wait_s),
                wait_range: told.map(|t| t.range),
                token: self.token.clone(),
                url: ticket_url(&floor.state.site.ticket_base_url, own, &self.token),
            },
            assignment: assignment(floor, visit),
            consent_receipt: self.receipt.clone(),
            print_job: job.map(str::to_owned),
        }
    }
}

/// The agent bound to a visit, as the guest may know them.
pub(super) fn assignment(floor: &Floor, visit: &Visit) -> Option<AssignmentView> {
    let assignment = visit.assignment.as_ref()?;
    let agent = floor.state.agents.get(&assignment.agent)?;
    let place = if assignment.place.is_empty() {
        &agent.place
    } else {
        &assignment.place
    };
    Some(AssignmentView {
        agent: agent.id.clone(),
        name: agent.name.clone(),
        title: agent.title.clone(),
        place: place.clone(),
        rule: assignment.rule,
        reason: floor
            .offer_reason(visit.id, visit.language)
            .unwrap_or_default(),
    })
}

/// What the QR holds: the site's page, or this floor's own (`own`: its address).
pub(super) fn ticket_url(base: &str, own: &str, token: &str) -> String {
    if base.is_empty() {
        format!("{}/t/{token}", own.trim_end_matches('/'))
    } else {
        format!("{base}{token}")
    }
}

fn promised(issued: Option<&WireIssued>) -> Result<Option<Promised>, AskError> {
    let Some(issued) = issued else {
        return Ok(None);
    };
    let bad = |field: &str| AskError::invalid("issued", &format!("/issued/{field}"));
    let number: Option<TicketNumber> = issued.number.parse().ok();
    let hash = &issued.notice_hash;
    if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(bad("notice_hash"));
    }
    if !token::is_ticket_token(&issued.token) {
        return Err(bad("token"));
    }
    if !token::is_spoken(&issued.consent_receipt) {
        return Err(bad("consent_receipt"));
    }
    Ok(Some(Promised {
        ticket: number
            .filter(|n| n.kiosk().is_some())
            .ok_or_else(|| bad("number"))?,
        at: Millis::parse_rfc3339(&issued.at).ok_or_else(|| bad("at"))?,
        notice_hash: hash.to_ascii_lowercase(),
    }))
}

fn well_formed(request: &mut CheckInRequest) -> Result<Option<(String, Vec<u8>)>, AskError> {
    if !PARTY.contains(&request.party_size) {
        return Err(AskError::invalid("party_size", "/party_size"));
    }
    for (at, consent) in request.consents.iter().enumerate() {
        if request.consents[..at]
            .iter()
            .any(|c| c.purpose == consent.purpose)
        {
            let pointer = format!("/consents/{at}/purpose");
            return Err(AskError::invalid("duplicate_consent", &pointer));
        }
    }
    let agreed = consent::given(&request.consents, RECEPTION);
    if let Some(form) = &request.address_form {
        if !agreed {
            return Err(AskError::invalid("consent_missing", "/address_form"));
        }
        let length = form.chars().count();
        if form.trim().is_empty() || length > FORM_MAX || form.chars().any(char::is_control) {
            return Err(AskError::invalid("address_form", "/address_form"));
        }
    }
    let Some(sealed) = request.sealed_profile.take() else {
        return Ok(None);
    };
    if !agreed {
        return Err(AskError::invalid("consent_missing", "/sealed_profile"));
    }
    let bad = || AskError::invalid("sealed_profile", "/sealed_profile");
    let bytes = STANDARD.decode(sealed).map_err(|_| bad())?;
    if bytes.len() > PROFILE_MAX || !bytes.starts_with(AGE_HEADER) {
        return Err(bad());
    }
    Ok(Some((chain::sha256_hex(&bytes), bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::consent::Consent;
    use crate::core::language::Language;

    fn request() -> CheckInRequest {
        CheckInRequest {
            language: Language::ZhCn,
            first_visit: true,
            purpose: "view_homes".into(),
            party_size: 2,
            notice_version: "1".into(),
            consents: vec![Consent {
                purpose: RECEPTION.into(),
                given: true,
            }],
            address_form: Some("欧阳女士".into()),
            sealed_profile: None,
            asked_for: None,
            drink: None,
            appointment: None,
            channel: None,
            split_from: None,
            issued: None,
        }
    }

    fn refused(change: impl FnOnce(&mut CheckInRequest)) -> (&'static str, String) {
        let mut request = request();
        change(&mut request);
        match well_formed(&mut request) {
            Err(AskError::Invalid { code, pointer }) => (code, pointer),
            other => panic!("accepted or otherwise refused: {other:?}"),
        }
    }

    #[test]
    fn k2_personal_fields_need_the_reception_consent() {
        assert!(well_formed(&mut request()).is_ok());
        let without = |r: &mut CheckInRequest| r.consents[0].given = false;
        let expected = ("consent_missing", "/address_form".to_owned());
        assert_eq!(refused(without), expected);
        let sealed = refused(|r| {
            r.consents.clear();
            r.address_form = None;
            r.sealed_profile = Some("x".into());
        });
        assert_eq!(sealed, ("consent_missing", "/sealed_profile".into()));
    }

    #[test]
    fn a_check_in_that_makes_no_sense_is_refused_with_the_field() {
        assert_eq!(refused(|r| r.party_size = 0).1, "/party_size");
        assert_eq!(refused(|r| r.party_size = 100).1, "/party_size");
        for form in ["", "  ", "a\nb", &"李".repeat(65)] {
            let code = refused(|r| r.address_form = Some(form.to_owned())).0;
            assert_eq!(code, "address_form");
        }
        let twice = refused(|r| r.consents.push(r.consents[0].clone()));
        assert_eq!(twice, ("duplicate_consent", "/consents/1/purpose".into()));
        let too_large = [AGE_HEADER, &[0; PROFILE_MAX]].concat();
        for sealed in [
            "***".to_owned(),
            STANDARD.encode("no age file"),
            STANDARD.encode(too_large),
        ] {
            let code = refused(|r| r.sealed_profile = Some(sealed)).0;
            assert_eq!(code, "sealed_profile");
        }
    }

    #[test]
    fn p6_the_qr_names_the_sites_page_or_the_floors_own() {
        let url = |base| ticket_url(base, "http://10.0.0.2:7710/", "tok");
        assert_eq!(
            url("https://office.example/t/"),
            "https://office.example/t/tok"
        );
        assert_eq!(url(""), "http://10.0.0.2:7710/t/tok");
    }
}
