"""The campaigns pages: a plan with its audience before money is spent, spend against it, and a why for every turn."""

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.campaigns.domain.audience.profile import VARIABLES
from services.console.domain import spending
from services.console.pages import campaign_plan as plans
from shared.events.campaigns.campaign_changed import CampaignChanged
from shared.events.campaigns.campaign_ended import CampaignEnded
from shared.events.campaigns.campaign_paused import CampaignPaused
from shared.events.campaigns.campaign_started import CampaignStarted
from shared.events.campaigns.experiment_concluded import ExperimentConcluded
from shared.events.campaigns.parts import CampaignFact
from shared.events.campaigns.spend_measured import SpendMeasured
from tests.services.console.house import House
from tests.services.console.visitor import Visitor

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
DAY = timedelta(days=1)
FORM = {"name": "Winter", "first_day": "2026-11-20", "last_day": "2026-12-06", "budget": "1 234,50", "share": "30"}


def fact(house: House, kind: type[CampaignFact] = CampaignStarted, seq: int = 3, **more: Any) -> CampaignFact:
    """A campaign of these days."""
    own = {"brand_id": house.brand("first"), "campaign_id": f"c-{house.mark}", "seq": seq, "turned_at": NOW - DAY}
    days = {"first_day": (NOW - 2 * DAY).date(), "last_day": (NOW + 2 * DAY).date(), "person": house.login("ines")}
    return kind.example().model_copy(update={**own, **days, **more})


def hour(house: House, number: int = 1, **more: Any) -> SpendMeasured:
    """An hour of it."""
    own = {"brand_id": house.brand("first"), "campaign_id": f"c-{house.mark}", "number": number, "hour": NOW}
    return SpendMeasured.example().model_copy(update=own | more)


def state(house: House, **more: Any) -> dict[str, Any]:
    """The campaign as the service answers a command."""
    return {**fact(house).model_dump(mode="json", exclude={"epoch"}), "trouble": "", **more}


@pytest.fixture
def base(house: House) -> str:
    """The first brand's campaigns."""
    return f"/{house.brand('first')}/campaigns"


async def test_the_page_shows_spend_creatives_and_why_it_paused(base: str, house: House, ines: Visitor) -> None:
    """Facts twice and in any order; figures of a restated hour count once."""
    store = house.console.campaigns
    paused = fact(house, CampaignPaused, 4, state="paused", cause="crisis", serving=False, turned_at=NOW)
    facts = [fact(house, CampaignChanged, 1, state="draft", cause="", serving=False), fact(house), paused] * 2
    random.Random(3).shuffle(facts)
    await store.fold(facts)
    figures = {"impressions": 4000, "clicks": 90, "conversions": 9}
    await store.measure([hour(house, 7, arm="A", spend=120_000, **figures), hour(house, 5, arm="A", spend=999_900)])
    await store.measure([hour(house, 6, arm="B", spend=80_000, **figures | {"conversions": 40})] * 2)
    page = await ines.see(f"{base}/c-{house.mark}")
    assert "€2,000.00 of €24,000.00" in page
    assert "crisis at this brand" in page
    assert "B is better" in page
    assert "started" in page
    assert "Winter launch" in await ines.see("/all/campaigns")
    text = (await ines.open(f"{base}/c-{house.mark}")).text
    assert "heldband" in text
    assert "style=" not in text
    await ines.see(f"{base}/nobody-s", status=404)
    await ines.see(f"/{house.brand('second')}/campaigns/c-{house.mark}", status=404)


async def test_the_page_tells_final_counts_from_those_that_may_still_change(
    base: str, house: House, ines: Visitor
) -> None:
    """The outcome of an ended comparison, in any order and twice; who resumes the campaign opens it again."""
    store, one = house.console.campaigns, f"{base}/c-{house.mark}"
    ended = fact(house, CampaignEnded, 4, state="ended", cause="schedule", serving=False, turned_at=NOW - DAY)
    told = {"brand_id": ended.brand_id, "campaign_id": ended.campaign_id, "seq": 4, "ended_at": ended.turned_at}
    final = ExperimentConcluded.example().model_copy(update=told)
    await store.measure([hour(house, 1, arm="A", clicks=77_001)])
    await store.fold([ended])
    assert "not concluded yet" in await ines.see(one)
    older = final.model_copy(update={"seq": 2, "arms": []})
    for facts in ([older, final], [final, older]):
        await store.conclude(facts)
        page = await ines.see(one)
        assert "These counts are final" in page
        assert "1,960" in page
        assert "98,200" in page
    await store.fold([fact(house, CampaignStarted, 5, cause="resumed", turned_at=NOW)])
    page = await ines.see(one)
    assert "concluded" not in page
    assert "77,001" in page


async def test_what_criteria_may_ask_is_named_beside_them(base: str, ines: Visitor) -> None:
    """As campaigns knows it."""
    (named,) = re.findall(r"network, language, [^<]*", (await ines.open(f"{base}/new")).text)
    assert set(named.split(", ")) <= set(VARIABLES)
    assert {"place.country", "place.city", "labels"} <= set(named.split(", "))


async def test_a_plan_shows_its_audience_before_it_is_kept(base: str, house: House, ines: Visitor) -> None:
    """Nothing that was typed is lost; the plan goes out whole, in cents."""
    person = {"person_id": "p", "name": "Hélène <b>R.</b>", "handle": "h", "network": "facebook", "said": 7}
    house.neighbours.will("/audiences/preview", 200, {"size": 4120, "sample": [person]})
    typed = FORM | {"criteria": "said >= 2\n\nmood.positive > 0.5", "a_text": "Peg", "b_text": "Rain", "key": "k"}
    answer = await ines.send(f"{base}/new", typed | {"do": "preview"})
    assert "4,120" in answer.text
    assert "Hélène &lt;b&gt;R.&lt;/b&gt;" in answer.text
    assert 'value="Winter"' in answer.text
    house.neighbours.will("/campaigns", 201, state(house, state="draft", cause="", serving=False))
    answer = await ines.send(f"{base}/new", typed | {"do": "save"})
    assert answer.headers["location"] == f"{base}/c-{house.mark}"
    asked = house.neighbours.asked[-1][1]
    assert (asked["budget"], asked["criteria"]) == (123450, ["said >= 2", "mood.positive > 0.5"])
    assert [(arm["name"], arm["share"]) for arm in asked["arms"]] == [("A", 30), ("B", 70)]
    assert "draft" in await ines.see(f"{base}/c-{house.mark}")
    house.neighbours.will("/audiences/preview", 422, {"errors": [{"at": "criteria/0", "why": "undeclared reference"}]})
    answer = await ines.send(f"{base}/new", typed | {"do": "preview"})
    assert answer.status_code == 422
    assert "undeclared reference" in answer.text


@pytest.mark.parametrize("form", ["campaigns/new", "crm/new"])
async def test_every_form_is_a_command_of_its_own(form: str, house: House, ines: Visitor) -> None:
    """A second form is no repetition of the first: each carries a key that no other has."""
    pages = [(await ines.open(f"/{house.brand('first')}/{form}")).text for _ in range(2)]
    keys = [found for page in pages for found in re.findall(r'name="key" value="([^"]*)"', page)]
    assert len(set(keys)) == len(keys) >= 2
    assert all(UUID(key) for key in keys)


async def test_a_manager_starts_and_a_viewer_does_not(base: str, house: House, ines: Visitor, vera: Visitor) -> None:
    """The answer is on the page before any event came; a refusal says what stands in the way."""
    await house.console.campaigns.fold([fact(house, CampaignChanged, 1, state="draft", cause="", serving=False)])
    one = f"{base}/c-{house.mark}"
    house.neighbours.will("/start", 200, state(house, seq=2))
    assert (await ines.send(f"{one}/start", {"seq": "1"})).status_code == 303
    assert "started" in await ines.see(one)
    refused = {"detail": "its budget is spent; give it more first", "current": state(house, seq=2)}
    house.neighbours.will("/resume", 409, refused)
    answer = await ines.send(f"{one}/resume")
    assert "its budget is spent" in answer.text
    assert "formaction" not in (await vera.open(one)).text
    assert (await vera.send(f"{one}/start")).status_code == 403
    house.neighbours.away = True
    assert "campaigns" in (await ines.send(f"{one}/pause")).text


async def test_a_brand_is_not_erased_while_its_ads_may_run(house: House) -> None:
    """With the brand its ad account is forgotten, and nobody could switch them off."""
    path, why = f"brands/{house.brand('first')}/erasure", {"why": "the contract has ended"}
    async with house.api() as api:
        for seq, more in ((3, {}), (4, {"state": "paused", "serving": False, "confirmed": False})):
            await house.console.campaigns.fold([fact(house, seq=seq, **more)])
            refused = await api.post(path, json=why)
            assert refused.status_code == 409
            assert "Winter launch" in refused.json()["detail"]
        await house.console.campaigns.fold([fact(house, seq=5, state="ended", serving=False, confirmed=True)])
        assert (await api.post(path, json=why)).status_code == 202


def test_money_is_read_as_people_type_it() -> None:
    """With a comma, a space, or neither; what is no number is nothing."""
    assert [plans.cents(typed) for typed in ("1 234,50", "1234.5", "7", "€ 12", "", "x")] == [
        123450,
        123450,
        700,
        1200,
        0,
        0,
    ]


def test_an_interval_holds_its_share() -> None:
    """It narrows with more tries, and is all where there were none."""
    few, many = spending.interval(5, 100), spending.interval(500, 10_000)
    assert few[0] < many[0] < 0.05 < many[1] < few[1]
    assert spending.interval(0, 0) == (0.0, 1.0)
