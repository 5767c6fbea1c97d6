"""The handshakes: before a network sends webhooks it asks the callback for a proof that they are wanted."""

import contextlib
import json
import secrets
from urllib.parse import urlencode
from uuid import uuid4

from parvis.simulator.records import App
from parvis.simulator.sender import Sender
from shared.networks.linkedin.inbound import keyed
from shared.networks.x.inbound import signature


async def proved(sender: Sender, app: App) -> bool:
    """Whether the app's callback gives the proof that its network wants."""
    if app.network == "x":
        return await challenged(sender, app.callback_url, app.secret)
    if app.network == "linkedin":
        return await coded(sender, app.callback_url, app.secret)
    return await handshake(sender, app.callback_url, app.verify_token)


async def challenged(sender: Sender, callback_url: str, secret: str) -> bool:
    """X: whether the callback signs a challenge (`crc_token`) with the consumer secret."""
    token = secrets.token_urlsafe(16)
    with contextlib.suppress(OSError, TimeoutError, ValueError):
        status, body = await sender.get(f"{callback_url}?{urlencode({'crc_token': token})}")
        return status == 200 and json.loads(body)["response_token"] == signature(token.encode(), secret)
    return False


async def coded(sender: Sender, callback_url: str, secret: str) -> bool:
    """LinkedIn: whether the callback answers a `challengeCode` with the code and its HMAC under the client secret."""
    code = str(uuid4())
    with contextlib.suppress(OSError, TimeoutError, ValueError):
        status, body = await sender.get(f"{callback_url}?{urlencode({'challengeCode': code})}")
        wanted = {"challengeCode": code, "challengeResponse": keyed(code.encode(), secret)}
        return status == 200 and json.loads(body) == wanted
    return False


async def handshake(sender: Sender, callback_url: str, verify_token: str) -> bool:
    """Meta: whether the callback knows the verify token and answers 200 with the challenge, nothing else."""
    challenge = str(secrets.randbelow(2**31))
    query = urlencode({"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token})
    with contextlib.suppress(OSError, TimeoutError, ValueError):
        status, body = await sender.get(f"{callback_url}?{query}")
        return status == 200 and body.decode().strip() == challenge
    return False
