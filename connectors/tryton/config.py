"""What one Tryton installation needs to be told."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class Settings(BaseModel):
    """How to reach one database as one user, whose company is the organisation that is read and written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(description="The server's address, for example https://erp.example.com")
    database: str = Field(description="The database's name; it is part of every address")
    user: str = Field(description="The integration user; its preferences decide the company")
    password: SecretStr = Field(description="The user's password")
    language: str = Field(default="en", description="Language of the vendor's texts; one that is installed in the database")
    assign: Literal["force", "try"] = Field(
        default="force", description="Start a production whose components are short in stock: force, or try and wait until they are there"
    )
    page: int = Field(default=200, ge=1, le=1000, description="Records a call")
    overlap_s: float = Field(default=60.0, ge=0, description="How long before the last seen change reading starts again, for late commits")
    login_pause_s: float = Field(default=30.0, ge=0, description="At least so long between two logins: after six wrong ones Tryton locks")
    timeout_s: float = Field(default=20.0, gt=0, description="After so long without an answer a write is in doubt, a read tried again")

    @field_validator("url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")
