"""People: they sign in by email and act for the organizations they are members of."""

from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.core.models import Stamped

from .organizations import Organization


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **values) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **values)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **values) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **values)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `is_staff` opens the back office, `is_superuser` the whole platform (each look is audited)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("may enter the back office"), default=False)
    theme = models.CharField(max_length=5, blank=True, choices=[("light", _("Light")), ("dark", _("Dark"))])
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    objects = UserManager()
    by_key = ""  # the key a program acts with in this person's stead, by its prefix

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_an_email")]

    def __str__(self) -> str:
        return f"{self.email}, key {self.by_key}" if self.by_key else self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    get_short_name = get_full_name

    @property
    def needs_factor(self) -> bool:
        """Whether their rights demand a second factor. Asks their memberships: call it in their scope."""
        roles = list(self.memberships.values_list("role", "organization__side"))
        return rules.demands_factor(roles, is_staff=self.is_staff, is_superuser=self.is_superuser)

    @property
    def initials(self) -> str:
        words = (self.name or self.email.partition("@")[0]).replace(".", " ").split()
        return "".join(word[0] for word in words[:2]).upper()


class Membership(Stamped):
    """A person's roles in an organization, everywhere or at `locations` alone (ids of its own; none means all).

    `role` is their tier, the highest of the roles: what routes are judged by. Roles that nobody chose are the tier's
    usual ones."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=rules.Role.choices)
    roles = ArrayField(models.CharField(max_length=24), default=list)
    locations = ArrayField(models.UUIDField(), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organization"], name="one_role_a_person"),
            models.CheckConstraint(condition=models.Q(roles__len__gt=0), name="a_member_has_a_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    def save(self, *args, **kwargs):
        side = self.organization.side
        self.roles = self.roles or rules.usual_roles(side, self.role)
        self.role = rules.tier_of(side, self.roles)
        super().save(*args, **kwargs)

    @property
    def roles_told(self) -> str:
        return rules.names_of(self.organization.side, self.roles)
