"""Deaths and erasures that come between a medium's file and the note of it leave neither a gap nor a picture behind."""

from typing import Any

from services.moderation.domain.case import file_of
from services.moderation.store.persons import persons
from shared.events.console.person_erasure_asked import PersonErasureAsked
from shared.events.ingest.parts import Media
from tests.services.moderation.conftest import INSULT, PICTURE, Moderation, show_picture
from tests.services.moderation.test_evidence import fetched, media_of, silent_host


async def test_the_first_that_was_stored_is_the_evidence(moderation: Moderation) -> None:
    """A host that answers otherwise after a death changes nothing: the hash is that of what is there."""
    said = moderation.said(INSULT, media=[Media(url=f"{moderation.web}/p.png")])
    await moderation.hears(said)
    stored = await stored_by_the_dead(moderation, said, b"what was there first")
    assert await fetched(moderation)
    (medium,) = await media_of(moderation, said)
    assert (medium["file_id"], medium["sha256"], medium["size"]) == (stored, "that of the first", 20)


async def test_an_erased_persons_picture_goes_though_it_was_noted_nowhere(moderation: Moderation) -> None:
    """Its file's id follows from the evidence alone."""
    said = moderation.said(INSULT, media=[Media(url=f"{moderation.web}/p.png")])
    await moderation.hears(said)
    await stored_by_the_dead(moderation, said, PICTURE)
    await erase(moderation, said)
    assert await moderation.resources.floor.database.files.of(moderation.brand_id) == []


async def test_a_picture_that_comes_after_the_erasure_is_not_kept(moderation: Moderation) -> None:
    """The host answers when its case is no more."""
    async with silent_host(moderation, show_picture) as (loop, url, answers):
        said = moderation.said(INSULT, media=[Media(url=f"{url}/p.png")])
        await moderation.hears(said)
        assert await loop.fetch_one()
        await erase(moderation, said)
        answers.set()
    assert await moderation.resources.floor.database.files.of(moderation.brand_id) == []


async def stored_by_the_dead(moderation: Moderation, said: Any, content: bytes) -> str:
    """A process stored the medium and died before it noted it."""
    case, about = await moderation.case(said), {"sha256": "that of the first", "content_type": "image/png"}
    assert case is not None
    file_id = file_of(case["evidence"][0]["evidence_id"], 0)
    return await moderation.resources.floor.database.files.put(
        moderation.brand_id, "first", content, about, file_id=file_id
    )


async def erase(moderation: Moderation, said: Any) -> None:
    """Console asks for what its author said to be erased."""
    asked = {"brand_id": moderation.brand_id, "person_id": said.author.id, "interactions": [said.interaction_id]}
    erasing = persons(moderation.resources.floor.database)
    await erasing.keep(PersonErasureAsked.example().model_copy(update={**asked, "request_id": said.interaction_id}))
    assert await erasing.work()
