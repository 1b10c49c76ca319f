"""The demo: two neighbouring countries with their traders, agencies, rules and goods on the road.

Everything here is example data for a closed demonstration. Nothing outside this room imports it,
except the tests, which borrow the samples.
"""
