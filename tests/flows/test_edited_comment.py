"""The edited comment is judged again, and shown again."""

from parvis.platform import Platform
from tests.flows.town import found_brand


async def test_what_a_rule_hid_is_shown_again_when_its_author_mends_it(platform: Platform) -> None:
    """Revision 2 is judged afresh: it passes, and the network shows it again."""
    brand = await found_brand(platform)
    said = await brand.hears("Bande de connards, abrutis finis")
    await said.until_hidden()
    await said.edit("Pardon pour mes mots. Pourriez-vous me rappeler au sujet de ma commande ?")
    item = await said.judged(revision=2)
    assert item["verdict"]["outcome"] == "allow"
    assert item["revision"] == 2
    await said.until_hidden(False)
