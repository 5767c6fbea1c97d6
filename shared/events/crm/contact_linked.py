"""A person on a network is somebody whom another system knows."""

from shared.events.crm.parts import CONTACT_EXAMPLE, ContactFact


class ContactLinked(ContactFact):
    """The contact is now linked with further authors: `linked`."""

    EXAMPLE = CONTACT_EXAMPLE | {"linked": ["0b8f0b0e-52a3-5d6c-9a43-0c6d5f2f7a10"]}

    linked: list[str]
