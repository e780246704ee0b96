"""Users, and what they are allowed to do."""

import uuid

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from .base import Base, TimestampMixin
from .types import EmailAddress, MobileNumber, UserStatus


class User(Base, TimestampMixin):
    """Everyone who can sign in: staff, agents and policyholders."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(
            r"password_hash ~ '^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$'", name="chk_users_password_hash"
        ),
        CheckConstraint("failed_sign_ins >= 0", name="chk_users_failed_sign_ins"),
        CheckConstraint(
            "(status = 'deactivated') = (deactivated_at IS NOT NULL)", name="chk_users_deactivated"
        ),
        Index("uq_users_tenant_id_email", "tenant_id", text("lower(email)"), unique=True),
        Index("idx_users_preferred_language_id", "preferred_language_id"),
        Index("idx_users_mobile", "mobile"),
        {"schema": "lic_schema", "comment": "Everyone who can sign in: staff, agents and policyholders"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="RESTRICT"), nullable=False
    )
    preferred_language_id = Column(UUID(as_uuid=True), ForeignKey("shared.languages.id", ondelete="SET NULL"))
    email = Column(EmailAddress, nullable=False, comment="Unique within the tenant whatever its case")
    mobile = Column(MobileNumber)
    password_hash = Column(String(60), nullable=False, comment="bcrypt, as '$2b$12$...'; 60 characters")
    full_name = Column(String(200), nullable=False)
    status = Column(UserStatus, nullable=False, server_default=text("'invited'"))
    failed_sign_ins = Column(SmallInteger, nullable=False, server_default=text("0"))
    last_sign_in_at = Column(DateTime(timezone=True))
    deactivated_at = Column(DateTime(timezone=True))


class Permission(Base, TimestampMixin):
    """What can be allowed; the same for all tenants."""

    __tablename__ = "permissions"
    __table_args__ = (
        UniqueConstraint("code", name="uq_permissions_code"),
        CheckConstraint("code = resource || '.' || action", name="chk_permissions_code"),
        {"schema": "lic_schema", "comment": "What can be allowed; the same for all tenants"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    code = Column(String(100), nullable=False, comment="resource.action, such as policies.approve")
    resource = Column(String(50), nullable=False)
    action = Column(String(50), nullable=False)
    description = Column(Text)


class Role(Base, TimestampMixin):
    """Named sets of permissions of one tenant."""

    __tablename__ = "roles"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code", name="uq_roles_tenant_id_code"),
        {"schema": "lic_schema", "comment": "Named sets of permissions of one tenant"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="CASCADE"), nullable=False
    )
    code = Column(String(50), nullable=False)
    name = Column(String(100), nullable=False)
    description = Column(Text)
    is_system = Column(Boolean, nullable=False, server_default=text("false"))


class RolePermission(Base, TimestampMixin):
    """Which permissions a role has."""

    __tablename__ = "role_permissions"
    __table_args__ = (
        UniqueConstraint("role_id", "permission_id", name="uq_role_permissions_role_id_permission_id"),
        Index("idx_role_permissions_permission_id", "permission_id"),
        {"schema": "lic_schema", "comment": "Which permissions a role has"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    role_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.roles.id", ondelete="CASCADE"), nullable=False
    )
    permission_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.permissions.id", ondelete="CASCADE"), nullable=False
    )


class UserRole(Base, TimestampMixin):
    """Which roles a user has, and until when."""

    __tablename__ = "user_roles"
    __table_args__ = (
        UniqueConstraint("user_id", "role_id", name="uq_user_roles_user_id_role_id"),
        Index("idx_user_roles_role_id", "role_id"),
        Index("idx_user_roles_granted_by_user_id", "granted_by_user_id"),
        Index("idx_user_roles_valid_until", "valid_until", postgresql_where=text("valid_until IS NOT NULL")),
        {"schema": "lic_schema", "comment": "Which roles a user has, and until when"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    user_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.users.id", ondelete="CASCADE"), nullable=False
    )
    role_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.roles.id", ondelete="CASCADE"), nullable=False
    )
    granted_by_user_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.users.id", ondelete="SET NULL"))
    valid_until = Column(DateTime(timezone=True))
