"""`hub demo`: the simulated factory, live, and the proof at its end; `hub demo scene` calls up a scene while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.columns import Columns
from rich.console import Console
from rich.json import JSON
from rich.live import Live
from rich.panel import Panel

from hub.app import load_rules, open_bus, open_database
from hub.cli import event_loop
from hub.config import load
from hub.demo import control
from hub.demo.management import figures_table
from hub.demo.run import Options, Outcome, Outside, Run, live, look, open_run, outcome
from hub.demo.sabotage import sabotage
from hub.demo.screen import live as live_screen
from hub.demo.screen import proof_table
from hub.errors import HubError
from hub.registry import connectors
from hub.services.status import groups
from hub.texts import LANGUAGES, TEXTS, sentence

app = typer.Typer(help="The simulated factory / 模拟工厂", invoke_without_command=True)
console = Console()


@app.callback()
def demo(
    context: typer.Context,
    orders: Annotated[int, typer.Option(help="How many orders / 订单数")] = 40,
    seed: Annotated[int, typer.Option(help="Seed of all decisions / 随机种子")] = 7,
    pace: Annotated[float, typer.Option(help="Business seconds per real second / 业务时间倍速")] = 3600.0,
    kill: Annotated[int, typer.Option(help="Kill the hub so many times on the way / 途中强杀次数")] = 0,
    sabotage_: Annotated[str, typer.Option("--sabotage", help="Break the hub on purpose: drop, double, swap, leak / 故意破坏")] = "",
    headless: Annotated[bool, typer.Option(help="No live table; end by itself / 无界面运行")] = False,
    limit: Annotated[float, typer.Option(help="Give up after so many seconds / 最长秒数")] = 600.0,
    json_: Annotated[Path | None, typer.Option("--json", help="Write the result there / 结果文件")] = None,
    bus: Annotated[str, typer.Option(help="kafka://host:port: the cluster profile / 集群模式的 Kafka")] = "",
    db: Annotated[str, typer.Option(help="postgresql+asyncpg://…: its database / 集群模式的数据库")] = "",
    folder: Annotated[Path | None, typer.Option(help="Keep the hub's settings, state and log there / 保留运行目录")] = None,
    language: Annotated[str, typer.Option(help="zh or en / 语言")] = "zh",
) -> None:
    """Run the factory: orders from the CRM through ERP and MES and back, with faults all the time; at the end the proof."""
    if context.invoked_subcommand is not None:
        return
    try:
        if sabotage_:
            sabotage(sabotage_)
    except HubError as error:
        _fail(error, language)
    place = folder or Path(tempfile.mkdtemp(prefix="loopline-demo-"))
    place.mkdir(parents=True, exist_ok=True)
    options = Options(orders=orders, seed=seed, pace=pace, kill=kill, limit_s=limit, bus=bus, database=db, folder=place)
    ended = event_loop.run(_run(options, sabotage_, headless, language))
    console.print(figures_table(ended.management, language))
    console.print(proof_table(ended.proof, language, _shown(ended)))
    for name in ended.still_open[:20]:
        console.print(sentence(TEXTS["demo-still-open"], language, {"name": name}), style="yellow", markup=False)
    if not ended.is_good:
        console.print(sentence(TEXTS["demo-kept"], language, {"folder": str(place)}), markup=False)
    elif folder is None:
        shutil.rmtree(place, ignore_errors=True)
    if json_ is not None:
        json_.write_text(json.dumps(ended.figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    raise typer.Exit(0 if ended.is_good else 1)


def _shown(ended: Outcome) -> Mapping[str, object]:
    return {name: ended.figures[name] for name in ("open_holds", "restarts", "seconds")}


async def _run(options: Options, how: str, headless: bool, language: str) -> Outcome:
    outside = Outside(
        command=(sys.executable, "-m", "hub.cli.demo_hub", *(["--sabotage", how] if how else [])),
        installed=connectors(), open_database=lambda path: open_database(load(path)), open_bus=lambda path: open_bus(load(path)),
        topics=_topics,
    )
    _end_with_sigterm()
    async with open_run(options, outside) as run, control.listening(run, language):
        try:
            if headless:
                await live(run, _silent)
            else:
                await _shown_live(run, language)
        except (KeyboardInterrupt, asyncio.CancelledError):
            await look(run)
        return await outcome(run)


def _end_with_sigterm() -> None:
    """As with Ctrl-C: the proof is shown, and the hub's own process does not stay behind. Told twice, it still ends in order."""
    task = asyncio.current_task()
    assert task is not None

    def end() -> None:
        if not task.cancelling():
            task.cancel()

    with contextlib.suppress(NotImplementedError):      # Windows has no handlers in the loop
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)


async def _silent(run: Run) -> None:
    """Nobody watches."""


async def _shown_live(run: Run, language: str) -> None:
    with Live(console=console, refresh_per_second=4, transient=True) as table:

        async def watch(run: Run) -> None:
            table.update(live_screen(run.plant.factory, run.pulse, run.seconds, language, (console.width, console.height)))

        await live(run, watch)


def _topics(path: Path) -> Mapping[str, Sequence[str]]:
    settings = load(path)
    return groups(load_rules(settings, connectors()), list(settings.systems))


@app.command()
def scene(
    name: Annotated[str, typer.Argument(help="timeout, unknown-code, unaudit, journey, payload")],
) -> None:
    """Make something happen in the demo that is running here, and say what to look at / 调出一幕."""
    try:
        for line in control.call(name):
            _print(line)
    except HubError as error:
        _fail(error)


def _print(line: Mapping[str, Any]) -> None:
    """A line of a scene, not broken, so that a command in it can be copied; an error ends with status 1."""
    if "error" in line:
        typer.echo(line["error"], err=True)
        raise typer.Exit(1)
    if "show" in line:
        console.print(Columns([_panel(side, payload) for side, payload in line["show"].items()]))
    else:
        console.print(line["say"], soft_wrap=True, markup=False, highlight=False)


def _panel(side: str, payload: object) -> Panel:
    return Panel(JSON.from_data(payload), title=side.upper(), width=max(40, console.width // 2 - 1))


def _fail(error: HubError, language: str = "") -> NoReturn:
    """The sentence, in both languages where nobody has said which, and status 1."""
    typer.echo("\n".join(error.text(each) for each in ([language] if language else LANGUAGES)), err=True)
    raise typer.Exit(1)
