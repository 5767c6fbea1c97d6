"""One platform for all stories: real engines, every service in its own process, the network simulator."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from parvis.engines.local import Addresses
from parvis.letterbox.box import Box, open_box
from parvis.platform import Platform, running
from tests import seats
from tests.services.crm.receiver import Receiver, receiving

QUICK = {
    "moderation": {"MODERATION_UNDO_SECONDS": "5"},
    "publisher": {
        "PUBLISHER_LOOKS": "0.2,1,3",
        "PUBLISHER_REQUEST_TIMEOUT": "3",
        "PUBLISHER_RENEW_SECONDS": "0.5",
    },
    "insights": {
        "INSIGHTS_HOURS_SECONDS": "1",
        "INSIGHTS_PEOPLE_SECONDS": "1",
        "INSIGHTS_LOOK_SECONDS": "1",
        "INSIGHTS_WINDOW_SECONDS": "15",
        "INSIGHTS_EASE_SECONDS": "2",
    },
    "campaigns": {
        "CAMPAIGNS_STEER_SECONDS": "0.5",
        "CAMPAIGNS_DRIVE_SECONDS": "0.5",
        "CAMPAIGNS_REPORT_SECONDS": "0.5",
        "CAMPAIGNS_AUDIENCE_SECONDS": "1",
    },
    "crm": {"CRM_RETRIES": "0,0.2,0.2,0.2,0.2"},
    "ingest": {
        "INGEST_FACEBOOK_POLL_SECONDS": "3",
        "INGEST_INSTAGRAM_POLL_SECONDS": "3",
        "INGEST_LINKEDIN_POLL_SECONDS": "1",
        "INGEST_MASTODON_POLL_SECONDS": "1",
        "INGEST_X_POLL_SECONDS": "1",
        "INGEST_MEASURE_SECONDS": "2",
    },
}


@pytest.fixture(scope="package")
async def receiver() -> AsyncIterator[Receiver]:
    """Another system that is told by webhooks."""
    async with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="package")
async def letters() -> AsyncIterator[Box]:
    """The mail server to which people's alerts go."""
    async with open_box() as box:
        yield box


@pytest.fixture(scope="package")
async def platform(
    engines: Addresses, kafka: str, tmp_path_factory: pytest.TempPathFactory, receiver: Receiver, letters: Box
) -> AsyncIterator[Platform]:
    """Shared by the stories; each founds brands of its own. Waits are shortened, nothing else is changed."""
    home: Path = tmp_path_factory.mktemp("platform")
    shift, allow = seats.shift(), [f"127.0.0.1:{receiver.port}"]
    mail = {"CONSOLE_SMTP_URL": f"smtp+plain://127.0.0.1:{letters.port}", "CONSOLE_ALERT_GAP_SECONDS": "0"}
    async with running(engines, home, env=QUICK | {"console": mail}, allow=allow, shift=shift, within=150) as platform:
        yield platform
