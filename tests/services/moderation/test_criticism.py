"""Mere criticism is never hidden by itself: angry, unjust, in capitals, repeated, but aimed at what we do."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.moderation.domain.judge.lexicon import LexiconJudge
from services.moderation.domain.judge.seat import Question
from services.moderation.domain.policy.compiled import Policy
from services.moderation.domain.policy.defaults import DEFAULTS
from services.moderation.domain.policy.variables import Background, facts
from shared.events.ingest.interaction_received import InteractionReceived

OPENINGS = (
    "Bonjour,", "Franchement", "Non mais", "C'est une honte !", "Je suis furieuse :", "INADMISSIBLE,", "Putain,", "",
    "Seriously,", "Hello,", "This is unacceptable.", "I'm so angry,", "What the hell,", "Wow,",
)  # fmt: skip
GRIEVANCES = (
    "trois semaines que j'attends ma commande et toujours rien", "votre service client est nul",
    "vous êtes des voleurs", "la livraison est une catastrophe", "vos vendeurs sont désagréables",
    "vous êtes nuls", "c'est de l'arnaque pure et simple", "vous vous moquez du monde", "la qualité est minable",
    "vous êtes incapables de répondre à un mail", "bande d'incapables",
    "quelle bande de clowns, rendez-moi mon argent",
    "c'est de la merde votre appli", "votre entreprise détruit la planète", "vous mentez à vos clients",
    "vous êtes ridicules et lamentables", "plus jamais chez vous", "je vais porter plainte", "je boycotte votre marque",
    "le livreur a jeté mon colis par-dessus le portail", "vos prix sont du vol", "menteurs, voleurs, incapables",
    "your customer service is a joke", "you are thieves", "you guys are pathetic", "this is the worst company ever",
    "still waiting for my refund after two months", "you lied to me", "the app crashes and nobody answers",
    "your product is garbage", "bunch of scammers", "you should be ashamed", "I will never buy from you again",
    "this is bullshit, I want my money back", "your staff was rude and useless", "liars, crooks and cowards",
    "I hate this update", "shame on you, greedy company", "terrible service",
    "stop exploiting your workers", "worst airline, lost my bag",
)  # fmt: skip
CLOSINGS = (
    "",
    ".",
    "!!!",
    "?!",
    " Remboursez !",
    " HONTE À VOUS",
    " Answer me now!",
    " 😡😡",
    " 🤬",
    " #arnaque",
    " @vous",
)


def complaint(opening: str, grievances: list[str], closing: str, shout: bool) -> str:
    text = f"{opening} {', '.join(grievances)}{closing}"
    return text.upper() if shout else text


complaints = st.builds(
    complaint,
    st.sampled_from(OPENINGS),
    st.lists(st.sampled_from(GRIEVANCES), min_size=1, max_size=5),
    st.sampled_from(CLOSINGS),
    st.booleans(),
)
ANSWERED = {"criticism-gets-an-answer", "urgent", "insult-with-a-complaint", "perhaps-an-insult"}
POLICY = Policy(DEFAULTS, 1)


def outcome(judge: LexiconJudge, text: str, **background: int) -> tuple[str, str, Any]:
    """What the shipped rules make of it."""
    said = InteractionReceived.example().model_copy(update={"text": text})
    opinion = judge.judge([Question(text, ("fr", "en"))])[0]
    ruling = POLICY.rule_on(facts(said, opinion, Background(**background)))
    assert ruling.failed == ()
    return (ruling.rule.outcome if ruling.rule else "allow"), (ruling.rule.name if ruling.rule else ""), opinion


@given(text=complaints, strikes=st.integers(0, 5), repeated=st.integers(0, 9))
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_criticism_is_never_hidden(judge: LexiconJudge, text: str, strikes: int, repeated: int) -> None:
    """However many grievances, however loud, whoever says it and however often."""
    what, rule, opinion = outcome(judge, text, strikes=strikes, repeated=repeated)
    assert what == "allow", (rule, dict(opinion.scores), opinion.reasons)


@pytest.mark.parametrize("grievance", GRIEVANCES)
def test_each_grievance_alone_gets_an_answer_or_a_person(judge: LexiconJudge, grievance: str) -> None:
    """Nothing that is wrong with us is overlooked either."""
    what, rule, opinion = outcome(judge, grievance)
    assert what == "allow"
    assert rule in ANSWERED, (rule, opinion)


def test_an_insulted_team_sees_the_complaint_inside(judge: LexiconJudge) -> None:
    """A grave insult beside a real grievance goes to a person, unhidden, with an answer suggested."""
    what, rule, _ = outcome(judge, "Connards, toujours pas livré après trois semaines, remboursez !")
    assert (what, rule) == ("allow", "insult-with-a-complaint")
