"""Real servers for the tests: a Kafka broker (KRaft, jars by Maven) and a PostgreSQL cluster, on free ports of 127.0.0.1.

    python -m tests.servers start DIR     prints `export LOOPLINE_TEST_…=…` lines
    python -m tests.servers stop DIR      ends what was started into DIR, by process id, and removes it
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil

POM = Path(__file__).parents[1] / ".ci" / "kafka" / "pom.xml"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "loopline" / "kafka-4.1.0"
STATE = "servers.json"
PATIENCE_S = 90.0

KAFKA_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
num.partitions=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
"""
LOG4J_PROPERTIES = """\
rootLogger.level=warn
rootLogger.appenderRef.stdout.ref=stdout
appender.stdout.type=Console
appender.stdout.name=stdout
appender.stdout.layout.type=PatternLayout
appender.stdout.layout.pattern=%d %p %m (%c{1})%n
"""


class KafkaServer:
    """One broker in a folder. `kill` is kill -9; `start` after it finds the same data."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> KafkaServer:
        """Returns when the port answers. Raises RuntimeError with the end of the log where it does not."""
        if not (self.folder / "server.properties").exists():
            self._format()
        log = self.folder / "kafka.log"
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [*self._java("-Xms256m", "-Xmx768m"), "kafka.Kafka", "server.properties"],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )
        _wait(lambda: _answers(self.port), "Kafka", log, self.process)
        return self

    def stop(self) -> None:
        if self.process is not None:
            _end(self.process.pid)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _format(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "log4j2.properties").write_text(LOG4J_PROPERTIES)
        (self.folder / "server.properties").write_text(
            KAFKA_PROPERTIES.format(port=self.port, controller=free_port(), data=self.folder.resolve() / "data")
        )
        tool = [*self._java(), "kafka.tools.StorageTool"]
        made = subprocess.run([*tool, "random-uuid"], cwd=self.folder, check=True, capture_output=True, text=True)
        cluster = made.stdout.split()[-1]
        subprocess.run([*tool, "format", "-t", cluster, "-c", "server.properties"], cwd=self.folder, check=True, stdout=sys.stderr)

    def _java(self, *options: str) -> list[str]:
        return ["java", *options, "-Dlog4j2.configurationFile=log4j2.properties", "-cp", f"{kafka_jars()}/*"]


FLEETING = {"fsync": "off", "full_page_writes": "off"}
"""For a server that no test lets die: most of what the tests wait for is the disk, while databases are made."""


class PostgresServer:
    """One cluster in a folder of its own under the temporary directory; as root it runs as the user `postgres`."""

    def __init__(self, folder: Path | None = None, port: int = 0, *, durable: bool = True) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="loopline-postgres-"))
        self._settings = {} if durable else FLEETING
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.user = "postgres" if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> PostgresServer:
        """Returns when the port answers. Raises RuntimeError with the end of the log where it does not."""
        if self.user:
            account = pwd.getpwnam(self.user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        cluster, log = self.folder / "cluster", self.folder / "postgres.log"
        initialise = [_postgres("initdb"), "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run(initialise, check=True, stdout=subprocess.DEVNULL, user=self.user, cwd="/")
        options = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "max_connections": 200, **self._settings
        }  # fmt: skip
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [_postgres("postgres"), "-D", cluster, *(f"--{name}={value}" for name, value in options.items())],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, user=self.user, cwd="/", start_new_session=True,
            )
        _wait(lambda: _answers(self.port), "PostgreSQL", log, self.process)
        return self

    def stop(self) -> None:
        if self.process is not None:
            _end(self.process.pid, signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)


def kafka_jars() -> Path:
    """The folder with the broker's jars; Maven fills it once."""
    if not CACHE.exists():
        CACHE.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="kafka-", dir=CACHE.parent))
        command = ["mvn", "-q", "-B", "-f", POM, "dependency:copy-dependencies", f"-DoutputDirectory={fresh}"]
        subprocess.run(command, check=True, stdout=sys.stderr, stdin=subprocess.DEVNULL)
        with contextlib.suppress(OSError):       # another run was faster: its folder is as good
            fresh.rename(CACHE)
    return CACHE


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, kafka_port: int = 0, postgres_port: int = 0, only: str = "", *, durable: bool = False) -> Iterator[str]:
    """Start into a folder what `only` names (both when empty); yields shell lines that export the addresses.

    `durable`: PostgreSQL waits for the disk, as benches want it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if only in ("", "kafka"):
        kafka = KafkaServer(folder / "kafka", kafka_port).start()
        _remember(folder, kafka.process, kafka.folder)
        yield f"export LOOPLINE_TEST_KAFKA={kafka.address}"
    if only in ("", "postgres"):
        postgres = PostgresServer(port=postgres_port, durable=durable).start()
        _remember(folder, postgres.process, postgres.folder)
        yield f"export LOOPLINE_TEST_POSTGRES={postgres.url}"


def stop(folder: Path) -> None:
    """End what `start` began in this folder: only processes with the id and the start time that were written down."""
    path = folder / STATE
    for entry in json.loads(path.read_text()) if path.exists() else []:
        if psutil.pid_exists(entry["pid"]) and psutil.Process(entry["pid"]).create_time() == entry["started"]:
            _end(entry["pid"], signal.Signals(entry["signal"]))
        shutil.rmtree(entry["folder"], ignore_errors=True)
    path.unlink(missing_ok=True)


def _remember(folder: Path, process: subprocess.Popen[bytes] | None, data: Path) -> None:
    assert process is not None
    path = folder / STATE
    known = json.loads(path.read_text()) if path.exists() else []
    ending = signal.SIGTERM if data.parent == folder else signal.SIGINT    # PostgreSQL: SIGINT is the fast shutdown
    started = psutil.Process(process.pid).create_time()
    path.write_text(json.dumps([*known, {"pid": process.pid, "started": started, "signal": int(ending), "folder": str(data)}]))


def _end(pid: int, ending: signal.Signals = signal.SIGTERM) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.send_signal(ending)
        try:
            process.wait(30)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(10)


def _postgres(program: str) -> str:
    """The program's path: Debian keeps the server's programs off the PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    found = shutil.which(program) or (str(places[-1]) if places else None)
    if found is None:
        raise RuntimeError(f"no {program}: install the package postgresql")
    return found


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _wait(ready: Callable[[], bool], name: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError(f"{name} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("action", choices=["start", "stop"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kafka-port", type=int, default=0)
    parser.add_argument("--postgres-port", type=int, default=0)
    parser.add_argument("--only", choices=["kafka", "postgres"], default="")
    options = parser.parse_args(arguments)
    if options.action == "stop":
        stop(options.folder)
        return
    for line in start(options.folder, options.kafka_port, options.postgres_port, options.only):
        print(line, flush=True)


if __name__ == "__main__":
    main()
