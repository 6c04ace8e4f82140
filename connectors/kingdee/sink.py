"""Writes K3Cloud documents, one step a call (save, submit, audit), and reads back what then stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.kingdee.client import Client
from connectors.kingdee.errors import DocumentMoved, NothingDone
from connectors.kingdee.forms import FORMS, HUB_KEY, HUB_LINE, HUB_MARK, HUB_REVISION, MASTER, Form
from connectors.kingdee.pages import quoted
from hub.sdk import Document, DocumentKey, RefusedError, Written, sent

STEP_OF_STATUS = {"Z": "save", "A": "save", "D": "save", "B": "submit", "C": "audit"}
STATUSES_AFTER = {"save": "ZAD", "submit": "BC", "audit": "C"}
CALLS = {"submit": "Submit", "audit": "Audit"}
OPERATIONS = {"cancel": ("Cancel", "cancelled"), "close": ("BillClose", "closed")}  # our name: opNumber, and what is true afterwards


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What stands in the account set under one internal id; `organisations`: where a master record may be used."""

    id: str
    number: str
    status: str
    key: str
    mark: str
    revision: str
    cancelled: bool
    closed: bool
    disabled: bool
    organisations: tuple[str, ...]


class KingdeeSink:
    """Each document carries our key, and the mark and revision of its last change: F_HUB_KEY, F_HUB_MARK, F_HUB_REV."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def write(self, document: Document) -> Written:
        """One step, or a named operation. A document that was submitted is taken back (撤销) before it is changed."""
        await self._client.confirm_identity()
        form = FORMS[document.entity]
        if document.operation in OPERATIONS:
            return await self._operate(form, document)
        if document.step == "save":
            return await self._save(form, document)
        return await self._step(form, document)

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        """All that carry our key; else what has the number and nobody's key (it was there before the hub)."""
        form = FORMS[key.entity]
        found = await self._states(form, f"{HUB_KEY}={quoted(key.key)}")
        if not found and key.number:
            where = f"{form.number}={quoted(key.number)} and {form.organisation}={quoted(key.organisation)}"
            found = [state for state in await self._states(form, where) if not state.key]
        return [_written(form, state, key.organisation) for state in found]

    async def _save(self, form: Form, document: Document) -> Written:
        model: dict[str, Any] = {
            **document.payload, HUB_KEY: document.key.key, HUB_MARK: document.mark, HUB_REVISION: str(document.revision)
        }  # fmt: skip
        left_in = ""
        if document.id:
            left_in = await self._open_up(form, await self._state(form, document.id))
            model = await self._onto_existing(form, document.id, model)
        try:
            answer = await self._client.execute("Save", {"formid": form.form, "data": {"IsDeleteEntry": True, "Model": model}}, safe=False)
        except RefusedError:
            await self._unless_moved(form, document.id or "", left_in, "Save")
            raise
        id, number = str(answer["Result"]["Id"]), str(answer["Result"]["Number"])
        if not (document.last or document.id):      # a new one: the step that follows reads back what both have done
            return Written(id=id, number=number, step="save", mark=document.mark, revision=document.revision)
        state = await self._read_back(form, document, id, "Save")
        if state.mark != document.mark or state.status not in STATUSES_AFTER["save"]:
            raise self._nothing_done(document, "Save")
        return replace(_written(form, state, document.organisation), step="save")

    async def _step(self, form: Form, document: Document) -> Written:
        id = document.id or await self._id_of(document)
        call = CALLS[document.step]
        refused = await self._refusal_of(call, form, id)
        state = await self._read_back(form, document, id, call)
        if state.status not in STATUSES_AFTER[document.step]:
            raise refused or self._nothing_done(document, call)
        if state.mark != document.mark:
            raise self._nothing_done(document, call)
        return replace(_written(form, state, document.organisation), step=document.step)

    async def _refusal_of(self, call: str, form: Form, id: str, **more: str) -> RefusedError | None:
        """None if the call was accepted. What a late call of ours or a person has done meanwhile is refused too: the state tells."""
        try:
            await self._client.execute(call, {**_selection(form, id), **more}, safe=False)
        except RefusedError as error:
            return error
        return None

    async def _operate(self, form: Form, document: Document) -> Written:
        """Repeating it changes nothing: the state is read first. Every step of the delivery is then as good as done."""
        number, becomes = OPERATIONS[document.operation]
        id = document.id or await self._id_of(document)
        state = await self._state(form, id)
        if not getattr(state, becomes):
            left_in = await self._open_up(form, state) if document.operation == "cancel" else state.status
            refused = await self._refusal_of("ExcuteOperation", form, id, opNumber=number)
            state = await self._read_back(form, document, id, number)
            if not getattr(state, becomes):
                await self._unless_moved(form, id, left_in, number)
                raise refused or self._nothing_done(document, number)
        return Written(id=state.id, number=state.number, step=document.step, mark=document.mark, revision=document.revision)

    async def _open_up(self, form: Form, state: State) -> str:
        """Under approval: take it back. Audited: unaudit if the plant wants it, else the vendor refuses in its own words.

        The status in which it leaves the document.
        """
        call = {"B": "CancelAssign", "C": "UnAudit" if self._client.settings.audited == "unaudit" else ""}.get(state.status)
        if not call:
            return state.status
        refused = await self._refusal_of(call, form, state.id)
        if refused:
            await self._unless_moved(form, state.id, state.status, call)
            raise refused
        return "D"

    async def _unless_moved(self, form: Form, id: str, left_in: str, call: str) -> None:
        """Refused because it is not what we read any more (audited, or sent back, meanwhile): begin again from what stands there now."""
        if id and STEP_OF_STATUS[(state := await self._state(form, id)).status] != STEP_OF_STATUS[left_in]:
            raise DocumentMoved(system=self._client.system, what=f"{call} {state.number}", retry_after_s=1.0, target_wide=False)

    async def _onto_existing(self, form: Form, id: str, model: dict[str, Any]) -> dict[str, Any]:
        """Keep the number, and name the lines that are there: IsDeleteEntry deletes the others, and what hangs on them is lost."""
        model = {**{key: value for key, value in model.items() if key != form.number}, form.id: int(id)}
        lines = model.get(form.entry)
        if form.line_number and lines:
            fields = (form.entry_ids[0], HUB_LINE)
            rows = await self._client.query(form.form, fields, f"{form.id}={int(id)}", order=f"{form.entry_ids[0]} ASC")
            ids = {str(line): entry for entry, line in rows}
            model[form.entry] = [
                {**line, "FEntryID": ids[str(line[HUB_LINE])]} if str(line.get(HUB_LINE)) in ids else line for line in lines
            ]
        return model

    async def _id_of(self, document: Document) -> str:
        found = await self.find(document.key)
        if not found:
            raise RefusedError(system=self._client.system, words=f"单据 {document.number or document.key.key} 不存在")
        return found[0].id

    async def _state(self, form: Form, id: str) -> State:
        states = await self._states(form, f"{form.id}={int(id)}")
        if not states:
            raise RefusedError(system=self._client.system, words=f"单据内码 {id} 不存在")
        return states[0]

    async def _read_back(self, form: Form, document: Document, id: str, call: str) -> State:
        with sent(self._client.system, f"{call} {document.entity} {document.key.key}"):
            states = await self._states(form, f"{form.id}={int(id)}") if id.isdigit() else []
        if not states:
            raise self._nothing_done(document, call)
        return states[0]

    async def _states(self, form: Form, where: str) -> list[State]:
        """One state per internal id; a master record has a row for each organisation that may use it."""
        rows = await self._client.query(form.form, form.state_keys, where, order=f"{form.id} ASC")
        grouped: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            named = dict(zip(form.state_keys, row, strict=True))
            grouped.setdefault(str(named[form.id]), []).append(named)
        return [_state_of(form, group) for group in grouped.values()]

    def _nothing_done(self, document: Document, call: str) -> NothingDone:
        return NothingDone(system=self._client.system, what=f"{call} {document.entity} {document.key.key}")


def _state_of(form: Form, rows: Sequence[Mapping[str, Any]]) -> State:
    row = rows[0]
    return State(
        id=str(row[form.id]), number=str(row[form.number]), status=str(row["FDocumentStatus"]), key=row[HUB_KEY] or "",
        mark=row[HUB_MARK] or "", revision=str(row[HUB_REVISION] or ""), cancelled=row.get("FCancelStatus") == "B",
        closed=row.get("FCloseStatus") == "B", disabled=row.get("FForbidStatus") == "B",
        organisations=tuple(str(each[form.organisation]) for each in rows),
    )  # fmt: skip


def _written(form: Form, state: State, organisation: str) -> Written:
    why = _unusable(state, organisation) if form.states is MASTER else ""
    return Written(
        id=state.id, number=state.number, step="audit" if state.cancelled or state.closed else STEP_OF_STATUS[state.status],
        mark=state.mark or None, revision=int(state.revision) if state.revision.isdigit() else None, usable=not why, why=why,
    )  # fmt: skip


def _unusable(state: State, organisation: str) -> str:
    """Why other documents cannot refer to a master record yet: each is a wait for another person."""
    if state.disabled:
        return "disabled"
    if state.status != "C":
        return "unaudited"
    return "" if organisation in state.organisations else "unassigned"


def _selection(form: Form, id: str) -> dict[str, Any]:
    return {"formid": form.form, "data": {"CreateOrgId": 0, "Numbers": [], "Ids": id, "NetworkCtrl": "", "SelectedPostId": 0}}
