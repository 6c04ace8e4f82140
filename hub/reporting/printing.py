"""Journeys, figures and findings as plain JSON, for the CLI and the API: texts in one language, times ISO 8601, numbers as decimal text."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hub.reporting.figures import Figure
from hub.reporting.findings import Finding
from hub.reporting.journeys import Journey, JourneyStep
from hub.reporting.kpis import KPIS
from hub.reporting.milestones import Stage
from hub.texts import TEXTS, Text

BY_ID = {kpi.id: kpi for kpi in KPIS}


def journey(one: Journey, language: str) -> dict[str, Any]:
    """A journey: the line, its milestones, its stages in seconds, and who has it now."""
    return {
        "line": one.line_key, "customer": one.customer, "material": one.material, "quantity": one.quantity,
        "closed_short": one.closed_short, "state": one.state, "production_orders": list(one.production_orders),
        "milestones": [step(row, language) for row in one.steps],
        "stages": [stage(row, language) for row in one.stages], "total_s": _seconds(one.total), "missing": list(one.missing),
        "not_applicable": list(one.not_applicable), "waits_for": _said(one.waits_for_name, language),
        "holder": _said(one.holder_name, language), "reason": one.reason,
    }  # fmt: skip


def step(one: JourneyStep, language: str) -> dict[str, Any]:
    """A milestone with its parts."""
    parts = [
        {"document": part.document, "system": part.system, "quantity": format(part.quantity, "f"), "at": _time(part.at)}
        for part in one.parts
    ]
    return {
        "code": one.code, "name": _said(one.name, language), "role": one.role, "status": one.status,
        "status_name": _said(one.status_name, language), "at": _time(one.at), "system": one.system, "parts": parts,
    }  # fmt: skip


def stage(one: Stage, language: str) -> dict[str, Any]:
    """A stage, named after the milestone that ends it."""
    name = _said(TEXTS[f"stage-{one.ends}"], language)
    return {"name": name, "begins": one.begins, "ends": one.ends, "duration_s": _seconds(one.duration), "defect": one.defect}


def figure(one: Figure, language: str) -> dict[str, Any]:
    """A KPI's value with all that belongs to it."""
    kpi = BY_ID[one.kpi]
    return {
        "kpi": one.kpi, "version": kpi.version, "name": _said(kpi.names, language), "formula": _said(kpi.formula, language),
        "value": _number(one.value), "numerator": _number(one.numerator), "denominator": _number(one.denominator), "unit": one.unit,
        "scope": {"organisation": one.period.organisation, **one.scope}, "begins": _time(one.period.begins), "ends": _time(one.period.ends),
        "as_of": _time(one.period.as_of), "sources": one.sources, "complete": _number(one.complete), "basis": one.basis,
        "basis_name": _basis(one.basis, language), "reason": _said(TEXTS[one.reason], language) if one.reason else "",
    }  # fmt: skip


def finding(one: Finding, language: str) -> dict[str, Any]:
    """A broken rule, as a sentence."""
    return {"rule": one.rule, "code": one.code, "document": one.facts["document"], "text": one.text(language)}


def _basis(basis: str, language: str) -> str:
    """A basis in words: 'shipped', or several with how many facts each, as 'shipped 3, signed 1'."""
    parts = (part.partition(" ") for part in basis.split(", ") if part)
    return ", ".join(f"{_said(TEXTS[f'basis-{code}'], language)} {count}".strip() for code, _, count in parts)


def _said(text: Text | None, language: str) -> str:
    if text is None:
        return ""
    return text.zh if language == "zh" else text.en


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _seconds(duration: timedelta | None) -> float | None:
    return duration.total_seconds() if duration is not None else None


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value.quantize(Decimal("0.000001")).normalize(), "f")
