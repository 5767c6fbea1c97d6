"""Did it get out? The account's own statuses since the attempt, matched by text.

Some servers ignore `Idempotency-Key`, and those that keep it do so for an hour: looking comes before sending again.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.networks.capabilities import Account, Published, Rendition, Target
from shared.networks.mastodon.api import Entity, MastodonApi, moment
from shared.networks.mastodon.codes import REMOTE_MENTION, status_text
from shared.networks.mastodon.inbound import plain

SKEW = timedelta(seconds=30)  # between the server's clock and ours
PAGE = 40
MOST_PAGES = 10


def fingerprint(text: str) -> str:
    """The text without what the server may change: spaces, letters' composition, the server part of a mention."""
    return "".join(unicodedata.normalize("NFC", REMOTE_MENTION.sub(r"@\1", text)).split())


def addressed(target: Target, text: str) -> str:
    """An answer names whom it answers, else nobody is notified."""
    handle = target.author_handle.lstrip("@")
    return text if not handle or f"@{handle}".lower() in text.lower() else f"@{handle} {text}"


async def find_post(api: MastodonApi, account: Account, rendition: Rendition, since: datetime) -> Sequence[Published]:
    """Every own status since then that answers nothing and says the same."""
    wanted = fingerprint(status_text(rendition))
    return [
        published(one)
        for one in await own_since(api, account, since)
        if not one.get("in_reply_to_id") and _says(one, wanted)
    ]


async def find_reply(
    api: MastodonApi, account: Account, target: Target, text: str, since: datetime
) -> Sequence[Published]:
    """Every own status since then that answers this one and says the same."""
    wanted = fingerprint(addressed(target, text))
    return [
        published(one)
        for one in await own_since(api, account, since)
        if one.get("in_reply_to_id") == target.external_id and _says(one, wanted)
    ]


async def own_since(api: MastodonApi, account: Account, since: datetime) -> Sequence[Entity]:
    """Own statuses since then, newest first."""
    found: list[Entity] = []
    path, query = f"v1/accounts/{account.account_id}/statuses", {"limit": PAGE, "exclude_reblogs": "true"}
    for _ in range(MOST_PAGES):
        page, _ = await api.listed(account, path, **query)
        found += [one for one in page if moment(one["created_at"]) >= since - SKEW]
        if len(page) < PAGE or moment(page[-1]["created_at"]) < since - SKEW:
            break
        query["max_id"] = page[-1]["id"]
    return found


def published(status: Entity) -> Published:
    return Published(str(status["id"]), str(status.get("url") or ""), str(status.get("edited_at") or ""))


def _says(status: Entity, wanted: str) -> bool:
    return fingerprint(plain(str(status["content"]))) == wanted
