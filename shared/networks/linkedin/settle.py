"""Did it get out? The Page's own posts since the attempt, or its answers in the thread, matched by what they say.

LinkedIn refuses the same words twice and names the post that has them; but it was seen to name posts that are not
there, so such a refusal is evidence only, and a look says what stands.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.networks.capabilities import Account, Published, Refused, Rendition, Target
from shared.networks.linkedin.api import Found, LinkedInApi, encoded, moment, organization
from shared.networks.linkedin.codes import plain, post_text
from shared.networks.linkedin.inbound import parts_of, urn_of
from shared.networks.reading import nested
from shared.networks.sameness import fingerprint

SKEW = timedelta(seconds=30)  # between the network's clock and ours
PAGE = 100
MOST_PAGES = 10


async def find_post(api: LinkedInApi, account: Account, rendition: Rendition, since: datetime) -> Sequence[Published]:
    """Every own post since then that says the same."""
    wanted, found = fingerprint(post_text(rendition)), []
    async for one in own_posts(api, account):
        if moment(one.get("lastModifiedAt") or one["createdAt"]) < since - SKEW:
            break
        is_young = moment(one["createdAt"]) >= since - SKEW
        if is_young and fingerprint(plain(str(one.get("commentary") or ""))) == wanted:
            found.append(published_post(str(one["id"])))
    return found


async def find_reply(
    api: LinkedInApi, account: Account, target: Target, text: str, since: datetime
) -> Sequence[Published]:
    """Every own comment since then below what was answered that says the same."""
    wanted, ours = fingerprint(text), organization(account)
    return [
        published_comment(urn_of(one))
        async for one in pages(api, account, f"socialActions/{encoded(answered(target))}/comments?")
        if one.get("actor") == ours
        and moment(nested(one, "created", "time")) >= since - SKEW
        and fingerprint(str(nested(one, "message", "text") or "")) == wanted
    ]


def own_posts(api: LinkedInApi, account: Account) -> AsyncIterator[Found]:
    """The newest or last changed first."""
    query = f"posts?q=author&author={encoded(organization(account))}&sortBy=LAST_MODIFIED&"
    return pages(api, account, query)


async def pages(api: LinkedInApi, account: Account, path: str) -> AsyncIterator[Found]:
    """What a finder lists, page after page; `path` ends with `?` or `&`."""
    for page in range(MOST_PAGES):
        found = await api.call("GET", account, f"{path}start={page * PAGE}&count={PAGE}")
        elements: list[Any] = found.get("elements") or []
        for one in elements:
            yield one
        if len(elements) < PAGE:
            return
    raise Refused("too much was said to look through", "unsupported")


def answered(target: Target) -> str:
    """What an answer is put below: the comment, of an answer to a comment the comment above it, or the post."""
    return str(target.extra.get("parent") or "") or target.external_id


def published_post(urn: str) -> Published:
    return Published(urn, f"https://www.linkedin.com/feed/update/{urn}/")


def published_comment(urn: str) -> Published:
    below = parts_of(urn)
    where = below[0] if below else urn
    return Published(urn, f"https://www.linkedin.com/feed/update/{where}?commentUrn={encoded(urn)}")
