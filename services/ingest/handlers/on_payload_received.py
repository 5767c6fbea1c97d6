"""A raw change came in: remember the object, and state what is new about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.ingest.domain.facts import Subject, is_backfill, place_of, said_at, state
from services.ingest.domain.memory import Fact, Look, Memory, observe
from services.ingest.domain.receipt import GONE
from services.ingest.store.objects import Objects, Remembered
from services.ingest.store.rereads import Rereads
from shared.bus.envelope import Outgoing, Received
from shared.directory import Directory
from shared.epochs import Epochs
from shared.errors import Reject, UnknownOwner
from shared.events.console.channel_changed import ChannelChanged
from shared.events.ids import interaction_id
from shared.events.ingest.payload_received import PayloadReceived
from shared.networks.capabilities import Author, Normalising, RawChange, Sighting

TRIES = 5


@dataclass(slots=True)
class Arrival:
    """A raw change, read: which object of which channel it is about."""

    received: Received[PayloadReceived]
    channel: ChannelChanged
    look: Look
    object_id: str

    @property
    def should_be_new(self) -> bool:
        """Whether this is how a network tells of something for the first time."""
        return self.look.via == "webhook" and self.look.sighting.kind == "created"


async def handle_batch(
    batch: Sequence[Received[PayloadReceived]],
    objects: Objects,
    rereads: Rereads,
    epochs: Epochs,
    networks: Mapping[str, Any],
    directory: Directory,
) -> Sequence[Outgoing]:
    """What should be new is taken for unknown; what is not, or another replica changed, is recalled and done again."""
    epoch = await epochs.recent()
    arrivals = [arrival for one in batch if (arrival := _arrival(one, networks, directory)) is not None]
    outgoing: list[Outgoing] = []
    for tries in range(TRIES):
        to_recall = [one for one in arrivals if tries or not one.should_be_new]
        known = await objects.recall({one.object_id: one.channel.brand_id for one in to_recall})
        folded = _fold(arrivals, known, epoch)
        refused = set(await objects.remember([one.after for one in folded.values() if one.changed]))
        accepted = [one for one in folded.values() if one.after.interaction_id not in refused]
        await rereads.ask([one.after for one in accepted if one.read_again])
        outgoing += [message for one in accepted for message in one.outgoing]
        arrivals = [one for one in arrivals if one.object_id in refused]
        if not arrivals:
            return outgoing
    raise RuntimeError(f"{len(arrivals)} objects keep changing under us")


@dataclass(slots=True)
class Folded:
    """An object after all arrivals of the batch about it."""

    after: Remembered
    placed_by: Arrival | None
    outgoing: list[Outgoing] = field(default_factory=list)
    changed: bool = False
    read_again: bool = False


def _fold(arrivals: Sequence[Arrival], known: Mapping[str, Remembered], epoch: int) -> dict[str, Folded]:
    folded: dict[str, Folded] = {}
    for arrival in arrivals:
        one = folded.get(arrival.object_id)
        if one is None:
            one = folded[arrival.object_id] = _unfolded(arrival, known.get(arrival.object_id))
        observed = observe(one.after.memory, arrival.look)
        is_first_text = one.after.memory.revision == 0 and observed.memory.revision > 0
        one.changed |= observed.memory != one.after.memory
        one.read_again |= observed.read_again
        one.after.memory = observed.memory
        if is_first_text:
            one.after.said_at = said_at(arrival.look)
            if one.placed_by is not arrival:  # a notice that came before the text told less of its place
                one.after.place = place_of(arrival.channel.network, arrival.channel.channel_id, arrival.look.sighting)
        one.outgoing += [_message(arrival, one.after, fact, epoch) for fact in observed.facts]
    return folded


def _arrival(received: Received[PayloadReceived], networks: Mapping[str, Any], directory: Directory) -> Arrival | None:
    event, cause = received.event, received.cause
    channel = directory.channel(event.channel_id)
    if channel is None:
        raise UnknownOwner("channel", event.channel_id)
    network = networks.get(event.network)
    if network is None:
        raise Reject(f"nobody here reads {event.network}")
    sighting = _sighting(event, network)
    if sighting is None:
        return None
    position = f"{cause.topic}/{cause.partition}/{cause.offset}"
    look = Look(sighting, position, event.via, event.received_at)
    return Arrival(received, channel, look, interaction_id(event.network, event.channel_id, sighting.external_id))


def _sighting(event: PayloadReceived, network: Normalising) -> Sighting | None:
    if event.kind == GONE:
        return Sighting("deleted", event.external_id, "", Author(""))
    raw = RawChange(event.network, event.account_id, event.external_id, event.kind, event.body.encode())
    try:
        return network.normalise(raw)
    except ValueError as error:
        raise Reject(f"{event.network} sent what its description does not allow: {error}") from error


def _unfolded(arrival: Arrival, known: Remembered | None) -> Folded:
    if known is not None:
        return Folded(known, None)
    channel = arrival.channel
    place = place_of(channel.network, channel.channel_id, arrival.look.sighting)
    return Folded(Remembered(arrival.object_id, channel.brand_id, channel.channel_id, Memory(), place), arrival)


def _message(arrival: Arrival, remembered: Remembered, fact: Fact, epoch: int) -> Outgoing:
    channel = arrival.channel
    said = remembered.said_at or said_at(arrival.look)
    subject = Subject(
        brand_id=channel.brand_id,
        object_id=arrival.object_id,
        place=remembered.place,
        account_id=channel.account_id,
        said_at=said,
        backfill=is_backfill(said, channel.connected_at),
        visibility=remembered.memory.visibility,
        epoch=epoch,
    )
    return arrival.received.emit(state(fact, arrival.look, subject))
