"""What console reads from its environment."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import FloorSettings


class Settings(FloorSettings):
    """Console's own words are `CONSOLE_<WORD>`; the floor's keep `PARVIS_`."""

    model_config = SettingsConfigDict(env_prefix="CONSOLE_", populate_by_name=True, extra="ignore", frozen=True)

    public_url: str = Field(default="", description="where browsers find the console; https makes cookies secure")
    operator_key: SecretStr = Field(default=SecretStr(""), description="opens /api/v1; empty closes it")
    session_idle_minutes: int = Field(default=30, ge=1)
    session_hours: int = Field(default=12, ge=1)
    undo_seconds: float = Field(default=8.0, description="the length that undo bars are drawn with")
    ingest_url: str = Field(default="http://127.0.0.1:8801", validation_alias=AliasChoices("PARVIS_INGEST_URL"))
    moderation_url: str = Field(default="http://127.0.0.1:8802", validation_alias=AliasChoices("PARVIS_MODERATION_URL"))
    publisher_url: str = Field(default="http://127.0.0.1:8803", validation_alias=AliasChoices("PARVIS_PUBLISHER_URL"))
    insights_url: str = Field(default="http://127.0.0.1:8804", validation_alias=AliasChoices("PARVIS_INSIGHTS_URL"))
    campaigns_url: str = Field(default="http://127.0.0.1:8805", validation_alias=AliasChoices("PARVIS_CAMPAIGNS_URL"))
    crm_url: str = Field(default="http://127.0.0.1:8806", validation_alias=AliasChoices("PARVIS_CRM_URL"))

    ops_seconds: float = Field(default=2.0, gt=0, description="how often the services are asked how they are")

    @property
    def services(self) -> Mapping[str, str]:
        """Where each service listens, by name: the others, and console itself."""
        own = f"http://127.0.0.1:{self.port}"
        return {
            "ingest": self.ingest_url,
            "moderation": self.moderation_url,
            "insights": self.insights_url,
            "publisher": self.publisher_url,
            "campaigns": self.campaigns_url,
            "crm": self.crm_url,
            "console": own,
        }

    @property
    def idle(self) -> timedelta:
        """A session unused for so long is over."""
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def absolute(self) -> timedelta:
        """A session is over after this in any case."""
        return timedelta(hours=self.session_hours)

    @property
    def https(self) -> bool:
        """Whether browsers come by https."""
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name: `__Host-` binds it to this host, and browsers demand https for it."""
        return "__Host-parvis" if self.https else "parvis"
