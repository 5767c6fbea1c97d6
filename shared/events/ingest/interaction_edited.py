"""An author changed their text."""

from shared.events.ingest.parts import AUTHOR_EXAMPLE, PLACE_EXAMPLE, InteractionText


class InteractionEdited(InteractionText):
    """The text of an interaction changed; `revision` is higher than any before."""

    EXAMPLE = {
        "brand_id": "br-kerlann",
        "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
        "place": PLACE_EXAMPLE,
        "kind": "comment",
        "author": AUTHOR_EXAMPLE,
        "text": "Commande passée le 9, reçue ce matin. Merci !",
        "language": "fr",
        "said_at": "2026-11-25T09:00:00Z",
        "seen_at": "2026-11-25T09:04:10Z",
        "revision": 2,
        "sighting": 2,
        "via": "poll",
    }
