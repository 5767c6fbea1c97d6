"""A case as it is read, for people and other systems."""

from shared.events.ids import derive
from tests.services.moderation.conftest import INSULT, Moderation


async def test_a_case_is_read_with_its_evidence_and_history(moderation: Moderation) -> None:
    """What was said, when it was seen, and each step that was taken; only with a token for its brand."""
    said = moderation.said(INSULT, who="raoul")
    await moderation.hears(said)
    await moderation.on_case(said, "claim")
    path = f"/cases/{derive('case', said.interaction_id)}?brand_id={moderation.brand_id}"
    answer = await moderation.command("GET", path, right="read")
    assert answer.status_code == 200
    case = answer.json()
    assert [(kept["text"], kept["author"]["name"], bool(kept["seen_at"])) for kept in case["evidence"]] == [
        (INSULT, "raoul", True)
    ]
    assert [line["what"] for line in case["history"]] == ["opened", "claimed"]
    assert (await moderation.command("GET", path, right="read", owner="br-other")).status_code == 403
