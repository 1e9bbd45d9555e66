"""Builds lexicon.txt, which the kiosk's keyboard searches (src/core/ime).

Run by hand when a source changes; the result is committed. Needs Debian's rime-data-pinyin-simp and,
from PyPI, Faker, pypinyin and jieba (any recent version; what was used stands in SOURCES.md):

    python3 build.py /usr/share/rime-data/pinyin_simp.dict.yaml

Costs are natural: round(-100 * ln p), so that costs of independent parts add up. Only characters of the
General Standard table (通用规范汉字表) are let in: each of them is sure to have a glyph.
"""

import math
import os
import sys
import unicodedata
from collections import defaultdict

import jieba
from faker.providers.person.zh_CN import Provider as Person
from pypinyin.pinyin_dict import pinyin_dict

from names import COMPOUND, HUNDRED, MODERN, MODERN_FIRST, READINGS, SHARE

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = [
    line.strip()
    for line in open(os.path.join(HERE, "../../tests/data/general-standard-8105.txt"), encoding="utf-8")
    if line.strip()
]
STANDARD = set(TABLE)
# Sounds without a vowel stand in the source; nobody types a name with them.
VOWELLESS = {"m", "n", "ng", "hm", "hng"}
COMMON_SINGLE, COMMON_COMPOUND = 55, 5


def cost(p):
    return round(-100 * math.log(p))


def plain(syllable):
    """pypinyin's `lǘ` -> `lv`; `nüè` -> `nue`, as the other source writes it."""
    letters = unicodedata.normalize("NFD", syllable.replace("ê", "e"))
    letters = letters.replace("u\u0308", "v")
    letters = "".join(c for c in letters if c.isascii() and c.isalpha())
    return letters.replace("lve", "lue").replace("nve", "nue")


def read_rime(path):
    chars, words = defaultdict(dict), defaultdict(float)
    for line in open(path, encoding="utf-8"):
        parts = line.rstrip("\n").split("\t")
        if len(parts) != 3:
            continue
        text, pinyin, weight = parts[0], tuple(parts[1].split(" ")), max(float(parts[2]), 0.5)
        if not set(text) <= STANDARD or VOWELLESS & set(pinyin) or len(text) != len(pinyin):
            continue
        if len(text) == 1:
            chars[text][pinyin[0]] = weight
        else:
            words[(pinyin, text)] += weight
    return chars, words


def surname_weights():
    """Percent of the population."""
    weights = {s: w for s, w in Person.last_names.items() if set(s) <= STANDARD}
    for surname in HUNDRED.split():
        weights.setdefault(surname, 0.0005)
    weights.update(COMPOUND)
    weights.update(SHARE)
    return weights


def given_weights(surnames):
    """How often a given name is met: every (surname, name) once, damped, so that no hero of a novel
    outweighs an ordinary name."""
    given = defaultdict(float)
    with jieba.get_dict_file() as file:
        for line in file:
            word, count, tag = line.decode("utf-8").rstrip("\n").rsplit(" ", 2)
            if tag != "nr" or not set(word) <= STANDARD or not 2 <= len(word) <= 4:
                continue
            surname = word[:2] if len(word) > 2 and word[:2] in surnames else word[:1]
            name = word[len(surname):]
            # A two-character “name” is as often a plain word (明白), and a rare surname is as often none.
            if surname not in surnames or not 1 <= len(name) <= 2:
                continue
            trust = min(1.0, 0.1 + surnames[surname] / 0.2)
            if len(word) == 2:
                trust *= 0.5
            given[name] += trust * math.log(1 + int(count))
    for names, weight in (
        (Person.first_names_male + Person.first_names_female, 40),
        (MODERN.split(), 50),
        (MODERN_FIRST.split(), 60),
    ):
        for name in set(names):
            given[name] += weight
    return given


def readings_of(char, chars):
    """Readings with their shares; a reading under 2 % of the character's use is left out of names."""
    own = chars[char]
    total = sum(own.values())
    kept = {r: w / total for r, w in own.items() if w / total >= 0.02}
    return kept or {max(own, key=own.get): 1.0}


def spell(text, chars):
    spelled = [((), 1.0)]
    for char in text:
        spelled = [
            (pinyin + (r,), p * share) for pinyin, p in spelled for r, share in readings_of(char, chars).items()
        ]
    return sorted(spelled, key=lambda s: -s[1])[:4]


def section(out, name, entries):
    """entries: {(pinyin, text): probability}"""
    by_pinyin = defaultdict(list)
    for (pinyin, text), p in entries.items():
        by_pinyin[pinyin].append((cost(p), text))
    out.append(f"[{name}]")
    for pinyin in sorted(by_pinyin):
        out.append("'".join(pinyin) + "\t" + "".join(f"{t}{c}" for c, t in sorted(by_pinyin[pinyin])))


def main():
    chars, words = read_rime(sys.argv[1])
    for char in TABLE:
        if char not in chars:
            for reading in pinyin_dict[ord(char)].split(","):
                reading = plain(reading)
                if reading not in VOWELLESS:
                    chars[char][reading] = 0.3

    surnames = surname_weights()
    for surname, readings in READINGS.items():
        if len(surname) == 1:
            for reading in readings:
                chars[surname].setdefault(reading, 0.4)

    spoken = {}
    for surname, weight in surnames.items():
        readings = READINGS.get(surname)
        if readings is None:
            readings = {" ".join(pinyin): 1.0 for pinyin, _ in spell(surname, chars)[:1]}
        for reading, share in readings.items():
            spoken[(tuple(reading.split(" ")), surname)] = weight / 100 * share

    given = given_weights(surnames)
    total = sum(given.values())
    named, name_chars = defaultdict(float), defaultdict(float)
    for name, weight in given.items():
        for pinyin, share in spell(name, chars):
            named[(pinyin, name)] += weight / total * share
            for syllable, char in zip(pinyin, name):
                name_chars[((syllable,), char)] += weight / total * share / len(name)

    used = sum(w for own in chars.values() for w in own.values())
    written = sum(words.values()) + used
    out = ["yingbin pinyin lexicon 1"]
    out.append("[common]")
    by_weight = sorted(surnames, key=lambda s: -surnames[s])
    out.extend([s for s in by_weight if len(s) == 1][:COMMON_SINGLE])
    out.extend([s for s in by_weight if len(s) > 1][:COMMON_COMPOUND])
    section(out, "characters", {((r,), c): w / used for c, own in chars.items() for r, w in own.items()})
    section(out, "name characters", name_chars)
    section(out, "surnames", spoken)
    section(out, "given names", named)
    section(out, "words", {k: w / written for k, w in words.items()})
    with open(os.path.join(HERE, "lexicon.txt"), "w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(out) + "\n")

    reached = {c for c in chars if chars[c]}
    assert reached == STANDARD, STANDARD - reached


main()
