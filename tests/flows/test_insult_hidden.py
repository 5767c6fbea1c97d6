"""The insult is hidden, with its evidence; a person takes it back within the undo window, and once after."""

import pytest

from parvis.platform import Platform
from tests.flows.town import found_brand, never

INSULT = "Vous êtes une bande de connards, bande d'abrutis finis"


@pytest.mark.parametrize("network", ["facebook", "instagram"])
async def test_an_insult_is_hidden_on_its_network_with_its_evidence(platform: Platform, network: str) -> None:
    """A rule hides it, a case waits for a person, and what was said is kept before it is hidden."""
    brand = await found_brand(platform, network)
    said = await brand.hears(INSULT, network=network)
    item = await said.judged()
    assert item["verdict"]["outcome"] == "hide"
    assert item["verdict"]["rule"]
    await said.until_hidden()
    case = await said.case()
    assert case["evidence_id"]
    await said.until(lambda item: any(a["action"] == "hide" for a in item["actions"]), "the action in the inbox")


async def test_a_decision_taken_back_within_its_window_never_leaves(platform: Platform) -> None:
    """Undo within the window: the network sees nothing of it, and the case is open again."""
    brand = await found_brand(platform)
    said = await brand.hears("Votre service est nul, je suis très déçue et j'attends toujours")
    await said.judged()
    decided = await brand.command(
        f"interactions/{said.interaction_id}/decide", {"revision": 1, "decision": "hide", "reason": "test"}
    )
    undone = await brand.command(f"cases/{decided['case_id']}/undo")
    assert undone["state"] in ("open", "claimed")
    await never(lambda: hidden(said), "hidden although it was undone", during=7)


async def test_a_decision_taken_back_after_its_window_is_reversed_on_the_network(platform: Platform) -> None:
    """Later, the same key is a counter-action: what was hidden is shown again."""
    brand = await found_brand(platform)
    said = await brand.hears("Votre service est nul, je suis très déçue et j'attends toujours")
    await said.judged()
    decided = await brand.command(
        f"interactions/{said.interaction_id}/decide", {"revision": 1, "decision": "hide", "reason": "test"}
    )
    await said.until_hidden()
    await brand.command(f"cases/{decided['case_id']}/undo")
    await said.until_hidden(False)


async def hidden(said) -> bool:  # type: ignore[no-untyped-def]
    return bool((await said.there())["hidden"])
