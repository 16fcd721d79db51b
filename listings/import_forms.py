"""Forms of connections to RESO providers, and of files to import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from listings.models import Connection
from staging import network

_HOURS = ((0, gettext_lazy("Only when I ask")), (60, gettext_lazy("Every hour")), (1440, gettext_lazy("Every day")))


class ConnectionForm(forms.ModelForm):
    """Where the provider is, and a token or client credentials. A secret left empty stays as it is."""

    token = forms.CharField(
        label=gettext_lazy("Access token"), required=False, widget=forms.PasswordInput(render_value=False)
    )
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"), required=False, widget=forms.PasswordInput(render_value=False)
    )
    every_minutes = forms.TypedChoiceField(label=gettext_lazy("Import"), coerce=int, choices=_HOURS, initial=60)

    class Meta:
        model = Connection
        fields = (
            "name", "address", "token", "token_address", "client_id", "client_secret", "scope", "filter",
            "requests_per_second", "every_minutes",
        )  # fmt: skip
        labels = {  # noqa: RUF012 - Django's own way
            "name": gettext_lazy("Name of the MLS"),
            "address": gettext_lazy("Address of the RESO Web API"),
            "token_address": gettext_lazy("Token address"),
            "client_id": gettext_lazy("Client ID"),
            "scope": gettext_lazy("Scope"),
            "filter": gettext_lazy("Only listings that"),
            "requests_per_second": gettext_lazy("Requests a second"),
        }
        help_texts = {  # noqa: RUF012
            "address": gettext_lazy("Without /Property, as your MLS gave it to you."),
            "token_address": gettext_lazy("Where client credentials become a token."),
            "filter": gettext_lazy("A condition in OData’s words, such as ListOfficeMlsId eq '123'. Empty: all."),
            "requests_per_second": gettext_lazy("What your provider allows; many allow 2."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requests_per_second"].initial = settings.IMPORT_REQUESTS_PER_SECOND
        for name in ("token", "client_secret"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Addresses that we would call, and one way to come in."""
        cleaned = super().clean() or {}
        for name in ("address", "token_address"):
            try:
                if cleaned.get(name):
                    network.require_address(cleaned[name])
            except network.Blocked as error:
                self.add_error(name, str(error))
        for name in ("token", "client_secret"):
            cleaned[name] = cleaned.get(name) or getattr(self.instance, name)
        credentials = cleaned.get("client_id") and cleaned.get("client_secret") and cleaned.get("token_address")
        if not cleaned.get("token") and not credentials:
            self.add_error("token", gettext("Give a token, or client ID, client secret and token address."))
        if not 0.01 <= (cleaned.get("requests_per_second") or 0) <= 100:
            self.add_error("requests_per_second", gettext("Between 0.01 and 100."))
        return cleaned


class FileForm(forms.Form):
    """A file of RESO Common Format JSON or CSV."""

    file = forms.FileField(label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".json,.csv"}))
    source = forms.CharField(
        label=gettext_lazy("Where it comes from"),
        max_length=80,
        help_text=gettext_lazy("The same words for the same source: a listing is known again by them and its key."),
    )
