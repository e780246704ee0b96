-- Agent Mitra - Migration V9: Seed Agents and Policyholders
-- Description: Demonstration data: branches, three agents, twelve policyholders, plans and
--              policies. Nothing here names an id of somebody's database: rows are found by code.
--
-- The password hashes have the form of bcrypt and are not of any password. Real accounts are
-- made by the application; they never come from a migration.

-- =====================================================
-- BRANCHES
-- =====================================================

INSERT INTO lic_schema.branches (tenant_id, code, name, city, state, pin_code, phone)
SELECT tenant.id, branch.code, branch.name, branch.city, branch.state, branch.pin_code, branch.phone
FROM (VALUES
    ('HYD01', 'Abids, హైదరాబాద్', 'Hyderabad', 'Telangana', '500001', '+914024600001'),
    ('CHN04', 'Mylapore, சென்னை', 'Chennai', 'Tamil Nadu', '600004', '+914428470004'),
    ('LKO02', 'Hazratganj, लखनऊ', 'Lucknow', 'Uttar Pradesh', '226001', '+915222600002')
) AS branch (code, name, city, state, pin_code, phone)
JOIN shared.tenants AS tenant ON tenant.code = 'LIC'
ON CONFLICT (tenant_id, code) DO NOTHING;

-- =====================================================
-- USERS AND AGENTS
-- =====================================================

DO $$
DECLARE
    v_tenant UUID;
    v_hash CONSTANT TEXT := '$2b$12$Demo.Demo.Demo.Demo.De0nly.a.placeholder.no.secret..0';
    v_agent RECORD;
    v_user UUID;
BEGIN
    SELECT id INTO STRICT v_tenant FROM shared.tenants WHERE code = 'LIC';

    FOR v_agent IN
        SELECT * FROM (VALUES
            ('AG1001', 'Lakshmi Narayana; రావు', 'lakshmi@agents.example.in', '+919812300001', 'te', 'HYD01', NULL),
            ('AG1002', 'Meenakshi சுந்தரம்', 'meenakshi@agents.example.in', '+919812300002', 'ta', 'CHN04', 'AG1001'),
            ('AG1003', 'Aarav शर्मा', 'aarav@agents.example.in', '+919812300003', 'hi', 'LKO02', 'AG1001')
        ) AS seed (code, full_name, email, mobile, language_code, branch_code, manager_code)
    LOOP
        INSERT INTO lic_schema.users (tenant_id, preferred_language_id, email, mobile, password_hash, full_name, status)
        SELECT v_tenant, language.id, v_agent.email, v_agent.mobile, v_hash, v_agent.full_name, 'active'
        FROM shared.languages AS language
        WHERE language.code = v_agent.language_code
        ON CONFLICT (tenant_id, lower(email)) DO NOTHING
        RETURNING id INTO v_user;

        CONTINUE WHEN v_user IS NULL;

        INSERT INTO lic_schema.agents (
            tenant_id, user_id, branch_id, manager_agent_id, agent_code, licence_number, licence_valid_until,
            status, territories, profile, joined_on
        )
        SELECT v_tenant, v_user, branch.id, manager.id, v_agent.code, 'LIC-' || v_agent.code, DATE '2027-12-31',
               'active', ARRAY[left(branch.pin_code, 3)], jsonb_build_object('greeting', 'नमस्ते! ' || v_agent.full_name),
               DATE '2021-04-01'
        FROM lic_schema.branches AS branch
        LEFT JOIN lic_schema.agents AS manager
            ON manager.tenant_id = v_tenant AND manager.agent_code = v_agent.manager_code
        WHERE branch.tenant_id = v_tenant AND branch.code = v_agent.branch_code;

        RAISE NOTICE 'Agent % added', v_agent.code;
    END LOOP;
END
$$;

-- =====================================================
-- POLICYHOLDERS
-- =====================================================

-- COPY cannot skip rows that exist, so it fills a table of the transaction and INSERT takes from there.
CREATE TEMPORARY TABLE IF NOT EXISTS pg_temp.seed_policyholders (
    customer_number TEXT,
    agent_code TEXT,
    language_code TEXT,
    first_name TEXT,
    last_name TEXT,
    date_of_birth DATE,
    gender TEXT,
    mobile TEXT,
    email TEXT,
    pan TEXT,
    address JSONB
) ON COMMIT DROP;

COPY pg_temp.seed_policyholders (
    customer_number, agent_code, language_code, first_name, last_name, date_of_birth, gender, mobile, email, pan, address
) FROM stdin;
CU0001	AG1001	te	వెంకట	రమణ	1979-06-15	male	+919900100001	venkata@customers.example.in	ABCPV1234K	{"line1": "4-1-871; Abids Road", "pin_code": "500001"}
CU0002	AG1001	te	Sita	Mahalakshmi	1985-11-02	female	+919900100002	sita@customers.example.in	\N	{"line1": "Flat 12, Banjara Hills", "pin_code": "500034"}
CU0003	AG1001	en	Joseph	D'Souza	1968-01-30	male	+919900100003	\N	BQRPD4321M	{"line1": "St Mary's Road", "pin_code": "500003"}
CU0004	AG1001	ur	عائشہ	خان	1991-08-21	female	+919900100004	ayesha@customers.example.in	\N	{"line1": "Charminar", "pin_code": "500002"}
CU0005	AG1002	ta	கார்த்திக்	\N	1988-03-08	male	+919900100005	karthik@customers.example.in	CDFPK9876A	{"line1": "12/3 Kutchery Road", "pin_code": "600004"}
CU0006	AG1002	ta	Revathi	Subramanian	1975-12-12	female	+919900100006	\N	\N	{"line1": "North Mada Street", "pin_code": "600004"}
CU0007	AG1002	ml	അഞ്ജലി	മേനോൻ	1994-05-05	female	+919900100007	anjali@customers.example.in	\N	{"line1": "Besant Nagar", "pin_code": "600090"}
CU0008	AG1002	en	Imran	Basha	1982-09-17	male	+919900100008	imran@customers.example.in	DGHPB1111C	{"line1": "Back\\\\slash House", "pin_code": "600005"}
CU0009	AG1003	hi	आशा	वर्मा	1990-02-14	female	+919900100009	asha@customers.example.in	\N	{"line1": "हज़रतगंज", "pin_code": "226001"}
CU0010	AG1003	hi	Rakesh	गुप्ता	1963-07-07	male	+919900100010	\N	EJKPG2222D	{"line1": "Tab\\there", "pin_code": "226010"}
CU0011	AG1003	pa	ਗੁਰਪ੍ਰੀਤ	ਸਿੰਘ	1999-10-25	other	+919900100011	gurpreet@customers.example.in	\N	{"line1": "Alambagh", "pin_code": "226005"}
CU0012	\N	hi	Sunita	\N	1987-04-19	undisclosed	+919900100012	\N	\N	{}
\.

INSERT INTO lic_schema.policyholders (
    tenant_id, agent_id, preferred_language_id, customer_number, first_name, last_name, date_of_birth,
    gender, mobile, email, pan, address
)
SELECT tenant.id, agent.id, language.id, seed.customer_number, seed.first_name, seed.last_name, seed.date_of_birth,
       seed.gender::lic_schema.gender_enum, seed.mobile, seed.email, seed.pan, seed.address
FROM pg_temp.seed_policyholders AS seed
JOIN shared.tenants AS tenant ON tenant.code = 'LIC'
JOIN shared.languages AS language ON language.code = seed.language_code
LEFT JOIN lic_schema.agents AS agent ON agent.tenant_id = tenant.id AND agent.agent_code = seed.agent_code
ON CONFLICT (tenant_id, customer_number) DO NOTHING;

-- =====================================================
-- PLANS AND POLICIES
-- =====================================================

INSERT INTO lic_schema.insurance_plans (
    provider_id, category_id, plan_code, name, summary, entry_age, sum_assured_range, gst_rate, features, on_sale_during
)
SELECT provider.id, category.id, plan.plan_code, plan.name, plan.summary, plan.entry_age::INT4RANGE,
       plan.sum_assured_range::NUMRANGE, plan.gst_rate, plan.features::JSONB, plan.on_sale_during::DATERANGE
FROM (VALUES
    ('LIC', 'term', 'T-854', 'Jeevan Kavach', 'सुरक्षा परिवार की; pays ₹ on death only',
     '[18,66)', '[500000,)', 18.00, '["online", "riders"]', '[2022-04-01,)'),
    ('LIC', 'endowment', 'E-914', 'Jeevan Nidhi', 'బీమా మరియు పొదుపు; with yearly bonus',
     '[8,56)', '[100000,5000000)', 4.50, '["bonus", "loan"]', '[2020-02-01,)'),
    ('LIC', 'money_back', 'M-920', 'Dhan Varsha', 'ஒவ்வொரு ஐந்து ஆண்டுக்கும் 15%; the rest at maturity',
     '[13,51)', '[100000,)', 4.50, '["survival benefit"]', '[2019-01-01,2025-10-01)')
) AS plan (provider_code, category_code, plan_code, name, summary, entry_age, sum_assured_range, gst_rate, features, on_sale_during)
JOIN shared.insurance_providers AS provider ON provider.code = plan.provider_code
JOIN shared.insurance_categories AS category ON category.code = plan.category_code
ON CONFLICT (provider_id, plan_code) DO NOTHING;

INSERT INTO lic_schema.insurance_policies (
    tenant_id, policyholder_id, agent_id, plan_id, policy_number, status, sum_assured, premium_amount,
    premium_frequency, start_date, maturity_date, next_premium_due
)
SELECT holder.tenant_id, holder.id, holder.agent_id, plan.id, policy.policy_number,
       policy.status::lic_schema.policy_status_enum, policy.sum_assured, policy.premium_amount,
       policy.frequency::lic_schema.premium_frequency_enum, policy.start_date, policy.maturity_date, policy.next_due
FROM (VALUES
    ('P-700001', 'CU0001', 'T-854', 'active', 5000000, 1240.00, 'monthly', DATE '2023-05-01', DATE '2048-05-01', DATE '2025-12-01'),
    ('P-700002', 'CU0001', 'E-914', 'active', 500000, 24500.00, 'yearly', DATE '2021-02-10', DATE '2041-02-10', DATE '2026-02-10'),
    ('P-700003', 'CU0002', 'T-854', 'active', 7500000, 5600.50, 'quarterly', DATE '2024-08-15', DATE '2054-08-15', DATE '2026-02-15'),
    ('P-700004', 'CU0003', 'M-920', 'matured', 200000, 12000.00, 'yearly', DATE '2004-03-01', DATE '2024-03-01', NULL),
    ('P-700005', 'CU0005', 'E-914', 'active', 1000000, 26000.00, 'half_yearly', DATE '2022-09-09', DATE '2042-09-09', DATE '2026-03-09'),
    ('P-700006', 'CU0006', 'M-920', 'lapsed', 300000, 18500.00, 'yearly', DATE '2019-07-01', DATE '2039-07-01', DATE '2024-07-01'),
    ('P-700007', 'CU0008', 'T-854', 'under_review', 10000000, 14900.00, 'yearly', NULL, NULL, NULL),
    ('P-700008', 'CU0009', 'E-914', 'active', 250000, 1150.00, 'monthly', DATE '2025-01-05', DATE '2045-01-05', DATE '2025-12-05'),
    ('P-700009', 'CU0010', 'M-920', 'active', 400000, 9800.00, 'half_yearly', DATE '2018-11-20', DATE '2038-11-20', DATE '2026-05-20'),
    ('P-700010', 'CU0011', 'T-854', 'draft', 2500000, 640.00, 'monthly', NULL, NULL, NULL)
) AS policy (policy_number, customer_number, plan_code, status, sum_assured, premium_amount, frequency, start_date, maturity_date, next_due)
JOIN lic_schema.policyholders AS holder ON holder.customer_number = policy.customer_number
JOIN shared.tenants AS tenant ON tenant.id = holder.tenant_id AND tenant.code = 'LIC'
JOIN lic_schema.insurance_plans AS plan ON plan.plan_code = policy.plan_code
ON CONFLICT (tenant_id, policy_number) DO NOTHING;

INSERT INTO lic_schema.policy_nominees (policy_id, full_name, relationship, date_of_birth, guardian_name, share)
SELECT policy.id, nominee.full_name, nominee.relationship, nominee.date_of_birth, nominee.guardian_name, nominee.share
FROM (VALUES
    ('P-700001', 'పద్మావతి', 'spouse', DATE '1982-01-20', NULL, 60.00),
    ('P-700001', 'Arjun', 'son', DATE '2012-09-30', 'పద్మావతి', 40.00),
    ('P-700002', 'పద్మావతి', 'spouse', DATE '1982-01-20', NULL, 100.00),
    ('P-700005', 'Kamala; mother', 'mother', DATE '1960-06-06', NULL, 100.00),
    ('P-700008', 'रोहन', 'brother', DATE '1993-03-03', NULL, 100.00)
) AS nominee (policy_number, full_name, relationship, date_of_birth, guardian_name, share)
JOIN lic_schema.insurance_policies AS policy ON policy.policy_number = nominee.policy_number
ON CONFLICT (policy_id, full_name) DO NOTHING;

-- =====================================================
-- PREMIUMS
-- =====================================================

INSERT INTO lic_schema.premium_payments (
    tenant_id, policy_id, due_date, amount, gst_amount, status, method, gateway_reference, paid_at
)
SELECT policy.tenant_id, policy.id, instalment.due_date, policy.premium_amount,
       ROUND(policy.premium_amount * plan.gst_rate / 100, 2),
       (CASE WHEN instalment.paid THEN 'paid' ELSE 'due' END)::lic_schema.payment_status_enum,
       (CASE WHEN instalment.paid THEN 'upi' END)::lic_schema.payment_method_enum,
       CASE WHEN instalment.paid THEN 'upi://' || policy.policy_number || ';' || instalment.due_date END,
       CASE WHEN instalment.paid THEN (instalment.due_date - 2) + TIME '11:15' END
FROM (VALUES
    ('P-700001', DATE '2025-10-01', TRUE),
    ('P-700001', DATE '2025-11-01', TRUE),
    ('P-700001', DATE '2025-12-01', FALSE),
    ('P-700002', DATE '2025-02-10', TRUE),
    ('P-700002', DATE '2026-02-10', FALSE),
    ('P-700003', DATE '2025-11-15', TRUE),
    ('P-700005', DATE '2025-09-09', TRUE),
    ('P-700008', DATE '2025-11-05', TRUE),
    ('P-700008', DATE '2025-12-05', FALSE),
    ('P-700009', DATE '2025-11-20', TRUE)
) AS instalment (policy_number, due_date, paid)
JOIN lic_schema.insurance_policies AS policy ON policy.policy_number = instalment.policy_number
JOIN lic_schema.insurance_plans AS plan ON plan.id = policy.plan_id
ON CONFLICT (policy_id, due_date) DO NOTHING;
