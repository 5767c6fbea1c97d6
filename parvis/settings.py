"""What the `parvis` command reads from the environment."""

import json
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.settings import DatabasePrefix, KafkaAddress

USUAL_CONSOLE = "http://127.0.0.1:8080"
Port = Annotated[int, Field(ge=1, le=65535)]


def user_cache() -> Path:
    """Where downloads that outlive one checkout are kept."""
    return Path("~/.cache/parvis").expanduser()


class ToolSettings(BaseSettings):
    """Settings of the `parvis` command, each `PARVIS_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="PARVIS_")

    home: Path = Field(Path(".parvis"), description="data, logs and state files of everything run locally")
    cache: Path = Field(default_factory=user_cache, description="downloaded jars")
    kafka: KafkaAddress | None = Field(None, description="bootstrap servers of an existing Kafka; skips the local one")
    mongo: str | None = Field(None, description="URI of an existing MongoDB; skips the local one")
    database_prefix: DatabasePrefix = Field("parvis_", description="what each service's database name begins with")
    group_prefix: str = Field("", description="what each service's consumer groups begin with")
    console_url: str = Field("", description="where the console is; left out: the demo's, or 127.0.0.1:8080")
    operator_key: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("PARVIS_OPERATOR_KEY", "CONSOLE_OPERATOR_KEY"),
        description="opens /api/v1; the demo's, where there is one",
    )
    kafka_port: Port | None = Field(None, description="local Kafka's port; default 9092 or the next free")
    mongo_port: Port | None = Field(None, description="local MongoDB's port; default 27017 or the next free")

    @field_validator("mongo")
    @classmethod
    def _escaped(cls, value: str | None) -> str | None:
        """The driver would take a part of an unescaped password for a port, and say it."""
        address = urlsplit(value or "")
        if address.netloc.count("@") > 1 or "@" in address.path:
            raise ValueError("a name or password in it is written with %40 for @, %3A for : and %2F for /")
        return value

    def key(self) -> str:
        """The operator's key: as set, else the demo's; empty where there is none."""
        kept = self.home / "demo" / "keys" / "operator"
        given = self.operator_key.get_secret_value()
        return given or (kept.read_text() if kept.exists() else "")

    def console(self) -> str:
        """Where the console is that this key opens: as set, else the demo's while it runs, else the usual address."""
        if self.console_url or self.operator_key.get_secret_value():
            return self.console_url or USUAL_CONSOLE
        try:
            running = json.loads((self.home / "demo" / "running").read_text())
        except (OSError, ValueError):
            running = {}
        return running.get("console") or USUAL_CONSOLE

    @property
    def engines_home(self) -> Path:
        """The folder of the local engines, absolute because the engines run detached."""
        return self.home.resolve() / "engines"
