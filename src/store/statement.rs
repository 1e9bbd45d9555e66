//! Every statement has a name and stands in a list, so that a test can prepare each on each engine.

/// A statement. Made only by `statements!`.
#[derive(Debug)]
pub struct Sql {
    pub(in crate::store) name: &'static str,
    pub(in crate::store) text: &'static str,
}

impl Sql {
    pub fn name(&self) -> &'static str {
        self.name
    }
    pub fn text(&self) -> &'static str {
        self.text
    }
}

/// Declares a repository's statements and the list `ALL` of them.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$doc])* static $name: $crate::store::Sql = $crate::store::Sql {
            name: stringify!($name),
            text: $text,
        };)+
        /// All statements of this repository.
        pub static ALL: &[&$crate::store::Sql] = &[$(&$name),+];
    };
}

pub(crate) use statements;

/// All repositories with their statements.
pub fn registry() -> Vec<(&'static str, &'static [&'static Sql])> {
    use super::{central, migrate};
    vec![
        ("migrate", migrate::ALL),
        ("accounts", central::accounts::ALL),
        ("audit", central::audit::ALL),
        ("bookings", central::bookings::ALL),
        ("consents", central::consents::ALL),
        ("counters", central::counters::ALL),
        ("customers", central::customers::ALL),
        ("devices", central::devices::ALL),
        ("events", central::events::ALL),
        ("feed", central::feed::ALL),
        ("floors", central::floors::ALL),
        ("notes", central::notes::ALL),
        ("overview", central::overview::ALL),
        ("pin_codes", central::pin_codes::ALL),
        ("owners", central::owners::ALL),
        ("sites", central::sites::ALL),
        ("visits", central::visits::ALL),
    ]
}
