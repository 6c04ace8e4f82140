"""One function for all rules of a level (the head of a record, or a row of a table): its text is written rule by rule, and compiled once.

A record of three lines passes some twenty rules; a call for each of them, with the same questions asked of every rule each time
(a condition? a default? a conversion?), took twice as long. What a rule does not have, its text does not mention.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from hub.mapping.parts import Fetch, Run, Step, state_of
from hub.mapping.paths import ABSENT
from hub.mapping.rules import Rule

Failed = Callable[[Run, Rule, Exception, Any], None]


class Ready(NamedTuple):
    """A rule with its parts compiled; None: the rule has no such part.

    `name`: the one field of the row that `fetch` would read; `target`: the names that `put` would write to, where it is no more
    than one or two names. `rows`: what makes a list of the value (a rule with `each`).
    """

    rule: Rule
    fetch: Fetch
    put: Callable[[dict[str, Any], Any], None]
    name: str | None = None
    target: tuple[str, ...] = ()
    when: Callable[[Any, Run], bool] | None = None
    fill: Callable[[str], Any] | None = None
    convert: Callable[[Any, Run], Any] | None = None
    translate: Callable[[Any, Run], Any] | None = None
    rows: Callable[[Any, Run], Any] | None = None


def level(rules: Sequence[Ready], failed: Failed) -> Step:
    """`step(it, run, out)`: reads from `it`, writes into `out`; what a rule raises is told to `failed`, and the next one goes on."""
    names: dict[str, Any] = {"ABSENT": ABSENT, "state_of": state_of, "failed": failed}
    lines = ["def step(it, run, out):", " plain = it.__class__ is dict"]
    for number, ready in enumerate(rules):
        names |= {f"{part}_{number}": value for part, value in ready._asdict().items()}
        lines += [" value = ABSENT", " try:", *_indented(_rule(ready, number), 2)]
        lines += [" except Exception as error:", f"  failed(run, rule_{number}, error, value)"]
    exec(compile("\n".join(lines), "<mapping>", "exec"), names)     # of a mapping file it holds only names, quoted
    step: Step = names["step"]
    return step


def _rule(ready: Ready, n: int) -> Iterator[str]:
    if ready.when is not None:
        yield f"if when_{n}(it, run):"
        yield from _indented(_valued(ready, n), 1)
    else:
        yield from _valued(ready, n)


def _valued(ready: Ready, n: int) -> Iterator[str]:
    fetched = f"fetch_{n}(it, run)"
    yield f"value = it.get({ready.name!r}, ABSENT) if plain else {fetched}" if ready.name is not None else f"value = {fetched}"
    changed = list(_changed(ready, n))
    if ready.fill is not None:
        yield "state = state_of(value)"
        yield f"if state in rule_{n}.default:"
        yield f" value = fill_{n}(state)"
        changed = ["else:", *_indented(changed, 1)] if changed else []
    yield from changed
    yield "if value is not ABSENT:"
    yield from _indented(_put(ready, n), 1)


def _changed(ready: Ready, n: int) -> Iterator[str]:
    if ready.convert is not None:
        yield "if value is not ABSENT and value is not None:"
        yield f" value = convert_{n}(value, run)"
    for part in ("translate", "rows"):
        if getattr(ready, part) is not None:
            yield "if value is not ABSENT and value is not None:"
            yield f" value = {part}_{n}(value, run)"


def _put(ready: Ready, n: int) -> Iterator[str]:
    if len(ready.target) == 1:
        yield f"out[{ready.target[0]!r}] = value"
    elif len(ready.target) == 2:
        first, second = ready.target
        yield f"inner = out.get({first!r})"
        yield "if inner is None:"
        yield f" out[{first!r}] = {{{second!r}: value}}"
        yield "else:"
        yield f" inner[{second!r}] = value"
    else:
        yield f"put_{n}(out, value)"


def _indented(lines: Iterator[str] | Sequence[str], depth: int) -> list[str]:
    return [" " * depth + line for line in lines]
