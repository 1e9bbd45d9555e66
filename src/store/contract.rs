//! What every driver must do, each case a function over a factory of empty databases.

use std::future::Future;
use std::pin::Pin;

use super::central::{MIGRATIONS, accounts, counters, customers, feed, sites};
use super::{Db, StoreError, migrate, statement};
use crate::core::id::DeviceId;
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
        let rules = FeedBody::Rules { rules: Box::default() };
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

    async fn a_name_is_found_only_when_all_tokens_are_there(db: Box<dyn Db>) {
        let mut tx = db.write().await.unwrap();
        site_and_floor(&mut *tx).await;
        for (id, tokens) in [("1", vec!["a", "b", "c"]), ("2", vec!["a", "c"])] {
            let customer = customers::NewCustomer {
                id: id.into(),
                site: "xihu".into(),
                data_key: vec![1],
                name: vec![2],
                phone: None,
                phone_index: None,
                tail_index: None,
            };
            customers::add(&mut *tx, customer, NOW).await.unwrap();
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
