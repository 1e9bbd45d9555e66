//! Rows that change in place, so that a list keeps its scroll position and its focus.

use slint::{Model, VecModel};

/// Makes `model` hold exactly `rows` with as few changes as their order allows; `key` says which
/// rows are the same one.
pub fn sync<T: Clone + PartialEq + 'static, K: PartialEq>(
    model: &VecModel<T>,
    rows: Vec<T>,
    key: impl Fn(&T) -> K,
) {
    let count = rows.len();
    for (at, row) in rows.into_iter().enumerate() {
        let wanted = key(&row);
        let found = (at..model.row_count())
            .find(|i| model.row_data(*i).is_some_and(|old| key(&old) == wanted));
        match found {
            None => model.insert(at, row),
            Some(old) => {
                for _ in at..old {
                    model.remove(at);
                }
                if model.row_data(at).as_ref() != Some(&row) {
                    model.set_row_data(at, row);
                }
            }
        }
    }
    while model.row_count() > count {
        model.remove(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k6_rows_change_in_place_into_any_other_rows() {
        let lists: [&[(u8, char)]; 6] = [
            &[],
            &[(1, 'a'), (2, 'a'), (3, 'a')],
            &[(1, 'a'), (2, 'b'), (3, 'a')],
            &[(3, 'a'), (4, 'a')],
            &[(4, 'a'), (1, 'c'), (3, 'a'), (2, 'a')],
            &[(2, 'a')],
        ];
        for from in lists {
            for to in lists {
                let model = VecModel::from(from.to_vec());
                sync(&model, to.to_vec(), |row| row.0);
                assert_eq!(model.iter().collect::<Vec<_>>(), to);
            }
        }
    }
}
