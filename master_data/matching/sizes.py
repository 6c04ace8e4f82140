"""What a specification says: its numbers with what they measure, its words, material, standard, whichever way it is written.

The numbers tell a thing: M8×30, M8*30 and M8-30 have the same ones, M8×35 has not. Their order and what stands between them does not
count; a label does where both sides have one (PN16 DN25 is not DN16 PN25).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from master_data.matching.normal import CJK, NOT_PLAIN, fold
from master_data.matching.words import Words, alternatives

BODIES = "gb|jb|hg|sh|din|iso|jis|ansi|asme|nb|yb"
STANDARD = rf"(?<![a-z])(?P<standard>(?:{BODIES})(?:/?[tz](?![a-z]))?[ -]?\d+(?:\.\d+)?)(?:-(?:19|20)\d\d)?(?![\d.])"
FRACTION = r"(?:(?P<{0}whole>\d+)[ -])?(?P<{0}over>\d+)/(?P<{0}under>\d+)"
INCH_MARK = r'\s*(?:"|英寸|寸|in(?:ch)?(?![a-z]))'
THREAD = r"(?<![a-z0-9])(?P<thread>g|r|rc|rp|zg|npt)\s?" + FRACTION.format("t_")
INCHES = rf"{FRACTION.format('i_')}{INCH_MARK}|(?P<inches>\d+(?:\.\d+)?){INCH_MARK}|(?<![\d.])(?P<eighths>[1-8])分(?!钟)"
NUMBER = r"\d+(?:\.\d+)?"
REST = re.compile(rf"[a-z{CJK}]+")
RUN = re.compile(rf"[a-z]+|[{CJK}]+")
AT_ENDS = re.compile(r"^([a-z]{2,})|([a-z]{2,})$")
CHAIN = re.compile(r"\d[\d.]*(?:×\d[\d.]*)+")
BESIDE = re.compile(r"[a-z]+(?![a-z0-9])")
GLUED = re.compile(r"(?<=[a-z])(?=[dp]n\d)")                   # 16CDN50
KEPT = 16_384


T = TypeVar("T")


class Number(NamedTuple):
    """`label`: what it measures, '' where nothing says so."""

    value: str
    label: str = ""


class Size(NamedTuple):
    """`numbers` in the order they are written in, all else sorted. `words`: letters beside numbers and words of the specification.

    `loose`: materials only one of the names says, as PVC in the English one: they need not be in another entry.
    """

    numbers: tuple[Number, ...] = ()
    words: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.numbers or self.words or self.grades or self.standards)


class Parsed(NamedTuple):
    """One text. `letters` stand beside digits; `rest` is no size: the name, where a name was read."""

    numbers: tuple[Number, ...] = ()
    letters: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


class SizeReader:
    """Reads texts by one set of words."""

    def __init__(self, words: Words) -> None:
        self._words = words
        labels = _by_length(words.label_of, (r"(?<![a-z0-9])", ""), (r"(?<![a-z])", ""))
        measures = _by_length(words.measure_of, ("", r"(?![a-z0-9/-])"), ("", r"(?![a-z0-9/])"))
        number = rf"(?:(?P<label>{labels})\s*[:=]?\s*|(?P<letters>[a-z]+))?(?P<number>{NUMBER})(?:\s*(?P<measure>{measures}))?"
        self._grade = re.compile(words.grade_pattern)
        self._pattern = re.compile(f"{STANDARD}|(?P<grade>{words.grade_pattern})|{THREAD}|{INCHES}|{number}")
        self.read = lru_cache(maxsize=KEPT)(self._read)

    def _read(self, text: str) -> Parsed:
        """Parse a text."""
        plain = GLUED.sub(" ", fold(text))
        found = _Found()
        left, at = [], 0
        for match in self._pattern.finditer(plain):
            left.append(plain[at : match.start()])
            self._note(match, found)
            at = match.end()
            beside = BESIDE.match(plain, at) if match["number"] else None
            if beside and not self._grade.match(plain, at):
                found.letters.append(beside[0])
                at = beside.end()
        rest = REST.findall("\0".join((*left, plain[at:])))
        return Parsed(tuple(found.numbers), tuple(found.letters), tuple(found.grades), tuple(found.standards), tuple(rest))

    def _note(self, match: re.Match[str], found: _Found) -> None:
        if match["standard"]:
            found.standards.append(self._standard(match["standard"]))
        elif match["grade"]:
            found.grades.append(self._words.grade_of[match["grade"].replace(" ", "")])
        elif match["number"]:
            self._note_number(match, found)
        else:
            found.letters += [match["thread"]] if match["thread"] else []
            found.numbers += self._nominals(*_inches(match))

    def _note_number(self, match: re.Match[str], found: _Found) -> None:
        label, factor = self._words.measure_of.get(match["measure"] or "", ("", 1))
        named = self._words.label_of.get(match["label"] or "", "")
        found.numbers.append(Number(_plain(match["number"], factor), named or label))
        found.letters += [match["letters"]] if match["letters"] else []

    def _nominals(self, whole: int, part: float) -> list[Number]:
        """1 1/2" is one size; in D71X-16 1/2" the 16 is none of it."""
        nominal = self._words.nominal_of.get(whole + part)
        if nominal:
            return [Number(str(nominal), "dn")]
        nominal = self._words.nominal_of.get(part) if whole else None
        return [Number(str(whole)), Number(str(nominal), "dn")] if nominal else [Number(f"{whole + part:g}", "inch")]

    def _standard(self, text: str) -> str:
        body, number = re.fullmatch(r"([a-z]+).*?([\d.]+)", text).groups()  # type: ignore[union-attr]
        return self._words.standard_of.get(body + number, body + number)


def _by_length(spellings: Collection[str], single: tuple[str, str], longer: tuple[str, str]) -> str:
    """Single letters need more around them than words: in 132M-4 and 160M1 the M is no metre and no thread."""
    letters = {one for one in spellings if len(one) == 1}
    return f"{alternatives(set(spellings) - letters, *longer)}|{alternatives(letters, *single)}"


class _Found:
    def __init__(self) -> None:
        self.numbers: list[Number] = []
        self.letters: list[str] = []
        self.grades: list[str] = []
        self.standards: list[str] = []


def merged(names: Sequence[Parsed], spec: Parsed) -> Size:
    """What names and specification say together; said in several of them, it counts once. Of the names, what all of them say."""
    words = tuple(run for word in spec.rest for run in RUN.findall(word))
    numbers = _most(_common([name.numbers for name in names]), spec.numbers)
    letters = _most(_common([name.letters for name in names]), spec.letters + words)
    grades = _most(_common([name.grades for name in names]), spec.grades)
    standards = _most([one for name in names for one in name.standards], spec.standards)
    loose = {grade for name in names for grade in name.grades} - set(grades)
    return Size(tuple(numbers), tuple(sorted(letters)), tuple(sorted(grades)), tuple(sorted(set(standards))), tuple(sorted(loose)))


def of_name(parsed: Parsed) -> Parsed:
    """Letters that stand alone in a Chinese name, or several at its end, are part of a size: 深沟球轴承6212-ZZ, 电缆RVV."""
    if all(word.isascii() for word in parsed.rest):
        return parsed
    words = [part for word in parsed.rest for part in AT_ENDS.split(word) if part]
    letters = tuple(word for word in words if word.isascii())
    return parsed._replace(letters=parsed.letters + letters, rest=tuple(word for word in words if not word.isascii()))


def left_over(theirs: Sequence[Number], ours: Sequence[Number]) -> tuple[list[Number], list[Number]]:
    """The numbers of either that the other has not: equal ones go first, then equal values of which one has no label.

    A label that is left on both sides is not let go: M20×30 is not M30×20.
    """
    mine, others = without_common(theirs, ours)
    if not mine or not others:
        return mine, others
    kept = {one.label for one in mine if one.label} & {one.label for one in others}
    for number in tuple(mine):
        same = next((one for one in others if one.value == number.value and _may_be(number, one, kept)), None)
        if same:
            mine.remove(number)
            others.remove(same)
    return mine, others


def without_common(theirs: Sequence[T], ours: Sequence[T]) -> tuple[list[T], list[T]]:
    """What is left of either when what both have is taken from both."""
    if theirs == ours:
        return [], []
    others = list(ours)
    mine = []
    for one in theirs:
        if one in others:
            others.remove(one)
        else:
            mine.append(one)
    return mine, others


def another_order(theirs: Size, ours: Size, texts: tuple[str, str]) -> bool:
    """Whether equal numbers stand in another order than words changed about explain: SC125×100 is not SC100×125. `texts` as written."""
    here, there = ([number.value for number in size.numbers] for size in (theirs, ours))
    if here == there:
        return False
    mine, others = (sorted(CHAIN.findall(fold(text))) for text in texts)
    if mine and others and mine != others:
        return True
    return not _same_words(*texts) and all(here[at:] + here[:at] != there for at in range(len(here)))


def _same_words(*texts: str) -> bool:
    one, other = (sorted(NOT_PLAIN.sub("", word) for word in fold(text).split()) for text in texts)
    return one == other


def _may_be(number: Number, other: Number, kept: set[str]) -> bool:
    """One has no label, or they have the same one."""
    return number.label == other.label or (not (number.label and other.label) and (number.label or other.label) not in kept)


def _common(lists: Sequence[Sequence[T]]) -> list[T]:
    """What all lists have, in the order of the first."""
    if not lists:
        return []
    common = Counter(lists[0])
    for one in lists[1:]:
        common &= Counter(one)
    return [one for one in lists[0] if one in common]


def _most(first: Sequence[T], second: Sequence[T]) -> list[T]:
    """Each thing as often as the list has it that has it more often; in order, the first list's before."""
    if not first or not second:
        return list(first or second)
    left = Counter(second) - Counter(first)
    rest = []
    for one in reversed(second):
        if left[one] > 0:
            left[one] -= 1
            rest.append(one)
    return [*first, *reversed(rest)]


def _plain(number: str, factor: float) -> str:
    if factor != 1:
        return f"{float(number) * factor:.10g}"
    whole, _, part = number.partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def _inches(match: re.Match[str]) -> tuple[int, float]:
    """Whole inches before a fraction, and the rest."""
    if match["inches"]:
        return 0, float(match["inches"])
    if match["eighths"]:
        return 0, int(match["eighths"]) / 8
    side = "t_" if match["t_over"] else "i_"
    return int(match[f"{side}whole"] or 0), int(match[f"{side}over"]) / max(1, int(match[f"{side}under"]))
