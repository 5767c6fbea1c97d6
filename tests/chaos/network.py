"""The truth: what stands on the networks, and what was done there, by the simulator's own ledger."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from parvis.simulator.remote import Simulator
from tests.chaos.town import NETWORKS, Brand


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person said; `interaction_id` is what we must know it as."""

    brand_id: str
    interaction_id: str
    external_id: str
    text: str
    hidden: bool
    deleted: bool


@dataclass(slots=True)
class Network:
    """`comments` by our id; `hides` and `shows` count what we really changed, by our id; `spoken` what was
    published in a brand's name by us: (account, text) → how often. `unanswered` webhooks have had no 2xx yet."""

    comments: dict[str, Comment] = field(default_factory=dict)
    hides: Counter[str] = field(default_factory=Counter)
    shows: Counter[str] = field(default_factory=Counter)
    spoken: Counter[tuple[str, str]] = field(default_factory=Counter)
    unanswered: int = 0
    given_up: int = 0
    calls: int = 0
    repeated: int = 0


async def look(simulator: Simulator, brands: Sequence[Brand]) -> Network:
    """Everything about these brands."""
    network = Network(unanswered=await simulator.unanswered())
    ours = {brand.accounts[name]["id"]: (brand, name) for brand in brands for name in NETWORKS}
    for brand in brands:
        for name in NETWORKS:
            for thing in await simulator.things(brand.accounts[name], deleted=True):
                if thing["author_id"] not in ours:
                    comment = _comment(brand, name, thing)
                    network.comments[comment.interaction_id] = comment
    for line in await simulator.ledger():
        if line["event"] == "webhook":
            _count_call(network, line)
        elif line["account"] in ours and line.get("via") == "api":
            _count_act(network, *ours[line["account"]], line)
    return network


def _comment(brand: Brand, network: str, thing: dict[str, Any]) -> Comment:
    return Comment(
        brand.brand_id,
        brand.known_as(network, thing["id"]),
        thing["id"],
        thing["text"],
        thing["hidden"],
        thing["deleted"],
    )


def _count_call(network: Network, line: dict[str, Any]) -> None:
    network.calls += 1
    network.given_up += line.get("why", "") != ""
    network.repeated += line["attempt"] > 1


def _count_act(network: Network, brand: Brand, name: str, line: dict[str, Any]) -> None:
    known = brand.known_as(name, line["subject"])
    if line["event"] == "hide":
        network.hides[known] += 1
    elif line["event"] == "unhide":
        network.shows[known] += 1
    elif line["event"] == "create":
        network.spoken[brand.accounts[name]["id"], line["text"]] += 1
