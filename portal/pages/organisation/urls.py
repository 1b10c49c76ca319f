"""Addresses of "Our organisation", and of the link in an invitation."""

from django.urls import path

from portal.pages.organisation import invitations, joining, mandates, members, programs, represented

urlpatterns = [
    path("declarations/for-us/", represented.filed_for_us, name="filed_for_us"),
    path("organisation/", members.organisation, name="organisation"),
    path("organisation/address/", members.address, name="organisation_address"),
    path("organisation/journal/", members.journal, name="organisation_journal"),
    path("organisation/members/<int:pk>/", members.member, name="member"),
    path("organisation/members/<int:pk>/remove/", members.member_remove, name="member_remove"),
    path("organisation/invitations/new/", invitations.invite, name="invite"),
    path("organisation/invitations/<uuid:pk>/resend/", invitations.resend,
         name="invitation_resend"),
    path("organisation/invitations/<uuid:pk>/revoke/", invitations.revoke,
         name="invitation_revoke"),
    path("organisation/mandates/", mandates.mandate_list, name="mandates"),
    path("organisation/mandates/grant/", mandates.grant, name="mandate_grant"),
    path("organisation/mandates/ask/", mandates.ask, name="mandate_ask"),
    path("organisation/mandates/<uuid:pk>/confirm/", mandates.confirm, name="mandate_confirm"),
    path("organisation/mandates/<uuid:pk>/decline/", mandates.decline, name="mandate_decline"),
    path("organisation/mandates/<uuid:pk>/revoke/", mandates.revoke, name="mandate_revoke"),
    path("organisation/programs/", programs.program_list, name="programs"),
    path("organisation/programs/new/", programs.add, name="program_add"),
    path("organisation/programs/<uuid:pk>/renew/", programs.renew, name="program_renew"),
    path("organisation/programs/<uuid:pk>/revoke/", programs.revoke, name="program_revoke"),
    path("invitation/<str:token>/", joining.invitation, name="invitation"),
]
