"""How a person wants to be told: the verb and the form of the page."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.accounts.roles import Permission
from portal.notices.kinds import DEFAULT_PACE, FOR, GROUP_HELP, MANDATORY, Group, Pace, Scope
from portal.notices.models import Preference


def choose(user: User, scope: str, digest_hour: int, paces: dict[str, str]) -> Preference:
    """Keep what a person chose; only what differs from the defaults is written down."""
    kept = {
        name: pace for name, pace in paces.items() if pace != DEFAULT_PACE[Group(name)]
    }
    with transaction.atomic():
        preference, _made = Preference.objects.select_for_update().get_or_create(user=user)
        unshown = {k: v for k, v in preference.paces.items() if k not in paces}
        preference.scope, preference.digest_hour = scope, digest_hour
        preference.paces = unshown | kept
        preference.save()
    return preference


def groups_for(actor: Actor) -> list[Group]:
    """The groups that this person can be told of."""
    return [group for group in Group if actor.may(FOR[group])]


class PreferenceForm(forms.Form):
    """A choice of pace for each group, the digest's hour, and of which declarations."""

    scope = forms.ChoiceField(
        label=_("Declarations"), choices=Scope.choices,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the daily digest"), coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, actor: Actor, preference: Preference, **kwargs: Any) -> None:
        self.groups = groups_for(actor)
        initial: dict[str, Any] = {"scope": preference.scope, "digest_hour": preference.digest_hour}
        initial |= {group.value: preference.pace(group) for group in self.groups}
        super().__init__(*args, **(kwargs | {"initial": initial}))
        if not actor.may(Permission.VIEW_OWN):
            del self.fields["scope"]
        for group in self.groups:
            paces = [pace for pace in Pace if pace != Pace.NEVER or group not in MANDATORY]
            self.fields[group.value] = forms.ChoiceField(
                label=group.label, choices=[(pace.value, pace.label) for pace in paces],
                widget=forms.RadioSelect, help_text=GROUP_HELP[group],
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One line for each group, as the page shows it: with which pace is marked."""
        return [
            {"field": self[group.value], "mandatory": group in MANDATORY,
             "paces": [{"pace": pace, "chosen": self[group.value].value() == pace,
                        "offered": pace != Pace.NEVER or group not in MANDATORY} for pace in Pace]}
            for group in self.groups
        ]

    def keep(self, user: User) -> Preference:
        chosen = self.cleaned_data
        return choose(
            user, chosen.get("scope", Scope.MINE), chosen["digest_hour"],
            {group.value: chosen[group.value] for group in self.groups},
        )
