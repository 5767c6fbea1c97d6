"""What people ask of ingest: read a channel now or from its beginning, and test a connection."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.ingest.store.polls import Polls
from shared.auth import Command, command
from shared.errors import EgressRefused, NotFound, NotSent, OutcomeUnknown
from shared.networks.capabilities import Account, Connecting, RateLimited, Refused, TokenLost
from shared.networks.grants import Grant
from shared.problems import Problem, responses
from shared.secrets import Unsealable
from shared.service import Floor

MayChannels = Annotated[Command, Depends(command("channels"))]


ANSWERS = responses(401, 403, 404, 422)
CONNECTION_EXAMPLE: dict[str, JsonValue] = {
    "network": "wordpress",
    "base_url": "https://blog.example",
    "token_sealed": "c2VhbGVk",
    "settings": {},
}


class Due(BaseModel):
    """Whether the channel has been read before, and so is read again now; a new one is read within a second anyway."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"due": True}]})

    due: bool


class Connection(BaseModel):
    """A connection to test; the token comes sealed."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONNECTION_EXAMPLE]})

    network: str
    base_url: str
    token_sealed: str = ""
    account_id: str = ""
    settings: dict[str, str] = Field(default_factory=dict)


class Connected(BaseModel):
    """Whose token it is, as the network names them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"account_id": "blog.example#1", "name": "Inès", "handle": "ines"}]}
    )

    account_id: str
    name: str
    handle: str


def routes(floor: Floor, networks: Mapping[str, Any], polls: Polls) -> APIRouter:
    """Commands, each for one brand."""
    router = APIRouter(prefix="/brands/{brand_id}", tags=["channels"], responses=ANSWERS)

    def known(brand_id: str, channel_id: str) -> None:
        channel = floor.directory.channel(channel_id)
        if channel is None or channel.brand_id != brand_id:
            raise NotFound(f"no channel {channel_id} of this brand")

    @router.post("/channels/{channel_id}/poll", status_code=202)
    async def poll(brand_id: str, channel_id: str, who: MayChannels) -> Due:
        """Read the channel now."""
        known(brand_id, channel_id)
        return Due(due=await polls.due_now(channel_id))

    @router.post("/channels/{channel_id}/backfill", status_code=202)
    async def backfill(brand_id: str, channel_id: str, who: MayChannels) -> Due:
        """Read the channel from its beginning."""
        known(brand_id, channel_id)
        return Due(due=await polls.start_over(channel_id))

    @router.post("/check")
    async def check(brand_id: str, connection: Connection, who: MayChannels) -> Connected:
        """Whether the network accepts the token, and whose it is."""
        return await _whoami(floor, networks.get(connection.network), brand_id, connection)

    return router


async def _whoami(floor: Floor, client: Any, brand_id: str, connection: Connection) -> Connected:
    if not isinstance(client, Connecting):
        raise Problem(422, f"{connection.network} cannot be connected")
    try:
        author = await client.whoami(_account(floor, brand_id, connection))
    except TokenLost as error:
        raise Problem(422, "the network does not accept this token; make a new one there") from error
    except Unsealable as error:
        raise Problem(422, "the token was not sealed for this platform") from error
    except (Refused, RateLimited, NotSent, OutcomeUnknown, EgressRefused) as error:
        raise Problem(422, f"{connection.network} could not be asked: {error}") from error
    except Exception as error:  # what stands at that address answers, and is something else
        raise Problem(422, f"this address does not answer as {connection.network} does") from error
    return Connected(account_id=author.external_id, name=author.name, handle=author.handle)


def _account(floor: Floor, brand_id: str, connection: Connection) -> Account:
    return Account(
        channel_id="check",
        brand_id=brand_id,
        account_id=connection.account_id,
        base_url=connection.base_url,
        token=Grant.read(floor.vault.open(connection.token_sealed)).access if connection.token_sealed else "",
        settings=connection.settings,
    )
