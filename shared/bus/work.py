"""A batch on its way to its handler, and what stands around it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.bus.brake import Brake
from shared.bus.envelope import Received
from shared.bus.handler import Handler
from shared.bus.message import Message
from shared.bus.parking import Parking
from shared.bus.producer import Producer
from shared.bus.progress import Progress
from shared.errors import Reject
from shared.mongo.database import Database


@dataclass(slots=True)
class Work:
    """A batch of one class on its way to its handler. `row` is the parked row that a lone message comes from."""

    handler: Handler
    messages: Sequence[Message]
    received: list[Received[Any]] = field(default_factory=list)
    row: dict[str, Any] | None = None


@dataclass(slots=True)
class Surroundings:
    """What the steps need; one per consumer."""

    group: str
    database: Database
    producer: Producer
    parking: Parking
    brake: Brake
    progress: Progress


class Undecodable(Exception):
    """These messages of the batch can never be read; the others have not been tried yet."""

    def __init__(self, found: list[tuple[Message, Reject]]) -> None:
        super().__init__(f"{len(found)} undecodable")
        self.found = found
