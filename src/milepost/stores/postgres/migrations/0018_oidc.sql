-- Sign-ins by an identity provider that are under way: begun by a browser, not yet come back. Only
-- the hash of the browser's token is kept; state, nonce and PKCE verifier are derived from the token
-- itself. user_id: who is already signed in and wants to bind his identity.
CREATE TABLE console_oidc (
    digest         bytea PRIMARY KEY,
    follow         text NOT NULL DEFAULT '',
    user_id        bigint REFERENCES console_user ON DELETE CASCADE,
    expires_at     timestamptz NOT NULL
);

-- How a session began: who came by a one-time link may set a password without the old one.
ALTER TABLE console_session ADD COLUMN how text NOT NULL DEFAULT 'password'
    CHECK (how IN ('password', 'link', 'provider'));
