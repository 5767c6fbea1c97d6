"""Connecting a channel: its token is sealed at once and forgotten; a test says whether the network takes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.console.resources import Resources
from shared.egress import NotSent, OutcomeUnknown
from shared.errors import EgressRefused
from shared.networks.capabilities import Account, Connecting, Gone, RateLimited, Refused, TokenLost
from shared.networks.grants import Grant
from shared.networks.servers import speaks_for
from shared.secrets import seal


@dataclass(frozen=True, slots=True)
class Tried:
    """What a test of a connection found: the account's own id and name, or what is wrong (a message's key)."""

    account_id: str = ""
    name: str = ""
    handle: str = ""
    trouble: str = ""
    detail: str = ""


async def connect(console: Resources, channel_id: str, fields: Mapping[str, Any], token: str) -> dict[str, Any]:
    """Store a channel with its token sealed; see `DirectoryStore.connect` for what it raises."""
    now = console.floor.clock()
    sealed = seal(console.floor.keys.platform_public, Grant.read(token, now).written()) if token else ""
    return await console.directory.connect(channel_id, {**fields, "token_sealed": sealed}, now)


async def try_out(console: Resources, network: str, account: Account) -> Tried:
    """Ask the network who the token's account is. The token goes nowhere else."""
    client = console.networks.get(network)
    if not isinstance(client, Connecting):
        return Tried(account_id=account.account_id, name="", trouble="" if client else "unknown_network")
    if not speaks_for(client, account.base_url, console.settings.egress_allow):
        return Tried(trouble="server", detail=", ".join(sorted(getattr(client, "servers", ()))))
    try:
        found = await client.whoami(account)
    except TokenLost as error:
        return Tried(trouble="token", detail=str(error))
    except (Refused, Gone) as error:
        return Tried(trouble="refused", detail=str(error))
    except (NotSent, EgressRefused, OutcomeUnknown, RateLimited) as error:
        return Tried(trouble="unreachable", detail=str(error))
    except Exception as error:  # what stands at that address answers, and is something else
        return Tried(trouble="unreadable", detail=str(error))
    return Tried(account_id=found.external_id, name=found.name or found.handle, handle=found.handle)
