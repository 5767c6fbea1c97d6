"""A person addressed the brand."""

from shared.events.ingest.parts import AUTHOR_EXAMPLE, PLACE_EXAMPLE, InteractionText


class InteractionReceived(InteractionText):
    """A person (or the brand's own account) said something on a channel, seen for the first time."""

    EXAMPLE = {
        "brand_id": "br-kerlann",
        "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
        "place": PLACE_EXAMPLE,
        "kind": "comment",
        "author": AUTHOR_EXAMPLE,
        "text": "Commande passée le 9, toujours rien. J'attends Noël ?",
        "language": "fr",
        "said_at": "2026-11-25T09:00:00Z",
        "seen_at": "2026-11-25T09:00:00.400Z",
        "revision": 1,
        "sighting": 1,
    }
