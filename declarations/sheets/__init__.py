"""A declaration as a spreadsheet: templates that the form's fields make, and reading them back."""
