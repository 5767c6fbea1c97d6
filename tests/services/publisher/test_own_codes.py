"""What a channel's own server allows decides what may leave for it, and for no other channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from services.publisher.api.shapes import Check
from shared.events.console.channel_changed import ChannelChanged
from shared.events.publisher.parts import RenditionPart
from shared.networks.capabilities import Finding, Rendition
from shared.networks.mastodon import codes
from shared.problems import Problem
from tests.services.publisher.conftest import Publisher
from tests.services.publisher.test_desk import drafted
from tests.services.publisher.wall import Wall

LONG = "x" * 800


@dataclass
class Federated(Wall):
    """A wall with Mastodon's codes."""

    def check(
        self, rendition: Rendition, surface: str = "post", settings: Mapping[str, Any] | None = None
    ) -> Sequence[Finding]:
        """As Mastodon's client."""
        return codes.check(rendition, surface, settings or {})

    def count(self, text: str, surface: str = "post", settings: Mapping[str, Any] | None = None) -> int:
        """As Mastodon's client."""
        return codes.countable_length(text)

    def limit(self, surface: str = "post", settings: Mapping[str, Any] | None = None) -> int | None:
        """As Mastodon's client."""
        return codes.most(surface, settings or {})


async def test_a_roomy_server_takes_more(publisher: Publisher) -> None:
    """800 characters are too many for most, and fine where the server allows 1,000."""
    usual, roomy = federated(publisher), federated(publisher, codes={"max_characters": 1000})
    desk = publisher.desk()
    with pytest.raises(Problem) as refused:
        await desk.submit(publisher.who(), await drafted(publisher, LONG, usual))
    (error,) = refused.value.more["errors"]
    assert (error["limit"], error["value"]) == (500, 800)
    post_id = await drafted(publisher, LONG, roomy)
    assert (await desk.submit(publisher.who(), post_id)).body["state"] != "draft"


async def test_a_strict_server_takes_less(publisher: Publisher) -> None:
    """What it would refuse is said before it leaves."""
    strict = federated(publisher, codes={"max_characters": 100})
    with pytest.raises(Problem):
        await publisher.desk().submit(publisher.who(), await drafted(publisher, "x" * 101, strict))


async def test_a_check_goes_by_the_brands_own_channels(publisher: Publisher) -> None:
    """Another brand's channel tells nothing."""
    roomy = federated(publisher, codes={"max_characters": 1000})
    theirs = federated(publisher, codes={"max_characters": 1000}, brand_id="another")
    parts = [RenditionPart(channel_id=one.channel_id, network="federated", text=LONG) for one in (roomy, theirs)]
    told = publisher.answering().check(publisher.brand.brand_id, Check(renditions=parts))
    assert [len(one["findings"]) for one in told] == [0, 1]


def federated(publisher: Publisher, **changes: Any) -> ChannelChanged:
    """A channel on such a network."""
    publisher.network("federated", Federated())
    return publisher.connect("federated", **changes)
