"""A whole Parvis on this machine: every service in its own process, beside the network simulator."""

import json
import secrets
import sys
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parvis.api import Api
from parvis.engines import ports
from parvis.engines.local import Addresses
from parvis.program import Program
from parvis.services import addresses_of_services, service_programs, until_ready
from parvis.simulator.records import APP_KINDS
from parvis.simulator.remote import Simulator
from parvis.supervisor import Supervisor
from shared.bus.topics import create_topics
from shared.events.topics import ALL
from shared.keys import create

APP_ID = "parvis"
# what tells of each network by webhook
APPS = {"facebook": APP_ID, "instagram": "parvis-instagram", "linkedin": "parvis-linkedin", "x": "parvis-x"}
PARTITIONS = 6
SIMULATOR_PORT = 8800
Environment = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Platform:
    """What runs. `urls` maps a service to its address."""

    urls: Mapping[str, str]
    supervisor: Supervisor
    simulator: Simulator
    api: Api
    home: Path
    held: "Secrets"

    def pid(self, service: str) -> int | None:
        """The process of a service; None while it is not running."""
        return self.supervisor.child(service).pid


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the parts share: made anew for each home, kept with its keys."""

    operator_key: str
    app_secret: str
    verify_token: str

    @classmethod
    def of(cls, folder: Path) -> "Secrets":
        """Those of a home; made at the first call, readable by the owner alone."""
        values = [_kept(folder / name) for name in ("operator", "facebook-app", "facebook-verify")]
        return cls(*values)


def _kept(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()


@asynccontextmanager
async def running(  # noqa: PLR0913 - two that all name, and choices with defaults
    engines: Addresses,
    home: Path,
    *,
    env: Environment | None = None,
    beside: Sequence[Program] = (),
    seed: int = 1,
    allow: Sequence[str] = (),
    within: float = 60,
    console_port: int | None = None,
    instead: Mapping[str, tuple[str, ...]] | None = None,
    without: Collection[str] = (),
    shift: int = 0,
) -> AsyncIterator[Platform]:
    """Ready when entered: the simulator, its webhooks subscribed, and every service. All end in order, it last.

    `env` adds to one service's environment by its name, to every one's by `*`; `allow` are further local addresses
    (`host:port`) that the services may call. `console_port` is not exchanged when it is taken: that fails.
    `shift` moves the usual ports, so that platforms started at the same moment do not meet.
    `instead` names the module that runs in a service's place, `without` the services that stay off.
    """
    keys = home / "keys"
    create(keys)
    held = Secrets.of(keys)
    await create_topics(engines.kafka, ALL, PARTITIONS)
    city = _simulator(home, seed, shift)
    urls = addresses_of_services(console_port, taken=frozenset({int(city.url.rpartition(":")[2])}), shift=shift)
    allowed = [city.url.partition("://")[2], *allow]
    every = service_programs(engines, urls, keys, _environment(held, allowed, urls, env), instead)
    programs = [program for program in every if program.name not in without]
    async with Supervisor([city, *beside, *programs], home) as supervisor, Simulator.at(city.url) as simulator:
        await until_ready(supervisor, within)
        listens = "ingest" not in without  # to the handshake
        for network, app_id in APPS.items():
            kind, address = APP_KINDS.get(network, "meta"), callback(urls, network)
            await simulator.app(app_id, held.app_secret, held.verify_token, address, network=kind, verify=listens)
        async with Api.open(urls["console"], held.operator_key) as api:
            yield Platform(urls, supervisor, simulator, api, home, held)


def callback(urls: Mapping[str, str], network: str = "facebook") -> str:
    """Where a network's webhooks go."""
    return f"{urls['ingest']}/webhooks/{network}"


def _simulator(home: Path, seed: int, shift: int) -> Program:
    port = ports.choose(SIMULATOR_PORT + shift, fixed=False)
    data = str((home / "simulator").resolve())
    arguments = ("--port", str(port), "--seed", str(seed), "--data", data)
    command = (sys.executable, "-m", "parvis.simulator", *arguments)
    return Program("simulator", command, url=f"http://{ports.HOST}:{port}")


def _environment(
    held: Secrets, allowed: Sequence[str], urls: Mapping[str, str], more: Environment | None
) -> dict[str, dict[str, str]]:
    own: dict[str, dict[str, str]] = {
        "*": {"PARVIS_EGRESS_ALLOW": ",".join(allowed)},
        "ingest": {
            f"INGEST_{network.upper()}_{name}": word
            for network in APPS
            for name, word in (("APP_SECRET", held.app_secret), ("VERIFY_TOKEN", held.verify_token))
        },
        "publisher": {
            f"PUBLISHER_{network.upper()}_{name}": word
            for network, app_id in APPS.items()
            for name, word in (("APP_ID", app_id), ("APP_SECRET", held.app_secret))
        },
        "console": {"CONSOLE_OPERATOR_KEY": held.operator_key, "CONSOLE_PUBLIC_URL": urls["console"]},
    }
    for name, words in (more or {}).items():
        own.setdefault(name, {}).update(words)
    return own


def given(account: Mapping[str, Any]) -> str:
    """An account's token as its network gives it: with a refresh token, where it has one."""
    whole = {"access_token": account["token"], "refresh_token": account.get("refresh")}
    return json.dumps(whole) if account.get("refresh") else str(account["token"])


async def connect(platform: Platform, brand_id: str, account: Mapping[str, Any], **facts: Any) -> str:
    """Connect a simulated account to a brand; the channel's id."""
    network = str(account["network"])
    city = platform.simulator
    channel_id = f"{brand_id}-{network}"
    await platform.api.channel(
        channel_id,
        brand_id=brand_id,
        network=network,
        account_id=account["id"],
        name=account["name"],
        handle=account.get("handle", ""),
        base_url=city.base_url(network),
        token=given(account),
        **facts,
    )
    return channel_id
