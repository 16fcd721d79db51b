"""Pictures by the API: ask, look, judge, override, publish the original."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable

from django.core.files.storage import default_storage
from PIL import Image

from billing import ledger
from billing.models import Account, ApiKey, Plan
from listings.models import OriginalPage, StagedPhoto
from staging.models import Render, Run
from tests.listings.api.conftest import Partner, Told, make
from tests.staging.api.renders.conftest import BRIEF, uploaded
from tests.staging.stand_in import StandIn

Said = Callable[..., None]


def unsigned(told: Told) -> str:
    """What was told, without the signatures of its addresses: they change with the second."""
    return re.sub(r"expires=\d+&signature=[0-9a-f]+", "", json.dumps(told))


def test_a_staged_photo_with_its_check_and_record(
    partner: Partner, listing: Told, photo: Told, staged: Told, account: Account
) -> None:
    assert (staged["ListingKey"], staged["MediaKey"]) == (listing["ListingKey"], photo["MediaKey"])
    assert (staged["Status"], staged["Progress"], staged["Verdict"], staged["Seed"]) == ("done", 1.0, "pending", 4)
    (output,) = staged["Outputs"]
    assert output["MediaAlteration"] == ["Virtual Staging - Item Addition"]
    assert output["StructureCheck"]["Verdict"] == "pass"
    assert output["StructureCheck"]["Figures"]["changed_outside"] == 0
    (made,) = output["AlterationRecord"]
    assert (made["Event"], made["Actor"]) == ("made", f"API key {ApiKey.objects.get().prefix}…")
    assert partner.client.get(output["MediaURL"])["Content-Type"] == "image/png"
    assert ledger.balance(account) == 8
    (listed,) = partner.get(f"listings/{listing['ListingKey']}/pictures")["value"]
    assert unsigned(listed) == unsigned(staged)
    assert partner.get(f"listings/{listing['ListingKey']}/pictures", Verdict="approved")["value"] == []


def test_the_same_request_twice_is_one_picture(partner: Partner, listing: Told, photo: Told, said: Said) -> None:
    path = f"listings/{listing['ListingKey']}/photos/{photo['MediaKey']}/pictures"
    first = partner.post(path, {"Style": "modern"}, Idempotency_Key="a")
    assert partner.post(path, {"Style": "modern"}, Idempotency_Key="a") == first
    said(partner.ask("POST", path, {"Style": "coastal"}, {"Idempotency-Key": "a"}), 409, "idempotency_conflict")
    assert Render.objects.count() == 1
    assert first["Status"] == "queued"


def test_a_room_is_emptied_before_it_is_redesigned(partner: Partner, listing: Told, photo: Told) -> None:
    path = f"listings/{listing['ListingKey']}/photos/{photo['MediaKey']}/pictures"
    partner.post(path, {"Kind": "redesign", "Style": "modern"})
    assert Run.objects.get().brief.declutter == "auto"


def test_the_front_of_a_house_is_redesigned_or_turned_to_dusk(
    partner: Partner, listing: Told, photo: Told, engine: StandIn, account: Account
) -> None:
    path = f"listings/{listing['ListingKey']}/photos/{photo['MediaKey']}/pictures"
    by_day = partner.post(path, {"Kind": "redesign", "Space": "exterior", "Style": "coastal"})
    assert (by_day["Space"], by_day["Dusk"], by_day["RoomType"]) == ("exterior", False, None)
    evening = partner.post(path, {"Kind": "redesign", "Space": "exterior", "Dusk": True})
    assert (evening["Space"], evening["Dusk"], evening["Style"]) == ("exterior", True, None)
    assert [run.brief.declutter for run in Run.objects.all()] == ["off", "off"]
    assert ledger.balance(account) == 8
    make(by_day)
    make(evening)
    (output,) = partner.get(f"pictures/{evening['RenderId']}")["Outputs"]
    assert output["MediaAlteration"] == ["Twilight Conversion"]


def test_a_drawing_of_a_house_has_no_room(partner: Partner, listing: Told, photo: Told) -> None:
    path = f"listings/{listing['ListingKey']}/photos/{photo['MediaKey']}/pictures"
    assert partner.post(path, {"Kind": "sketch", "Style": "modern"})["RoomType"] == "living"
    assert partner.post(path, {"Kind": "sketch", "Style": "modern", "Space": "exterior"})["RoomType"] is None


def test_a_mask_says_what_is_removed(partner: Partner, listing: Told, photo: Told, said: Said) -> None:
    path = f"listings/{listing['ListingKey']}/photos/{photo['MediaKey']}/pictures"
    mask = Image.new("1", (48, 32))
    mask.paste(1, (20, 10, 30, 20))
    file = io.BytesIO()
    mask.save(file, "PNG")
    address = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    partner.post(path, {"Kind": "declutter", "Mask": address})
    with default_storage.open(Run.objects.get().brief.mask) as stored, Image.open(stored) as kept:
        assert [kept.getpixel(at) for at in ((25, 15), (5, 5))] == [255, 0]
    said(partner.ask("POST", path, {"Style": "modern", "Mask": address}), 400, "invalid_field", "Mask")
    broken = {"Kind": "declutter", "Mask": "data:image/png;base64,AAAA"}
    said(partner.ask("POST", path, broken), 400, "invalid_field", "Mask")
    assert Render.objects.count() == 1


def test_four_k_where_the_plan_has_it(
    partner: Partner, listing: Told, photo: Told, account: Account, said: Said
) -> None:
    here = f"listings/{listing['ListingKey']}"
    one = f"{here}/photos/{photo['MediaKey']}/pictures"
    Plan.objects.filter(pk=account.plan_id).update(allows_4k=False)
    for path in (one, f"{here}/pictures"):
        said(partner.ask("POST", path, {"Style": "modern", "Resolution": "4k"}), 403, "plan_without_4k")
    assert not Render.objects.exists()
    Plan.objects.filter(pk=account.plan_id).update(allows_4k=True)
    for path in (one, f"{here}/pictures"):
        partner.post(path, {"Style": "modern", "Resolution": "4k"})
    partner.post(one, {"Style": "modern"})
    assert [run.brief.resolution for run in Run.objects.order_by("pk")] == ["4k", "4k", "full-hd"]


def test_what_only_a_front_can_be(partner: Partner, listing: Told, photo: Told, said: Said) -> None:
    path = f"listings/{listing['ListingKey']}/photos/{photo['MediaKey']}/pictures"
    for body, wrong in (
        ({"Style": "modern", "Space": "exterior"}, "Space"),
        ({"Kind": "redesign", "Dusk": True}, "Dusk"),
        ({"Kind": "sketch", "Space": "exterior", "Dusk": True}, "Dusk"),
        ({"Kind": "redesign", "Space": "exterior"}, "Style"),
        ({"Kind": "redesign", "Space": "garden", "Style": "modern"}, "Space"),
    ):
        said(partner.ask("POST", path, body), 400, "invalid_field", wrong)
    assert not Render.objects.exists()


def test_what_cannot_be_asked(partner: Partner, listing: Told, said: Said) -> None:
    bare = partner.upload(listing, name="a.jpg").json()
    path = f"listings/{listing['ListingKey']}/photos/{bare['MediaKey']}/pictures"
    said(partner.ask("POST", path, {}), 400, "invalid_field", "Style", "RoomType")
    said(partner.ask("POST", path, {"Kind": "magic", "Style": "x"}), 400, "invalid_field", "Kind", "Style", "RoomType")
    assert partner.post(path, {"Kind": "declutter"})["Kind"] == "declutter"


def test_a_whole_listing_or_nothing(partner: Partner, listing: Told, account: Account, said: Said) -> None:
    here = f"listings/{listing['ListingKey']}"
    said(partner.ask("POST", f"{here}/pictures", {"Style": "modern"}), 409, "nothing_to_stage")
    for shade, room in ((10, "living"), (60, "bed"), (200, "dining")):
        partner.upload(listing, shade=shade, RoomType=room)
    unknown = partner.upload(listing, shade=90, name="x.jpg").json()

    made = partner.post(f"{here}/pictures", {"Style": "scandinavian"}, Idempotency_Key="a")
    assert [one["RoomType"] for one in made["value"]] == ["living", "bed", "dining"]
    assert partner.post(f"{here}/pictures", {"Style": "scandinavian"}, Idempotency_Key="a") == made
    assert ledger.balance(account) == 4
    said(partner.ask("POST", f"{here}/pictures", {"Style": "modern"}), 402, "insufficient_credits")
    named = [{"MediaKey": unknown["MediaKey"], "RoomType": "kids_room"}]
    assert len(partner.post(f"{here}/pictures", {"Style": "modern", "Photos": named})["value"]) == 1
    assert StagedPhoto.objects.count() == 4
    wrong = [{"MediaKey": "0" * 8, "RoomType": "bed"}]
    said(partner.ask("POST", f"{here}/pictures", {"Style": "modern", "Photos": wrong}), 400, "invalid_field", "Photos")


def test_approval_gives_the_original_its_page(partner: Partner, staged: Told, said: Said) -> None:
    here = f"pictures/{staged['RenderId']}"
    said(partner.ask("GET", f"{here}/original"), 404, "not_found")
    said(partner.ask("POST", f"{here}/verdict", {"Verdict": "maybe"}), 400, "invalid_field", "Verdict")
    rejected = partner.post(f"{here}/verdict", {"Verdict": "rejected", "Reason": "the sofa floats"})
    assert (rejected["Verdict"], rejected["VerdictReason"]) == ("rejected", "the sofa floats")

    approved = partner.post(f"{here}/verdict", {"Verdict": "approved"})
    assert approved["Verdict"] == "approved"
    events = [row["Event"] for row in approved["Outputs"][0]["AlterationRecord"]]
    assert events == ["made", "rejected", "approved"]
    page = partner.get(f"{here}/original")
    assert page["OriginalURL"].endswith(f"/o/{page['Code']}")
    shown = partner.client.get(f"/o/{page['Code']}")
    assert shown.status_code == 200
    assert "approved for publication" in shown.content.decode()


def test_a_verdict_on_what_has_changed(partner: Partner, staged: Told, said: Said) -> None:
    here = f"pictures/{staged['RenderId']}"
    tag = partner.ask("GET", here)["ETag"]
    partner.post(f"{here}/verdict", {"Verdict": "rejected"})
    said(partner.ask("POST", f"{here}/verdict", {"Verdict": "approved"}, {"If-Match": tag}), 412, "precondition_failed")


def test_an_unfinished_picture_cannot_be_judged(partner: Partner, listing: Told, photo: Told, said: Said) -> None:
    path = f"listings/{listing['ListingKey']}/photos/{photo['MediaKey']}/pictures"
    asked = partner.post(path, {"Style": "modern"})
    said(partner.ask("POST", f"pictures/{asked['RenderId']}/verdict", {"Verdict": "approved"}), 409, "not_ready")
    said(partner.ask("POST", f"pictures/{asked['RenderId']}/original"), 409, "not_ready")
    said(
        partner.ask("POST", f"pictures/{asked['RenderId']}/override", {"Name": "Jo", "Reason": "dust"}),
        409,
        "not_refused",
    )


def test_a_refused_picture_goes_out_by_name_alone(
    partner: Partner, listing: Told, photo: Told, engine: StandIn, account: Account, said: Said
) -> None:
    engine.switches.picture = "changed_outside"
    path = f"listings/{listing['ListingKey']}/photos/{photo['MediaKey']}/pictures"
    asked = partner.post(path, {"Style": "modern"})
    make(asked)
    make(asked)
    here = f"pictures/{asked['RenderId']}"
    told = partner.get(here)
    assert (told["Status"], told["Error"]["Code"], told["Outputs"]) == ("error", "changed_outside_mask", [])
    assert told["Refused"]["StructureCheck"]["Verdict"] == "fail"
    assert partner.client.get(told["Refused"]["PreviewURL"]).status_code == 200
    assert ledger.balance(account) == 10
    said(partner.ask("POST", f"{here}/override", {"Reason": "it is dust"}), 400, "invalid_field", "Name")

    let_out = partner.post(f"{here}/override", {"Name": "Jo Acme", "Reason": "it is dust"})
    (output,) = let_out["Outputs"]
    assert output["AlterationRecord"][-1]["Note"] == "Jo Acme: it is dust"
    assert let_out["Refused"] is None
    partner.post(f"{here}/verdict", {"Verdict": "approved"})
    assert ledger.balance(account) == 10


def test_a_render_of_the_render_api_gets_a_page_on_request(partner: Partner, engine: StandIn, said: Said) -> None:
    fields = {"file": uploaded(), **BRIEF, "wait_for_completion": "false"}
    created = partner.client.post("/v1/render/create", fields, headers=partner.headers).json()
    here = f"pictures/{created['render_id']}"
    make({"RenderId": created["render_id"]})
    assert partner.get(here)["ListingKey"] is None
    said(partner.ask("POST", f"{here}/verdict", {"Verdict": "approved"}), 409, "not_in_a_listing")
    page = partner.post(f"{here}/original")
    assert partner.post(f"{here}/original") == partner.get(f"{here}/original") == page
    assert OriginalPage.objects.count() == 1


def test_a_stranger_finds_no_picture(other: Partner, staged: Told, said: Said) -> None:
    for method, path in (
        ("GET", ""),
        ("POST", "/verdict"),
        ("POST", "/override"),
        ("GET", "/original"),
        ("POST", "/original"),
    ):
        said(other.ask(method, f"pictures/{staged['RenderId']}{path}", {}), 404, "not_found")
    assert not OriginalPage.objects.exists()
    assert Run.objects.count() == 1
