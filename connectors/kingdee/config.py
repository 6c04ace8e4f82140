"""What one K3Cloud installation needs to be told."""

from __future__ import annotations

from base64 import b64decode
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class Settings(BaseModel):
    """`url` is the address that ends before `/k3cloud`. `mode`: signed headers, or a login session for old private installations."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(description="The server's address, for example https://erp.example.com")
    acct_id: str = Field(description="The account set's internal id (数据中心内码)")
    user: str = Field(description="The integration user")
    app_id: str = Field(description="The application's id from 第三方系统登录授权, 'number_text'")
    app_secret: SecretStr = Field(description="The application's secret")
    mode: Literal["signed", "session"] = Field(default="signed", description="signed: headers on every call; session: one login, shared")
    lcid: int = Field(default=2052, description="Language of the vendor's texts; 2052 is Chinese")
    zone: str = Field(default="Asia/Shanghai", description="The time zone of the server's dates")
    organisations: tuple[str, ...] = Field(min_length=1, description="Organisation numbers (组织编码) to read; the first signs in")
    identity: str = Field(default="", description="The account set's name; nothing is written when the server tells another one")
    page: int = Field(default=2000, ge=1, le=2000, description="Rows a query; the vendor allows 2000")
    overlap_s: int = Field(default=120, ge=0, description="How long before the last seen change reading starts again, for late commits")
    login_pause_s: float = Field(default=30.0, ge=0, description="At least so long between two logins of a lost session")
    timeout_s: float = Field(default=10.0, gt=0, description="So long without an answer: a write is in doubt, a read is tried again")
    requests_per_s: float = Field(default=50.0, gt=0, description="Calls a second; the vendor publishes no limit (MsgCode 14 tells)")
    audited: Literal["refuse", "unaudit"] = Field(
        default="refuse", description="A change to an audited document: let the vendor refuse it, or unaudit (反审核) first"
    )

    @field_validator("url")
    @classmethod
    def _without_path(cls, value: str) -> str:
        return value.rstrip("/").removesuffix("/k3cloud")

    @field_validator("app_id")
    @classmethod
    def _two_parts(cls, value: str) -> str:
        try:
            _, secret = value.split("_")
            b64decode(secret)
        except ValueError:      # binascii.Error is one: what comes after '_' is the request key, in base64
            raise ValueError("应为“数字_密文”两部分,请整段复制 / an app id has two parts with '_' between them; copy it whole") from None
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        ZoneInfo(value)
        return value
