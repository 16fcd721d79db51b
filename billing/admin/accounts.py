"""Accounts, users and keys in the admin."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.admin import ModelAdmin, TabularInline

from billing import freezing, ledger, second_factor
from billing.admin.reading import ReadOnly
from billing.models import Account, ApiKey, Entry, Invitation, Membership, User


class AdjustForm(forms.Form):
    """How many credits, and why."""

    credits = forms.IntegerField(min_value=-100_000, max_value=100_000, help_text="Below 0 takes credits.")
    reason = forms.CharField(max_length=200, help_text="The member reads it in the statement.")
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_credits(self) -> int:
        """Any number but 0."""
        credits: int = self.cleaned_data["credits"]
        if credits == 0:
            raise forms.ValidationError("An adjustment changes something.")
        return credits


class MembershipInline(ReadOnly, TabularInline):
    """Who belongs to an account."""

    model = Membership
    fields = ("user", "role")
    extra = 0


@admin.register(Account)
class AccountAdmin(ReadOnly, ModelAdmin):
    """Accounts with their balance; credits move by actions, which call the ledger's verbs and name who did it."""

    list_display = ("name", "plan", "balance", "frozen_at", "closed_at", "created_at")
    list_filter = ("plan", ("frozen_at", admin.EmptyFieldListFilter), ("closed_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "uid", "members__email")
    fields = ("name", "uid", "plan", "balance", "frozen_at", "frozen_why", "closed_at", "settings", "created_at")
    readonly_fields = ("balance",)
    inlines = (MembershipInline,)
    actions = ("adjust_credits", "freeze", "thaw")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        """With the balance, in the same query."""
        last = Entry.objects.filter(account=OuterRef("pk")).order_by("-sequence")
        rows: QuerySet[Account] = super().get_queryset(request)
        return rows.select_related("plan").annotate(known_balance=Subquery(last.values("balance_after")[:1]))

    @admin.display(description="Credits")
    def balance(self, account: Any) -> int:
        """What the ledger says."""
        return int(account.known_balance or 0)

    @admin.action(description="Give or take credits …", permissions=["move_credits"])
    def adjust_credits(self, request: HttpRequest, accounts: QuerySet[Account]) -> HttpResponse | None:
        """Adjust the chosen accounts, once a number and a reason were typed."""
        form = AdjustForm(request.POST if "apply" in request.POST else None)
        if not form.is_valid():
            return render(
                request,
                "billing/admin_adjust.html",
                self.admin_site.each_context(request)
                | {"title": "Give or take credits", "accounts": accounts, "form": form, "opts": self.model._meta},
            )
        for account in accounts:
            self._adjust(request, account, form)
        self.message_user(request, f"{len(accounts)} accounts adjusted.", messages.SUCCESS)
        return None

    def _adjust(self, request: HttpRequest, account: Account, form: AdjustForm) -> None:
        credits, reason = form.cleaned_data["credits"], form.cleaned_data["reason"]
        # The form's own number, so that sending it twice adjusts once.
        reference = f"staff:{form.cleaned_data['token']}:{account.pk}"
        # The admin lets nobody else in.
        assert isinstance(request.user, User)
        ledger.adjust(account, credits, reference=reference, actor=request.user, note=reason)
        self.log_change(request, account, f"Adjusted by {credits:+d}: {reason}")

    @admin.action(description="Freeze", permissions=["move_credits"])
    def freeze(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        """Stop the chosen accounts from spending."""
        for account in accounts:
            freezing.freeze(account, why="Stopped by our staff. Please get in touch.")
            self.log_change(request, account, "Frozen")

    @admin.action(description="Thaw", permissions=["move_credits"])
    def thaw(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        """Let the chosen accounts go on, whatever their disputes say."""
        for account in accounts:
            freezing.thaw(account)
            self.log_change(request, account, "Thawed")

    def has_move_credits_permission(self, request: HttpRequest) -> bool:
        """Who may move credits: staff with the right to add entries (which no form offers)."""
        return request.user.has_perm("billing.add_entry")


@admin.register(User)
class UserAdmin(ReadOnly, ModelAdmin):
    """Users; the hash of the password stays out of sight. Who is staff, and in which role, superusers alone decide."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff", "groups")
    search_fields = ("email", "name")
    fields = (
        "email", "name", "is_active", "is_staff", "groups", "is_superuser",
        "second_factor", "last_login", "date_joined",
    )  # fmt: skip
    filter_horizontal = ("groups",)
    actions = ("forget_second_factor",)

    @admin.display(description="Second factor", boolean=True)
    def second_factor(self, user: User) -> bool:
        """Whether signing in takes more than a password."""
        return second_factor.is_on(user)

    @admin.action(description="Remove passkeys and app of who has lost them", permissions=["change"])
    def forget_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """The password alone lets the chosen users in again. Be sure first who is asking."""
        for user in users:
            if second_factor.forget(user):
                self.log_change(request, user, "Second factor removed")
        self.message_user(request, f"{len(users)} users sign in by password alone.", messages.SUCCESS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers."""
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """All but who may enter, and as what."""
        return tuple(name for name in self.fields if name not in {"is_active", "is_staff", "groups"})


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly, ModelAdmin):
    """Keys; the hash stays out of sight."""

    list_display = ("prefix", "name", "account", "scope", "created_at", "last_used_at", "expires_at", "revoked_at")
    list_select_related = ("account",)
    search_fields = ("prefix", "name", "account__name")
    fields = ("account", "name", "prefix", "scope", "created_at", "last_used_at", "expires_at", "revoked_at")


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, ModelAdmin):
    """Who was asked to join."""

    list_display = ("email", "account", "role", "made_at", "expires_at", "accepted_at", "withdrawn_at")
    list_select_related = ("account",)
    search_fields = ("email", "account__name")
    fields = ("account", "email", "role", "invited_by", "made_at", "expires_at", "accepted_at", "withdrawn_at")
