"""What is said in the story, to whom and on which network: the same seed says the same."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from parvis.simulator.brands import DemoBrand
from parvis.simulator.traffic import Traffic

Part = Literal["talk", "question", "insult", "complaint", "mended", "regretted"]
# Trolls have their own lines: what is talked about besides draws no moderation by itself.
TALK = {"praise": 30, "chat": 24, "complaint": 20, "assist": 10, "agree": 8, "disagree": 8}
TALKED = 12
NETWORKS = ("facebook", "mastodon")
REAL = ("wordpress", "bluesky")
ON_REAL_NETWORKS = "Bonjour, est-ce que vous ouvrez samedi matin ?"
# Two brands, beside what happens to all, see somebody think again.
TURNS: Mapping[int, tuple[Part, ...]] = {1: ("mended",), 3: ("regretted",)}
AUTHORS: Mapping[str, tuple[str, ...]] = {
    "fr": ("Camille Leroy", "Youssef Benali", "Aminata Diallo", "Gérard Lemoine", "Zoé Delmas", "Rachid Amrani"),
    "en": ("Tom Whitaker", "Priya Nair", "Grace Holloway", "Kofi Mensah", "Niamh Doyle", "Ben Salter"),
}
LINES: Mapping[str, Mapping[Part, str]] = {
    "fr": {
        "insult": "Bande de connards, abrutis finis, allez crever.",
        "complaint": "Trois semaines d'attente et toujours rien, je suis vraiment très déçue de vous.",
        "mended": "Vous êtes vraiment une bande de connards.",
        "regretted": "Je retire ce que j'ai dit tout à l'heure.",
    },
    "en": {
        "insult": "You lying bastards, you absolute wankers, go and die.",
        "complaint": "Three weeks of waiting and still nothing, I am really disappointed in you.",
        "mended": "You are a bunch of lying bastards.",
        "regretted": "I take back what I said earlier.",
    },
}
APOLOGY = {
    "fr": "Pardon pour mes mots. Pourriez-vous me rappeler au sujet de ma commande ?",
    "en": "Sorry for my words. Could you call me back about my order, please?",
}
ANSWERS = {
    "fr": "Bonjour {name}, merci pour votre question : l'équipe vous répond en détail aujourd'hui même.",
    "en": "Hello {name}, thanks for asking: the team will write to you with the details today.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a person says under the brand's post; `part` is the part it plays in the story."""

    brand_id: str
    network: str
    part: Part
    language: str
    author: str
    text: str

    @property
    def answer(self) -> str:
        """What a member of the agency answers."""
        return ANSWERS[self.language].format(name=self.author.split(" ", maxsplit=1)[0])


def script(brands: Iterable[DemoBrand], seed: int, real: Mapping[str, str] | None = None) -> list[Said]:
    """About seventeen a brand, on both networks, in the order in which they are said.

    `real` names brands that are on a real network too.
    """
    said = [one for place, brand in enumerate(brands) for one in _of(brand, place, seed)]
    for brand, network in (real or {}).items():
        said.append(Said(brand, network, "question", "fr", "Solène Le Goff", ON_REAL_NETWORKS))
    random.Random(seed).shuffle(said)
    return said


def _of(brand: DemoBrand, place: int, seed: int) -> Iterator[Said]:
    yield from _talk(brand, Traffic(seed * 100 + place, TALK))
    questions = Traffic(seed * 100 + place, {"question": 1})
    for network in NETWORKS:
        asked = questions.line(brand.sector, brand.languages)
        yield Said(brand.slug, network, "question", asked.language, asked.author, asked.text)
    parts: list[Part] = ["insult", "complaint", *TURNS.get(place, ("insult",))]
    for number, part in enumerate(parts):
        yield _line(brand, part, number)


def _talk(brand: DemoBrand, traffic: Traffic) -> Iterator[Said]:
    before = ""
    for number in range(TALKED):
        line = traffic.line(brand.sector, brand.languages, before)
        yield Said(brand.slug, NETWORKS[number % 3 == 2], "talk", line.language, line.author, line.text)
        before = line.author


def _line(brand: DemoBrand, part: Part, number: int) -> Said:
    """Facebook, where a brand can hide what stands on its page."""
    language = max(brand.languages, key=brand.languages.count)
    author = AUTHORS[language][number % len(AUTHORS[language])]
    return Said(brand.slug, "facebook", part, language, author, LINES[language][part])
