"""What may happen to a post, and who may make it happen."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.publisher.domain.delivery import ENDED
from shared.errors import Conflict, Forbidden

MOVING = frozenset({"claimed", "sending", "unknown", "stranded"})
EDITABLE = frozenset({"draft", "waiting", "approved", "scheduled", "failed", "late"})
SCHEDULABLE = frozenset({"approved", "scheduled", "late", "failed"})
CANCELLABLE = frozenset({"draft", "waiting", "approved", "scheduled", "late", "failed"})
LEAVING = frozenset({"scheduled", "late", "failed"})
Post = Mapping[str, Any]


def edited_state(post: Post) -> str:
    """The state after its text changed: an approval given before is void. Raises `Conflict` once it goes out."""
    _require(post, EDITABLE, "it is already going out")
    return "draft"


def submitted_state(post: Post, approval: str) -> str:
    """Waiting for a second person, or approved where the brand asks for none."""
    _require(post, frozenset({"draft"}), "only a draft is submitted")
    return "approved" if approval == "none" else "waiting"


def may_approve(post: Post, person: str, approval: str) -> None:
    """Raises `Forbidden` for who wrote it where a second person is asked for, `Conflict` where nothing waits."""
    _require(post, frozenset({"waiting"}), "nothing waits for approval")
    if approval != "none" and person in (post["author"], post.get("edited_by")):
        raise Forbidden("you cannot approve your own post; ask a colleague")


def may_schedule(post: Post) -> None:
    """Raises `Conflict` where it is not approved, or already going out."""
    _require(post, SCHEDULABLE, "it is not approved")


def leaves_when_moved(post: Post) -> bool:
    """Whether another time makes it leave then; of what nobody has scheduled yet only the plan moves.

    Raises `Conflict` once it goes out, and where it was taken back.
    """
    _require(post, EDITABLE, "it has no other time any more")
    return post["state"] in LEAVING


def may_cancel(post: Post) -> None:
    """Raises `Conflict` once it goes out."""
    _require(post, CANCELLABLE, "it is already going out")


def state_of(deliveries: Sequence[Mapping[str, Any]]) -> str:
    """The state of a post some of whose deliveries have ended or are late; `late` only while nothing is under way."""
    states = {one["state"] for one in deliveries}
    if states <= ENDED:
        return "published" if "confirmed" in states else "failed"
    return "late" if "late" in states and not states & MOVING else "going_out"


def _require(post: Post, states: frozenset[str], why: str) -> None:
    if post["state"] not in states:
        raise Conflict(dict(post), f"the post is {post['state']}: {why}")
