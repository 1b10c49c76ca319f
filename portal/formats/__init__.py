"""Where the portal writes dates and numbers otherwise than Django does in that language."""
