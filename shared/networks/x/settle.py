"""Did it get out? The account's own posts since the attempt, matched by what they say: there is no key to ask by.

X refuses the same words twice: such a refusal is evidence that they stand there, and a look says whose they are.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.networks.capabilities import Account, Published, Refused, Rendition, Target
from shared.networks.sameness import fingerprint
from shared.networks.x.api import Found, XApi
from shared.networks.x.codes import LEADING, post_text
from shared.networks.x.inbound import first_id, plain, replied_to

SCHEME = re.compile(r"https?://", re.IGNORECASE)
SKEW = timedelta(seconds=30)  # between the network's clock and ours
PAGE = 100
MOST_PAGES = 5
FIELDS = {
    "post.fields": "id,text,created_at,entities,note_post",
    "expansions": "referenced_posts,edit_history_post_ids",
}


async def find_post(api: XApi, account: Account, rendition: Rendition, since: datetime) -> Sequence[Published]:
    """Every own post since then that answers nothing and says the same: whom it names at its beginning, too."""
    wanted = _same(post_text(rendition))
    own = await own_since(api, account, since)
    return [published(one) for one in own if not replied_to(one) and _same(plain(one)) == wanted]


async def find_reply(api: XApi, account: Account, target: Target, text: str, since: datetime) -> Sequence[Published]:
    """Every own post since then that answers this one and says the same."""
    wanted, answered = said(text), target.external_id
    own = await own_since(api, account, since)
    return [published(one) for one in own if replied_to(one) == answered and said(plain(one)) == wanted]


async def own_since(api: XApi, account: Account, since: datetime) -> Sequence[Found]:
    """Own posts since then, newest first."""
    found: list[Found] = []
    start = (since - SKEW).strftime("%Y-%m-%dT%H:%M:%SZ")
    query: dict[str, Any] = {**FIELDS, "exclude": "retweets", "max_results": PAGE, "start_time": start}
    for _ in range(MOST_PAGES):
        page = await api.call("GET", account, f"users/{account.account_id}/tweets", params=query)
        found += page.get("data") or ()
        token = (page.get("meta") or {}).get("next_token")
        if not token:
            return found
        query["pagination_token"] = token
    raise Refused("too much was said since to look through", "unsupported")


def said(text: str) -> str:
    """The words without those whom X names at the beginning of an answer."""
    return _same(LEADING.sub("", text))


def _same(text: str) -> str:
    """Without what X puts before a link that was written as a name alone: `kerlann.fr` comes back as an address."""
    return fingerprint(SCHEME.sub("", text))


def published(post: Found) -> Published:
    post_id = first_id(post)
    return Published(post_id, f"https://x.com/i/status/{post_id}", str(post["id"]))
