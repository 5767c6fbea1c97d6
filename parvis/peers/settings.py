"""Where the peers live and on which ports they would like to listen."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).parents[2]
ASSETS = REPOSITORY / "tests" / "peers"


class PeerSettings(BaseSettings):
    """`PEERS_DIR` and `PEERS_<NAME>_PORT`; a port that another program holds is replaced by a free one."""

    model_config = SettingsConfigDict(env_prefix="PEERS_")

    dir: Path = REPOSITORY / ".parvis" / "peers"
    wordpress_port: int = 8090
    mariadb_port: int = 3390
    postgres_port: int = 5544
    redis_port: int = 6399
    plc_port: int = 2582
    pds_port: int = 2583
    appview_port: int = 2584
    ozone_port: int = 2587
