"""What crm reads from its environment."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from services.crm.domain.attempt import RETRIES
from shared.settings import FloorSettings


class Settings(FloorSettings):
    """`CRM_<WORD>`. `retries` are the seconds before each attempt, counted from the one before it.

    What a process has claimed is free again `lease_seconds` after it died. `both_secrets_hours` is how long a replaced
    secret still signs; `disable_after_days` of failures alone shut an endpoint.
    """

    model_config = SettingsConfigDict(env_prefix="CRM_", populate_by_name=True, extra="ignore", frozen=True)

    retries: Annotated[tuple[float, ...], NoDecode] = RETRIES
    request_timeout: float = Field(default=20.0, gt=0)
    lease_seconds: float = 60.0
    at_once: int = Field(default=64, ge=1)
    at_once_per_endpoint: int = Field(default=4, ge=1)
    both_secrets_hours: float = 24.0
    disable_after_days: float = 5.0

    @model_validator(mode="after")
    def _a_lease_outlives_its_call(self) -> Self:
        """A call must end well before others may think its process dead."""
        if self.lease_seconds < 1.5 * self.request_timeout:
            raise ValueError("CRM_LEASE_SECONDS must be at least one and a half CRM_REQUEST_TIMEOUT")
        return self

    @field_validator("retries", mode="before")
    @classmethod
    def _split_retries(cls, value: object) -> object:
        """`0,5,300`, as one variable holds it."""
        if isinstance(value, str):
            return tuple(float(part) for part in value.split(",") if part.strip())
        return value
