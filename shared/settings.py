"""What a service reads from its environment, once. Nothing else in the product reads the environment."""

from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, AliasChoices, Field, IPvAnyNetwork, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.bus.address import checked

S = TypeVar("S", bound=BaseSettings)

OTEL_SWITCHES = ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


KafkaAddress = Annotated[str, AfterValidator(checked)]
DatabasePrefix = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,40}$")]


class SettingsError(Exception):
    """The environment lacks what the service needs; the message names each variable, never its value."""


def _parvis(word: str) -> AliasChoices:
    """A floor setting keeps its `PARVIS_` name in every service's own settings class."""
    return AliasChoices(f"PARVIS_{word}")


class FloorSettings(BaseSettings):
    """What every service needs. A service subclasses it, with `env_prefix="<SERVICE>_"` for its own words."""

    model_config = SettingsConfigDict(env_prefix="PARVIS_", populate_by_name=True, extra="ignore", frozen=True)

    kafka: KafkaAddress = Field(default=..., validation_alias=_parvis("KAFKA"))
    mongo: str = Field(default=..., validation_alias=_parvis("MONGO"))
    mongo_driver: Literal["motor", "pymongo"] = Field(default="motor", validation_alias=_parvis("MONGO_DRIVER"))
    database_prefix: DatabasePrefix = Field(default="parvis_", validation_alias=_parvis("DATABASE_PREFIX"))
    group_prefix: str = Field(default="", validation_alias=_parvis("GROUP_PREFIX"))
    instance: str = Field(default="0", validation_alias=_parvis("INSTANCE"))
    replicas: int = Field(default=1, ge=1, validation_alias=_parvis("REPLICAS"))
    host: str = Field(default="127.0.0.1", validation_alias=_parvis("HOST"))
    port: int = Field(default=8000, ge=0, le=65535, validation_alias=_parvis("PORT"))
    keys_dir: Path = Field(default=Path(".parvis/keys"), validation_alias=_parvis("KEYS_DIR"))
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", validation_alias=_parvis("LOG_LEVEL")
    )
    version: str = Field(default="0.1.0", validation_alias=_parvis("VERSION"))
    drain_seconds: float = Field(default=25.0, gt=0, validation_alias=_parvis("DRAIN_SECONDS"))
    stall_seconds: float = Field(default=60.0, gt=0, validation_alias=_parvis("STALL_SECONDS"))
    calls_burst: int = Field(default=500, ge=1, validation_alias=_parvis("CALLS_BURST"))
    calls_per_second: float = Field(default=50.0, gt=0, validation_alias=_parvis("CALLS_PER_SECOND"))
    egress_allow: Annotated[tuple[str, ...], NoDecode] = Field(default=(), validation_alias=_parvis("EGRESS_ALLOW"))
    # Read as networks here: what uvicorn cannot read it takes for a name, and trusts nobody.
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = Field(
        default=(IPv4Network("127.0.0.1"),), validation_alias=_parvis("TRUSTED_PROXIES")
    )
    tracing: str = Field(default="", validation_alias=AliasChoices(*OTEL_SWITCHES))
    tracing_disabled: bool = Field(default=False, validation_alias=AliasChoices("OTEL_SDK_DISABLED"))

    @field_validator("egress_allow", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """`one,another`, as one variable holds it."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def calls(self) -> tuple[int, float]:
        """This replica's share of what one caller may ask about one brand: in one go, and a second."""
        return max(1, self.calls_burst // self.replicas), self.calls_per_second / self.replicas

    @property
    def traced(self) -> bool:
        """Whether the standard OTEL_* variables switch the exporter on (it is off by default)."""
        return not self.tracing_disabled and self.tracing not in ("", "none")


def load(settings: type[S]) -> S:
    """The settings from the environment; raises `SettingsError` naming each variable missing or wrong."""
    try:
        return settings()
    except ValidationError as error:
        lines = [_explain(settings, dict(problem)) for problem in error.errors(include_input=False)]
        raise SettingsError("\n".join(lines)) from None


def _explain(settings: type[BaseSettings], problem: dict[str, Any]) -> str:
    word = str(problem["loc"][0]) if problem["loc"] else "settings"
    field = settings.model_fields.get(word) or next(
        (f for f in settings.model_fields.values() if word in _aliases(f)), None
    )
    aliases = _aliases(field) if field else ()
    variable = aliases[0] if aliases else f"{settings.model_config.get('env_prefix', '')}{word}".upper()
    if problem["type"] == "missing":
        return f"{variable} is not set"
    return f"{variable}: {problem['msg']}"


def _aliases(field: FieldInfo) -> tuple[str, ...]:
    alias = field.validation_alias
    return tuple(str(choice) for choice in alias.choices) if isinstance(alias, AliasChoices) else ()
