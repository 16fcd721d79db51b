"""What people open in a browser."""

from django.urls import path

from listings.views import account, batch, clearing, editors, landing, listing_photos, listings, review, scenes, studio

app_name = "listings"

urlpatterns = [
    path("", landing.landing, name="landing"),
    path("help/", landing.help_page, name="help"),
    path("studio/", studio.studio, name="studio"),
    path("studio/renders/", studio.render_list, name="renders"),
    path("studio/renders/<str:public_id>/", studio.render, name="render"),
    path("studio/renders/<str:public_id>/again/", studio.again, name="again"),
    path("studio/renders/<str:public_id>/cancel/", studio.cancel, name="cancel"),
    path("listings/", listings.listing_list, name="listings"),
    path("listings/new/", listings.listing_new, name="listing_new"),
    path("listings/sample/", listings.listing_sample, name="listing_sample"),
    path("listings/<int:number>/", listings.listing, name="listing"),
    path("listings/<int:number>/edit/", listings.listing_edit, name="listing_edit"),
    path("listings/<int:number>/archive/", listings.listing_archive, name="listing_archive"),
    path("listings/<int:number>/photos/", listing_photos.photos_add, name="photos_add"),
    path("listings/<int:number>/photos/order/", listing_photos.photos_order, name="photos_order"),
    path("listings/<int:number>/photos/<uuid:key>/", listing_photos.photo_edit, name="photo_edit"),
    path("listings/<int:number>/photos/<uuid:key>/move/", listing_photos.photo_move, name="photo_move"),
    path("listings/<int:number>/photos/<uuid:key>/remove/", listing_photos.photo_remove, name="photo_remove"),
    path("listings/<int:number>/photos/<uuid:key>/clear/", clearing.clear, name="clear"),
    path("listings/<int:number>/uploads/", listing_photos.upload_begin, name="upload_begin"),
    path("listings/<int:number>/uploads/<uuid:token>/", listing_photos.upload, name="upload"),
    path("listings/<int:number>/stage/", batch.stage, name="batch"),
    path("listings/<int:number>/progress/", batch.progress, name="batch_progress"),
    path("listings/<int:number>/stop/", batch.stop, name="batch_stop"),
    path("listings/<int:number>/renders/<str:public_id>/", review.review, name="review"),
    path("listings/<int:number>/renders/<str:public_id>/labelled.png", review.labelled, name="labelled"),
    path("listings/<int:number>/renders/<str:public_id>/verdict/", review.verdict, name="verdict"),
    path("listings/<int:number>/renders/<str:public_id>/retry/", batch.retry, name="retry"),
    path("listings/<int:number>/renders/<str:public_id>/room/", editors.room, name="room"),
    path("listings/<int:number>/renders/<str:public_id>/room/fit/", editors.room_fit, name="room_fit"),
    path("listings/<int:number>/renders/<str:public_id>/scene/", scenes.scene, name="scene"),
    path("listings/<int:number>/renders/<str:public_id>/scene/change/", scenes.scene_change, name="scene_change"),
    path("listings/<int:number>/renders/<str:public_id>/scene/draft/", scenes.scene_draft, name="scene_draft"),
    path(
        "listings/<int:number>/renders/<str:public_id>/scene/draft/<int:draft>/",
        scenes.scene_draft_status,
        name="scene_draft_status",
    ),
    path("account/", account.account, name="account"),
    path("account/keys/", account.key_create, name="key_create"),
    path("account/keys/<int:number>/revoke/", account.key_revoke, name="key_revoke"),
]
