"""What a bridge reads from its environment."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class RoundupSettings(BaseSettings):
    """`BRIDGE_<NAME>`; the secrets of the endpoint, separated by spaces, while one replaces another."""

    model_config = SettingsConfigDict(env_prefix="BRIDGE_")

    secret: SecretStr = Field(description="whsec_… as shown when the endpoint was registered")
    url: str = Field("http://127.0.0.1:8095", description="the tracker, without /rest")
    user: str = Field("admin")
    password: SecretStr = Field(description="the user's password")

    @property
    def secrets(self) -> list[str]:
        """All that are given."""
        return self.secret.get_secret_value().split()
