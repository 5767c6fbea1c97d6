"""The demo's posts are brought as far as their plan says."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from parvis.demo.plans import Plan
from parvis.demo.posting import write


async def test_a_post_that_a_slow_machine_comes_to_late_is_not_scheduled_into_the_past() -> None:
    """It is due at once instead: publisher refuses times that have passed."""
    asked: dict[str, Any] = {}

    async def command(brand_id: str, path: str, body: Any, **told: Any) -> None:
        asked[path] = body

    began = datetime.now(UTC)
    plan = Plan("p", "b", "Bonjour à toutes et à tous.", began - timedelta(hours=1))
    platform = SimpleNamespace(api=SimpleNamespace(command=command))
    await write(platform, SimpleNamespace(channels={"facebook": "c"}), plan)  # type: ignore[arg-type]
    assert datetime.fromisoformat(asked["posts/p/schedule"]["due_at"]) >= began
