"""Message profiles that an administrator installed: kept, found, and who may file with them.

The profile itself and everything that needs no database is ``declarations.wco``. Here: ``archive``
(a zip of schemas, safely opened), ``store`` (the version in force, ready for use), ``install``
(putting one in), ``models``.
"""
