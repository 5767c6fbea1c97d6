"""Renders pages: Jinja2 with autoescape; what is undefined is an error, and nothing switches escaping off."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from services.console.assets import Assets
from services.console.domain.networks import badge

FOLDER = Path(__file__).parent / "templates"


class Pages:
    """The templates, with what all of them may use: `asset(name)` and `net(network)`."""

    def __init__(self, assets: Assets) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals |= {"asset": assets.url, "net": badge}

    def text(self, template: str, values: Mapping[str, Any]) -> str:
        """One template as text."""
        return self._environment.get_template(template).render(values)

    def html(
        self, template: str, values: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        """One template as an answer."""
        return HTMLResponse(self.text(template, values), status_code=status, headers=dict(headers or {}))
