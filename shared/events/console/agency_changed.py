"""An agency's whole state."""

from shared.events.event import Event
from shared.events.topics import DIRECTORY


class AgencyChanged(Event):
    """An agency as it is now; the higher `seq` wins."""

    TOPIC = DIRECTORY
    EXAMPLE = {"agency_id": "ag-rivage", "name": "Agence Rivage", "seq": 1}

    agency_id: str
    name: str
    seq: int
    epoch: int = 0

    def owner_id(self) -> str:
        """The agency."""
        return self.agency_id

    def subject(self) -> str:
        """The agency."""
        return self.agency_id

    def key(self) -> str:
        """Compaction keeps one message an agency."""
        return f"agency:{self.agency_id}"

    def identity(self) -> tuple[str | int, ...]:
        """Its own number."""
        return (self.epoch, self.seq)
