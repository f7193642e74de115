/**
 * The shape of the database, forward only: entry N brings version N to N + 1. An entry that was ever released is never
 * changed. Rows carry their whole content as JSON beside the few columns that are searched by.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE queues (name TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TABLE runs (
    id TEXT PRIMARY KEY, queue TEXT NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_queue ON runs (queue, seq);
  CREATE INDEX runs_by_time ON runs (created_at);
  -- A context is shared by all tasks of a file: kept once, by its digest.
  CREATE TABLE contexts (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
  CREATE TABLE tasks (
    id TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL, position INTEGER NOT NULL, phase TEXT NOT NULL, ended_at INTEGER,
    spec TEXT NOT NULL, context TEXT REFERENCES contexts (hash), json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX tasks_by_run ON tasks (run_id, position);
  CREATE INDEX tasks_by_number ON tasks (run_id, number);
  CREATE INDEX tasks_by_phase ON tasks (run_id, phase);
  CREATE TABLE attempts (
    id TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, task_id TEXT NOT NULL,
    live INTEGER NOT NULL, started_at INTEGER NOT NULL, json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX attempts_by_task ON attempts (task_id, started_at);
  CREATE INDEX attempts_live ON attempts (live) WHERE live = 1;
  CREATE TABLE asks (
    id TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, task_id TEXT NOT NULL,
    state TEXT NOT NULL, opened_at INTEGER NOT NULL, json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX asks_by_task ON asks (task_id, opened_at);
  CREATE INDEX asks_open ON asks (opened_at) WHERE state = 'open';
  CREATE INDEX asks_by_run ON asks (run_id);
  CREATE TABLE grants (id TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE, json TEXT NOT NULL) STRICT;
  CREATE INDEX grants_by_task ON grants (task_id);
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, type TEXT NOT NULL, queue TEXT NOT NULL, run_id TEXT, json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_run ON events (run_id, seq);
  CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, queue TEXT NOT NULL, received_at INTEGER NOT NULL, json TEXT NOT NULL,
    handled_at INTEGER, reply TEXT
  ) STRICT;
  CREATE INDEX inbox_unhandled ON inbox (id) WHERE handled_at IS NULL;
  CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, target TEXT NOT NULL, slot TEXT, state TEXT NOT NULL,
    created_at INTEGER NOT NULL, json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX deliveries_waiting ON deliveries (channel, target, id) WHERE state = 'waiting';
  -- The message that a slot of a chat stands for, so that it can be edited later.
  CREATE TABLE slots (channel TEXT NOT NULL, target TEXT NOT NULL, slot TEXT NOT NULL, message_id INTEGER NOT NULL, PRIMARY KEY (channel, target, slot)) STRICT;
  CREATE TABLE updates (channel TEXT NOT NULL, id INTEGER NOT NULL, received_at INTEGER NOT NULL, json TEXT, handled_at INTEGER, PRIMARY KEY (channel, id)) STRICT;
  CREATE INDEX updates_unhandled ON updates (channel, id) WHERE handled_at IS NULL;
  CREATE TABLE meta (key TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
  `,
  `
  -- What other systems are to be told: only what still waits. A receiver gets each event once, and each receiver has its
  -- own place in the stream.
  CREATE TABLE outgoing (
    id INTEGER PRIMARY KEY AUTOINCREMENT, receiver TEXT NOT NULL, event_seq INTEGER NOT NULL, delivery TEXT NOT NULL, at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, failed_at INTEGER, wait_ms INTEGER, json TEXT NOT NULL, UNIQUE (receiver, event_seq)
  ) STRICT;
  CREATE INDEX outgoing_by_receiver ON outgoing (receiver, id);
  CREATE TABLE outgoing_places (receiver TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
  `,
  `
  -- What was undone counted as skipped, or (in older runs, and when it had failed) still as what it was before. The note
  -- that it could be brought back says which tasks they are, unless a task was worked on again since.
  UPDATE tasks SET phase = 'undone', json = json_set(json, '$.phase', 'undone')
  WHERE (phase = 'skipped' AND json_extract(json, '$.result') LIKE 'undone by %')
     OR (phase IN ('done', 'failed', 'skipped')
         AND EXISTS (SELECT 1 FROM meta WHERE key = 'undo:' || tasks.id AND json_extract(meta.json, '$.again') = 1)
         AND NOT EXISTS (SELECT 1 FROM events WHERE events.run_id = tasks.run_id AND events.type = 'task.reset'
                         AND json_extract(events.json, '$.taskId') = tasks.id));
  -- A task is the same one in every run: by its file and its key there.
  ALTER TABLE tasks ADD COLUMN identity TEXT
    GENERATED ALWAYS AS (json_extract(spec, '$.file') || char(10) || json_extract(spec, '$.key')) VIRTUAL;
  CREATE INDEX tasks_by_end ON tasks (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX runs_open ON runs (queue, seq) WHERE state = 'open';
  `,
  `
  -- Of the request that an act came with: the same key with another request is a mistake, and not a repetition.
  ALTER TABLE inbox ADD COLUMN about TEXT;
  `,
  `
  -- Not every platform numbers its messages, its people and what is heard: chats, messages and updates are named by text.
  CREATE TABLE slots_by_text (channel TEXT NOT NULL, target TEXT NOT NULL, slot TEXT NOT NULL, message_id TEXT NOT NULL, PRIMARY KEY (channel, target, slot)) STRICT;
  INSERT INTO slots_by_text SELECT channel, target, slot, CAST(message_id AS TEXT) FROM slots;
  DROP TABLE slots;
  ALTER TABLE slots_by_text RENAME TO slots;
  CREATE TABLE updates_by_text (channel TEXT NOT NULL, id TEXT NOT NULL, received_at INTEGER NOT NULL, json TEXT, handled_at INTEGER, PRIMARY KEY (channel, id)) STRICT;
  INSERT INTO updates_by_text SELECT channel, CAST(id AS TEXT), received_at, json, handled_at FROM updates ORDER BY channel, id;
  DROP TABLE updates;
  ALTER TABLE updates_by_text RENAME TO updates;
  CREATE INDEX updates_unhandled ON updates (channel) WHERE handled_at IS NULL;
  UPDATE deliveries SET json = json_remove(json_set(json, '$.content', json_extract(json, '$.shipment')), '$.shipment')
  WHERE state = 'waiting';
  UPDATE deliveries SET json = json_set(json, '$.messageId', CAST(json_extract(json, '$.messageId') AS TEXT))
  WHERE state = 'waiting' AND json_extract(json, '$.messageId') IS NOT NULL;
  UPDATE deliveries SET json = json_set(json, '$.content.replyTo', CAST(json_extract(json, '$.content.replyTo') AS TEXT))
  WHERE state = 'waiting' AND json_extract(json, '$.content.replyTo') IS NOT NULL;
  UPDATE meta SET json = (
    SELECT json_group_object(ask.key, json_set(ask.value, '$.chats',
      json((SELECT json_group_array(CAST(chat.value AS TEXT)) FROM json_each(ask.value, '$.chats') chat))))
    FROM json_each(meta.json) ask)
  WHERE key = 'telegram:asks';
  UPDATE meta SET json = (
    SELECT json_group_object(chat.key, json_set(chat.value, '$.userId', CAST(json_extract(chat.value, '$.userId') AS TEXT)))
    FROM json_each(meta.json) chat)
  WHERE key = 'telegram:awaited';
  UPDATE meta SET json = (
    SELECT json_group_array(json_set(card.value, '$.claims', json((
      SELECT json_group_object(claim.key, json_set(claim.value, '$.updateId', CAST(json_extract(claim.value, '$.updateId') AS TEXT)))
      FROM json_each(card.value, '$.claims') claim))))
    FROM json_each(meta.json) card)
  WHERE key = 'telegram:cards';
  `,
  `
  -- What is said is a tree that every platform formats for itself; what waits keeps its words.
  UPDATE deliveries SET json = json_remove(
    json_set(json, '$.content.message.body', json_array(json_extract(json, '$.content.message.plain'))),
    '$.content.message.html', '$.content.message.plain')
  WHERE state = 'waiting' AND json_extract(json, '$.content.message.plain') IS NOT NULL;
  `,
  `
  -- What other systems are told waits in the same queue as what is said in chats; a receiver's place in the stream is a note
  -- of its own. What is told has a key, the event's place: a second one of the same key is none.
  ALTER TABLE deliveries ADD COLUMN key TEXT;
  CREATE UNIQUE INDEX deliveries_by_key ON deliveries (channel, target, key) WHERE key IS NOT NULL;
  INSERT INTO deliveries (channel, target, key, state, created_at, json)
  SELECT 'notify', receiver, CAST(event_seq AS TEXT), 'waiting', at,
    json_patch(
      json_object('content', json_object('id', delivery, 'told', json(json)), 'urgent', json('true'), 'begun', json('false'),
        'inDoubt', json('false'), 'attempts', attempts),
      json_object('failedAt', failed_at, 'waitMs', wait_ms))
  FROM outgoing ORDER BY id;
  DROP TABLE outgoing;
  `,
  `
  -- What waits in the inbox is called a command.
  UPDATE inbox SET json = json_set(json_remove(json, '$.wish'), '$.command', json_extract(json, '$.wish'))
  WHERE json_type(json, '$.wish') IS NOT NULL;
  `,
  `
  -- Who did something has an id beside the name; it stood inside of what was shown (the functions: old-actors.ts).
  UPDATE runs SET json = json_set(json, '$.startedBy', json(actor_of_words(json_extract(json, '$.startedBy'))))
  WHERE json_type(json, '$.startedBy.who') = 'text';
  UPDATE runs SET json = json_set(json, '$.accepted', json(actor_of_words(json_extract(json, '$.accepted'))))
  WHERE json_type(json, '$.accepted.who') = 'text';
  UPDATE tasks SET json = json_set(json, '$.approvedBy', json(actor_of_words(json_extract(json, '$.approvedBy'))))
  WHERE json_type(json, '$.approvedBy.who') = 'text';
  UPDATE tasks SET json = json_set(json, '$.undone.by', json(actor_of_words(json_extract(json, '$.undone.by'))))
  WHERE json_type(json, '$.undone.by.who') = 'text';
  UPDATE asks SET json = json_set(json, '$.answer.by', json(actor_of_words(json_extract(json, '$.answer.by'))))
  WHERE json_type(json, '$.answer.by.who') = 'text';
  UPDATE grants SET json = json_set(json, '$.by', json(actor_of_words(json_extract(json, '$.by'))))
  WHERE json_type(json, '$.by.who') = 'text';
  UPDATE queues SET json = json_set(json, '$.paused.by', json(actor_of_words(json_extract(json, '$.paused.by'))))
  WHERE json_type(json, '$.paused.by.who') = 'text';
  UPDATE inbox SET json = json_set(json, '$.by', json(actor_of_words(json_extract(json, '$.by'))))
  WHERE json_type(json, '$.by.who') = 'text';
  UPDATE events SET json = json_set(json, '$.data.by', json(actor_of_words(json_extract(json, '$.data.by'))))
  WHERE json_type(json, '$.data.by.who') = 'text';
  UPDATE meta SET json = actors_of_words(json) WHERE key IN ('plans', 'telegram:cards') AND json LIKE '%"who":%';
  `,
  `
  -- Tasks come from files and from elsewhere: where one was written is said in one place.
  ALTER TABLE tasks DROP COLUMN identity;
  UPDATE tasks SET spec = json_remove(
    json_set(spec, '$.origin', json_object(
      'source', 'files', 'ref', json_extract(spec, '$.key'), 'file', json_extract(spec, '$.file'),
      'line', json_extract(spec, '$.line'), 'form', json_extract(spec, '$.form'))),
    '$.key', '$.file', '$.line', '$.form')
  WHERE json_type(spec, '$.origin') IS NULL;
  ALTER TABLE tasks ADD COLUMN identity TEXT GENERATED ALWAYS AS (
    coalesce(json_extract(spec, '$.origin.file'), json_extract(spec, '$.origin.source'))
    || char(10) || json_extract(spec, '$.origin.ref')) VIRTUAL;
  `,
  `
  -- What is kept of repositories on GitHub: what was seen, what was written, and what is known of issues and pull requests.
  CREATE TABLE github_etags (repo TEXT NOT NULL, url TEXT NOT NULL, etag TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (repo, url)) STRICT;
  CREATE TABLE github_seen (repo TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (repo, kind, id)) STRICT, WITHOUT ROWID;
  CREATE TABLE github_writes (repo TEXT NOT NULL, key TEXT NOT NULL, done INTEGER NOT NULL, at INTEGER NOT NULL, json TEXT, PRIMARY KEY (repo, key)) STRICT;
  CREATE TABLE github_items (repo TEXT NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (repo, kind, number)) STRICT;
  CREATE TABLE github_deliveries (id TEXT PRIMARY KEY, body_hash TEXT NOT NULL UNIQUE, at INTEGER NOT NULL) STRICT;
  `,
  `
  -- A button of a card counts once, on whichever platform it is tapped: all of them have the same cards.
  UPDATE meta SET key = 'cards' WHERE key = 'telegram:cards';
  `,
  `
  -- What is deployed where: every deployment, and what is known of each environment.
  CREATE TABLE deployments (id TEXT PRIMARY KEY, queue TEXT NOT NULL, environment TEXT NOT NULL, run_id TEXT NOT NULL, started_at INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
  CREATE INDEX deployments_of ON deployments (queue, environment, started_at);
  CREATE TABLE environments (id TEXT PRIMARY KEY, queue TEXT NOT NULL, json TEXT NOT NULL) STRICT;
  `,
]
