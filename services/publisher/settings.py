"""What publisher reads from its environment."""

from typing import Annotated, Self

from pydantic import SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.networks.renewing import AppKeys
from shared.settings import FloorSettings


class Settings(FloorSettings):
    """`PUBLISHER_<WORD>`. `looks` are the seconds after which an unknown outcome is looked for on the network.

    What a process has claimed is free again `lease_seconds` after it died. `commit_bound` replaces what the networks
    are known for: how many seconds after a cut request they may still carry it out. A token is renewed `renew_before`
    seconds before it ends, where the network's app id and secret are set (Instagram asks for none); X's are those of
    OAuth 2.0, not its consumer key and secret.
    """

    model_config = SettingsConfigDict(env_prefix="PUBLISHER_", populate_by_name=True, extra="ignore", frozen=True)

    looks: Annotated[tuple[float, ...], NoDecode] = (10.0, 60.0, 300.0, 900.0)
    request_timeout: float = 15.0
    lease_seconds: float = 60.0
    commit_bound: float | None = None
    at_once: int = 64
    at_once_per_channel: int = 4
    renew_seconds: float = 30.0
    renew_before: float = 14 * 24 * 3600.0
    facebook_app_id: str = ""
    facebook_app_secret: SecretStr = SecretStr("")
    linkedin_app_id: str = ""
    linkedin_app_secret: SecretStr = SecretStr("")
    x_app_id: str = ""
    x_app_secret: SecretStr = SecretStr("")

    def app_keys(self, network: str) -> AppKeys | None:
        """Who we are to the network; None where that is not set."""
        app_id = getattr(self, f"{network}_app_id", "")
        secret = getattr(self, f"{network}_app_secret", SecretStr("")).get_secret_value()
        return AppKeys(app_id, secret) if app_id and secret else None

    @model_validator(mode="after")
    def _a_lease_outlives_its_call(self) -> Self:
        """Otherwise nothing would ever be sent: a call must end well before others may think its process dead."""
        if self.lease_seconds < 1.5 * self.request_timeout:
            raise ValueError("PUBLISHER_LEASE_SECONDS must be at least one and a half PUBLISHER_REQUEST_TIMEOUT")
        return self

    @field_validator("looks", mode="before")
    @classmethod
    def _split_looks(cls, value: object) -> object:
        """`10,60,300`, as one variable holds it."""
        if isinstance(value, str):
            return tuple(float(part) for part in value.split(",") if part.strip())
        return value
