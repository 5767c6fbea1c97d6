"""The house rules that every agency begins with. Mere criticism is never hidden by any of them."""

from shared.events.moderation.policy_changed import Rule

DEFAULTS_VERSION = 1

DEFAULTS: tuple[Rule, ...] = (
    Rule(name="threat", when="scores.threat >= 0.85", outcome="hide", open_case=True, severity=3),
    Rule(name="hate", when="scores.hate >= 0.85", outcome="hide", open_case=True, severity=3),
    Rule(
        name="insult-with-a-complaint",
        when="scores.insult >= 0.7 && scores.complaint >= 0.6",
        outcome="allow",
        open_case=True,
        suggest_reply="complaint",
        severity=2,
    ),
    Rule(name="insult", when="scores.insult >= 0.9", outcome="hide", open_case=True, severity=2),
    Rule(
        name="insult-again",
        when="scores.insult >= 0.7 && author.strikes >= 2",
        outcome="hide",
        open_case=True,
        severity=2,
    ),
    Rule(
        name="spam",
        when="scores.spam >= 0.85 && scores.complaint < 0.6 && (links > 0 || repeated >= 1)",
        outcome="hide",
    ),
    Rule(name="flood", when="repeated >= 3 && links > 0 && scores.complaint < 0.6", outcome="hide"),
    Rule(name="perhaps-a-threat", when="scores.threat >= 0.5", outcome="allow", open_case=True, severity=3),
    Rule(name="perhaps-hate", when="scores.hate >= 0.5", outcome="allow", open_case=True, severity=2),
    Rule(name="perhaps-an-insult", when="scores.insult >= 0.6", outcome="allow", open_case=True),
    Rule(
        name="perhaps-spam",
        when="scores.spam >= 0.8 && scores.complaint < 0.6 && !author.known",
        outcome="allow",
        open_case=True,
    ),
    Rule(
        name="urgent",
        when="scores.urgency >= 0.75 && (scores.complaint >= 0.5 || scores.question >= 0.5)",
        outcome="allow",
        suggest_reply="urgent",
    ),
    Rule(
        name="criticism-gets-an-answer",
        when="scores.complaint >= 0.5",
        outcome="allow",
        suggest_reply="complaint",
    ),
    Rule(name="question-gets-an-answer", when="scores.question >= 0.5", outcome="allow", suggest_reply="question"),
    Rule(name="thanks", when="scores.praise >= 0.6", outcome="allow", suggest_reply="thanks"),
)
