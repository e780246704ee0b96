"""Reference data: countries, languages, categories and insurance companies."""

import uuid

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
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
from .types import EmailAddress, MobileNumber


class Country(Base, TimestampMixin):
    """Countries we do business in."""

    __tablename__ = "countries"
    __table_args__ = (
        UniqueConstraint("iso_code", name="uq_countries_iso_code"),
        CheckConstraint("iso_code ~ '^[A-Z]{2}$'", name="chk_countries_iso_code"),
        {"schema": "shared", "comment": "Countries we do business in"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    iso_code = Column(String(2), nullable=False)
    name = Column(String(100), nullable=False)
    dialling_code = Column(String(5), nullable=False)
    currency_code = Column(String(3), nullable=False)
    currency_symbol = Column(String(4), nullable=False, comment="As printed before an amount, such as ₹")
    is_active = Column(Boolean, nullable=False, server_default=text("true"))


class Language(Base, TimestampMixin):
    """Languages an agent or a customer may choose."""

    __tablename__ = "languages"
    __table_args__ = (
        UniqueConstraint("code", name="uq_languages_code"),
        {"schema": "shared", "comment": "Languages an agent or a customer may choose"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    code = Column(String(10), nullable=False)
    name = Column(String(100), nullable=False)
    native_name = Column(String(100), nullable=False, comment="The language's name in its own script")
    is_right_to_left = Column(Boolean, nullable=False, server_default=text("false"))
    sort_position = Column(SmallInteger, nullable=False, server_default=text("100"))


class InsuranceCategory(Base, TimestampMixin):
    """Tree of lines of business: life, health, motor ...."""

    __tablename__ = "insurance_categories"
    __table_args__ = (
        UniqueConstraint("code", name="uq_insurance_categories_code"),
        CheckConstraint("parent_category_id <> id", name="chk_insurance_categories_parent"),
        Index("idx_insurance_categories_parent_category_id", "parent_category_id"),
        {"schema": "shared", "comment": "Tree of lines of business: life, health, motor ..."},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    parent_category_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.insurance_categories.id", ondelete="RESTRICT")
    )
    code = Column(String(30), nullable=False)
    name = Column(String(100), nullable=False)
    description = Column(Text)


class InsuranceProvider(Base, TimestampMixin):
    """Insurance companies whose plans are sold."""

    __tablename__ = "insurance_providers"
    __table_args__ = (
        UniqueConstraint("code", name="uq_insurance_providers_code"),
        Index("idx_insurance_providers_country_id", "country_id"),
        {"schema": "shared", "comment": "Insurance companies whose plans are sold"},
    )

    id = Column(
        UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")
    )
    country_id = Column(
        UUID(as_uuid=True), ForeignKey("shared.countries.id", ondelete="RESTRICT"), nullable=False
    )
    code = Column(String(30), nullable=False)
    name = Column(String(200), nullable=False)
    registration_number = Column(String(50), comment="Number given by the regulator (IRDAI)")
    support_email = Column(EmailAddress)
    support_phone = Column(MobileNumber)
    website = Column(String(255))
    is_active = Column(Boolean, nullable=False, server_default=text("true"))
