"""The settings of one MES installation."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Settings(BaseModel):
    """How to reach one MES, and how to read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = Field(description="Root of the ERP interface, for example https://mes.example.com/api/v1/erp")
    api_key: SecretStr = Field(description="API key with read and import scopes (sent as X-Api-Key)")
    page_size: int = Field(200, ge=1, le=1000, description="Rows a page")
    overlap_s: float = Field(60.0, ge=0, description="How far behind the newest row a poll looks again, for rows that show late")
    timeout_s: float = Field(10.0, gt=0, description="After so long without an answer a write is in doubt, and a read is tried again")
    pace: float = Field(1.0, gt=0, description="Multiplies the vendor's limit of 120 requests a minute")

    @property
    def requests_per_s(self) -> float:
        """The vendor's limit for the lent client, a little below it: a second's unused calls may come at once."""
        return 120 / 60 * self.pace * 0.95
