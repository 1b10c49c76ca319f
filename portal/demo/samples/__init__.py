"""Declarations worth looking at: real goods, routes, weights and prices of CAREC trade.

Each sample is a typed dataset made for a given day, so that its dates are never stale. The tests
use them too.
"""
