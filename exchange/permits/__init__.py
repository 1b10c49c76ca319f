"""The balance of permits across the border: the country of use tells, the issuing country answers.

On the issuing side a use is judged and written off by agencies.permits.abroad; here is how countries
tell each other, and what the country of use keeps (docs/permits.md).
"""
