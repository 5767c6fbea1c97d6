"""Which facts console reads, and what handles each."""

from services.console.handlers import (
    on_action_failed,
    on_action_taken,
    on_action_unsettled,
    on_budget_exhausted,
    on_campaign_changed,
    on_campaign_ended,
    on_campaign_paused,
    on_campaign_started,
    on_case_claimed,
    on_case_closed,
    on_case_decided,
    on_case_escalated,
    on_case_opened,
    on_case_released,
    on_channel_measured,
    on_channel_token_ending,
    on_channel_token_lost,
    on_channel_token_renewed,
    on_contact_linked,
    on_contact_updated,
    on_crisis_eased,
    on_crisis_suspected,
    on_data_erased,
    on_data_exported,
    on_decision_reversed,
    on_delivery_confirmed,
    on_delivery_failed,
    on_delivery_stranded,
    on_delivery_unsettled,
    on_endpoint_changed,
    on_erasure_asked,
    on_experiment_concluded,
    on_export_asked,
    on_hour_counted,
    on_interaction_deleted,
    on_interaction_edited,
    on_interaction_judged,
    on_interaction_received,
    on_interaction_visibility_changed,
    on_opt_out_changed,
    on_person_changed,
    on_person_erasure_asked,
    on_post_approved,
    on_post_cancelled,
    on_post_changed,
    on_post_drafted,
    on_post_published,
    on_post_scheduled,
    on_spend_measured,
    on_webhook_attempted,
)
from services.console.resources import Resources
from shared.bus.consumer import Lane
from shared.bus.handler import Handler, bind
from shared.bus.lingering import Lingers
from shared.events.ingest.interaction_received import InteractionReceived
from shared.events.topics import (
    ACTIONS,
    CAMPAIGNS,
    CONTACTS,
    ENDPOINTS,
    INTERACTIONS,
    METRICS,
    PEOPLE,
    POSTS,
    REQUESTS,
    SERIES,
    SIGNALS,
    VERDICTS,
)

LANES = (
    Lane(VERDICTS),
    Lane(POSTS),
    Lane(ACTIONS),
    Lane(METRICS, 0.1),
    Lane(SIGNALS),
    Lane(CAMPAIGNS),
    Lane(SERIES, 0.3),
    Lane(PEOPLE, 0.1),
    Lane(CONTACTS, 0.1),
    Lane(ENDPOINTS, 0.1),
    Lane(REQUESTS, 0.1),
)
ITEMS = (
    on_interaction_deleted,
    on_interaction_visibility_changed,
    on_case_opened,
    on_case_claimed,
    on_case_closed,
    on_case_released,
    on_case_escalated,
    on_case_decided,
    on_decision_reversed,
    on_action_unsettled,
)
ACTION_ENDS = (on_action_taken, on_action_failed)
POST_FACTS = (
    on_post_drafted,
    on_post_changed,
    on_post_approved,
    on_post_scheduled,
    on_post_cancelled,
    on_post_published,
)
DELIVERY_DOUBTS = (on_delivery_unsettled, on_delivery_stranded)
WEBHOOK_FACTS = (on_endpoint_changed, on_webhook_attempted)
CAMPAIGN_FACTS = (
    on_campaign_changed,
    on_campaign_started,
    on_campaign_paused,
    on_campaign_ended,
    on_budget_exhausted,
)
FIGURES = (on_spend_measured, on_experiment_concluded)
CONTACT_FACTS = (on_contact_linked, on_contact_updated)
CRISIS_FACTS = (on_crisis_suspected, on_crisis_eased)
ARRIVALS = (on_interaction_received, on_interaction_judged)


def lanes(console: Resources) -> list[Lane]:
    """What console reads. A first text waits for its verdict, which brings it too: so most items are written once."""
    waits = Lingers(InteractionReceived, console.settings.text_waits_seconds, console.arrivals.known)
    return [Lane(INTERACTIONS, lingers=waits), *LANES]


def handlers(console: Resources) -> list[Handler]:
    """Every handler with what it works on."""
    floor, causes = console.floor, console.alerting.causes
    return [
        *(bind(module.handle_batch, arrivals=console.arrivals, directory=floor.directory) for module in ARRIVALS),
        bind(on_interaction_edited.handle_batch, inbox=console.inbox, directory=floor.directory),
        *(bind(module.handle_batch, inbox=console.inbox) for module in ITEMS),
        *(bind(module.handle_batch, inbox=console.inbox, audit=console.audit) for module in ACTION_ENDS),
        *(bind(module.handle_batch, posts=console.posts) for module in POST_FACTS),
        *(bind(module.handle_batch, posts=console.posts, causes=causes) for module in DELIVERY_DOUBTS),
        bind(on_delivery_confirmed.handle_batch, posts=console.posts, audit=console.audit),
        bind(on_delivery_failed.handle_batch, posts=console.posts, audit=console.audit, causes=causes),
        *(bind(module.handle_batch, webhooks=console.webhooks) for module in WEBHOOK_FACTS),
        *(bind(module.handle_batch, campaigns=console.campaigns) for module in (*CAMPAIGN_FACTS, *FIGURES)),
        *(bind(module.handle_batch, contacts=console.contacts) for module in CONTACT_FACTS),
        bind(on_channel_token_renewed.handle, directory=console.directory, clock=floor.clock),
        *(
            bind(module.handle, directory=console.directory, clock=floor.clock, causes=causes)
            for module in (on_channel_token_ending, on_channel_token_lost)
        ),
        bind(on_hour_counted.handle_batch, series=console.series),
        *(bind(module.handle_batch, signals=console.signals, causes=causes) for module in CRISIS_FACTS),
        bind(on_erasure_asked.handle, tenants=console.tenants, requests=console.requests),
        bind(on_export_asked.handle, tenants=console.tenants),
        *(bind(module.handle, requests=console.requests) for module in (on_data_erased, on_data_exported)),
        *(bind(module.handle_batch, people=console.people) for module in (on_person_changed, on_opt_out_changed)),
        bind(on_person_erasure_asked.handle, persons=console.persons, erasures=console.erasures),
        bind(
            on_channel_measured.handle_batch,
            measures=console.measures,
            directory=console.directory,
            clock=floor.clock,
        ),
    ]
