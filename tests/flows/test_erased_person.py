"""A person asks to be forgotten: nothing of them stays at the brand, and nobody else loses anything."""

import asyncio
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from parvis.engines.local import Addresses
from parvis.platform import Platform
from tests.flows.test_erased_brand import environment, found, parvis
from tests.flows.town import Brand, Said, State, eventually, found_brand
from tests.services.crm.receiver import Receiver


async def test_a_person_leaves_nothing(
    platform: Platform, engines: Addresses, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at first, then erased in every service; their neighbour's words and the log's chain stay whole."""
    brand, path = await found_brand(platform), f"/{uuid4().hex}"
    await brand.command("endpoints", {"url": receiver.url(path), "events": ["InteractionReceived"]}, "manager")
    mark = f"q{zlib.crc32(brand.brand_id.encode()):x}"
    name, handle = f"Ondine Vasseur{mark}", f"ondine_vasseur{mark}"
    question, insult = await speaks(engines, brand, name, mark)
    other = await brand.hears(f"Elle est magnifique, merci, dit {mark}other", author="Camille Leroy")
    await other.judged()
    person_id = (await question.judged())["author"]["id"]
    contact = {"name": name, "note": f"met {handle}", "authors": [person_id]}
    await platform.api.call("PUT", f"/brands/{brand.brand_id}/contacts/C-1", contact)
    whole = await known(brand, person_id, contacts=1)
    assert (whole["name"], whole["interactions"], whole["cases"]) == (name, 2, 1)
    for variable, value in environment(platform, engines).items():
        monkeypatch.setenv(variable, value)
    asked = ("person", "erase", "--brand", brand.brand_id, "--author", name, "--why", "they asked for it")
    looked = await parvis(*asked)
    assert "nothing was erased" in looked.output
    assert "interactions: 2" in looked.output
    refused = await parvis(*asked, "--yes", "--for", await brand.person("manager"))
    assert "403" in str(refused.exception)
    assert found(engines, f"{mark}first".encode())
    done = await parvis(*asked, "--yes")
    assert done.exit_code == 0, done.exception
    assert "moderation" in done.output
    assert "Kafka's topics have lost it by age on" in done.output
    traces = (name, handle, f"{mark}first", f"{mark}second")

    async def clean() -> bool:
        return not left(engines, traces)

    with suppress(AssertionError):
        await eventually(clean, "nothing tells of the person any more", within=90)
    assert left(engines, traces) == {}
    await asyncio.sleep(4)  # a poll has read the wall again
    assert left(engines, traces) == {}
    assert f"{mark}other" in (await other.judged())["text"]
    assert (await parvis("audit", "verify", "--brand", brand.brand_id)).exit_code == 0
    erased = await insult.shown()
    assert erased is not None
    assert (erased["text"], erased["author"]["id"]) == ("", "")


def left(engines: Addresses, traces: Sequence[str]) -> dict[str, list[str]]:
    """Where each of these words still stands."""
    return {one: places for one in traces if (places := found(engines, one.encode()))}


async def speaks(engines: Addresses, brand: Brand, name: str, mark: str) -> tuple[Said, Said]:
    """A question that is answered, and an insult of which a person decides."""
    question = await brand.hears(f"Elle taille grand ? demande {mark}first", author=name)
    item = await question.judged()
    place, author = item["place"], item["author"]
    reply = {"interaction_id": question.interaction_id, "place": place, "text": f"Bonjour {name}, oui"}
    reply |= {"author_handle": author["handle"], "author_external_id": author["external_id"]}
    await brand.command("replies", reply)
    await question.until(lambda one: one["answered_at"], "answered")

    async def came_back() -> bool:
        return "parvis_crm.deliveries" in found(engines, f"Bonjour {name}".encode())

    await eventually(came_back, "the answer as the network tells it")
    insult = await brand.hears(f"Bande de connards, abrutis, {mark}second", author=name)
    case = await insult.case()
    decision = {"decision": "hide", "revision": 1, "reason": f"as {name} does"}
    await brand.command(f"cases/{case['case_id']}/decide", decision)
    await insult.until_hidden()
    return question, insult


async def known(brand: Brand, person_id: str, contacts: int) -> State:
    """Waits until console knows the profile and the contact."""

    async def look() -> State | None:
        whole = await brand.platform.api.call("GET", f"/brands/{brand.brand_id}/people/{person_id}")
        return whole if whole["profile"] and whole["contacts"] == contacts else None

    return await eventually(look, "the person is known")
