-- Agent Mitra - Migration V19: Create Reporting Views
-- Description: Views for the dashboards, and a materialized one for the figures of a month.

-- =====================================================
-- VIEWS
-- =====================================================

CREATE OR REPLACE VIEW lic_schema.policy_overview AS
SELECT
    p.id AS policy_id,
    p.tenant_id,
    p.policy_number,
    p.status,
    h.full_name AS policyholder_name,
    h.mobile AS policyholder_mobile,
    a.agent_code,
    u.full_name AS agent_name,
    plan.name AS plan_name,
    c.code AS category_code,
    p.sum_assured,
    p.annual_premium,
    p.next_premium_due,
    p.next_premium_due + p.grace_days AS lapses_on
FROM lic_schema.insurance_policies AS p
JOIN lic_schema.policyholders AS h ON h.id = p.policyholder_id
JOIN lic_schema.insurance_plans AS plan ON plan.id = p.plan_id
JOIN shared.insurance_categories AS c ON c.id = plan.category_id
LEFT JOIN lic_schema.agents AS a ON a.id = p.agent_id
LEFT JOIN lic_schema.users AS u ON u.id = a.user_id;

CREATE OR REPLACE VIEW lic_schema.agent_performance AS
SELECT
    a.id AS agent_id,
    a.tenant_id,
    a.agent_code,
    b.name AS branch_name,
    COUNT(p.id) AS policies,
    COUNT(p.id) FILTER (WHERE p.status = 'active') AS active_policies,
    COALESCE(SUM(p.annual_premium) FILTER (WHERE p.status = 'active'), 0) AS annual_premium,
    ROUND(
        100.0 * COUNT(p.id) FILTER (WHERE p.status = 'lapsed') / NULLIF(COUNT(p.id), 0), 1
    ) AS lapse_rate,
    RANK() OVER (
        PARTITION BY a.tenant_id
        ORDER BY COALESCE(SUM(p.annual_premium) FILTER (WHERE p.status = 'active'), 0) DESC
    ) AS rank_in_tenant
FROM lic_schema.agents AS a
JOIN lic_schema.branches AS b ON b.id = a.branch_id
LEFT JOIN lic_schema.insurance_policies AS p ON p.agent_id = a.id
GROUP BY a.id, a.tenant_id, a.agent_code, b.name;

-- Reads a view that reads a table: whoever changes policy_overview has to drop this one first.
CREATE OR REPLACE VIEW lic_schema.renewals_due AS
SELECT o.policy_id, o.tenant_id, o.policy_number, o.policyholder_name, o.policyholder_mobile,
       o.agent_code, o.next_premium_due, o.lapses_on
FROM lic_schema.policy_overview AS o
WHERE o.status = 'active'
  AND o.next_premium_due <= CURRENT_DATE + 30;

CREATE OR REPLACE VIEW lic_schema.branch_tree AS
WITH RECURSIVE tree AS (
    SELECT b.id, b.tenant_id, b.code, b.name, 0 AS depth, ARRAY[b.code::TEXT] AS code_path
    FROM lic_schema.branches AS b
    WHERE b.parent_branch_id IS NULL
    UNION ALL
    SELECT b.id, b.tenant_id, b.code, b.name, tree.depth + 1, tree.code_path || b.code::TEXT
    FROM lic_schema.branches AS b
    JOIN tree ON tree.id = b.parent_branch_id
)
SELECT tree.id AS branch_id, tree.tenant_id, tree.depth, tree.code_path,
       repeat('  ', tree.depth) || tree.name AS label
FROM tree;

-- A view runs with its owner's rights and so walks past row-level security, unless it is told not to.
-- PostgreSQL 15 can be told; on older servers the application must not be given these views.
DO $$
DECLARE
    v_view TEXT;
BEGIN
    IF current_setting('server_version_num')::INTEGER >= 150000 THEN
        FOREACH v_view IN ARRAY ARRAY['policy_overview', 'agent_performance', 'renewals_due', 'branch_tree'] LOOP
            EXECUTE format('ALTER VIEW lic_schema.%I SET (security_invoker = true)', v_view);
        END LOOP;
    END IF;
END
$$;

-- =====================================================
-- MATERIALIZED VIEW
-- =====================================================

CREATE MATERIALIZED VIEW IF NOT EXISTS lic_schema.monthly_premiums AS
SELECT
    pay.tenant_id,
    plan.category_id,
    date_trunc('month', pay.due_date::TIMESTAMP)::DATE AS month,
    COUNT(*) AS instalments,
    COUNT(*) FILTER (WHERE pay.status = 'paid') AS instalments_paid,
    SUM(pay.total_amount) AS amount_due,
    COALESCE(SUM(pay.total_amount) FILTER (WHERE pay.status = 'paid'), 0) AS amount_paid
FROM lic_schema.premium_payments AS pay
JOIN lic_schema.insurance_policies AS p ON p.id = pay.policy_id
JOIN lic_schema.insurance_plans AS plan ON plan.id = p.plan_id
GROUP BY pay.tenant_id, plan.category_id, date_trunc('month', pay.due_date::TIMESTAMP)::DATE
WITH DATA;

-- REFRESH ... CONCURRENTLY needs a unique index over plain columns.
CREATE UNIQUE INDEX IF NOT EXISTS uq_monthly_premiums
    ON lic_schema.monthly_premiums (tenant_id, category_id, month);

-- =====================================================
-- FUNCTIONS
-- =====================================================

CREATE OR REPLACE FUNCTION lic_schema.refresh_reports()
RETURNS VOID
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY lic_schema.monthly_premiums;
END;
$$;

REVOKE EXECUTE ON FUNCTION lic_schema.refresh_reports() FROM PUBLIC;

-- =====================================================
-- COMMENTS
-- =====================================================

COMMENT ON VIEW lic_schema.policy_overview IS 'A policy with the names that go with it';
COMMENT ON VIEW lic_schema.agent_performance IS 'Policies, premium and lapse rate of each agent';
COMMENT ON VIEW lic_schema.renewals_due IS 'Active policies whose premium falls due within thirty days';
COMMENT ON VIEW lic_schema.branch_tree IS 'Branches below their parents; indented labels for a list box';
COMMENT ON MATERIALIZED VIEW lic_schema.monthly_premiums IS 'Premiums due and paid by month and category in rupees (₹); refreshed every night';
COMMENT ON FUNCTION lic_schema.refresh_reports() IS 'Refreshes monthly_premiums without stopping readers; for the nightly job';
