"""Asks, beside a reading, what a channel's own server allows: limits differ between servers, and change."""

import asyncio
from datetime import datetime, timedelta

import structlog

from services.ingest.store.polls import Poll, Polls
from shared.networks.capabilities import Account
from shared.networks.rules import OwnCodes

EVERY = timedelta(hours=1)
SECONDS = 10.0
log = structlog.get_logger()


async def read_codes(network: object, account: Account, poll: Poll, polls: Polls, now: datetime) -> None:
    """Once an hour at most. A server that does not say keeps what it said before, and is asked again an hour later."""
    if not isinstance(network, OwnCodes) or (poll.codes_at is not None and now - poll.codes_at < EVERY):
        return
    codes = poll.codes
    try:
        async with asyncio.timeout(SECONDS):
            codes = await network.instance_settings(account)
    except Exception as error:  # whatever it answers is no reason to leave the channel unread
        log.info("codes_not_read", channel_id=poll.channel_id, brand_id=poll.brand_id, why=repr(error))
    await polls.learn_codes(poll.channel_id, codes)
