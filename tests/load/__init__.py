"""`make load`: a hundred accounts at work on both APIs and the dashboard, beside a bare view in the same run."""
