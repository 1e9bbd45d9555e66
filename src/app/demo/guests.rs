//! Made-up guests. Names are put together from lists, phones from a range no carrier gives out to
//! more than these: the same seed gives the same guests, and no two share a phone.

use crate::core::language::Language;

/// One made-up guest and what they choose at the kiosk.
#[derive(Clone, PartialEq, Eq)]
pub struct Guest {
    pub language: Language,
    pub first_visit: bool,
    /// Agrees to being remembered (reception).
    pub agrees: bool,
    /// Agrees to calls as well.
    pub agrees_to_calls: bool,
    pub surname: String,
    pub given_name: Option<String>,
    pub ms: bool,
    pub phone: Option<String>,
    pub party_size: u32,
    /// Index into the site's purposes and drinks, modulo their number.
    pub purpose: usize,
    pub drink: usize,
    /// Asks for one of the consultants on duty, by index.
    pub asks_for: Option<usize>,
}

const SURNAMES: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "欧阳", "单", "尉迟", "解", "仇",
    "曾", "诸葛", "翟", "蔺", "逄",
];
const GIVEN: [&str; 16] = [
    "思远", "子涵", "梓萱", "浩然", "雨桐", "一诺", "喆", "翀", "赟", "玥", "珺", "祎", "镕", "昇",
    "堃", "若曦",
];

/// `count` guests for `seed`.
pub fn guests(seed: u64, count: u32) -> Vec<Guest> {
    let mut dice = fastrand::Rng::with_seed(seed);
    let one_in = |dice: &mut fastrand::Rng, n: usize| dice.usize(..n) == 0;
    (0..count)
        .map(|n| {
            let agrees = !one_in(&mut dice, 4);
            let with_phone = agrees && !one_in(&mut dice, 4);
            // The seed is in the number, so that two runs into one folder are two sets of people.
            let tail = (seed % 1000) * 100_000 + u64::from(n);
            Guest {
                language: if one_in(&mut dice, 5) {
                    Language::En
                } else {
                    Language::ZhCn
                },
                first_visit: !one_in(&mut dice, 4),
                agrees,
                agrees_to_calls: with_phone && one_in(&mut dice, 2),
                surname: SURNAMES[dice.usize(..SURNAMES.len())].to_owned(),
                given_name: one_in(&mut dice, 2)
                    .then(|| GIVEN[dice.usize(..GIVEN.len())].to_owned()),
                ms: one_in(&mut dice, 2),
                phone: with_phone.then(|| format!("139{tail:08}")),
                party_size: dice.u32(1..=4),
                purpose: dice.usize(..4),
                drink: dice.usize(..3),
                asks_for: one_in(&mut dice, 6).then(|| dice.usize(..6)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_same_seed_gives_the_same_guests_and_no_two_share_a_phone() {
        let all = guests(7, 500);
        assert!(all == guests(7, 500));
        assert!(all != guests(8, 500));
        let phones: Vec<_> = all.iter().filter_map(|g| g.phone.as_deref()).collect();
        let different: BTreeSet<_> = phones.iter().collect();
        assert!(phones.len() > 200 && different.len() == phones.len());
        assert!(all.iter().any(|g| !g.agrees) && all.iter().all(|g| g.agrees || g.phone.is_none()));
    }
}
