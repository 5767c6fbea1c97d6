"""`docs/events.md`: who says what to whom, drawn from the tree."""

from collections import defaultdict

from parvis.contracts.schemas import path
from parvis.contracts.tree import is_directory, readers, writers
from shared.events.catalogue import event_classes
from shared.events.event import Event
from shared.events.topics import ALL

HEAD = """# Events

Written by `make contracts` from `shared/events` and the handlers' names; do not edit.

Facts in the past tense, owned by the service that says them. CloudEvents 1.0 in Kafka's binary mode; the key is
`<brand>:<thread or aggregate>`; delivery is at least once, and each id derives from its cause.

"""


def text() -> str:
    """The whole page."""
    return HEAD + _flow() + _topics() + _events()


def _flow() -> str:
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for cls in event_classes():
        for reader in readers()[cls.__name__]:
            for writer in writers(cls):
                arrows[writer, reader].append(cls.__name__)
    lines = [f"  {source} -->|{'<br/>'.join(names)}| {target}" for (source, target), names in sorted(arrows.items())]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```", "", ""])


def _topics() -> str:
    rows = [f"| `{one.name}` | {'compacted' if one.compacted else f'{one.retention_days} d'} |" for one in ALL]
    return "\n".join(["## Topics", "", "| topic | kept |", "|---|---|", *rows, "", ""])


def _events() -> str:
    lines = ["## Facts", "", "| fact | topic | read by | contract |", "|---|---|---|---|"]
    lines += [_row(cls) for cls in event_classes()]
    return "\n".join([*lines, ""])


def _row(cls: type[Event]) -> str:
    summary = (cls.__doc__ or "").strip().split("\n", 1)[0]
    who = "every service" if is_directory(cls) else ", ".join(readers()[cls.__name__]) or "operators"
    contract = f"[schema](../contracts/{path(cls)})"
    return f"| **{cls.__name__}**: {summary} | `{cls.TOPIC.name}` | {who} | {contract} |"
