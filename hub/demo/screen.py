"""What `hub demo` shows: the live table while it runs, and the proof at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from hub.demo.factory import Factory
from hub.demo.factory.slips import TEST_STATE
from hub.demo.proof import Proof
from hub.demo.proof.written import day
from hub.sdk.simulation import Entry
from hub.texts import TEXTS, sentence

ROWS, FEWEST = 14, 3
AROUND = 11
"""Rows of the terminal for title, headings, foot and blanks."""
WIDE = 100
"""Terminals of so many columns show everything; on narrower ones the columns of `ONLY_WIDE` are left out."""
COLUMNS = ("order", "line", "product", "ordered", "state", "promised", "shipped", "waits")
ONLY_WIDE = frozenset({"promised", "waits"})
RIGHT = frozenset({"ordered", "shipped", "open"})
FINDINGS = 20
SHOWN_KINDS = {
    "crm": ("sales_order", "customer", "order_progress"),
    "erp": ("sales_order", "production_order", "operation_report", "goods_receipt", "shipment", "invoice"),
    "mes": ("production_order", "job_order", "operation_report", "material_consumption", "goods_receipt"),
}
STATES = {
    # state of the CRM's progress row: (zh, en, colour)
    "": ("未回传", "not told yet", "dim"),
    "confirmed": ("已确认", "confirmed", "white"),
    "accepted": ("已接单", "accepted", "cyan"),
    "planned": ("已排产", "planned", "cyan"),
    "in_production": ("生产中", "in production", "yellow"),
    "ready": ("待发货", "ready", "yellow"),
    "part_shipped": ("部分发货", "part shipped", "green"),
    "shipped": ("已发货", "shipped", "green"),
    "delivered": ("已签收", "delivered", "green"),
    "closed": ("已关闭", "closed", "green"),
    "on_hold": ("暂停", "on hold", "red"),
    "cancel_requested": ("申请取消", "cancel requested", "magenta"),
    "cancelled": ("已取消", "cancelled", "magenta"),
    "rejected": ("已驳回", "rejected", "red"),
}


@dataclass(frozen=True, slots=True)
class Pulse:
    """What only the hub knows: open holds, messages not yet worked off, faults injected so far."""

    holds: int = 0
    lag: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)


def live(factory: Factory, pulse: Pulse, seconds: float, language: str = "zh", size: tuple[int, int] = (120, 40)) -> RenderableType:
    """The newest order lines with what the CRM knows of them, and how many documents each system holds.

    `size`: columns and rows of the terminal. Where it is low, fewer order lines are shown, for what is too high is cut off.
    """
    width, height = size
    time = factory.clock.now().astimezone().strftime("%Y-%m-%d %H:%M")
    title = _say("demo-live-title", language, time=time, seconds=int(seconds))
    foot = [f"{_say(f'demo-{name}', language)} {value}" for name, value in (("held", pulse.holds), ("lag", pulse.lag))]
    foot.append(f"{_say('demo-faults', language)} {sum(pulse.faults.values())}")
    taken = AROUND + sum(1 if width >= WIDE else len(kinds) for kinds in SHOWN_KINDS.values())
    rows = min(ROWS, max(height - taken, FEWEST))
    tables = _lines(factory, language, width, rows), _systems(factory, language, width)
    return Group(Line(title, style="bold"), *tables, Line("   ".join(foot), style="dim"))


def proof_table(proof: Proof, language: str = "zh", more: Mapping[str, Any] | None = None) -> RenderableType:
    """The figures (and `more` of them: holds, restarts, seconds), the verdict, and the first findings."""
    table = Table()
    table.add_column(_say("demo-figure", language))
    table.add_column(_say("demo-value", language), justify="right")
    for name, value in {**proof.figures(), **(more or {})}.items():
        table.add_row(_label(name, language), str(value), style=_colour(name, value))
    word, colour = ("clean", "green") if proof.is_clean else ("broken", "red")
    verdict = Line(_say(f"demo-proof-{word}", language), style=f"bold {colour}")
    title = Line(_say("demo-proof-title", language), style="bold")
    return Group(title, table, verdict, *([] if proof.is_clean else [_findings(proof, language)]))


def _findings(proof: Proof, language: str) -> Table:
    table = Table()
    table.add_column(_say("demo-finding", language))
    for finding in proof.findings[:FINDINGS]:
        table.add_row(finding.sentence(language))
    if len(proof.findings) > FINDINGS:
        table.add_row(_say("demo-proof-more", language, count=len(proof.findings) - FINDINGS), style="dim")
    return table


def _lines(factory: Factory, language: str, width: int, at_most: int) -> Table:
    shown = [name for name in COLUMNS if width >= WIDE or name not in ONLY_WIDE]
    table = _table(shown, language)
    progress = _progress(factory)
    orders = [entry for entry in factory.books["crm"].entries("sales_order") if entry.data["state"] != TEST_STATE]
    rows = [(order, line) for order in orders for line in order.data["lines"]]
    for order, line in rows[-at_most:]:
        row = progress.get((order.organisation, order.number, str(line["line"])), {})
        cells = dict(zip(COLUMNS, _cells(order, line, row, language), strict=True))
        table.add_row(*(cells[name] for name in shown))
    return table


def _table(columns: Sequence[str], language: str) -> Table:
    """As wide as the terminal; a cell that is too long goes on below, for Chinese has no blanks to break at."""
    table = Table(expand=True, padding=(0, 1, 0, 0), box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(_say(f"demo-{name}", language), justify="right" if name in RIGHT else "left", overflow="fold")
    return table


def _cells(order: Entry, line: Mapping[str, Any], row: Mapping[str, Any], language: str) -> list[RenderableType]:
    zh, en, colour = STATES.get(str(row.get("state") or ""), STATES[""])
    waits = row.get("waits_for") or {}
    return [
        order.number, str(line["line"]), line["material"], f"{line['quantity']['value']} {line['quantity']['unit']}",
        Line(zh if language == "zh" else en, style=colour), day(row.get("promised_at")),
        f"{Decimal(str(row.get('shipped') or 0)).normalize():f}", str(waits.get(language) or "") if isinstance(waits, Mapping) else "",
    ]  # fmt: skip


def _progress(factory: Factory) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    rows = factory.books["crm"].entries("order_progress")
    return {(row.organisation, str(row.data["order"]).rsplit("/", 1)[-1], str(row.data["line"])): row.data for row in rows}


def _systems(factory: Factory, language: str, width: int) -> Table:
    table = _table(("system", "documents", "open"), language)
    still_open = factory.open_business()
    for system, kinds in SHOWN_KINDS.items():
        books = factory.books[system]
        counts = Counter({kind: len(books.entries(kind)) for kind in kinds})
        shown = ("  " if width >= WIDE else "\n").join(f"{_say(f'demo-kind-{kind}', language)} {counts[kind]}" for kind in kinds)
        table.add_row(_say(f"demo-{system}", language), shown, str(len(still_open[system])))
    return table


def _colour(name: str, value: Any) -> str:
    bad = name in ("lost", "duplicated", "out_of_order", "boundary_breaches", "open_holds")
    return "red" if bad and value else "green" if bad else ""


def _label(name: str, language: str) -> str:
    return _say(f"demo-{name}", language) if f"demo-{name}" in TEXTS else name


def _say(key: str, language: str, **facts: Any) -> str:
    return sentence(TEXTS[key], language, facts)
