/**
 * Tables of ours beside those of pg-boss, which only hands out: what a run is, who has it, and with which fence. A migration
 * that was released is never edited; add the next one.
 */
export const SHARED_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE baton.machine (
    name text PRIMARY KEY,
    -- Of its state folder; a copy of that has the same one.
    home text NOT NULL,
    -- Of its process.
    instance text NOT NULL,
    labels text[] NOT NULL,
    projects text[] NOT NULL,
    host text NOT NULL,
    pid int NOT NULL,
    version text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    seen timestamptz NOT NULL DEFAULT now(),
    has_left boolean NOT NULL DEFAULT false,
    doing jsonb NOT NULL DEFAULT '{}'
  );
  CREATE TABLE baton.run (
    id text PRIMARY KEY,
    project text NOT NULL,
    target text NOT NULL,
    digest text NOT NULL,
    offer jsonb NOT NULL,
    offered_by text NOT NULL,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'active', 'parked', 'done', 'failed', 'stopped')),
    at timestamptz NOT NULL DEFAULT now(),
    machine text,
    instance text,
    fence int NOT NULL DEFAULT 0,
    job uuid NOT NULL,
    attempt int,
    renewed timestamptz,
    ended timestamptz,
    result jsonb
  );
  CREATE UNIQUE INDEX run_once ON baton.run (project, digest) WHERE ended IS NULL;
  CREATE INDEX run_open ON baton.run (state, target, project) WHERE ended IS NULL;
  CREATE INDEX run_ended ON baton.run (ended) WHERE ended IS NOT NULL;
  `,
  `
  -- Who may act for a machine is asked of the machine's own row.
  ALTER TABLE baton.run DROP COLUMN instance;
  -- Which machine hears for a bot that several share.
  CREATE TABLE baton.hearer (
    bot text PRIMARY KEY,
    machine text NOT NULL,
    instance text NOT NULL,
    renewed timestamptz NOT NULL DEFAULT now()
  );
  -- What was heard: whose it is, and, until that machine has stored it, what it says.
  CREATE TABLE baton.heard (
    bot text NOT NULL,
    id text NOT NULL,
    event jsonb,
    about jsonb NOT NULL,
    machine text,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bot, id)
  );
  CREATE INDEX heard_open ON baton.heard (bot, at) WHERE event IS NOT NULL;
  -- What one machine asks of another.
  CREATE TABLE baton.call (
    id text PRIMARY KEY,
    machine text NOT NULL,
    asked jsonb NOT NULL,
    answer jsonb,
    at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX call_open ON baton.call (machine) WHERE answer IS NULL;
  `,
  `
  -- Whether what was done is noted in the task files that it came from.
  ALTER TABLE baton.run ADD COLUMN noted boolean NOT NULL DEFAULT false;
  UPDATE baton.run SET noted = true WHERE ended IS NOT NULL;
  CREATE INDEX run_unnoted ON baton.run (offered_by) WHERE ended IS NOT NULL AND NOT noted;
  `,
  `
  -- Of a run whose machine is gone: which machine asks a person about it, since when, and for which time.
  ALTER TABLE baton.run ADD COLUMN asked_by text, ADD COLUMN asked_at timestamptz, ADD COLUMN asks int NOT NULL DEFAULT 0;
  `,
  `
  -- What happened on each machine lately, for the others to show.
  CREATE TABLE baton.event (
    machine text NOT NULL,
    place bigint NOT NULL,
    -- Of the state folder that counts with seq.
    home text NOT NULL,
    seq bigint NOT NULL,
    -- As JSON, and no jsonb: that takes no NUL, which may stand in what people and tools write.
    event text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (machine, place),
    UNIQUE (machine, home, seq)
  );
  CREATE INDEX event_at ON baton.event (at);
  `,
  `
  -- Which machine listens to a source: a repository, a project of tickets, a schedule.
  CREATE TABLE baton.source (
    id text PRIMARY KEY,
    name text NOT NULL,
    machine text NOT NULL,
    -- Of its state folder, which has what was noted.
    home text NOT NULL,
    fence int NOT NULL DEFAULT 1,
    renewed timestamptz NOT NULL DEFAULT now()
  );
  -- What is known of it, for the machine that listens next; null: it was forgotten.
  CREATE TABLE baton.source_note (
    source text NOT NULL,
    key text NOT NULL,
    value text,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, key)
  );
  `,
  `
  -- Which run of a project is next, however many wait.
  CREATE INDEX run_next ON baton.run (project, at) WHERE ended IS NULL;
  `,
  `
  -- Up to which fence it is no longer known what was forgotten of a source.
  ALTER TABLE baton.source ADD COLUMN forgot int NOT NULL DEFAULT 0;
  CREATE INDEX source_note_forgotten ON baton.source_note (at) WHERE value IS NULL;
  `,
]
