"""A rendition is on its network."""

from shared.events.publisher.parts import DELIVERY_EXAMPLE, DeliveryFact


class DeliveryConfirmed(DeliveryFact):
    """The network has it: `remote_id` is its own id there."""

    EXAMPLE = DELIVERY_EXAMPLE | {"remote_id": "1029_77", "url": "https://facebook.example/1029_77"}

    remote_id: str
    url: str = ""
