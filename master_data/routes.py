"""Approval routes (会签) and what a rule may approve, as data: who signs which step, in what order, which fields each may fill in.

`shipped/approval_routes.yaml` comes with the hub; a plant's own file lies over it. Pure but for reading the files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from master_data.kind import Label
from master_data.reading import read_model

SHIPPED = Path(__file__).parent / "shipped" / "approval_routes.yaml"
RULE = "rule:"
NAMES = ("zh", "en")
Action = Literal[
    "create_code", "change_code", "retire_code", "merge_codes", "split_codes",
    "add_cross_reference", "end_cross_reference", "add_conversion",
]
Test = Literal["same-code", "listed-spelling"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Step(_Part):
    """One signature. Signed by one of `people`, or by whoever has one of `roles`.

    `fields`: attributes (or `zh`, `en`) that it may fill in or change. `together`: beside the step before it, not after it.
    A step that is not `mandatory` can be signed, and holds nothing up. Reminders go to `remind` (left out: who may sign).
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,59}$")
    label: Label
    people: list[str] = []
    roles: list[str] = []
    fields: list[str] = []
    together: bool = False
    mandatory: bool = True
    remind_after_h: float = Field(default=24, gt=0)
    remind_every_h: float = Field(default=24, gt=0)
    remind: list[str] = []

    @model_validator(mode="after")
    def _signed_by_somebody(self) -> Step:
        if not self.people and not self.roles:
            raise ValueError("a step needs 'people' or 'roles' that sign it")
        return self

    @property
    def whom(self) -> list[str]:
        """People and roles to remind."""
        return self.remind or [*self.people, *self.roles]

    def may_sign(self, by: str, roles: Collection[str]) -> bool:
        return by in self.people or bool(set(roles) & set(self.roles))

    def reminders_due(self, since: datetime, now: datetime) -> int:
        """How many times a reminder has fallen due for a step that waits since then."""
        waited = now - since - timedelta(hours=self.remind_after_h)
        return 0 if waited < timedelta() else 1 + waited // timedelta(hours=self.remind_every_h)


class Route(_Part):
    """The steps of a kind's actions; `when`: only where these attributes have one of these values. The first that fits counts."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,59}$")
    label: Label
    active: bool = True
    kind: str
    actions: list[Action] = Field(min_length=1)
    when: dict[str, list[Any]] = {}
    steps: list[Step] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Route:
        names = [step.name for step in self.steps]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"the step '{min(twice)}' stands twice")
        if self.steps[0].together:
            raise ValueError("the first step has none before it that it could be signed 'together' with")
        if not any(step.mandatory for step in self.steps):
            raise ValueError("at least one step must be mandatory")
        return self

    @cached_property
    def stages(self) -> Sequence[Sequence[Step]]:
        """The steps in order; those of one stage are signed side by side."""
        stages: list[list[Step]] = []
        for step in self.steps:
            if step.together:
                stages[-1].append(step)
            else:
                stages.append([step])
        return stages

    def fits(self, action: str, kind: str, attributes: Mapping[str, Any]) -> bool:
        same = self.active and kind == self.kind and action in self.actions
        return same and all(attributes.get(name) in values for name, values in self.when.items())

    def missing(self, signed: Collection[str]) -> list[Step]:
        """The mandatory steps that have not signed."""
        return [step for step in self.steps if step.mandatory and step.name not in signed]

    def waiting(self, signed: Collection[str]) -> list[Step]:
        """The steps whose turn has come: nothing mandatory before them is missing."""
        found: list[Step] = []
        for stage in self.stages:
            found += [step for step in stage if step.name not in signed]
            if any(step.mandatory and step.name not in signed for step in stage):
                break
        return found

    def since(self, step: Step, proposed_at: datetime, signed: Mapping[str, datetime]) -> datetime:
        """Since when it is the step's turn: the last mandatory signature before its stage."""
        before = self.stages[: next(number for number, stage in enumerate(self.stages) if step in stage)]
        times = [signed[each.name] for stage in before for each in stage if each.mandatory and each.name in signed]
        return max(times, default=proposed_at)

    def fillable(self, signed: Collection[str]) -> set[str]:
        """The fields that steps to come may still fill in."""
        return {name for step in self.steps if step.name not in signed for name in step.fields}


class Rule(_Part):
    """What is approved without a person, recorded as approved by `rule:<name>`. Off unless it is switched on.

    `kinds`, `systems`, `by` (who proposes): left out means any. `only`: a change of these fields and nothing else.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,59}$")
    label: Label
    active: bool = False
    actions: list[Action] = Field(min_length=1)
    kinds: list[str] = []
    systems: list[str] = []
    by: list[str] = []
    only: list[str] = []
    test: Test | None = None

    @model_validator(mode="after")
    def _narrow(self) -> Rule:
        if self.only and set(self.actions) != {"change_code"}:
            raise ValueError("'only' goes with the action change_code alone")
        if self.test and set(self.actions) != {"add_cross_reference"}:
            raise ValueError("'test' goes with the action add_cross_reference alone")
        if not self.only and not self.test and not self.by:
            raise ValueError("a rule that approves everything: narrow it by 'only', 'test' or 'by'")
        return self

    @property
    def signature(self) -> str:
        return f"{RULE}{self.name}"


class RouteFile(_Part):
    """One file. `switch_on`, `switch_off`: names of routes and rules of this file or of the one below it."""

    routes: list[Route] = []
    automatic: list[Rule] = []
    switch_on: list[str] = []
    switch_off: list[str] = []


@dataclass(frozen=True, slots=True)
class RouteBook:
    """All routes and rules in force, the plant's own first."""

    routes: tuple[Route, ...] = ()
    rules: tuple[Rule, ...] = ()

    def route(self, action: str, kind: str, attributes: Mapping[str, Any]) -> Route | None:
        """The first that fits; None: one other person approves."""
        return next((route for route in self.routes if route.fits(action, kind, attributes)), None)


def over(below: RouteBook, file: RouteFile) -> RouteBook:
    """A file over what is there: its own entries first, each instead of one of the same name, then the switches."""
    routes, rules = _over(below.routes, file.routes), _over(below.rules, file.automatic)
    switches = dict.fromkeys(file.switch_on, True) | dict.fromkeys(file.switch_off, False)
    return RouteBook(tuple(_switched(each, switches) for each in routes), tuple(_switched(each, switches) for each in rules))


def read_file(path: Path) -> RouteFile:
    """Strictly. Raises DictionaryFileInvalid with file, line, what is wrong and the remedy."""
    return read_model(path, RouteFile)


@lru_cache(maxsize=1)
def shipped_routes() -> RouteBook:
    """What comes with the hub: examples to switch on; as it is, one other person approves everything."""
    return over(RouteBook(), read_file(SHIPPED))


def _over(below: Iterable[Any], own: Sequence[Any]) -> list[Any]:
    names = {each.name for each in own}
    return [*own, *(each for each in below if each.name not in names)]


def _switched(each: Any, switches: Mapping[str, bool]) -> Any:
    return each.model_copy(update={"active": switches[each.name]}) if each.name in switches else each
