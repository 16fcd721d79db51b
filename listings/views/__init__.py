"""The pages: get the object for this account or 404, call one verb, answer."""
