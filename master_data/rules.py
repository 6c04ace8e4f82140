"""Check digits, and what a text may contain: pure functions.

Sources: GB 32100-2015 (统一社会信用代码), GB 11714-1997 (组织机构代码), GS1 General Specifications 7.9.1 (GTIN), ISO/IEC 7064 (GB/T 17710).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from string import ascii_uppercase, digits
from typing import NamedTuple

from stdnum import damm, ean, luhn, verhoeff
from stdnum.iso7064 import mod_11_2, mod_11_10, mod_37_2, mod_37_36, mod_97_10

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"          # without I, O, S, V, Z
USCC_SHAPE = re.compile(rf"[0-9A-Z][0-9A-Z][0-9]{{6}}[{USCC_ALPHABET}]{{10}}")
ORGANISATION_SHAPE = re.compile(r"[0-9A-Z]{8}[0-9X]")
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
GTIN_LENGTHS = (8, 12, 13, 14)

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def normal_uscc(text: str) -> str:
    """Upper case, without blanks around."""
    return text.strip().upper()


def is_uscc(text: str) -> bool:
    """A unified social credit code with the right check character; regions are not looked up."""
    if len(text) != 18 or not USCC_SHAPE.fullmatch(text) or not set(text) <= set(USCC_ALPHABET):
        return False
    return text[17] == gb32100(text[:17])


def gb32100(body: str) -> str:
    """The check character of GB 32100 for a body of any length in its alphabet."""
    total = sum(USCC_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return USCC_ALPHABET[-total % 31]


def is_organisation_code(text: str) -> bool:
    """An organisation code of nine characters. Old ones inside credit codes are not guaranteed to pass: a warning, not a refusal."""
    if not ORGANISATION_SHAPE.fullmatch(text):
        return False
    total = sum(int(character, 36) * weight for character, weight in zip(text, ORGANISATION_WEIGHTS))
    return text[8] == "0123456789X0"[11 - total % 11]


def is_gtin(text: str) -> bool:
    """A GTIN-8, -12, -13 or -14 with the right check digit."""
    if len(text) not in GTIN_LENGTHS or not (text.isascii() and text.isdigit()):
        return False
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(text[:-1])))
    return int(text[-1]) == -total % 10


CHECKS: Mapping[str, Callable[[str], bool]] = {"uscc": is_uscc, "organisation_code": is_organisation_code, "gtin": is_gtin}

LETTERS = digits + ascii_uppercase


class CheckMethod(NamedTuple):
    """How a check character is made: of which characters, from a body without separators. `size`: how many it makes; `gives`: of what."""

    alphabet: str
    gives: str
    make: Callable[[str], str]
    size: int = 1


METHODS: Mapping[str, CheckMethod] = {
    "mod10": CheckMethod(digits, digits, ean.calc_check_digit),                  # GS1: weights 3 and 1 from the right
    "mod11": CheckMethod(digits, digits + "X", mod_11_2.calc_check_digit),       # ISO 7064 MOD 11-2, as in GB 11643
    "mod11_10": CheckMethod(digits, digits, mod_11_10.calc_check_digit),
    "mod37": CheckMethod(LETTERS, LETTERS + "*", mod_37_2.calc_check_digit),
    "mod37_36": CheckMethod(LETTERS, LETTERS, mod_37_36.calc_check_digit),
    "mod97": CheckMethod(LETTERS, digits, mod_97_10.calc_check_digits, 2),
    "luhn": CheckMethod(digits, digits, luhn.calc_check_digit),
    "luhn36": CheckMethod(LETTERS, LETTERS, lambda body: luhn.calc_check_digit(body, LETTERS)),
    "verhoeff": CheckMethod(digits, digits, verhoeff.calc_check_digit),
    "damm": CheckMethod(digits, digits, damm.calc_check_digit),
    "gb32100": CheckMethod(USCC_ALPHABET, USCC_ALPHABET, gb32100),
}
"""By the name that a kind's file uses."""


def check_characters(method: str, text: str) -> str:
    """The check character (two of `mod97`) of a text; separators do not count."""
    return METHODS[method].make("".join(character for character in text if character.isalnum()))


def half_width(text: str) -> str:
    """Full-width letters, digits, punctuation and blanks as half-width ones; Chinese stays."""
    return text.translate(FULL_WIDTH)


def normal_name(text: str) -> str:
    """Half-width, composed, one blank between words and none around."""
    return " ".join(unicodedata.normalize("NFC", half_width(text)).split())


def invisible(text: str) -> str:
    """The first character nobody can see (control, zero width, direction, private use, unassigned) as `U+200B`, or ''."""
    hidden = next((character for character in text if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn", "Cs")), None)
    return "" if hidden is None else f"U+{ord(hidden):04X}"
