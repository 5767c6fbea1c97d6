"""Taking a decision back, from whichever page."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from services.console.commanding import command, order
from services.console.owners import OwnerAway
from services.console.pages.inbox import item_of, open_fragment
from services.console.pages.moderation import case_fragment
from services.console.visits import Acting

router = APIRouter(include_in_schema=False)


@router.post("/{brand_id}/undo/{interaction_id}")
async def undo(brand_id: str, interaction_id: str, here: Acting) -> Response:
    """Before the decision leaves nothing happens; after it the owner takes a second action. Answers with the item."""
    here.must("decide", brand_id)
    doc = await item_of(here, brand_id, interaction_id)
    path = f"/cases/{(doc.get('case') or {}).get('case_id', '')}/undo"
    scope, words = here.scope_asked(brand_id), here.words
    section = "moderation" if here.request.query_params.get("section") == "moderation" else "inbox"
    try:
        answer = await command(here, order(here, "moderation", path, "decide", brand_id, {}), interaction_id)
        was_reversed = answer.ok and bool(answer.body.get("reversed"))
        told = words("undo.reversed" if was_reversed else "undo.undone") if answer.ok else ""
        trouble = "" if answer.ok else words("inbox.refused", why=answer.detail)
    except OwnerAway as away:
        told, trouble = "", words("inbox.away", service=away.service)
    place = f"/{scope}/{section}/{interaction_id}"
    if not here.is_fragment or here.request.query_params.get("section") not in ("inbox", "moderation"):
        return RedirectResponse(place, status_code=303) if not here.is_fragment else _go(place)
    doc = await item_of(here, brand_id, interaction_id)
    if section == "moderation":
        shown = await case_fragment(here, scope, doc, trouble=trouble, told=told)
        shown.headers.update({"HX-Retarget": "#case", "HX-Reswap": "innerHTML"})
    else:
        shown = await open_fragment(here, scope, doc, said={"told": told, "trouble": trouble})
        shown.headers.update({"HX-Retarget": "#open", "HX-Reswap": "outerHTML"})
    shown.headers["HX-Push-Url"] = place
    return shown


def _go(place: str) -> Response:
    return Response(status_code=200, headers={"HX-Redirect": place})
