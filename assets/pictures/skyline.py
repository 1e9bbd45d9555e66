#!/usr/bin/env python3
"""Draws skyline.png, the picture behind the kiosk's greeting: light and towers on a clear ground,
so that the brand's own colour shows through. Own work, CC0. Python's standard library only.

    python3 assets/pictures/skyline.py    # writes skyline.png beside this file
"""
import math
import random
import struct
import zlib
from pathlib import Path

W, H = 1080, 1160
rnd = random.Random(20)
WHITE, GOLD = (232, 244, 238), (233, 205, 140)
# Premultiplied sums; one row-major list a channel keeps this quick enough.
R, G, B, A = ([0.0] * (W * H) for _ in range(4))


def over(x, y, colour, alpha):
    """Lays a colour over the pixel."""
    i = y * W + x
    k = 1 - alpha
    R[i] = colour[0] * alpha + R[i] * k
    G[i] = colour[1] * alpha + G[i] * k
    B[i] = colour[2] * alpha + B[i] * k
    A[i] = alpha + A[i] * k


def glow(cx, cy, radius, colour, strength):
    for y in range(max(0, cy - radius), min(H, cy + radius)):
        for x in range(max(0, cx - radius), min(W, cx + radius)):
            d = math.hypot(x - cx, y - cy) / radius
            if d < 1:
                over(x, y, colour, strength * (1 - d) ** 2 * (1 + 2 * d) / 1.0)


def tower(x0, width, top, alpha, style):
    """One tower from `top` to the ground, fading into haze at its foot."""
    for x in range(max(0, x0), min(W, x0 + width)):
        t = (x - x0) / width
        if style == "slant":
            roof = top + 46 * t
        elif style == "step":
            roof = top + (0 if 0.28 < t < 0.72 else 44)
        elif style == "crown":
            roof = top + 34 * abs(t - 0.5) * 2
        else:
            roof = top
        shade = 1.0 if t < 0.62 else 0.72
        for y in range(max(0, int(roof)), H):
            foot = max(0.0, (y - roof) / (H - roof))
            covered = min(1.0, y + 1 - roof)
            over(x, y, WHITE, alpha * shade * (1 - 0.75 * foot) * covered)
    if style == "step":
        mast = x0 + width // 2
        for y in range(max(0, top - 60), top):
            for dx in (-1, 0, 1):
                if 0 <= mast + dx < W:
                    over(mast + dx, y, GOLD, alpha * 2.2)


def windows(x0, width, top, lit):
    """Rows of small windows, a few of them lit."""
    for y in range(top + 62, H - 150, 26):
        for x in range(x0 + 16, x0 + width - 20, 22):
            if rnd.random() < lit:
                strength = rnd.choice((0.22, 0.34, 0.62))
                for yy in range(y, y + 11):
                    for xx in range(x, x + 7):
                        if 0 <= xx < W and yy < H:
                            over(xx, yy, GOLD, strength)


def hill(base, height, wave, phase, alpha):
    """A long low bank in front: the garden."""
    for x in range(W):
        y0 = base - int(height * (0.5 + 0.5 * math.sin(x / wave + phase)))
        for y in range(max(0, y0), H):
            edge = min(1.0, (y - y0 + 1) / 3)
            over(x, y, WHITE, alpha * edge)


# Wholly inside the picture: a cut glow would show its edge.
glow(860, 520, 515, GOLD, 0.42)
glow(860, 520, 150, GOLD, 0.30)

far = [(-30, 120), (96, 84), (190, 150), (352, 90), (452, 130), (590, 96), (694, 150), (852, 92), (950, 160)]
for (x, w), top in zip(far, (780, 690, 820, 730, 800, 680, 780, 720, 820)):
    tower(x, w, top, 0.07, rnd.choice(("flat", "slant")))

near = [
    (30, 118, 730, "slant"), (168, 96, 590, "step"), (284, 132, 780, "flat"), (438, 104, 660, "crown"),
    (560, 140, 820, "slant"), (722, 108, 560, "step"), (848, 120, 730, "crown"), (984, 130, 800, "flat"),
]
for x, w, top, style in near:
    tower(x, w, top, 0.13, style)
    windows(x, w, top, 0.24)

hill(H - 70, 60, 190.0, 0.4, 0.06)
hill(H - 30, 54, 130.0, 2.1, 0.08)

rows = []
for y in range(H):
    row = bytearray(b"\0")
    for x in range(W):
        i = y * W + x
        a = A[i]
        # A little noise keeps wide soft areas from showing bands.
        n = rnd.random() - 0.5
        alpha = max(0, min(255, round(a * 255 + n * (a > 0.002))))
        k = 1 / a if a > 0 else 0
        row += bytes((min(255, round(R[i] * k)), min(255, round(G[i] * k)), min(255, round(B[i] * k)), alpha))
    rows.append(bytes(row))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, 8, 6, 0, 0, 0))
png += chunk(b"IDAT", zlib.compress(b"".join(rows), 9)) + chunk(b"IEND", b"")
Path(__file__).with_name("skyline.png").write_bytes(png)
