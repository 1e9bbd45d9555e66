//! Two backups put back in the wrong order: the older one first, then the newer.

use std::collections::BTreeSet;
use std::path::Path;

use yingbin::floor::{Source, backup, restore};

use crate::support::floor::TestFloor;
use crate::support::site::party;

async fn numbers(floor: &TestFloor, name: &str, guests: u32) -> Vec<String> {
    let mut given = Vec::new();
    for n in 0..guests {
        let answer = floor.check_in(&format!("{name}-{n}"), &party()).await;
        given.push(answer.ticket.number);
    }
    floor.until_delivered().await;
    given
}

async fn put_back(floor: &mut TestFloor, from: &Path, alone: bool) {
    floor.stop().await;
    restore(floor.data.path(), &Source::File(from), alone).unwrap();
    floor.centre.forget_polls();
    floor.begin();
    floor.centre.heard(floor.centre.cursor()).await;
    floor.until_delivered().await;
}

#[tokio::test]
async fn k9_no_number_of_an_epoch_that_began_before_the_backup_is_given_again() {
    let mut floor = TestFloor::start().await;
    let folder = tempfile::tempdir().unwrap();
    let [older, newer] = ["older", "newer"].map(|name| folder.path().join(name));
    let mut given = numbers(&floor, "first", 2).await;
    backup(floor.data.path(), &older).unwrap();
    given.extend(numbers(&floor, "between", 9).await);
    backup(floor.data.path(), &newer).unwrap();

    put_back(&mut floor, &older, true).await;
    let alone = numbers(&floor, "alone", 2).await;
    assert_eq!(alone, ["A1001", "A1002"]);
    given.extend(alone);

    // What was given in between stands in the centre's log before the newer backup's last event.
    put_back(&mut floor, &newer, false).await;
    let last = numbers(&floor, "last", 2).await;
    assert_eq!(last, ["A2001", "A2002"]);
    given.extend(last);
    let once: BTreeSet<&String> = given.iter().collect();
    assert_eq!(once.len(), given.len(), "{given:?}");
}
