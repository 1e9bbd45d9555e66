//! What every driver must do, each case a function over a factory of empty databases.

use std::future::Future;
use std::pin::Pin;

use super::central::{MIGRATIONS, accounts, bookings, counters, customers, feed, owners, sites};
use super::{Db, StoreError, migrate, statement};
use crate::core::booking::{Appointment, Registration};
use crate::core::id::{AgentId, DeviceId, VisitId};
use crate::core::time::Millis;
use crate::protocol::feed::{DeviceGrant, DeviceRole, FeedBody};
use crate::store::db::params;
use crate::store::statement::statements;

const NOW: Millis = Millis(1_700_000_000_000);

statements! {
    MAKE = "CREATE TABLE things (a bigint, b double precision, c text, d bytea)";
    ADD = "INSERT INTO things (a, b, c, d) VALUES (?1, ?2, ?3, ?4)";
    TWICE = "SELECT ?2, ?1, ?2";
    GET = "SELECT a, b, c, d FROM things";
}

type Case = fn(Box<dyn Db>) -> Pin<Box<dyn Future<Output = ()>>>;

/// The list the drivers' tests run through; a case that is not in it cannot be called.
macro_rules! cases {
    ($($(#[$doc:meta])* async fn $name:ident($db:ident: Box<dyn Db>) $body:block)+) => {
        $($(#[$doc])* async fn $name($db: Box<dyn Db>) $body)+
        const CASES: &[(&str, Case)] = &[$((stringify!($name), |db| Box::pin($name(db)))),+];
    };
}

cases! {
    async fn values_come_back_as_they_went(db: Box<dyn Db>) {
        let mut tx = db.write().await.unwrap();
        tx.run(&MAKE, params![]).await.unwrap();
        for sql in ALL {
            assert_eq!(tx.check(sql).await.is_err(), sql.name() == "MAKE");
        }
        let values = params![i64::MIN, 0.5, "迎宾", vec![0_u8, 255]];
        tx.run(&ADD, values.clone()).await.unwrap();
        tx.run(&ADD, params![None::<i64>, None::<f64>, None::<&str>, None::<Vec<u8>>])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let rows = tx.rows(&GET, params![]).await.unwrap();
        assert_eq!(rows[0].0, values);
        assert_eq!(rows[1].opt_text(2).unwrap(), None);
        assert!(matches!(rows[1].text(2), Err(StoreError::Shape(2))));
    }

    /// By number, not by order of appearance.
    async fn placeholders_bind_by_their_number(db: Box<dyn Db>) {
        let mut tx = db.read().await.unwrap();
        let row = tx.row(&TWICE, params!["one", "two"]).await.unwrap().unwrap();
        assert_eq!(row.0, params!["two", "one", "two"]);
    }

    async fn a_dropped_transaction_leaves_nothing(db: Box<dyn Db>) {
        let mut tx = db.write().await.unwrap();
        assert_eq!(counters::next(&mut *tx, "x").await.unwrap(), 1);
        drop(tx);
        let mut tx = db.write().await.unwrap();
        assert_eq!(counters::next(&mut *tx, "x").await.unwrap(), 1);
        tx.commit().await.unwrap();
        let mut tx = db.write().await.unwrap();
        assert_eq!(counters::next(&mut *tx, "x").await.unwrap(), 2);
    }

    async fn a_reader_sees_what_was_committed_and_cannot_write(db: Box<dyn Db>) {
        let mut tx = db.write().await.unwrap();
        accounts::put_setup_code(&mut *tx, "h", NOW).await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert!(!accounts::any(&mut *reader).await.unwrap());
        drop(reader);
        tx.commit().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert!(accounts::take_setup_code(&mut *reader, "h").await.is_err());
    }

    async fn the_same_key_twice_is_told_apart_from_other_errors(db: Box<dyn Db>) {
        let account = accounts::Account {
            id: "1".into(),
            user: "admin".into(),
            password: String::new(),
            role: "administrator".into(),
        };
        let mut tx = db.write().await.unwrap();
        accounts::add(&mut *tx, &account, NOW).await.unwrap();
        let again = accounts::add(&mut *tx, &account, NOW).await;
        assert!(matches!(again, Err(StoreError::Unique)));
    }

    async fn every_statement_can_be_prepared(db: Box<dyn Db>) {
        for (repository, statements) in statement::registry() {
            for sql in statements {
                let mut tx = db.read().await.unwrap();
                if let Err(error) = tx.check(sql).await {
                    panic!("{repository}.{}: {error}", sql.name());
                }
            }
        }
    }

    async fn migrations_run_once_and_a_changed_or_unknown_one_is_refused(db: Box<dyn Db>) {
        migrate::run(&*db, MIGRATIONS, NOW).await.unwrap();
        let older = migrate::run(&*db, &MIGRATIONS[..1], NOW).await;
        assert!(matches!(older, Err(StoreError::Newer { found: 2, known: 1 })));
        const CHANGED: &[migrate::Migration] = &[migrate::Migration {
            number: 1,
            name: "0001_office",
            sql: "SELECT 1",
        }];
        let changed = migrate::run(&*db, CHANGED, NOW).await;
        assert!(matches!(changed, Err(StoreError::MigrationChanged(1))));
    }

    async fn a_feed_item_replaces_its_kind_under_a_new_cursor(db: Box<dyn Db>) {
        let mut tx = db.write().await.unwrap();
        site_and_floor(&mut *tx).await;
        let devices = |ids: &[&str]| FeedBody::Devices {
            devices: ids
                .iter()
                .map(|id| DeviceGrant {
                    id: DeviceId::new(*id),
                    role: DeviceRole::Kiosk,
                    token_hash: None,
                    number: Some(1),
                    enrolment: None,
                })
                .collect(),
        };
        let rules = FeedBody::Rules { rules: Box::default(), by: None };
        feed::put(&mut *tx, "xihu-1", "xihu", &devices(&["a"])).await.unwrap();
        feed::put(&mut *tx, "xihu-1", "xihu", &rules).await.unwrap();
        feed::put(&mut *tx, "xihu-1", "xihu", &devices(&["b"])).await.unwrap();
        let items = feed::after(&mut *tx, "xihu-1", 0).await.unwrap();
        let bodies: Vec<_> = items.iter().map(|i| i.body.clone()).collect();
        assert_eq!(bodies, [rules, devices(&["b"])]);
        let rest = feed::after(&mut *tx, "xihu-1", items[0].cursor).await.unwrap();
        assert_eq!(rest, items[1..]);
        assert!(feed::after(&mut *tx, "xihu-1", u64::MAX).await.unwrap().is_empty());
    }

    async fn news_replace_nothing_and_go_when_another_day_has_news(db: Box<dyn Db>) {
        let mut tx = db.write().await.unwrap();
        site_and_floor(&mut *tx).await;
        let learned = |n: u128| FeedBody::OwnerLearned {
            visit: VisitId(uuid::Uuid::from_u128(n)),
            agent: AgentId::new("chen-jing"),
            bought: false,
        };
        let rules = FeedBody::Rules { rules: Box::default(), by: None };
        for (day, body) in [("2026-11-23", learned(1)), ("2026-11-23", learned(2))] {
            feed::tell(&mut *tx, "xihu-1", "xihu", day, &body).await.unwrap();
        }
        feed::put(&mut *tx, "xihu-1", "xihu", &rules).await.unwrap();
        let bodies = |items: Vec<crate::protocol::feed::FeedItem>| -> Vec<FeedBody> {
            items.into_iter().map(|i| i.body).collect()
        };
        let all = feed::after(&mut *tx, "xihu-1", 0).await.unwrap();
        let second = all[0].cursor;
        assert_eq!(bodies(all), [learned(1), learned(2), rules.clone()]);
        let rest = feed::after(&mut *tx, "xihu-1", second).await.unwrap();
        assert_eq!(bodies(rest), [learned(2), rules.clone()]);
        feed::tell(&mut *tx, "xihu-1", "xihu", "2026-11-24", &learned(3)).await.unwrap();
        let all = feed::after(&mut *tx, "xihu-1", 0).await.unwrap();
        assert_eq!(bodies(all), [rules, learned(3)]);
    }

    async fn the_latest_contact_says_whose_customer_it_was_at_a_time(db: Box<dyn Db>) {
        let mut tx = db.write().await.unwrap();
        site_and_floor(&mut *tx).await;
        customer(&mut *tx, "1").await;
        let put = async |tx: &mut dyn super::Tx, source: &str, agent: &str, at| {
            let owner = owners::OwnerRow {
                agent: AgentId::new(agent),
                contact_at: Millis(at),
                claim_until: (at == 20).then_some(Millis(99)),
            };
            owners::put(tx, "1", source, "xihu", &owner).await.unwrap();
        };
        // As logs of several floors arrive, not in the order of time.
        put(&mut *tx, "b", "wu", 20).await;
        put(&mut *tx, "a", "chen", 10).await;
        let at = async |tx: &mut dyn super::Tx, time| {
            let owner = owners::at(tx, "1", Millis(time)).await.unwrap();
            owner.map(|o| (o.agent.0, o.claim_until.is_some()))
        };
        assert_eq!(at(&mut *tx, 9).await, None);
        assert_eq!(at(&mut *tx, 19).await, Some(("chen".into(), false)));
        assert_eq!(at(&mut *tx, 20).await, Some(("wu".into(), true)));
        let latest = owners::latest(&mut *tx, "1").await.unwrap();
        assert_eq!(latest.map(|o| o.agent.0), Some("wu".into()));
        put(&mut *tx, "b", "he", 30).await;
        assert_eq!(at(&mut *tx, 30).await, Some(("he".into(), false)));
        assert_eq!(at(&mut *tx, 29).await, Some(("chen".into(), false)));
        owners::take_back(&mut *tx, "b").await.unwrap();
        assert_eq!(at(&mut *tx, 30).await, Some(("chen".into(), false)));
        // A claim is open while its moment is ahead and nothing newer has settled the matter.
        let claimable = owners::OwnerRow {
            agent: AgentId::new("lin"),
            contact_at: Millis(40),
            claim_until: Some(Millis(60)),
        };
        owners::put(&mut *tx, "1", "c", "xihu", &claimable).await.unwrap();
        let claims = owners::open_claims(&mut *tx, "xihu", Millis(59), 9).await.unwrap();
        assert_eq!(claims, [("1".to_owned(), claimable)]);
        let over = owners::open_claims(&mut *tx, "xihu", Millis(60), 9).await.unwrap();
        assert!(over.is_empty());
        put(&mut *tx, "d", "chen", 41).await;
        let settled = owners::open_claims(&mut *tx, "xihu", Millis(59), 9).await.unwrap();
        assert!(settled.is_empty());
        let bought = owners::finished_in(&mut *tx, "1", ["signing", "after_sales"]).await;
        assert!(!bought.unwrap());
    }

    async fn a_list_of_bookings_replaces_the_offices_own(db: Box<dyn Db>) {
        let mut tx = db.write().await.unwrap();
        site_and_floor(&mut *tx).await;
        let appointment = |id: &str, time| Appointment {
            id: id.into(),
            agent: AgentId::new("chen-jing"),
            time: Millis(time),
        };
        let (one, two) = (appointment("one", 20), appointment("two", 10));
        let (desks, past) = (appointment("desk", 30), appointment("past", 1));
        let list = [one.clone(), two.clone()];
        bookings::put_appointment(&mut *tx, "xihu", &desks, "xihu-1").await.unwrap();
        bookings::put_appointment(&mut *tx, "xihu", &past, "xihu-1").await.unwrap();
        bookings::set_appointments(&mut *tx, "xihu", &list, Millis(5)).await.unwrap();
        let all = bookings::appointments(&mut *tx, "xihu", Millis(0)).await.unwrap();
        let by = |a: &Appointment, by: &str| (a.clone(), by.to_owned());
        let office = bookings::OFFICE;
        assert_eq!(all, [by(&two, office), by(&one, office), by(&desks, "xihu-1")]);
        let ahead = bookings::appointments(&mut *tx, "xihu", Millis(20)).await.unwrap();
        assert_eq!(ahead, [by(&one, office), by(&desks, "xihu-1")]);
        assert!(bookings::drop_appointment(&mut *tx, "xihu", "two").await.unwrap());
        assert!(!bookings::drop_appointment(&mut *tx, "xihu", "two").await.unwrap());
        bookings::set_appointments(&mut *tx, "xihu", &[], Millis(5)).await.unwrap();
        let all = bookings::appointments(&mut *tx, "xihu", Millis(0)).await.unwrap();
        assert_eq!(all, [by(&desks, "xihu-1")]);

        let registration = Registration {
            id: "BJ-1".into(),
            broker: "安居".into(),
            agent: AgentId::new("qu-dao"),
            registered: Millis(1),
            expires: Millis(2),
        };
        let twice = [registration.clone(), registration.clone()];
        for _ in 0..2 {
            bookings::set_registrations(&mut *tx, "xihu", &twice[..1]).await.unwrap();
        }
        let all = bookings::registrations(&mut *tx, "xihu").await.unwrap();
        assert_eq!(all, [registration]);
        for counts in [[("chen-jing", 3), ("wu-bo", 1)], [("chen-jing", 0), ("he-lian", 2)]] {
            let counts = counts.map(|(agent, n)| (AgentId::new(agent), n)).into();
            bookings::set_overdue(&mut *tx, "xihu", &counts).await.unwrap();
            assert_eq!(bookings::overdue(&mut *tx, "xihu").await.unwrap(), counts);
        }
        let again = bookings::set_registrations(&mut *tx, "xihu", &twice).await;
        assert!(matches!(again, Err(StoreError::Unique)));
    }

    async fn a_name_is_found_only_when_all_tokens_are_there(db: Box<dyn Db>) {
        let mut tx = db.write().await.unwrap();
        site_and_floor(&mut *tx).await;
        for (id, tokens) in [("1", vec!["a", "b", "c"]), ("2", vec!["a", "c"])] {
            customer(&mut *tx, id).await;
            let tokens: Vec<String> = tokens.into_iter().map(str::to_owned).collect();
            customers::add_name_tokens(&mut *tx, id, "xihu", &tokens).await.unwrap();
        }
        for (tokens, expected) in [
            (vec!["a"], vec!["2", "1"]),
            (vec!["a", "b"], vec!["1"]),
            (vec!["b", "d"], vec![]),
        ] {
            let by = customers::Find::Name(tokens.into_iter().map(str::to_owned).collect());
            let found = customers::find(&mut *tx, &by, 10, 0).await.unwrap();
            let ids: Vec<_> = found.iter().map(|c| c.id.as_str()).collect();
            assert_eq!(ids, expected);
        }
    }
}

async fn customer(tx: &mut dyn super::Tx, id: &str) {
    let customer = customers::NewCustomer {
        id: id.into(),
        site: "xihu".into(),
        data_key: vec![1],
        name: vec![2],
        phone: None,
        phone_index: None,
        tail_index: None,
    };
    customers::add(tx, customer, NOW).await.unwrap();
}

async fn site_and_floor(tx: &mut dyn super::Tx) {
    let settings = crate::protocol::central::SiteSettings {
        name: crate::core::language::Text::zh_en("西湖", "West Lake"),
        languages: vec![],
        time_zone: "Asia/Shanghai".into(),
        visit_purposes: vec![],
        drinks: vec![],
        ticket_base_url: String::new(),
    };
    sites::put(tx, "xihu", &settings, NOW).await.unwrap();
    super::central::floors::add(tx, "xihu-1", "xihu", "hash", "genesis", NOW)
        .await
        .unwrap();
}

#[tokio::test]
async fn k9_the_contract_holds_on_sqlite() {
    for (name, case) in CASES {
        let folder = tempfile::tempdir().unwrap();
        let db = super::sqlite::Sqlite::open(&folder.path().join("test.db")).unwrap();
        migrate::run(&db, MIGRATIONS, NOW).await.unwrap();
        println!("{name}");
        case(Box::new(db)).await;
    }
    let wanted = std::env::var_os("YINGBIN_TEST_POSTGRES").is_some();
    let why = if wanted {
        "YINGBIN_TEST_POSTGRES is set, but this version has no PostgreSQL driver yet"
    } else {
        "YINGBIN_TEST_POSTGRES is not set, and this version has no PostgreSQL driver yet"
    };
    // Standard error itself, as the test harness would swallow what is printed.
    use std::io::Write;
    let _ = writeln!(
        std::io::stderr(),
        "\n*** The store suite did NOT run on PostgreSQL: {why}. ***\n"
    );
}

/// A repository whose statements are not in the registry would never be prepared by the tests.
#[test]
fn every_repository_is_in_the_registry() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/central");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|e| {
            let name = e.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".rs").map(str::to_owned)
        })
        .filter(|name| name != "mod")
        .chain(["migrate".to_owned()])
        .collect();
    files.sort();
    let mut registered: Vec<_> = statement::registry().iter().map(|(n, _)| *n).collect();
    registered.sort_unstable();
    assert_eq!(registered, files);
}
