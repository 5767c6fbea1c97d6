"""What people say to brands, in French and English: the same seed says the same things."""

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

MIX: Mapping[str, float] = {
    "question": 22, "praise": 18, "complaint": 17, "chat": 14, "assist": 6, "agree": 5, "disagree": 4,
    "spam": 5, "insult": 4, "abuse": 3, "shouting": 2,
}  # fmt: skip
ANSWERS = frozenset({"agree", "disagree", "assist"})
DISGUISED = re.compile(r"\[\[(.+?)\]\]")
SLOT = re.compile(r"\{(\w+)\}")
LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "u": "v", "é": "3", "t": "7"})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said. `mood` is what the generator meant, for comparing with what a judge finds."""

    mood: str
    language: str
    author: str
    text: str


@cache
def phrases(language: str) -> Mapping[str, Any]:
    text = files("parvis.simulator").joinpath(f"phrases_{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class Traffic:
    """An endless conversation. `mix` are weights by mood; a mood left out is not heard. Raises ValueError."""

    def __init__(self, seed: int, mix: Mapping[str, float] | None = None) -> None:
        self._random = random.Random(seed)
        self.mix = dict(mix or MIX)
        if unknown := self.mix.keys() - MIX.keys():
            raise ValueError(f"no such mood: {', '.join(sorted(unknown))}; there are {', '.join(MIX)}")
        if not any(self.mix.values()):
            raise ValueError("a mix needs a mood with some weight")

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def choose(self, things: Sequence[Any]) -> Any:
        return self._random.choice(things)

    def line(self, sector: str, languages: Sequence[str], other: str = "") -> Line:
        """Something new, or an answer to `other`, whom an answering mood may name."""
        language = self.choose(languages)
        mood = self._random.choices(list(self.mix), list(self.mix.values()))[0]
        if mood in ANSWERS and not other:
            mood = "chat"
        author = self.choose([name for name in phrases(language)["people"] if name != other])
        return Line(mood, language, author, self._text(mood, language, sector, other))

    def announcement(self, sector: str, language: str) -> str:
        """What a brand posts."""
        chosen = self.choose(self._fitting("announce", language, sector))
        return self._filled(chosen.removeprefix("~"), language, sector, "")

    def _text(self, mood: str, language: str, sector: str, other: str) -> str:
        source = "complaint" if mood == "shouting" else mood
        trade = phrases(language)["sector"].get(sector, {})
        own = trade.get(source, ())
        # half of what is said is about this very trade, where there are words for it
        chosen = self.choose(own if own and self.chance(0.5) else self._fitting(source, language, sector))
        text = self._filled(chosen.removeprefix("~"), language, sector, other)
        return f"{text.upper().rstrip(' .!?')} !!!" if mood == "shouting" else text

    def _fitting(self, source: str, language: str, sector: str) -> Sequence[str]:
        """Without what only makes sense where things are sold, for a trade that sells none."""
        words = phrases(language)
        service = words["sector"].get(sector, {}).get("service", False)
        return [one for one in words[source] if not (service and one.startswith("~"))]

    def _filled(self, template: str, language: str, sector: str, other: str) -> str:
        words = phrases(language)
        own = words["sector"].get(sector) or words["sector"]["store"]

        def fill(slot: re.Match[str]) -> str:
            if slot[1] == "other":
                return other.split(" ", maxsplit=1)[0] or self.choose(words["people"]).split(" ")[0]
            if slot[1] == "number":
                return str(self._random.randint(100, 999))
            return str(self.choose(own[slot[1]] if slot[1] in own else words[slot[1]]))

        text = SLOT.sub(fill, template)
        text = DISGUISED.sub(lambda word: self._disguised(word[1]), text)
        return re.sub(r"(^|(?<=[.!?] ))(?!http)([a-zà-ÿ])", lambda letter: letter[2].upper(), text)

    def _disguised(self, word: str) -> str:
        """Insults come plain, in leet, spaced out or drawn out."""
        way = self._random.random()
        if way < 0.55:
            return word
        if way < 0.8:
            return word.translate(LEET)
        if way < 0.92:
            return " ".join(word.replace(" ", ""))
        return re.sub(r"([aeiouy])(?=\w*$)", lambda vowel: vowel[1] * 4, word, count=1)
