"""Message templates, notifications and devices."""

import uuid

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    String,
    Text,
    Time,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from .base import Base, TimestampMixin
from .types import NotificationChannel, NotificationStatus


class MessageTemplate(Base, TimestampMixin):
    """Texts with {{names}}, one row for each channel and language."""

    __tablename__ = "message_templates"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code", "channel", "language_id", name="uq_message_templates_code"),
        CheckConstraint(
            "channel <> 'sms' OR char_length(body) <= 640", name="chk_message_templates_sms_length"
        ),
        Index("idx_message_templates_language_id", "language_id"),
        {"schema": "lic_schema", "comment": "Texts with {{names}}, one row for each channel and language"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="CASCADE"), nullable=False
    )
    language_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.languages.id", ondelete="RESTRICT"), nullable=False
    )
    code = Column(String(100), nullable=False)
    channel = Column(NotificationChannel, nullable=False)
    subject = Column(String(200))
    body = Column(Text, nullable=False)
    variables = Column(
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="Names used in subject and body; filled by a trigger",
    )
    is_active = Column(Boolean, nullable=False, server_default=text("true"))


class Notification(Base, TimestampMixin):
    """Messages to users, queued and sent."""

    __tablename__ = "notifications"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued', 'failed', 'expired') OR sent_at IS NOT NULL", name="chk_notifications_sent"
        ),
        Index("idx_notifications_tenant_id", "tenant_id"),
        Index("idx_notifications_user_id_created_at", "user_id", text("created_at DESC")),
        Index("idx_notifications_template_id", "template_id"),
        Index("idx_notifications_scheduled_for", "scheduled_for", postgresql_where=text("status = 'queued'")),
        Index(
            "idx_notifications_unread",
            "user_id",
            postgresql_where=text("read_at IS NULL AND channel = 'in_app'"),
        ),
        {"schema": "lic_schema", "comment": "Messages to users, queued and sent"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="CASCADE"), nullable=False
    )
    user_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.users.id", ondelete="CASCADE"), nullable=False
    )
    template_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.message_templates.id", ondelete="SET NULL")
    )
    channel = Column(NotificationChannel, nullable=False, server_default=text("'in_app'"))
    status = Column(NotificationStatus, nullable=False, server_default=text("'queued'"))
    title = Column(String(200), nullable=False)
    body = Column(Text, nullable=False)
    payload = Column(JSONB, nullable=False, server_default=text("'{}'"))
    scheduled_for = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    sent_at = Column(DateTime(timezone=True))
    read_at = Column(DateTime(timezone=True))


class DeviceToken(Base, TimestampMixin):
    """Telephones and browsers that receive push messages."""

    __tablename__ = "device_tokens"
    __table_args__ = (
        UniqueConstraint("token", name="uq_device_tokens_token"),
        CheckConstraint("platform IN ('android', 'ios', 'web')", name="chk_device_tokens_platform"),
        Index("idx_device_tokens_user_id", "user_id"),
        {"schema": "lic_schema", "comment": "Telephones and browsers that receive push messages"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    user_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.users.id", ondelete="CASCADE"), nullable=False
    )
    platform = Column(String(10), nullable=False)
    token = Column(String(512), nullable=False)
    app_version = Column(String(20))
    last_used_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())


class NotificationSettings(Base, TimestampMixin):
    """When and how a user wants to be disturbed."""

    __tablename__ = "notification_settings"
    __table_args__ = (
        UniqueConstraint("user_id", name="uq_notification_settings_user_id"),
        {"schema": "lic_schema", "comment": "When and how a user wants to be disturbed"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    user_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.users.id", ondelete="CASCADE"), nullable=False
    )
    enabled_channels = Column(
        ARRAY(NotificationChannel), nullable=False, server_default=text("'{in_app,push}'")
    )
    quiet_from = Column(
        Time,
        nullable=False,
        server_default=text("'21:00'"),
        comment="Local time; quiet hours may cross midnight",
    )
    quiet_until = Column(Time, nullable=False, server_default=text("'08:00'"))
    time_zone = Column(String(50), nullable=False, server_default=text("'Asia/Kolkata'"))
