"""The pages of billing: get what belongs to the member's account or answer 404, call one verb, answer."""
