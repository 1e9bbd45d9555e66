//! The floor's records copied and brought back, by the real program and to a real centre.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use yingbin::client::office::Office;
use yingbin::client::{ClientError, FloorClient};
use yingbin::core::visit::VisitState;
use yingbin::protocol::central::SiteSettings;
use yingbin::protocol::check_in::CheckInAnswer;
use yingbin::protocol::desk::DeskView;
use yingbin::protocol::site::SiteView;

use crate::support::house::{action, client, floor_environment, next_step, noon_zone};
use crate::support::office::{
    SetUp, anonymous, guest, open_for_business, set_up, site, token, until,
};
use crate::support::processes::Program;
use crate::support::uplink::Uplink;

/// A centre, a line to it, and one floor on a folder.
struct Company {
    folder: tempfile::TempDir,
    _server: Program,
    line: Uplink,
    set_up: SetUp,
    /// The kiosk's and the desk's.
    tokens: (String, String),
    showroom: SiteView,
}

impl Company {
    /// With the floor open for business.
    async fn open() -> (Self, Program, FloorClient, FloorClient) {
        let folder = tempfile::tempdir().unwrap();
        let server = Program::server(&folder.path().join("central"));
        let central_url = server.says("centre:");
        let link = server.says("first start, make the administrator's account here (works once):");
        let mut office = Office::new(&central_url, "test-house");
        let set_up = set_up(&mut office, &link).await;
        let here = SiteSettings {
            time_zone: noon_zone(),
            ..site()
        };
        office.set_site(&here).await.unwrap();
        let line = Uplink::to(&central_url).await;
        let data = folder.path().join("floor");
        let credential = &set_up.floor;
        let environment = floor_environment(&data, &line.url, &credential.floor, &credential.token);
        let floor = Program::start(&["floor"], &environment);
        let url = floor.says("floor:");
        let tokens = (
            token(&url, &set_up.kiosk).await,
            token(&url, &set_up.desk).await,
        );
        let (kiosk, desk) = (client(&url, &tokens.0), client(&url, &tokens.1));
        open_for_business(&desk).await;
        let showroom = until("the kiosk on the floor", async || kiosk.site().await.ok()).await;
        let company = Self {
            folder,
            _server: server,
            line,
            set_up,
            tokens,
            showroom,
        };
        (company, floor, kiosk, desk)
    }

    fn run(&self, arguments: &[&str]) -> Program {
        let data = self.folder.path().join("floor");
        let credential = &self.set_up.floor;
        let environment =
            floor_environment(&data, &self.line.url, &credential.floor, &credential.token);
        Program::start(arguments, &environment)
    }

    fn run_well(&self, arguments: &[&str]) -> String {
        let (code, said) = self.run(arguments).end();
        assert_eq!(code, Some(0), "{said}");
        said
    }

    async fn floor(&self) -> (Program, FloorClient, FloorClient) {
        let floor = self.run(&["floor"]);
        let url = floor.says("floor:");
        let kiosk = client(&url, &self.tokens.0);
        (floor, kiosk, client(&url, &self.tokens.1))
    }

    async fn check_in(&self, kiosk: &FloorClient, key: &str) -> CheckInAnswer {
        kiosk
            .check_in(key, &anonymous(&self.showroom))
            .await
            .unwrap()
    }

    fn central(&self) -> Connection {
        let file = self.folder.path().join("central/central.db");
        Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
    }

    /// Numbers of all visits the centre knows, in order of arrival there.
    fn numbers(&self) -> Vec<String> {
        let central = self.central();
        let mut rows = central
            .prepare("SELECT ticket FROM visits ORDER BY place_in_queue")
            .unwrap();
        rows.query_map([], |r| r.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }
}

async fn delivered(desk: &FloorClient) -> DeskView {
    until("an empty outbox", async || {
        let desk = desk.desk().await.ok()?;
        (desk.outbox.backlog == 0 && desk.outbox.state == "ok").then_some(desk)
    })
    .await
}

fn refused(error: ClientError) -> (u16, String) {
    match error {
        ClientError::Refused(problem) => (problem.status, problem.code),
        other => panic!("{other}"),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k0_k9_a_floor_whose_disk_died_is_whole_again_from_its_backup_and_its_centre() {
    let (company, floor, kiosk, desk) = Company::open().await;
    let named = guest(1);
    let first = named.check_in(&kiosk, &company.showroom).await;
    company.check_in(&kiosk, "before").await;
    let backup = company.folder.path().join("floor.backup");
    let to = backup.to_str().unwrap();
    let said = company.run_well(&["backup", "--to", to]);
    assert!(said.contains("through event"), "{said}");
    let copy = Connection::open_with_flags(&backup, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let left = "SELECT (SELECT count(*) FROM address_forms)
                + (SELECT count(*) FROM check_ins WHERE length(mac) > 0)";
    let left: i64 = copy.query_row(left, [], |r| r.get(0)).unwrap();
    assert_eq!(left, 0, "what must not come back is not in it");
    drop(copy);

    // The day goes on; then the disk dies.
    let after = company.check_in(&kiosk, "after").await;
    for _ in 0..3 {
        let state = desk.visit(first.visit_id).await.unwrap().state;
        let (step, _) = next_step(state).unwrap();
        desk.act(first.visit_id, &action(step)).await.unwrap();
    }
    let before = delivered(&desk).await;
    floor.kill();
    fs::remove_dir_all(company.folder.path().join("floor")).unwrap();

    company.line.cut();
    let said = company.run_well(&["restore", "--from", to]);
    assert!(said.contains("takes back from the centre"), "{said}");
    let (floor, kiosk, desk) = company.floor().await;
    // Without the centre it cannot know which numbers were given: it says so and gives none.
    let waits = until("a word from the floor", async || {
        match kiosk.check_in("x", &anonymous(&company.showroom)).await {
            Err(ClientError::Refused(problem)) => Some(problem),
            Err(_) => None,
            Ok(answer) => panic!("{answer:?}"),
        }
    })
    .await;
    assert_eq!((waits.status, waits.code.as_str()), (503, "restoring"));
    company.line.mend();
    let whole = until("the floor", async || desk.desk().await.ok()).await;
    assert_eq!(whole.day, before.day);
    let states = |desk: &DeskView| -> Vec<(String, VisitState)> {
        let all = desk.visits.iter().map(|v| (v.ticket.clone(), v.state));
        all.collect()
    };
    assert_eq!(
        states(&whole),
        states(&before),
        "also who waits and who was served"
    );
    assert_eq!(whole.agents, before.agents);
    assert!(
        whole.visits.iter().all(|v| v.address_form.is_none()),
        "forms of address do not come back"
    );

    // What was answered is never done twice, and no number is given twice.
    let again = named_again(&kiosk, &company.showroom, &first).await;
    assert_eq!(again, first);
    let lost = kiosk.check_in("after", &anonymous(&company.showroom)).await;
    assert_eq!(refused(lost.unwrap_err()), (409, "answer_lost".to_owned()));
    let next = company.check_in(&kiosk, "next").await;
    assert_eq!(
        [&first, &after, &next].map(|a| a.ticket.number.as_str()),
        ["A001", "A003", "A1001"]
    );
    delivered(&desk).await;
    assert_eq!(company.numbers(), ["A001", "A002", "A003", "A1001"]);
    floor.kill();

    // A restart changes nothing of it.
    let (_floor, kiosk, _) = company.floor().await;
    let next = until("the floor", async || {
        kiosk
            .check_in("one-more", &anonymous(&company.showroom))
            .await
            .ok()
    })
    .await;
    assert_eq!(next.ticket.number, "A1002");
}

/// The very key once more; the restored floor knows it by the key alone.
async fn named_again(
    kiosk: &FloorClient,
    showroom: &SiteView,
    first: &CheckInAnswer,
) -> CheckInAnswer {
    let answer = guest(1).check_in(kiosk, showroom).await;
    assert_eq!(answer.visit_id, first.visit_id);
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn k9_an_old_copy_put_back_by_hand_stops_the_feed_loudly_until_it_is_told_to_the_floor() {
    let (company, floor, kiosk, desk) = Company::open().await;
    company.check_in(&kiosk, "yesterday").await;
    delivered(&desk).await;
    floor.kill();
    let data = company.folder.path().join("floor");
    let old = company.folder.path().join("old");
    copy(&data, &old);
    let (floor, kiosk, desk) = company.floor().await;
    let served = company.check_in(&kiosk, "today-1").await.visit_id;
    company.check_in(&kiosk, "today-2").await;
    delivered(&desk).await;
    floor.kill();
    fs::remove_dir_all(&data).unwrap();
    copy(&old, &data);

    let (floor, kiosk, desk) = company.floor().await;
    company.check_in(&kiosk, "on-the-old-copy").await;
    until("the desk's word of the fork", async || {
        (desk.desk().await.ok()?.outbox.state == "forked").then_some(())
    })
    .await;
    let trouble = "SELECT trouble FROM floors";
    let trouble: String = company
        .central()
        .query_row(trouble, [], |r| r.get(0))
        .unwrap();
    assert_eq!(trouble, "forked");
    // It goes on serving guests meanwhile.
    company.check_in(&kiosk, "still").await;
    let running = company.run(&["restore", "--in-place"]).end();
    assert!(
        running.0 == Some(1) && running.1.contains("another floor"),
        "{running:?}"
    );
    floor.kill();

    company.run_well(&["restore", "--in-place"]);
    let (_floor, kiosk, desk) = company.floor().await;
    let next = until("the floor", async || {
        let key = "after-the-remedy";
        kiosk
            .check_in(key, &anonymous(&company.showroom))
            .await
            .ok()
    })
    .await;
    assert_eq!(next.ticket.number, "A1001");
    delivered(&desk).await;
    // Both ends are true, and both are at the centre.
    let mut numbers = company.numbers();
    numbers.sort();
    let both = ["A001", "A002", "A002", "A003", "A003", "A1001"];
    assert_eq!(numbers, both);
    let forgotten = "SELECT state FROM visits WHERE id = ?1";
    let forgotten: String = company
        .central()
        .query_row(forgotten, [served.to_string()], |r| r.get(0))
        .unwrap();
    assert_eq!(
        forgotten, "left",
        "nobody waits for ever whom no floor knows"
    );
    let trouble = "SELECT trouble FROM floors";
    let trouble: Option<String> = company
        .central()
        .query_row(trouble, [], |r| r.get(0))
        .unwrap();
    assert_eq!(trouble, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn k9_a_restored_floor_may_go_on_alone_and_joins_its_centre_later() {
    let (company, floor, kiosk, desk) = Company::open().await;
    let backup = company.folder.path().join("floor.backup");
    let to = backup.to_str().unwrap();
    company.run_well(&["backup", "--to", to]);
    company.check_in(&kiosk, "forgotten").await;
    delivered(&desk).await;
    floor.kill();

    company.line.cut();
    let said = company.run_well(&["restore", "--from", to, "--alone"]);
    assert!(said.contains("kept: "), "{said}");
    let (_floor, kiosk, desk) = company.floor().await;
    let alone = company.check_in(&kiosk, "alone").await;
    assert_eq!(alone.ticket.number, "A1001");
    let book = company.folder.path().join("floor/floor.db");
    let book = Connection::open_with_flags(book, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let said = "SELECT count(*) FROM turn_lines WHERE line LIKE '%numbers_skipped%'";
    let said: i64 = book.query_row(said, [], |r| r.get(0)).unwrap();
    assert_eq!(said, 1, "the book says why");
    company.line.mend();
    delivered(&desk).await;
    assert_eq!(company.numbers(), ["A001", "A1001"]);
}

#[test]
fn k0_what_is_no_backup_is_not_restored_and_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("floor");
    let false_backup = folder.path().join("holiday.jpg");
    fs::write(&false_backup, "not a database at all").unwrap();
    let environment = [("YINGBIN_FLOOR_DATA", data.to_str().unwrap())];
    let from = false_backup.to_str().unwrap();
    for (arguments, word) in [
        (&["restore", "--from", from][..], "no sound backup"),
        (&["restore", "--in-place"], "holds no floor's records"),
        (
            &["backup", "--to", "never.made"],
            "holds no floor's records",
        ),
    ] {
        let (code, said) = Program::start(arguments, &environment).end();
        assert!(code == Some(1) && said.contains(word), "{said}");
    }
    let left: Vec<_> = fs::read_dir(&data)
        .unwrap()
        .map(|f| f.unwrap().file_name())
        .collect();
    assert_eq!(left, ["floor.lock"]);
}
