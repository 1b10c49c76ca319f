"""The reference for those who write software for the portal: rules, data dictionary, code lists,
schemas and samples. Public, and made from the same classes that check a message.
"""
