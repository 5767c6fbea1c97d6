"""What callers of `/api/v1` send and get, shown in its OpenAPI document."""

from fastapi.openapi.models import Example
from pydantic import JsonValue

from shared.events.ingest.parts import AUTHOR_EXAMPLE, PLACE_EXAMPLE

Shown = dict[str, JsonValue]

RENDITIONS: JsonValue = [
    {"channel_id": "ch-kerlann-fb", "network": "facebook", "text": "La vareuse revient en bleu."},
]
DRAFT: Shown = {"title": "La vareuse revient", "renditions": RENDITIONS}
CHECK: Shown = {"renditions": RENDITIONS}
CHECKED: Shown = {"value": [{"channel_id": "ch-kerlann-fb", "findings": []}]}
REPLY: Shown = {
    "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
    "text": "Bonjour Hélène, votre colis part ce soir.",
    "reply_id": "r-2210-1",
}
SETTLEMENT: Shown = {
    "outcome": "confirmed",
    "remote_id": "1029_2214",
    "url": "https://facebook.example/kerlann/posts/1029",
    "why": "seen on the page",
}
DECISION: Shown = {"revision": 1, "decision": "hide", "reason": "insult"}
RULES: Shown = {
    "version": 9,
    "rules": [{"name": "insult", "when": "scores.insult >= 0.8", "outcome": "hide", "open_case": True}],
}
CASE_ACTS: dict[str, Example] = {
    "decide": {"value": DECISION},
    "escalate": {"value": {"to": "duty lead", "why": "threat to staff"}},
    "claim": {"value": {}},
    "release": {"value": {}},
    "undo": {"value": {}},
}
POST_ACTS: dict[str, Example] = {
    "schedule": {"value": {"local": "2026-11-25T18:30"}},
    "reschedule": {"value": {"local": "2026-11-27T09:00"}},
    "cancel": {"value": {"why": "the shop is closed that day"}},
    "submit": {"value": {}},
    "approve": {"value": {}},
    "send": {"value": {}},
}
CASE: Shown = {
    "case_id": "5a2d9f60-7e0f-5f6e-9c55-0a5c7d0e1b02",
    "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
    "revision": 1,
    "seq": 2,
    "state": "deciding",
    "decision": "hide",
    "decided_by": "ines",
    "leaves_at": "2026-11-25T09:05:08+00:00",
    "updated_at": "2026-11-25T09:05:00+00:00",
}
DELIVERY: Shown = {
    "delivery_id": "c2d9f4de-3b1a-5d61-8e0c-2f6b6d1a7b02",
    "channel_id": "ch-kerlann-fb",
    "network": "facebook",
    "state": "confirmed",
    "url": "https://facebook.example/kerlann/posts/1029",
    "attempts": 1,
    "seq": 1,
}
POST: Shown = {
    **DRAFT,
    "post_id": "8e6f1f0a-90d1-4f55-8d57-0a7a1d1b0c01",
    "seq": 4,
    "state": "published",
    "timezone": "Europe/Paris",
    "author": "ines",
    "approved_by": "tom",
    "due_at": "2026-11-25T17:30:00+00:00",
    "deliveries": [DELIVERY],
}
ACTION: Shown = {
    "action_id": "f2b8a2b1-1c58-5f2e-8c9f-50f1f1a0a903",
    "action": "reply",
    "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
    "text": "Bonjour Hélène, votre colis part ce soir.",
    "state": "wanted",
    "person": "ines",
    "seq": 0,
    "updated_at": "2026-11-25T09:05:09+00:00",
}
INTERACTION: Shown = {
    "interaction_id": "b3b6f5b4-6a8e-5c5f-8d0f-1f1f5c0a7e21",
    "deleted": False,
    "text": "Commande passée le 9, toujours rien.",
    "revision": 1,
    "author": {**AUTHOR_EXAMPLE},
    "author_is_brand": False,
    "kind": "comment",
    "network": "facebook",
    "channel_id": "ch-kerlann-fb",
    "thread_id": "7f0c1a52-5d0f-5b0e-8b59-0d7c9a3a1c11",
    "external_id": "1029_2210",
    "place": {**PLACE_EXAMPLE},
    "visibility": "public",
    "backfill": False,
    "said_at": "2026-11-25T09:04:51+00:00",
    "seen_at": "2026-11-25T09:04:53+00:00",
    "state": "to_answer",
    "verdict": {"outcome": "allow", "rule": "", "scores": {"complaint": 0.7}},
    "answered_at": None,
    "case": None,
    "replies": [],
    "actions": [],
}
SUMS: Shown = {
    "came_in": 412,
    "judged": 412,
    "hidden": 9,
    "answered": 120,
    "held_for_a_person": 14,
    "published": 6,
    "failed": 0,
    "unsettled": 0,
}
SUMMARY: Shown = {
    "brands": {
        "br-kerlann": {**SUMS, "name": "Kerlann", "last_24_hours": {"came_in": 88, "judged": 88, "answered": 26}},
    },
    "all": SUMS,
}
AGENCY: Shown = {"id": "ag-rivage", "name": "Agence Rivage", "second_for_spend": False, "seq": 1}
BRAND: Shown = {
    "id": "br-kerlann",
    "brand_id": "br-kerlann",
    "agency_id": "ag-rivage",
    "name": "Kerlann",
    "timezone": "Europe/Paris",
    "approval": "one",
    "active": True,
    "seq": 1,
}
CHANNEL: Shown = {
    "id": "ch-kerlann-fb",
    "channel_id": "ch-kerlann-fb",
    "brand_id": "br-kerlann",
    "network": "facebook",
    "account_id": "1029",
    "name": "Kerlann",
    "base_url": "https://graph.facebook.com",
    "status": "active",
    "generation": 1,
    "seq": 1,
}
MEMBER: Shown = {"login": "ines@rivage.example", "name": "Inès B.", "roles": {"br-kerlann": "admin"}, "operator": False}
CONTACT: Shown = {
    "name": "Hélène Riou",
    "url": "https://crm.example/contacts/C-20871",
    "country": "FR",
    "city": "Douarnenez",
    "labels": ["loyal"],
    "authors": [AUTHOR_EXAMPLE["id"]],
}
CONTACT_STATE: Shown = {
    **CONTACT,
    "note": "",
    "contact_id": "2d1b7c52-0e4f-5c8a-9a61-4c0f6d2b8e33",
    "external_id": "C-20871",
    "brand_id": "br-kerlann",
    "seq": 1,
}
REGISTRATION: Shown = {"url": "https://crm.example/hooks/parvis", "events": ["CaseEscalated"]}
AGAIN: Shown = {"state": "failed"}
ENDPOINT: Shown = {
    **REGISTRATION,
    "endpoint_id": "7c6c0c0e-3f0d-4f6b-9b62-1b2d9d0e5a11",
    "brand_id": "br-kerlann",
    "seq": 1,
    "state": "active",
    "why": "",
    "created_at": "2026-11-25T09:00:00+00:00",
}
ENDPOINT_SECRET: Shown = {**ENDPOINT, "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}
WEBHOOK: Shown = {
    "delivery_id": "0f9a1f7e-64f5-5d0b-9b0e-8c8f0f7c2b10",
    "event_id": "5f0e7c2f-0f2b-5c55-8f6b-0a7a1d1b0c01",
    "event_type": "io.parvis.moderation.CaseEscalated.v1",
    "state": "delivered",
    "attempts": 1,
    "log": [{"at": "2026-11-25T09:05:01+00:00", "status": 204, "why": "", "milliseconds": 84}],
    "next_at": "2026-11-25T09:05:06+00:00",
    "created_at": "2026-11-25T09:05:01+00:00",
}
PLAN: Shown = {
    "name": "Winter launch",
    "objective": "conversions",
    "channel_id": "ch-kerlann-ads",
    "first_day": "2026-11-20",
    "last_day": "2026-12-06",
    "budget": 2400000,
    "criteria": ["said_30_days >= 2", "mood.positive > 0.5"],
    "arms": [{"name": "A", "text": "The coat", "share": 50}, {"name": "B", "text": "The sleeve", "share": 50}],
}
CAMPAIGN: Shown = {
    **PLAN,
    "criteria": [{"when": "said_30_days >= 2"}, {"when": "mood.positive > 0.5"}],
    "campaign_id": "4d0c1a52-7d0f-4b0e-8b59-0d7c9a3a1c11",
    "brand_id": "br-kerlann",
    "seq": 3,
    "state": "running",
    "cause": "started",
    "serving": True,
    "confirmed": True,
    "audience_size": 4120,
}
AUDIENCE: Shown = {"criteria": ["said_30_days >= 2"]}
PERSON: Shown = {
    "person_id": "0b8f0b0e",
    "name": "Hélène R.",
    "handle": "helene.r.voile",
    "network": "facebook",
    "interactions": 7,
    "cases": 1,
    "profile": True,
    "contacts": 1,
}
OPT_OUT: Shown = {
    "person_id": "0b8f0b0e",
    "out": True,
    "seq": 1,
    "epoch": 0,
    "person": "ines@rivage.example",
    "at": "2026-11-25T09:20:00Z",
}
PREVIEW: Shown = {
    "size": 4120,
    "sample": [{"person_id": "0b8f0b0e", "name": "Hélène R.", "network": "facebook", "said": 7}],
}
REQUEST: Shown = {
    "request_id": "1c6e0d9a-5a43-4c4f-9d62-2f0f7e2b7d01",
    "kind": "erasure",
    "brand_id": "br-kerlann",
    "by": "operator",
    "why": "the contract has ended",
    "asked_at": "2026-11-21T09:00:00Z",
    "answers": {"moderation": {"at": "2026-11-21T09:00:04Z", "counts": {"cases": 12, "files": 3}}},
    "missing": ["console", "crm", "ingest", "insights", "publisher"],
    "gone_from_topics_at": "2026-12-05T09:00:00Z",
}
