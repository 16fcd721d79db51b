"""The worked examples of the Listing API's document. Tests run each of them."""

from __future__ import annotations

_BEGIN = """
import os, time, requests

url, key = os.environ["OPENHOUSE_URL"] + "/api/v2", os.environ["OPENHOUSE_KEY"]
api = requests.Session()
api.headers["Authorization"] = f"Api-Key {key}"
"""

LISTING_CURL = """
curl -sSf -H "Authorization: Api-Key $OPENHOUSE_KEY" -H "Content-Type: application/json" \\
  -H "Idempotency-Key: elm-street-12" "$OPENHOUSE_URL/api/v2/listings" \\
  -d '{"UnparsedAddress": "12 Elm Street", "City": "Fresno", "StateOrProvince": "CA", "ListPrice": 489000}'
"""
CHANGE_PYTHON = (
    _BEGIN
    + """
listing = api.post(f"{url}/listings", json={"UnparsedAddress": "7 Oak Lane"})
address = f"{url}/listings/{listing.json()['ListingKey']}"
sold = api.patch(address, json={"StandardStatus": "Pending"}, headers={"If-Match": listing.headers["ETag"]})
assert sold.json()["StandardStatus"] == "Pending"
# Whoever still holds the older state is told so, and changes nothing.
late = api.patch(address, json={"ListPrice": 1}, headers={"If-Match": listing.headers["ETag"]})
assert late.status_code == 412
# What has not changed costs no body.
assert api.get(address, headers={"If-None-Match": sold.headers["ETag"]}).status_code == 304
"""
)
FIND_PYTHON = (
    _BEGIN
    + """
for number in range(3):
    api.post(f"{url}/listings", json={"UnparsedAddress": f"{number} Pine Road", "City": "Reno"}).raise_for_status()
page, found = f"{url}/listings?City=Reno&limit=2", []
while page:
    answer = api.get(page).json()
    found += answer["value"]
    page = answer["next"]
print([listing["UnparsedAddress"] for listing in found])
assert len(found) >= 3
"""
)
PHOTO_CURL = """
LISTING=$(curl -sSf -H "Authorization: Api-Key $OPENHOUSE_KEY" -H "Content-Type: application/json" \\
  "$OPENHOUSE_URL/api/v2/listings" -d '{"ListingId": "MLS-4711"}' | sed 's/.*"ListingKey": "\\([^"]*\\)".*/\\1/')
curl -sSf -H "Authorization: Api-Key $OPENHOUSE_KEY" -F file=@room.jpg -F RoomType=living \\
  "$OPENHOUSE_URL/api/v2/listings/$LISTING/photos"
"""
DELIVERY_PYTHON = (
    _BEGIN
    + """
# A listing with a photo, staged.
listing = api.post(f"{url}/listings", json={"UnparsedAddress": "12 Elm Street"}).json()
here = f"{url}/listings/{listing['ListingKey']}"
with open("room.jpg", "rb") as file:
    photo = api.post(f"{here}/photos", files={"file": file}, data={"RoomType": "living"}).json()
asked = api.post(f"{here}/photos/{photo['MediaKey']}/pictures", json={"Style": "modern"})
asked.raise_for_status()
picture = asked.json()
while picture["Status"] in ("queued", "rendering"):
    time.sleep(0.2)
    picture = api.get(f"{url}/pictures/{picture['RenderId']}").json()
assert picture["Outputs"][0]["StructureCheck"]["Verdict"] == "pass"

# Nothing is delivered before somebody approves it.
verdict = {"Verdict": "approved"}
api.post(f"{url}/pictures/{picture['RenderId']}/verdict", json=verdict).raise_for_status()
original = api.get(f"{url}/pictures/{picture['RenderId']}/original").json()
print(original["OriginalURL"])

# The ZIP for an MLS.
order = {"Profile": "crmls", "Preset": "mls_large"}
delivery = api.post(f"{here}/deliveries", json=order, headers={"Idempotency-Key": "first"}).json()
while delivery["Status"] in ("queued", "building"):
    time.sleep(0.2)
    delivery = api.get(f"{here}/deliveries/{delivery['DeliveryKey']}").json()
archive = api.get(delivery["DownloadURL"])
assert archive.headers["Content-Type"] == "application/zip" and len(archive.content) == delivery["ByteSize"]
print([media["MediaURL"] for media in delivery["Manifest"]["Media"]])
"""
)
STAGE_CURL = """
LISTING=$(curl -sSf -H "Authorization: Api-Key $OPENHOUSE_KEY" -H "Content-Type: application/json" \\
  "$OPENHOUSE_URL/api/v2/listings" -d '{"UnparsedAddress": "1 Long Avenue"}' \\
  | sed 's/.*"ListingKey": "\\([^"]*\\)".*/\\1/')
curl -sSf -H "Authorization: Api-Key $OPENHOUSE_KEY" -F file=@room.jpg -F RoomType=bed \\
  "$OPENHOUSE_URL/api/v2/listings/$LISTING/photos" > photo.json
curl -sSf -H "Authorization: Api-Key $OPENHOUSE_KEY" -H "Content-Type: application/json" \\
  "$OPENHOUSE_URL/api/v2/listings/$LISTING/pictures" -d '{"Style": "scandinavian"}'
"""
WEBHOOK_CURL = """
curl -sSf -H "Authorization: Api-Key $OPENHOUSE_KEY" -H "Content-Type: application/json" \\
  "$OPENHOUSE_URL/api/v2/webhooks" \\
  -d '{"Url": "https://example.com/openhouse", "Events": ["render.done", "delivery.done"]}'
"""
