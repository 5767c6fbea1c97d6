"""What the networks' codes say about renditions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from shared.networks.capabilities import Coded, Finding, Media, Rendition

Settings = Callable[[str], Mapping[str, Any]]


def findings(rendition: Mapping[str, Any], networks: Mapping[str, Any], settings: Settings) -> Sequence[Finding]:
    """Errors and warnings about one rendition; none where the network has no codes. `settings` gives a channel's."""
    network = networks.get(rendition["network"])
    if not isinstance(network, Coded):
        return ()
    media = tuple(Media(one["url"], one.get("type", ""), one.get("alt", "")) for one in rendition.get("media", []))
    draft = Rendition(rendition["text"], rendition.get("title", ""), rendition.get("link", ""), media)
    return network.check(draft, "post", settings(rendition["channel_id"]))


def blocking(
    renditions: Sequence[Mapping[str, Any]], networks: Mapping[str, Any], settings: Settings
) -> list[dict[str, Any]]:
    """The errors that keep a post from leaving, each with its channel."""
    return [
        {"channel_id": one["channel_id"], **asdict(finding)}
        for one in renditions
        for finding in findings(one, networks, settings)
        if finding.level == "error"
    ]
