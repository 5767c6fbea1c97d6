"""A comment is in the inbox though nobody judges."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from parvis.platform import Platform
from tests.flows.town import found_brand


async def test_a_comment_is_shown_while_moderation_stands_still_and_judged_afterwards(platform: Platform) -> None:
    """The text waits a few seconds for the verdict that would bring it, and no longer."""
    brand = await found_brand(platform)
    await brand.listens()
    with _standing_still(platform, "moderation"):
        said = await brand.hears("La boutique du port est-elle ouverte dimanche ?")
        item = await said.until(lambda item: item["text"], "the text in the inbox")
        assert not item["verdict"]
        assert item["state"] == "to_answer"
    judged = await said.judged()
    assert (judged["text"], judged["state"]) == (item["text"], "to_answer")


@contextmanager
def _standing_still(platform: Platform, service: str) -> Iterator[None]:
    """Its process is stopped inside, as on a machine that hangs."""
    pid = platform.pid(service)
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
