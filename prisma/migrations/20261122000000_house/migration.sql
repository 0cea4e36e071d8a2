-- The schema is made by the step that makes the roles; objects here belong to hub_owner.

-- Time-ordered ids on every supported version: built in from PostgreSQL 18, made by hand before.
-- No search_path is set on it and every name is qualified, so that the planner can put its body in place of the call.
DO $do$
BEGIN
  IF current_setting('server_version_num')::int >= 180000 THEN
    CREATE FUNCTION app.uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT pg_catalog.uuidv7()';
  ELSE
    CREATE FUNCTION app.uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
      SELECT pg_catalog.encode(pg_catalog.set_bit(pg_catalog.set_bit(pg_catalog.overlay(pg_catalog.uuid_send(pg_catalog.gen_random_uuid()),
        pg_catalog.substring(pg_catalog.int8send((EXTRACT(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint), 3), 1, 6), 52, 1), 53, 1), 'hex')::uuid
    $$;
  END IF;
END $do$;

-- Raises both when the setting was never made (NULL) and after a finished SET LOCAL ('').
CREATE FUNCTION app.account_id() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE v text := current_setting('app.account_id', true);
BEGIN
  IF v IS NULL OR v = '' THEN RAISE EXCEPTION 'account context missing' USING ERRCODE = '42501'; END IF;
  RETURN v::uuid;
END $$;

GRANT EXECUTE ON FUNCTION app.uuid7(), app.account_id() TO hub_app, hub_lookup;



-- CreateTable
CREATE TABLE "app"."hub_user" (
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "operator" BOOLEAN NOT NULL DEFAULT false,
    "must_change_password" BOOLEAN NOT NULL DEFAULT false,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hub_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."session" (
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "refreshed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "idle_expires_at" TIMESTAMPTZ(3) NOT NULL,
    "abs_expires_at" TIMESTAMPTZ(3) NOT NULL,
    "counter" INTEGER NOT NULL DEFAULT 0,
    "hmac_key" TEXT NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."signing_key" (
    "id" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "private_key" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."operator_audit" (
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" JSONB NOT NULL,
    "action" TEXT NOT NULL,
    "detail" JSONB,
    "ip" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "operator_audit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."account" (
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "name" TEXT NOT NULL,
    "locale" TEXT NOT NULL DEFAULT 'pt-BR',
    "time_zone" TEXT NOT NULL DEFAULT 'America/Sao_Paulo',
    "status" TEXT NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."member" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "user_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."audit_entry" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" JSONB NOT NULL,
    "action" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT,
    "before" JSONB,
    "after" JSONB,
    "ip" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."chatwoot_link" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "base_url" TEXT NOT NULL,
    "chatwoot_account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "secret_hint" TEXT NOT NULL DEFAULT '',
    "health" TEXT NOT NULL DEFAULT 'unknown',
    "checked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "chatwoot_link_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."inbox" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "chatwoot_link_id" UUID NOT NULL,
    "chatwoot_inbox_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "instance_id" UUID,
    "webhook_secret" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."provider_server" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "provider" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "base_url" TEXT NOT NULL,
    "admin_secret" TEXT NOT NULL,
    "secret_hint" TEXT NOT NULL DEFAULT '',
    "health" TEXT NOT NULL DEFAULT 'unknown',
    "version" TEXT,
    "checked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_server_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."instance" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "provider_server_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'disconnected',
    "action" TEXT NOT NULL DEFAULT 'none',
    "reason" TEXT,
    "phone" TEXT,
    "profile_name" TEXT,
    "pairing" JSONB,
    "state_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "instance_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."webhook_endpoint" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "source" TEXT NOT NULL,
    "instance_id" UUID,
    "inbox_id" UUID,
    "token_sha256" BYTEA NOT NULL,
    "sealed_token" TEXT NOT NULL,
    "retired_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."thread" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "instance_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "name" TEXT,
    "phone" TEXT,
    "chatwoot_contact_id" INTEGER,
    "chatwoot_source_id" TEXT,
    "chatwoot_conversation_id" INTEGER,
    "merged_into" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "thread_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."thread_identity" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "instance_id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "thread_id" UUID NOT NULL,

    CONSTRAINT "thread_identity_pkey" PRIMARY KEY ("account_id","instance_id","address")
);

-- CreateTable
CREATE TABLE "app"."lane" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "thread_id" UUID NOT NULL,
    "direction" TEXT NOT NULL,
    "next_seq" BIGINT NOT NULL DEFAULT 1,
    "epoch" BIGINT NOT NULL DEFAULT 0,
    "holder" UUID,
    "lease_until" TIMESTAMPTZ(6),
    "due_at" TIMESTAMPTZ(6),
    "failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "lane_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."message" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "lane_id" UUID NOT NULL,
    "thread_id" UUID NOT NULL,
    "instance_id" UUID NOT NULL,
    "direction" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "origin" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "content" JSONB NOT NULL,
    "quoted_id" TEXT,
    "gateway_id" TEXT,
    "chatwoot_message_id" INTEGER,
    "report" SMALLINT NOT NULL DEFAULT 0,
    "reported" SMALLINT NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "cause" JSONB,
    "sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "message_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."message_failure" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "message_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "outcome" TEXT NOT NULL,
    "failure" JSONB NOT NULL,

    CONSTRAINT "message_failure_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."raw_event" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "endpoint_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "body" BYTEA NOT NULL,
    "outcome" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "raw_event_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "app"."early_receipt" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "instance_id" UUID NOT NULL,
    "gateway_id" TEXT NOT NULL,
    "report" SMALLINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "early_receipt_pkey" PRIMARY KEY ("account_id","instance_id","gateway_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "hub_user_email_key" ON "app"."hub_user"("email");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "app"."session"("user_id");

-- CreateIndex
CREATE INDEX "member_user_id_idx" ON "app"."member"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_account_id_user_id_key" ON "app"."member"("account_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "chatwoot_link_account_id_base_url_chatwoot_account_id_key" ON "app"."chatwoot_link"("account_id", "base_url", "chatwoot_account_id");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_account_id_chatwoot_link_id_chatwoot_inbox_id_key" ON "app"."inbox"("account_id", "chatwoot_link_id", "chatwoot_inbox_id");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_account_id_instance_id_key" ON "app"."inbox"("account_id", "instance_id");

-- CreateIndex
CREATE UNIQUE INDEX "provider_server_account_id_name_key" ON "app"."provider_server"("account_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "instance_account_id_provider_server_id_external_id_key" ON "app"."instance"("account_id", "provider_server_id", "external_id");

-- CreateIndex
CREATE INDEX "webhook_endpoint_token_sha256_idx" ON "app"."webhook_endpoint"("token_sha256");

-- CreateIndex
CREATE INDEX "thread_account_id_instance_id_chatwoot_conversation_id_idx" ON "app"."thread"("account_id", "instance_id", "chatwoot_conversation_id");

-- CreateIndex
CREATE INDEX "thread_account_id_instance_id_chatwoot_source_id_idx" ON "app"."thread"("account_id", "instance_id", "chatwoot_source_id");

-- CreateIndex
CREATE INDEX "thread_identity_account_id_thread_id_idx" ON "app"."thread_identity"("account_id", "thread_id");

-- CreateIndex
CREATE UNIQUE INDEX "lane_account_id_thread_id_direction_key" ON "app"."lane"("account_id", "thread_id", "direction");

-- CreateIndex
CREATE INDEX "message_account_id_instance_id_chatwoot_message_id_idx" ON "app"."message"("account_id", "instance_id", "chatwoot_message_id");

-- CreateIndex
CREATE INDEX "message_account_id_thread_id_id_idx" ON "app"."message"("account_id", "thread_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "message_account_id_instance_id_gateway_id_key" ON "app"."message"("account_id", "instance_id", "gateway_id");

-- CreateIndex
CREATE INDEX "message_failure_account_id_message_id_idx" ON "app"."message_failure"("account_id", "message_id");

-- CreateIndex
CREATE UNIQUE INDEX "raw_event_account_id_endpoint_id_key_key" ON "app"."raw_event"("account_id", "endpoint_id", "key");

-- AddForeignKey
ALTER TABLE "app"."session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app"."hub_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."member" ADD CONSTRAINT "member_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "app"."account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."member" ADD CONSTRAINT "member_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app"."hub_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."audit_entry" ADD CONSTRAINT "audit_entry_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "app"."account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."chatwoot_link" ADD CONSTRAINT "chatwoot_link_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "app"."account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."inbox" ADD CONSTRAINT "inbox_account_id_chatwoot_link_id_fkey" FOREIGN KEY ("account_id", "chatwoot_link_id") REFERENCES "app"."chatwoot_link"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."inbox" ADD CONSTRAINT "inbox_account_id_instance_id_fkey" FOREIGN KEY ("account_id", "instance_id") REFERENCES "app"."instance"("account_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "app"."provider_server" ADD CONSTRAINT "provider_server_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "app"."account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."instance" ADD CONSTRAINT "instance_account_id_provider_server_id_fkey" FOREIGN KEY ("account_id", "provider_server_id") REFERENCES "app"."provider_server"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_account_id_instance_id_fkey" FOREIGN KEY ("account_id", "instance_id") REFERENCES "app"."instance"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "app"."webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_account_id_inbox_id_fkey" FOREIGN KEY ("account_id", "inbox_id") REFERENCES "app"."inbox"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "app"."thread" ADD CONSTRAINT "thread_account_id_instance_id_fkey" FOREIGN KEY ("account_id", "instance_id") REFERENCES "app"."instance"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."thread_identity" ADD CONSTRAINT "thread_identity_account_id_thread_id_fkey" FOREIGN KEY ("account_id", "thread_id") REFERENCES "app"."thread"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."lane" ADD CONSTRAINT "lane_account_id_thread_id_fkey" FOREIGN KEY ("account_id", "thread_id") REFERENCES "app"."thread"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."message" ADD CONSTRAINT "message_account_id_lane_id_fkey" FOREIGN KEY ("account_id", "lane_id") REFERENCES "app"."lane"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."message_failure" ADD CONSTRAINT "message_failure_account_id_message_id_fkey" FOREIGN KEY ("account_id", "message_id") REFERENCES "app"."message"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What only the road and lists read: rows that are still to do. (Prisma's schema cannot state a condition on an index.)
CREATE INDEX message_pending ON app.message (lane_id, seq) INCLUDE (account_id) WHERE state = 'pending';
CREATE INDEX message_report_due ON app.message (thread_id, seq) INCLUDE (account_id) WHERE report <> reported AND chatwoot_message_id IS NOT NULL;
CREATE INDEX message_dead ON app.message (account_id, id) WHERE state = 'dead';

-- A lane's row is written three times for each message. None of those columns is in an index and pages keep room, so that every
-- version stays in its page and is cleaned there: with an index on when lanes are due, a burst halved the throughput until the next vacuum.
ALTER TABLE app.lane SET (fillfactor = 50);

-- Row level security. RESTRICTIVE: a later careless permissive policy cannot widen it.
CREATE PROCEDURE app.protect(p_table text, p_column text DEFAULT 'account_id') LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  EXECUTE format('ALTER TABLE app.%I ENABLE ROW LEVEL SECURITY', p_table);
  EXECUTE format('ALTER TABLE app.%I FORCE ROW LEVEL SECURITY', p_table);
  EXECUTE format('CREATE POLICY app_access ON app.%I AS PERMISSIVE FOR ALL TO hub_app USING (true) WITH CHECK (true)', p_table);
  EXECUTE format('CREATE POLICY tenant_isolation ON app.%I AS RESTRICTIVE FOR ALL TO hub_app USING (%I = (SELECT app.account_id())) WITH CHECK (%I = (SELECT app.account_id()))', p_table, p_column, p_column);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON app.%I TO hub_app', p_table);
END $$;
REVOKE ALL ON PROCEDURE app.protect(text, text) FROM PUBLIC;

CALL app.protect('account', 'id');
CALL app.protect('member');
CALL app.protect('audit_entry');
CALL app.protect('provider_server');
CALL app.protect('instance');
CALL app.protect('webhook_endpoint');
CALL app.protect('chatwoot_link');
CALL app.protect('inbox');
CALL app.protect('thread');
CALL app.protect('thread_identity');
CALL app.protect('lane');
CALL app.protect('message');
CALL app.protect('message_failure');
CALL app.protect('raw_event');
CALL app.protect('early_receipt');

-- Append-only by grant.
REVOKE UPDATE, DELETE ON app.audit_entry FROM hub_app;

-- Global tables: no account owns them.
GRANT SELECT, INSERT, UPDATE, DELETE ON app.hub_user, app.session, app.signing_key TO hub_app;
GRANT SELECT, INSERT ON app.operator_audit TO hub_app;

-- Pre-tenant look-ups: narrow, owned by hub_lookup, which may read only these columns.
CREATE POLICY lookup_only ON app.account AS PERMISSIVE FOR SELECT TO hub_lookup USING (true);
CREATE POLICY lookup_only ON app.member AS PERMISSIVE FOR SELECT TO hub_lookup USING (true);
CREATE POLICY lookup_only ON app.webhook_endpoint AS PERMISSIVE FOR SELECT TO hub_lookup USING (true);
CREATE POLICY lookup_only ON app.lane AS PERMISSIVE FOR SELECT TO hub_lookup USING (true);
GRANT SELECT (id, name, status) ON app.account TO hub_lookup;
GRANT SELECT (account_id, user_id, role) ON app.member TO hub_lookup;
GRANT SELECT (account_id, id, source, instance_id, inbox_id, token_sha256, retired_at) ON app.webhook_endpoint TO hub_lookup;
CREATE POLICY lookup_only ON app.message AS PERMISSIVE FOR SELECT TO hub_lookup USING (true);
GRANT SELECT (account_id, id, thread_id, direction, due_at, lease_until) ON app.lane TO hub_lookup;
GRANT SELECT (account_id, lane_id, thread_id, state, report, reported, chatwoot_message_id) ON app.message TO hub_lookup;

CREATE FUNCTION app.resolve_webhook(p_token_sha256 bytea)
RETURNS TABLE (account_id uuid, endpoint_id uuid, source text, instance_id uuid, inbox_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT w.account_id, w.id, w.source, w.instance_id, w.inbox_id
  FROM app.webhook_endpoint w JOIN app.account a ON a.id = w.account_id
  WHERE w.token_sha256 = p_token_sha256 AND (w.retired_at IS NULL OR w.retired_at > now()) AND a.status = 'active'
$$;

CREATE FUNCTION app.accounts_of_user(p_user uuid)
RETURNS TABLE (account_id uuid, name text, status text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT a.id, a.name, a.status, m.role FROM app.member m JOIN app.account a ON a.id = m.account_id WHERE m.user_id = p_user ORDER BY a.name, a.id
$$;

CREATE FUNCTION app.all_accounts(p_after uuid, p_limit int)
RETURNS TABLE (account_id uuid, name text, status text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT a.id, a.name, a.status FROM app.account a WHERE p_after IS NULL OR a.id > p_after ORDER BY a.id LIMIT least(p_limit, 1000)
$$;

-- Ids only, for the sweeper: lanes that are due and that nobody holds. Each step of the recursions is one look into the small
-- index of what is still to do: the cost follows the number of waiting lanes, not of messages.
CREATE FUNCTION app.due_lanes(p_limit int)
RETURNS TABLE (account_id uuid, lane_id uuid, late_ms double precision)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog SET enable_seqscan = off AS $$
  WITH RECURSIVE waiting AS (
    (SELECT m.account_id, m.lane_id FROM app.message m WHERE m.state = 'pending' ORDER BY m.lane_id LIMIT 1)
    UNION ALL
    SELECT n.account_id, n.lane_id FROM waiting w CROSS JOIN LATERAL (
      SELECT m.account_id, m.lane_id FROM app.message m WHERE m.state = 'pending' AND m.lane_id > w.lane_id ORDER BY m.lane_id LIMIT 1) n
  ), telling AS (
    (SELECT m.account_id, m.thread_id FROM app.message m
     WHERE m.report <> m.reported AND m.chatwoot_message_id IS NOT NULL ORDER BY m.thread_id LIMIT 1)
    UNION ALL
    SELECT n.account_id, n.thread_id FROM telling t CROSS JOIN LATERAL (
      SELECT m.account_id, m.thread_id FROM app.message m
      WHERE m.report <> m.reported AND m.chatwoot_message_id IS NOT NULL AND m.thread_id > t.thread_id ORDER BY m.thread_id LIMIT 1) n
  ), candidates AS (
    SELECT l.account_id, l.id, l.due_at, l.lease_until FROM (SELECT * FROM waiting LIMIT 20000) w
    JOIN app.lane l ON l.account_id = w.account_id AND l.id = w.lane_id
    UNION ALL
    SELECT l.account_id, l.id, l.due_at, l.lease_until FROM (SELECT * FROM telling LIMIT 20000) t
    JOIN app.lane l ON l.account_id = t.account_id AND l.thread_id = t.thread_id AND l.direction = 'receipt'
  )
  SELECT c.account_id, c.id, extract(epoch FROM clock_timestamp() - greatest(c.due_at, c.lease_until)) * 1000
  FROM candidates c
  WHERE c.due_at <= clock_timestamp() AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
  ORDER BY c.due_at LIMIT least(p_limit, 10000)
$$;

GRANT CREATE ON SCHEMA app TO hub_lookup;
ALTER FUNCTION app.resolve_webhook(bytea) OWNER TO hub_lookup;
ALTER FUNCTION app.accounts_of_user(uuid) OWNER TO hub_lookup;
ALTER FUNCTION app.all_accounts(uuid, int) OWNER TO hub_lookup;
ALTER FUNCTION app.due_lanes(int) OWNER TO hub_lookup;
REVOKE CREATE ON SCHEMA app FROM hub_lookup;
REVOKE ALL ON FUNCTION app.resolve_webhook(bytea), app.accounts_of_user(uuid), app.all_accounts(uuid, int), app.due_lanes(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.resolve_webhook(bytea), app.accounts_of_user(uuid), app.all_accounts(uuid, int), app.due_lanes(int) TO hub_app;
