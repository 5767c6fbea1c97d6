"""What a channel's own server allows is asked beside its reading, and told with the channel's measure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.ingest.loops.measure import Measurer
from shared.events.ingest.channel_measured import ChannelMeasured
from shared.networks.capabilities import Account, Gone
from tests.services.ingest.conftest import Ingest
from tests.services.ingest.square import Square


@dataclass
class Telling(Square):
    """A network whose servers tell what they allow (or fail to)."""

    codes: Mapping[str, int] | None = None
    times: int = 0

    async def instance_settings(self, account: Account) -> Mapping[str, int]:
        """As its story set them."""
        self.times += 1
        if self.codes is None:
            raise Gone("no such page")
        return self.codes


async def test_a_server_is_asked_once_an_hour(ingest: Ingest) -> None:
    """Not at each reading; a channel that is connected anew is asked at once."""
    network = await telling(ingest, {"max_characters": 5000})
    for _ in range(3):
        await again(ingest)
    assert network.times == 1
    rows = ingest.floor.database.system("polls")
    await rows.update({"_id": ingest.channel.channel_id}, {"$set": {"codes_at": long_ago(ingest)}})
    await again(ingest)
    assert network.times == 2
    ingest.floor.directory.learn(ingest.channel.model_copy(update={"generation": 2, "seq": 2}))
    await ingest.poll()
    assert network.times == 3


async def test_what_it_allows_is_told_with_the_measure(ingest: Ingest) -> None:
    """And a server that stops telling keeps its last word."""
    network = await telling(ingest, {"max_characters": 5000})
    assert (await measured(ingest)).codes == {"max_characters": 5000}
    network.codes = None
    rows = ingest.floor.database.system("polls")
    await rows.update({"_id": ingest.channel.channel_id}, {"$set": {"codes_at": long_ago(ingest)}})
    await again(ingest)
    assert network.times == 2
    assert (await ingest.row()).codes == {"max_characters": 5000}
    assert (await ingest.row()).problem == ""


async def test_a_server_that_never_tells_is_read_all_the_same(ingest: Ingest) -> None:
    """No codes of its own: the network's hold."""
    await telling(ingest, None)
    told = await measured(ingest)
    assert (told.codes, told.token, told.problem) == ({}, "ok", "")


async def telling(ingest: Ingest, codes: Mapping[str, int] | None) -> Telling:
    """Put such a network in the square's place, and read it once."""
    network = Telling(codes=codes)
    ingest.networks["square"] = network
    await ingest.poll()
    return network


async def again(ingest: Ingest) -> None:
    """Read the channel once more, now."""
    await ingest.polls.due_now(ingest.channel.channel_id)
    await ingest.poll()


async def measured(ingest: Ingest) -> ChannelMeasured:
    """What is told of the channel now."""
    await Measurer(ingest.floor, ingest.networks, ingest.objects, ingest.polls).measure_all()
    told: list[ChannelMeasured] = [one for one in ingest.sent_out.events if isinstance(one, ChannelMeasured)]
    return told[-1]


def long_ago(ingest: Ingest) -> object:
    """Longer ago than an hour."""
    return ingest.floor.clock() - timedelta(hours=2)
