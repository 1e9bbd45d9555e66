//! The house's mark where none is configured: a gate with a swung roof in a ring, drawn here.

use super::bitmap::Bitmap;

/// Side in dots; the drawing is made for this size and is not scaled.
pub(super) const SIDE: i32 = 104;

/// Draws the mark with its upper left corner at `left`, `top`.
pub(super) fn paint(bitmap: &mut Bitmap, left: i32, top: i32) {
    let centre = SIDE / 2;
    for y in 0..SIDE {
        for x in 0..SIDE {
            // Dots are looked at in their middle, in half dots from the ring's centre.
            let (dx, dy) = (2 * (x - centre) + 1, 2 * (y - centre) + 1);
            if ring(dx, dy) || gate(dx, dy) {
                bitmap.put(left + x, top + y, true);
            }
        }
    }
}

const fn between(value: i32, from: i32, to: i32) -> bool {
    from <= value && value <= to
}

fn ring(dx: i32, dy: i32) -> bool {
    let distance = dx * dx + dy * dy;
    between(distance, 97 * 97, 103 * 103) || between(distance, 89 * 89, 91 * 91)
}

fn gate(dx: i32, dy: i32) -> bool {
    let out = dx.abs();
    // Eaves that swing up at their ends: two roofs, the lower one wider.
    let swing = |reach: i32| out * out * 12 / (reach * reach);
    let roof = |ridge: i32, reach: i32, steep: i32| {
        let upper = ridge + out * steep / reach - swing(reach);
        out <= reach && between(dy, upper, ridge + steep + 2 - 2 * swing(reach))
    };
    let ridge = out <= 5 && between(dy, -58, -48);
    let upper = roof(-48, 34, 16);
    let lower = roof(-22, 58, 18);
    let neck = between(dy, -32, -20) && between(out, 12, 20);
    let lintel = between(dy, 6, 11) && out <= 42;
    let pillars = between(dy, -4, 48) && (between(out, 34, 41) || between(out, 15, 20));
    let step = between(dy, 49, 54) && out <= 50;
    ridge || upper || lower || neck || lintel || pillars || step
}
