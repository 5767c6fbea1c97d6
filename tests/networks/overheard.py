"""A way out that notes every call and its answer, to hold both against what a vendor describes."""

from dataclasses import dataclass, field
from typing import Any

from shared.egress import Egress, Response


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the client made it."""

    method: str
    url: str
    parts: dict[str, Any]
    answer: Response

    @property
    def sent(self) -> dict[str, Any]:
        """Parameters and fields, wherever they went."""
        return {**(self.parts.get("params") or {}), **(self.parts.get("data") or {})}


@dataclass(slots=True)
class Overheard:
    """Stands where `Egress` stands; `calls` in order."""

    egress: Egress
    calls: list[Call] = field(default_factory=list)

    async def request(self, method: str, url: str, **parts: Any) -> Response:
        answer = await self.egress.request(method, url, **parts)
        self.calls.append(Call(method, url, parts, answer))
        return answer


@dataclass(slots=True)
class Canned:
    """Stands where `Egress` stands and always gives this answer."""

    answer: Response

    async def request(self, method: str, url: str, **parts: Any) -> Response:
        return self.answer
