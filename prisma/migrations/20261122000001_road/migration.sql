-- The road's steps as functions: one round trip each, one transaction each.
-- Every one begins by binding the account, runs with the caller's rights, and is subject to row level security.
-- accept, take and settle keep one plan each, by index: a plan made while the tables were empty would read them whole for as
-- long as the connection lives, and planning anew for each call costs more than the call.

-- The thread of these addresses, made when it is new. Two first messages at once, under whatever names, give one thread:
-- the advisory lock makes strangers to one instance wait for each other; known contacts never take it.
CREATE FUNCTION app.road_thread(p_account uuid, p_instance uuid, p_kind text, p_addresses text[], p_aliases text[], p_name text, p_phone text)
RETURNS uuid LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  v_thread uuid;
  v_known int;
  v_threads int;
BEGIN
  SELECT count(*), count(DISTINCT i.thread_id), (array_agg(i.thread_id))[1] INTO v_known, v_threads, v_thread
  FROM app.thread_identity i
  WHERE i.account_id = p_account AND i.instance_id = p_instance AND i.address = ANY (p_addresses || p_aliases);
  IF v_threads = 1 AND v_known = cardinality(p_addresses || p_aliases) THEN
    RETURN v_thread;
  END IF;

  PERFORM pg_advisory_xact_lock(hashtextextended('thread:' || p_account::text || p_instance::text, 0));
  -- The oldest thread that Chatwoot already knows wins; what others hold of this person moves to it.
  SELECT t.id INTO v_thread
  FROM app.thread_identity i JOIN app.thread t ON t.account_id = i.account_id AND t.id = i.thread_id
  WHERE i.account_id = p_account AND i.instance_id = p_instance AND i.address = ANY (p_addresses || p_aliases)
  ORDER BY (t.chatwoot_conversation_id IS NULL), t.id LIMIT 1;

  IF v_thread IS NULL THEN
    INSERT INTO app.thread (account_id, instance_id, kind, address, name, phone)
    VALUES (p_account, p_instance, p_kind, p_addresses[1], p_name, p_phone) RETURNING id INTO v_thread;
  ELSE
    UPDATE app.thread t SET merged_into = v_thread
    WHERE t.account_id = p_account AND t.merged_into IS NULL AND t.id <> v_thread AND t.id IN (
      SELECT i.thread_id FROM app.thread_identity i
      WHERE i.account_id = p_account AND i.instance_id = p_instance AND i.address = ANY (p_addresses || p_aliases));
    UPDATE app.thread_identity i SET thread_id = v_thread
    WHERE i.account_id = p_account AND i.instance_id = p_instance AND i.thread_id IN (
      SELECT t.id FROM app.thread t WHERE t.account_id = p_account AND t.merged_into = v_thread);
    -- A phone learnt late is the better address to send to.
    UPDATE app.thread t SET address = p_addresses[1], phone = coalesce(t.phone, p_phone)
    WHERE t.account_id = p_account AND t.id = v_thread AND t.address LIKE '%@lid' AND p_addresses[1] LIKE '%@s.whatsapp.net';
  END IF;

  INSERT INTO app.thread_identity (account_id, instance_id, address, thread_id)
  SELECT p_account, p_instance, a, v_thread FROM unnest(p_addresses || p_aliases) a
  ON CONFLICT (account_id, instance_id, address) DO NOTHING;
  RETURN v_thread;
END $$;

-- Puts one lane to work: its next sequence number, and whether somebody should be woken.
-- The row lock taken here is what orders messages of one thread, and what settles the race with a lane about to end.
CREATE FUNCTION app.road_enqueue(p_account uuid, p_thread uuid, p_direction text, OUT lane_id uuid, OUT seq bigint, OUT wake boolean)
LANGUAGE sql SET search_path = pg_catalog AS $$
  INSERT INTO app.lane AS l (account_id, thread_id, direction, next_seq, due_at)
  VALUES (p_account, p_thread, p_direction, 2, clock_timestamp())
  ON CONFLICT (account_id, thread_id, direction) DO UPDATE
    SET next_seq = l.next_seq + 1, due_at = coalesce(l.due_at, clock_timestamp())
  RETURNING l.id, l.next_seq - 1, (l.lease_until IS NULL OR l.lease_until < clock_timestamp()) AND l.due_at <= clock_timestamp()
$$;

-- A receipt for an id nobody knows yet, and the settle that makes it known, wait for each other until the end of their transactions.
CREATE FUNCTION app.road_lock_receipt(p_instance uuid, p_gateway_id text)
RETURNS void LANGUAGE sql SET search_path = pg_catalog AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('receipt:' || p_instance::text || p_gateway_id, 0))
$$;

-- What the gateway says of a sent message: 1 failed, 2 sent, 3 delivered, 4 read. Upward only;
-- "failed" counts only while nothing better than "sent" is known. Null when nothing changed.
CREATE FUNCTION app.road_raise(p_account uuid, p_message uuid, p_report int)
RETURNS TABLE (lane_id uuid, wake boolean) LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE v_thread uuid;
BEGIN
  UPDATE app.message m SET report = p_report
  WHERE m.account_id = p_account AND m.id = p_message AND m.direction = 'outbound'
    AND (CASE WHEN p_report = 1 THEN m.report IN (0, 2) ELSE m.report < p_report END)
  RETURNING CASE WHEN m.chatwoot_message_id IS NOT NULL AND m.report <> m.reported THEN m.thread_id END INTO v_thread;
  IF v_thread IS NOT NULL THEN
    RETURN QUERY SELECT e.lane_id, e.wake FROM app.road_enqueue(p_account, v_thread, 'receipt') e;
  END IF;
END $$;

-- ACCEPT. The raw event with its dedupe key, the threads, the sequence numbers and the messages, in one transaction.
-- Guarantees: a key seen before changes nothing (fresh = false); when this returns and commits, nothing of the event can be lost.
-- Items: {"op":"inbound", kind, origin, chat, addresses[], aliases[], name?, phone?, content, gatewayId?, quotedId?, sentAt?}
--        {"op":"outbound", kind, conversationId, sourceId, contactId, addresses[], aliases[], name?, phone?, content, quotedId?, chatwootMessageId, parts}
--        {"op":"receipt", ids[], report}   {"op":"about", ids[], kind, content, sentAt?}   {"op":"echo", messageId, gatewayId}
CREATE FUNCTION app.road_accept(p_account uuid, p_endpoint uuid, p_instance uuid, p_key text, p_body bytea, p_outcome text, p_items jsonb)
RETURNS TABLE (fresh boolean, lane_id uuid, wake boolean, message_id uuid) LANGUAGE plpgsql SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  v_event uuid;
  v_item jsonb;
  v_thread uuid;
  v_message uuid;
  v_lane record;
  v_found record;
BEGIN
  PERFORM set_config('app.account_id', p_account::text, true);
  INSERT INTO app.raw_event (account_id, endpoint_id, key, body, outcome) VALUES (p_account, p_endpoint, p_key, p_body, p_outcome)
  ON CONFLICT (account_id, endpoint_id, key) DO NOTHING RETURNING id INTO v_event;
  IF v_event IS NULL THEN
    RETURN QUERY SELECT false, NULL::uuid, false, NULL::uuid;
    RETURN;
  END IF;
  RETURN QUERY SELECT true, NULL::uuid, false, NULL::uuid;

  FOR v_item IN SELECT * FROM jsonb_array_elements(p_items) LOOP
    CASE v_item ->> 'op'
    WHEN 'inbound' THEN
      IF v_item ->> 'gatewayId' IS NOT NULL AND EXISTS (SELECT FROM app.message m WHERE m.account_id = p_account AND m.instance_id = p_instance AND m.gateway_id = v_item ->> 'gatewayId') THEN
        CONTINUE;
      END IF;
      v_thread := app.road_thread(p_account, p_instance, v_item ->> 'chat',
        ARRAY(SELECT jsonb_array_elements_text(v_item -> 'addresses')), ARRAY(SELECT jsonb_array_elements_text(v_item -> 'aliases')),
        v_item ->> 'name', v_item ->> 'phone');
      SELECT * INTO v_lane FROM app.road_enqueue(p_account, v_thread, 'inbound');
      INSERT INTO app.message (account_id, lane_id, thread_id, instance_id, direction, seq, origin, kind, content, gateway_id, quoted_id, sent_at)
      VALUES (p_account, v_lane.lane_id, v_thread, p_instance, 'inbound', v_lane.seq, v_item ->> 'origin', v_item ->> 'kind', v_item -> 'content',
        v_item ->> 'gatewayId', v_item ->> 'quotedId', (v_item ->> 'sentAt')::timestamptz)
      ON CONFLICT (account_id, instance_id, gateway_id) DO NOTHING RETURNING id INTO v_message;
      RETURN QUERY SELECT true, v_lane.lane_id, v_lane.wake, v_message;

    WHEN 'outbound' THEN
      -- Chatwoot names the conversation, or our source id, or only a person an agent wants to write to.
      SELECT coalesce(t.merged_into, t.id) INTO v_thread FROM app.thread t
      WHERE t.account_id = p_account AND t.instance_id = p_instance AND t.chatwoot_conversation_id = (v_item ->> 'conversationId')::int LIMIT 1;
      IF v_thread IS NULL THEN
        SELECT coalesce(t.merged_into, t.id) INTO v_thread FROM app.thread t
        WHERE t.account_id = p_account AND t.instance_id = p_instance AND t.chatwoot_source_id = v_item ->> 'sourceId' LIMIT 1;
      END IF;
      IF v_thread IS NULL AND jsonb_array_length(v_item -> 'addresses') > 0 THEN
        v_thread := app.road_thread(p_account, p_instance, v_item ->> 'chat',
          ARRAY(SELECT jsonb_array_elements_text(v_item -> 'addresses')), ARRAY(SELECT jsonb_array_elements_text(v_item -> 'aliases')),
          v_item ->> 'name', v_item ->> 'phone');
      END IF;
      IF v_thread IS NULL THEN
        UPDATE app.raw_event r SET outcome = 'no-recipient' WHERE r.account_id = p_account AND r.id = v_event;
        CONTINUE;
      END IF;
      -- The newest conversation is the one the agents use now.
      UPDATE app.thread t SET chatwoot_conversation_id = (v_item ->> 'conversationId')::int,
        chatwoot_source_id = v_item ->> 'sourceId', chatwoot_contact_id = (v_item ->> 'contactId')::int
      WHERE t.account_id = p_account AND t.id = v_thread
        AND (t.chatwoot_conversation_id IS NULL OR t.chatwoot_conversation_id < (v_item ->> 'conversationId')::int);
      SELECT * INTO v_lane FROM app.road_enqueue(p_account, v_thread, 'outbound');
      INSERT INTO app.message (account_id, lane_id, thread_id, instance_id, direction, seq, origin, kind, content, quoted_id, chatwoot_message_id, sent_at)
      VALUES (p_account, v_lane.lane_id, v_thread, p_instance, 'outbound', v_lane.seq, 'hub', v_item ->> 'kind', v_item -> 'content',
        coalesce(v_item ->> 'quotedId', (SELECT m.gateway_id FROM app.message m WHERE m.account_id = p_account AND m.instance_id = p_instance
          AND m.chatwoot_message_id = (v_item ->> 'quotedChatwootId')::int AND m.gateway_id IS NOT NULL LIMIT 1)),
        (v_item ->> 'chatwootMessageId')::int, (v_item ->> 'sentAt')::timestamptz)
      RETURNING id INTO v_message;
      RETURN QUERY SELECT true, v_lane.lane_id, v_lane.wake, v_message;

    WHEN 'receipt' THEN
      FOR v_found IN
        SELECT i.id AS gateway_id, m.id AS message_id FROM jsonb_array_elements_text(v_item -> 'ids') i(id)
        LEFT JOIN app.message m ON m.account_id = p_account AND m.instance_id = p_instance AND m.gateway_id = i.id
        ORDER BY i.id
      LOOP
        -- The settle that makes this id known may be under way: whoever comes second sees what the first one did.
        IF v_found.message_id IS NULL THEN
          PERFORM app.road_lock_receipt(p_instance, v_found.gateway_id);
          SELECT m.id INTO v_found.message_id FROM app.message m
          WHERE m.account_id = p_account AND m.instance_id = p_instance AND m.gateway_id = v_found.gateway_id;
        END IF;
        IF v_found.message_id IS NULL THEN
          INSERT INTO app.early_receipt AS e (account_id, instance_id, gateway_id, report)
          VALUES (p_account, p_instance, v_found.gateway_id, (v_item ->> 'report')::int)
          ON CONFLICT (account_id, instance_id, gateway_id) DO UPDATE SET report = greatest(e.report, excluded.report);
        ELSE
          RETURN QUERY SELECT true, r.lane_id, r.wake, v_found.message_id FROM app.road_raise(p_account, v_found.message_id, (v_item ->> 'report')::int) r;
        END IF;
      END LOOP;

    WHEN 'about' THEN
      -- A fact about messages that says nothing of the chat (a removal): it is told where those messages are.
      FOR v_found IN
        SELECT m.thread_id, m.gateway_id, m.direction FROM jsonb_array_elements_text(v_item -> 'ids') i(id)
        JOIN app.message m ON m.account_id = p_account AND m.instance_id = p_instance AND m.gateway_id = i.id
      LOOP
        SELECT * INTO v_lane FROM app.road_enqueue(p_account, v_found.thread_id, 'inbound');
        INSERT INTO app.message (account_id, lane_id, thread_id, instance_id, direction, seq, origin, kind, content, quoted_id, sent_at)
        VALUES (p_account, v_lane.lane_id, v_found.thread_id, p_instance, 'inbound', v_lane.seq,
          CASE WHEN v_found.direction = 'outbound' THEN 'own-device' ELSE 'contact' END, v_item ->> 'kind', v_item -> 'content', v_found.gateway_id,
          (v_item ->> 'sentAt')::timestamptz)
        RETURNING id INTO v_message;
        RETURN QUERY SELECT true, v_lane.lane_id, v_lane.wake, v_message;
      END LOOP;

    WHEN 'echo' THEN
      UPDATE app.message m SET gateway_id = v_item ->> 'gatewayId'
      WHERE m.account_id = p_account AND m.id = (v_item ->> 'messageId')::uuid AND m.direction = 'outbound' AND m.gateway_id IS NULL
        AND NOT EXISTS (SELECT FROM app.message o WHERE o.account_id = p_account AND o.instance_id = p_instance AND o.gateway_id = v_item ->> 'gatewayId');
    END CASE;
  END LOOP;
END $$;

-- The lane's first message as the worker needs it: the oldest that waits, or, in a receipt lane, the oldest whose tick is news.
-- Two statements and not one with a condition: only so does each use its own index.
CREATE FUNCTION app.road_message(p_account uuid, p_lane app.lane)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
  v_message app.message;
  v_quoted jsonb;
BEGIN
  IF p_lane.direction = 'receipt' THEN
    SELECT * INTO v_message FROM app.message m
    WHERE m.account_id = p_account AND m.thread_id = p_lane.thread_id AND m.report <> m.reported AND m.chatwoot_message_id IS NOT NULL
    ORDER BY m.seq LIMIT 1;
  ELSE
    SELECT * INTO v_message FROM app.message m
    WHERE m.account_id = p_account AND m.lane_id = p_lane.id AND m.state = 'pending' ORDER BY m.seq LIMIT 1;
  END IF;
  IF v_message.id IS NULL THEN RETURN NULL; END IF;
  IF v_message.quoted_id IS NOT NULL THEN
    SELECT jsonb_build_object('chatwootMessageId', q.chatwoot_message_id, 'direction', q.direction, 'origin', q.origin) INTO v_quoted
    FROM app.message q
    WHERE q.account_id = p_account AND q.instance_id = v_message.instance_id AND q.gateway_id = v_message.quoted_id;
  END IF;
  RETURN jsonb_build_object('id', v_message.id, 'seq', v_message.seq, 'kind', v_message.kind, 'origin', v_message.origin, 'content', v_message.content,
    'quotedId', v_message.quoted_id, 'quoted', v_quoted, 'gatewayId', v_message.gateway_id, 'chatwootMessageId', v_message.chatwoot_message_id,
    'attempts', v_message.attempts, 'report', v_message.report, 'createdAt', v_message.created_at, 'sentAt', v_message.sent_at, 'cause', v_message.cause);
END $$;

-- TAKE. The lane's lease with a new epoch, its thread, and its first message. Null when the lane is held, not due, or empty.
-- "recovered": the last holder never gave the lease back, so its first message may have reached the peer.
CREATE FUNCTION app.road_take(p_account uuid, p_lane uuid, p_holder uuid, p_lease_ms int)
RETURNS jsonb LANGUAGE plpgsql SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  v_lane app.lane;
  v_message jsonb;
  v_recovered boolean;
BEGIN
  PERFORM set_config('app.account_id', p_account::text, true);
  SELECT * INTO v_lane FROM app.lane l WHERE l.account_id = p_account AND l.id = p_lane FOR UPDATE;
  IF NOT FOUND OR v_lane.due_at IS NULL OR v_lane.due_at > clock_timestamp() OR v_lane.lease_until >= clock_timestamp() THEN
    RETURN NULL;
  END IF;
  v_recovered := v_lane.lease_until IS NOT NULL;
  v_message := app.road_message(p_account, v_lane);
  IF v_message IS NULL THEN
    UPDATE app.lane l SET due_at = NULL, lease_until = NULL, holder = NULL WHERE l.account_id = p_account AND l.id = p_lane;
    RETURN NULL;
  END IF;
  UPDATE app.lane l SET epoch = l.epoch + 1, holder = p_holder, lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond'
  WHERE l.account_id = p_account AND l.id = p_lane;
  RETURN jsonb_build_object('epoch', v_lane.epoch + 1, 'direction', v_lane.direction, 'recovered', v_recovered, 'failures', v_lane.failures, 'message', v_message,
    'thread', (SELECT jsonb_build_object('id', t.id, 'instanceId', t.instance_id, 'kind', t.kind, 'address', t.address, 'name', t.name, 'phone', t.phone,
      'contactId', t.chatwoot_contact_id, 'sourceId', t.chatwoot_source_id, 'conversationId', t.chatwoot_conversation_id)
      FROM app.thread t WHERE t.account_id = p_account AND t.id = v_lane.thread_id));
END $$;

-- SETTLE. Fenced by epoch and holder: {"fenced":true} means another worker has the lane and nothing was written.
-- Marks the message, keeps what was learnt of the thread, and gives the next message with a longer lease, or releases the lane.
-- Result: {"outcome":"delivered", gatewayId?, chatwootMessageId?, thread?{contactId,sourceId,conversationId}}
--         {"outcome":"reported", report}   {"outcome":"dead", failure}   {"outcome":"retry", afterMs, failure, counts}
-- Not waiting for the disk is safe here and only here: a settle lost in a crash leaves the lease of TAKE (which does wait),
-- so the message counts as recovered and the peer is asked before anything is sent again.
CREATE FUNCTION app.road_settle(p_account uuid, p_lane uuid, p_holder uuid, p_epoch bigint, p_message uuid, p_result jsonb, p_lease_ms int)
RETURNS jsonb LANGUAGE plpgsql SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  v_lane app.lane;
  v_next jsonb;
  v_outcome text := p_result ->> 'outcome';
  v_thread jsonb := p_result -> 'thread';
  v_wake uuid[] := '{}';
  v_early int;
BEGIN
  PERFORM set_config('app.account_id', p_account::text, true);
  PERFORM set_config('synchronous_commit', 'off', true);
  SELECT * INTO v_lane FROM app.lane l WHERE l.account_id = p_account AND l.id = p_lane AND l.epoch = p_epoch AND l.holder = p_holder FOR UPDATE;
  IF NOT FOUND THEN RETURN '{"fenced":true}'; END IF;

  IF v_thread IS NOT NULL AND v_thread <> 'null' THEN
    UPDATE app.thread t SET chatwoot_contact_id = (v_thread ->> 'contactId')::int, chatwoot_source_id = v_thread ->> 'sourceId',
      chatwoot_conversation_id = (v_thread ->> 'conversationId')::int
    WHERE t.account_id = p_account AND t.id = v_lane.thread_id;
  END IF;

  IF v_outcome = 'delivered' THEN
    UPDATE app.message m SET state = 'delivered', settled_at = clock_timestamp(), cause = NULL,
      gateway_id = coalesce(m.gateway_id, CASE WHEN NOT EXISTS (SELECT FROM app.message o WHERE o.account_id = p_account
        AND o.instance_id = m.instance_id AND o.gateway_id = p_result ->> 'gatewayId') THEN p_result ->> 'gatewayId' END),
      chatwoot_message_id = coalesce((p_result ->> 'chatwootMessageId')::int, m.chatwoot_message_id),
      report = CASE WHEN m.direction = 'outbound' THEN greatest(m.report, 2) ELSE m.report END,
      -- Chatwoot shows "sent" from the start; it has to be told only when it was told otherwise.
      reported = CASE WHEN m.direction = 'outbound' AND m.reported = 0 THEN 2 ELSE m.reported END
    WHERE m.account_id = p_account AND m.id = p_message AND m.state = 'pending';
    IF v_lane.direction = 'outbound' THEN
      PERFORM app.road_lock_receipt(m.instance_id, m.gateway_id) FROM app.message m WHERE m.account_id = p_account AND m.id = p_message AND m.gateway_id IS NOT NULL;
      DELETE FROM app.early_receipt e USING app.message m
      WHERE m.account_id = p_account AND m.id = p_message AND e.account_id = p_account AND e.instance_id = m.instance_id AND e.gateway_id = m.gateway_id
      RETURNING e.report INTO v_early;
      IF v_early IS NOT NULL THEN
        v_wake := v_wake || ARRAY(SELECT r.lane_id FROM app.road_raise(p_account, p_message, v_early) r WHERE r.wake);
      ELSIF EXISTS (SELECT FROM app.message m WHERE m.account_id = p_account AND m.id = p_message AND m.report <> m.reported AND m.chatwoot_message_id IS NOT NULL) THEN
        v_wake := v_wake || ARRAY(SELECT e.lane_id FROM app.road_enqueue(p_account, v_lane.thread_id, 'receipt') e WHERE e.wake);
      END IF;
    END IF;
  ELSIF v_outcome = 'reported' THEN
    UPDATE app.message m SET reported = (p_result ->> 'report')::int WHERE m.account_id = p_account AND m.id = p_message;
  ELSIF v_outcome = 'dead' THEN
    UPDATE app.message m SET state = 'dead', settled_at = clock_timestamp(), attempts = m.attempts + 1, cause = p_result -> 'failure'
    WHERE m.account_id = p_account AND m.id = p_message AND m.state = 'pending';
    IF v_lane.direction = 'outbound' THEN
      v_wake := v_wake || ARRAY(SELECT r.lane_id FROM app.road_raise(p_account, p_message, 1) r WHERE r.wake);
    END IF;
  ELSIF v_outcome = 'retry' THEN
    UPDATE app.message m SET attempts = m.attempts + (p_result ->> 'counts')::int, cause = p_result -> 'failure' WHERE m.account_id = p_account AND m.id = p_message;
  END IF;
  IF v_outcome IN ('dead', 'retry') THEN
    INSERT INTO app.message_failure (account_id, message_id, attempt, outcome, failure)
    SELECT p_account, p_message, v_lane.failures + 1, v_outcome, p_result -> 'failure';
  END IF;

  IF v_outcome = 'retry' THEN
    UPDATE app.lane l SET lease_until = NULL, holder = NULL, failures = l.failures + 1,
      due_at = clock_timestamp() + (p_result ->> 'afterMs')::int * interval '1 millisecond'
    WHERE l.account_id = p_account AND l.id = p_lane;
  ELSE
    v_next := app.road_message(p_account, v_lane);
    UPDATE app.lane l SET failures = 0,
      lease_until = CASE WHEN v_next IS NULL THEN NULL ELSE clock_timestamp() + p_lease_ms * interval '1 millisecond' END,
      holder = CASE WHEN v_next IS NULL THEN NULL ELSE l.holder END,
      due_at = CASE WHEN v_next IS NULL THEN NULL ELSE l.due_at END
    WHERE l.account_id = p_account AND l.id = p_lane;
  END IF;
  RETURN jsonb_build_object('next', v_next, 'wake', to_jsonb(v_wake));
END $$;

-- Lengthens a lease for slow work. False: another worker has the lane.
CREATE FUNCTION app.road_extend(p_account uuid, p_lane uuid, p_holder uuid, p_epoch bigint, p_lease_ms int)
RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM set_config('app.account_id', p_account::text, true);
  UPDATE app.lane l SET lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond'
  WHERE l.account_id = p_account AND l.id = p_lane AND l.epoch = p_epoch AND l.holder = p_holder;
  RETURN FOUND;
END $$;

-- Gives a lane back without a result, when a worker stops: nothing was sent for the current message.
CREATE FUNCTION app.road_release(p_account uuid, p_lane uuid, p_holder uuid, p_epoch bigint)
RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM set_config('app.account_id', p_account::text, true);
  UPDATE app.lane l SET lease_until = NULL, holder = NULL WHERE l.account_id = p_account AND l.id = p_lane AND l.epoch = p_epoch AND l.holder = p_holder;
  RETURN FOUND;
END $$;

REVOKE ALL ON FUNCTION app.road_thread(uuid, uuid, text, text[], text[], text, text), app.road_enqueue(uuid, uuid, text), app.road_lock_receipt(uuid, text), app.road_raise(uuid, uuid, int),
  app.road_accept(uuid, uuid, uuid, text, bytea, text, jsonb), app.road_message(uuid, app.lane), app.road_take(uuid, uuid, uuid, int),
  app.road_settle(uuid, uuid, uuid, bigint, uuid, jsonb, int), app.road_extend(uuid, uuid, uuid, bigint, int), app.road_release(uuid, uuid, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.road_thread(uuid, uuid, text, text[], text[], text, text), app.road_enqueue(uuid, uuid, text), app.road_lock_receipt(uuid, text), app.road_raise(uuid, uuid, int),
  app.road_accept(uuid, uuid, uuid, text, bytea, text, jsonb), app.road_message(uuid, app.lane), app.road_take(uuid, uuid, uuid, int),
  app.road_settle(uuid, uuid, uuid, bigint, uuid, jsonb, int), app.road_extend(uuid, uuid, uuid, bigint, int), app.road_release(uuid, uuid, uuid, bigint) TO hub_app;
