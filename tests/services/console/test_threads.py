"""What a long conversation shows of itself, and the ways to the rest."""

import re
from datetime import timedelta
from html import unescape

from tests.services.console.house import House
from tests.services.console.visitor import Visitor

SAID = 90


async def test_a_long_conversation_opens_at_its_end_and_leads_back_to_its_beginning(
    house: House, ines: Visitor
) -> None:
    """Part after part, with and without a script, everything is met once in order, though many came at one moment."""
    items = await talked(house)
    page = (await ines.open(f"/all/inbox/{items[-1]}?language=en")).text
    assert shown(page) == items[-40:]
    assert "50 earlier" in page
    met = items[-40:]
    while path := re.search(r'class="more" href="([^"#]+)#msg-[^"]+" hx-get="([^"]+)"[^>]+data-key="E"', page):
        page = (await ines.open(unescape(path[2]), part=True)).text
        assert shown((await ines.open(unescape(path[1]))).text) == shown(page)
        met = [one for one in shown(page) if one not in met] + met
    assert met == items
    assert f"{SAID - len(shown(page))} later" in page


async def test_an_address_of_an_old_message_shows_it_and_what_it_answers(house: House, ines: Visitor) -> None:
    """Amid what was said around it; the one it answers is quoted where that stands elsewhere."""
    items = await talked(house)
    answer = await house.hears("first", "I found it!", thread="wall", parent="c1", author="Zoé", ago=70.5)
    page = (await ines.open(f"/all/inbox/{answer}")).text
    around = shown(page)
    assert answer in around
    assert items[0] not in around
    assert items[-1] not in around
    assert f'href="/all/inbox/{items[0]}#msg-{items[0]}"' in page
    assert shown((await ines.open(f"/all/inbox/{items[0]}")).text)[0] == items[0]


async def talked(house: House) -> list[str]:
    """A conversation of ninety, up to three of them at one moment; their ids in order."""
    facts = [
        house.received("first", f"Remark {n}", f"Reader {n}", thread="wall", ago=SAID - (n + 2) // 3)
        for n in range(SAID)
    ]
    await house.console.arrivals.receive([(fact, timedelta(minutes=120)) for fact in facts])
    return [fact.interaction_id for fact in sorted(facts, key=lambda fact: (fact.said_at, fact.interaction_id))]


def shown(page: str) -> list[str]:
    """The messages of a page, from above."""
    return re.findall(r'<article [^>]*id="msg-([^"]+)"', page)
