"""LinkedIn's names of things: a post is a share, and has an activity by which its comments know it."""

import re

ACTIVITY = re.compile(r"urn:li:activity:(\d+)")


def activity(root_id: str) -> str:
    """A post's other name, by which its comments know it."""
    return f"urn:li:activity:{int(root_id.rpartition(':')[2]) + 1}"


def root_of(urn: str) -> str:
    """The id of the post that an activity is of; any other URN as it is."""
    found = ACTIVITY.fullmatch(urn)
    return f"urn:li:share:{int(found[1]) - 1}" if found else urn


def comment_id(root_id: str, number: int) -> str:
    return f"urn:li:comment:({activity(root_id)},{number})"
