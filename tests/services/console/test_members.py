"""Members come, change and go by their agency's admins: one-time links, roles, and what each is worth."""

import asyncio
import re
from collections.abc import Callable

import pytest

from services.console.store.audit import chain_of_agency
from services.console.store.membership import Refused
from tests.services.console.house import Clock, House, put
from tests.services.console.visitor import PASSWORD, Visitor

Come = Callable[..., Visitor]
OWN = "marmalade on the mountain"


async def invited(house: House, admin: Visitor, name: str, roles: dict[str, str]) -> str:
    """The path of a link that an admin makes."""
    form = {"login": house.login(name), **{f"role:{place}": role for place, role in roles.items()}}
    answer = await admin.send("/all/members/invite", form)
    assert answer.status_code == 200, answer.text
    found = re.search(r"http://console\.test(/join\?key=[\w-]+)", answer.text)
    assert found
    return found[1]


async def opened(browser: Visitor, link: str, **form: str) -> int:
    """Use a link; what it answered."""
    path, _, key = link.partition("?key=")
    return (await browser.send(path, {"key": key, "password": OWN, **form})).status_code


async def test_a_link_lets_somebody_join_once(house: House, ines: Visitor, visitor: Come) -> None:
    """The invited moderator chooses name and password, sees their brand alone, and the link is spent."""
    link = await invited(house, ines, "zoe", {house.brand("first"): "moderator"})
    zoe = visitor()
    for _ in range(2):  # a program that looks at links for people uses nothing up
        assert "Atelier invites you" in await zoe.see(link)
    assert await opened(zoe, link, name="Zoé L.", password="too short") == 422
    assert await opened(zoe, link, name="Zoé L.") == 303
    page = await zoe.see("/all/inbox")
    assert ("First Brand" in page, "Second Brand" in page, "Members and roles" in page) == (True, False, False)
    await zoe.see("/all/members", status=403)
    await zoe.see(f"/{house.brand('second')}/members", status=404)
    assert await opened(visitor(), link, name="Eve") == 410
    assert "opens nothing any more" in await visitor().see(link, status=410)
    assert "Zoé L." in await ines.see("/all/members")
    await visitor().sign_in(house.login("zoe"), OWN)


async def test_two_who_open_one_link_at_once_are_one_member(house: House, ines: Visitor, visitor: Come) -> None:
    """Only one of them gets in."""
    link = await invited(house, ines, "zoe", {"*": "viewer"})
    answers = await asyncio.gather(*(opened(visitor(), link, name=f"Zoe {n}") for n in range(3)))
    assert sorted(answers) == [303, 410, 410]


async def test_a_link_ends(house: House, ines: Visitor, visitor: Come, clock: Clock) -> None:
    """Withdrawn, replaced by a newer one, or older than three days: it opens nothing."""
    first = await invited(house, ines, "zoe", {"*": "viewer"})
    second = await invited(house, ines, "zoe", {"*": "viewer"})
    assert await opened(visitor(), first, name="Zoe") == 410
    (row,) = await house.console.invitations.waiting(f"ag-{house.mark}", clock())
    assert second.partition("key=")[2] not in str(row)
    assert (await ines.send(f"/all/members/invitations/{row['_id']}/cancel")).status_code == 303
    assert await opened(visitor(), second, name="Zoe") == 410
    third = await invited(house, ines, "zoe", {"*": "viewer"})
    clock.forward(hours=72)
    assert await opened(visitor(), third, name="Zoe") == 410


async def test_a_link_is_worth_what_its_maker_is(house: House, ines: Visitor, visitor: Come) -> None:
    """Whoever invited and is no admin any more has invited nobody."""
    await admit(house, "ada", {"*": "admin"})
    ada = await visitor().sign_in(house.login("ada"))
    link = await invited(house, ada, "zoe", {"*": "admin"})
    assert (await ines.send(f"/all/members/of/{house.login('ada')}/roles", {"role:*": "viewer"})).status_code == 303
    assert await opened(visitor(), link, name="Zoe") == 410


async def test_a_removed_member_is_out_at_once(house: House, ines: Visitor, omar: Visitor) -> None:
    """The next click asks to sign in, and the login opens nothing."""
    assert (await ines.send(f"/all/members/of/{house.login('omar')}/remove")).status_code == 303
    assert "Password" in await omar.see("/all/inbox")
    answer = await omar.send("/sign-in", {"login": house.login("omar"), "password": PASSWORD})
    assert answer.status_code == 422


async def test_another_role_counts_from_the_next_click(house: House, ines: Visitor, omar: Visitor) -> None:
    """What was the second brand's moderator reads the first, and nothing else."""
    form = {f"role:{house.brand('first')}": "viewer"}
    assert (await ines.send(f"/all/members/of/{house.login('omar')}/roles", form)).status_code == 303
    await omar.see(f"/{house.brand('second')}/inbox", status=404)
    assert "First Brand" in await omar.see(f"/{house.brand('first')}/inbox")


async def test_the_last_admin_stays(house: House, ines: Visitor) -> None:
    """Neither removed nor lowered, also where two lower each other at the same moment."""
    own = f"/all/members/of/{house.login('ines')}"
    for act, form in (("remove", {}), ("roles", {"role:*": "viewer"})):
        answer = await ines.send(f"{own}/{act}", form)
        assert (answer.status_code, "without an admin" in answer.text) == (422, True)
    await admit(house, "ada", {"*": "admin"})
    acts = house.console.membership
    both = (("ines", "ada"), ("ada", "ines"))
    lowered = [acts.change(house.login(by), house.login(who), {"*": "viewer"}, house.clock()) for by, who in both]
    ends = await asyncio.gather(*lowered, return_exceptions=True)
    assert [one.why for one in ends if isinstance(one, Refused)] == ["rights"]


async def test_an_admin_of_one_brand_looks_after_that_one(house: House, visitor: Come, ines: Visitor) -> None:
    """They see who has a role there, and can neither give, change nor open anything beyond."""
    first, second = house.brand("first"), house.brand("second")
    await admit(house, "lea", {first: "admin"})
    await admit(house, "max", {first: "viewer", second: "manager"})
    lea = await visitor().sign_in(house.login("lea"))
    page = await lea.see("/all/members")
    assert ("Vera B." in page, "Max B." in page, "Omar B." in page, "Manager" in page) == (True, True, False, False)
    await lea.see(f"/all/members/of/{house.login('omar')}", status=404)
    for form in ({f"role:{second}": "viewer"}, {"role:*": "viewer"}, {"role:elsewhere": "viewer"}):
        assert (await lea.send("/all/members/invite", {"login": "x", **form})).status_code == 422
    assert (await lea.send(f"/all/members/of/{house.login('ines')}/remove")).status_code == 422
    assert (await lea.send(f"/all/members/of/{house.login('max')}/reset")).status_code == 422
    assert (await lea.send(f"/all/members/of/{house.login('max')}/remove")).status_code == 303
    left = await house.console.members.by_login(house.login("max"))
    assert left is not None
    assert left["roles"] == {second: "manager"}


async def test_a_colleague_needs_no_link(house: House, visitor: Come, omar: Visitor) -> None:
    """Who works for another brand of the agency has the role at once, and keeps the one they had."""
    first, second = house.brand("first"), house.brand("second")
    await admit(house, "lea", {first: "admin"})
    lea = await visitor().sign_in(house.login("lea"))
    form = {"login": house.login("omar"), f"role:{first}": "viewer"}
    assert (await lea.send("/all/members/invite", form)).headers["location"] == "/all/members?done=given"
    for brand in (first, second):
        assert "Inbox" in await omar.see(f"/{brand}/inbox")
    known = await lea.send("/all/members/invite", form)
    assert (known.status_code, "a member already" in known.text) == (422, True)


async def test_nobody_else_opens_the_members(house: House, vera: Visitor, omar: Visitor) -> None:
    """Neither the page nor an act, whatever the address."""
    for path in ("invite", f"of/{house.login('omar')}"):
        await vera.see(f"/all/members/{path}", status=403)
    for act in ("roles", "remove", "reset"):
        answer = await omar.send(f"/all/members/of/{house.login('vera')}/{act}", {"role:*": "viewer"})
        assert answer.status_code == 403
    assert (await omar.send("/all/members/invite", {"login": "x", "role:*": "admin"})).status_code == 403


async def test_a_reset_link_gives_a_new_password_once(
    house: House, ines: Visitor, omar: Visitor, visitor: Come, clock: Clock
) -> None:
    """It is good for an hour; when it is used every session ends, and not before."""
    for late in (True, False):
        answer = await ines.send(f"/all/members/of/{house.login('omar')}/reset")
        found = re.search(r"http://console\.test(/reset\?key=[\w-]+)", answer.text)
        assert found
        if late:
            clock.forward(minutes=59)
            assert "Choose a new password" in await visitor().see(found[1])
            clock.forward(minutes=1)
            assert await opened(visitor(), found[1]) == 410
            await ines.sign_in(house.login("ines"))
            await omar.sign_in(house.login("omar"))
    assert "Inbox" in await omar.see("/all/inbox")
    assert await opened(visitor(), found[1]) == 303
    assert "Password" in await omar.see("/all/inbox")
    assert await opened(visitor(), found[1]) == 410
    await visitor().sign_in(house.login("omar"), OWN)


async def test_what_was_done_about_people_is_in_the_agency_s_log(
    house: House, ines: Visitor, vera: Visitor, visitor: Come
) -> None:
    """Every act is a row of the agency's own chain, which its admins read and nobody else."""
    await opened(visitor(), await invited(house, ines, "zoe", {"*": "manager"}), name="Zoé L.")
    await ines.send(f"/all/members/of/{house.login('omar')}/reset")
    await ines.send(f"/all/members/of/{house.login('omar')}/remove")
    await house.console.audit.link_waiting()
    rows = await house.console.audit.about(chain_of_agency(f"ag-{house.mark}"), f"ag-{house.mark}")
    acts = sorted(row["act"].partition(".")[2] for row in rows)
    assert acts == ["invited", "joined", "made", "made", "made", "removed", "reset_made"]
    chain = await house.console.floor.database.system("auditChain").find(
        {"brand_id": chain_of_agency(f"ag-{house.mark}")}
    )
    assert len(chain) == len(rows)
    assert house.mark + "@" not in str(chain), "a login stands in what can never be erased"
    page = await ines.see("/all/audit?act=member")
    assert ("joined" in page, f"{house.login('zoe')}, All brands: Manager" in page) == (True, True)
    zoe = await visitor().sign_in(house.login("zoe"), OWN)
    assert "joined" not in await zoe.see("/all/audit?act=member")


async def test_what_the_operator_puts_is_in_the_log_of_each_agency(house: House, ines: Visitor, visitor: Come) -> None:
    """Made, and changed with what was changed; the same again is no act, and a new password signs out."""
    await admit(house, "zoe", {"*": "viewer"})
    zoe = await visitor().sign_in(house.login("zoe"))
    await admit(house, "zoe", {"*": "viewer"})
    assert "Inbox" in await zoe.see("/all/inbox")
    async with house.api() as api:
        await put(api, f"agencies/other-{house.mark}", {"name": "Other"})
        body = {"name": "Zoe B.", "agency_id": f"ag-{house.mark}", "password": OWN, "roles": {"*": "admin"}}
        await put(api, f"members/{house.login('zoe')}", body)
        await put(api, f"members/{house.login('zoe')}", body | {"agency_id": f"other-{house.mark}"})
    assert "Password" in await zoe.see("/all/inbox")

    async def told(agency: str) -> list[tuple[str, str, list[str]]]:
        rows = await house.console.audit.about(chain_of_agency(agency), agency)
        of_zoe = [row for row in reversed(rows) if row["details"].get("member") == house.login("zoe")]
        return [(row["act"], row["person"], row["details"].get("fields", [])) for row in of_zoe]

    moved = ("member.put", "operator", ["agency_id", "roles"])
    first = [("member.made", "operator", []), ("member.put", "operator", ["password", "roles"])]
    assert sorted(await told(f"ag-{house.mark}")) == sorted([*first, moved])
    assert await told(f"other-{house.mark}") == [moved]
    assert "made a member" in await ines.see("/all/audit?act=member")


@pytest.mark.parametrize("path", ["/join", "/reset", "/join?key=", "/reset?key=guessed"])
async def test_a_guessed_link_opens_nothing(visitor: Come, path: str) -> None:
    """It says no more than that."""
    assert "opens nothing any more" in await visitor().see(path, status=410)


async def admit(house: House, name: str, roles: dict[str, str]) -> None:
    """A further member, by the operator."""
    body = {"name": f"{name.title()} B.", "agency_id": f"ag-{house.mark}", "password": PASSWORD, "language": "en"}
    async with house.api() as api:
        await put(api, f"members/{house.login(name)}", body | {"roles": roles})
