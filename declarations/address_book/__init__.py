"""The address book: parties that an organisation has to do with, kept to be filled in again."""
