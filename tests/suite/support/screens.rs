//! Windows in tests, touched through their accessible labels.

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementRoot};
use slint::platform::PointerEventButton;

/// The element under this accessible label.
pub fn labelled(root: &impl ElementRoot, label: &str) -> ElementHandle {
    ElementHandle::find_by_accessible_label(root, label)
        .find(|e| e.accessible_role().is_some_and(is_touchable))
        .unwrap_or_else(|| panic!("nothing to touch is labelled `{label}`"))
}

/// Touches the middle of the element under this label, like a finger.
pub fn tap(root: &impl ElementRoot, label: &str) {
    labelled(root, label).mock_single_click(PointerEventButton::Left);
}

fn is_touchable(role: AccessibleRole) -> bool {
    matches!(
        role,
        AccessibleRole::Button | AccessibleRole::RadioButton | AccessibleRole::TextInput
    )
}

/// Everything that can be touched, with what is wrong with it: no label, or smaller than `side`.
pub fn touch_faults(root: &impl ElementRoot, side: f32) -> Vec<String> {
    root.root_element()
        .query_descendants()
        .match_predicate(|e| e.accessible_role().is_some_and(is_touchable))
        .find_all()
        .iter()
        .filter_map(|e| {
            let label = e.accessible_label().unwrap_or_default();
            let size = e.size();
            let too_small = size.width < side || size.height < side;
            (label.is_empty() || too_small)
                .then(|| format!("`{label}` {:?} is {} × {}", e.id(), size.width, size.height))
        })
        .collect()
}

/// How many elements can be touched.
pub fn touchables(root: &impl ElementRoot) -> usize {
    root.root_element()
        .query_descendants()
        .match_predicate(|e| e.accessible_role().is_some_and(is_touchable))
        .find_all()
        .len()
}
