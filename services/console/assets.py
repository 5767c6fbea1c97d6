"""The pages' static files: bundled, named by their content, recorded in a manifest, served for ever.

`python -m services.console.assets` writes the manifest anew after a file changed.
"""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

FOLDER = Path(__file__).parent / "static"
MANIFEST = "manifest.json"
STYLES = (
    *(
        "tokens",
        "ground",
        "shell",
        "controls",
        "signs",
        "slabs",
        "inbox",
        "moderation",
        "rules",
        "crm",
        "campaigns",
        "composer",
    ),
    *("operations", "insights", "hold", "people", "calendar", "today", "alerts", "signin", "states", "narrow", "phone"),
)
ISLANDS = ("keys", "brands", "live", "thread", "focus", "trouble", "undo", "drafts", "composer", "calendar")
BUNDLES: Mapping[str, tuple[str, ...]] = {
    "console.css": tuple(f"css/{name}.css" for name in STYLES),
    "console.js": tuple(f"js/{name}.js" for name in ISLANDS),
    "htmx.js": ("vendor/htmx-4.0.1.min.js",),
    "icons.svg": ("icons.svg",),
    "parvis.svg": ("parvis.svg",),
}
VENDORED: Mapping[str, str] = {
    "vendor/htmx-4.0.1.min.js": "npm htmx.org 4.0.1, dist/htmx.min.js, 0BSD",
}
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"
ICON = "parvis.svg"
A_DAY = "public, max-age=86400"


class AssetTampered(Exception):
    """A static file differs from what the manifest recorded."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served: `name` carries a piece of its SHA-256."""

    name: str
    body: bytes
    packed: bytes
    type: str


class Assets:
    """All static files of the console, in memory."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._by_plain_name = dict(assets)
        self._by_name = {asset.name: asset for asset in assets.values()}

    @classmethod
    @cache
    def load(cls, folder: Path = FOLDER) -> "Assets":
        """Reads and bundles the files; raises `AssetTampered` where one is not as recorded."""
        entries = json.loads((folder / MANIFEST).read_text())
        recorded = {name: entry["sha256"] for name, entry in entries.items()}
        return cls({bundle: _bundle(folder, bundle, files, recorded) for bundle, files in BUNDLES.items()})

    def url(self, plain_name: str) -> str:
        """Where a page links to: `/static/<name>.<hash>.<suffix>`."""
        return f"/static/{self.plain(plain_name).name}"

    def plain(self, plain_name: str) -> Asset:
        """The file of that name as a page's author knows it."""
        return self._by_plain_name[plain_name]

    def get(self, name: str) -> Asset | None:
        """The file of that hashed name."""
        return self._by_name.get(name)


def routes(assets: Assets) -> APIRouter:
    """`GET /static/{name}`: immutable, compressed where the browser takes it; an unknown hash is 404. And the icon."""
    router = APIRouter()

    @router.get("/static/{name}", include_in_schema=False)
    async def static_file(name: str, request: Request) -> Response:
        asset = assets.get(name)
        if asset is None:
            raise HTTPException(404)
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.packed, headers=headers, media_type=asset.type)
        return Response(asset.body, headers=headers, media_type=asset.type)

    @router.get("/favicon.ico", include_in_schema=False)
    async def icon_of_all() -> Response:
        """For what is opened alone and names no icon (a kept picture, sandboxed: to it this host is another site)."""
        icon = assets.plain(ICON)
        headers = {"Cache-Control": A_DAY, "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response(icon.body, headers=headers, media_type=icon.type)

    return router


def manifest(folder: Path = FOLDER) -> dict[str, dict[str, str]]:
    """What the manifest must say: each file's SHA-256, and where a vendored one came from."""
    names = [name for files in BUNDLES.values() for name in files]
    entries = {name: {"sha256": _sha256((folder / name).read_bytes())} for name in names}
    for name, source in VENDORED.items():
        entries[name]["source"] = source
    return dict(sorted(entries.items()))


def _bundle(folder: Path, bundle: str, files: tuple[str, ...], recorded: Mapping[str, str]) -> Asset:
    bodies = {name: (folder / name).read_bytes() for name in files}
    for name, body in bodies.items():
        if recorded.get(name) != _sha256(body):
            raise AssetTampered(f"{name} differs from {MANIFEST}; python -m services.console.assets records it")
    body = b"\n".join(bodies.values())
    stem, _, suffix = bundle.rpartition(".")
    name = f"{stem}.{_sha256(body)[:16]}.{suffix}"
    return Asset(name, body, gzip.compress(body, mtime=0), TYPES[f".{suffix}"])


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


if __name__ == "__main__":
    (FOLDER / MANIFEST).write_text(json.dumps(manifest(), indent=2) + "\n")
