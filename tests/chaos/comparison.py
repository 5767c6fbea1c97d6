"""Set arithmetic between what stands on the networks, what was asked for, and what Parvis says."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.chaos.network import Comment, Network
from tests.chaos.storm import Done
from tests.chaos.testimony import Testimony
from tests.chaos.town import NETWORKS

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """`among` were looked at; `wrong` are those for which `claim` does not hold, with what is wrong about each."""

    name: str
    claim: str
    among: int
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Nothing is wrong, and there was something to look at."""
        return not self.wrong and self.among > 0

    def __str__(self) -> str:
        return f"{self.name}: {len(self.wrong)} of {self.among} wrong {list(self.wrong[:SHOWN])}"


def compare(network: Network, done: Done, told: Testimony) -> list[Check]:
    """Every check; the order is that of a comment's way through the house."""
    comments = network.comments
    standing = {key: one for key, one in comments.items() if not one.deleted}
    counts = _to_count(network, told)
    return [
        _check("answered", "every webhook ends with a 2xx", [network.calls], _unanswered(network)),
        _check("in the inbox", "every comment stands there as on its network", comments, _inbox(comments, told)),
        _check("nothing else", "the inbox shows no comment that nobody made", told.items, _made_up(comments, told)),
        _check("judged", "the text that stands was judged", standing, _unjudged(standing, told)),
        _check("one verdict", "no revision has two different verdicts", told.verdicts, _two_verdicts(told)),
        _check("hidden", "hidden is what is to be hidden, nothing else", standing, _hidden(standing, done, told)),
        _check("acted once", "nothing is hidden or shown twice", network.hides, _acted_twice(network)),
        _check("counted once", "the dashboards say how many there are", counts, _counted(counts, told)),
        _check("posted once", "every post stands once on each network", done.posts, _posts(network, done)),
        _check("answered once", "every reply stands once", done.replies, _replies(network, done)),
        _check("told", "a CRM hears of each post that is out, and of no other", done.posts, _told(told)),
        _check("settled", "no delivery is still under way", told.deliveries, _unsettled(told)),
        _check("nothing set aside", "an outage poisons no message", told.set_aside, _aside(told)),
    ]


def _check(name: str, claim: str, among: Iterable[object], wrong: Iterable[str]) -> Check:
    return Check(name, claim, len(list(among)), tuple(wrong))


def _unanswered(network: Network) -> Iterable[str]:
    if network.unanswered or network.given_up:
        yield f"{network.unanswered} not answered yet, {network.given_up} given up"


def _inbox(comments: Mapping[str, Comment], told: Testimony) -> Iterable[str]:
    for key, comment in comments.items():
        item = told.items.get(key)
        if item is None or not ("text_no" in item or item.get("deleted")):
            yield f"{key} lost"
        elif comment.deleted != bool(item.get("deleted")):
            yield f"{key} {'still there' if comment.deleted else 'deleted'}"
        elif not comment.deleted and item["text"] != comment.text:
            yield f"{key} reads {item['text'][:40]!r}, not {comment.text[:40]!r}"


def _made_up(comments: Mapping[str, Comment], told: Testimony) -> Iterable[str]:
    return (key for key, item in told.items.items() if not item.get("author_is_brand") and key not in comments)


def _unjudged(standing: Mapping[str, Comment], told: Testimony) -> Iterable[str]:
    for key in standing:
        item, verdict = told.items.get(key, {}), told.newest.get(key)
        if verdict is None:
            yield f"{key} has no verdict"
        elif verdict.revision != item.get("revision"):
            yield f"{key}: revision {item.get('revision')}, verdict on {verdict.revision}"
        elif item.get("verdict", {}).get("revision") != verdict.revision:
            yield f"{key}: the inbox does not know the verdict"


def _two_verdicts(told: Testimony) -> Iterable[str]:
    return (f"{key}: {sorted(found)}" for key, found in told.verdicts.items() if len(found) > 1)


def _hidden(standing: Mapping[str, Comment], done: Done, told: Testimony) -> Iterable[str]:
    for key, comment in standing.items():
        verdict = told.newest.get(key)
        if verdict is None or verdict.wish == "keep":
            wanted = comment.hidden if verdict and comment.external_id in done.edited else False
        else:
            wanted = verdict.wish == "hide"
        wanted = wanted or comment.external_id in done.decisions
        if comment.hidden != wanted:
            yield f"{key} is {'hidden' if comment.hidden else 'shown'}"


def _acted_twice(network: Network) -> Iterable[str]:
    """What is shown again after an edit was hidden before; never more often."""
    for key, hides in network.hides.items():
        if hides > 1 + network.shows[key] or network.shows[key] > 1:
            yield f"{key}: hidden {hides} times, shown {network.shows[key]} times"


def _to_count(network: Network, told: Testimony) -> Counter[tuple[str, str]]:
    """What the dashboards of every brand must say: what people said, what of it was judged, and as what."""
    said = Counter((comment.brand_id, "said") for comment in network.comments.values())
    verdicts = [told.newest[key] for key in network.comments if key in told.newest]
    judged = Counter((one.brand_id, "judged") for one in verdicts)
    return said + judged + Counter((one.brand_id, one.outcome) for one in verdicts)


def _counted(wanted: Counter[tuple[str, str]], told: Testimony) -> Iterable[str]:
    for (brand_id, word), times in wanted.items():
        if told.counted[brand_id, word] != times:
            yield f"{brand_id} {word}: {times} there, {told.counted[brand_id, word]} counted"


def _posts(network: Network, done: Done) -> Iterable[str]:
    for post in done.posts:
        for name in NETWORKS:
            times = network.spoken[post.brand.accounts[name]["id"], post.text]
            if times != 1:
                yield f"{post.post_id} stands {times} times on {name}"


def _replies(network: Network, done: Done) -> Iterable[str]:
    for reply in done.replies:
        times = network.spoken[reply.brand.accounts["facebook"]["id"], reply.text]
        if times != 1:
            yield f"the reply to {reply.to} stands {times} times"


def _told(told: Testimony) -> Iterable[str]:
    for event_id in told.published ^ told.told:
        yield f"{event_id} was {'not told' if event_id in told.published else 'made up'}"


def _unsettled(told: Testimony) -> Iterable[str]:
    return (f"{row['_id']} is {row['state']}: {row['why']}" for row in told.deliveries if row["state"] != "confirmed")


def _aside(told: Testimony) -> Iterable[str]:
    return (f"{service}: {what}" for service, rows in told.set_aside.items() for what in rows)
