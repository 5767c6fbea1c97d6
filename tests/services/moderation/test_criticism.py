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
# The verbs and turns of threats and insults, as customers use them every day.
EVERYDAY = (
    "je vais vous régler demain par virement", "on va vous trouver une solution", "je vais la trouver en magasin ?",
    "je vous attends demain", "est-ce que vous allez payer les frais de retour ?",
    "quand est-ce que vous allez me payer ?", "tu vas mourir de rire", "je sais où vous êtes situés, merci",
    "vendez-vous de la mort aux rats ?", "I'll find your shop tomorrow", "you need to pay for shipping",
    "I know where your shop is", "I got your address from a friend", "on va crever de chaud",
    "c'est une espèce de crêpe bretonne, j'adore", "la pauvre fille attendait votre livreur",
    "je vais vous payer par carte", "nous allons vous régler la facture ce soir",
    "je vais les finir ce soir, vos chocolats", "on va vous retrouver au salon samedi",
    "je vais te trouver un cadeau chez eux", "je vous attends devant le magasin", "qui va payer la livraison ?",
    "vous allez regretter mon départ", "on va mourir de faim en attendant votre livreur",
    "mon téléphone est mort au bout de deux jours", "je sais où se trouve votre boutique",
    "j'ai votre adresse, j'arrive", "votre famille va bien ?", "on va se revoir bientôt !",
    "il faut couper les étiquettes ?", "vous allez voir comment c'est beau", "je vais le descendre à la cave",
    "je crève d'envie de goûter", "une espèce de sac en toile pour votre fille",
    "le pauvre type de la caisse vous attendait", "on va crever de froid dans votre magasin",
    "I'll get you a coffee next time", "we will find you on the map", "you will pay for shipping, right?",
    "I know where you are located", "I'm going to burn these candles tonight", "I'll shoot you an email",
    "they will burn for hours", "you need to pay the deposit", "please hang up and call me back",
    "I found your address online", "your dead sea scrub is lovely", "I'll end my subscription",
    "we'll beat your price", "you'll find out tomorrow", "you'll die laughing", "I'll find you a better one",
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


@given(
    said=st.lists(st.sampled_from(EVERYDAY), min_size=1, max_size=4),
    closing=st.sampled_from(CLOSINGS),
    shout=st.booleans(),
    strikes=st.integers(0, 5),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_said_every_day_is_never_hidden(
    judge: LexiconJudge, said: list[str], closing: str, shout: bool, strikes: int
) -> None:
    """However many such sentences stand together, and whoever says them."""
    what, rule, opinion = outcome(judge, complaint("Bonjour,", said, closing, shout), strikes=strikes)
    assert what == "allow", (rule, dict(opinion.scores), opinion.reasons)


@pytest.mark.parametrize("sentence", EVERYDAY)
def test_an_everyday_sentence_asks_for_no_moderator(judge: LexiconJudge, sentence: str) -> None:
    """Who pays, delivers, asks the way or dies of laughing is neither hidden nor taken to a case."""
    what, rule, opinion = outcome(judge, sentence, strikes=5, repeated=9)
    assert what == "allow", (rule, opinion)
    assert not rule.startswith("perhaps-"), (rule, opinion)


def test_an_insulted_team_sees_the_complaint_inside(judge: LexiconJudge) -> None:
    """A grave insult beside a real grievance goes to a person, unhidden, with an answer suggested."""
    what, rule, _ = outcome(judge, "Connards, toujours pas livré après trois semaines, remboursez !")
    assert (what, rule) == ("allow", "insult-with-a-complaint")
