-- What scans say verbatim, sealed under the key of their tracking number. The journal has the
-- masked text. `sealed` holds all that one commit had of one number, by event.
CREATE TABLE vault_text (
    road        bigint NOT NULL,
    tenant      integer NOT NULL,
    day         date NOT NULL,
    sealed      bytea NOT NULL
) PARTITION BY RANGE (day);

-- Keys come by the thousand with the scans; a look at the tenant for each would cost more than they.
ALTER TABLE vault_key DROP CONSTRAINT IF EXISTS vault_key_tenant_fkey;

-- Who asked for an erasure. `done_at` is null until files and raw payloads are clean too.
ALTER TABLE vault_erased ADD COLUMN actor text NOT NULL DEFAULT '';
ALTER TABLE vault_erased ADD COLUMN numbers text[] NOT NULL DEFAULT '{}';
ALTER TABLE vault_erased ADD COLUMN done_at timestamptz;

-- Keys of raw payloads: every process makes its own for a tenant and a day.
CREATE TABLE raw_key (
    id          bigint PRIMARY KEY,
    tenant      integer NOT NULL,
    day         date NOT NULL,
    suite       text NOT NULL,
    wrapped     bytea NOT NULL
);
CREATE INDEX raw_key_day ON raw_key (day);

-- Raw payloads that speak of a number although no row of the journal came from them: duplicates,
-- refused scans, facts. The others are found by the journal itself.
CREATE TABLE raw_mention (
    tenant      integer NOT NULL,
    parcel      bigint NOT NULL,
    raw         bigint NOT NULL,
    PRIMARY KEY (tenant, parcel, raw)
);

-- Pieces of evidence. A small one is in `sealed`, a large one in the file of that id.
CREATE TABLE evidence (
    tenant        integer NOT NULL,
    road          bigint NOT NULL,
    id            text NOT NULL,
    kind          text NOT NULL,
    content_type  text NOT NULL,
    bytes         bigint NOT NULL,
    at_us         bigint NOT NULL,
    detail        bytea NOT NULL,
    sealed        bytea,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX evidence_road ON evidence (tenant, road);

-- Wrong guesses at a secret of the consignee's, counted before they are looked at.
CREATE TABLE vault_attempt (
    tenant      integer NOT NULL,
    road        bigint NOT NULL,
    what        text NOT NULL,
    failed      smallint NOT NULL,
    since_us    bigint NOT NULL,
    PRIMARY KEY (tenant, road, what)
);
