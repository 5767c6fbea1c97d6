"""What every event of the catalogue is: a frozen model that knows its topic, key, subject and derived id."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, WithJsonSchema

from shared.events.ids import derive
from shared.events.topics import Topic

TYPE_PREFIX = "io.parvis"
# Written as RFC 3339 has it, UTC with a Z; what contracts say of the written form is what they have always said.
Moment = Annotated[AwareDatetime, WithJsonSchema({"type": "string"}, mode="serialization")]


@cache
def _type_name(kind: "type[Event]") -> str:
    return f"{TYPE_PREFIX}.{kind.TOPIC.owner}.{kind.__name__}.v{kind.VERSION}"


class Part(BaseModel):
    """A structure inside an event's body. Writers are strict; `Event.read` is tolerant all the way down."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Part):
    """A fact in the past tense. Subclasses name their topic, and say in `identity` what makes the fact unique."""

    TOPIC: ClassVar[Topic]
    VERSION: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]]

    @classmethod
    def type_name(cls) -> str:
        """CloudEvents `type`: `io.parvis.<owner>.<Event>.v<N>`."""
        return _type_name(cls)

    @classmethod
    def read(cls, value: bytes) -> Self:
        """The body of a message; fields that this reader does not know are ignored. Raises `ValidationError`."""
        return cls.model_validate_json(value, extra="ignore")

    @classmethod
    def example(cls) -> Self:
        """The example that contracts, documents and tests share."""
        return cls.model_validate(cls.EXAMPLE)

    def write(self) -> bytes:
        """The body as JSON."""
        return self.model_dump_json(exclude_none=True).encode()

    def owner_id(self) -> str:
        """The brand (or, for an agency's own facts, the agency) that key, header and body must all name."""
        raise NotImplementedError(type(self).__name__)

    def subject(self) -> str:
        """The aggregate's id."""
        raise NotImplementedError(type(self).__name__)

    def ordering(self) -> str:
        """What stays together on a partition: the thread, or the aggregate itself."""
        return self.subject()

    def identity(self) -> tuple[str | int, ...]:
        """What, besides type and subject, tells this fact from another of its kind (its number, its cause)."""
        raise NotImplementedError(type(self).__name__)

    def topic(self) -> Topic:
        """Where this very event goes; lanes of one stream (overflow, backfill) override it."""
        return self.TOPIC

    def key(self) -> str:
        """The Kafka key `<brand>:<thread or aggregate>`."""
        return f"{self.owner_id()}:{self.ordering()}"

    def attributes(self) -> Mapping[str, str]:
        """CloudEvents attributes of its own, told as headers too: by them a reader passes over what is not for it."""
        return {}

    def event_id(self) -> str:
        """CloudEvents `id`: the same cause always yields the same id."""
        return derive(self.type_name(), self.subject(), *self.identity())


class BrandEvent(Event):
    """A fact about one brand. `epoch` counts the store's restores: numbers compare as (epoch, number)."""

    brand_id: str
    epoch: int = 0

    def owner_id(self) -> str:
        """The brand."""
        return self.brand_id
