-- The console: who may sign in, what they saved and did, and what needs a person.

-- Addresses are unique over all tenants: one address signs in to one console. password_hash: argon2;
-- null for who has only signed in by link or by an identity provider (`subject`: issuer and sub).
CREATE TABLE console_user (
    id             bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant         integer NOT NULL REFERENCES tenant,
    email          text NOT NULL,
    name           text NOT NULL DEFAULT '',
    role           text NOT NULL CHECK (role IN ('viewer', 'agent', 'manager', 'admin')),
    password_hash  text,
    subject        text UNIQUE,
    created_at     timestamptz NOT NULL DEFAULT now(),
    disabled_at    timestamptz,
    seen_at        timestamptz
);
CREATE UNIQUE INDEX console_user_email ON console_user (lower(email));
CREATE INDEX console_user_tenant ON console_user (tenant, id);

-- Only hashes of tokens are kept. Times are the wall clock's, whatever clock the engine goes by.
CREATE TABLE console_session (
    digest         bytea PRIMARY KEY,
    user_id        bigint NOT NULL REFERENCES console_user ON DELETE CASCADE,
    created_at     timestamptz NOT NULL DEFAULT now(),
    seen_at        timestamptz NOT NULL DEFAULT now(),
    expires_at     timestamptz NOT NULL
);
CREATE INDEX console_session_user ON console_session (user_id);

-- Links that sign in once.
CREATE TABLE console_link (
    digest         bytea PRIMARY KEY,
    user_id        bigint NOT NULL REFERENCES console_user ON DELETE CASCADE,
    expires_at     timestamptz NOT NULL
);

-- Filters of a page under a name; `user_id` null: for everybody of the tenant.
CREATE TABLE saved_view (
    id             bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant         integer NOT NULL REFERENCES tenant,
    user_id        bigint REFERENCES console_user ON DELETE CASCADE,
    page           text NOT NULL,
    name           text NOT NULL,
    query          text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX saved_view_tenant ON saved_view (tenant, page, id);

-- Only ever added to. `subject`: what was changed (`policy`, `case 12`, `worry YT…`).
CREATE TABLE audit_log (
    id             bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant         integer NOT NULL REFERENCES tenant,
    at             timestamptz NOT NULL DEFAULT now(),
    actor          text NOT NULL,
    action         text NOT NULL,
    subject        text NOT NULL,
    before         jsonb,
    after          jsonb
);
CREATE INDEX audit_log_tenant ON audit_log (tenant, id DESC);
CREATE INDEX audit_log_subject ON audit_log (tenant, subject, id DESC);

-- What people may take back for a moment: run at `runs_at`, or undone before. Whoever runs it claims
-- it by moving runs_at ahead, so that after a crash it is run again.
CREATE TABLE console_act (
    id             bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant         integer NOT NULL REFERENCES tenant,
    user_id        bigint NOT NULL,
    actor          text NOT NULL,
    action         text NOT NULL,
    numbers        text[] NOT NULL,
    body           jsonb NOT NULL DEFAULT '{}',
    runs_at        timestamptz NOT NULL,
    claimed        boolean NOT NULL DEFAULT false,
    done_at        timestamptz,
    outcome        jsonb
);
CREATE INDEX console_act_due ON console_act (runs_at) WHERE done_at IS NULL;

-- Files that somebody imports. `columns`: ours → theirs. `refused`: a CSV of the rows that were not
-- taken. Whoever works on one says so in `beat_at`; what a dead process left is taken up again.
CREATE TABLE import_job (
    id             bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant         integer NOT NULL REFERENCES tenant,
    user_id        bigint NOT NULL,
    actor          text NOT NULL,
    name           text NOT NULL,
    content        bytea,
    columns        jsonb,
    state          text NOT NULL DEFAULT 'previewed',
    rows           integer NOT NULL DEFAULT 0,
    counts         jsonb NOT NULL DEFAULT '{}',
    refused        text NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL DEFAULT now(),
    beat_at        timestamptz
);
CREATE INDEX import_job_tenant ON import_job (tenant, id DESC);
CREATE INDEX import_job_running ON import_job (beat_at) WHERE state = 'running';

-- What passed a facility in an hour (seconds since 1970), by its scans: came, went, and how long it
-- stayed. `toward`: the next facility, for lanes; '' for the facility itself. Counts are figures to
-- look at, not records: after a crash the last seconds of them are missing.
CREATE TABLE network_hour (
    tenant         integer NOT NULL,
    hour_s         bigint NOT NULL,
    hub            text NOT NULL,
    toward         text NOT NULL DEFAULT '',
    came           bigint NOT NULL DEFAULT 0,
    went           bigint NOT NULL DEFAULT 0,
    stayed_s       bigint NOT NULL DEFAULT 0,
    stays          bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, hour_s, hub, toward)
);

-- What needs a person: one row for each number with an open alert or case, made anew from those a
-- moment after they have changed.
-- due_us: the case's deadline, else so long after the alert as its severity leaves. rank_us orders
-- the list: due_us, moved ahead by what the goods are worth (six hours for each doubling), so the
-- order needs no clock. known: what the shipment's line and facts say has been put in.
CREATE TABLE worry (
    tenant         integer NOT NULL,
    number         text NOT NULL,
    road           bigint NOT NULL,
    rules          text[] NOT NULL,
    severity       smallint NOT NULL,
    since_s        bigint NOT NULL,
    due_us         bigint NOT NULL,
    rank_us        bigint NOT NULL,
    case_id        bigint,
    case_kind      text,
    waits_for      text,
    owner          text,
    carrier        text,
    order_number   text,
    destination    text,
    value_minor    bigint,
    currency       text,
    weight_us      bigint NOT NULL DEFAULT 0,
    known          boolean NOT NULL DEFAULT false,
    acknowledged_by text,
    snoozed_us     bigint NOT NULL DEFAULT 0,
    act            bigint,
    PRIMARY KEY (tenant, number)
) WITH (fillfactor = 80);
CREATE INDEX worry_rank ON worry (tenant, rank_us, number);
CREATE INDEX worry_carrier ON worry (tenant, carrier, rank_us, number);
CREATE INDEX worry_severity ON worry (tenant, severity, rank_us, number);
CREATE INDEX worry_rules ON worry USING gin (rules);
CREATE INDEX worry_owner ON worry (tenant, owner, rank_us, number) WHERE owner IS NOT NULL;
CREATE INDEX worry_waits ON worry (tenant, waits_for, rank_us, number) WHERE waits_for IS NOT NULL;
CREATE INDEX worry_snoozed ON worry (tenant, rank_us, number) WHERE snoozed_us > 0;
CREATE INDEX worry_acknowledged ON worry (tenant, rank_us, number)
    WHERE acknowledged_by IS NOT NULL;
CREATE INDEX worry_road ON worry (road);
CREATE INDEX worry_unknown ON worry (tenant) WHERE NOT known;
CREATE INDEX worry_text ON worry (tenant, number text_pattern_ops);
CREATE INDEX worry_order ON worry (tenant, order_number text_pattern_ops)
    WHERE order_number IS NOT NULL;
CREATE INDEX alert_number_open ON alert (tenant, number) WHERE cleared_s IS NULL;
CREATE INDEX case_number_open ON case_file (tenant, number) WHERE NOT closed;
CREATE INDEX shipment_alerts ON shipment (tenant, last_s DESC, id DESC) WHERE alerts > 0;

-- What is left to a person, from when an alert opened: critical 4 h, warning 24 h, info 72 h.
CREATE FUNCTION worry_renew(whose integer[], numbers text[]) RETURNS void LANGUAGE sql AS $$
    WITH asked AS (
        SELECT DISTINCT one.tenant, one.number FROM unnest(whose, numbers) AS one (tenant, number)
    ), alerts AS (
        SELECT a.tenant, a.number, min(a.shipment) AS road,
            array_agg(a.rule ORDER BY a.severity = 'critical' DESC, a.severity = 'warning' DESC,
                a.opened_s) AS rules,
            max(CASE a.severity WHEN 'critical' THEN 3 WHEN 'warning' THEN 2 ELSE 1 END) AS severity,
            min(a.opened_s) AS since_s,
            min((a.opened_s + CASE a.severity WHEN 'critical' THEN 14400 WHEN 'warning' THEN 86400
                ELSE 259200 END) * 1000000) AS due_us
        FROM alert a JOIN asked USING (tenant, number) WHERE a.cleared_s IS NULL
        GROUP BY a.tenant, a.number
    ), cases AS (
        SELECT DISTINCT ON (c.tenant, c.number) c.tenant, c.number, c.road, c.id, c.kind,
            c.waits_for, c.owner, c.deadline_us, (c.body->>'opened_at_us')::bigint AS since_us
        FROM case_file c JOIN asked USING (tenant, number) WHERE NOT c.closed
        ORDER BY c.tenant, c.number, c.deadline_us NULLS LAST, c.id
    ), made AS (
        SELECT coalesce(a.tenant, c.tenant) AS tenant, coalesce(a.number, c.number) AS number,
            coalesce(a.road, c.road) AS road, coalesce(a.rules, '{}') AS rules,
            coalesce(a.severity, 1)::smallint AS severity,
            coalesce(a.since_s, c.since_us / 1000000, 0) AS since_s,
            coalesce(c.deadline_us, a.due_us, c.since_us + 86400000000, 0) AS due_us,
            c.id AS case_id, c.kind AS case_kind, c.waits_for, c.owner
        FROM alerts a FULL JOIN cases c ON c.tenant = a.tenant AND c.number = a.number
    ), gone AS (
        DELETE FROM worry w USING asked
        WHERE w.tenant = asked.tenant AND w.number = asked.number
            AND NOT EXISTS (SELECT FROM made WHERE (made.tenant, made.number) = (w.tenant, w.number))
    )
    INSERT INTO worry AS w (tenant, number, road, rules, severity, since_s, due_us, rank_us,
        case_id, case_kind, waits_for, owner)
    SELECT tenant, number, road, rules, severity, since_s, due_us, due_us,
        case_id, case_kind, waits_for, owner
    FROM made ORDER BY tenant, number
    ON CONFLICT (tenant, number) DO UPDATE SET
        rules = excluded.rules, severity = excluded.severity, since_s = excluded.since_s,
        due_us = excluded.due_us, rank_us = excluded.due_us - w.weight_us,
        case_id = excluded.case_id, case_kind = excluded.case_kind,
        waits_for = excluded.waits_for, owner = excluded.owner,
        -- Something new has come up: what was acknowledged or put off is asked again.
        acknowledged_by = CASE WHEN excluded.rules <@ w.rules THEN w.acknowledged_by END,
        snoozed_us = CASE WHEN excluded.rules <@ w.rules THEN w.snoozed_us ELSE 0 END
$$;

-- Which numbers' rows have to be made anew. Alerts are written in the engine's own commits, one
-- statement each, so all that happens there is one more row at the end of this queue.
CREATE TABLE worry_touched (
    tenant         integer NOT NULL,
    number         text NOT NULL
);
CREATE TABLE worry_version (
    tenant         integer PRIMARY KEY,
    version        bigint NOT NULL
);

CREATE FUNCTION worry_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO worry_touched (tenant, number) SELECT tenant, number FROM touched;
    RETURN NULL;
END $$;

CREATE TRIGGER worry_alert_added AFTER INSERT ON alert
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION worry_touch();
CREATE TRIGGER worry_alert_changed AFTER UPDATE ON alert
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION worry_touch();
CREATE TRIGGER worry_case_added AFTER INSERT ON case_file
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION worry_touch();
CREATE TRIGGER worry_case_changed AFTER UPDATE ON case_file
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION worry_touch();

-- What stood open before there was a console.
INSERT INTO worry_touched
SELECT tenant, number FROM alert WHERE cleared_s IS NULL
UNION SELECT tenant, number FROM case_file WHERE NOT closed;
