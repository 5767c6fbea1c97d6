"""A storm of anger is told on the inbox, and the insights page shows where it is; nothing is refused by the policy."""

from collections.abc import Awaitable, Callable

from tests.browser.desk import Desk, Town

Sit = Callable[..., Awaitable[Desk]]
ANGRY = ("This is a scandal, worst service ever", "Still no refund, absolutely unacceptable", "Scam, avoid this shop")
GLAD = ("I love these jackets, thank you so much", "Do you ship to Ireland?")


async def test_a_storm_is_on_the_inbox_and_on_its_page(sit: Sit, town: Town) -> None:
    """Told while the page is open, by day and by night, on a wide screen and on a phone."""
    desk = await sit()
    for number in range(18):
        await town.hears(ANGRY[number % 3], f"Angry {number % 7}")
        await town.hears(GLAD[number % 2], f"Glad {number % 5}")
    await desk.sees("hears far more anger than usual", "#crises")
    await desk.picture("storm-inbox-1280")
    await desk.go(f"/{town.brand}/insights")
    await desk.sees("Said by people")
    await desk.sees("Angry", "#insights .ins-g section:last-child")
    await desk.picture("storm-1280")
    await desk.press("g", "i")
    await desk.page.wait_for_url("**/inbox")
    dark, phone = await sit(color_scheme="dark"), await sit(width=390, height=844)
    await dark.go("/all/insights")
    await dark.picture("storm-1280-dark")
    await phone.picture("storm-inbox-390")
    await phone.go("/all/insights")
    await phone.picture("storm-390")
    night = await sit(width=390, height=844, color_scheme="dark")
    await night.go("/all/insights")
    await night.picture("storm-390-dark")
