"""Listings that travel: RESO Web API, RESO Common Format and CSV, in and out (Data Dictionary 2.1 names)."""
