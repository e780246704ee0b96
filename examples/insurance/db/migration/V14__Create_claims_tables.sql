-- Agent Mitra - Migration V14: Create Claims Tables
-- Description: Claims, the papers handed in, and the way a claim went. Claims are numbered
--              without a break within a financial year, as auditors ask.

-- =====================================================
-- TYPES
-- =====================================================

DO $$
BEGIN
    IF to_regtype('lic_schema.claim_status_enum') IS NULL THEN
        CREATE TYPE lic_schema.claim_status_enum AS ENUM (
            'submitted', 'documents_pending', 'in_assessment', 'approved', 'rejected', 'settled', 'withdrawn'
        );
    END IF;

    IF to_regtype('lic_schema.claim_type_enum') IS NULL THEN
        CREATE TYPE lic_schema.claim_type_enum AS ENUM ('death', 'maturity', 'survival_benefit', 'surrender', 'rider');
    END IF;
END
$$;

-- =====================================================
-- NEW TABLES
-- =====================================================

CREATE TABLE IF NOT EXISTS lic_schema.claim_number_series (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE RESTRICT,
    financial_year SMALLINT NOT NULL,
    last_number INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_claim_number_series_tenant_id_financial_year UNIQUE (tenant_id, financial_year)
);

CREATE TABLE IF NOT EXISTS lic_schema.claims (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id UUID NOT NULL REFERENCES shared.tenants (id) ON DELETE RESTRICT,
    policy_id UUID NOT NULL REFERENCES lic_schema.insurance_policies (id) ON DELETE RESTRICT,
    nominee_id UUID REFERENCES lic_schema.policy_nominees (id) ON DELETE RESTRICT,
    assessor_user_id UUID REFERENCES lic_schema.users (id) ON DELETE SET NULL,
    claim_number VARCHAR(20) NOT NULL,
    claim_type lic_schema.claim_type_enum NOT NULL,
    status lic_schema.claim_status_enum NOT NULL DEFAULT 'submitted',
    incident_on DATE NOT NULL,
    claimed_amount NUMERIC(14, 2) NOT NULL,
    approved_amount NUMERIC(14, 2),
    deductions NUMERIC(14, 2) NOT NULL DEFAULT 0,
    payable_amount NUMERIC(14, 2) GENERATED ALWAYS AS (GREATEST(approved_amount - deductions, 0)) STORED,
    rejection_reason TEXT,
    submitted_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    settled_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT uq_claims_tenant_id_claim_number UNIQUE (tenant_id, claim_number),
    CONSTRAINT chk_claims_amounts CHECK (claimed_amount > 0 AND deductions >= 0 AND approved_amount >= 0),
    CONSTRAINT chk_claims_rejected CHECK ((status = 'rejected') = (rejection_reason IS NOT NULL)),
    CONSTRAINT chk_claims_settled CHECK (
        status <> 'settled' OR (settled_at IS NOT NULL AND approved_amount IS NOT NULL)
    )
);

CREATE TABLE IF NOT EXISTS lic_schema.claim_documents (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    claim_id UUID NOT NULL REFERENCES lic_schema.claims (id) ON DELETE CASCADE,
    verified_by_user_id UUID REFERENCES lic_schema.users (id) ON DELETE SET NULL,
    document_type VARCHAR(50) NOT NULL,
    storage_url VARCHAR(1000) NOT NULL,
    verified_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT chk_claim_documents_verified CHECK (verified_by_user_id IS NULL OR verified_at IS NOT NULL)
);

CREATE TABLE IF NOT EXISTS lic_schema.claim_status_history (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    claim_id UUID NOT NULL REFERENCES lic_schema.claims (id) ON DELETE CASCADE,
    from_status lic_schema.claim_status_enum,
    to_status lic_schema.claim_status_enum NOT NULL,
    changed_by TEXT NOT NULL DEFAULT CURRENT_USER,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_claims_policy_id ON lic_schema.claims (policy_id);
CREATE INDEX IF NOT EXISTS idx_claims_nominee_id ON lic_schema.claims (nominee_id);
CREATE INDEX IF NOT EXISTS idx_claims_assessor_user_id ON lic_schema.claims (assessor_user_id);
CREATE INDEX IF NOT EXISTS idx_claims_open ON lic_schema.claims (tenant_id, submitted_at)
    WHERE status NOT IN ('rejected', 'settled', 'withdrawn');
CREATE INDEX IF NOT EXISTS idx_claim_documents_claim_id ON lic_schema.claim_documents (claim_id);
CREATE INDEX IF NOT EXISTS idx_claim_documents_verified_by_user_id
    ON lic_schema.claim_documents (verified_by_user_id);
CREATE INDEX IF NOT EXISTS idx_claim_status_history_claim_id ON lic_schema.claim_status_history (claim_id);

-- =====================================================
-- FUNCTIONS
-- =====================================================

-- A sequence would leave gaps after a rollback; a counter row does not, at the price that claims of
-- one tenant are numbered one after the other.
CREATE OR REPLACE FUNCTION lic_schema.next_claim_number(p_tenant_id UUID, p_on DATE DEFAULT CURRENT_DATE)
RETURNS VARCHAR
LANGUAGE plpgsql
AS $$
DECLARE
    -- the Indian financial year starts on 1 April
    v_year CONSTANT SMALLINT := EXTRACT(YEAR FROM p_on - INTERVAL '3 months');
    v_number INTEGER;
BEGIN
    INSERT INTO lic_schema.claim_number_series AS series (tenant_id, financial_year, last_number)
    VALUES (p_tenant_id, v_year, 1)
    ON CONFLICT (tenant_id, financial_year) DO UPDATE SET last_number = series.last_number + 1
    RETURNING series.last_number INTO v_number;

    RETURN format('CL/%s-%s/%s', v_year, right((v_year + 1)::TEXT, 2), lpad(v_number::TEXT, 5, '0'));
END;
$$;

CREATE OR REPLACE FUNCTION lic_schema.follow_claim()
RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status IN ('settled', 'withdrawn') THEN
            RAISE EXCEPTION 'Claim % is %; its status cannot change', OLD.claim_number, OLD.status
                USING ERRCODE = 'check_violation';
        END IF;
        INSERT INTO lic_schema.claim_status_history (claim_id, from_status, to_status)
        VALUES (NEW.id, OLD.status, NEW.status);
    ELSE
        INSERT INTO lic_schema.claim_status_history (claim_id, to_status) VALUES (NEW.id, NEW.status);
    END IF;
    RETURN NULL;
END;
$$;

-- =====================================================
-- TRIGGERS AND POLICIES
-- =====================================================

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger
        WHERE tgrelid = 'lic_schema.claims'::regclass AND tgname = 'follow_claim_insert'
    ) THEN
        CREATE TRIGGER follow_claim_insert AFTER INSERT ON lic_schema.claims
            FOR EACH ROW EXECUTE FUNCTION lic_schema.follow_claim();
        CREATE TRIGGER follow_claim_update AFTER UPDATE OF status ON lic_schema.claims
            FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
            EXECUTE FUNCTION lic_schema.follow_claim();
        CREATE TRIGGER audit_changes AFTER INSERT OR UPDATE OR DELETE ON lic_schema.claims
            FOR EACH ROW EXECUTE FUNCTION audit.record_change();
    END IF;
END
$$;

CALL shared.attach_updated_at(
    'lic_schema.claim_number_series',
    'lic_schema.claims',
    'lic_schema.claim_documents',
    'lic_schema.claim_status_history'
);
CALL lic_schema.isolate_by_tenant('lic_schema.claim_number_series', 'lic_schema.claims');

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON FUNCTION lic_schema.next_claim_number(UUID, DATE) IS 'Next number of the financial year, such as CL/2025-26/00042';
COMMENT ON TABLE lic_schema.claim_number_series IS 'Last claim number of each tenant and financial year';
COMMENT ON TABLE lic_schema.claims IS 'Claims on policies';
COMMENT ON COLUMN lic_schema.claims.payable_amount IS 'Approved less deductions in rupees (₹), never negative; computed';
COMMENT ON TABLE lic_schema.claim_documents IS 'Papers of a claim and who verified them';
COMMENT ON TABLE lic_schema.claim_status_history IS 'Every status a claim had; written by triggers';
