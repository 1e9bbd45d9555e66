use std::path::{Path, PathBuf};

use super::error::KeyError;
use super::*;
use crate::core::house_rules::{HouseRules, YesNo};

/// A file of that text, beside a folder that lives as long.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("role.toml");
    std::fs::write(&path, text).expect("a file");
    (folder, path)
}

fn read<C: Config>(text: &str) -> Result<C, ConfigError> {
    read_with(text, &[])
}

fn read_with<C: Config>(text: &str, variables: &[(&str, &str)]) -> Result<C, ConfigError> {
    let (_folder, path) = file(text);
    let variables = variables
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    load(Some(&path), variables)
}

#[track_caller]
fn key_error<C: Config>(result: Result<C, ConfigError>) -> KeyError {
    match result.err() {
        Some(ConfigError::Key(error)) => *error,
        other => panic!("no error about a key: {other:?}"),
    }
}

#[test]
fn every_example_says_exactly_the_defaults() {
    fn holds<C: Config + PartialEq + std::fmt::Debug>() {
        let parsed: C = toml::from_str(example(C::ROLE)).expect("the example is right");
        assert_eq!(parsed, C::default());
    }
    holds::<KioskConfig>();
    holds::<DisplayConfig>();
    holds::<DeskConfig>();
    holds::<FloorConfig>();
    holds::<ServerConfig>();
    holds::<HouseRules>();
}

#[test]
fn every_example_names_every_key_and_its_resting_lines_are_right_too() {
    fn holds<C: Config>() {
        let awake: String = example(C::ROLE)
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        toml::from_str::<C>(&awake).unwrap_or_else(|e| panic!("{}: {e}", C::ROLE));
        // An unknown key makes serde list the known ones.
        let known = toml::from_str::<C>("nonsense = 1").err().expect("strict");
        let names = known.message().split('`').skip(3).step_by(2);
        for name in names {
            assert!(
                role::example_line(C::ROLE, name).is_some(),
                "{}: {name}",
                C::ROLE
            );
        }
    }
    holds::<KioskConfig>();
    holds::<DisplayConfig>();
    holds::<DeskConfig>();
    holds::<FloorConfig>();
    holds::<ServerConfig>();
    holds::<HouseRules>();
}

#[test]
fn every_role_has_a_name_that_is_read_back() {
    for role in Role::ALL {
        assert_eq!(role.name().parse(), Ok(role));
        assert!(!example(role).is_empty());
    }
    assert!("till".parse::<Role>().is_err());
}

#[test]
fn an_unknown_key_is_named_with_its_file() {
    let error = key_error::<ServerConfig>(read("lisen = \"127.0.0.1:1\""));
    assert_eq!(error.key, "lisen");
    assert!(error.place.ends_with("role.toml"));
    let error = key_error::<FloorConfig>(read("[printer]\nwidth = 80"));
    assert_eq!(error.key, "printer.width");
}

#[test]
fn a_wrong_value_is_answered_with_an_example() {
    let error = key_error::<FloorConfig>(read("[printer]\nwidth_mm = 76"));
    assert_eq!(error.key, "printer.width_mm");
    assert_eq!(error.example, Some("width_mm = 80"));
    assert!(error.what.contains("80 or 58"));
    let error = key_error::<FloorConfig>(read("listen = \"here\""));
    assert_eq!(error.example, Some("listen = \"127.0.0.1:7710\""));
    let error = key_error::<KioskConfig>(read("[brand.colours]\nmain = \"green\""));
    assert_eq!(error.key, "brand.colours.main");
    assert!(error.to_string().contains("#0f3d38"));
    let error = key_error::<FloorConfig>(read("[tls]\ncert = \"a.pem\""));
    assert_eq!(error.key, "tls.key");
    assert_eq!(error.example, Some("key = \"floor.key\""));
}

#[test]
fn broken_toml_is_named_by_line_without_showing_it() {
    let error = read::<KioskConfig>("floor = \"http://127.0.0.1\"\ntoken = verysecret\n")
        .expect_err("not TOML");
    let text = error.to_string();
    assert!(text.contains("line 2"), "{text}");
    assert!(!text.contains("verysecret"), "{text}");
}

#[test]
fn a_missing_file_says_how_to_make_one() {
    let error = load::<FloorConfig>(Some(Path::new("no/such.toml")), []).err();
    let text = error.expect("no file").to_string();
    assert!(
        text.contains("no/such.toml") && text.contains("yingbin config floor"),
        "{text}"
    );
}

#[test]
fn the_environment_overrides_the_file_whatever_the_kind_of_value() {
    let floor: FloorConfig = read_with(
        "listen = \"127.0.0.1:1\"\n[printer]\nwidth_mm = 80",
        &[
            ("YINGBIN_FLOOR_LISTEN", "127.0.0.1:2"),
            ("YINGBIN_FLOOR_PRINTER__WIDTH_MM", "58"),
            ("YINGBIN_FLOOR_PRINTER__ANSWERS", "false"),
            ("YINGBIN_FLOOR_CENTRE__URL", "https://office.example/"),
            ("YINGBIN_FLOOR_CENTRE__FLOOR", "7"),
            ("YINGBIN_FLOOR_CENTRE__TOKEN", "123456"),
            ("YINGBIN_DESK_LISTEN", "nobody minds"),
            ("PATH", "/bin"),
        ],
    )
    .expect("right");
    assert_eq!(floor.listen.port(), 2);
    assert_eq!(floor.printer.width_mm, PaperWidth::Mm58);
    assert!(!floor.printer.answers);
    let centre = floor.centre.expect("a centre");
    assert_eq!(centre.url.as_str(), "https://office.example");
    assert_eq!(centre.floor, "7", "text stays text");
    assert_eq!(centre.token.expect("a token").expose(), "123456");

    let display: DisplayConfig = read_with(
        "token = \"t\"",
        &[("YINGBIN_DISPLAY_CHIME__COMMAND", "[\"play\", \"{file}\"]")],
    )
    .expect("right");
    assert_eq!(display.chime.command.expect("a command").len(), 2);
    let rules: HouseRules =
        read_with("", &[("YINGBIN_HOUSE_RULES_NAMED_USES_TURN", "no")]).expect("right");
    assert_eq!(rules.named_uses_turn, YesNo::No);
}

#[test]
fn a_wrong_override_names_the_variable() {
    let error = key_error::<FloorConfig>(read_with("", &[("YINGBIN_FLOOR_LISTEN", "x")]));
    assert_eq!(error.place, "environment variable YINGBIN_FLOOR_LISTEN");
    let error = key_error::<FloorConfig>(read_with("", &[("YINGBIN_FLOOR_COLOUR", "1")]));
    assert_eq!(error.key, "colour");
    assert_eq!(error.place, "environment variable YINGBIN_FLOOR_COLOUR");
    let error = key_error::<FloorConfig>(read_with("", &[("YINGBIN_FLOOR_DATA__X", "1")]));
    assert_eq!(error.key, "data");
    assert_eq!(error.place, "environment variable YINGBIN_FLOOR_DATA__X");
}

#[test]
fn nothing_passes_in_clear_over_a_network_unless_said_in_so_many_words() {
    let error = key_error::<ServerConfig>(read("listen = \"0.0.0.0:7700\""));
    assert_eq!(error.key, "listen");
    assert!(error.remedy.contains("insecure = true"));
    read::<ServerConfig>("listen = \"0.0.0.0:7700\"\ninsecure = true").expect("said so");
    read::<ServerConfig>("listen = \"[::1]:7700\"").expect("this machine alone");
    let tls = "listen = \"0.0.0.0:7700\"\n[tls]\ncert = \"a\"\nkey = \"b\"";
    read::<ServerConfig>(tls).expect("encrypted");

    let error = key_error::<KioskConfig>(read("floor = \"http://10.0.0.9:7710\"\ntoken = \"t\""));
    assert_eq!(error.key, "floor");
    read::<KioskConfig>("floor = \"http://10.0.0.9:7710\"\ntoken = \"t\"\ninsecure = true")
        .expect("said so");
    read::<KioskConfig>("floor = \"http://localhost:7710\"\ntoken = \"t\"").expect("this machine");
    let error = key_error::<FloorConfig>(read(
        "[centre]\nurl = \"http://office.example\"\nfloor = \"east\"\ntoken = \"t\"",
    ));
    assert_eq!(error.key, "centre.url");
    let error = key_error::<DeskConfig>(read("floor = \"https://10.0.0.9\"\ntoken = \"t\""));
    assert_eq!(error.key, "root_certificate");
    read::<DeskConfig>("floor = \"https://10.0.0.9\"").expect("the enrolment pins the key");
    read::<FloorConfig>("listen = \"0.0.0.0:7710\"\nown_certificate = true").expect("encrypted");
    let both = "own_certificate = true\n[tls]\ncert = \"a\"\nkey = \"b\"";
    assert_eq!(key_error::<FloorConfig>(read(both)).key, "own_certificate");
}

#[test]
fn p7_a_wrong_pinned_recipient_is_refused() {
    let error = key_error::<KioskConfig>(read("token = \"t\"\nrecipient = \"age1nonsense\""));
    assert_eq!(error.key, "recipient");
    let recipient = age::x25519::Identity::generate().to_public();
    let text = format!("token = \"t\"\nrecipient = \"{recipient}\"");
    let kiosk = read::<KioskConfig>(&text).expect("right");
    assert_eq!(kiosk.recipient, Some(recipient.to_string()));
}

#[test]
fn tokens_come_from_a_file_and_are_never_shown() {
    let (folder, path) = file("token_file = \"kiosk.token\"\n[brand]\nlogo = \"logo.png\"");
    let kiosk = load::<KioskConfig>(Some(&path), []);
    assert_eq!(key_error(kiosk).key, "token_file");

    std::fs::write(folder.path().join("kiosk.token"), "verysecret\n").expect("a file");
    let kiosk: KioskConfig = load(Some(&path), []).expect("right");
    assert_eq!(
        kiosk.floor_line().token.expect("read").expose(),
        "verysecret"
    );
    assert_eq!(kiosk.brand.logo, Some(folder.path().join("logo.png")));
    assert!(!format!("{kiosk:?}").contains("verysecret"));

    let enrolled_by_code = read::<KioskConfig>("").expect("its token stands in its enrolment");
    assert_eq!(enrolled_by_code.token, None);
    let both = "token = \"t\"\ntoken_file = \"f\"";
    assert_eq!(key_error::<DeskConfig>(read(both)).key, "token_file");
    let number = key_error::<DeskConfig>(read("token = 424242"));
    assert!(!number.to_string().contains("424242"), "{number}");
}

#[test]
fn k4_the_houses_rules_come_from_a_file_the_environment_or_both() {
    let variable =
        |key: &str, value: &str| (format!("YINGBIN_HOUSE_RULES_{key}"), value.to_owned());
    let foreign = ("YINGBIN_FLOOR_DATA".to_owned(), "here".to_owned());
    assert_eq!(house_rules(None, [foreign.clone()]).unwrap(), None);
    let by_variable = house_rules(None, [foreign, variable("OWED_CAP", "3")]);
    let usual = HouseRules::default();
    let expected = HouseRules {
        owed_cap: 3,
        ..usual
    };
    assert_eq!(by_variable.unwrap(), Some(expected));
    let (_folder, path) = file("recalls = 4");
    let both = house_rules(Some(&path), [variable("OWED_CAP", "3")])
        .unwrap()
        .unwrap();
    assert_eq!((both.recalls, both.owed_cap), (4, 3));
    let wrong = house_rules(None, [variable("OWED_CAP", "many")]);
    let error = key_error::<HouseRules>(wrong.map(Option::unwrap_or_default));
    assert_eq!(
        error.place,
        "environment variable YINGBIN_HOUSE_RULES_OWED_CAP"
    );
}

#[test]
fn paths_are_counted_from_the_file_and_whole_ones_stay() {
    let (folder, path) = file("data = \"here\"\nhouse_rules = \"house-rules.toml\"");
    let floor: FloorConfig = load(Some(&path), []).expect("right");
    assert_eq!(floor.data, folder.path().join("here"));
    assert_eq!(
        floor.house_rules,
        Some(folder.path().join("house-rules.toml"))
    );
    assert_eq!(floor.printer.folder, folder.path().join("tickets"));
    let whole = folder.path().join("elsewhere").display().to_string();
    let floor: FloorConfig = load(
        Some(&path),
        [("YINGBIN_FLOOR_DATA".to_owned(), whole.clone())],
    )
    .expect("right");
    assert_eq!(floor.data, PathBuf::from(whole));
}

#[test]
fn values_out_of_reason_are_refused() {
    for (text, key) in [
        ("token = \"t\"\nidle_seconds = 5", "idle_seconds"),
        ("token = \"t\"\ncountdown_seconds = 0", "countdown_seconds"),
        ("token = \"two words\"", "token"),
        ("floor = \"ftp://x\"", "floor"),
        ("floor = \"http://user:word@127.0.0.1\"", "floor"),
    ] {
        assert_eq!(key_error::<KioskConfig>(read(text)).key, key, "{text}");
    }
    for (text, key) in [
        ("token = \"t\"\n[chime]\nvolume = 101", "chime.volume"),
        ("token = \"t\"\n[chime]\ncommand = []", "chime.command"),
        ("token = \"t\"\nlanguage = \"fr\"", "language"),
    ] {
        assert_eq!(key_error::<DisplayConfig>(read(text)).key, key, "{text}");
    }
    for (text, key) in [
        ("[printer]\nkind = \"network\"", "printer.address"),
        (
            "[printer]\nkind = \"network\"\naddress = \"10.0.0.9\"",
            "printer.address",
        ),
        ("[printer]\nwrite_ms = 1", "printer.write_ms"),
        (
            "[centre]\nurl = \"https://x\"\nfloor = \"f\"\ntoken = \"t\"\nrecognise_ms = 401",
            "centre.recognise_ms",
        ),
        (
            "[centre]\nurl = \"https://a.example\"\nfloor = \"\"\ntoken = \"t\"",
            "centre.floor",
        ),
        (
            "[centre]\nurl = \"https://a.example\"\nfloor = \"e\"",
            "centre.token",
        ),
    ] {
        assert_eq!(key_error::<FloorConfig>(read(text)).key, key, "{text}");
    }
    let error = key_error::<HouseRules>(read("accept_seconds = 0"));
    assert_eq!(error.key, "accept_seconds");
    let error = key_error::<HouseRules>(read("courtesy = \"maybe\""));
    assert_eq!(error.key, "courtesy");
}
