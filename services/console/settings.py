"""What console reads from its environment."""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parseaddr

from pydantic import AliasChoices, Field, FilePath, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from services.console.domain.relay import server_of
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

    smtp_url: SecretStr = Field(default=SecretStr(""), description="mail server for alerts; empty: none is mailed")
    smtp_ca: FilePath | None = Field(default=None, description="authorities trusted for it besides the usual ones")
    mail_from: str = Field(default="Parvis <parvis@localhost>", description="the sender of alerts")
    alert_gap_seconds: float = Field(default=60.0, ge=0, description="at least so long between two mails to a person")
    alert_case_minutes: int = Field(default=60, ge=1, description="a case that nobody took for so long is told of")
    alert_look_seconds: float = Field(default=15.0, gt=0, description="how often is looked for what became late")

    text_waits_seconds: float = Field(
        default=5.0, ge=0, le=30, description="how long a text waits for its verdict before it is shown without"
    )
    ops_seconds: float = Field(default=5.0, gt=0, description="how often the services are asked how they are")

    @field_validator("smtp_url")
    @classmethod
    def _names_a_server(cls, value: SecretStr) -> SecretStr:
        """A mistake is found at start, and not when a crisis comes."""
        server_of(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _has_an_address(cls, value: str) -> str:
        """`Parvis <alerts@agency.example>`."""
        if "@" not in parseaddr(value)[1]:
            raise ValueError("it is written like Parvis <alerts@agency.example>")
        return value

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
