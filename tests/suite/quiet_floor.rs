//! Pictures that change with time alone.

use yingbin::core::language::Text;
use yingbin::core::site::{Site, VisitPurpose};
use yingbin::core::ticket::Line;

use crate::support::floor::{MORNING, TestFloor};
use crate::support::site::{party, site};

#[tokio::test]
async fn k4_who_has_waited_too_long_comes_first_also_while_nothing_happens() {
    let mut house = Site {
        staff: Vec::new(),
        ..site()
    };
    house.visit_purposes.push(VisitPurpose {
        id: "signing".into(),
        line: Line::Signing,
        text: Text::zh_en("签约", "Signing"),
    });
    let floor = TestFloor::start_at(house, MORNING).await;
    let first = floor.check_in("first", &party()).await;
    floor.let_pass(25 * 60);
    let mut signing = party();
    signing.purpose = "signing".into();
    assert_eq!(floor.check_in("second", &signing).await.ticket.ahead, 0);
    let ahead = |desk: &yingbin::protocol::desk::DeskView| {
        let of = |v: &&yingbin::protocol::visit::VisitView| v.id == first.visit_id;
        desk.visits.iter().find(of).and_then(|v| v.ahead)
    };
    assert_eq!(ahead(&floor.desk().await), Some(1));
    // Forty minutes are what an ordinary guest waits at most.
    floor.let_pass(15 * 60);
    floor.desk_until(|desk| ahead(desk) == Some(0)).await;
}
