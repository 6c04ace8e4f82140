"""`/api/v1/imports` and `/exports`: workbooks and csv. A file is the body of the call; its name is a parameter."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from hub.api.holds import Word
from hub.api.idempotency import OnceOnly
from hub.api.problems import BodyTooLarge
from hub.api.served import language, served
from hub.services import exchange
from hub.services.plain import plain

router = APIRouter(tags=["dictionary"], route_class=OnceOnly)
MOST_BYTES = 64 * 1024 * 1024
"""A workbook of a hundred thousand rows has about ten million bytes."""


@router.get("/imports/template")
async def template(request: Request, kind: str) -> Response:
    """A workbook to be filled in."""
    made = _made(f"{kind}.xlsx")
    await exchange.template(served(request).road.db, kind, made.file)
    return _sent(made)


@router.post("/imports/check")
async def check(request: Request, kind: str, name: str, zone: str = "Asia/Shanghai") -> Any:
    """What an import of the body would do; nothing is changed."""
    async with _uploaded(request, name) as file:
        return plain(await exchange.check(served(request).road.db, file, kind, zone=zone))


@router.post("/imports/marked")
async def marked(request: Request, kind: str, name: str, zone: str = "Asia/Shanghai") -> Response:
    """The same file with what is wrong marked in its cells, in the reader's language."""
    async with _uploaded(request, name) as file:
        made = _made(PurePath(name).name)
        found = await exchange.check(served(request).road.db, file, kind, result=made.file, language=language(request), zone=zone)
    return _sent(made, found.result)


@router.post("/imports", status_code=201)
async def propose(
    request: Request, kind: str, name: str, by: str, reason: str = "", only_good: bool = False, zone: str = "Asia/Shanghai"
) -> Any:
    """Write down what the body would change; another person approves it."""
    async with _uploaded(request, name) as file:
        db = served(request).road.db
        return {"import": await exchange.propose(db, file, kind, by=by, reason=reason, only_good=only_good, zone=zone)}


@router.get("/imports")
async def imports(request: Request, after: int = 0, limit: int = 50) -> Any:
    """All imports, oldest first; go on after the last `id`."""
    return plain(await exchange.imports(served(request).road.db, after=after, limit=min(limit, 500)))


@router.get("/imports/{number}")
async def progress(request: Request, number: int) -> Any:
    """How far an import is."""
    return plain(await exchange.progress(served(request).road.db, number))


@router.post("/imports/{number}/approve")
async def approve(request: Request, number: int, word: Word) -> Any:
    """By another person; applied to its end."""
    return plain(await exchange.approve(served(request).road.db, number, by=word.by))


@router.post("/imports/{number}/refuse", status_code=204)
async def refuse(request: Request, number: int, word: Word) -> None:
    """Another person's no, or one's own withdrawal."""
    await exchange.refuse(served(request).road.db, number, by=word.by, reason=word.reason)


@router.post("/imports/{number}/undo")
async def undo(request: Request, number: int, word: Word) -> Any:
    """Take an applied import back as one."""
    return plain(await exchange.undo(served(request).road.db, number, by=word.by, reason=word.reason))


@router.post("/imports/{number}/resume")
async def resume(request: Request, number: int) -> Any:
    """Go on where it was interrupted."""
    return plain(await exchange.resume(served(request).road.db, number))


@router.get("/exports")
async def export(
    request: Request, kind: str, form: str = "xlsx", status: str = "", like: str = "", system: str = "",
    changed_since: datetime | None = None, zone: str = "Asia/Shanghai",
) -> Response:  # fmt: skip
    """The codes of a kind as xlsx or csv; imported back it changes nothing. `status`: several with commas between."""
    made = _made(f"{kind}.csv" if form == "csv" else f"{kind}.xlsx")
    statuses = [one for one in status.split(",") if one]
    await exchange.export(
        served(request).road.db, kind, made.file, statuses=statuses, like=like, system=system, changed_since=changed_since, zone=zone
    )
    return _sent(made)


@asynccontextmanager
async def _uploaded(request: Request, name: str) -> AsyncIterator[Path]:
    """The body as a file under its own name. Raises BodyTooLarge."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / (PurePath(name.replace("\\", "/")).name or "file")
        size = 0
        with file.open("wb") as out:
            async for part in request.stream():
                size += len(part)
                if size > MOST_BYTES:
                    raise BodyTooLarge(limit=MOST_BYTES)
                out.write(part)
        yield file


class _Made(NamedTuple):
    """A file in a folder of its own, which goes when it was sent, or when making it has failed."""

    folder: tempfile.TemporaryDirectory[str]
    file: Path


def _made(name: str) -> _Made:
    folder = tempfile.TemporaryDirectory(prefix="loopline-")
    return _Made(folder, Path(folder.name) / name)


def _sent(made: _Made, file: Path | None = None) -> FileResponse:
    """The file (another one of the folder, if it was given), and then the folder is gone."""
    file = file or made.file
    return FileResponse(file, filename=file.name, background=BackgroundTask(made.folder.cleanup))
