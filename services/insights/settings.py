"""What insights reads from its environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import FloorSettings


class Settings(FloorSettings):
    """`INSIGHTS_<WORD>`; seconds. Hours and people that changed are stated so often; every `look_seconds` the last
    `window_seconds` are held against the baseline, and a crisis has eased when it was low for `ease_seconds`."""

    model_config = SettingsConfigDict(env_prefix="INSIGHTS_", populate_by_name=True, extra="ignore", frozen=True)

    hours_seconds: float = Field(default=2.0, gt=0)
    people_seconds: float = Field(default=5.0, gt=0)
    look_seconds: float = Field(default=20.0, gt=0)
    window_seconds: float = Field(default=3600.0, gt=0)
    ease_seconds: float = Field(default=1800.0, ge=0)
