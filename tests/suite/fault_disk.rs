//! A disk without room, by the system's limit on the size of a process's files and by a disk of six
//! megabytes: the program's own processes, Linux only.
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

/// A disk of six megabytes for one process alone, if this machine lets an ordinary user have one: a
/// name space of its own, in which a small disk in memory lies over the folder.
fn small_disk(folder: &std::path::Path) -> Option<Command> {
    let lays = "mount -t tmpfs -o size=6m none \"$0\"";
    let folder = folder.to_str().expect("a folder in UTF-8");
    let tried = Command::new("unshare")
        .args(["-Urm", "sh", "-c", lays, folder])
        .status();
    if !tried.is_ok_and(|status| status.success()) {
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["-Urm", "sh", "-c"]);
    command.arg(format!("{lays} && exec \"$@\""));
    command.args([folder, env!("CARGO_BIN_EXE_yingbin")]);
    Some(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn k9_a_small_disk_is_said_before_it_is_full_and_goes_on_when_there_is_room() {
    let house = House::new(3600).await;
    std::fs::create_dir_all(house.data()).unwrap();
    let Some(mut command) = small_disk(&house.data()) else {
        eprintln!(
            "NOT TRIED: this machine gives an ordinary user no disk of their own (unshare -Urm, \
             mount -t tmpfs). A full disk is tried by the limit on a file's size alone."
        );
        return;
    };
    command.env("YINGBIN_FLOOR_WARN_FREE_MB", "3");
    let floor = house.program(command, &["floor"]);
    let url = floor.says("floor:");
    let (desk, kiosk) = (desk_of(&url).await, client(&url, KIOSK));
    let sign = async |wanted: Option<&str>| {
        until("the sign at the desk", async || {
            let alarms = desk.desk().await.ok()?.alarms;
            let code = alarms.first().map(|a| a.code.as_str());
            (code == wanted).then_some(())
        })
        .await;
    };
    let check_in = async |key: String| kiosk.check_in(&key, &party()).await;
    let mut numbers = vec![check_in("well".into()).await.unwrap().ticket.number];
    sign(None).await;
    // The process's own view of its disk.
    let inside = format!("/proc/{}/root{}", floor.id(), house.data().display());
    let ballast = std::path::Path::new(&inside).join("somebody-elses");
    std::fs::write(&ballast, vec![7; 3_500_000]).unwrap();
    sign(Some("storage_low")).await;
    numbers.push(check_in("low".into()).await.unwrap().ticket.number);

    // Somebody fills the rest to the last byte, and takes what comes free as well.
    let fill = || {
        let mut file = std::fs::File::create(inside.clone() + "/rest").unwrap();
        while std::io::Write::write_all(&mut file, &[7; 4096]).is_ok() {}
    };
    let mut refused = None;
    for n in 0..200 {
        fill();
        match check_in(format!("tight-{n}")).await {
            Ok(answer) => numbers.push(answer.ticket.number),
            Err(ClientError::Refused(problem)) => {
                refused = Some((n, problem));
                break;
            }
            Err(error) => panic!("{error}"),
        }
    }
    let (n, problem) = refused.expect("the disk is full");
    assert_eq!((problem.status, problem.code.as_str()), (503, "not_stored"));
    sign(Some("storage_full")).await;
    let seen = desk.desk().await.unwrap();
    assert_eq!(
        seen.visits.len(),
        numbers.len(),
        "what was answered is there"
    );

    std::fs::remove_file(inside.clone() + "/rest").unwrap();
    sign(Some("storage_low")).await;
    std::fs::remove_file(&ballast).unwrap();
    sign(None).await;
    let again = check_in(format!("tight-{n}")).await.unwrap();
    numbers.push(again.ticket.number);
    let expected: Vec<String> = (1..=numbers.len()).map(|n| format!("A{n:03}")).collect();
    assert_eq!(numbers, expected, "no number is lost or doubled");
}
