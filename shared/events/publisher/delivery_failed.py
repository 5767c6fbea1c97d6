"""A network refused a rendition."""

from shared.events.publisher.parts import DELIVERY_EXAMPLE, DeliveryFact


class DeliveryFailed(DeliveryFact):
    """A definitive refusal; a person may edit and schedule again. `code` is the network's own."""

    EXAMPLE = DELIVERY_EXAMPLE | {"why": "too long", "code": "400"}

    code: str = ""
