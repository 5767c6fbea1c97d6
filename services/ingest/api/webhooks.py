"""The networks' calls: answered 2xx only after Kafka has every change."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import JsonValue

from services.ingest.domain import receipt
from services.ingest.domain.lanes import Lanes
from services.ingest.settings import Settings
from shared.bus.envelope import Outgoing
from shared.errors import Unavailable
from shared.events.console.channel_changed import ChannelChanged
from shared.networks.capabilities import RawChange, Webhooks
from shared.problems import Problem, busy, responses
from shared.service import Floor
from shared.telemetry import current_traceparent

RETRY_AFTER = 5
CALL_EXAMPLE: dict[str, JsonValue] = {
    "object": "page",
    "entry": [
        {
            "id": "1029",
            "time": 1795597200,
            "changes": [
                {
                    "field": "feed",
                    "value": {
                        "item": "comment",
                        "verb": "add",
                        "post_id": "1029_1",
                        "comment_id": "1029_2210",
                        "from": {"id": "88123", "name": "Hélène R."},
                        "message": "Commande passée le 9, toujours rien.",
                        "created_time": 1795597199,
                    },
                }
            ],
        }
    ],
}
CALL: dict[str, JsonValue] = {
    "description": "As the network sends it; facebook signs it in `X-Hub-Signature-256`.",
    "required": True,
    "content": {"application/json": {"schema": {"type": "object"}, "examples": {"facebook": {"value": CALL_EXAMPLE}}}},
}
CHALLENGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The network's challenge, as it came", "content": {"text/plain": {"example": "1158201444"}}}
}
TAKEN: dict[int | str, dict[str, Any]] = {200: {"description": "Kafka has every change; nothing is said"}}
Network = Annotated[str, Path(max_length=40, examples=["facebook"])]


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes the networks' calls."""

    floor: Floor
    settings: Settings
    networks: Mapping[str, Any]
    lanes: Lanes

    def caller(self, network: str) -> Webhooks:
        """The network's client; 404 where it makes no calls."""
        client = self.networks.get(network)
        if not isinstance(client, Webhooks):
            raise Problem(404, f"no webhooks of a network named {network[:40]!r} are taken here")
        return client

    def handshake(self, network: str, request: Request) -> str:
        """What proves to the network that we are who subscribed; 403 otherwise."""
        client, token = self.caller(network), self.settings.verify_token(network)
        challenge = client.handshake(request.query_params, token) if token else None
        if challenge is None:
            raise Problem(403, "the verify token is not the one set here")
        return challenge

    async def take(self, network: str, request: Request) -> None:
        """Returns once Kafka has every change of the call."""
        client = self.caller(network)
        body = await request.body()
        if not self.floor.directory.is_caught_up:
            raise busy(RETRY_AFTER, "this process does not know the channels yet; send it again")
        secret = self.settings.webhook_secret(network)
        if not secret or not client.verify(request.headers, body, secret):
            raise Problem(401, "the signature is not ours to trust")
        slip = receipt.Receipt(self.floor.new_id(), "webhook", self.floor.clock(), receipt.digest(body))
        try:
            events = list(receipt.events(slip, client.split(body), self._channel_of, self._lane))
        except receipt.ChangeTooLarge as error:
            raise Problem(413, str(error)) from error
        except ValueError as error:
            raise Problem(422, f"not a {network} webhook: {error}") from error
        trace = current_traceparent()
        try:
            await self.floor.producer.send([Outgoing.first(event, now=slip.at, traceparent=trace) for event in events])
        except Unavailable as error:
            raise busy(RETRY_AFTER, "nothing was accepted; send it again") from error

    def _channel_of(self, change: RawChange) -> ChannelChanged | None:
        channel = self.floor.directory.channel_of(change.network, change.account_id)
        return channel if channel is not None and channel.status != "disconnected" else None

    def _lane(self, change: RawChange, channel: ChannelChanged) -> str:
        brand = self.floor.directory.brand(channel.brand_id)
        if brand is None:
            return "main"
        rate = {"burst": brand.rate_burst, "per_second": brand.rate_per_second}
        return self.lanes.lane(channel.brand_id, time.monotonic(), **rate)


def routes(reception: Reception) -> APIRouter:
    """`GET` proves who we are; `POST` takes what the network sends."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])

    @router.get("/{network}", response_class=PlainTextResponse, responses=responses(403, 404) | CHALLENGE)
    async def handshake(network: Network, request: Request) -> Response:
        """The network's subscription handshake (Meta: `hub.challenge`; X: `crc_token`; LinkedIn: `challengeCode`)."""
        proof = reception.handshake(network, request)
        return Response(proof, media_type="application/json" if proof.startswith("{") else "text/plain")

    @router.post(
        "/{network}",
        response_class=Response,
        responses=responses(401, 404, 413, 422, 503) | TAKEN,
        openapi_extra={"requestBody": CALL},
    )
    async def receive(network: Network, request: Request) -> Response:
        """Many changes of many accounts in one signed call; each is one message on the raw stream."""
        await reception.take(network, request)
        return Response(status_code=200)

    return router
