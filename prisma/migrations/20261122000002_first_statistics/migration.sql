-- Statistics before the first row. The road keeps one plan per connection, and a plan made while a table is empty and was never
-- analysed takes whichever index comes first: one that starts with the account reads all of that account's rows for each message,
-- and the first minutes of a new installation ran at half the speed. So rows of two accounts that never existed are written,
-- counted, and removed again, in this transaction. Analysing an empty table later does not forget what was counted.
ALTER TABLE app.account NO FORCE ROW LEVEL SECURITY;
ALTER TABLE app.provider_server NO FORCE ROW LEVEL SECURITY;
ALTER TABLE app.instance NO FORCE ROW LEVEL SECURITY;
ALTER TABLE app.thread NO FORCE ROW LEVEL SECURITY;
ALTER TABLE app.thread_identity NO FORCE ROW LEVEL SECURITY;
ALTER TABLE app.lane NO FORCE ROW LEVEL SECURITY;
ALTER TABLE app.message NO FORCE ROW LEVEL SECURITY;
ALTER TABLE app.raw_event NO FORCE ROW LEVEL SECURITY;
ALTER TABLE app.early_receipt NO FORCE ROW LEVEL SECURITY;

DO $$
DECLARE
  v_account uuid;
  v_server uuid;
  v_instance uuid;
BEGIN
  FOR n IN 1..2 LOOP
    v_account := app.uuid7();
    v_server := app.uuid7();
    INSERT INTO app.account (id, name) VALUES (v_account, 'statistics');
    INSERT INTO app.provider_server (account_id, id, provider, name, base_url, admin_secret) VALUES (v_account, v_server, 'none', 'none', 'none', 'none');
    FOR i IN 1..3 LOOP
      v_instance := app.uuid7();
      INSERT INTO app.instance (account_id, id, provider_server_id, name, external_id, token)
      VALUES (v_account, v_instance, v_server, 'none', 'none ' || i, 'none');
      INSERT INTO app.thread (account_id, instance_id, kind, address, chatwoot_contact_id, chatwoot_source_id, chatwoot_conversation_id)
      SELECT v_account, v_instance, 'person', 'none ' || g, g, 'none ' || g, g FROM generate_series(1, 400) g;
    END LOOP;
    INSERT INTO app.thread_identity (account_id, instance_id, address, thread_id)
    SELECT t.account_id, t.instance_id, t.address, t.id FROM app.thread t WHERE t.account_id = v_account;
    INSERT INTO app.lane (account_id, thread_id, direction) SELECT t.account_id, t.id, d FROM app.thread t, unnest(ARRAY['inbound', 'outbound']) d WHERE t.account_id = v_account;
    INSERT INTO app.message (account_id, lane_id, thread_id, instance_id, direction, seq, origin, kind, state, content, gateway_id, chatwoot_message_id, report)
    SELECT l.account_id, l.id, l.thread_id, t.instance_id, l.direction, g, 'contact', 'text', CASE g WHEN 1 THEN 'pending' WHEN 2 THEN 'dead' ELSE 'delivered' END,
      '{}', l.id::text || g, (random() * 1e6)::int, CASE g WHEN 1 THEN 3 ELSE 0 END
    FROM app.lane l JOIN app.thread t ON t.account_id = l.account_id AND t.id = l.thread_id, generate_series(1, 3) g WHERE l.account_id = v_account;
    INSERT INTO app.raw_event (account_id, endpoint_id, key, body, outcome)
    SELECT m.account_id, m.instance_id, m.id::text, '\x7b7d', 'accepted' FROM app.message m WHERE m.account_id = v_account;
    INSERT INTO app.early_receipt (account_id, instance_id, gateway_id, report)
    SELECT m.account_id, m.instance_id, m.gateway_id, 3 FROM app.message m WHERE m.account_id = v_account AND m.state = 'dead';
  END LOOP;
END $$;

ANALYZE app.thread, app.thread_identity, app.lane, app.message, app.raw_event, app.early_receipt;

DELETE FROM app.early_receipt e USING app.account a WHERE a.name = 'statistics' AND e.account_id = a.id;
DELETE FROM app.raw_event r USING app.account a WHERE a.name = 'statistics' AND r.account_id = a.id;
DELETE FROM app.message m USING app.account a WHERE a.name = 'statistics' AND m.account_id = a.id;
DELETE FROM app.lane l USING app.account a WHERE a.name = 'statistics' AND l.account_id = a.id;
DELETE FROM app.thread_identity i USING app.account a WHERE a.name = 'statistics' AND i.account_id = a.id;
DELETE FROM app.thread t USING app.account a WHERE a.name = 'statistics' AND t.account_id = a.id;
DELETE FROM app.instance i USING app.account a WHERE a.name = 'statistics' AND i.account_id = a.id;
DELETE FROM app.provider_server p USING app.account a WHERE a.name = 'statistics' AND p.account_id = a.id;
DELETE FROM app.account a WHERE a.name = 'statistics';

ALTER TABLE app.account FORCE ROW LEVEL SECURITY;
ALTER TABLE app.provider_server FORCE ROW LEVEL SECURITY;
ALTER TABLE app.instance FORCE ROW LEVEL SECURITY;
ALTER TABLE app.thread FORCE ROW LEVEL SECURITY;
ALTER TABLE app.thread_identity FORCE ROW LEVEL SECURITY;
ALTER TABLE app.lane FORCE ROW LEVEL SECURITY;
ALTER TABLE app.message FORCE ROW LEVEL SECURITY;
ALTER TABLE app.raw_event FORCE ROW LEVEL SECURITY;
ALTER TABLE app.early_receipt FORCE ROW LEVEL SECURITY;
