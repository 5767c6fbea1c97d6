"""A person must say whether a rendition went out."""

from shared.events.publisher.parts import DELIVERY_EXAMPLE, DeliveryFact


class DeliveryStranded(DeliveryFact):
    """Looks did not settle the outcome; the network is shown and a person says."""

    EXAMPLE = DELIVERY_EXAMPLE | {"why": "the network cannot be searched"}
