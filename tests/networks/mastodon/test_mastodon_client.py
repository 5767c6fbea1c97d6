"""What is peculiar to Mastodon: keys that some servers ignore, answers that nobody is told of, words inside HTML."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from parvis.simulator.mastodon_shapes import content
from parvis.simulator.remote import Simulator
from shared.egress import Egress, Response
from shared.errors import OutcomeUnknown
from shared.networks.capabilities import Account, Gone, Media, RateLimited, Refused, Rendition, TokenLost
from shared.networks.mastodon.api import MastodonApi
from shared.networks.mastodon.client import Mastodon
from shared.networks.mastodon.inbound import plain
from shared.networks.mastodon.settle import addressed, fingerprint
from tests.networks.answers import Answers, answer
from tests.networks.overheard import Canned
from tests.networks.seats import Seat, delivery, seat, words

ACCOUNT = Account("ch", "br", "1", "https://social.example", "secret")


@pytest.fixture
async def here(simulator: Simulator, egress: Egress) -> Seat:
    """A fresh account."""
    return await seat("mastodon", simulator, egress)


async def test_the_same_key_makes_one_status(here: Seat) -> None:
    """Where the server keeps keys, sending the same delivery again returns the same status."""
    post, key = words(), delivery()
    first, again = [await here.client.publish(here.account, post, key) for _ in range(2)]
    assert first == again
    assert len(await here.said_by_api(post.text)) == 1


async def test_a_server_that_ignores_the_key_is_survived_by_looking(here: Seat) -> None:
    """The key alone would make two statuses; the look finds the first before anything is sent again."""
    post, key, began = words(), delivery(), datetime.now(UTC)
    await here.misbehaves("key_ignored", "post", times=None)
    await here.misbehaves("drop_after", "post")
    with pytest.raises(OutcomeUnknown):
        await here.client.publish(here.account, post, key)
    assert len(await here.client.find_post(here.account, post, key, began)) == 1
    await here.client.publish(here.account, post, key)
    assert len(await here.said_by_api(post.text)) == 2


async def test_an_answer_names_whom_it_answers(here: Seat) -> None:
    """Without the mention the person would not be notified; one that is there is not doubled."""
    target = await here.hears("Bonjour", author="Inès Bertrand")
    answer = await here.client.reply(here.account, target, "Merci", delivery())
    assert (await here.simulator.thing(answer.remote_id))["text"] == "@ines_bertrand Merci"
    assert addressed(target, "Merci @Ines_Bertrand") == "Merci @Ines_Bertrand"


async def test_an_answer_to_a_private_message_stays_private(here: Seat) -> None:
    """What one person wrote to us alone is not answered before everybody."""
    target = await here.hears("Mon numéro de commande est 4711", visibility="direct")
    seen = (await here.seen())[target.external_id]
    assert seen.interaction_kind == "message"
    answer = await here.client.reply(here.account, target, "C'est noté", delivery())
    assert (await here.simulator.thing(answer.remote_id))["visibility"] == "direct"


async def test_an_answer_that_names_nobody_is_found_in_its_conversation(here: Seat) -> None:
    """No notification comes for it: the contexts of own statuses are read."""
    post = await here.client.publish(here.account, words(), delivery())
    quiet = await here.hears("Je réponds sans nommer", post=post.remote_id, mention=False)
    seen = (await here.seen())[quiet.external_id]
    assert (seen.thread_external_id, seen.interaction_kind) == (post.remote_id, "reply")


async def test_an_edited_mention_is_read_again(here: Seat) -> None:
    """Mastodon tells nobody of an edit: the latest notifications are read again, and show the new version."""
    target = await here.hears("Bonjor")
    await here.simulator.post(here.row, f"@{here.row['handle']} une mention", "Maud Kerbrat")
    seen, cursor = await here.seen(), (await here.polled())[1]
    await here.simulator.edit(target.external_id, "Bonjour")
    after = await here.seen(cursor)
    assert after[target.external_id].text == "Bonjour"
    assert seen[target.external_id].version != after[target.external_id].version


async def test_what_others_say_cannot_be_deleted(here: Seat) -> None:
    """The server refuses; nothing else happens."""
    target = await here.hears("Bande de clowns")
    with pytest.raises(Refused) as refused:
        await here.client.delete(here.account, target)
    assert refused.value.code == "403"


async def test_an_instance_says_how_long_a_status_may_be(here: Seat) -> None:
    """Its numbers go into the channel's settings."""
    assert await here.client.instance_settings(here.account) == {
        "max_characters": 500,
        "max_media_attachments": 4,
        "characters_reserved_per_url": 23,
        "description_limit": 1500,
    }


async def test_an_image_goes_up_with_its_description(here: Seat) -> None:
    """It is fetched, uploaded, and stands in the status; what is no image is refused before anything is created."""
    photo = Media(f"{here.simulator.url}/static/photo.png", "image/png", "Une pelote")
    published = await here.client.publish(here.account, Rendition("Photo", media=(photo,)), delivery())
    assert len((await here.simulator.thing(published.remote_id))["media"]) == 1
    raw = await here.client.read(here.account, published.remote_id, {})
    assert json.loads(raw.body)["status"]["media_attachments"][0]["description"] == "Une pelote"
    page = Media(f"{here.simulator.url}/", "")
    with pytest.raises(Refused):
        await here.client.publish(here.account, post := Rendition("Page", media=(page,)), delivery())
    assert not await here.said_by_api(post.text)


async def test_the_rate_limit_is_told_in_every_answer(here: Seat) -> None:
    """Its reset is an ISO time; over the limit the server answers 429 without Retry-After."""
    api = here.client._api
    answer = await api.call("GET", here.account, "v1/accounts/verify_credentials")
    assert int(answer.headers["x-ratelimit-remaining"]) < int(answer.headers["x-ratelimit-limit"])
    assert datetime.fromisoformat(answer.headers["x-ratelimit-reset"]) > datetime.now(UTC)


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (401, b'{"error":"The access token is invalid"}', TokenLost),
        (403, b'{"error":"This action is outside the authorized scopes"}', Refused),
        (404, b'{"error":"Record not found"}', Gone),
        (410, b"", Gone),
        (422, b'{"error":"Validation failed: Text can\'t be blank"}', Refused),
        (400, b'{"error":"Bad Request: text is empty"}', Refused),
        (429, b'{"error":"rate limit reached"}', RateLimited),
        (500, b"", OutcomeUnknown),
        (503, b"<html>", OutcomeUnknown),
        (200, b"{", OutcomeUnknown),
        (200, b"[]", OutcomeUnknown),
    ],
)
async def test_each_answer_has_its_meaning(status: int, body: bytes, meaning: type[Exception]) -> None:
    """Mastodon's and GoToSocial's answers alike."""
    api = MastodonApi(Canned(Response(status, {}, body)))  # type: ignore[arg-type]
    with pytest.raises(meaning):
        await api.entity("POST", ACCOUNT, "v1/statuses", json={})


TEXTS = [
    "Bonjour",
    "Deux\nlignes",
    "Deux\n\nparagraphes",
    '1 < 2 & 3 > 2 "ok" l\'eau',
    "Voir https://kerlann.example/un/tres/long/chemin/qui/sera/coupe?a=1&b=2 vite",
    "@solene merci 😊 @maud@ailleurs.example",
    "café cafe\u0301",
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_servers_html_reads_back_as_what_was_written(text: str) -> None:
    """Shortened links, cards of mentions, entities: the fingerprint of what comes back is that of what went out."""
    assert fingerprint(plain(content(text, "https://social.example"))) == fingerprint(text)


def test_paragraphs_and_breaks_stay() -> None:
    """A person reads the text as it was laid out."""
    html = '<p>Un<br />deux</p><p>trois <a href="https://a.example/b"><span class="invisible">https://</span>a.example/b</a></p>'
    assert plain(html) == "Un\ndeux\n\ntrois https://a.example/b"


async def test_who_answers_and_then_blocks_the_account_stops_no_reading() -> None:
    """The answer is still told, its conversation is hidden: it stands below what it answers, and the poll ends."""
    answered = {
        "id": "9", "in_reply_to_id": "5", "created_at": "2026-11-21T09:00:00.000Z", "content": "<p>Nul</p>",
        "account": {"id": "3", "username": "u", "acct": "u@there.example"},
    }  # fmt: skip
    told = {"id": "1", "type": "mention", "created_at": "2026-11-21T09:00:00.000Z", "status": answered}
    egress = Answers(answer(200, "[]"), answer(200, json.dumps([told])), answer(404, '{"error":"Record not found"}'))
    client = Mastodon(egress)  # type: ignore[arg-type]
    page = await client.poll(ACCOUNT, {})
    (seen,) = (client.normalise(one) for one in page.changes)
    assert seen is not None
    assert (seen.external_id, seen.thread_external_id, page.cursor["notification"]) == ("9", "5", "1")


@pytest.mark.parametrize("change", [{"account": None}, {"created_at": "soon"}, {"content": None, "id": None}])
async def test_a_broken_status_is_a_value_error(here: Seat, change: dict[str, Any]) -> None:
    """A server that answers nonsense does not stop the poller with another error."""
    target = await here.hears("Bonjour")
    raw = await here.client.read(here.account, target.external_id, {})
    body = json.loads(raw.body)
    body["status"] |= change
    broken = json.dumps(body).encode()
    try:
        here.client.normalise(replace(raw, body=broken))
    except ValueError:
        return
    assert "account" not in change
    assert "created_at" not in change
