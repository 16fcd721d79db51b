"""What members fill in."""

from __future__ import annotations

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from billing.models import Entry, Membership, Pack

Role = Membership.Role


class StatementForm(forms.Form):
    """Which entries to see; everything may be empty."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("", gettext_lazy("Everything")), *Entry.Kind.choices], required=False
    )
    since = forms.DateField(required=False, label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label=gettext_lazy("To"), widget=forms.DateInput(attrs={"type": "date"}))


class WarningForm(forms.Form):
    """Below which balance a mail is sent."""

    warn_below = forms.IntegerField(
        min_value=0,
        max_value=1_000_000,
        label=gettext_lazy("Send a mail below so many credits"),
        help_text=gettext_lazy("0 sends none."),
    )


class PackField(forms.ModelChoiceField):
    """Packs by their names in the page's language."""

    def label_from_instance(self, obj: Model) -> str:
        """What people read."""
        return gettext(str(obj))


class TopUpForm(forms.Form):
    """The standing order."""

    pack = PackField(Pack.objects.filter(on_sale=True), label=gettext_lazy("Buy"), empty_label=None)
    below = forms.IntegerField(
        min_value=1, max_value=1_000_000, label=gettext_lazy("When fewer credits are left than"), initial=10
    )
    per_month = forms.IntegerField(
        min_value=1, max_value=30, label=gettext_lazy("At most so often in a month"), initial=3
    )


class InvitationForm(forms.Form):
    """Who is asked to join, as what."""

    email = forms.EmailField(max_length=254, label=gettext_lazy("Email address"))
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[choice for choice in Role.choices if choice[0] != Role.OWNER],
        initial=Role.AGENT,
    )


class AccountForm(forms.Form):
    """A new account."""

    name = forms.CharField(
        max_length=150,
        label=gettext_lazy("What is it called?"),
        help_text=gettext_lazy("Your name, or your company's."),
    )


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[choice for choice in Role.choices if choice[0] != Role.OWNER]
    )


class CloseForm(forms.Form):
    """Proof that closing is meant: the account's name, typed."""

    name = forms.CharField(max_length=150, label=gettext_lazy("Type the account's name"))

    def __init__(self, data: QueryDict | None = None, *, expected: str) -> None:
        super().__init__(data)
        self.expected = expected

    def clean_name(self) -> str:
        """The name as it is, or an error."""
        name: str = self.cleaned_data["name"]
        if name.strip() != self.expected:
            raise forms.ValidationError(gettext("This is not the account's name."))
        return name
