"""Scenes that can be called up while the demo runs: each makes something happen, says where to look, and says what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from hub.demo.factory import Factory
from hub.demo.factory.catalogue import ALIAS
from hub.demo.factory.ledger import Job
from hub.demo.factory.shapes import local_number
from hub.demo.proof.boundary import breaches
from hub.demo.proof.written import Written, number, quantity
from hub.demo.screen import STATES
from hub.errors import DataError
from hub.sdk.simulation import Entry, Fault, Faults
from hub.texts import LANGUAGES, TEXTS, Text, sentence


class SceneUnknown(DataError):
    """There is no scene of this name; the text lists them."""

    code = "scene-unknown"


class SceneImpossible(DataError):
    """Nothing suitable is going on at this moment."""

    code = "scene-impossible"


@dataclass(frozen=True, slots=True)
class Stage:
    """What scenes play on: the factory, the simulators' faults, and what a system was sent (`received('mes')`: JSON values).

    `kill` has the hub killed and started again; `settings` is its settings file, for the commands that a scene names.
    """

    factory: Factory
    faults: Mapping[str, Faults]
    received: Callable[[str], Sequence[Any]]
    kill: Callable[[], None]
    settings: str


class Scene(Protocol):
    """One scene that has begun."""

    look: Text
    """What to look at."""
    sides: Mapping[str, Any]
    """What is to be seen side by side; mostly nothing."""

    def seen(self) -> Text | None:
        """What was seen; None while it has not all happened yet."""
        ...


def begin(name: str, stage: Stage) -> Scene:
    """Start a scene. Raises SceneUnknown; SceneImpossible where nothing suitable is going on yet."""
    if name not in SCENES:
        raise SceneUnknown(name=name, known=", ".join(SCENES))
    return SCENES[name](stage)


def say(key: str, **facts: Any) -> Text:
    """A text of the catalogue in both languages, filled; a fact that is a text itself is told in the same language."""
    return Text(*(sentence(TEXTS[key], language, _in(language, facts)) for language in LANGUAGES))


def _in(language: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(fact, language) if isinstance(fact, Text) else fact for name, fact in facts.items()}


class TimeOut:
    """1: the next sales order is saved by the ERP, which never answers; then the hub is killed."""

    sides: Mapping[str, Any] = {}

    def __init__(self, stage: Stage) -> None:
        self._stage, self._faults = stage, stage.faults["erp"]
        self._struck = self._faults.counts[Fault.TIMEOUT_AFTER]
        self._victim: Entry | None = None
        self._faults.force(Fault.TIMEOUT_AFTER)
        stage.factory.books["erp"].subscribe(self._watch)
        stage.factory.order_now("plain")
        self.look = say("scene-timeout-look")

    def _watch(self, entry: Entry) -> None:
        """The fault struck this write. If that was no new sales order, let it strike again."""
        if self._victim is not None or self._faults.counts[Fault.TIMEOUT_AFTER] == self._struck:
            return
        self._struck = self._faults.counts[Fault.TIMEOUT_AFTER]
        if entry.kind == "sales_order" and entry.version == 1:
            self._victim = entry
            self._stage.kill()
        else:
            self._faults.force(Fault.TIMEOUT_AFTER)

    def seen(self) -> Text | None:
        if self._victim is None:
            return None
        orders = Written(self._stage.factory.books["erp"], self._stage.factory.codes, ("sales_order",))
        found = orders.of(*orders.place(self._victim))
        if not any(entry.status in ("submitted", "audited") for entry in found):
            return None
        return say(
            "scene-timeout-seen", order=orders.place(self._victim)[2], count=len(found), numbers=", ".join(entry.number for entry in found)
        )


class UnknownCode:
    """2: an order with a code that nobody knows, and the order behind it."""

    sides: Mapping[str, Any] = {}

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._order, self._neighbour = stage.factory.order_now("new_alias"), stage.factory.order_now("plain")
        self.look = say("scene-unknown-code-look", order=self._order, code=ALIAS, neighbour=self._neighbour)

    def seen(self) -> Text | None:
        written = (entry for entry in self._stage.factory.books["erp"].history()[::-1] if entry.kind == "sales_order")
        arrived = {self._place(entry): entry.sequence for entry in written}
        if not {self._order, self._neighbour} <= arrived.keys():
            return None
        first, second = sorted((self._order, self._neighbour), key=lambda order: arrived[order])
        return say("scene-unknown-code-seen", neighbour=first, order=second)

    @staticmethod
    def _place(entry: Entry) -> str:
        return local_number(entry.custom.get("key") or entry.number)


class Unaudit:
    """3: 反审核 of a running production order, a quantity that is too small, and then a right one."""

    sides: Mapping[str, Any] = {}

    def __init__(self, stage: Stage) -> None:
        self._stage, self._planner = stage, stage.factory.planner
        self._job, done = self._running()
        self._least = done
        self._small, self._right = max(done - 1, Decimal(1)), self._job.quantity + 1
        agenda = stage.factory.agenda
        self._planner.unaudit(self._job)
        agenda.after(2.0, self._planner.audit_again, self._job, self._small, True)
        agenda.after(5.0, self._planner.unaudit, self._job)
        agenda.after(7.0, self._planner.audit_again, self._job, self._right)
        self.look = say("scene-unaudit-look", number=self._job.number, done=done, small=self._small)

    def _running(self) -> tuple[Job, Decimal]:
        """A production order that has begun, of which the ERP knows at least two finished pieces, and nothing is received yet."""
        for job in self._stage.factory.ledger.jobs.values():
            done = self._reported(job) if job.state == "in_progress" and not job.receipts and job.links else Decimal()
            if done >= 2:
                return job, done
        raise SceneImpossible()

    def _reported(self, job: Job) -> Decimal:
        """The most that any operation has confirmed (B21)."""
        per_operation: dict[Any, Decimal] = {}
        for entry in self._stage.factory.books["erp"].entries("operation_report", organisation=job.organisation):
            if local_number(entry.data.get("production_order")) == job.number:
                done = sum((number(entry.data.get(name)) or Decimal() for name in ("good", "concession", "scrap")), Decimal())
                at = entry.data.get("sequence")
                per_operation[at] = per_operation.get(at, Decimal()) + done
        return max(per_operation.values(), default=Decimal())

    def seen(self) -> Text | None:
        versions = self._in_mes()
        if not versions or quantity(versions[-1].data) != self._right:
            return None
        states, quantities = [entry.data.get("state") for entry in versions], [quantity(entry.data) for entry in versions]
        state = "on_hold" if "on_hold" in states else str(states[-1])
        return say(
            "scene-unaudit-seen", frozen=Text(*STATES.get(state, (state, state, ""))[:2]), small=self._small,
            kept=quantities[0] if self._small not in quantities else self._small, least=self._least, right=self._right,
            now=quantities[-1],
        )  # fmt: skip

    def _in_mes(self) -> list[Entry]:
        """Every version of the work order that the MES has ever had."""
        factory = self._stage.factory
        orders = Written(factory.books["mes"], factory.codes, ("production_order",))
        found = orders.of("production_order", factory.codes.shared("organisation", "erp", self._job.organisation), self._job.number)
        return [entry for entry in factory.books["mes"].history() if found and entry.kind == "production_order" and entry.id == found[0].id]


class Journey:
    """4: any number leads to the whole way."""

    sides: Mapping[str, Any] = {}

    def __init__(self, stage: Stage) -> None:
        self._erp = stage.factory.books["erp"]
        self._shipment = next((entry for entry in self._erp.entries("shipment") if self._receipts(*self._order_of(entry))), None)
        if self._shipment is None:
            raise SceneImpossible()
        self.look = say("scene-journey-look", number=self._shipment.number, settings=stage.settings)

    @staticmethod
    def _order_of(shipment: Entry) -> tuple[str, str]:
        return shipment.organisation, local_number(shipment.data["lines"][0]["order"])

    def _jobs(self, organisation: str, order: str) -> list[str]:
        jobs = self._erp.entries("production_order", organisation=organisation)
        return [job.number for job in jobs if any(local_number(link["order"]) == order for link in job.data.get("demands") or ())]

    def _receipts(self, organisation: str, order: str) -> list[str]:
        jobs = self._jobs(organisation, order)
        return [
            entry.number for entry in self._erp.entries("goods_receipt", organisation=organisation)
            if local_number(entry.data.get("production_order")) in jobs
        ]  # fmt: skip

    def seen(self) -> Text | None:
        assert self._shipment is not None
        organisation, order = self._order_of(self._shipment)
        sent = self._erp.entries("shipment", organisation=organisation)
        shipments = [entry.number for entry in sent if self._order_of(entry)[1] == order]
        chain = {"jobs": self._jobs(organisation, order), "receipts": self._receipts(organisation, order), "shipments": shipments}
        return say("scene-journey-seen", order=order, **{name: ", ".join(numbers) for name, numbers in chain.items()})


class Payloads:
    """6: what the ERP and the MES were sent about one order, side by side."""

    def __init__(self, stage: Stage) -> None:
        self._order, erp, mes = self._pair(stage)
        self.sides: Mapping[str, Any] = {"erp": erp, "mes": mes}
        self.look = say("scene-payload-look", order=self._order)

    @staticmethod
    def _pair(stage: Stage) -> tuple[str, Any, Any]:
        """The newest work order that names an order of which the ERP was sent prices, and what the ERP was sent: key, payloads."""
        sent = (payload for payload in stage.received("erp") if any(breaches(payload, set())))
        priced = {key: payload for payload in sent for key in _values(payload, "F_HUB_KEY")}
        for payload in reversed(stage.received("mes")):
            for order in _values(payload, "order_ref"):
                if f"sales_order/{order}" in priced:
                    return order, priced[f"sales_order/{order}"], payload
        raise SceneImpossible()

    def seen(self) -> Text | None:
        counts = {system: len(set(breaches(payload, set()))) for system, payload in self.sides.items()}
        return say("scene-payload-seen", order=self._order, **counts)


def _values(payload: Any, name: str) -> Iterator[Any]:
    """The values of all fields of this name, wherever they are."""
    if isinstance(payload, Mapping):
        if name in payload:
            yield payload[name]
        for item in payload.values():
            yield from _values(item, name)
    elif isinstance(payload, list):
        for item in payload:
            yield from _values(item, name)


SCENES: Mapping[str, Callable[[Stage], Scene]] = {
    "timeout": TimeOut,
    "unknown-code": UnknownCode,
    "unaudit": Unaudit,
    "journey": Journey,
    "payload": Payloads,
}
"""By name, as in `hub demo scene <name>`."""
