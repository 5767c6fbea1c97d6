"""An egress that gives made-up answers, for what no healthy network says."""

from collections.abc import Mapping
from typing import Any

from shared.egress import Response


def answer(status: int, body: str = "{}", headers: Mapping[str, str] | None = None) -> Response:
    """One answer; JSON unless its headers say otherwise."""
    return Response(status, {"content-type": "application/json", **(headers or {})}, body.encode(), "http://there/")


class Answers:
    """Gives these answers in their order, the last for ever; an exception among them is raised."""

    def __init__(self, *answers: Response | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []

    async def request(self, method: str, url: str, **parts: Any) -> Response:
        """As `Egress.request`."""
        self.asked.append((method, url, parts))
        given = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(given, Exception):
            raise given
        return given
