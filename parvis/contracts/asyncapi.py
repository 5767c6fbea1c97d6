"""One AsyncAPI 3 document for all services: a channel a topic, a message an event, an operation a reader or writer."""

from typing import Any

from parvis.contracts.schemas import schema
from parvis.contracts.tree import is_directory, owner, readers, writers
from shared.events import topics
from shared.events.catalogue import event_classes
from shared.events.event import Event

SERVICES = {
    "ingest": "What happened out there, exactly once, nothing missing.",
    "moderation": "What may stay, what a person must see.",
    "insights": "What it means: how much, in which mood, by whom, and when a crisis begins.",
    "publisher": "What goes out, when, and that it goes out once.",
    "campaigns": "Who is addressed, at what cost, and what worked.",
    "crm": "What other systems learn, and what they tell us.",
    "console": "Who may do what, and who is told.",
}


def document() -> dict[str, Any]:
    """The document, ready to be written."""
    classes = event_classes()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parvis events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in Kafka's binary mode. Delivery is at least once; ids derive from causes.",
            "license": {"name": "Apache-2.0"},
            "tags": [{"name": name, "description": text} for name, text in SERVICES.items()],
        },
        "defaultContentType": "application/json",
        "channels": {_channel_id(topic): _channel(topic, classes) for topic in topics.ALL},
        "operations": _operations(classes),
        "components": {"messages": {cls.__name__: _message(cls) for cls in classes}},
    }


def _channel_id(topic: topics.Topic) -> str:
    """AsyncAPI takes no dots there."""
    return topic.name.replace(".", "_")


def _lanes(cls: type[Event], topic: topics.Topic) -> bool:
    return topic == cls.TOPIC or topic.name.startswith(f"{cls.TOPIC.name}.")


def _channel(topic: topics.Topic, classes: tuple[type[Event], ...]) -> dict[str, Any]:
    kept = "compacted" if topic.compacted else f"kept {topic.retention_days} days"
    return {
        "address": topic.name,
        "description": f"Key `<brand>:<thread or aggregate>`; {kept}.",
        "messages": {
            cls.__name__: {"$ref": f"#/components/messages/{cls.__name__}"} for cls in classes if _lanes(cls, topic)
        },
        "bindings": {"kafka": {"topic": topic.name, "bindingVersion": "0.5.0"}},
        "tags": [{"name": topic.owner}],
    }


def _message(cls: type[Event]) -> dict[str, Any]:
    body = schema(cls)
    examples = [{"payload": one} for one in body.pop("examples")]
    return {
        "name": cls.type_name(),
        "title": cls.__name__,
        "summary": (cls.__doc__ or "").strip().split("\n", 1)[0],
        "contentType": "application/json",
        "payload": {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": body},
        "examples": examples,
        "tags": [{"name": owner(cls)}],
    }


def _operations(classes: tuple[type[Event], ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for cls in classes:
        found |= {f"{one}States{cls.__name__}": _operation("send", one, cls) for one in writers(cls)}
        services = tuple(SERVICES) if is_directory(cls) else readers()[cls.__name__]
        for service in services:
            found[f"{service}Reads{cls.__name__}"] = _operation("receive", service, cls)
    return found


def _operation(action: str, service: str, cls: type[Event]) -> dict[str, Any]:
    channel = f"#/channels/{_channel_id(cls.TOPIC)}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{cls.__name__}"}],
        "tags": [{"name": service}],
    }
