"""Advance information: what a neighbour's customs declared for export, used on the import here.

``references`` and ``scoring`` say which import an export belongs to, ``figures`` and
``discrepancies`` how the two differ (all pure); ``arriving`` reads the messages, ``matching`` brings
the two together, ``news`` assesses an import again that was accepted before,
``consent`` is what the consignee may do, ``register`` what risk is told.
"""
