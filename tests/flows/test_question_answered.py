"""The question gets its answer on the network it came from, once."""

import asyncio

from parvis.platform import Platform
from tests.flows.town import eventually, found_brand


async def test_a_question_gets_its_answer_once_though_it_is_sent_twice(platform: Platform) -> None:
    """The same command again (a double click, a retry) is the same answer."""
    brand = await found_brand(platform)
    said = await brand.hears("Bonjour, à quelle heure ouvrez-vous samedi ?", "Oumar T.")
    item = await said.judged()
    assert item["verdict"]["wish"] == "keep"
    reply = {"interaction_id": said.interaction_id, "text": "Bonjour Oumar, de 9 h à 18 h samedi."}
    await asyncio.gather(*(brand.command("replies", reply, key=f"reply-{said.external_id}") for _ in range(2)))
    await said.until(lambda item: item["answered_at"], "answered in the inbox")
    standing = await eventually(lambda: brand.on_the_wall("facebook", "de 9 h à 18 h"), "the answer on the network")
    assert len(standing) == 1
