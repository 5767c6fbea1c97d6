"""Is it there? One look for a post or a reply whose creation ended without an answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.networks import html_text
from shared.networks.capabilities import Account, DeliveryKey, Published, Rendition, Target
from shared.networks.wordpress import markup, names
from shared.networks.wordpress.rest import Rest

COMMIT_BOUND = 120.0
ALL_STATES = "publish,future,draft,pending,private,trash"
CLOCKS_DIFFER = timedelta(seconds=90)
POST_FIELDS = "id,slug,link,title,content,date_gmt"


async def find_post(
    rest: Rest, account: Account, rendition: Rendition, delivery: DeliveryKey, since: datetime
) -> Sequence[Published]:
    """By the address that we chose; else by author, title and words, as a plugin may have changed the address."""
    found = await by_slug(rest, account, rendition, delivery)
    return [found] if found else await _by_words(rest, account, rendition, since)


async def by_slug(rest: Rest, account: Account, rendition: Rendition, delivery: DeliveryKey) -> Published | None:
    """The post at our address, in whatever state; WordPress renames what goes to the trash."""
    ours = slug_of(rendition, delivery)
    answer = await rest.get(
        account, "posts", slug=f"{ours},{ours}__trashed", status=ALL_STATES, per_page=5, _fields=POST_FIELDS
    )
    return next((published(row) for row in answer.json()), None)


def slug_of(rendition: Rendition, delivery: DeliveryKey) -> str:
    """The address of this delivery's post."""
    return markup.slug(markup.title(rendition.title, rendition.text), delivery.delivery_id)


def published(row: Mapping[str, Any]) -> Published:
    """A post of a list or an answer."""
    return Published(names.post(row["id"]), row["link"])


async def _by_words(rest: Rest, account: Account, rendition: Rendition, since: datetime) -> Sequence[Published]:
    answer = await rest.get(
        account,
        "posts",
        author=names.user_of(account.account_id),
        after=(since - CLOCKS_DIFFER).isoformat(),
        status=ALL_STATES,
        per_page=50,
        _fields=POST_FIELDS,
    )
    title = markup.title(rendition.title, rendition.text)
    ours = html_text.read(markup.blocks(rendition.text, rendition.link, ()), newlines_count=False)[0]
    return [
        published(row)
        for row in answer.json()
        if markup.same_words(row["title"]["raw"], title)
        and markup.same_words(html_text.read(row["content"]["raw"], newlines_count=False)[0], ours)
    ]


async def find_reply(rest: Rest, account: Account, target: Target, text: str, since: datetime) -> Sequence[Published]:
    """Our comments under the target since then that say the same."""
    post, parent = place(target)
    answer = await rest.get(
        account,
        "comments",
        post=post,
        parent=parent,
        author=names.user_of(account.account_id),
        after=(since - CLOCKS_DIFFER).isoformat(),
        status="any",
        per_page=100,
        _fields="id,link,content",
    )
    return [
        Published(names.comment(row["id"]), row["link"])
        for row in answer.json()
        if markup.same_words(html_text.read(row["content"]["raw"], newlines_count=True)[0], text)
    ]


def place(target: Target) -> tuple[int, int]:
    """Post and parent comment that a reply goes under; the parent of a reply to the post itself is 0."""
    post = names.number_of(target.thread_external_id or target.external_id, "post")
    if target.external_id.startswith("post:"):
        return post, 0
    return post, names.number_of(target.external_id, "comment")
