"""Permits (LPCO): issued from an approved application, drawn down by declarations, verified by anyone.

``models`` what is kept · ``issuing`` the grant and its number · ``changing`` what an agency does to a
permit later · ``drawing`` what a declaration takes from permits, and what forbids it · ``balance``
reserving, writing off and giving back · ``certificate`` the paper · ``public`` the page for everyone.
"""
