"""What ingest reads from its environment."""

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import FloorSettings


class Settings(FloorSettings):
    """`INGEST_<WORD>`. Poll intervals are seconds per network; `measure_seconds` is how often channels are measured."""

    model_config = SettingsConfigDict(env_prefix="INGEST_", populate_by_name=True, extra="ignore", frozen=True)

    facebook_app_secret: SecretStr = SecretStr("")
    facebook_verify_token: SecretStr = SecretStr("")
    instagram_app_secret: SecretStr = SecretStr("")
    instagram_verify_token: SecretStr = SecretStr("")
    linkedin_app_secret: SecretStr = SecretStr("")
    x_app_secret: SecretStr = SecretStr("")
    poll_seconds: float = 60.0
    facebook_poll_seconds: float = 120.0
    instagram_poll_seconds: float = 120.0
    mastodon_poll_seconds: float = 15.0
    wordpress_poll_seconds: float = 15.0
    bluesky_poll_seconds: float = 10.0
    feed_poll_seconds: float = 300.0
    linkedin_poll_seconds: float = 120.0
    x_poll_seconds: float = 120.0
    measure_seconds: float = 10.0
    polls_at_once: int = 32
    rereads_at_once: int = 16

    def interval(self, network: str) -> float:
        """Seconds between two polls of a channel on `network`."""
        return float(getattr(self, f"{network}_poll_seconds", self.poll_seconds))

    def webhook_secret(self, network: str) -> str:
        """What the network signs its calls with; empty where none is set."""
        secret = getattr(self, f"{network}_app_secret", SecretStr(""))
        return str(secret.get_secret_value())

    def verify_token(self, network: str) -> str:
        """What the network must know to subscribe us; X and LinkedIn ask for a proof by the app's own secret."""
        secret = getattr(self, f"{network}_verify_token", None)
        return self.webhook_secret(network) if secret is None else str(secret.get_secret_value())
