"""A message as it waits here: raw bytes, and the little that its headers say without being decoded."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.bus.envelope import Cause, decode_headers


@dataclass(slots=True, eq=False)
class Message:
    """One record of a topic. `order` names what must not overtake another; `settled`: needs no more work;
    `few`: how many go together at most after an unclean end (0: as many as wait)."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, bytes | None]
    timestamp_ms: int
    type: str = ""
    brand: str = ""
    order: Hashable = None
    epoch: int = 0
    few: int = 0
    settled: bool = False
    replayed: bool = False

    @classmethod
    def of(cls, record: Any) -> "Message":
        """From the client's record."""
        headers = dict(record.headers)  # unlike its pairs, it is nothing that the garbage collector follows
        return cls(
            record.topic,
            record.partition,
            record.offset,
            record.key,
            record.value,
            headers,
            record.timestamp,
            _told(headers, "ce_type"),
            _told(headers, "ce_brandid"),
        )

    @property
    def id(self) -> str:
        """The fact's own id."""
        return _told(self.headers, "ce_id")

    @property
    def traceparent(self) -> str:
        """The trace that it belongs to, if any."""
        return _told(self.headers, "ce_traceparent")

    @property
    def place(self) -> tuple[str, int]:
        """Topic and partition."""
        return self.topic, self.partition

    @property
    def is_tombstone(self) -> bool:
        """It erases its key from a compacted topic and says nothing else: for whoever reads such a topic whole."""
        return self.value is None and not self.type

    @property
    def size(self) -> int:
        """Bytes of key and value."""
        return len(self.key or b"") + len(self.value or b"")

    def cause(self) -> Cause:
        """The envelope. Raises `Reject`."""
        cause = decode_headers(
            self.headers,
            topic=self.topic,
            partition=self.partition,
            offset=self.offset,
            timestamp_ms=self.timestamp_ms,
        )
        return cause._replace(replayed_from=cause.replayed_from or cause.time) if self.replayed else cause


def _told(headers: Mapping[str, bytes | None], name: str) -> str:
    return (headers.get(name) or b"").decode(errors="replace")
