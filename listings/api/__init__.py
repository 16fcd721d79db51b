"""The Listing API, `/api/v2/`: RESO names over the same verbs that our pages call. It translates and never decides."""
