"""What people open under /billing/, and where Stripe calls."""

from django.urls import path

from billing.views import closing, members, plans, statement, stripe

app_name = "billing"

urlpatterns = [
    path("plans/", plans.plans, name="plans"),
    path("plans/<slug:slug>/buy/", plans.plan_buy, name="plan_buy"),
    path("packs/<slug:slug>/buy/", plans.pack_buy, name="pack_buy"),
    path("done/", plans.done, name="done"),
    path("cancel/", plans.cancel, name="cancel"),
    path("resume/", plans.resume, name="resume"),
    path("portal/", plans.portal, name="portal"),
    path("warning/", plans.warning, name="warning"),
    path("top-up/", plans.top_up, name="top_up"),
    path("top-up/stop/", plans.top_up_stop, name="top_up_stop"),
    path("statement/", statement.statement, name="statement"),
    path("statement.csv", statement.statement_csv, name="statement_csv"),
    path("members/", members.members, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/leave/", members.leave, name="leave"),
    path("members/<int:number>/role/", members.role, name="member_role"),
    path("members/<int:number>/remove/", members.remove, name="member_remove"),
    path("members/<int:number>/transfer/", members.transfer, name="transfer"),
    path("invitations/<int:number>/withdraw/", members.withdraw, name="invitation_withdraw"),
    path("join/<str:key>/", members.join, name="join"),
    path("new/", members.new, name="new"),
    path("switch/<uuid:uid>/", members.switch, name="switch"),
    path("export/", closing.export, name="export"),
    path("close/", closing.close, name="close"),
    path("stripe/webhook", stripe.webhook, name="webhook"),
]
