"""What is shipped beside the code: the lock, the make targets, the image, the composition."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from typing import Any

import pytest
import yaml

from tests.architecture.tree import ROOT

PINNED = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z,]+\])?==[0-9][0-9A-Za-z.+!]*(; sys_platform != 'win32')?", re.IGNORECASE)


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    composed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    return composed


def test_the_lock_has_exact_versions_and_nothing_else() -> None:
    lines = [line for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert lines
    assert not [line for line in lines if not PINNED.fullmatch(line)]


def test_the_lock_has_everything_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {_name(line) for line in lock.splitlines() if "==" in line}
    assert {_name(requirement) for requirement in asked} <= locked


@pytest.mark.parametrize("target", ["setup", "demo", "test", "verify", "lint", "bench"])
def test_make_has_the_target(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert target in re.findall(r"\w+", makefile.split(".PHONY:")[1].splitlines()[0])


def test_the_composition_is_kafka_postgresql_and_the_hub(services: dict[str, Any]) -> None:
    assert set(services) == {"kafka", "postgres", "hub"}
    assert all({"test", "interval", "retries"} <= set(service["healthcheck"]) for service in services.values())
    assert all(service["restart"] == "unless-stopped" and service["networks"] == ["loopline"] for service in services.values())


def test_the_hub_waits_for_broker_and_database(services: dict[str, Any]) -> None:
    assert services["hub"]["depends_on"] == {name: {"condition": "service_healthy"} for name in ("kafka", "postgres")}


def test_topics_are_never_made_by_the_broker(services: dict[str, Any]) -> None:
    assert services["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_no_secret_stands_in_the_composition(services: dict[str, Any]) -> None:
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${DB_PASSWORD")


def test_the_composition_is_one_for_docker_too() -> None:
    if shutil.which("docker") is None or subprocess.run(["docker", "compose", "version"], check=False, capture_output=True).returncode:
        pytest.skip("no docker compose: the composition is checked without it only")
    environment = {"DB_PASSWORD": "x", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    command = ["docker", "compose", "-f", "docker-compose.yml", "config", "--quiet", "--no-env-resolution"]
    assert subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True).returncode == 0


def test_the_image_runs_without_root_and_from_a_wheel() -> None:
    steps = [line.split() for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines() if line and line[0].isupper()]
    assert [step[1] for step in steps if step[0] == "USER"] == ["loopline"]
    assert [step[0] for step in steps].index("USER") < [step[0] for step in steps].index("ENTRYPOINT")
    assert any("pip wheel" in " ".join(step) for step in steps)


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", found.group()).lower() if found else ""
