-- Facts that a policy may ask for are few; the others need not be read at start-up.
ALTER TABLE fact ADD COLUMN cared boolean NOT NULL DEFAULT false;
CREATE INDEX fact_cared ON fact (tenant) WHERE cared;
CREATE INDEX fact_tenant ON fact (tenant);

-- A tenant's limits where they differ from the usual ones, and the exceptions for some shipments.
CREATE TABLE policy (
    tenant      integer PRIMARY KEY REFERENCES tenant,
    body        jsonb NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now()
);
