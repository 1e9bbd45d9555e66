//! The line to the centre cut for a whole day of visits.

use rusqlite::{Connection, OpenFlags};
use yingbin::client::office::Office;
use yingbin::protocol::central::SiteSettings;
use yingbin::protocol::feed::DeviceRole;

use crate::support::house::{action, client, floor_environment, next_step, noon_zone, with_agents};
use crate::support::office::{anonymous, guest, open_for_business, set_up, site, token, until};
use crate::support::processes::Program;
use crate::support::uplink::Uplink;

/// Visits of the day, where `YINGBIN_TEST_VISITS` says no other number.
const VISITS: usize = 2000;
const KIOSKS: usize = 4;
/// One guest in so many tells who they are; sealing takes its time.
const NAMED: usize = 20;
/// Visits that are served to their end.
const SERVED: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn k9_a_day_with_the_line_cut_arrives_whole_in_order_and_once() {
    let told = std::env::var("YINGBIN_TEST_VISITS").ok();
    let visits = told.and_then(|n| n.parse().ok()).unwrap_or(VISITS);
    let folder = tempfile::tempdir().unwrap();
    let (central_data, floor_data) = (folder.path().join("central"), folder.path().join("floor"));
    let server = Program::server(&central_data);
    let central_url = server.says("centre:");
    let link = server.says("first start, make the administrator's account here (works once):");
    let mut office = Office::new(&central_url, "test-house");
    let set_up = set_up(&mut office, &link).await;
    let here = SiteSettings {
        time_zone: noon_zone(),
        ..site()
    };
    office.set_site(&here).await.unwrap();
    let mut codes = Vec::new();
    for n in 0..KIOSKS {
        let id = format!("door-{n}");
        let device = office.add_device(&id, DeviceRole::Kiosk).await;
        codes.push(device.unwrap().code);
    }
    let line = Uplink::to(&central_url).await;
    let credential = &set_up.floor;
    let environment =
        floor_environment(&floor_data, &line.url, &credential.floor, &credential.token);
    let floor = Program::start(&["floor"], &environment);
    let floor_url = floor.says("floor:");
    let mut kiosks = Vec::new();
    for code in &codes {
        kiosks.push(token(&floor_url, code).await);
    }
    let desk = client(&floor_url, &token(&floor_url, &set_up.desk).await);
    open_for_business(&desk).await;
    let last = client(&floor_url, kiosks.last().unwrap());
    let showroom = until("the kiosks on the floor", async || last.site().await.ok()).await;

    line.cut();
    let arriving: Vec<_> = kiosks
        .iter()
        .enumerate()
        .map(|(k, token)| {
            let (kiosk, showroom) = (client(&floor_url, token), showroom.clone());
            tokio::spawn(async move {
                for n in (k..visits).step_by(KIOSKS) {
                    let answer = if n % NAMED == 0 {
                        guest(n).check_in(&kiosk, &showroom).await
                    } else {
                        let key = format!("guest-{n}");
                        kiosk.check_in(&key, &anonymous(&showroom)).await.unwrap()
                    };
                    assert!(!answer.ticket.number.is_empty());
                }
            })
        })
        .collect();
    let mut served = 0;
    while served < SERVED.min(visits) {
        for visit in with_agents(&desk).await.unwrap() {
            let state = desk.visit(visit).await.unwrap().state;
            if let Some((step, to)) = next_step(state) {
                let after = desk.act(visit, &action(step)).await.unwrap();
                served += usize::from(after.state == to && to.is_over());
            }
        }
    }
    for task in arriving {
        task.await.unwrap();
    }
    let cut = until("the desk's word of the cut", async || {
        let desk = desk.desk().await.ok()?;
        (desk.outbox.state == "unreachable").then_some(desk)
    })
    .await;
    assert!(cut.outbox.backlog > visits as u64, "{:?}", cut.outbox);
    assert!(cut.outbox.oldest.is_some());

    line.mend();
    let whole = until("an empty outbox", async || {
        let desk = desk.desk().await.ok()?;
        (desk.outbox.backlog == 0).then_some(desk)
    })
    .await;
    assert_eq!(
        (whole.outbox.state.as_str(), &whole.outbox.oldest),
        ("ok", &None)
    );

    let read = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let central = Connection::open_with_flags(central_data.join("central.db"), read).unwrap();
    let count = |sql: &str| -> usize {
        let n: i64 = central.query_row(sql, [], |r| r.get(0)).unwrap();
        usize::try_from(n).unwrap()
    };
    assert_eq!(count("SELECT count(*) FROM visits"), visits);
    assert_eq!(count("SELECT count(DISTINCT ticket) FROM visits"), visits);
    assert_eq!(count("SELECT count(*) FROM quarantine"), 0);
    assert_eq!(
        count("SELECT count(*) FROM customers"),
        visits.div_ceil(NAMED)
    );
    let finished = "SELECT count(*) FROM visits WHERE state = 'finished'";
    assert_eq!(count(finished), served);
    // In order and without a gap, and each check-in where its number says.
    let events = count("SELECT count(*) FROM events");
    assert_eq!(count("SELECT max(seq) FROM events"), events);
    let mut tickets = central
        .prepare(
            "SELECT v.ticket FROM events e JOIN visits v ON v.id = e.visit
             WHERE e.kind = 'checked_in' ORDER BY e.seq",
        )
        .unwrap();
    let in_order: Vec<String> = tickets
        .query_map([], |r| r.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected: Vec<String> = (1..=visits).map(|n| format!("A{n:03}")).collect();
    assert_eq!(in_order, expected);
}
