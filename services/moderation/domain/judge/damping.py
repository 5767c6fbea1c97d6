"""How much a match counts, by what stands around it: negated, reported, said of oneself, aimed at somebody or not."""

import re

from services.moderation.domain.judge.matching import Match

HARMFUL = frozenset({"insult", "threat", "hate"})
LOOK_BACK = 40
NEAR = 32
NEGATED = re.compile(
    r"\b(?:pas|jamais|aucun(?:e)?|ni|sans|non|not|never|no|isn'?t|aren'?t|wasn'?t|don'?t|didn'?t|won'?t|nobody is)"
    r"\s+(?:(?:un|une|des|de|d'|que|vraiment|si|a|an|the|all|being|call(?:ing)?|you|such|as|traiter?|la|le|les)\s+){0,3}$"
)
REPORTED = re.compile(
    r"\b(?:(?:m'|t'|l'|nous |vous |les |me |se (?:fait|faire|sont|faisait) )?\s?"
    r"(?:a|ont|as|avez|est|fait|fais|faire)?\s?traite(?:e|es|s|r|nt)?s? (?:[\w' ]{0,14})?(?:de|d')"
    r"|insulte(?:e|r|s)? (?:de|d')|appele(?:e|r|s)? (?:[\w ]{0,8})"
    r"|(?:call(?:ed|s|ing)?|labell?ed|named|being) (?:me|us|him|her|them|people|someone|my \w+|your \w+)"
    r"|(?:told|tells|telling|said to|screamed at|yelled at) (?:me|us|her|him|my \w+)(?: to)?)"
    r"\s*(?:an?|the|une?|des|de|la|le|les|\"|')?\s*$"
)
OF_ONESELF = re.compile(
    r"\b(?:je (?:suis|me sens|passe pour)|j'? ?suis|chui|chuis|me prend(?:s|re)? pour|prises? pour"
    r"|i'?m|i am|im|i feel|i felt|i was|makes? me(?: feel)?"
    r"|(?:i|me|myself)(?: (?:must|just|really|always|totally|now|do|did|can|will))?"
    r" (?:look|sound|seem|act|feel|felt)(?:ed|ing)? like)"
    r"\s+(?:(?:un|une|des|de|trop|vraiment|bien|a|an|the|such|so|like|just|vrai|really|total|gros|sale)\s+){0,3}$"
)
ADDRESSED = re.compile(
    r"\b(?:tu|toi|t|te|vous|vos|votre|ton|ta|tes|you|u|ur|your|yours|you're|youre|ya|y'?all|yall|espece|bande|bunch"
    r"|sale|sales|va|vas|allez|quel(?:le)?|quels|what an?)\b|@\w"
)
# Of an entry's own words only these address somebody: "va" or "sale" in it say nothing of whom it is for.
SECOND_PERSON = re.compile(
    r"\b(?:tu|toi|t|te|vous|vos|votre|ton|ta|tes|you|u|ur|your|yours|youre|ya|yall|espece|bande)\b"
)
QUOTES = frozenset('"«»“”„')


def share(text: str, match: Match) -> float:
    """The part (0 to 1) of its weight that a match keeps."""
    signal = match.entry.signal
    before = text[max(0, match.start - LOOK_BACK) : match.start]
    if signal == "praise":
        return 0.2 if NEGATED.search(before) else 1.0
    if signal not in HARMFUL:
        return 1.0
    return _told(text, match, before) * _aim(text, match)


def _told(text: str, match: Match, before: str) -> float:
    if REPORTED.search(before):
        return 0.3
    if NEGATED.search(before):
        return 0.35
    if OF_ONESELF.search(before):
        return 0.2
    return 0.45 if _quoted(text, match) else 1.0


def _quoted(text: str, match: Match) -> bool:
    before, after = text[: match.start].rstrip()[-1:], text[match.end :].lstrip(" .,!?")[:1]
    return before in QUOTES and after in QUOTES


def _aim(text: str, match: Match) -> float:
    """Insults count in full where somebody is addressed nearby, or where they are nearly all that is said."""
    if match.entry.signal != "insult":
        return 1.0
    alone = len(text) - (match.end - match.start) <= 12
    if alone or _addressed(text, match):
        return 1.0
    return 0.3 if match.entry.aimed else 0.9


def _addressed(text: str, match: Match) -> bool:
    return bool(
        ADDRESSED.search(text, max(0, match.start - NEAR), match.start)
        or ADDRESSED.search(text, match.end, match.end + NEAR)
        or SECOND_PERSON.search(text, match.start, match.end)
    )
