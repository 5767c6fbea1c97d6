"""What moderation reads from its environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import FloorSettings


class Settings(FloorSettings):
    """`MODERATION_<WORD>`; seconds. A decision can be taken back for `undo_seconds` before it leaves; evidence waits
    `media_seconds` for its media, a fifth of it more where its turn comes late; what was said again within
    `repeat_seconds` counts as repeated.

    The media of `fetches_at_once` cases are fetched at once, each up to 100 MB in memory; so few of one brand that its
    silent hosts hold up no other's.
    """

    model_config = SettingsConfigDict(env_prefix="MODERATION_", populate_by_name=True, extra="ignore", frozen=True)

    undo_seconds: float = Field(default=8.0, ge=0)
    media_seconds: float = Field(default=10.0, gt=0)
    fetches_at_once: int = Field(default=16, ge=1)
    fetches_at_once_per_brand: int = Field(default=2, ge=1)
    claim_seconds: float = Field(default=600.0, gt=0)
    repeat_seconds: float = Field(default=900.0, gt=0)
    strike_days: float = Field(default=180.0, gt=0)
    refresh_seconds: float = Field(default=1.0, gt=0)
