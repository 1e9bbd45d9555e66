//! The real program in its real processes, from the kiosk's request to the customer at the centre.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use yingbin::client::FloorClient;
use yingbin::client::office::Office;
use yingbin::core::visit::{Action, VisitState};
use yingbin::protocol::central::CustomerSearch;
use yingbin::protocol::check_in::CheckInAnswer;
use yingbin::protocol::visit::ActionRequest;

use crate::support::office::{
    Guest, PASSWORD, SetUp, USER, anonymous, guest, open_for_business, set_up, token, until,
};
use crate::support::processes::Program;

const SITE: &str = "test-house";

/// A floor whose centre is at `centre`.
fn floor(data: &Path, centre: &str, set_up: &SetUp) -> Program {
    Program::start(
        &["floor"],
        &[
            ("YINGBIN_FLOOR_LISTEN", "127.0.0.1:0"),
            ("YINGBIN_FLOOR_DATA", data.to_str().unwrap()),
            ("YINGBIN_FLOOR_CENTRE__URL", centre),
            ("YINGBIN_FLOOR_CENTRE__FLOOR", &set_up.floor.floor),
            ("YINGBIN_FLOOR_CENTRE__TOKEN", &set_up.floor.token),
        ],
    )
}

/// A server on the address of one that was killed.
fn server_again(data: &Path, url: &str) -> Program {
    let address = url.strip_prefix("http://").unwrap();
    Program::start(
        &["server"],
        &[
            ("YINGBIN_SERVER_LISTEN", address),
            ("YINGBIN_SERVER_DATA", data.to_str().unwrap()),
        ],
    )
}

fn action(action: Action) -> ActionRequest {
    ActionRequest::plain(action)
}

/// Every byte of every file below `folder`, and everything the programs said, holds none of the
/// guests' secrets.
fn assert_private(folder: &Path, said: &[String], guests: &[Guest]) {
    let mut files = vec![folder.to_owned()];
    let mut looked_at = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        looked_at += 1;
        let bytes = fs::read(&path).unwrap();
        for secret in guests.iter().flat_map(Guest::secrets) {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "a guest's secret stands in {}", path.display());
        }
    }
    assert!(looked_at > 4, "there are databases and keys to look at");
    for secret in guests.iter().flat_map(Guest::secrets) {
        assert!(
            said.iter().all(|s| !s.contains(&secret)),
            "a guest's secret stands in a log"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k9_p8_killed_between_acknowledgement_and_delivery_nothing_is_lost_doubled_or_told() {
    let folder = tempfile::tempdir().unwrap();
    let (central_data, floor_data) = (folder.path().join("central"), folder.path().join("floor"));

    let server = Program::server(&central_data);
    let central_url = server.says("centre:");
    let link = server.says("first start, make the administrator's account here (works once):");
    let mut office = Office::new(&central_url, SITE);
    let set_up = set_up(&mut office, &link).await;
    let first_floor = floor(&floor_data, &central_url, &set_up);
    let floor_url = first_floor.says("floor:");
    let kiosk_token = token(&floor_url, &set_up.kiosk).await;
    let desk_token = token(&floor_url, &set_up.desk).await;
    let kiosk = FloorClient::new(&floor_url, &kiosk_token, None).unwrap();
    let desk = FloorClient::new(&floor_url, &desk_token, None).unwrap();
    open_for_business(&desk).await;
    let site = kiosk.site().await.unwrap();

    // The line is cut: the floor goes on alone.
    let mut said = vec![server.kill()];
    let guests: Vec<Guest> = (0..12).map(guest).collect();
    let mut answers: Vec<CheckInAnswer> = Vec::new();
    for guest in &guests {
        answers.push(guest.check_in(&kiosk, &site).await);
    }
    let refuses = kiosk
        .check_in("refuses-everything", &anonymous(&site))
        .await
        .unwrap();
    let offered = answers[0].visit_id;
    for step in [Action::Accept, Action::Start, Action::Finish] {
        desk.act(offered, &action(step)).await.unwrap();
    }
    assert!(desk.desk().await.unwrap().outbox.backlog > 0);

    // The plug is pulled; everything acknowledged must be there afterwards.
    said.push(first_floor.kill());
    let second_floor = floor(&floor_data, &central_url, &set_up);
    let floor_url = second_floor.says("floor:");
    let kiosk = FloorClient::new(&floor_url, &kiosk_token, None).unwrap();
    let desk = FloorClient::new(&floor_url, &desk_token, None).unwrap();
    // The very request, as a kiosk repeats it that never heard the answer: sealed anew it would be
    // another body.
    let again = kiosk
        .check_in("refuses-everything", &anonymous(&site))
        .await
        .unwrap();
    assert_eq!(again, refuses);
    assert_eq!(
        desk.visit(offered).await.unwrap().state,
        VisitState::Finished
    );

    // The centre comes back, is killed while it hears the floor, and comes back again.
    let server = server_again(&central_data, &central_url);
    server.says("centre:");
    said.push(server.kill());
    let server = server_again(&central_data, &central_url);
    server.says("centre:");
    until("an empty outbox", async || {
        (desk.desk().await.ok()?.outbox.backlog == 0).then_some(())
    })
    .await;

    office.sign_in(USER, PASSWORD).await.unwrap();
    let records: BTreeMap<String, _> = office
        .visits(&desk.desk().await.unwrap().day)
        .await
        .unwrap()
        .visits
        .into_iter()
        .map(|record| (record.id.clone(), record))
        .collect();
    assert_eq!(records.len(), guests.len() + 1);
    for answer in answers.iter().chain([&refuses]) {
        assert_eq!(
            records[&answer.visit_id.to_string()].ticket,
            answer.ticket.number
        );
    }
    assert!(!records[&refuses.visit_id.to_string()].known_customer);
    assert_eq!(records[&offered.to_string()].state, VisitState::Finished);
    for guest in &guests {
        let search = CustomerSearch {
            phone: Some(guest.phone.clone()),
            ..Default::default()
        };
        let found = office.search(&search).await.unwrap().customers;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].visits, 1);
        assert!(!found[0].name.contains(&guest.given_name));
        assert!(!found[0].phone.as_ref().unwrap().contains(&guest.phone));
    }

    said.push(second_floor.kill());
    said.push(server.kill());
    assert_private(folder.path(), &said, &guests);
}

#[test]
fn k0_k9_the_demonstration_plays_guests_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let arguments = [
        "demo",
        "--headless",
        "--visitors",
        "12",
        "--exit-when-done",
        "--central-port",
        "0",
        "--floor-port",
        "0",
        "--data",
        data,
    ];
    // The second start resumes the first one's folder, with other guests.
    for (seed, tickets) in [("3", 12), ("4", 24)] {
        let demo = Program::start(&[&arguments[..], &["--seed", seed]].concat(), &[]);
        let (code, said) = demo.end();
        assert_eq!(code, Some(0), "{said}");
        let files = fs::read_dir(folder.path().join("tickets")).unwrap();
        let paper: Vec<_> = files
            .map(|f| f.unwrap().path())
            .filter(|f| f.extension().is_some_and(|e| e == "bin"))
            .collect();
        assert_eq!(paper.len(), tickets);
        assert!(paper.iter().all(|p| p.with_extension("png").is_file()));
    }
}
