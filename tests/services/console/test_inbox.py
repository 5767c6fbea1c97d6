"""What people see in the inbox, in which order, and what becomes of what they do."""

import asyncio
from datetime import timedelta
from typing import Any

from shared.events.ingest.channel_measured import ChannelMeasured
from tests.services.console.house import Clock, House, put
from tests.services.console.visitor import Visitor


async def test_the_soonest_promise_comes_first(house: House, ines: Visitor) -> None:
    """Rows are sorted by when an answer was promised, not by arrival."""
    await house.hears("first", "I can wait", ago=1, promise=600)
    await house.hears("first", "I waited long enough", ago=110)
    await house.hears("second", "Soon please", ago=60)
    page = await ines.see("/all/inbox")
    assert page.index("I waited long enough") < page.index("Soon please") < page.index("I can wait")


async def test_what_a_stranger_wrote_is_only_ever_text(house: House, ines: Visitor) -> None:
    """Markup in a comment, a name or a link is shown, never obeyed."""
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><a hx-get=/x>"
    item = await house.hears("first", attack, author="<b onmouseover=alert(3)>Eve</b>")
    for path in ("/all/inbox", f"/all/inbox/{item}"):
        page = (await ines.open(path)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b onmouseover" not in page
        assert "&lt;script&gt;alert(1)" in page


async def test_a_link_that_is_none_is_not_offered(house: House, ines: Visitor) -> None:
    """Only web addresses of a network become links."""
    item = await house.hears("first", "Look")
    place = {"_id": item, "brand_id": house.brand("first")}
    set_link: list[Any] = [{"$set": {"permalink": {"$literal": "javascript:alert(1)"}}}]
    await house.console.inbox.fold([(place, set_link)])
    assert "javascript:" not in (await ines.open(f"/all/inbox/{item}")).text


async def test_search_finds_authors_and_words_whatever_their_accents(house: House, ines: Visitor) -> None:
    """Beginnings of words, all of them, in any case; nothing else."""
    await house.hears("first", "La vareuse est arrivée déchirée", author="Hélène Rivière")
    await house.hears("first", "Tout va bien", author="Marc")
    for query in ("helene", "VAREUSE dechir", "riv arriv"):
        page = await ines.see(f"/all/inbox?q={query}")
        assert "Hélène" in page
        assert "Tout va bien" not in page
    assert "Nothing matches" in await ines.see("/all/inbox?q=zeppelin.*")


async def test_filters_narrow_the_list_and_say_so(house: House, ines: Visitor) -> None:
    """By network and language; an empty list names its filters as the reason."""
    await house.hears("first", "Bonjour", language="fr")
    await house.hears("first", "Good morning", author="Ann", language="en", network="mastodon")
    page = await ines.see("/all/inbox?language=fr&network=facebook")
    assert "Bonjour" in page
    assert "Good morning" not in page
    assert "Nothing matches" in await ines.see("/all/inbox?language=fr&network=mastodon")


async def test_new_ones_wait_in_a_pill_until_asked_for(house: House, ines: Visitor, clock: Clock) -> None:
    """A list that is being read does not move: it says how many came in since."""
    await house.hears("first", "First of the day")
    shown = int((await house.console.floor.database.now() + timedelta(milliseconds=1)).timestamp() * 1000)
    await asyncio.sleep(0.01)
    await house.hears("first", "Second of the day")
    clock.now = await house.console.floor.database.now()
    page = await ines.see(f"/all/inbox/news?shown={shown}&since={shown}", part=True)
    assert "1 new, show" in page


async def test_an_item_that_was_finished_elsewhere_stays_greyed(house: House, ines: Visitor, clock: Clock) -> None:
    """The row stays where it is and says what happened, until the list is read anew."""
    item = await house.hears("first", "Where is my parcel?")
    await ines.act(f"/{house.brand('first')}/inbox/{item}/finish")
    clock.now = await house.console.floor.database.now()
    part = (await ines.open("/all/inbox/news?shown=1&since=1", part=True)).text
    assert f'id="row-{item}"' in part
    assert "row gone" in part.replace("  ", " ")
    assert "Where is my parcel?" not in await ines.see("/all/inbox?queue=to_answer")


async def test_an_edit_brings_a_finished_one_back(house: House, ines: Visitor) -> None:
    """What was finished was the old text."""
    item = await house.hears("first", "Thanks")
    await ines.act(f"/{house.brand('first')}/inbox/{item}/finish")
    assert "Thanks" in await ines.see("/all/inbox?queue=done")
    await house.edits(item, "Thanks for nothing, it broke")
    page = await ines.see("/all/inbox")
    assert "it broke" in page
    assert "Before it was edited" in await ines.see(f"/all/inbox/{item}")


async def test_taking_one_shows_whose_it_is(house: House, ines: Visitor) -> None:
    """Two people do not answer the same."""
    item = await house.hears("first", "Do you deliver to Brest?")
    await ines.act(f"/{house.brand('first')}/inbox/{item}/take")
    assert "Do you deliver" in await ines.see("/all/inbox?queue=mine")
    await ines.act(f"/{house.brand('first')}/inbox/{item}/leave")
    assert "Do you deliver" not in await ines.see("/all/inbox?queue=mine")


async def test_an_answer_goes_to_its_owner_and_shows_at_once(house: House, ines: Visitor) -> None:
    """The publisher's new state is on the page before its event is; the form's id makes a second press the same."""
    item = await house.hears("first", "Do you deliver to Brest?")
    house.neighbours.will("/replies", 202, reply_state(house, item, "We do!", "wanted", 1))
    form = {"text": "We do!", "reply_id": "r-1"}
    page = await ines.act(f"/{house.brand('first')}/inbox/{item}/reply", form)
    assert "We do!" in page
    assert "on its way" in page
    path, body = house.neighbours.asked[-1]
    assert path == f"/brands/{house.brand('first')}/replies"
    assert (body["text"], body["reply_id"], body["interaction_id"]) == ("We do!", "r-1", item)


async def test_an_owner_that_is_away_costs_no_text(house: House, ines: Visitor) -> None:
    """The page says so, keeps what was typed, and tells the browser to keep it too."""
    item = await house.hears("first", "Do you deliver to Brest?")
    house.neighbours.away = True
    headers = {"HX-Request": "true", "X-CSRF-Token": ines.csrf}
    path = f"/{house.brand('first')}/inbox/{item}/reply"
    answer = await ines.send(path, {"text": "We do, every day", "reply_id": "r"}, headers=headers)
    assert "We do, every day" in answer.text
    assert "publisher does not answer now" in answer.text
    assert answer.headers["X-Draft-Kept"] == "1"


async def test_hiding_from_the_inbox_is_a_decision_that_can_be_taken_back(
    house: House, ines: Visitor, clock: Clock
) -> None:
    """The undo bar counts the server's window, and undo asks the owner."""
    item = await house.hears("first", "You are idiots")
    leaves = (clock() + timedelta(seconds=8)).isoformat()
    me = house.login("ines")
    deciding = await house.case_state(item, 2, "deciding", decision="hide", decided_by=me, leaves_at=leaves)
    house.neighbours.will("/decide", 200, deciding)
    page = await ines.act(f"/{house.brand('first')}/inbox/{item}/hide")
    assert "Hidden: Camille Leroy. Leaves for Facebook in" in page
    assert "Hidden: Camille Leroy" in await ines.see("/all/posts")
    house.neighbours.will("/undo", 200, await house.case_state(item, 3, "open", undone=True))
    page = await ines.act(f"/{house.brand('first')}/undo/{item}?section=inbox")
    assert "Taken back. Nothing left for the network." in page
    assert house.neighbours.asked[-1][0].endswith("/undo")


async def test_a_dead_session_keeps_the_page_s_text(house: House, ines: Visitor, clock: Clock) -> None:
    """A part of a page that meets an ended session sends its page to the sign-in, and from there back to the page."""
    item = await house.hears("first", "Hello?")
    clock.forward(hours=1)
    reply, page = f"/{house.brand('first')}/inbox/{item}/reply", f"https://console.test/all/inbox/{item}?queue=late"
    headers = {"HX-Request": "true", "X-CSRF-Token": ines.csrf}
    answer = await ines.send(reply, {"text": "x"}, headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?ended=1")
    answer = await ines.send(reply, {"text": "x"}, headers=headers | {"HX-Current-URL": page})
    way_back = f"/sign-in?ended=1&next=%2Fall%2Finbox%2F{item}%3Fqueue%3Dlate"
    assert answer.headers["HX-Redirect"] == way_back
    answer = await ines.send(reply, {"text": "x"}, headers={"Referer": page})
    assert (answer.status_code, answer.headers["location"]) == (303, way_back)


async def test_a_deleted_one_keeps_no_text(house: House, ines: Visitor) -> None:
    """Neither in the page nor in the search."""
    from services.console.store import folding
    from shared.events.ingest.interaction_deleted import InteractionDeleted

    item = await house.hears("first", "I should not have said cauliflower")
    doc = await house.item(item)
    fact = InteractionDeleted(brand_id=doc["brand_id"], interaction_id=item, place=doc["place"], seen_at=house.clock())
    await house.console.inbox.fold([({"_id": item, "brand_id": doc["brand_id"]}, folding.deletion(fact))])
    assert "cauliflower" not in str(await house.item(item))
    assert "Deleted at the source" in await ines.see(f"/all/inbox/{item}")


async def test_more_than_a_page_is_read_by_scrolling(house: House, ines: Visitor) -> None:
    """Fifty rows, then a link to the rest."""
    for number in range(53):
        await house.hears("first", f"Remark {number:02}", author=f"Reader {number}", ago=100 - number)
    page = await ines.see("/all/inbox")
    assert "Remark 49" in page
    assert "Remark 50" not in page
    rest = await ines.see("/all/inbox?from=50", part=True)
    assert "Remark 52" in rest
    assert "Remark 49" not in rest


async def test_reception_says_how_messages_came(house: House, ines: Visitor) -> None:
    """By webhook, by poll, and what is too new to tell, where there is any."""
    brand, channel = house.brand("first"), f"ch-{house.brand('first')}"
    async with house.api() as api:
        body = {"brand_id": brand, "network": "mastodon", "account_id": house.mark, "name": "First"}
        await put(api, f"channels/{channel}", body | {"base_url": "http://127.0.0.1:1", "token": "a token"})
    for webhook, pending, words in ((6, 2, "found by poll, 20.0% too new to tell"), (8, 0, "80.0% by webhook, 20.0%")):
        house.clock.forward(seconds=60)
        counts = {"webhook": webhook, "poll_only": 2, "pending": pending}
        about = {"brand_id": brand, "channel_id": channel, "network": "mastodon", "measured_at": house.clock()}
        await house.console.measures.fold([ChannelMeasured.model_validate(about | counts)])
        page = await ines.see("/all/inbox")
        assert words in page
        assert ("too new" in page) == (pending > 0)


def reply_state(house: House, item: str, text: str, state: str, seq: int) -> dict[str, Any]:
    """A reply as publisher answers with it."""
    return {
        "action_id": f"a-{item}",
        "action": "reply",
        "interaction_id": item,
        "text": text,
        "state": state,
        "seq": seq,
        "why": "",
        "updated_at": house.clock().isoformat(),
    }
