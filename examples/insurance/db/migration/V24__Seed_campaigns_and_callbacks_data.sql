-- Agent Mitra - Migration V24: Seed Campaigns and Callbacks Data
-- Description: Demonstration data for the campaign and callback screens. Names in {{braces}}
--              are filled in by the application when a message is sent.

-- =====================================================
-- CAMPAIGNS
-- =====================================================

INSERT INTO lic_schema.campaigns (
    tenant_id, agent_id, code, name, status, channel, target_filter, starts_at, ends_at, budget, spent
)
SELECT agent.tenant_id, agent.id, campaign.code, campaign.name,
       campaign.status::lic_schema.campaign_status_enum,
       campaign.channel::lic_schema.notification_channel_enum,
       campaign.target_filter::JSONB, campaign.starts_at, campaign.ends_at, campaign.budget, campaign.spent
FROM (VALUES
    ('AG1001', 'DIWALI-25', 'दीपावली की शुभकामनाएँ', 'completed', 'whatsapp', '{"status": "active"}',
     TIMESTAMPTZ '2025-10-18 09:00+05:30', TIMESTAMPTZ '2025-10-21 21:00+05:30', 5000.00, 4210.50),
    ('AG1002', 'PONGAL-26', 'பொங்கல் நல்வாழ்த்துக்கள்', 'scheduled', 'whatsapp', '{"city": "Chennai"}',
     TIMESTAMPTZ '2026-01-13 09:00+05:30', TIMESTAMPTZ '2026-01-17 21:00+05:30', 3000.00, 0.00),
    ('AG1001', 'REVIVE-25', 'Revive your policy; no late fee', 'running', 'sms', '{"status": "lapsed"}',
     TIMESTAMPTZ '2025-11-01 09:00+05:30', NULL, 1500.00, 96.00),
    ('AG1003', 'TERM-26', 'परिवार की सुरक्षा', 'draft', 'email', '{"age": {"from": 25, "to": 40}}', NULL, NULL, 0.00, 0.00)
) AS campaign (agent_code, code, name, status, channel, target_filter, starts_at, ends_at, budget, spent)
JOIN shared.tenants AS tenant ON tenant.code = 'LIC'
JOIN lic_schema.agents AS agent ON agent.tenant_id = tenant.id AND agent.agent_code = campaign.agent_code
ON CONFLICT (tenant_id, code) DO NOTHING;

-- E'...' where a line must break, plain quotes where \n is meant for the gateway, which breaks it itself.
INSERT INTO lic_schema.campaign_messages (campaign_id, language_id, variant, body, weight)
SELECT campaign.id, language.id, message.variant, message.body, message.weight
FROM (VALUES
    ('DIWALI-25', 'hi', 'A', E'प्रिय {{customer_name}},\n\nआपको और आपके परिवार को दीपावली की शुभकामनाएँ!\n- {{agent_name}}', 50.00),
    ('DIWALI-25', 'hi', 'B', E'{{customer_name}} जी, शुभ दीपावली; आपकी पॉलिसी {{policy_number}} सुरक्षित है।', 50.00),
    ('DIWALI-25', 'te', 'A', 'ప్రియమైన {{customer_name}},\n\nదీపావళి శుభాకాంక్షలు!\n- {{agent_name}}', 100.00),
    ('DIWALI-25', 'en', 'A', 'Dear {{customer_name}},\n\nHappy Diwali from {{agent_name}}; it''s our tenth together!', 100.00),
    ('PONGAL-26', 'ta', 'A', E'அன்புள்ள {{customer_name}},\nபொங்கலோ பொங்கல்! உங்கள் பிரீமியம் ₹{{premium_amount}} {{due_date}} அன்று.', 100.00),
    ('REVIVE-25', 'en', 'A', 'Your policy {{policy_number}} lapsed. Pay ₹{{amount_due}} by {{last_date}}; no late fee. $1 is not a price here.', 100.00),
    ('REVIVE-25', 'ta', 'A', 'பாலிசி {{policy_number}}; ₹{{amount_due}} செலுத்தி புதுப்பிக்கவும்', 100.00)
) AS message (campaign_code, language_code, variant, body, weight)
JOIN lic_schema.campaigns AS campaign ON campaign.code = message.campaign_code
JOIN shared.languages AS language ON language.code = message.language_code
ON CONFLICT (campaign_id, language_id, variant) DO NOTHING;

-- Everyone of the agent's with an active policy got the Diwali message; who answered is fixed here,
-- so that every database made from these files holds the same.
INSERT INTO lic_schema.campaign_recipients (
    campaign_id, policyholder_id, message_id, status, sent_at, opened_at, answered_at
)
SELECT campaign.id, holder.id, message.id, seed.status::lic_schema.delivery_status_enum,
       seed.sent_at, seed.opened_at, seed.answered_at
FROM (VALUES
    ('CU0001', 'te', 'answered', TIMESTAMPTZ '2025-10-18 09:01+05:30', TIMESTAMPTZ '2025-10-18 09:30+05:30', TIMESTAMPTZ '2025-10-18 09:34+05:30'),
    ('CU0002', 'te', 'opened', TIMESTAMPTZ '2025-10-18 09:01+05:30', TIMESTAMPTZ '2025-10-19 20:12+05:30', NULL),
    ('CU0003', 'en', 'delivered', TIMESTAMPTZ '2025-10-18 09:02+05:30', NULL, NULL),
    ('CU0004', 'en', 'opted_out', NULL, NULL, NULL)
) AS seed (customer_number, language_code, status, sent_at, opened_at, answered_at)
JOIN lic_schema.campaigns AS campaign ON campaign.code = 'DIWALI-25'
JOIN lic_schema.policyholders AS holder
    ON holder.tenant_id = campaign.tenant_id AND holder.customer_number = seed.customer_number
JOIN shared.languages AS language ON language.code = seed.language_code
LEFT JOIN lic_schema.campaign_messages AS message
    ON message.campaign_id = campaign.id AND message.language_id = language.id AND message.variant = 'A'
ON CONFLICT (campaign_id, policyholder_id) DO NOTHING;

-- =====================================================
-- CALLBACKS
-- =====================================================

INSERT INTO lic_schema.callback_requests (
    tenant_id, policyholder_id, agent_id, campaign_id, request_number, reason, description, status, priority,
    requested_at, completed_at, satisfaction
)
SELECT holder.tenant_id, holder.id, agent.id, campaign.id, seed.request_number, seed.reason, seed.description,
       seed.status::lic_schema.callback_status_enum, seed.priority::lic_schema.callback_priority_enum,
       seed.requested_at, seed.completed_at, seed.satisfaction
FROM (VALUES
    ('CB-0001', 'CU0001', 'AG1001', 'DIWALI-25', 'new_policy', 'Asks about a plan for his son; call in Telugu',
     'completed', 'high', TIMESTAMPTZ '2025-10-18 09:35+05:30', TIMESTAMPTZ '2025-10-18 11:05+05:30', 5),
    ('CB-0002', 'CU0006', 'AG1002', 'REVIVE-25', 'revival', 'பாலிசி புதுப்பிக்க; "என்ன செலவு?"',
     'assigned', 'urgent', TIMESTAMPTZ '2025-11-03 10:20+05:30', NULL, NULL),
    ('CB-0003', 'CU0009', 'AG1003', NULL, 'premium', 'प्रीमियम ₹1,150 दो बार कट गया',
     'in_progress', 'high', TIMESTAMPTZ '2025-11-06 16:45+05:30', NULL, NULL),
    ('CB-0004', 'CU0012', NULL, NULL, 'nominee', 'Wants to name a nominee -- has none',
     'pending', 'medium', TIMESTAMPTZ '2025-11-07 12:00+05:30', NULL, NULL),
    ('CB-0005', 'CU0008', 'AG1002', NULL, 'claim', 'Hung up /* twice */; try in the evening',
     'unreachable', 'low', TIMESTAMPTZ '2025-11-02 09:10+05:30', NULL, NULL)
) AS seed (request_number, customer_number, agent_code, campaign_code, reason, description, status, priority, requested_at, completed_at, satisfaction)
JOIN shared.tenants AS tenant ON tenant.code = 'LIC'
JOIN lic_schema.policyholders AS holder
    ON holder.tenant_id = tenant.id AND holder.customer_number = seed.customer_number
LEFT JOIN lic_schema.agents AS agent ON agent.tenant_id = tenant.id AND agent.agent_code = seed.agent_code
LEFT JOIN lic_schema.campaigns AS campaign
    ON campaign.tenant_id = tenant.id AND campaign.code = seed.campaign_code
ON CONFLICT (tenant_id, request_number) DO NOTHING;

-- Activities have no natural key; they are added only where a request has none yet.
INSERT INTO lic_schema.callback_activities (
    callback_request_id, performed_by_user_id, action, details, duration_seconds, happened_at
)
SELECT request.id, agent.user_id, activity.action, activity.details, activity.duration_seconds, activity.happened_at
FROM (VALUES
    ('CB-0001', 'called', 'Spoke for a while; visit agreed', 540, TIMESTAMPTZ '2025-10-18 10:55+05:30'),
    ('CB-0001', 'note', 'పుట్టినరోజు నవంబర్‌లో', NULL, TIMESTAMPTZ '2025-10-18 11:05+05:30'),
    ('CB-0003', 'called', 'बैंक से पुष्टि बाकी', 185, TIMESTAMPTZ '2025-11-06 17:30+05:30'),
    ('CB-0005', 'called', 'No answer', 0, TIMESTAMPTZ '2025-11-02 10:00+05:30'),
    ('CB-0005', 'called', 'No answer; left a message', 22, TIMESTAMPTZ '2025-11-02 18:30+05:30')
) AS activity (request_number, action, details, duration_seconds, happened_at)
JOIN lic_schema.callback_requests AS request ON request.request_number = activity.request_number
JOIN lic_schema.agents AS agent ON agent.id = request.agent_id
WHERE NOT EXISTS (
    SELECT FROM lic_schema.callback_activities AS existing
    WHERE existing.callback_request_id = request.id
);

-- =====================================================
-- A USER FOR THE SCREENS
-- =====================================================

-- The back office user who looks at these screens in the demonstration. As in V9 the hash has the form
-- of bcrypt and is of no password; $2b$ here is no dollar quote, for a tag can't begin with a digit.
DO $$
DECLARE
    v_tenant UUID;
BEGIN
    SELECT id INTO v_tenant FROM shared.tenants WHERE code = 'LIC';

    INSERT INTO lic_schema.users (tenant_id, email, password_hash, full_name, status)
    VALUES (
        v_tenant, 'backoffice@lic.example.in',
        '$2b$12$Demo.Demo.Demo.Demo.De0nly.a.placeholder.no.secret..1',
        'Back Office; बैक ऑफ़िस', 'active'
    )
    ON CONFLICT (tenant_id, lower(email)) DO NOTHING;

    EXECUTE 'ANALYZE lic_schema.campaign_recipients; ANALYZE lic_schema.callback_requests';
    RAISE NOTICE 'Campaigns: %, callbacks: %',
        (SELECT COUNT(*) FROM lic_schema.campaigns), (SELECT COUNT(*) FROM lic_schema.callback_requests);
END
$$;
