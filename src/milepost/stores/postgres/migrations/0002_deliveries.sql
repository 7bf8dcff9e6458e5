-- What sending needs beyond the ledger: secrets in rotation, the health of a subscription, the
-- attempts of a delivery, and indexes that follow how deliveries are claimed and looked up.

-- failing_since: the first failure after the last success.
ALTER TABLE subscription ADD COLUMN failing_since timestamptz;
CREATE INDEX subscription_number ON subscription (tenant, number) WHERE active;

-- Secrets that were rotated out; they sign as well until receivers have changed theirs.
CREATE TABLE former_secret (
    subscription  bigint NOT NULL REFERENCES subscription ON DELETE CASCADE,
    secret        text NOT NULL,
    valid_until   timestamptz NOT NULL,
    PRIMARY KEY (subscription, secret)
);

-- history: one object an attempt {at, code, error, response, duration_ms}, oldest first.
ALTER TABLE delivery ADD COLUMN history jsonb NOT NULL DEFAULT '[]';
ALTER TABLE delivery DROP CONSTRAINT delivery_subscription_fkey;
ALTER TABLE delivery ADD FOREIGN KEY (subscription) REFERENCES subscription ON DELETE CASCADE;

-- Deliveries are claimed subscription by subscription, so that a long queue of one is never in the
-- way of another. Message ids are random, so uniqueness needs no index of its own.
DROP INDEX delivery_due;
DROP INDEX delivery_message;
CREATE INDEX delivery_pending ON delivery (subscription, next_at) WHERE state = 'pending';
CREATE INDEX delivery_subscription ON delivery (subscription, id DESC);
CREATE INDEX delivery_number ON delivery (tenant, number, id DESC);
CREATE INDEX delivery_failed ON delivery (tenant, id DESC) WHERE state = 'failed';
