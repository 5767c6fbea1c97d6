"""What campaigns reads from its environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import FloorSettings


class Settings(FloorSettings):
    """`CAMPAIGNS_<WORD>`, seconds: how often a campaign is looked at, its ads are brought to what they should be, its
    reports are read, its comparison is concluded and its audience is counted. Reports are read for `late_days` after
    its end, and a comparison concludes with the last. At most `at_once` calls change ads at a time, of them
    `at_once_per_account` in one account; who dies during one is waited for `lease_seconds`, or until it is back."""

    model_config = SettingsConfigDict(env_prefix="CAMPAIGNS_", populate_by_name=True, extra="ignore", frozen=True)

    steer_seconds: float = Field(default=1.0, gt=0)
    drive_seconds: float = Field(default=0.5, gt=0)
    report_seconds: float = Field(default=10.0, gt=0)
    conclude_seconds: float = Field(default=10.0, gt=0)
    audience_seconds: float = Field(default=2.0, gt=0)
    request_timeout: float = Field(default=10.0, gt=0)
    lease_seconds: float = Field(default=60.0, gt=0)
    at_once: int = Field(default=128, gt=0)
    at_once_per_account: int = Field(default=8, gt=0)
    late_days: float = Field(default=7.0, ge=0)
