"""Branches, agents and their appointments."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, UUID, ExcludeConstraint

from .base import Base, TimestampMixin
from .types import AgentStatus, AppointmentStatus, MobileNumber


class Branch(Base, TimestampMixin):
    """Offices of a tenant; a tree from zone down to branch."""

    __tablename__ = "branches"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code", name="uq_branches_tenant_id_code"),
        CheckConstraint("pin_code ~ '^[1-9][0-9]{5}$'", name="chk_branches_pin_code"),
        CheckConstraint("closes_at > opens_at", name="chk_branches_hours"),
        Index("idx_branches_parent_branch_id", "parent_branch_id"),
        {"schema": "lic_schema", "comment": "Offices of a tenant; a tree from zone down to branch"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="RESTRICT"), nullable=False
    )
    parent_branch_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.branches.id", ondelete="RESTRICT"))
    code = Column(String(20), nullable=False)
    name = Column(String(150), nullable=False)
    city = Column(String(100), nullable=False)
    state = Column(String(100), nullable=False)
    pin_code = Column(String(6), nullable=False)
    phone = Column(MobileNumber)
    opens_at = Column(
        Time,
        nullable=False,
        server_default=text("'09:30'"),
        comment="Local time; callbacks are promised within these hours",
    )
    closes_at = Column(Time, nullable=False, server_default=text("'17:30'"))


class Agent(Base, TimestampMixin):
    """Insurance agents; each is a user, belongs to a branch and may report to another agent."""

    __tablename__ = "agents"
    __table_args__ = (
        UniqueConstraint("user_id", name="uq_agents_user_id"),
        UniqueConstraint("tenant_id", "agent_code", name="uq_agents_tenant_id_agent_code"),
        UniqueConstraint("tenant_id", "id", name="uq_agents_tenant_id_id"),
        CheckConstraint("manager_agent_id <> id", name="chk_agents_manager"),
        CheckConstraint(
            "status = 'pending_approval' OR (licence_number IS NOT NULL AND licence_valid_until IS NOT NULL)",
            name="chk_agents_licence",
        ),
        CheckConstraint("jsonb_typeof(profile) = 'object'", name="chk_agents_profile"),
        Index("idx_agents_branch_id", "branch_id"),
        Index("idx_agents_manager_agent_id", "manager_agent_id"),
        Index("idx_agents_territories", "territories", postgresql_using="gin"),
        Index(
            "idx_agents_licence_valid_until",
            "licence_valid_until",
            postgresql_where=text("status = 'active'"),
        ),
        {
            "schema": "lic_schema",
            "comment": "Insurance agents; each is a user, belongs to a branch and may report to another agent",
        },
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="RESTRICT"), nullable=False
    )
    user_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.users.id", ondelete="RESTRICT"), nullable=False
    )
    branch_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.branches.id", ondelete="RESTRICT"), nullable=False
    )
    manager_agent_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.agents.id", ondelete="SET NULL"))
    agent_code = Column(String(20), nullable=False)
    licence_number = Column(String(50))
    licence_valid_until = Column(Date)
    status = Column(AgentStatus, nullable=False, server_default=text("'pending_approval'"))
    territories = Column(
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="PIN code prefixes the agent looks after",
    )
    specialisations = Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    profile = Column(
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="What the agent's public page shows: photo, greeting, awards",
    )
    joined_on = Column(Date, nullable=False, server_default=text("CURRENT_DATE"))


class AgentAvailability(Base, TimestampMixin):
    """Weekly hours of an agent, local time."""

    __tablename__ = "agent_availability"
    __table_args__ = (
        UniqueConstraint("agent_id", "weekday", "available_from", name="uq_agent_availability_slot"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="chk_agent_availability_weekday"),
        CheckConstraint("available_until > available_from", name="chk_agent_availability_hours"),
        {"schema": "lic_schema", "comment": "Weekly hours of an agent, local time"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    agent_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.agents.id", ondelete="CASCADE"), nullable=False
    )
    weekday = Column(SmallInteger, nullable=False, comment="ISO: 1 is Monday, 7 is Sunday")
    available_from = Column(Time, nullable=False)
    available_until = Column(Time, nullable=False)


class Appointment(Base, TimestampMixin):
    """Meetings of an agent with either a policyholder or a lead."""

    __tablename__ = "appointments"
    __table_args__ = (
        ExcludeConstraint(
            ("agent_id", "="),
            ("slot", "&&"),
            name="excl_appointments_agent_busy",
            using="gist",
            where=text("status IN ('requested', 'confirmed')"),
        ),
        CheckConstraint("num_nonnulls(policyholder_id, lead_id) = 1", name="chk_appointments_with_whom"),
        CheckConstraint(
            "NOT isempty(slot) AND NOT lower_inf(slot) AND NOT upper_inf(slot)", name="chk_appointments_slot"
        ),
        Index("idx_appointments_agent_id", "agent_id"),
        Index("idx_appointments_tenant_id", "tenant_id"),
        Index("idx_appointments_policyholder_id", "policyholder_id"),
        Index("idx_appointments_lead_id", "lead_id"),
        Index(
            "idx_appointments_slot_start", text("lower(slot)"), postgresql_where=text("status = 'confirmed'")
        ),
        {"schema": "lic_schema", "comment": "Meetings of an agent with either a policyholder or a lead"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    tenant_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.tenants.id", ondelete="CASCADE"), nullable=False
    )
    agent_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.agents.id", ondelete="CASCADE"), nullable=False
    )
    policyholder_id = Column(
        UUID(as_uuid=True), ForeignKey("lic_schema.policyholders.id", ondelete="CASCADE")
    )
    lead_id = Column(UUID(as_uuid=True), ForeignKey("lic_schema.leads.id", ondelete="CASCADE"))
    slot = Column(TSTZRANGE, nullable=False)
    status = Column(AppointmentStatus, nullable=False, server_default=text("'requested'"))
    purpose = Column(String(200), nullable=False)
    place = Column(String(200))
