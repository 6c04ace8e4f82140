"""All checks, put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub.demo.factory.codes import Codes
from hub.demo.proof.boundary import check_boundary
from hub.demo.proof.execution import check_facts, check_lanes, check_work_orders
from hub.demo.proof.findings import Finding, Proof
from hub.demo.proof.order_of_versions import check_versions
from hub.demo.proof.orders import OrderProof, order_lines
from hub.sdk.simulation import Books


def prove(books: Mapping[str, Books], codes: Codes, received: Iterable[Any] = ()) -> Proof:
    """Compare the books of 'crm', 'erp' and 'mes'. `received`: the payloads that the MES was sent, as JSON values.

    `codes` translate between the systems' words; nothing of the hub is read.
    """
    crm, erp, mes = books["crm"], books["erp"], books["mes"]
    lines = order_lines(crm, codes)
    orders = OrderProof(crm, erp, codes)
    findings = [finding for line in lines for finding in orders.check(line)]
    findings += _beyond_orders(crm, erp, mes, codes, received)
    count = len({(line.organisation, line.order.number) for line in lines})
    return Proof(count, len(lines), orders.completed, orders.cancelled, tuple(findings))


def _beyond_orders(crm: Books, erp: Books, mes: Books, codes: Codes, received: Iterable[Any]) -> Iterator[Finding]:
    yield from check_work_orders(erp, mes, codes)
    yield from check_facts(erp, mes, codes)
    yield from check_lanes(erp, mes, codes)
    for each in (crm, erp, mes):
        yield from check_versions(each)
    yield from check_boundary(crm, mes, received)
