"""Risk: which lane a declaration takes, by a published profile, and whether the profile was right."""
