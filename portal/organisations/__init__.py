"""What an organisation's managers do themselves: members, invitations, mandates and programs.

The models are those of ``portal.accounts``; here are the verbs, each with its event in the journal
of the organisation, in the same transaction.
"""
