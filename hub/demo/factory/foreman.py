"""What the shop floor writes down: jobs, reports (and their reversals), consumption, inspections, nonconformance, receipts, machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hub.demo.factory import catalogue, shapes
from hub.demo.factory.clock import Agenda, Dice
from hub.demo.factory.desk import Desk
from hub.demo.factory.shapes import Data, Words
from hub.demo.factory.work import ZERO, Operation, WorkOrder

DEFECTS = {
    # what may befall one piece: (share of reports, reason)
    "scrap": (0.05, "SCRAP-POROSITY"),
    "rework": (0.07, "REWORK-BURR"),
    "repair": (0.03, "REPAIR-PAINT"),
    "concession": (0.05, "CONCESSION-LOOK"),
}
LEAK = "SCRAP-LEAK"
REVERSAL_SHARE, TWO_REPORTS_SHARE, STOP_SHARE, SUBSTITUTE_SHARE, SCRAPPED_AGAIN_SHARE = 0.05, 0.2, 0.06, 0.3, 0.15


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: pieces that passed, and pieces that have to be worked again under a nonconformance."""

    passed: Decimal
    again: Decimal = ZERO
    nonconformance: str = ""
    disposition: str = ""


class Foreman:
    """Fills in the MES's documents. Its own numbers, its own codes, persons by code only."""

    def __init__(self, desk: Desk, agenda: Agenda, dice: Dice, words: Words, done: Counter[str]) -> None:
        self._desk, self._agenda, self._dice, self._words, self._done = desk, agenda, dice, words, done

    # jobs and machines

    def dispatch(self, order: WorkOrder, operation: Operation, quantity: Decimal) -> str:
        """Begin a job; its number."""
        number = f"{order.number}-{operation.sequence}-{operation.runs}"
        document = {
            "number": number, "production_order": order.number, "sequence": operation.sequence, "operation": operation.code,
            "work_center": operation.work_center or None, "state": "running", "quantity": self._quantity(order, quantity),
            "started_at": self._agenda.moment, "subcontracted": operation.outsourced, "changed_at": self._agenda.moment,
        }  # fmt: skip
        self._desk.write("job_order", order.organisation, number, document, "submitted")
        self._done["outsourced"] += operation.outsourced
        return number

    def run_machine(self, order: WorkOrder, operation: Operation, hours: float) -> float:
        """The machine runs, and now and then stops; the hours it stood still."""
        subject = "stop", order.organisation, order.number, operation.sequence, operation.runs
        start = self._agenda.moment
        self._machine(order, operation, "run", start, start + timedelta(hours=hours))
        if not self._dice.happens(STOP_SHARE, *subject):
            return 0.0
        stop = self._dice.hours(0.2, 0.8, *subject)
        self._machine(order, operation, "down", start + timedelta(hours=hours), start + timedelta(hours=hours + stop), "DOWN-TOOL")
        self._done["stops"] += 1
        return stop

    def _machine(self, order: WorkOrder, operation: Operation, state: str, start: datetime, end: datetime, reason: str = "") -> None:
        if not operation.work_center:
            return
        document = {
            "equipment": operation.work_center, "state": state, "started_at": start, "ended_at": end, "production_order": order.number,
            "reason": self._words.of("reason", reason) if reason else None, "source": "PLC",
        }  # fmt: skip
        self._desk.write("equipment_status", order.organisation, self._desk.number("EQ", order.organisation), document, "submitted")

    # material

    def consume(self, order: WorkOrder, operation: Operation, quantity: Decimal, job: str) -> None:
        """What the bill says for this operation, scanned lot by lot; also what the ERP will flush back by itself."""
        for line in operation.components:
            if line.get("issue_method") != "none":
                self._consume_line(order, operation, line, shapes.count(line["quantity"]) * quantity, job)

    def _consume_line(self, order: WorkOrder, operation: Operation, line: Data, used: Decimal, job: str) -> None:
        number = self._desk.number("HY", order.organisation)
        planned = self._words.shared("material", line["material"])
        actual = self._actual(planned, order, number)
        second = shapes.weighed(actual, used, self._dice.about("scale", order.organisation, number).random())
        tracked = self._words.codes.get("material", actual).attributes["tracking"] != "none"
        document = {
            "number": number, "production_order": order.number, "job_order": job,
            "sequence": operation.sequence, "bom_line": line.get("line"),
            "material": self._words.of("material", actual), "planned_material": line["material"] if actual != planned else None,
            "quantity": self._words.quantity(actual, used, second), "issue_method": line.get("issue_method"), "state": "recorded",
            "lot": f"L{actual[3:]}-{self._agenda.moment:%y%m}" if tracked else None, "consumed_at": self._agenda.moment,
            "warehouse": self._words.of("warehouse", "WH-RAW"),
        }  # fmt: skip
        self._desk.write("material_consumption", order.organisation, number, document, "submitted")
        self._done["substitutes"] += actual != planned

    def _actual(self, planned: str, order: WorkOrder, number: str) -> str:
        """替代料: stainless in place of carbon steel where that has run out."""
        is_substituted = planned == "RM-BAR-45" and self._dice.happens(SUBSTITUTE_SHARE, "substitute", order.organisation, number)
        return "RM-BAR-SS" if is_substituted else planned

    # reports

    def report(self, order: WorkOrder, operation: Operation, quantity: Decimal, job: str, start: datetime) -> Outcome:
        """One report or two for what was done, with what went wrong in the last of them; then inspection and job."""
        subject = "outcome", order.organisation, job
        defects = self._defects(quantity, subject)
        passed = quantity - sum((defects[kind] for kind in ("scrap", "rework", "repair") if kind in defects), ZERO)
        middle = start + (self._agenda.moment - start) / 2
        half = quantity // 2 if quantity >= 8 and self._dice.happens(TWO_REPORTS_SHARE, *subject, "two") else ZERO
        if half:
            self._write_report(order, operation, job, half, {}, start, middle)
        last = self._report_last(order, operation, job, quantity - half, defects, middle if half else start)
        self._inspect(order, operation, quantity, defects, last)
        self._end_job(order, job)
        again = next((kind for kind in ("rework", "repair") if kind in defects), "")
        if not again:
            return Outcome(passed)
        return Outcome(passed, defects[again], self._open_nonconformance(order, operation, defects[again], again, last), again)

    def _defects(self, quantity: Decimal, subject: tuple[str, ...]) -> dict[str, Decimal]:
        """At most one kind of defect on one piece, and only in runs of three or more."""
        throw = self._dice.about(*subject, "defect").random()
        for kind, (share, _) in DEFECTS.items():
            if quantity >= 3 and 0 <= throw < share:
                return {kind: Decimal(1)}
            throw -= share
        return {}

    def _report_last(self, order: WorkOrder, operation: Operation, job: str, quantity: Decimal, defects: Data, start: datetime) -> str:
        """Now and then it is first typed wrong, reversed, and entered again."""
        end = self._agenda.moment
        if self._dice.happens(REVERSAL_SHARE, "reversal", order.organisation, job):
            wrong = self._write_report(order, operation, job, quantity + 1, {}, start, end)
            self._write_report(order, operation, job, -quantity - 1, {}, start, end, reverses=wrong)
            self._done["reversals"] += 1
        return self._write_report(order, operation, job, quantity, defects, start, end)

    def report_again(self, order: WorkOrder, operation: Operation, outcome: Outcome, job: str) -> Decimal:
        """The report after rework: a report of its own, which never counts as first pass. The pieces that are good now."""
        is_scrapped = self._dice.happens(SCRAPPED_AGAIN_SHARE, "again", order.organisation, job)
        defects = {"scrap": outcome.again} if is_scrapped else {}
        start = self._agenda.moment - timedelta(minutes=30)
        self._write_report(
            order, operation, job, outcome.again, defects, start, self._agenda.moment,
            type="rework", nonconformance=outcome.nonconformance, first_pass=False,
        )  # fmt: skip
        self._close_nonconformance(order, outcome.nonconformance)
        self._done["reworks"] += 1
        return ZERO if is_scrapped else outcome.again

    def _write_report(
        self, order: WorkOrder, operation: Operation, job: str, processed: Decimal, defects: Mapping[str, Decimal],
        start: datetime, end: datetime, **more: Any,
    ) -> str:  # fmt: skip
        """One report; its number. B1 holds: processed is the sum of the five."""
        number = self._desk.number("BG", order.organisation)
        minutes = (end - start).total_seconds() / 60 * (-1 if processed < 0 else 1)
        person = self._words.of("person", self._dice.about("person", job).choice(list(catalogue.PERSONS)))
        document = {
            "number": number, "production_order": order.number, "job_order": job, "sequence": operation.sequence,
            "operation": operation.code, "material": order.material, "type": "production", "state": "recorded",
            "unit": self._words.of("unit", "H87"), "processed": processed, "good": processed - sum(defects.values(), ZERO), **defects,
            "reasons": self._reasons(operation, defects),
            "work_center": operation.work_center or None, "persons": [{"person": person, "minutes": round(minutes)}],
            "business_date": end.date().isoformat(), "started_at": start, "ended_at": end, "reported_at": end,
            "run_minutes": str(round(minutes)),
            "reversal_reason": self._words.of("reason", "REVERSAL-TYPO") if "reverses" in more else None, "source": "terminal", **more,
        }  # fmt: skip
        self._desk.write("operation_report", order.organisation, number, document, "submitted")
        self._done["reports"] += 1
        for kind in defects:
            self._done[kind] += 1
        return number

    def _reasons(self, operation: Operation, defects: Mapping[str, Decimal]) -> list[Data]:
        found = ((self._words.of("reason", self._reason(operation, kind)), quantity) for kind, quantity in defects.items())
        return [{"reason": reason, "quantity": quantity} for reason, quantity in found]

    def _reason(self, operation: Operation, kind: str) -> str:
        is_test = operation.code == self._words.of("operation", catalogue.FINAL_INSPECTION)
        return LEAK if is_test and kind == "scrap" else DEFECTS[kind][1]

    def _end_job(self, order: WorkOrder, job: str) -> None:
        entry = self._desk.get("job_order", order.organisation, job)
        assert entry is not None
        document = {**entry.data, "state": "completed", "ended_at": self._agenda.moment, "changed_at": self._agenda.moment}
        self._desk.write("job_order", order.organisation, job, document, "submitted")

    # quality

    def _inspect(self, order: WorkOrder, operation: Operation, quantity: Decimal, defects: Mapping[str, Decimal], report: str) -> None:
        """The final inspection is the pressure test; rotors and impellers pass without (免检)."""
        if operation.code != self._words.of("operation", catalogue.FINAL_INSPECTION):
            return
        rejected = sum((value for kind, value in defects.items() if kind != "concession"), ZERO)
        number = self._desk.number("ZJ", order.organisation)
        document = {
            "number": number, "stage": "final", "state": "concession" if "concession" in defects else "passed",
            "production_order": order.number, "operation_report": report, "sequence": operation.sequence, "operation": operation.code,
            "material": order.material,
            "unit": self._words.of("unit", "H87"), "inspected": quantity, "accepted": quantity - rejected, "rejected": rejected,
            "defects": self._reasons(operation, defects),
            "inspector": self._words.of("person", "W006"), "inspected_at": self._agenda.moment,
        }  # fmt: skip
        self._desk.write("quality_inspection", order.organisation, number, document, "submitted")

    def _open_nonconformance(self, order: WorkOrder, operation: Operation, quantity: Decimal, disposition: str, report: str) -> str:
        number = self._desk.number("BHG", order.organisation)
        document = {
            "number": number, "state": "reworking", "production_order": order.number, "operation_report": report,
            "sequence": operation.sequence, "operation": operation.code, "material": order.material,
            "quantity": self._quantity(order, quantity), "reason": self._words.of("reason", DEFECTS[disposition][1]),
            "disposition": disposition, "opened_at": self._agenda.moment,
        }  # fmt: skip
        self._desk.write("nonconformance", order.organisation, number, document, "submitted")
        return number

    def _close_nonconformance(self, order: WorkOrder, number: str) -> None:
        entry = self._desk.get("nonconformance", order.organisation, number)
        assert entry is not None
        document = {**entry.data, "state": "closed", "closed_at": self._agenda.moment}
        self._desk.write("nonconformance", order.organisation, number, document, "submitted")

    # goods

    def declare(self, order: WorkOrder, operation: Operation, quantity: Decimal) -> None:
        """Tell the store what is finished (完工入库申请), with its lot, or each piece's serial."""
        number = self._desk.number("RK", order.organisation)
        tracking = self._words.codes.get("material", self._words.shared("material", order.material)).attributes["tracking"]
        first = int(order.declared) + 1
        document = {
            "number": number, "production_order": order.number, "material": order.material, "quantity": self._quantity(order, quantity),
            "state": "declared", "declared_at": self._agenda.moment, "warehouse": self._words.of("warehouse", "WH-FG"),
            "lot": f"P{order.organisation}{order.number[2:]}-{operation.runs}" if tracking != "none" else None,
            "serials": [f"{order.material}-{order.organisation}{order.number[2:]}-{at:03d}" for at in range(first, first + int(quantity))]
            if tracking == "serial" else None,
        }  # fmt: skip
        self._desk.write("goods_receipt", order.organisation, number, document, "submitted")
        self._done["receipts"] += 1

    def _quantity(self, order: WorkOrder, quantity: Decimal) -> Data:
        return {"value": shapes.amount(quantity), "unit": self._words.of("unit", "H87")}
