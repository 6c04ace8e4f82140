"""What the shop floor did, on Tryton's productions: the first report starts one, receipts are its output, the last of them ends it.

Tryton's standard modules know no partial receipt. Each receipt becomes an output move, in the call that also lists its key in the
production's reference: one transaction, so it is there once or not at all. The moves are posted when the whole quantity has come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from connectors.tryton.client import Client
from connectors.tryton.errors import ComponentsShort, NoSuchRecord, NothingDone, ReversalByHand, UnitDiffers
from connectors.tryton.stamp import receipts_of, with_receipt
from hub.sdk import Document, DocumentKey, Written

PRODUCTION = "production"
MOVE = ("product", "unit", "from_location", "to_location", "company", "currency", "unit_price")
OUTPUTS = tuple(f"outputs.{name}" for name in ("quantity", "state", *MOVE))
FIELDS = ("number", "state", "reference", "product", "unit.symbol", *OUTPUTS)
STARTED = ("running", "done")
WAITING = "waiting"


class Floor:
    """Finds a production, and starts it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.system = client.system

    async def production(self, document: Document) -> dict[str, Any]:
        """The production that a document is about. Raises NoSuchRecord."""
        number = document.payload["production"]["number"]
        found = await self._client.read(PRODUCTION, [["number", "=", number]], FIELDS)
        if not found:
            raise NoSuchRecord(system=self.system, model=PRODUCTION, field="number", value=number)
        return found[0]

    async def start(self, document: Document) -> dict[str, Any]:
        """Assigned and running, from whatever state it is in. A production that was not released is refused in Tryton's words."""
        production = await self.production(document)
        if production["state"] == WAITING:
            await self._assign(production)
            production = await self.production(document)
        if production["state"] not in STARTED:
            production = await self.press(document, production, "run", STARTED)
        return production

    async def _assign(self, production: Mapping[str, Any]) -> None:
        """Tryton: `assign_try` answers null and leaves the state as it is when stock is short."""
        button = f"assign_{self._client.settings.assign}"
        await self._client.change(PRODUCTION, button, [production["id"]])
        (after,) = await self._client.read(PRODUCTION, [["id", "=", production["id"]]], ("state",))
        if after["state"] == WAITING:
            raise ComponentsShort(retry_after_s=60.0, target_wide=False, system=self.system, number=production["number"])

    async def press(self, document: Document, production: Mapping[str, Any], button: str, becomes: Sequence[str]) -> dict[str, Any]:
        """A button, and the production after it. Raises NothingDone where it did nothing."""
        await self._client.change(PRODUCTION, button, [production["id"]])
        after = await self.production(document)
        if after["state"] not in becomes:
            raise NothingDone(system=self.system, what=f"{button} {PRODUCTION} {production['number']}")
        return after

    async def write(self, production: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Several changes as one transaction."""
        await self._client.change(PRODUCTION, "write", [production["id"]], dict(values))

    async def with_reference(self, key: str) -> list[dict[str, Any]]:
        """The productions whose reference lists this receipt."""
        found = await self._client.read(PRODUCTION, [["reference", "like", f"%{key}%"]], FIELDS)
        return [production for production in found if key in receipts_of(production["reference"])]


class Starts:
    """A report of the shop floor starts its production; a production that runs is left as it is."""

    def __init__(self, client: Client) -> None:
        self._floor = Floor(client)

    async def write(self, document: Document) -> Written:
        """Running, or further on."""
        production = await self._floor.start(document)
        return Written(id=str(production["id"]), number=production["number"], step="run")

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        """Nothing tells which report started a production; starting it again changes nothing."""
        return []


class Outputs:
    """A goods receipt as output of its production."""

    def __init__(self, client: Client) -> None:
        self._floor = Floor(client)

    async def write(self, document: Document) -> Written:
        """`run`: started. `save`: its quantity is an output move. `do`: the production is done, if this was the last of it."""
        if document.payload.get("reverses") or Decimal(str(document.payload["quantity"])) <= 0:
            raise ReversalByHand(system=self._floor.system, key=document.key.key)
        if document.step == "run":
            production = await self._floor.start(document)
        elif document.step == "save":
            production = await self._save(document)
        else:
            production = await self._finish(document)
        return _written(production, document.key, document.step)

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        """The production that lists this receipt."""
        found = await self._floor.with_reference(key.key)
        return [_written(one, key, "do" if one["state"] == "done" or _rest(one) else "save") for one in found]

    async def _save(self, document: Document) -> dict[str, Any]:
        production = await self._floor.production(document)
        key = document.key.key
        if key in receipts_of(production["reference"]):
            return production
        self._check_unit(document, production)
        outputs = _outputs(production, Decimal(str(document.payload["quantity"])))
        await self._floor.write(production, {"reference": with_receipt(production["reference"], key), "outputs": outputs})
        after = await self._floor.production(document)
        if key not in receipts_of(after["reference"]):
            raise NothingDone(system=self._floor.system, what=f"save {PRODUCTION} {production['number']}")
        return after

    def _check_unit(self, document: Document, production: Mapping[str, Any]) -> None:
        unit, expected = document.payload["unit"]["symbol"], production["unit"]["symbol"]
        if unit != expected:
            raise UnitDiffers(system=self._floor.system, unit=unit, expected=expected, number=production["number"])

    async def _finish(self, document: Document) -> dict[str, Any]:
        production = await self._floor.production(document)
        if production["state"] == "done" or _rest(production):
            return production
        return await self._floor.press(document, production, "do", ("done",))


def _rest(production: Mapping[str, Any]) -> dict[str, Any] | None:
    """The move of what is still to come: the oldest, as long as there is one more than receipts."""
    moves = sorted(_moves(production), key=lambda move: int(move["id"]))
    return moves[0] if len(moves) > len(receipts_of(production["reference"])) else None


def _moves(production: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [move for move in production["outputs"] if move["product"] == production["product"] and move["state"] != "cancelled"]


def _outputs(production: Mapping[str, Any], quantity: Decimal) -> list[Any]:
    """A new move for the receipt, and so much less of what is to come."""
    rest = _rest(production)
    pattern = rest or _moves(production)[0]
    new = {name: _value(name, pattern[name]) for name in MOVE} | {"quantity": float(quantity)}
    left = Decimal(str(rest["quantity"])) - quantity if rest else Decimal(0)
    fewer = [["write", [rest["id"]], {"quantity": float(left)}] if left > 0 else ["delete", [rest["id"]]]] if rest else []
    return [["create", [new]], *fewer]


def _value(name: str, value: Any) -> Any:
    return {"__class__": "Decimal", "decimal": value} if name == "unit_price" and value is not None else value


def _written(production: Mapping[str, Any], key: DocumentKey, step: str) -> Written:
    return Written(id=str(production["id"]), number=key.number or key.key.rpartition("/")[2], step=step)
