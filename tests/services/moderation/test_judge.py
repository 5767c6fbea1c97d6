"""What the first judge hears in a text, through disguise and context, in two languages."""

import pytest

from services.moderation.domain.judge.lexicon import LexiconJudge
from services.moderation.domain.judge.seat import SIGNALS, Opinion, Question

GRAVE = 0.85


def hears(judge: LexiconJudge, text: str, *languages: str) -> Opinion:
    return judge.judge([Question(text, languages)])[0]


@pytest.mark.parametrize(
    "text",
    [
        "Espèce de connard",
        "CONNARD !!!",
        "c0nn4rd",
        "c o n n a r d",
        "c.o.n.n.a.r.d",
        "connnnaaaard",
        "c*nnard",
        "con\u200bnard",
        "ｃｏｎｎａｒｄ",
        "соnnаrd",
        "\u202econnard\u202c",
        "va te faire  enculer",
        "FILS DE PUTE",
        "you are a fucking asshole",
        "f**k you",
        "a55hole",
        "b i t c h",
        "Fuuuuuck you",
        "conn€rd",
        "_connard_",
        "#sale_connard",
        "Pauvre fille, tu es nulle",
        "Espèce de grosse merde, rends-moi mon argent",
        "Allez vous faire foutre, ce magasin est nul",
        "𝖋𝖚𝖈𝖐 𝖞𝖔𝖚",
    ],
)
def test_insults_are_heard_through_disguise(judge: LexiconJudge, text: str) -> None:
    """Leet, spaced, stretched, masked, invisible, look-alike or fancy letters change nothing."""
    assert hears(judge, text).scores["insult"] >= GRAVE, hears(judge, text)


@pytest.mark.parametrize(
    "text",
    [
        "Je vais te tuer",
        "On sait où tu habites",
        "Crève sale chien",
        "I will find you and kill you",
        "kill yourself",
        "I know where you live",
        "Je vais te retrouver",
        "Tu vas me le payer",
        "Vous allez tous crever",
        "Va crever",
        "Mort aux flics",
        "Je vais vous régler votre compte",
        "We know where your kids sleep",
        "I'll find you",
    ],
)
def test_threats_are_heard(judge: LexiconJudge, text: str) -> None:
    """To a life or a home."""
    assert hears(judge, text).scores["threat"] >= GRAVE


@pytest.mark.parametrize(
    "text",
    ["Sale arabe", "Les juifs sont des rats", "Dehors les noirs", "All muslims are terrorists", "dirty foreigners"],
)
def test_hate_is_heard(judge: LexiconJudge, text: str) -> None:
    """A group together with contempt, exclusion or violence."""
    assert hears(judge, text).scores["hate"] >= GRAVE


@pytest.mark.parametrize(
    "text",
    [
        "Les arabes et les juifs sont nos voisins, et nous les aimons",
        "Je suis musulmane et fière de l'être",
        "My gay friends love your shop",
        "Black women are leading this project",
        "Merci pour votre collection pour femmes rondes",
        "Trans rights are human rights",
    ],
)
def test_naming_a_group_is_no_hate(judge: LexiconJudge, text: str) -> None:
    """Identity words alone say nothing."""
    opinion = hears(judge, text)
    assert max(opinion.scores[signal] for signal in ("hate", "insult", "threat")) < 0.5, opinion


@pytest.mark.parametrize(
    "text",
    [
        "Votre livreur m'a traité de connard",
        "He called me an idiot in front of everyone",
        "Je suis trop conne, j'ai oublié le code",
        "I'm such an idiot, I forgot the code",
        "Vous n'êtes pas des abrutis, je le sais",
        'Il a dit "connard" et il est parti',
    ],
)
def test_reported_denied_or_said_of_oneself_is_not_an_insult_to_us(judge: LexiconJudge, text: str) -> None:
    """Structure weighs as much as words."""
    assert hears(judge, text).scores["insult"] < 0.5, hears(judge, text)


@pytest.mark.parametrize(
    "text",
    [
        "Mon colis a du retard",
        "Ma fille fait du patin, quelle taille prendre ?",
        "Putain 3 semaines que j'attends",
        "C'est de la merde votre appli",
        "The assistant was in Scunthorpe on Saturday",
        "I need a con artist costume for a class party",
        "Le chien a mangé la notice",
        "Je meurs d'envie de la commander",
        "La sauce est à tomber, une tuerie",
        "That dress is killing it",
    ],
)
def test_innocent_words_stay_innocent(judge: LexiconJudge, text: str) -> None:
    """Words inside words, images and swearing at the weather hide nobody."""
    opinion = hears(judge, text)
    assert max(opinion.scores[signal] for signal in ("hate", "insult", "threat")) < 0.6, opinion


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Commande passée le 9, toujours rien reçu", "complaint"),
        ("Terrible customer service, still no refund", "complaint"),
        ("Vous ouvrez à quelle heure le dimanche ?", "question"),
        ("Do you ship to Ireland", "question"),
        ("Merci, vous êtes géniaux", "praise"),
        ("Absolutely love it, great job", "praise"),
        ("URGENT mon bébé a une réaction allergique", "urgency"),
        ("My account was hacked, help", "urgency"),
        ("Gagnez 500 € par jour, contactez-moi sur WhatsApp", "spam"),
        ("Check out my new channel please", "spam"),
        ("putain de bordel", "profanity"),
    ],
)
def test_each_signal_is_heard(judge: LexiconJudge, text: str, signal: str) -> None:
    """What is to be answered is heard as well as what is to be hidden."""
    assert hears(judge, text).scores[signal] >= 0.5, hears(judge, text)


@pytest.mark.parametrize(
    "text", ["Espèce de CØNNARD", "t’es qu’un c o n n a r d", "Œuvre de connnaaard !", "ﬁls de pute 🖕"]
)
def test_the_words_that_spoke_are_the_authors_own(judge: LexiconJudge, text: str) -> None:
    """A reason's span points into the text as it was written, so that a page can mark it."""
    opinion = hears(judge, text, "fr")
    assert any(reason.signal == "insult" for reason in opinion.reasons)
    for reason in opinion.reasons:
        start, end = reason.span
        assert text[start:end] == reason.words
        assert reason.words.strip()


def test_a_quoted_word_does_not_hide_the_same_word_meant(judge: LexiconJudge) -> None:
    """What is said twice is heard where it counts most."""
    assert hears(judge, 'Il a dit "ta gueule" hier, et moi je vous dis ta gueule').scores["insult"] >= GRAVE
    assert hears(judge, 'Il a dit "ta gueule" hier').scores["insult"] < 0.5


def test_likening_somebody_else_to_an_insult_is_one(judge: LexiconJudge) -> None:
    """Only "I look like" is said of oneself; "you look like" is not."""
    assert hears(judge, "you look like an idiot").scores["insult"] >= 0.7
    assert hears(judge, "I look like an idiot").scores["insult"] < 0.5
    assert hears(judge, "m€rde").scores["profanity"] >= 0.5


def test_an_insult_is_not_aimed_by_its_own_words(judge: LexiconJudge) -> None:
    """« Sale » in what is said of a thing is no address."""
    text = "la semaine du déménagement on avait acheté cette sale merde au marché du coin"
    assert hears(judge, text).scores["insult"] < 0.9


def test_language_is_told_with_the_channels_own_as_a_prior(judge: LexiconJudge) -> None:
    """A short text is taken for the channel's language; a longer one speaks for itself."""
    assert hears(judge, "super", "fr").language == "fr"
    assert hears(judge, "super", "de").language == "de"
    assert hears(judge, "Where is my order, it should have arrived last week", "fr").language == "en"
    assert hears(judge, "Danke schön für die schnelle Lieferung", "fr").language == "de"
    assert hears(judge, "👍").language == ""


def test_words_of_another_language_are_left_alone(judge: LexiconJudge) -> None:
    """Spanish « con », German « Bad », English « retard » and French « retard » are not the same."""
    for text in ("Un café con leche para mi por favor", "Le train a du retard encore ce matin", "Bring the chat bite"):
        assert hears(judge, text).scores["insult"] < 0.5, hears(judge, text)


def test_links_and_shouting_are_measured(judge: LexiconJudge) -> None:
    """A link however it is written; capitals as a share of the letters of a text that has some."""
    assert hears(judge, "voir https://exemple.fr et www.autre.com").links == 2
    assert hears(judge, "bonjour. merci").links == 0
    assert hears(judge, "RENDEZ MOI MON ARGENT").shouting == 1.0
    assert hears(judge, "OK merci").shouting == 0.0


@pytest.mark.parametrize("text", ["", " ", "👍", "\x00", "a" * 100_000, "((((" * 2000, "e\u0301" * 3000, "🖕" * 500])
def test_any_text_is_judged(judge: LexiconJudge, text: str) -> None:
    """Nothing that a network carries stops the judge."""
    opinion = hears(judge, text)
    assert set(opinion.scores) == set(SIGNALS)
    assert all(0 <= score <= 1 for score in opinion.scores.values())
