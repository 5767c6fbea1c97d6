"""What a new look at an object means to ingest."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.memory import Fact, Look, Memory, observe
from shared.networks.capabilities import Author, Sighting

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def look(
    text: str = "Bonjour",
    *,
    kind: str = "created",
    cause: str = "raw/0/1",
    via: str = "webhook",
    after: float = 0,
    version: str = "",
    visibility: str = "public",
) -> Look:
    sighting = Sighting(kind, "c1", "p1", Author("a1"), text=text, version=version, visibility=visibility)  # type: ignore[arg-type]
    return Look(sighting, cause, via, NOON + timedelta(seconds=after))


def after(*looks: Look) -> tuple[Memory, list[list[Fact]]]:
    memory, stated = Memory(), []
    for one in looks:
        observed = observe(memory, one)
        memory = observed.memory
        stated.append(list(observed.facts))
    return memory, stated


def test_the_same_message_states_the_same_again_and_another_stays_silent() -> None:
    """A redelivery (a crash came between) produces again with the same number; a repeated webhook does not."""
    _, stated = after(look(), look(), look(cause="raw/0/2"))
    assert stated == [[Fact("received", 1, 1)], [Fact("received", 1, 1)], []]


def test_a_created_notice_of_a_known_object_is_never_an_edit() -> None:
    """Networks repeat the first notice, sometimes with today's text: nothing is revised by it."""
    memory, stated = after(look("Bonjour"), look("Bonsoir", cause="raw/0/2"))
    assert stated[1] == []
    assert memory.text == "Bonjour"


def test_a_notice_of_ids_alone_asks_what_they_say_and_states_nothing() -> None:
    """A known object is not read again for it, nor emptied by it; a deleted one stays deleted."""
    notice = look("", kind="noticed", cause="raw/0/9")
    assert (observe(Memory(), notice).facts, observe(Memory(), notice).read_again) == ((), True)
    known, _ = after(look("Bonjour"))
    assert (observe(known, notice).memory.text, observe(known, notice).read_again) == ("Bonjour", False)
    gone, _ = after(look("Bonjour"), look(kind="deleted", cause="raw/0/2"))
    assert not observe(gone, notice).read_again


def test_a_notice_of_a_new_version_asks_what_it_says_now() -> None:
    """Once: a version that was read is known."""
    known, _ = after(look("Bonjour", version="1"))
    notices = [look("", kind="noticed", version=version, cause="raw/0/9") for version in ("1", "2")]
    assert [observe(known, one).read_again for one in notices] == [False, True]


def test_an_edit_notice_with_another_text_raises_the_revision() -> None:
    """The same text again is no edit; another one is."""
    memory, stated = after(
        look("a"), look("a", kind="edited", cause="raw/0/2"), look("b", kind="edited", cause="raw/0/3", after=60)
    )
    assert stated[1:] == [[], [Fact("edited", 2, 2)]]
    assert memory.revision == 2


def test_a_poll_shows_an_edit_that_no_webhook_told() -> None:
    """Without the network's own version a differing text in a later poll is a revision."""
    _, stated = after(look("a"), look("b", via="poll", cause="raw/1/9", after=30))
    assert stated[1] == [Fact("edited", 2, 2)]


def test_a_poll_that_began_before_the_last_edit_does_not_turn_it_back() -> None:
    """The page was read before the edit came in: the object is read again instead."""
    memory, _ = after(look("a"), look("b", kind="edited", cause="raw/0/2", after=60))
    observed = observe(memory, look("a", via="poll", cause="raw/1/9", after=59))
    assert observed.facts == ()
    assert observed.read_again
    assert observed.memory.text == "b"


def test_a_version_never_seen_is_a_revision_and_a_seen_one_is_not() -> None:
    """Where the network has versions (Bluesky's cid), they decide about notices."""
    _, stated = after(
        look("a", version="v1"),
        look("b", version="v2", cause="raw/0/2", after=60),
        look("a", version="v1", cause="raw/0/3", after=61),
    )
    assert stated[1:] == [[Fact("edited", 2, 2)], []]


def test_two_edits_close_together_are_read_again() -> None:
    """Which came last is unclear: the network is asked."""
    memory, _ = after(look("a"), look("b", kind="edited", cause="raw/0/2", after=60))
    assert observe(memory, look("c", kind="edited", cause="raw/0/3", after=62)).read_again


def test_a_deletion_beats_all_and_comes_once() -> None:
    """It may overtake its own comment; what comes later changes nothing about it."""
    memory, stated = after(
        look(kind="deleted"),
        look("late", cause="raw/0/2"),
        look(kind="deleted", cause="raw/0/3"),
        look(kind="visibility", visibility="hidden", cause="raw/0/4"),
    )
    assert memory.deleted
    assert stated == [[Fact("deleted", 0, 0)], [Fact("received", 1, 1)], [], []]


def test_visibility_counts_sightings_of_its_own() -> None:
    """Each change is numbered; the same visibility again says nothing."""
    _, stated = after(
        look(),
        look(kind="visibility", visibility="hidden", cause="raw/0/2"),
        look(kind="visibility", visibility="hidden", cause="raw/0/3"),
        look(kind="visibility", visibility="public", cause="raw/0/4"),
    )
    assert stated[1:] == [[Fact("visibility", 2, 2)], [], [Fact("visibility", 3, 3)]]


KINDS = st.sampled_from(["created", "edited", "deleted", "visibility"])
LOOKS = st.lists(
    st.builds(
        lambda kind, text, via, visibility: (kind, text, via, visibility),
        KINDS,
        st.sampled_from("abc"),
        st.sampled_from(["webhook", "poll"]),
        st.sampled_from(["public", "hidden"]),
    ),
    max_size=8,
)


@given(LOOKS)
def test_redelivering_any_history_states_nothing_new(history: list[tuple[str, str, str, str]]) -> None:
    """Whatever came, delivering all of it once more states only what was stated before."""
    looks = [
        look(text, kind=kind, via=via, visibility=visibility, cause=f"raw/0/{n}", after=n * 60)
        for n, (kind, text, via, visibility) in enumerate(history)
    ]
    memory, stated = after(*looks)
    known = {fact for facts in stated for fact in facts}
    for one in looks:
        observed = observe(memory, one)
        assert set(observed.facts) <= known
        assert observed.memory == memory


def test_an_edit_of_what_nobody_knew_only_asks_for_it() -> None:
    """The notice does not say when it was said: it may be years old, and nothing old is acted on by rule."""
    observed = observe(Memory(), look("b", kind="edited"))
    assert (observed.facts, observed.read_again) == ((), True)


def test_another_picture_under_the_same_text_is_a_revision() -> None:
    """The network's own mark says that something changed, though no word did."""
    _, stated = after(
        look("a", via="poll", version="v1"), look("a", via="poll", version="v2", cause="raw/0/2", after=30)
    )
    assert stated[1] == [Fact("edited", 2, 2)]


def test_a_mark_that_changes_at_every_look_is_no_edit_for_ever() -> None:
    """Some feeds date each entry anew whenever they are fetched: after a while only the text counts."""
    looks = [look("a", via="poll", version=f"v{n}", cause=f"raw/0/{n}", after=n * 60) for n in range(60)]
    memory, stated = after(*looks)
    assert memory.revision == 20
    assert stated[-1] == []


def test_what_is_remembered_of_an_object_does_not_grow_for_ever() -> None:
    """Hidden and shown a thousand times: only the latest causes are kept, and they still state what they caused."""
    looks = [
        look(kind="visibility", visibility=("hidden", "public")[n % 2], cause=f"raw/0/{n + 2}", after=n)
        for n in range(1000)
    ]
    memory, stated = after(look(), *looks)
    assert len(memory.causes) <= 100
    assert observe(memory, looks[-1]).facts == tuple(stated[-1])
