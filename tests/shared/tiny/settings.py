"""What the tiny service reads from its environment."""

from pydantic_settings import SettingsConfigDict

from shared.settings import FloorSettings


class Settings(FloorSettings):
    """How slow it is, and of which brand it keeps what it consumes."""

    model_config = SettingsConfigDict(env_prefix="TINY_", populate_by_name=True, extra="ignore", frozen=True)

    work_seconds: float = 0.0
    brand: str = ""
    stuck: bool = False
