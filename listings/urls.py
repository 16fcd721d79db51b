"""What people open in a browser."""

from django.urls import path

from listings.views import account, landing, studio

app_name = "listings"

urlpatterns = [
    path("", landing.landing, name="landing"),
    path("studio/", studio.studio, name="studio"),
    path("studio/renders/", studio.render_list, name="renders"),
    path("studio/renders/<str:public_id>/", studio.render, name="render"),
    path("studio/renders/<str:public_id>/again/", studio.again, name="again"),
    path("studio/renders/<str:public_id>/cancel/", studio.cancel, name="cancel"),
    path("account/", account.account, name="account"),
    path("account/keys/", account.key_create, name="key_create"),
    path("account/keys/<int:number>/revoke/", account.key_revoke, name="key_revoke"),
]
