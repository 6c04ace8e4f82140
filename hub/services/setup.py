"""Setting up: a commented configuration for systems of one's choice (`hub init`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_origin

import yaml
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from hub.config import CHANGE_ME, FILE_NAME, places
from hub.registry import ConnectorUnknown
from hub.sdk import Connector
from hub.services.errors import FileThere

HEAD = """\
# Loopline. 所有设置见 docs/reference.zh.md / every setting: docs/reference.md
# ${NAME} 取自环境变量 / is taken from the environment; ${file:PATH} 取自文件 / from a file. 密码不要写在这里 / no secrets in here.
# 1. 填写本文件 / fill this in   2. hub check   3. hub run

profile: embedded          # embedded: SQLite; cluster: Kafka + PostgreSQL
language: zh               # zh | en
folder: data               # embedded: 数据文件夹 / where the files are kept
mappings: mappings         # 本厂的映射文件 / your own mapping files; see mappings/README.md
host: 127.0.0.1
port: 8080                 # webhook, /live, /ready, /metrics, /api/v1
# api_token: ${LOOPLINE_API_TOKEN}    # 启用 /api/v1 / switches the API on

# database: postgresql+asyncpg://user:${DB_PASSWORD}@127.0.0.1/loopline    # cluster
# bus: {servers: "127.0.0.1:9092", replication: 1}                         # cluster

systems:
"""
SYSTEM = """\
  {name}:
    connector: {connector}           # {vendor_zh} / {vendor_en}
    roles: [{name}]
    organisations: {{"CHANGE-ME": P1}}   # 该系统的组织编码 → 统一组织编码 / its own code → the shared code
    account_set: ""                  # 账套标识;填写后只写入该账套 / filled in: the hub writes to this account set only
    # poll_s: 5
    settings:
"""
NOTE = """\
# mappings

本文件夹放本厂自己的映射文件,优先于随产品发布的同名文件:`<系统名或产品名>/<实体>_in.yaml`、`<实体>_out.yaml`,用例放在同名的 `_test.yaml`。
`hub mapping list` 列出生效的文件,`hub mapping test` 运行用例。

Your own mapping files go here and win over the shipped ones of the same name: `<system or product>/<entity>_in.yaml`,
`<entity>_out.yaml`, with their cases in `_test.yaml` beside them. `hub mapping list` shows what is in force,
`hub mapping test` runs the cases.
"""


def configuration(systems: Mapping[str, str], installed: Mapping[str, Connector]) -> str:
    """The text of a settings file for these systems (name → connector). Raises ConnectorUnknown."""
    return HEAD + "\n".join("\n".join(_system(name, connector, installed)) for name, connector in systems.items()) + "\n"


def write_configuration(folder: Path, systems: Mapping[str, str], installed: Mapping[str, Connector]) -> list[Path]:
    """Write the settings file and the mappings folder; what is there stays. Raises FileThere, ConnectorUnknown."""
    content = configuration(systems, installed)
    files = {folder / FILE_NAME: content, folder / "mappings" / "README.md": NOTE}
    there = next((file for file in files if file.exists()), None)
    if there is not None:
        raise FileThere(file=str(there))
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(files)


def secrets(content: str) -> list[str]:
    """The environment variables that a settings file names outside its remarks, in order."""
    named = (match.groups() for match in places(yaml.safe_load(content)))
    return list(dict.fromkeys(name for from_file, name in named if not from_file))


def _system(name: str, connector: str, installed: Mapping[str, Connector]) -> Iterator[str]:
    if connector not in installed:
        raise ConnectorUnknown(system=name, connector=connector, known=", ".join(sorted(installed)))
    found = installed[connector]
    vendor = found.card.vendor
    yield SYSTEM.format(name=name, connector=connector, vendor_zh=vendor.zh, vendor_en=vendor.en).rstrip("\n")
    for field, about in found.settings.model_fields.items():
        yield f"      # {about.description or field}"
        yield "      " + _line(name, field, about)


def _line(system: str, field: str, about: FieldInfo) -> str:
    """What must be filled in as it is, a secret from the environment, the rest as a remark with its default."""
    if about.annotation is SecretStr:
        return f"{field}: ${{{system}_{field}}}".upper().replace(field.upper() + ":", field + ":", 1)
    if about.is_required():
        return f"{field}: {json.dumps([CHANGE_ME] if get_origin(about.annotation) is tuple else CHANGE_ME)}"
    return f"# {field}: {_shown(about.default)}"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
