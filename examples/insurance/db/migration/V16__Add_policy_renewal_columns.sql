-- Agent Mitra - Migration V16: Add Policy Renewal Columns
-- Description: Renewals: a policy may follow another, be paid automatically, and become
--              paid up instead of lapsing.

-- =====================================================
-- TYPES
-- =====================================================

-- The new value can't be used before this migration is committed; V21 is the first that does.
ALTER TYPE lic_schema.policy_status_enum ADD VALUE IF NOT EXISTS 'paid_up' AFTER 'lapsed';

-- =====================================================
-- NEW COLUMNS
-- =====================================================

ALTER TABLE lic_schema.insurance_policies
    ADD COLUMN IF NOT EXISTS renewed_from_policy_id UUID,
    ADD COLUMN IF NOT EXISTS auto_debit BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN IF NOT EXISTS grace_days SMALLINT NOT NULL DEFAULT 30,
    ADD COLUMN IF NOT EXISTS lapsed_on DATE;

-- =====================================================
-- CONSTRAINTS
-- =====================================================

-- NOT VALID first and VALIDATE after: checking the old rows then needs no lock that stops writers.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint
        WHERE conrelid = 'lic_schema.insurance_policies'::regclass
          AND conname = 'insurance_policies_renewed_from_policy_id_fkey'
    ) THEN
        ALTER TABLE lic_schema.insurance_policies
            ADD CONSTRAINT insurance_policies_renewed_from_policy_id_fkey
            FOREIGN KEY (renewed_from_policy_id)
            REFERENCES lic_schema.insurance_policies (id)
            ON DELETE SET NULL
            NOT VALID;
    END IF;

    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint
        WHERE conrelid = 'lic_schema.insurance_policies'::regclass
          AND conname = 'chk_insurance_policies_grace_days'
    ) THEN
        EXECUTE 'ALTER TABLE lic_schema.insurance_policies '
                'ADD CONSTRAINT chk_insurance_policies_grace_days CHECK (grace_days BETWEEN 0 AND 180) NOT VALID';
    END IF;
END
$$;

ALTER TABLE lic_schema.insurance_policies VALIDATE CONSTRAINT insurance_policies_renewed_from_policy_id_fkey;
ALTER TABLE lic_schema.insurance_policies VALIDATE CONSTRAINT chk_insurance_policies_grace_days;

-- =====================================================
-- INDEXES
-- =====================================================

CREATE INDEX IF NOT EXISTS idx_insurance_policies_renewed_from_policy_id
    ON lic_schema.insurance_policies (renewed_from_policy_id);

-- Policies are updated at every premium; a little room in each page keeps those updates on it.
ALTER TABLE lic_schema.insurance_policies SET (fillfactor = 90);
ALTER TABLE lic_schema.insurance_policies ALTER COLUMN plan_id SET STATISTICS 500;

-- A plan decides the frequency to a great extent; tell the planner.
CREATE STATISTICS IF NOT EXISTS lic_schema.stx_insurance_policies_plan_frequency (dependencies, ndistinct)
    ON plan_id, premium_frequency FROM lic_schema.insurance_policies;

-- =====================================================
-- DATA
-- =====================================================

-- Lapsed policies get the day they lapsed: the last premium's due date plus grace.
UPDATE lic_schema.insurance_policies
SET lapsed_on = next_premium_due + grace_days
WHERE status = 'lapsed'
  AND lapsed_on IS NULL
  AND next_premium_due IS NOT NULL;

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON COLUMN lic_schema.insurance_policies.renewed_from_policy_id IS 'The policy that this one continues';
COMMENT ON COLUMN lic_schema.insurance_policies.grace_days IS 'Days after the due date before the policy lapses';
COMMENT ON COLUMN lic_schema.insurance_policies.lapsed_on IS 'Null unless it lapsed; kept when the policy is revived';
COMMENT ON STATISTICS lic_schema.stx_insurance_policies_plan_frequency IS 'Plan and premium frequency go together';
