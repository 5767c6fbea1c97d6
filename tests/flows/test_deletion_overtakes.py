"""A deletion overtakes its comment."""

from parvis.platform import APP_ID, Platform
from tests.flows.town import eventually, found_brand


async def test_a_comment_whose_deletion_came_first_ends_deleted(platform: Platform) -> None:
    """The webhook that tells the comment is lost; the one that tells its deletion arrives: a tombstone stands."""
    brand = await found_brand(platform)
    await brand.wall()
    fault = await platform.simulator.fault("webhook_lost", APP_ID, times=1)
    said = await brand.hears("À supprimer tout de suite")

    async def lost() -> bool:
        faults = (await platform.simulator.faults())["faults"]
        return any(one["id"] == fault["id"] and one["remaining"] == 0 for one in faults)

    await eventually(lost, "the webhook lost")  # what is said at the same moment goes in one call
    await said.delete()
    item = await said.until(lambda item: item["deleted"], "deleted in the inbox")
    assert item["case"] is None
