//! A disk without room, by the system's limit on the size of a process's files: the program's own
//! processes, Linux only.
#![cfg(target_os = "linux")]

use std::process::Command;

use yingbin::client::ClientError;

use crate::support::floor::KIOSK;
use crate::support::house::{House, client, desk_of};
use crate::support::office::until;
use crate::support::processes::Program;
use crate::support::site::party;

/// No file of `program` may grow beyond so many bytes from now on; `None`: any size again.
fn limit(program: &Program, bytes: Option<u64>) {
    let soft = bytes.map_or("unlimited".to_owned(), |b| b.to_string());
    let limited = Command::new("prlimit")
        .args(["--pid", &program.id().to_string()])
        .arg(format!("--fsize={soft}:unlimited"))
        .status();
    assert!(limited.expect("prlimit, of util-linux").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn k9_a_full_disk_is_said_at_the_desk_loses_nothing_and_ends_by_itself() {
    let house = House::new(3600).await;
    // A write beyond the limit is to fail, as on a full disk, and not to end the program.
    let mut ignoring = Command::new("sh");
    ignoring.args([
        "-c",
        "trap '' XFSZ; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_yingbin"),
    ]);
    let floor = house.program(ignoring, &["floor"]);
    let url = floor.says("floor:");
    let (desk, kiosk) = (desk_of(&url).await, client(&url, KIOSK));
    let mut numbers = Vec::new();
    for n in 0..3 {
        let answer = kiosk
            .check_in(&format!("well-{n}"), &party())
            .await
            .unwrap();
        numbers.push(answer.ticket.number);
    }
    let wal = std::fs::metadata(house.data().join("floor.db-wal")).unwrap();
    limit(&floor, Some(wal.len() + 20_000));

    let mut refused = None;
    for n in 0..200 {
        match kiosk.check_in(&format!("tight-{n}"), &party()).await {
            Ok(answer) => numbers.push(answer.ticket.number),
            Err(ClientError::Refused(problem)) => {
                refused = Some((n, problem));
                break;
            }
            Err(error) => panic!("{error}"),
        }
    }
    let (n, problem) = refused.expect("the limit is reached");
    assert_eq!((problem.status, problem.code.as_str()), (503, "not_stored"));
    let sign = desk.desk().await.unwrap();
    let alarm = sign.alarms.first().expect("a sign at the desk");
    assert!(alarm.code.starts_with("storage_"), "{alarm:?}");
    assert_eq!(
        sign.visits.len(),
        numbers.len(),
        "what was answered is there"
    );

    // Nobody does anything but make room.
    limit(&floor, None);
    until("the sign to go out", async || {
        desk.desk().await.ok()?.alarms.is_empty().then_some(())
    })
    .await;
    let again = kiosk
        .check_in(&format!("tight-{n}"), &party())
        .await
        .unwrap();
    numbers.push(again.ticket.number);
    let expected: Vec<String> = (1..=numbers.len()).map(|n| format!("A{n:03}")).collect();
    assert_eq!(numbers, expected, "no number is lost or doubled");
    floor.kill();
    let floor = house.floor();
    let desk = desk_of(&floor.says("floor:")).await;
    assert_eq!(desk.desk().await.unwrap().visits.len(), numbers.len());
}
