"""How well and how fast duplicates are found: a labelled set made from a fresh seed each run.

100,000 materials, many of them near neighbours; 2,000 perturbed copies; 2,000 more materials of the same families that are not in the set.
The copies are of these kinds, evenly (see `bench.perturbed`):
  sign                M8×30 as M8*30, M8x30, M8-30, M8 * 30
  diameter            Φ12 as ⌀12, ø12, 直径12
  inch                DN15 as 1/2", 1/2寸, 4分
  full width          Ｍ８×３０
  swapped             words of the name or of the specification in another order
  language            only the English name where the entry has both
  brand               SKF as 斯凯孚, or the brand in the name
  typing              one or two wrong, missing, doubled or exchanged characters of the Chinese name
  typing in English   the same in the English name
  blanks              blanks and mm put in or left out
  drawing             the drawing number with other dashes, with or without revision, or in the specification's column
  short               a word or a character of the name left out, English words cut
  traditional         traditional characters
  folded              the specification in the name
  grade               304 as 06Cr19Ni10, SUS304
Recall at 5: the share of copies whose original is among the first five candidates. Precision: of all pairs (query, candidate) said to be
duplicates for copies and for the materials that have no original, the share that is right. A search is one by record or by typed text.
"""

from __future__ import annotations

import asyncio
import gc
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import psutil

from bench.figures import Figure, Result, show
from bench.materials import Material, materials
from bench.perturbed import PERTURBATIONS, perturbed
from bench.servers import Servers
from master_data.matching.clusters import duplicates
from master_data.matching.entry import Entry
from master_data.matching.matcher import Matcher

COUNT, COPIES, STRANGERS, TYPED = 100_000, 2_000, 2_000, 1_000


class Labelled(NamedTuple):
    """A query, what it is (for the figures by kind), and the code it means ('' = none)."""

    query: Entry | str
    kind: str
    code: str


async def run(_servers: Servers | None = None, seed: int | None = None, count: int = COUNT) -> Result:
    """Build, search, count; then clusters over the whole. The seed is in the result."""
    seed = secrets.randbits(32) if seed is None else seed
    print(f"matching: seed {seed}")
    rng = random.Random(seed)
    made = materials(rng, count + STRANGERS)
    known, strangers = made[:count], made[count:]
    matcher, build, memory = _built(known)
    queries = [*copies(rng, known), *(Labelled(entry(one), "stranger", "") for one in strangers)]
    found = _Found(matcher)
    found.ask(queries)
    found.ask_typed(typed(rng, known))
    figures = [*found.figures(), Figure("build", build, "s cpu", at_most=30), *_clustered(matcher, queries)]
    figures.append(Figure("memory", memory / count, "bytes an entry", at_most=1500))
    return Result("matching", figures, {"seed": seed, "entries": count, "copies": COPIES, "strangers": STRANGERS})


def copies(rng: random.Random, known: Sequence[Material]) -> list[Labelled]:
    """As many of each kind; the materials are drawn until the kind applies to one."""
    made: list[Labelled] = []
    kinds = list(PERTURBATIONS)
    while len(made) < COPIES:
        kind, one = kinds[len(made) % len(kinds)], rng.choice(known)
        copy = perturbed(rng, kind, one)
        while copy is None:
            one = rng.choice(known)
            copy = perturbed(rng, kind, one)
        made.append(Labelled(entry(copy), kind, one.code))
    return made


def typed(rng: random.Random, known: Sequence[Material]) -> list[Labelled]:
    """What a person types: name and specification, a part of them, or the drawing number."""
    return [Labelled(_typed(rng, one), "typed", one.code) for one in rng.sample(known, min(TYPED, len(known)))]


def _typed(rng: random.Random, one: Material) -> str:
    whole = f"{one.name} {one.spec} {one.brand}".strip()
    return rng.choice((whole, whole.lower().replace("×", "*"), f"{one.words_zh[-1]} {one.spec or one.drawing}", one.drawing or whole))


def entry(one: Material) -> Entry:
    """As the matcher takes it."""
    told = {"spec": one.spec, "drawing": one.drawing, "brand": one.brand, "base_unit": one.unit}
    return Entry(one.code, one.name.strip(), one.en, {name: value for name, value in told.items() if value})


class _Found:
    """What the searches gave."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self.asked, self.first, self.among, self.said = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        self.right = self.wrong = self.reached = 0
        self.seconds: dict[str, list[float]] = {"record": [], "typed text": []}

    def ask(self, queries: Iterable[Labelled]) -> None:
        for query, kind, code in queries:
            candidates = self._timed("record", query)
            self.asked[kind] += 1
            self.among[kind] += code in [one.code for one in candidates]
            self.first[kind] += [one.code for one in candidates[:1]] == [code]
            alike = [one.code for one in candidates if one.score >= self._matcher.threshold]
            self.right += code in alike
            self.wrong += len(set(alike) - {code})
            self.said[kind] += bool(alike)

    def ask_typed(self, queries: Iterable[Labelled]) -> None:
        for query, kind, code in queries:
            self.asked[kind] += 1
            self.among[kind] += code in [one.code for one in self._timed("typed text", query)]

    def _timed(self, how: str, query: Entry | str) -> Sequence[object]:
        begun = time.process_time()
        candidates = self._matcher.candidates(query, limit=5)
        self.seconds[how].append(time.process_time() - begun)
        return candidates

    def figures(self) -> list[Figure]:
        """The bars first, then each kind's share among the first five."""
        meant = sum(self.asked[kind] for kind in PERTURBATIONS)
        return [
            Figure("recall at 5", sum(self.among[kind] for kind in PERTURBATIONS) / meant, "", at_least=0.97),
            Figure("precision at the threshold", self.right / max(1, self.right + self.wrong), "", at_least=0.95),
            *(Figure(f"search p95, {how}", 1000 * _p95(seconds), "ms cpu", at_most=20) for how, seconds in self.seconds.items()),
            Figure("first of all", sum(self.first[kind] for kind in PERTURBATIONS) / meant, ""),
            Figure("copies said to be duplicates", self.right / meant, ""),
            Figure("strangers said to be duplicates", self.said["stranger"] / max(1, self.asked["stranger"]), ""),
            *(Figure(f"recall at 5, {kind}", self.among[kind] / self.asked[kind], "") for kind in (*PERTURBATIONS, "typed")),
        ]


def _p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)]


def _built(known: Sequence[Material]) -> tuple[Matcher, float, int]:
    """The matcher, seconds of processor time, bytes by which the process grew."""
    entries = [entry(one) for one in known]
    gc.collect()
    before, begun = psutil.Process().memory_info().rss, time.process_time()
    matcher = Matcher("material", entries)
    seconds = time.process_time() - begun
    gc.collect()
    return matcher, seconds, psutil.Process().memory_info().rss - before


def _clustered(matcher: Matcher, queries: Sequence[Labelled]) -> list[Figure]:
    """The copies join the dictionary; each should stand in one cluster with its original and with nothing else."""
    meant = {query.code: code for query, _, code in queries if code and isinstance(query, Entry)}
    for query, _, code in queries:
        if code and isinstance(query, Entry):
            matcher.add(query)
    begun = time.process_time()
    clusters = [cluster.codes for cluster in duplicates(matcher)]
    seconds = time.process_time() - begun
    together = sum(any(meant.get(one) in cluster for cluster in [cluster]) for cluster in clusters for one in cluster)
    pure = sum(len({meant.get(one, one) for one in cluster}) == 1 for cluster in clusters)
    return [
        Figure("duplicates over the whole", seconds, "s cpu", at_most=600), Figure("clusters", len(clusters), ""),
        Figure("copies in their original's cluster", together / max(1, len(meant)), ""),
        Figure("clusters of one thing only", pure / max(1, len(clusters)), ""),
    ]  # fmt: skip


if __name__ == "__main__":
    show([asyncio.run(run(seed=int(sys.argv[1]) if sys.argv[1:] else None))])
