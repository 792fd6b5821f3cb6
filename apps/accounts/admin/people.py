"""People and what they may do. A member sees fellow members; making and changing people is the platform's own."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as Base
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.accounts.actions import sessions, team
from apps.accounts.models import Membership, User
from apps.core.backoffice import Audited

from .owned import Owned

admin.site.unregister(Group)  # rights come from the role in an organization; nobody reads groups


class NewPerson(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]


class Person(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(Audited, Base):
    form, add_form = Person, NewPerson
    list_display = ["email", "name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["email", "name", "usable_password", "password1", "password2"]})
    ]
    secrets = ("password", "password1", "password2")

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(memberships__organization=request.organization)

    def get_fieldsets(self, request, obj=None):
        """A fellow member is seen by name and email; how safe their sign-in is, is not shown."""
        if request.user.is_superuser:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["email", "name", "is_active", "last_login"]})]

    def has_delete_permission(self, request, obj=None):
        return False

    def user_change_password(self, request, id, form_url=""):
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == 302:
            self.record(request, self.get_object(request, id), "password_set")
        return answer


class MembershipForm(forms.ModelForm):
    """A person is named by email, so that nobody leafs through everybody's. Roles are its side's."""

    email = forms.EmailField(label=_("Person's email"), required=False)
    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Membership
        fields = ["organization", "roles"]

    own = None  # the organization a member works for; the platform's own people choose one

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.own = getattr(self.instance, "organization", None) or self.own
        sides = [self.own.side] if self.own else rules.Side.values
        self.fields["roles"].choices = [
            (rules.Side(side).label, [(key, role.name) for key, role in rules.ROLES[side].items()]) for side in sides
        ]

    def clean(self):
        cleaned = super().clean()
        side = getattr(cleaned.get("organization") or self.own, "side", "")
        if set(cleaned.get("roles", [])) - set(rules.ROLES.get(side, {})):
            self.add_error("roles", _("These are not all roles of the organization's side."))
        if self.instance._state.adding:
            self.instance.user = self._person(cleaned.get("email", ""))
        elif self._leads_no_longer(cleaned.get("roles", [])) and team.needed([self.instance]):
            self.add_error("roles", _("Nobody else leads this organization. Give somebody that role first."))
        return cleaned

    def _leads_no_longer(self, roles: list[str]) -> bool:
        return rules.tier_of(self.own.side, roles) != rules.Role.OWNER

    def _person(self, email: str) -> User:
        email = email.strip().lower()
        person = User.objects.filter(email=email, is_active=True).first() if email else None
        if person is None:
            raise forms.ValidationError({"email": _("No person signs in with this email.")})
        return person


@admin.register(Membership)
class MembershipAdmin(Owned):
    form = MembershipForm
    list_display = ["user", "organization", "role", "roles_told", "created_at"]
    list_select_related = ["user", "organization"]
    list_filter = ["role"]
    search_fields = ["user__email", "user__name"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        sessions.make_stale(obj.user_id)

    def delete_model(self, request, obj):
        team.remove_member(member=obj, by=request.user, now=timezone.now())

    def get_deleted_objects(self, objs, request):
        """Who is needed to lead is shown as protected, and nothing is deleted."""
        shown, counted, asked, protected = super().get_deleted_objects(objs, request)
        return shown, counted, asked, [*protected, *map(str, team.needed(objs))]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)  # a class of this request's own
        form.own = None if request.user.is_superuser else request.organization
        return form

    def get_fields(self, request, obj=None):
        if obj:
            return ["user", "organization", "roles"]
        return ["email", "organization", "roles"] if request.user.is_superuser else ["email", "roles"]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["user"] if obj else [])]

    def get_queryset(self, request):
        """One's own memberships elsewhere are visible to a person, not a matter of this organization."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(organization=request.organization)
