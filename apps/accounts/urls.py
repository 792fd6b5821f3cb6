"""The doors of this app: pages in `portal` and, of an organization, in `settings`; JSON in `api`."""

from django.urls import path

from .api import keys, places, tokens, wallets
from .api import licenses as licence_list
from .api import notifications as notification_list
from .api import team as people
from .views import (
    api_keys,
    choices,
    devices,
    joining,
    licenses,
    passkeys,
    resetting,
    security,
    signing_in,
    team,
    told,
)
from .views import wallets as wallet_pages

portal = [
    path("login/", signing_in.sign_in, name="login"),
    path("mfa/", signing_in.second_factor, name="mfa"),
    path("mfa/enrol/", signing_in.enrol, name="enrol"),
    path("mfa/passkey/", passkeys.request_options, name="passkey_options"),
    path("wallet/", wallet_pages.sign_in, name="wallet"),
    path("wallet/message/", wallet_pages.message, name="wallet_message"),
    path("forgotten/", resetting.forgotten, name="forgotten"),
    path("reset/<uuid:pk>/<str:token>/", resetting.reset, name="reset"),
    path("invitation/<uuid:pk>/<str:token>/", joining.invitation, name="invitation"),
    path("logout/", signing_in.sign_out, name="logout"),
    path("security/", security.overview, name="security"),
    path("security/again/", security.again, name="again"),
    path("security/authenticator/", security.authenticator, name="authenticator"),
    path("security/recovery-codes/", security.recovery_codes, name="recovery_codes"),
    path("security/passkeys/", passkeys.new, name="passkey"),
    path("security/passkeys/options/", passkeys.creation_options, name="passkey_creation"),
    path("security/passkeys/<int:pk>/remove/", passkeys.remove, name="remove_passkey"),
    path("security/devices/<int:pk>/forget/", devices.forget, name="forget_device"),
    path("security/wallets/", wallet_pages.link, name="link_wallet"),
    path("security/wallets/message/", wallet_pages.link_message, name="link_message"),
    path("security/wallets/<uuid:pk>/unlink/", wallet_pages.unlink, name="unlink_wallet"),
    path("security/password/", security.password, name="password"),
    path("security/sessions/<uuid:pk>/end/", security.end_session, name="end_session"),
    path("organization/", choices.choose_organization, name="organization"),
    path("theme/", choices.choose_theme, name="theme"),
]
notifications = [
    path("", told.listing, name="list"),
    path("bell/", told.bell, name="bell"),
    path("read/", told.read, name="read"),
]
settings = [
    path("", licenses.overview, name="home"),
    path("licences/", licenses.overview, name="licenses"),
    path("licences/new/", licenses.add, name="license_add"),
    path("licences/<uuid:pk>/", licenses.change, name="license"),
    path("licences/<uuid:pk>/remove/", licenses.remove, name="license_remove"),
    path("team/", team.overview, name="team"),
    path("team/limit/", team.limit, name="limit"),
    path("team/invite/", team.invite, name="invite"),
    path("team/<int:pk>/", team.member, name="member"),
    path("team/<int:pk>/remove/", team.remove, name="member_remove"),
    path("team/invitations/<uuid:pk>/again/", team.resend, name="invitation_resend"),
    path("team/invitations/<uuid:pk>/withdraw/", team.withdraw, name="invitation_withdraw"),
    path("api-keys/", api_keys.overview, name="keys"),
    path("api-keys/new/", api_keys.add, name="key_add"),
    path("api-keys/<uuid:pk>/revoke/", api_keys.revoke, name="key_revoke"),
    path("notifications/", told.choices, name="notifications"),
]
api = [
    path("auth/token/", tokens.Token.as_view(), name="token"),
    path("auth/token/refresh/", tokens.Refresh.as_view(), name="refresh"),
    path("auth/mfa/verify/", tokens.SecondFactor.as_view(), name="mfa_verify"),
    path("auth/mfa/passkey/", tokens.PasskeyOptions.as_view(), name="mfa_passkey"),
    path("auth/mfa/enrol/", tokens.Enrol.as_view(), name="mfa_enrol"),
    path("auth/mfa/confirm/", tokens.Confirm.as_view(), name="mfa_confirm"),
    path("auth/logout/", tokens.Logout.as_view(), name="logout"),
    path("auth/sessions/", tokens.Sessions.as_view(), name="sessions"),
    path("auth/sessions/<uuid:pk>/", tokens.OneSession.as_view(), name="session"),
    path("auth/wallet/nonce/", wallets.WalletNonce.as_view(), name="wallet_nonce"),
    path("auth/wallet/verify/", wallets.WalletVerify.as_view(), name="wallet_verify"),
    path("auth/wallet/link/nonce/", wallets.LinkNonce.as_view(), name="wallet_link_nonce"),
    path("auth/wallet/link/", wallets.LinkWallet.as_view(), name="wallet_link"),
    path("auth/wallets/", wallets.Wallets.as_view(), name="wallets"),
    path("licences/", licence_list.Licenses.as_view(), name="licenses"),
    path("api-keys/", keys.Keys.as_view(), name="api_keys"),
    path("api-keys/<uuid:pk>/", keys.OneKey.as_view(), name="api_key"),
    path("members/", people.Members.as_view(), name="members"),
    path("members/<int:pk>/", people.OneMember.as_view(), name="member"),
    path("invitations/", people.Invitations.as_view(), name="invitations"),
    path("invitations/<uuid:pk>/", people.OneInvitation.as_view(), name="invitation"),
    path("notifications/", notification_list.Notifications.as_view(), name="notifications"),
    path("notifications/read/", notification_list.Read.as_view(), name="notifications-read"),
    path("notifications/choices/", notification_list.Choices.as_view(), name="notification-choices"),
    path("locations/", places.Locations.as_view(), name="locations"),
    path("locations/<uuid:pk>/", places.OneLocation.as_view(), name="location"),
]
