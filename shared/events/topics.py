"""The topics: who owns each stream, and how long it is kept (names are `<owner>.<stream>.v1`)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A Kafka topic. `retention_days` is ignored where the topic is `compacted` (kept by key, null erases).

    On an `answered` one every service says its answers.
    """

    name: str
    retention_days: int = 14
    compacted: bool = False
    answered: bool = False

    @property
    def owner(self) -> str:
        """The service that alone writes here (on an `answered` one: that asks here)."""
        return self.name.split(".", 1)[0]


RAW = Topic("ingest.raw.v1", retention_days=3)
RAW_OVERFLOW = Topic("ingest.raw.v1.overflow", retention_days=3)
RAW_BACKFILL = Topic("ingest.raw.v1.backfill", retention_days=3)
UNROUTED = Topic("ingest.unrouted.v1", retention_days=3)
INTERACTIONS = Topic("ingest.interactions.v1", retention_days=7)
METRICS = Topic("ingest.metrics.v1")
VERDICTS = Topic("moderation.verdicts.v1", retention_days=7)
POSTS = Topic("publisher.posts.v1")
ACTIONS = Topic("publisher.actions.v1")
SERIES = Topic("insights.series.v1")
PEOPLE = Topic("insights.people.v1")
SIGNALS = Topic("insights.signals.v1")
CAMPAIGNS = Topic("campaigns.campaigns.v1")
CONTACTS = Topic("crm.contacts.v1")
ENDPOINTS = Topic("crm.endpoints.v1")
REQUESTS = Topic("console.requests.v1", retention_days=30, answered=True)
DIRECTORY = Topic("console.directory.v1", compacted=True)

ALL: tuple[Topic, ...] = (
    RAW,
    RAW_OVERFLOW,
    RAW_BACKFILL,
    UNROUTED,
    INTERACTIONS,
    METRICS,
    VERDICTS,
    POSTS,
    ACTIONS,
    SERIES,
    PEOPLE,
    SIGNALS,
    CAMPAIGNS,
    CONTACTS,
    ENDPOINTS,
    REQUESTS,
    DIRECTORY,
)
