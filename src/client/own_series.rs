//! What a kiosk keeps for the time without its floor: the site as last heard, the count of its own
//! numbers, and the check-ins it still has to hand over. On disk before a guest sees the number, so
//! that no number is given twice on a day, whatever happens to the kiosk.
//!
//! Nothing here tells who a guest is (P7): profiles are sealed to the centre, and the form of
//! address is left out.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::core::id::VisitId;
use crate::core::site::VisitPurpose;
use crate::core::ticket::{Line, TicketNumber};
use crate::core::time::{Millis, zone};
use crate::crypto::token;
use crate::protocol::check_in::{CheckInAnswer, CheckInRequest, Issued, TicketView};
use crate::protocol::site::SiteView;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS site (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL);
    -- The last number given of each day.
    CREATE TABLE IF NOT EXISTS series (
        day TEXT NOT NULL, kiosk INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (day, kiosk));
    -- Promised and not handed over yet, in order.
    CREATE TABLE IF NOT EXISTS promised (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, visit TEXT NOT NULL,
        body TEXT NOT NULL, refused TEXT);";
/// Days whose counts are kept.
const DAYS_KEPT: i64 = 7;

/// Why a kiosk cannot give numbers by itself.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    #[error("{0} cannot be used as the kiosk's folder: {1}")]
    Folder(String, std::io::Error),
    #[error("the kiosk's own records: {0}")]
    Sql(#[from] rusqlite::Error),
    #[error("the kiosk's own records cannot be read")]
    Unreadable,
    #[error("the floor has not said yet which showroom and which kiosk this is")]
    NotKnown,
}

/// A promised check-in on its way to the floor.
#[derive(Clone, Debug, PartialEq)]
pub struct Promised {
    seq: i64,
    pub key: String,
    pub request: CheckInRequest,
}

/// How much there is to hand over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    pub waiting: u32,
    /// Refused by the floor: never dropped, and never in the way of others.
    pub set_aside: u32,
}

/// A kiosk's own records. Each call is short, and commits before it returns.
pub struct OwnSeries {
    db: Mutex<Connection>,
}

impl OwnSeries {
    /// Opens `folder/kiosk.db`, making what is missing.
    pub fn open(folder: &Path) -> Result<Self, SeriesError> {
        let named = |e| SeriesError::Folder(folder.display().to_string(), e);
        std::fs::create_dir_all(folder).map_err(named)?;
        let db = Connection::open(folder.join("kiosk.db"))?;
        db.busy_timeout(std::time::Duration::from_secs(2))?;
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;",
        )?;
        db.execute_batch(SCHEMA)?;
        // The floor may take today what it did not take yesterday.
        db.execute("UPDATE promised SET refused = NULL", [])?;
        Ok(Self { db: Mutex::new(db) })
    }

    /// Keeps the site for the time without the floor.
    pub fn keep_site(&self, site: &SiteView) -> Result<(), SeriesError> {
        let body = serde_json::to_string(site).map_err(|_| SeriesError::Unreadable)?;
        self.db().execute(
            "INSERT INTO site (one, body) VALUES (1, ?1)
             ON CONFLICT (one) DO UPDATE SET body = excluded.body WHERE body <> excluded.body",
            [body],
        )?;
        Ok(())
    }

    /// The site as last heard.
    pub fn site(&self) -> Result<Option<SiteView>, SeriesError> {
        site(&self.db())
    }

    /// Gives the next number of the kiosk's own series. The same key gives the same number again.
    /// `now`: by the kiosk's clock.
    pub fn issue(
        &self,
        key: &str,
        request: &CheckInRequest,
        now: Millis,
    ) -> Result<CheckInAnswer, SeriesError> {
        let mut db = self.db();
        let known = promised_as(&db, key)?;
        let site = site(&db)?.ok_or(SeriesError::NotKnown)?;
        if let Some((visit, known)) = known {
            return answer(&site, visit, &known);
        }
        let own = site.kiosk.as_ref().ok_or(SeriesError::NotKnown)?;
        let zone = zone(&site.time_zone).ok_or(SeriesError::NotKnown)?;
        let at = jiff::Timestamp::from_millisecond(now.0).map_err(|_| SeriesError::NotKnown)?;
        let at = at.to_zoned_datetime(zone);
        let day = at.date().to_string();
        let told = if own.day == day { own.last } else { 0 };

        let tx = db.transaction()?;
        let last: Option<u32> = tx
            .query_row(
                "SELECT last FROM series WHERE day = ?1 AND kiosk = ?2",
                params![day, own.number],
                |r| r.get(0),
            )
            .optional()?;
        let count = last.unwrap_or(0).max(told) + 1;
        tx.execute(
            "INSERT INTO series (day, kiosk, last) VALUES (?1, ?2, ?3)
             ON CONFLICT (day, kiosk) DO UPDATE SET last = excluded.last",
            params![day, own.number, count],
        )?;
        tx.execute("DELETE FROM series WHERE day < ?1", [days_before(&day)])?;
        let number = TicketNumber::Kiosk {
            kiosk: own.number,
            count,
        };
        let request = CheckInRequest {
            address_form: None,
            issued: Some(Issued {
                number: number.to_string(),
                at: at.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
                notice_hash: site.notice.hash.clone(),
                token: token::ticket_token(),
                consent_receipt: token::spoken(),
            }),
            ..request.clone()
        };
        let visit = VisitId(Uuid::now_v7());
        let body = serde_json::to_string(&request).map_err(|_| SeriesError::Unreadable)?;
        tx.execute(
            "INSERT INTO promised (key, visit, body) VALUES (?1, ?2, ?3)",
            params![key, visit.to_string(), body],
        )?;
        tx.commit()?;
        answer(&site, visit, &request)
    }

    /// The oldest promise not handed over yet.
    pub fn next(&self) -> Result<Option<Promised>, SeriesError> {
        let found: Option<(i64, String, String)> = self
            .db()
            .query_row(
                "SELECT seq, key, body FROM promised WHERE refused IS NULL ORDER BY seq LIMIT 1",
                [],
                |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
            )
            .optional()?;
        found
            .map(|(seq, key, body)| {
                let request = serde_json::from_str(&body).map_err(|_| SeriesError::Unreadable)?;
                Ok(Promised { seq, key, request })
            })
            .transpose()
    }

    /// The floor has it.
    pub fn handed_over(&self, promised: &Promised) -> Result<(), SeriesError> {
        let db = self.db();
        db.execute("DELETE FROM promised WHERE seq = ?1", [promised.seq])?;
        Ok(())
    }

    /// The floor did not take it, with this code: others must not wait behind it.
    pub fn set_aside(&self, promised: &Promised, code: &str) -> Result<(), SeriesError> {
        self.db().execute(
            "UPDATE promised SET refused = ?2 WHERE seq = ?1",
            params![promised.seq, code],
        )?;
        Ok(())
    }

    pub fn backlog(&self) -> Result<Backlog, SeriesError> {
        Ok(self.db().query_row(
            "SELECT count(*) FILTER (WHERE refused IS NULL),
                    count(*) FILTER (WHERE refused IS NOT NULL) FROM promised",
            [],
            |r| {
                Ok(Backlog {
                    waiting: r.get(0)?,
                    set_aside: r.get(1)?,
                })
            },
        )?)
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn site(db: &Connection) -> Result<Option<SiteView>, SeriesError> {
    let body: Option<String> = db
        .query_row("SELECT body FROM site", [], |r| r.get(0))
        .optional()?;
    // Kept by a newer or older program: as good as none.
    Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
}

fn promised_as(
    db: &Connection,
    key: &str,
) -> Result<Option<(VisitId, CheckInRequest)>, SeriesError> {
    let found: Option<(String, String)> = db
        .query_row(
            "SELECT visit, body FROM promised WHERE key = ?1",
            [key],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .optional()?;
    found
        .map(|(visit, body)| {
            let visit = Uuid::parse_str(&visit).map_err(|_| SeriesError::Unreadable)?;
            let request = serde_json::from_str(&body).map_err(|_| SeriesError::Unreadable)?;
            Ok((VisitId(visit), request))
        })
        .transpose()
}

/// What the guest is told: a number, and neither an agent nor a position.
fn answer(
    site: &SiteView,
    visit: VisitId,
    request: &CheckInRequest,
) -> Result<CheckInAnswer, SeriesError> {
    let issued = request.issued.as_ref().ok_or(SeriesError::Unreadable)?;
    let url = match site.ticket_base_url.as_str() {
        "" => String::new(),
        base => format!("{base}{}", issued.token),
    };
    Ok(CheckInAnswer {
        visit_id: visit,
        ticket: TicketView {
            number: issued.number.clone(),
            line: line(&site.visit_purposes, request),
            ahead: 0,
            wait_s: 0,
            wait_range: None,
            token: issued.token.clone(),
            url,
        },
        assignment: None,
        consent_receipt: issued.consent_receipt.clone(),
        print_job: None,
    })
}

fn line(purposes: &[VisitPurpose], request: &CheckInRequest) -> Line {
    let purpose = purposes.iter().find(|p| p.id == request.purpose);
    match purpose.map_or(Line::New, |p| p.line) {
        Line::New if !request.first_visit => Line::Returning,
        line => line,
    }
}

fn days_before(day: &str) -> String {
    use jiff::ToSpan;
    day.parse::<jiff::civil::Date>()
        .and_then(|d| d.checked_sub(DAYS_KEPT.days()))
        .map_or_else(|_| String::new(), |d| d.to_string())
}
