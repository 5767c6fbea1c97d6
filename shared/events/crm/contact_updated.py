"""Another system says something else of a contact."""

from shared.events.crm.parts import CONTACT_EXAMPLE, ContactFact


class ContactUpdated(ContactFact):
    """Its name, address, note or labels changed, or an author is no longer linked with it."""

    EXAMPLE = CONTACT_EXAMPLE
