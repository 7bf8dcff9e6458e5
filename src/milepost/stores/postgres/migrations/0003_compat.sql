-- Dialects: credentials of clients, numbers they watch, hooks of their accounts.

-- lookup: hash of dialect and public id, which for some vendors is itself the secret.
-- sealed: {public_id, secrets} under the master key.
CREATE TABLE dialect_credential (
    id            bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant        integer NOT NULL REFERENCES tenant,
    dialect       text NOT NULL,
    lookup        bytea NOT NULL UNIQUE,
    sealed        bytea NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz,
    revoked_at    timestamptz
);
CREATE INDEX dialect_credential_tenant ON dialect_credential (tenant, dialect);

-- A subscription with a dialect is told only of numbers watched in it: those whose watch names it,
-- and, if it is the account's, all whose watch names none.
ALTER TABLE subscription ADD COLUMN dialect text;
ALTER TABLE subscription ADD COLUMN account boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX subscription_callback ON subscription (tenant, dialect, url)
    WHERE dialect IS NOT NULL AND NOT account;

-- parcel: key of the number in its tenant. subscription: null = the account's hooks.
CREATE TABLE dialect_watch (
    id            bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant        integer NOT NULL,
    dialect       text NOT NULL,
    number        text NOT NULL,
    parcel        bigint NOT NULL,
    carrier_code  text,
    carrier       text,
    callback      text,
    subscription  bigint REFERENCES subscription ON DELETE SET NULL,
    sealed        bytea,
    options       jsonb NOT NULL DEFAULT '{}',
    account       text,
    active        boolean NOT NULL DEFAULT true,
    created_us    bigint NOT NULL,
    updated_us    bigint NOT NULL,
    stopped_us    bigint
);
CREATE UNIQUE INDEX dialect_watch_number
    ON dialect_watch (tenant, dialect, number, coalesce(carrier_code, ''));
CREATE INDEX dialect_watch_page ON dialect_watch (tenant, dialect, id);
CREATE INDEX dialect_watch_parcel ON dialect_watch (parcel) WHERE active;
CREATE INDEX dialect_watch_subscription ON dialect_watch (subscription) WHERE active;
-- A change of a road concerns the watches of all its numbers.
CREATE INDEX link_road ON link (road);

CREATE TABLE dialect_hook (
    id            bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant        integer NOT NULL,
    dialect       text NOT NULL,
    url           text NOT NULL,
    sealed        bytea,
    options       jsonb NOT NULL DEFAULT '{}',
    active        boolean NOT NULL DEFAULT true,
    subscription  bigint NOT NULL REFERENCES subscription ON DELETE CASCADE,
    created_us    bigint NOT NULL,
    updated_us    bigint NOT NULL
);
CREATE INDEX dialect_hook_tenant ON dialect_hook (tenant, dialect, id);
CREATE UNIQUE INDEX dialect_hook_subscription ON dialect_hook (subscription);
