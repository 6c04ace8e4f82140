"""The settings of one Jiandaoyun app."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Settings(BaseModel):
    """How to reach one app, and how to read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = Field("https://api.jiandaoyun.com/api/v5", description="API root; Jodoo (international): https://api.jodoo.com/api/v5")
    api_key: SecretStr = Field(description="API key of the open platform (开放平台 → 密钥)")
    app_id: str = Field(description="Id of the app that holds the forms; also the identity checked before the first write")
    webhook_secret: SecretStr = Field(description="Secret of the data push (数据推送 → Secret)")
    organisation_label: str = Field("组织", description="Label of the field that says which organisation a row belongs to")
    page_size: int = Field(100, ge=1, le=100, description="Rows a page; the vendor allows 100")
    overlap_s: float = Field(60.0, ge=0, description="How far behind the last read a poll looks again, for rows that show late")
    webhook_max_age_s: float = Field(300.0, gt=0, description="A webhook whose signed time is further away than this is refused")
    sweep_every_s: float = Field(0.0, ge=0, description="How often to look for deleted rows; 0: never. Keeps one entry a row in the cursor")
    timeout_s: float = Field(10.0, gt=0, description="After so long without an answer a write is in doubt, and a read is tried again")
    pace: float = Field(1.0, gt=0, description="Multiplies the vendor's limits (30 reads, 20 writes, 10 batch calls a second)")

    @property
    def requests_per_s(self) -> float:
        """The vendor's limit for all calls together, for the lent client."""
        return 50.0 * self.pace
