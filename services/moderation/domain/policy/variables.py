"""What a rule may ask about an interaction: each variable with its CEL type, and how it is filled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel

from services.moderation.domain.judge.seat import SIGNALS, Opinion
from shared.events.ingest.parts import InteractionText

# Dotted names are variables of their own: a misspelt one is an error at save, with a caret under it.
VARIABLES: Mapping[str, Any] = {
    **{f"scores.{signal}": cel.Type.DOUBLE for signal in SIGNALS},
    "text": cel.Type.STRING,
    "language": cel.Type.STRING,
    "kind": cel.Type.STRING,
    "network": cel.Type.STRING,
    "visibility": cel.Type.STRING,
    "links": cel.Type.INT,
    "shouting": cel.Type.DOUBLE,
    "repeated": cel.Type.INT,
    "backfill": cel.Type.BOOL,
    "has_media": cel.Type.BOOL,
    "author.known": cel.Type.BOOL,
    "author.strikes": cel.Type.INT,
    "author.interactions": cel.Type.INT,
}


@dataclass(frozen=True, slots=True)
class Background:
    """What the store knows besides the text. `repeated`: how often the same was said to the brand lately;
    `interactions`: how many others this author addressed to the brand; `strikes`: how many a person took down."""

    repeated: int = 0
    interactions: int = 0
    strikes: int = 0


def facts(said: InteractionText, opinion: Opinion, background: Background) -> dict[str, Any]:
    """The values of `VARIABLES` for one revision."""
    found: dict[str, Any] = {f"scores.{signal}": float(score) for signal, score in opinion.scores.items()}
    found |= {
        "text": said.text,
        "language": opinion.language,
        "kind": said.kind,
        "network": said.place.network,
        "visibility": said.visibility,
        "links": opinion.links,
        "shouting": float(opinion.shouting),
        "repeated": background.repeated,
        "backfill": said.backfill,
        "has_media": bool(said.media),
        "author.known": background.interactions > 0,
        "author.strikes": background.strikes,
        "author.interactions": background.interactions,
    }
    return found
