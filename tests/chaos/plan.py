"""What a run does, and when: the same seed kills the same programs at the same moments."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SERVICES = ("ingest", "moderation", "insights", "publisher", "campaigns", "crm", "console")
ENGINES = ("kafka", "mongo")
QUIET = 3.0  # seconds at the beginning without a kill
APART = 7.0  # seconds between two kills of one service: a shorter life is restarted with a longer pause
FIRST_ENGINE = 0.6  # of the storm: before that services die while both engines are there
EVERY_ENGINE_DIES = 150.0  # seconds; in a shorter storm each dies once


@dataclass(frozen=True, slots=True)
class Kill:
    """`victim` is killed `at` seconds after the storm began; an engine with `frozen` is stopped for so many seconds
    instead, and goes on where it was."""

    at: float
    victim: str
    frozen: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A storm of `seconds`. `duplicates` is the share of webhooks that come twice though they were answered, `dropped`
    of what is created and then answered by a cut line. Each engine is `frozen` once for so many seconds, where asked.
    For `churn` seconds a second replica of every service joins and leaves, one of them every 5 s.

    A `relentless` killer strikes again as soon as the victim is back, rather than at moments chosen beforehand. The
    checks that are `broken` need not hold for all to be settled.
    """

    seed: int = 1
    seconds: float = 60.0
    brands: int = 12
    interactions: int = 5_000
    mentions: int = 120
    posts: int = 200
    replies: int = 60
    decisions: int = 60
    edits: int = 60
    deletions: int = 40
    duplicates: float = 0.05
    dropped: float = 0.0
    frozen: float = 0.0
    churn: float = 0.0
    kills: int = 20
    victims: tuple[str, ...] = SERVICES
    relentless: bool = False
    engines: tuple[str, ...] = ENGINES
    patience: float = 120.0
    broken: tuple[str, ...] = ()

    def all_kills(self) -> list[Kill]:
        """Services at random moments, evenly over the storm; towards its end each engine in its turn."""
        dice = random.Random(self.seed)
        span = self.seconds - QUIET
        found: list[Kill] = []
        died: dict[str, float] = {}
        for number in range(self.kills):
            at = QUIET + span * (number + dice.random()) / self.kills
            victim = _victim(dice, self.victims, died, at)
            died[victim] = at
            found.append(Kill(at, victim))
        times = max(1, round(self.seconds / EVERY_ENGINE_DIES))
        for number, engine in enumerate(self.engines * times):
            turn, place = divmod(number, len(self.engines))
            share = FIRST_ENGINE + (1 - FIRST_ENGINE) * place / len(self.engines)
            found.append(Kill(QUIET + span * (turn + share) / times, engine))
        if self.frozen:
            found += [
                Kill(self.seconds + self.frozen * 1.5 * n, one, self.frozen) for n, one in enumerate(self.engines)
            ]
        return sorted(found, key=lambda kill: kill.at)


def _victim(dice: random.Random, victims: Sequence[str], died: Mapping[str, float], at: float) -> str:
    """Any service that has lived for a while; where all died just now, the one that has lived longest."""
    settled = [name for name in victims if at - died.get(name, -APART) >= APART]
    return dice.choice(settled) if settled else min(victims, key=lambda name: died[name])
