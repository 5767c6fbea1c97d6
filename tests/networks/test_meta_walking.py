"""Meta's walks go on whatever is deleted under their feet: what was listed, and what a kept cursor marks."""

import json
from typing import Any

import pytest

from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Page, Refused
from shared.networks.facebook.client import Facebook
from shared.networks.instagram.client import Instagram
from tests.networks.answers import Answers, answer

ACCOUNT = Account("channel", "brand", "1", "https://graph.example", "token")
GONE = {"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}}
TOO_MUCH = {
    "error": {"code": 1, "message": "Please reduce the amount of data you're asking for, then retry your request"}
}
NO_CURSOR = {"error": {"code": 100, "message": "Invalid parameter"}}
TIMES = {
    "began": "2026-11-21T09:00:00+00:00", "since": "2026-11-07T09:00:00+00:00", "deep": True,
    "deep_at": "2026-11-21T09:00:00+00:00",
}  # fmt: skip
COMMENT = {"id": "c", "message": "Bonjour", "text": "Bonjour", "created_time": "2026-11-21T08:00:00+0000"}
WALKS = {
    "facebook": {"feed": None, "posts": ["1_1", "1_2"], "comments": ""},
    "instagram": {"counts": {}, "media": None, "below": [["m1", "", ""], ["m2", "", ""]]},
}
KEPT = {
    "facebook": {"feed": None, "posts": ["1_1"], "comments": "cursor"},
    "facebook's wall": {"feed": "cursor", "posts": [], "comments": ""},
    "instagram": {"counts": {}, "media": None, "below": [["m1", "", "cursor"]]},
    "instagram's wall": {"counts": {}, "media": "cursor", "below": []},
}


def going(walk: dict[str, Any]) -> dict[str, Any]:
    return {"walk": {**TIMES, **walk}}


async def poll(network: str, cursor: dict[str, Any], *bodies: dict[str, Any]) -> Page:
    """One poll that is given these answers in turn."""
    answers = Answers(*(answer(400 if "error" in one else 200, json.dumps(one)) for one in bodies))
    client = Facebook(answers) if network.startswith("facebook") else Instagram(answers)  # type: ignore[arg-type]
    return await client.poll(ACCOUNT, cursor)


@pytest.mark.parametrize("network", WALKS)
async def test_what_was_deleted_since_it_was_listed_stops_no_walk(network: str) -> None:
    """Its comments are gone with it; those of the next post are read, and the walk ends."""
    page = await poll(network, going(WALKS[network]), GONE, {"id": "1"}, {"data": [COMMENT]})
    assert [one.external_id for one in page.changes] == ["c"]
    assert not page.more
    assert page.covered_until is not None


@pytest.mark.parametrize("network", WALKS)
async def test_a_walk_that_may_read_nothing_says_so(network: str) -> None:
    """Graph says the same of what is gone and of what we may not see: then the account cannot be read either."""
    with pytest.raises(Refused):
        await poll(network, going(WALKS[network]), GONE)


@pytest.mark.parametrize("kept", KEPT)
async def test_a_cursor_that_graph_forgot_is_dropped(kept: str) -> None:
    """It would be refused for ever: the next poll reads the whole window from its beginning."""
    page = await poll(kept, going(KEPT[kept]), NO_CURSOR)
    assert (page.changes, page.cursor, page.covered_until, page.more) == ((), {}, None, False)


@pytest.mark.parametrize("network", WALKS)
async def test_a_page_that_is_too_much_for_graph_is_asked_for_in_parts(network: str) -> None:
    """Asked for the same again it would say the same for ever."""
    answers = Answers(*(answer(500 if "error" in one else 200, json.dumps(one)) for one in (TOO_MUCH, {"data": []})))
    client = Facebook(answers) if network == "facebook" else Instagram(answers)  # type: ignore[arg-type]
    assert not (await client.poll(ACCOUNT, going(WALKS[network]))).more
    first, second = (parts["params"]["limit"] for _, _, parts in answers.asked[:2])
    assert 1 <= second < first
    with pytest.raises(OutcomeUnknown):
        await poll(network, going(WALKS[network]), TOO_MUCH)


@pytest.mark.parametrize("network", WALKS)
async def test_a_refusal_that_no_cursor_explains_is_told(network: str) -> None:
    """People must know that a channel cannot be read."""
    with pytest.raises(Refused):
        await poll(network, going(WALKS[network]), NO_CURSOR)
