"""Joint inspections: one visit by several agencies, from the call to the result in each review."""
