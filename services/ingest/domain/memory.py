"""What ingest remembers of an object, and what a new look at it means (design: revisions, sightings, tombstones).

The rules: a revision is raised when the network's own version was never seen, or, where it has none, when an edit
notice or a poll shows another text; a "created" notice of a known object is never an edit, and an edit notice that
does not say when an unknown object was said only asks for it, as a notice of ids alone does, and one of a version
never seen; a deletion beats all;
the message that first caused a fact causes it again whenever it is redelivered, any other message does not.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.networks.capabilities import Sighting

Family = Literal["received", "edited", "deleted", "visibility"]
UNCLEAR_WITHIN = timedelta(seconds=10)
KEPT_VERSIONS = 50
KEPT_CAUSES = 100
RESTLESS = 20  # versions after which a new one with the same text is taken for a clock, not for an edit


@dataclass(frozen=True, slots=True)
class Memory:
    """One object as last known. `causes` maps `family:number` to the position of the message that caused it."""

    revision: int = 0
    sighting: int = 0
    text: str = ""
    versions: tuple[str, ...] = ()
    visibility: str = ""
    deleted: bool = False
    erased: bool = False
    causes: dict[str, str] = field(default_factory=dict)
    revised_at: datetime | None = None
    shown_at: datetime | None = None
    webhook_at: datetime | None = None
    poll_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A sighting with where it came from: the raw message's position, how it came, when it was received."""

    sighting: Sighting
    cause: str
    via: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to state: the family, and its number within it (revision, or sighting for visibility)."""

    family: Family
    number: int
    sighting: int


@dataclass(frozen=True, slots=True)
class Observed:
    """The memory after a look, the facts it causes, and whether the object should be read again."""

    memory: Memory
    facts: tuple[Fact, ...]
    read_again: bool = False


def observe(memory: Memory, look: Look) -> Observed:
    """What `look` adds to `memory`. Applying the same look twice yields the same facts and no further change."""
    if memory.erased:
        return Observed(memory, ())  # whose author asked for it: nothing is stated about it any more
    marked = _mark_channel_of_arrival(memory, look)
    again = tuple(_fact(key, memory) for key, cause in memory.causes.items() if cause == look.cause)
    if again:
        return Observed(marked, again)
    if look.sighting.kind == "deleted":
        return _delete(marked, look)
    if look.sighting.kind == "noticed":
        unknown = marked.revision == 0 or is_new_version(marked, look.sighting.version)
        return Observed(marked, (), read_again=unknown and not marked.deleted)
    if look.sighting.kind == "visibility":
        return _see(marked, look)
    return _read(marked, look)


def _mark_channel_of_arrival(memory: Memory, look: Look) -> Memory:
    if look.via == "webhook" and memory.webhook_at is None:
        return replace(memory, webhook_at=look.at)
    if look.via == "poll" and memory.poll_at is None:
        return replace(memory, poll_at=look.at)
    return memory


def _fact(key: str, memory: Memory) -> Fact:
    family, number, sighting = key.split(":")
    return Fact(family, int(number), int(sighting))  # type: ignore[arg-type]


def _cause(memory: Memory, fact: Fact, cause: str) -> dict[str, str]:
    causes = [*memory.causes.items(), (f"{fact.family}:{fact.number}:{fact.sighting}", cause)]
    return dict(causes[-KEPT_CAUSES:])


def _delete(memory: Memory, look: Look) -> Observed:
    if memory.deleted:
        return Observed(memory, ())
    fact = Fact("deleted", 0, memory.sighting)
    return Observed(replace(memory, deleted=True, causes=_cause(memory, fact, look.cause)), (fact,))


def _see(memory: Memory, look: Look) -> Observed:
    visibility = look.sighting.visibility
    overtaken = memory.shown_at is not None and look.at < memory.shown_at
    if memory.deleted or overtaken:
        return Observed(memory, ())
    if visibility == memory.visibility:
        return Observed(replace(memory, shown_at=look.at), ())
    fact = Fact("visibility", memory.sighting + 1, memory.sighting + 1)
    seen = replace(
        memory, visibility=visibility, shown_at=look.at, sighting=fact.sighting, causes=_cause(memory, fact, look.cause)
    )
    return Observed(seen, (fact,))


def _read(memory: Memory, look: Look) -> Observed:
    if memory.revision == 0 and _is_undated_edit(look):
        return Observed(memory, (), read_again=True)  # it may be older than the channel, where nothing acts by rule
    if memory.revision == 0:
        revised = _first(memory, look)
    elif _is_new_text(memory, look):
        revised = _revise(memory, look)
    else:
        unclear = look.sighting.text != memory.text and (look.via != "webhook" or look.sighting.kind == "edited")
        revised = Observed(_with_version(memory, look.sighting.version), (), read_again=unclear)
    if look.via == "webhook":
        return revised
    seen = _see(revised.memory, look)
    return Observed(seen.memory, revised.facts + seen.facts, revised.read_again)


def _is_undated_edit(look: Look) -> bool:
    return look.via == "webhook" and look.sighting.kind == "edited" and look.sighting.said_at is None


def _first(memory: Memory, look: Look) -> Observed:
    fact = Fact("received", 1, memory.sighting + 1)
    known = replace(
        _with_version(memory, look.sighting.version),
        revision=1,
        sighting=fact.sighting,
        text=look.sighting.text,
        visibility=memory.visibility or look.sighting.visibility,
        revised_at=look.at,
        shown_at=memory.shown_at or look.at,
        causes=_cause(memory, fact, look.cause),
    )
    return Observed(known, (fact,))


def _is_new_text(memory: Memory, look: Look) -> bool:
    if _is_stale(memory, look):
        return False
    if look.via != "webhook":
        return look.sighting.text != memory.text or is_new_version(memory, look.sighting.version)
    if look.sighting.version:
        return look.sighting.version not in memory.versions
    return look.sighting.kind == "edited" and look.sighting.text != memory.text


def is_new_version(memory: Memory, version: str) -> bool:
    """Whether the network's own mark alone says that something changed (an image, say), where the text is the same."""
    return bool(version) and version not in memory.versions and len(memory.versions) < RESTLESS


def _is_stale(memory: Memory, look: Look) -> bool:
    """Older than the last revision: redelivered, overtaken, or a poll that began before the revision came in."""
    if memory.revised_at is None:
        return False
    return look.at < memory.revised_at or (look.via != "webhook" and look.at == memory.revised_at)


def _revise(memory: Memory, look: Look) -> Observed:
    fact = Fact("edited", memory.revision + 1, memory.sighting + 1)
    unclear = (
        look.via == "webhook" and memory.revised_at is not None and abs(look.at - memory.revised_at) < UNCLEAR_WITHIN
    )
    revised = replace(
        _with_version(memory, look.sighting.version),
        revision=fact.number,
        sighting=fact.sighting,
        text=look.sighting.text,
        revised_at=look.at,
        causes=_cause(memory, fact, look.cause),
    )
    return Observed(revised, (fact,), read_again=unclear)


def _with_version(memory: Memory, version: str) -> Memory:
    if not version or version in memory.versions:
        return memory
    return replace(memory, versions=(*memory.versions, version)[-KEPT_VERSIONS:])
