"""Makes chime.wav, the two tones before a call: 22,050 Hz, mono, 16 bit. Own work, CC0-1.0.

    python3 make.py
"""

import math
import os
import struct
import wave

RATE = 22_050
# Seconds from the beginning, pitch (E5, then C5: a falling third), loudness.
TONES = [(0.0, 659.26, 0.9), (0.42, 523.25, 1.0)]
# A soft bell: few overtones, each weaker and sooner gone than the one below.
OVERTONES = [(1.0, 1.0, 2.6), (2.0, 0.32, 4.2), (3.01, 0.12, 6.5), (5.4, 0.04, 12.0)]
LENGTH = 1.7


def sample(t):
    value = 0.0
    for begins, pitch, loudness in TONES:
        own = t - begins
        if own < 0:
            continue
        attack = min(1.0, own / 0.008)
        for ratio, share, decay in OVERTONES:
            value += loudness * attack * share * math.exp(-decay * own) * math.sin(math.tau * pitch * ratio * own)
    return value * min(1.0, (LENGTH - t) / 0.15)


samples = [sample(n / RATE) for n in range(int(LENGTH * RATE))]
loudest = max(abs(s) for s in samples)
data = b"".join(struct.pack("<h", round(s / loudest * 0.89 * 32767)) for s in samples)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "chime.wav")
with wave.open(path, "wb") as out:
    out.setnchannels(1)
    out.setsampwidth(2)
    out.setframerate(RATE)
    out.writeframes(data)
