-- AlterTable
ALTER TABLE "member" ADD COLUMN     "disabled_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "signing_key" ADD COLUMN     "state_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "api_key" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "name" TEXT NOT NULL,
    "public_id" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_by" UUID NOT NULL,
    "per_minute" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "rotated_to" UUID,
    "last_used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "instance_token" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "instance_id" UUID,
    "issued_to" TEXT NOT NULL,
    "origin" TEXT,
    "scopes" TEXT[],
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "instance_token_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "invitation" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "token_sha256" BYTEA NOT NULL,
    "invited_by" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "team" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "team_member" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "team_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,

    CONSTRAINT "team_member_pkey" PRIMARY KEY ("account_id","team_id","member_id")
);

-- CreateTable
CREATE TABLE "team_inbox" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "team_id" UUID NOT NULL,
    "inbox_id" UUID NOT NULL,

    CONSTRAINT "team_inbox_pkey" PRIMARY KEY ("account_id","team_id","inbox_id")
);

-- CreateTable
CREATE TABLE "account_limit" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "name" TEXT NOT NULL,
    "value" INTEGER NOT NULL,

    CONSTRAINT "account_limit_pkey" PRIMARY KEY ("account_id","name")
);

-- CreateTable
CREATE TABLE "account_feature" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,

    CONSTRAINT "account_feature_pkey" PRIMARY KEY ("account_id","name")
);

-- CreateTable
CREATE TABLE "account_origin" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "origin" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_origin_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "support_visit" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "id" UUID NOT NULL DEFAULT app.uuid7(),
    "user_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "support_visit_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "account_id" UUID NOT NULL DEFAULT app.account_id(),
    "principal" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "status" INTEGER,
    "body" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("account_id","principal","route","key")
);

-- CreateIndex
CREATE INDEX "api_key_public_id_idx" ON "api_key"("public_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_account_id_public_id_key" ON "api_key"("account_id", "public_id");

-- CreateIndex
CREATE INDEX "instance_token_expires_at_idx" ON "instance_token"("expires_at");

-- CreateIndex
CREATE INDEX "invitation_token_sha256_idx" ON "invitation"("token_sha256");

-- CreateIndex
CREATE UNIQUE INDEX "team_account_id_name_key" ON "team"("account_id", "name");

-- CreateIndex
CREATE INDEX "team_member_account_id_member_id_idx" ON "team_member"("account_id", "member_id");

-- CreateIndex
CREATE INDEX "team_inbox_account_id_inbox_id_idx" ON "team_inbox"("account_id", "inbox_id");

-- CreateIndex
CREATE INDEX "account_origin_origin_idx" ON "account_origin"("origin");

-- CreateIndex
CREATE UNIQUE INDEX "account_origin_account_id_origin_key" ON "account_origin"("account_id", "origin");

-- CreateIndex
CREATE INDEX "support_visit_user_id_idx" ON "support_visit"("user_id");

-- CreateIndex
CREATE INDEX "idempotency_key_expires_at_idx" ON "idempotency_key"("expires_at");

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "instance_token" ADD CONSTRAINT "instance_token_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "instance_token" ADD CONSTRAINT "instance_token_account_id_instance_id_fkey" FOREIGN KEY ("account_id", "instance_id") REFERENCES "instance"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team" ADD CONSTRAINT "team_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_member" ADD CONSTRAINT "team_member_account_id_team_id_fkey" FOREIGN KEY ("account_id", "team_id") REFERENCES "team"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_member" ADD CONSTRAINT "team_member_account_id_member_id_fkey" FOREIGN KEY ("account_id", "member_id") REFERENCES "member"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_inbox" ADD CONSTRAINT "team_inbox_account_id_team_id_fkey" FOREIGN KEY ("account_id", "team_id") REFERENCES "team"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_inbox" ADD CONSTRAINT "team_inbox_account_id_inbox_id_fkey" FOREIGN KEY ("account_id", "inbox_id") REFERENCES "inbox"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_limit" ADD CONSTRAINT "account_limit_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_feature" ADD CONSTRAINT "account_feature_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_origin" ADD CONSTRAINT "account_origin_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "support_visit" ADD CONSTRAINT "support_visit_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "support_visit" ADD CONSTRAINT "support_visit_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "hub_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_key" ADD CONSTRAINT "idempotency_key_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CALL app.protect('invitation');
CALL app.protect('team');
CALL app.protect('team_member');
CALL app.protect('team_inbox');
CALL app.protect('account_limit');
CALL app.protect('account_feature');
CALL app.protect('account_origin');
CALL app.protect('support_visit');
CALL app.protect('idempotency_key');
CALL app.protect('api_key');
CALL app.protect('instance_token');

-- Pre-tenant look-ups, as narrow as the first ones.
CREATE POLICY lookup_only ON app.invitation AS PERMISSIVE FOR SELECT TO hub_lookup USING (true);
CREATE POLICY lookup_only ON app.api_key AS PERMISSIVE FOR SELECT TO hub_lookup USING (true);
CREATE POLICY lookup_only ON app.account_origin AS PERMISSIVE FOR SELECT TO hub_lookup USING (true);
GRANT SELECT (account_id, id, email, role, token_sha256, expires_at, accepted_at, revoked_at) ON app.invitation TO hub_lookup;
GRANT SELECT (account_id, id, name, public_id, secret_hash, scopes, created_by, per_minute, expires_at, revoked_at) ON app.api_key TO hub_lookup;
GRANT SELECT (account_id, origin) ON app.account_origin TO hub_lookup;
GRANT SELECT (disabled_at) ON app.member TO hub_lookup;
GRANT SELECT (id, operator, disabled_at) ON app.hub_user TO hub_lookup;

CREATE FUNCTION app.resolve_invitation(p_token_sha256 bytea)
RETURNS TABLE (account_id uuid, invitation_id uuid, account_name text, email text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT i.account_id, i.id, a.name, i.email, i.role
  FROM app.invitation i JOIN app.account a ON a.id = i.account_id
  WHERE i.token_sha256 = p_token_sha256 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > now() AND a.status = 'active'
$$;

-- A revoked, expired or foreign key is told apart by nobody: it is not found. Nor is one whose maker was disabled or removed.
-- The secret is compared by the caller.
CREATE FUNCTION app.resolve_api_key(p_public_id text)
RETURNS TABLE (account_id uuid, api_key_id uuid, name text, secret_hash text, scopes text[], created_by uuid, per_minute int, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT k.account_id, k.id, k.name, k.secret_hash, k.scopes, k.created_by, k.per_minute, k.expires_at
  FROM app.api_key k
  JOIN app.account a ON a.id = k.account_id AND a.status = 'active'
  JOIN app.hub_user u ON u.id = k.created_by AND u.disabled_at IS NULL
  WHERE k.public_id = p_public_id AND k.revoked_at IS NULL AND k.expires_at > now()
    AND (u.operator OR EXISTS (SELECT FROM app.member m WHERE m.account_id = k.account_id AND m.user_id = u.id AND m.disabled_at IS NULL))
$$;

-- Whether some account vouches for this origin. Which one is not said.
CREATE FUNCTION app.origin_is_known(p_origin text)
RETURNS TABLE (known boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT FROM app.account_origin o JOIN app.account a ON a.id = o.account_id WHERE o.origin = p_origin AND a.status = 'active')
$$;

-- Sign-ins are kept once, outside any account. An account is told of those of its members, from the day they joined, and of the
-- address only a hash of its own.
CREATE INDEX operator_audit_person ON app.operator_audit ((actor->>'id'), id DESC) WHERE action LIKE 'access.%';
GRANT SELECT (id, at, actor, action, ip) ON app.operator_audit TO hub_lookup;
GRANT SELECT (created_at) ON app.member TO hub_lookup;
CREATE FUNCTION app.member_sign_ins(p_account uuid, p_before uuid, p_limit int)
RETURNS TABLE (id uuid, at timestamptz, user_id uuid, action text, ip_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT o.id, o.at, m.user_id, o.action, left(encode(sha256(convert_to(p_account::text || '|' || o.ip, 'UTF8')), 'hex'), 16)
  FROM app.member m
  CROSS JOIN LATERAL (
    SELECT a.id, a.at, a.action, a.ip FROM app.operator_audit a
    WHERE a.actor->>'id' = m.user_id::text AND a.action LIKE 'access.%' AND a.at >= m.created_at AND (p_before IS NULL OR a.id < p_before)
    ORDER BY a.id DESC LIMIT least(p_limit, 101)
  ) o
  WHERE m.account_id = p_account
  ORDER BY o.id DESC LIMIT least(p_limit, 101)
$$;

-- A disabled member reaches nothing.
CREATE OR REPLACE FUNCTION app.accounts_of_user(p_user uuid)
RETURNS TABLE (account_id uuid, name text, status text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT a.id, a.name, a.status, m.role FROM app.member m JOIN app.account a ON a.id = m.account_id
  WHERE m.user_id = p_user AND m.disabled_at IS NULL ORDER BY a.name, a.id
$$;

GRANT CREATE ON SCHEMA app TO hub_lookup;
ALTER FUNCTION app.resolve_invitation(bytea) OWNER TO hub_lookup;
ALTER FUNCTION app.resolve_api_key(text) OWNER TO hub_lookup;
ALTER FUNCTION app.origin_is_known(text) OWNER TO hub_lookup;
ALTER FUNCTION app.member_sign_ins(uuid, uuid, int) OWNER TO hub_lookup;
REVOKE CREATE ON SCHEMA app FROM hub_lookup;
REVOKE ALL ON FUNCTION app.resolve_invitation(bytea), app.resolve_api_key(text), app.origin_is_known(text), app.member_sign_ins(uuid, uuid, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.resolve_invitation(bytea), app.resolve_api_key(text), app.origin_is_known(text), app.member_sign_ins(uuid, uuid, int) TO hub_app;
