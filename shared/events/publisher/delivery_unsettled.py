"""Nobody knows yet whether a rendition went out."""

from shared.events.publisher.parts import DELIVERY_EXAMPLE, DeliveryFact


class DeliveryUnsettled(DeliveryFact):
    """The outcome is unknown (timeout, reset, 5xx, crash); looks at the network follow."""

    EXAMPLE = DELIVERY_EXAMPLE | {"why": "connection lost after the request was sent"}
