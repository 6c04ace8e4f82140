"""A real Tryton 8.0: installed from PyPI once per machine, founded once, started from its snapshot for whoever asks."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

SERIES = "8.0"
PACKAGES = ("trytond", "trytond-sale", "trytond-production", "trytond-sale-supply-production", "proteus")
MODULE = "sale_supply_production"
DATABASE, USER, PASSWORD = "erp", "admin", "a password for tests"
COMPANY = "1"
HERE = Path(__file__).parent
START_S, FOUND_S, INSTALL_S = 60, 400, 600


@dataclass(frozen=True)
class Tryton:
    """A running server over a fresh copy of the founded database."""

    url: str

    def settings(self, **changes: object) -> dict[str, object]:
        """The connector's settings for it."""
        return {"url": self.url, "database": DATABASE, "user": USER, "password": PASSWORD, "login_pause_s": 0, **changes}


@contextmanager
def running(folder: Path) -> Iterator[Tryton]:
    """A server whose books are in `folder`; ended with the block. Skips where Tryton cannot be installed."""
    home = _founded()
    for file in (home / "snapshot").iterdir():
        shutil.copy(file, folder / file.name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = _settings(folder, port)
    with (folder / "trytond.log").open("wb") as log:
        command = [str(home / "venv" / "bin" / "trytond"), "-c", str(settings), "-d", DATABASE]
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            _await(server, port, folder / "trytond.log")
            yield Tryton(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(20)


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Ready when it answers at all, whatever the status."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"trytond did not start: {log.read_text(errors='replace')[-2000:]}")


def _founded() -> Path:
    """The folder with the installation and the snapshot; made by whoever comes first, once per machine."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "loopline" / f"tryton-{SERIES}"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "installed").is_file():
            _install(home)
        if not (home / "snapshot").is_dir():
            _found(home)
    return home


def _install(home: Path) -> None:
    venv = home / "venv"
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, capture_output=True, timeout=INSTALL_S)
    wanted = [f"{package}=={SERIES}.*" for package in PACKAGES]
    pip = [str(venv / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", *wanted]
    result = subprocess.run(pip, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    if result.returncode:
        pytest.skip(f"Tryton cannot be installed here: {result.stderr.strip()[-300:]}")
    (home / "installed").write_text("\n".join(wanted))


def _found(home: Path) -> None:
    """Modules, company, chart of accounts; then every file of the database is the snapshot (the WAL is not folded in at the end)."""
    making = home / "making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    (making / f"{DATABASE}.sqlite").touch()
    (making / "password").write_text(PASSWORD)
    settings = str(_settings(making, 0))
    admin = [str(home / "venv" / "bin" / "trytond-admin"), "-c", settings, "-d", DATABASE]
    _run([*admin, "--all", "--email", "admin@example.com"], making)
    _run([*admin, "-u", MODULE, "--activate-dependencies"], making)
    _run([str(home / "venv" / "bin" / "python"), str(HERE / "found.py"), DATABASE, settings], making)
    finished = making / "snapshot"
    finished.mkdir()
    for file in making.glob(f"{DATABASE}.sqlite*"):
        shutil.copy(file, finished / file.name)
    finished.rename(home / "snapshot")
    shutil.rmtree(making)


def _run(command: list[str], folder: Path) -> None:
    environment = {**os.environ, "TRYTONPASSFILE": str(folder / "password")}
    result = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=FOUND_S, check=False
    )
    assert result.returncode == 0, f"{command[0]}: {result.stderr[-2000:]}"


def _settings(folder: Path, port: int) -> Path:
    file = folder / "trytond.conf"
    file.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n")
    return file
