"""The further words of stories on real networks: connecting them, and what a case holds."""

from typing import Any
from uuid import uuid4

import httpx

from shared.auth import sign_command
from shared.keys import load
from shared.networks.capabilities import Account
from shared.rights import Right
from shared.secrets import seal
from tests.flows.town import Brand, Said

State = dict[str, Any]


def names_of(url: str) -> str:
    """`host:port` of an address."""
    return url.partition("://")[2]


async def connect(brand: Brand, network: str, account: Account) -> str:
    """Connect a real account, whose id is what the connection test found; the channel's id."""
    found = await _ask(
        brand,
        "ingest",
        "channels",
        "POST",
        f"/brands/{brand.brand_id}/check",
        json={
            "network": network,
            "base_url": account.base_url,
            "token_sealed": seal(load(brand.platform.home / "keys").platform_public, account.token),
        },
    )
    channel_id = f"{brand.brand_id}-{network}"
    facts = {"account_id": found["account_id"], "name": found["name"], "handle": found["handle"]}
    where = {"brand_id": brand.brand_id, "network": network, "base_url": account.base_url}
    await brand.platform.api.channel(channel_id, **where, **facts, token=account.token)
    return channel_id


async def evidence(said: Said) -> list[State]:
    """What moderation keeps of it."""
    case, brand = await said.case(), said.brand
    path = f"/cases/{case['case_id']}"
    whole = await _ask(brand, "moderation", "read", "GET", path, params={"brand_id": brand.brand_id})
    return list(whole["evidence"])


async def decide(said: Said, decision: str) -> State:
    """A moderator decides about what stands there now."""
    item = await said.judged()
    body = {"revision": item["revision"], "decision": decision, "reason": "the house rules"}
    return await said.brand.command(f"interactions/{said.interaction_id}/decide", body)


async def answer_twice(said: Said, text: str) -> None:
    """A moderator answers, and the command comes a second time (a double click)."""
    key = f"reply-{uuid4()}"
    for _ in range(2):
        await said.brand.command("replies", {"interaction_id": said.interaction_id, "text": text}, key=key)


async def _ask(brand: Brand, service: str, right: Right, method: str, path: str, **what: Any) -> State:
    """Ask a service itself, as the console does for a person who has the right."""
    keys = load(brand.platform.home / "keys")
    assert keys.commands_private is not None
    token = sign_command(keys.commands_private, audience=service, brand_id=brand.brand_id, person="ines", right=right)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(base_url=brand.platform.urls[service], trust_env=False, timeout=20) as http:
        answer = await http.request(method, path, headers=headers, **what)
    assert answer.is_success, answer.text
    return dict(answer.json())
