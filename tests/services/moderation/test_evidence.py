"""Media are kept before a hide leaves, or it is said why they could not be."""

import hashlib
from typing import Any

from shared.events.ingest.parts import Media
from shared.events.moderation.case_decided import CaseDecided
from shared.events.moderation.interaction_judged import InteractionJudged
from tests.services.moderation.conftest import INSULT, PICTURE, POLITE, Moderation


async def test_a_hide_with_a_picture_waits_for_the_picture(moderation: Moderation) -> None:
    """Nothing is stated until the loop has kept it, hashed."""
    said = moderation.said(INSULT, media=[Media(url=f"{moderation.web}/p.png")])
    assert await moderation.hears(said) == []
    assert await moderation.hears(said) == []
    assert await fetched(moderation)
    assert moderation.told() == ["InteractionJudged", "CaseOpened"]
    (medium,) = await media_of(moderation, said)
    assert (medium["state"], medium["sha256"]) == ("kept", hashlib.sha256(PICTURE).hexdigest())
    files = moderation.resources.floor.database.files
    assert await files.get(moderation.brand_id, medium["file_id"]) == PICTURE
    assert len(await moderation.hears(said)) == 2


async def test_a_picture_that_cannot_be_had_holds_nothing_up(moderation: Moderation) -> None:
    """The verdict leaves all the same, and the evidence says why there is no picture."""
    said = moderation.said(INSULT, media=[Media(url=f"{moderation.web}/gone.png")])
    await moderation.hears(said)
    assert await fetched(moderation)
    assert moderation.told(InteractionJudged) == ["InteractionJudged"]
    (medium,) = await media_of(moderation, said)
    assert medium["state"] == "missing"
    assert medium["why"] == "media not obtained: the host answered 404"


async def test_a_picture_inside_our_house_is_refused(moderation: Moderation) -> None:
    """The web may not make us fetch what it likes."""
    said = moderation.said(INSULT, media=[Media(url="http://169.254.169.254/latest/meta-data")])
    await moderation.hears(said)
    assert await fetched(moderation)
    (medium,) = await media_of(moderation, said)
    assert medium["state"] == "missing"


async def test_a_persons_hide_waits_for_the_picture_too(moderation: Moderation) -> None:
    """Decided, but in nobody's outbox before the evidence is complete; then held for its window."""
    said = moderation.said(POLITE, media=[Media(url=f"{moderation.web}/p.png")])
    await moderation.hears(said)
    decided = (await moderation.decide_from_inbox(said, "hide")).json()
    assert decided["state"] == "deciding"
    assert moderation.told(CaseDecided) == []
    assert await fetched(moderation)
    assert moderation.told(CaseDecided) == ["CaseDecided"]
    assert await moderation.held() == 1
    assert (await moderation.on_case(said, "undo")).json()["undone"] is True
    assert await moderation.held() == 0


async def fetched(moderation: Moderation) -> bool:
    """Let the loop work until nothing is due."""
    loop, worked = moderation.media(), False
    while await loop.fetch_one():
        worked = True
    return worked


async def media_of(moderation: Moderation, said: Any) -> list[dict[str, Any]]:
    """The media in the evidence."""
    case = await moderation.case(said)
    assert case is not None
    return [medium for kept in case["evidence"] for medium in kept["media"]]
