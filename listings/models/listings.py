"""A property for sale, in RESO's names (Data Dictionary 2.1, snake_case)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from listings.reso_words import PropertyType, StandardStatus


class Listing(models.Model):
    """One property of an account. What an MLS sends and we have no column for stays in `local_fields`.

    `version` rises with every change that a person makes: whoever saves an older one is told (listings.verbs). A
    listing that is archived keeps everything and leaves the lists.
    """

    account = models.ForeignKey("billing.Account", on_delete=models.PROTECT, related_name="listings")
    listing_key = models.CharField(max_length=255, default=uuid.uuid4, help_text="unique within the originating system")
    listing_id = models.CharField("MLS number", max_length=255, blank=True)
    originating_system_name = models.CharField(max_length=255, blank=True, help_text="empty: made in Openhouse")
    originating_system_key = models.CharField(max_length=255, blank=True)

    standard_status = models.CharField(
        "status", max_length=30, choices=StandardStatus.choices, default=StandardStatus.INCOMPLETE
    )
    mls_status = models.CharField(max_length=60, blank=True, help_text="the MLS's own word for its status")
    property_type = models.CharField(max_length=40, choices=PropertyType.choices, default=PropertyType.RESIDENTIAL)
    property_sub_type = models.CharField(max_length=60, blank=True)

    unparsed_address = models.CharField("address", max_length=255, blank=True)
    street_number = models.CharField(max_length=25, blank=True)
    street_name = models.CharField(max_length=50, blank=True)
    street_suffix = models.CharField(max_length=25, blank=True)
    unit_number = models.CharField(max_length=25, blank=True)
    city = models.CharField(max_length=50, blank=True)
    state_or_province = models.CharField("state", max_length=30, blank=True)
    postal_code = models.CharField("ZIP code", max_length=10, blank=True)
    county_or_parish = models.CharField(max_length=50, blank=True)
    country = models.CharField(max_length=2, blank=True)
    latitude = models.DecimalField(max_digits=12, decimal_places=8, null=True, blank=True)
    longitude = models.DecimalField(max_digits=12, decimal_places=8, null=True, blank=True)

    list_price = models.DecimalField("price", max_digits=14, decimal_places=2, null=True, blank=True)
    original_list_price = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    close_price = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    bedrooms_total = models.PositiveSmallIntegerField("bedrooms", null=True, blank=True)
    bathrooms_total_integer = models.PositiveSmallIntegerField("bathrooms", null=True, blank=True)
    bathrooms_full = models.PositiveSmallIntegerField(null=True, blank=True)
    bathrooms_half = models.PositiveSmallIntegerField(null=True, blank=True)
    living_area = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    living_area_units = models.CharField(max_length=25, blank=True, default="Square Feet")
    lot_size_area = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    lot_size_units = models.CharField(max_length=25, blank=True)
    year_built = models.PositiveSmallIntegerField(null=True, blank=True)
    stories = models.PositiveSmallIntegerField(null=True, blank=True)
    furnished = models.CharField(max_length=25, blank=True)

    public_remarks = models.TextField("description", max_length=4000, blank=True)
    disclaimer = models.TextField(max_length=4000, blank=True)
    list_agent_full_name = models.CharField(max_length=150, blank=True)
    list_agent_email = models.CharField(max_length=80, blank=True)
    list_agent_state_license = models.CharField(max_length=50, blank=True)
    list_office_name = models.CharField(max_length=255, blank=True)
    listing_url = models.CharField(max_length=2000, blank=True)
    internet_entire_listing_display_yn = models.BooleanField(default=True)
    internet_address_display_yn = models.BooleanField(default=True)
    listing_contract_date = models.DateField(null=True, blank=True)
    on_market_date = models.DateField(null=True, blank=True)
    close_date = models.DateField(null=True, blank=True)
    local_fields = models.JSONField(default=dict, blank=True, help_text="what the MLS sends beside these")

    photos_change_timestamp = models.DateTimeField(default=timezone.now, editable=False)
    modification_timestamp = models.DateTimeField(default=timezone.now, editable=False)
    status_change_timestamp = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "originating_system_name", "listing_key"], name="listing_once_per_system"
            ),
            models.CheckConstraint(
                condition=~Q(unparsed_address="") | ~Q(listing_id=""), name="listing_has_an_address_or_a_number"
            ),
        )
        indexes = (models.Index(fields=["account", "-modification_timestamp"], name="listing_latest_of_account"),)

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What people call it: the address, else the MLS number."""
        return self.unparsed_address or f"MLS {self.listing_id}"

    @property
    def place(self) -> str:
        """The line below the address: city, state and ZIP code, as far as they are known."""
        region = " ".join(filter(None, (self.state_or_province, self.postal_code)))
        return ", ".join(filter(None, (self.city, region)))
