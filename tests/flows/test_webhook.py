"""A CRM is told of an escalated case, answers with who the person is, and the inbox knows it."""

from uuid import uuid4

from standardwebhooks.webhooks import Webhook

from parvis.platform import Platform
from tests.flows.town import State, eventually, found_brand
from tests.services.crm.receiver import Receiver


async def test_an_escalated_case_is_told_to_a_crm_once(platform: Platform, receiver: Receiver) -> None:
    """Its first two attempts fail; the third is taken, each under the event's own id, signed."""
    brand, path = await found_brand(platform), f"/{uuid4().hex}"
    receiver.plans[path] = [500, "reset"]
    body = {"url": receiver.url(path), "events": ["CaseEscalated"]}
    endpoint = await brand.command("endpoints", body, "manager")
    said = await brand.hears("Bande de connards, je sais où vous habitez, je vais vous tuer")
    case = await said.case()
    await brand.command(f"cases/{case['case_id']}/escalate", {"to": "duty lead", "why": "threat to staff"})
    ids = await receiver.until(3, path)
    assert len(set(ids)) == 1
    call = [one for one in receiver.calls if one.path == path][-1]
    told = Webhook(endpoint["secret"]).verify(call.body, call.headers)
    assert told["data"]["case_id"] == case["case_id"]
    assert told["data"]["place"]["external_id"] == said.external_id


async def test_what_a_crm_says_of_a_person_is_kept(platform: Platform) -> None:
    """Said twice is one contact; its author is the one of the interaction, and may be addressed by where they live."""
    brand = await found_brand(platform)
    said = await brand.hears("Bonjour, c'est encore Hélène", author="Hélène Riou")
    item = await said.judged()
    contact = {"name": "Hélène Riou", "labels": ["loyal"], "country": "FR", "authors": [item["author"]["id"]]}
    put = [await platform.api.call("PUT", f"/brands/{brand.brand_id}/contacts/C-1", contact) for _ in range(2)]
    assert put[0] == put[1]
    assert put[0]["seq"] == 1
    loyal = {"criteria": ['place.country == "FR"', '"loyal" in labels']}

    async def addressed() -> State | None:
        shown = await brand.command("audiences/preview", loyal, "manager")
        return shown if shown["size"] else None

    shown = await eventually(addressed, "campaigns knows where they live")
    assert [one["person_id"] for one in shown["sample"]] == [item["author"]["id"]]


async def test_a_pause_is_kept_over_and_told_afterwards(platform: Platform, receiver: Receiver) -> None:
    """Nothing comes while it lasts; then what had happened."""
    brand, path = await found_brand(platform), f"/{uuid4().hex}"
    body = {"url": receiver.url(path), "events": ["InteractionReceived"]}
    endpoint = await brand.command("endpoints", body, "manager")
    await brand.command(f"endpoints/{endpoint['endpoint_id']}/pause", {}, "manager")
    said = await brand.hears("Bonjour à tous")
    await said.judged()
    assert receiver.ids(path) == []
    await brand.command(f"endpoints/{endpoint['endpoint_id']}/resume", {}, "manager")

    async def told() -> bool:
        return said.interaction_id in [one.data["interaction_id"] for one in receiver.calls if one.path == path]

    assert await eventually(told, "the kept fact")
