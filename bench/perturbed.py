"""How people write the same material otherwise: each function gives a copy of a material, or None where it does not apply to it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from bench.materials import Material

Perturb = Callable[[random.Random, Material], Material | None]

_DATA = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
INCHES: dict[int, list[str]] = _DATA["inches"]
BRANDS: dict[str, str] = _DATA["brands"]
GRADES: dict[str, list[str]] = _DATA["grades"]
MISTAKES: dict[str, str] = _DATA["mistakes"]
TRADITIONAL = str.maketrans(_DATA["traditional"])
SHORT_EN: dict[str, str] = _DATA["short"]
UNITS: dict[str, list[str]] = _DATA["units"]


def sign(rng: random.Random, one: Material) -> Material | None:
    """M8×30 as M8*30, M8x30, M8X30, M8 * 30, and for threads M8-30."""
    signs = ["*", "x", "X", " * ", "✕", " x "] + ["-"] * 2 * bool(re.match(r"M[\d.]+×\d", one.spec))
    return _spec(one, one.spec.replace("×", rng.choice(signs)))


def diameter(rng: random.Random, one: Material) -> Material | None:
    """Φ12 as ⌀12, ø12, φ12, 直径12."""
    return _spec(one, one.spec.replace("Φ", rng.choice(("⌀", "ø", "φ", "直径", "Ø", "Φ "))))


def inch(rng: random.Random, one: Material) -> Material | None:
    """DN15 as 1/2\"."""
    found = re.search(r"DN(\d+)", one.spec)
    spoken = INCHES.get(int(found[1])) if found else None
    return _spec(one, one.spec.replace(found[0], rng.choice(spoken), 1)) if found and spoken else None


def full_width(_rng: random.Random, one: Material) -> Material | None:
    """Letters and digits as a Chinese input method leaves them."""
    return _spec(one, "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in one.spec))


def swapped(rng: random.Random, one: Material) -> Material | None:
    """The words of the name in another order, or those of the specification."""
    specs = one.spec.split()
    if len(specs) > 1 and rng.random() < 0.4:
        return _spec(one, " ".join([*specs[1:], specs[0]]))
    if len(one.words_zh) < 2:
        return None
    *first, last = one.words_zh
    return replace(one, zh=rng.choice(("", " ", ",")).join((last, *first)), en="")


def language(rng: random.Random, one: Material) -> Material | None:
    """Only the English name, in the usual or in small or capital letters."""
    return replace(one, zh=" ", en=rng.choice((str, str.lower, str.upper))(one.en)) if one.en else None


def brand(rng: random.Random, one: Material) -> Material | None:
    """SKF as 斯凯孚; sometimes it stands in the name instead."""
    other = BRANDS.get(one.brand)
    if not other:
        return None
    return replace(one, brand=other) if rng.random() < 0.7 else replace(one, brand="", zh=f"{other}{one.name}")


def typing(rng: random.Random, one: Material) -> Material | None:
    """One wrong, missing, doubled or exchanged character of the name, two in longer ones. Digits stay: other digits are another thing."""
    name = list(one.name)
    for _ in range(rng.choice((1, 2)) if len(name) > 4 else 1):
        at = rng.choice([at for at, sign in enumerate(name) if not sign.isdigit() and sign != "°"])
        wrong = MISTAKES.get(name[at], "")
        kind = rng.choice(("missing", "doubled", "exchanged", *["wrong"] * 2 * bool(wrong)))
        if kind == "wrong":
            name[at] = rng.choice(wrong)
        elif kind == "missing" and len(name) > 3:
            del name[at]
        elif kind == "exchanged" and at + 1 < len(name):
            name[at], name[at + 1] = name[at + 1], name[at]
        else:
            name.insert(at, name[at])
    return replace(one, zh="".join(name), en="")


def typing_en(rng: random.Random, one: Material) -> Material | None:
    """The same in the English name, which stands alone."""
    if len(one.en) < 6:
        return None
    name = list(one.en)
    for _ in range(rng.choice((1, 2))):
        at = rng.choice([at for at in range(1, len(name) - 1) if "".join(name[at : at + 2]).replace(" ", "").isalpha()])
        name[at : at + 2] = rng.choice(([name[at]], [name[at + 1], name[at]], [rng.choice("aeiorstln"), name[at + 1]]))
    return replace(one, zh=" ", en="".join(name))


def blanks(rng: random.Random, one: Material) -> Material | None:
    """Blanks between number and unit or letter, or none between words; mm written or not."""
    apart = re.sub(r"(?<=[A-Za-zΦ])(?=\d)|(?<=\d)(?=[A-Za-zΩ])", " ", one.spec)
    close = re.sub(r"(?<=\d) (?=[A-Za-zΦ])|(?<=[A-Za-z#]) (?=[A-Za-z\d\u4e00-\u9fff])", "", one.spec)
    measured = re.sub(r"(×\d+(?:\.\d+)?)(?=$| )", r"\1mm", one.spec)
    return _spec(one, rng.choice([apart, close, measured]))


def drawing(rng: random.Random, one: Material) -> Material | None:
    """The drawing number without dashes, with dots or blanks, with or without its revision, or in the specification's column."""
    if not one.drawing:
        return None
    base, revision = re.fullmatch(r"(.*?)([A-D]?)", one.drawing).groups()  # type: ignore[union-attr]
    spoken = rng.choice((base.replace("-", ""), base.replace("-", "."), base.replace("-", " "), base, base.lower()))
    spoken += rng.choice(("", revision, f"-{revision}", f" Rev.{revision}", f"/{revision}版") if revision else ("", "", "A", "-A"))
    return replace(one, drawing="", spec=f"{spoken} {one.spec}".strip()) if rng.random() < 0.15 else replace(one, drawing=spoken)


def short(rng: random.Random, one: Material) -> Material | None:
    """A shorter name: a word or a character left out, or English words cut."""
    words = [word for word in SHORT_EN if word in one.en]
    if words and rng.random() < 0.5:
        return replace(one, zh=" ", en=one.en.replace(words[0], SHORT_EN[words[0]]))
    if len(one.words_zh) < 3 and len(one.name) < 5:
        return None
    if len(one.words_zh) >= 3:
        return replace(one, zh="".join(word for place, word in enumerate(one.words_zh) if place != 1), en="")
    at = rng.randrange(1, len(one.name) - 2)
    return replace(one, zh=one.name[:at] + one.name[at + 1 :], en="")


def traditional(_rng: random.Random, one: Material) -> Material | None:
    """In traditional characters."""
    name = one.name.translate(TRADITIONAL)
    return replace(one, zh=name) if name != one.name else None


def folded(rng: random.Random, one: Material) -> Material | None:
    """The specification in the name, its own field left empty; the brand too, sometimes."""
    with_brand = one.brand and rng.random() < 0.3
    name = rng.choice(("{0} {1}", "{0}{1}", "{1} {0}", "{0}({1})", "{0},{1}")).format(one.name, one.spec)
    copy = replace(one, zh=name, en="", spec="")
    copy = replace(copy, zh=f"{one.brand} {name}", brand="") if with_brand else copy
    return copy if one.spec else None


def grade(rng: random.Random, one: Material) -> Material | None:
    """304 as 06Cr19Ni10 or SUS304."""
    words = one.spec.split()
    known = [place for place, word in enumerate(words) if word in GRADES]
    if not known:
        return None
    words[known[-1]] = rng.choice(GRADES[words[known[-1]]])
    return _spec(one, " ".join(words))


def _spec(one: Material, spec: str) -> Material | None:
    return replace(one, spec=spec) if spec != one.spec else None


PERTURBATIONS: Mapping[str, Perturb] = {
    "sign": sign, "diameter": diameter, "inch": inch, "full width": full_width, "swapped": swapped, "language": language,
    "brand": brand, "typing": typing, "typing in English": typing_en, "blanks": blanks, "drawing": drawing, "short": short,
    "traditional": traditional, "folded": folded, "grade": grade,
}  # fmt: skip


def perturbed(rng: random.Random, kind: str, one: Material) -> Material | None:
    """A copy of this kind, with another code, its unit spelt as it comes, and often only one of the names."""
    copy = PERTURBATIONS[kind](rng, one)
    if copy is None:
        return None
    en = copy.en if copy.zh == " " or rng.random() < 0.5 else ""
    return replace(copy, code=f"X{rng.randrange(10**6):06d}", en=en, unit=rng.choice(UNITS[one.unit]))
