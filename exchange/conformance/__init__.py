"""The conformance kit: a partner's endpoint is led through the protocol of docs/exchange.md.

The kit is a client of its own. It shares the portal's signing key with the rest of the exchange,
and no code with the inbox, so that it can tell whether the inbox keeps what the page promises.
"""
