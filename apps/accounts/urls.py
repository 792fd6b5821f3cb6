"""The doors of this app: pages in `portal`, JSON in `api`."""

from django.urls import path

from .api import places, tokens, wallets
from .views import choices, security, signing_in

portal = [
    path("login/", signing_in.sign_in, name="login"),
    path("mfa/", signing_in.second_factor, name="mfa"),
    path("mfa/enrol/", signing_in.enrol, name="enrol"),
    path("logout/", signing_in.sign_out, name="logout"),
    path("security/", security.overview, name="security"),
    path("security/again/", security.again, name="again"),
    path("security/authenticator/", security.authenticator, name="authenticator"),
    path("security/recovery-codes/", security.recovery_codes, name="recovery_codes"),
    path("security/password/", security.password, name="password"),
    path("security/sessions/<uuid:pk>/end/", security.end_session, name="end_session"),
    path("organization/", choices.choose_organization, name="organization"),
    path("theme/", choices.choose_theme, name="theme"),
]
api = [
    path("auth/token/", tokens.Token.as_view(), name="token"),
    path("auth/token/refresh/", tokens.Refresh.as_view(), name="refresh"),
    path("auth/mfa/verify/", tokens.SecondFactor.as_view(), name="mfa_verify"),
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
    path("locations/", places.Locations.as_view(), name="locations"),
    path("locations/<uuid:pk>/", places.OneLocation.as_view(), name="location"),
]
