"""Meta's handshake: before it sends webhooks it asks the callback to repeat a challenge."""

import contextlib
import secrets
from urllib.parse import urlencode

from parvis.simulator.sender import Sender


async def handshake(sender: Sender, callback_url: str, verify_token: str) -> bool:
    """Whether the callback knows the verify token and answers 200 with the challenge, nothing else."""
    challenge = str(secrets.randbelow(2**31))
    query = urlencode({"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token})
    with contextlib.suppress(OSError, TimeoutError, ValueError):
        status, body = await sender.get(f"{callback_url}?{query}")
        return status == 200 and body.decode().strip() == challenge
    return False
