"""The settings: one YAML file, read strictly. This is the only module that reads the environment.

A value `${NAME}` is taken from the environment, `${file:PATH}` from a file (Docker and Kubernetes secrets): no secret
needs to stand in the file. `hub init` writes a commented one.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from hub.errors import ConfigError

FILE_NAME = "loopline.yaml"
CHANGE_ME = "CHANGE-ME"
"""What `hub init` writes where only a person knows what belongs there."""
_PLACE = re.compile(r"\$\{(file:)?([^}]+)\}")


class SettingsMissing(ConfigError):
    """No configuration file was found."""

    code = "settings-missing"


class SettingsWrong(ConfigError):
    """The configuration file says something that cannot be."""

    code = "settings-wrong"


class SecretMissing(ConfigError):
    """Places in the file name environment variables or files that are not there; `name` lists them all."""

    code = "secret-missing"


class NotFilledIn(ConfigError):
    """The file still says CHANGE-ME where `hub init` could not know; `places` lists them all."""

    code = "not-filled-in"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SystemSettings(_Strict):
    """One connected installation."""

    connector: str = Field(description="Name of the connector (`hub connector list`)")
    roles: frozenset[str] = Field(description="The roles it plays: crm, erp, mes, wms, …", min_length=1)
    organisations: dict[str, str] = Field(description="Its own code of each organisation → the shared code")
    account_set: str = Field(default="", description="The account set's identity; the hub writes nothing when the system tells another one")
    steps: dict[str, str] = Field(default_factory=dict, description="Per vendor form: the step at which a delivery ends")
    poll_s: float = Field(default=5.0, gt=0, description="Seconds between two polls of one entity")
    entities: tuple[str, ...] | None = Field(default=None, description="Vendor forms to read; all that the connector can poll if left out")
    settings: dict[str, Any] = Field(default_factory=dict, description="The connector's own settings")


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone; 'Asia/Shanghai' is one")
    return name


Shift = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]
Weekday = Annotated[int, Field(ge=1, le=7)]


class CalendarSettings(_Strict):
    """When an organisation works: its business days and working hours in the reports."""

    zone: Annotated[str, AfterValidator(_known_zone)] = Field(default="Asia/Shanghai", description="Time zone of the shifts")
    shifts: tuple[Shift, ...] = Field(
        min_length=1, description="Shifts of a day in order, `08:00-20:00`; the business day begins with the first"
    )
    workdays: tuple[Weekday, ...] = Field(default=(1, 2, 3, 4, 5, 6, 7), description="Weekdays worked; 1 is Monday")
    holidays: tuple[date, ...] = Field(default=(), description="Days not worked although their weekday is")
    extra_days: tuple[date, ...] = Field(default=(), description="Days worked although their weekday is not")


class BusSettings(_Strict):
    """The bus of the cluster profile."""

    servers: str = Field(default="127.0.0.1:9092", description="Kafka's bootstrap servers")
    replication: int | None = Field(default=None, ge=1, description="Replicas of each topic; three, or as many as there are brokers")
    prefix: str = Field(default="", description="Put before every topic and group, where several hubs share a broker")


class Settings(_Strict):
    """Everything the hub can be told."""

    profile: Literal["embedded", "cluster"] = Field(
        default="embedded", description="embedded: SQLite and a log file; cluster: Kafka and PostgreSQL"
    )
    language: Literal["zh", "en"] = Field(default="zh", description="Language of what the command line prints")
    folder: Path = Field(default=Path("data"), description="Where the embedded profile keeps its files")
    database: str = Field(default="", description="cluster: postgresql+asyncpg://user:password@host/name")
    bus: BusSettings = Field(default_factory=BusSettings, description="cluster: the Kafka to use")
    partitions: int = Field(default=0, ge=0, description="Partitions per topic; 0: 6 in a cluster, embedded 4 (1 of what systems say)")
    instance: str = Field(default="", description="This process's name for leases; its host and port if left out")
    host: str = Field(default="127.0.0.1", description="Where webhooks and the API listen")
    port: int = Field(default=8080, ge=0, le=65535, description="Port of webhooks and the API; 0: any free one")
    api_token: str = Field(default="", description="Token that API calls must carry; without one only webhooks, health and metrics answer")
    max_body_bytes: int = Field(default=5_000_000, gt=0, description="The largest webhook body taken")
    mappings: Path | None = Field(default=None, description="The plant's own mappings, overriding the shipped ones")
    seeds: tuple[Path, ...] = Field(default=(), description="Dictionary seeds to load at the start")
    dictionary: Path | None = Field(
        default=None, description="The plant's own rules of the dictionary: kinds/, approval_routes.yaml, spellings.yaml"
    )
    calendars: dict[str, CalendarSettings] = Field(
        default_factory=dict, description="Shift calendars by shared organisation code; `*`: of all that have none of their own"
    )
    second_person: bool = Field(
        default=True, description="A corrected message is sent again when a second person approves; false: one person is enough"
    )
    lease_s: float = Field(default=15.0, gt=0, description="How long a lease holds without being renewed")
    sweep_s: float = Field(default=30.0, gt=0, description="Seconds between two sweeps over holds and doubtful deliveries")
    dictionary_stale_s: float = Field(
        default=10.0, gt=0, description="A process that has not heard of the dictionary for so long decides nothing until it has"
    )
    tick_s: float = Field(default=0.2, gt=0, description="Seconds between two looks for ready rows")
    systems: dict[str, SystemSettings] = Field(default_factory=dict, description="The connected systems by name")

    def database_url(self) -> str:
        """Where the state is kept."""
        if self.profile == "embedded":
            return f"sqlite:///{self.folder / 'state.db'}"
        return self.database

    def holder(self) -> str:
        """Who holds this process's leases: the same after a restart, so that it takes its own back at once."""
        return self.instance or f"{socket.gethostname()}:{self.port}"


def load(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings file: the one named, else `LOOPLINE_CONFIG`, else `loopline.yaml` here. Raises ConfigError leaves."""
    looked = [path] if path else [Path(environment["LOOPLINE_CONFIG"])] if environment.get("LOOPLINE_CONFIG") else [Path(FILE_NAME)]
    file = looked[0]
    if not file.is_file():
        raise SettingsMissing(file=str(file))
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsWrong(file=str(file), where="", what=str(error).replace("\n", " ")) from error
    return parse(_fill(content, _secrets(content, file, environment)), file)


def _secrets(content: Any, file: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """What each `${…}` of the file stands for; everything that is missing is told at once. Raises NotFilledIn, SecretMissing."""
    if unfilled := [where for where, text in _leaves(content) if text == CHANGE_ME]:
        raise NotFilledIn(file=str(file), places=", ".join(unfilled))
    found = {match.group(0): _secret(match, file, environment) for match in places(content)}
    if missing := [place for place, secret in found.items() if secret is None]:
        raise SecretMissing(file=str(file), name=", ".join(missing))
    return {place: secret for place, secret in found.items() if secret is not None}


def places(content: Any) -> list[re.Match[str]]:
    """Every `${NAME}` and `${file:NAME}` of a settings file's content, in order: groups `file:` (None: an environment variable), NAME."""
    return [match for _, text in _leaves(content) for match in _PLACE.finditer(text)]


def _leaves(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text in it with its place, names of settings among them."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            place = f"{where}.{name}".lstrip(".")
            yield place, str(name)
            yield from _leaves(item, place)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, where)
    elif isinstance(value, str):
        yield where, value


def parse(content: Any, file: Path) -> Settings:
    """Settings from plain values; relative paths are meant from the file's folder."""
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        where, what = first_mistake(error)
        raise SettingsWrong(file=str(file), where=where, what=what) from error
    base = file.resolve().parent
    paths = {"folder": base / settings.folder, "seeds": tuple(base / seed for seed in settings.seeds)}
    own = {name: base / path for name in ("mappings", "dictionary") if (path := getattr(settings, name)) is not None}
    return settings.model_copy(update=paths | own)


def first_mistake(error: ValidationError) -> tuple[str, str]:
    """Where the first mistake is, and what is wrong there; no value is told."""
    first = error.errors(include_input=False)[0]
    return ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")


def _fill(value: Any, secrets: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, secrets) for item in value]
    if not isinstance(value, str):
        return value
    return _PLACE.sub(lambda match: secrets[match.group(0)], value)


def _secret(match: re.Match[str], file: Path, environment: Mapping[str, str]) -> str | None:
    """What a place stands for; None where it is not there."""
    from_file, name = match.groups()
    if not from_file:
        return environment.get(name)
    secret = file.resolve().parent / name
    return secret.read_text(encoding="utf-8").strip() if secret.is_file() else None
