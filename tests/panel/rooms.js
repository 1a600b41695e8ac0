/** A small room in the shapes of the protocol, for the tests of the panel's logic. */

export const question = (number, more = {}) => ({
  id: `qst_${number}`, number, text: `Question ${number}`, state: "open", voice: "read", votes: 0, rank: null,
  asked_at: `2026-03-01T14:${String(number % 60).padStart(2, "0")}:00Z`, stage_started_at: null, answered_at: null,
  author: { name: "Omar" }, version: 1, ...more,
});

export const hand = (name, order_key, more = {}) => ({
  id: `hnd_${name}`, participant_id: `par_${name}`, name, raised_at: "2026-03-01T14:00:00Z", order_key, ...more,
});

export const person = (name, role = "listener", more = {}) => ({
  id: `par_${name}`, account_id: `acc_${name}`, name, role, is_present: true, can_speak: false, is_audible: false,
  is_guest: false, joined_at: null, ...more,
});

export const turn = (name, state, more = {}) => ({
  id: `trn_${name}`, participant_id: `par_${name}`, name, question_id: null, state, on_stage_at: null,
  is_audible: false, version: 1, invited_at: "2026-03-01T14:00:00Z", ...more,
});

export const bootstrap = (more = {}, qa = {}) => ({
  me: { account_id: "acc_Lina", participant_id: "par_Lina", name: "Lina", role: "listener", is_guest: false,
    is_platform_moderator: false, is_quiet: false, time_limits: "standard", undo_seconds: 10 },
  room: { id: "room_1", title: "AMA", platform: "fake", capabilities: [], follows_available: false },
  session: { id: "ses_1", room_id: "room_1", title: "AMA", number: 1, state: "live", started_at: null, ended_at: null,
    present_count: 3, quiet_count: 0, settings: { hands: "everyone" }, version: 1 },
  participants: [person("Hana", "host"), person("Lina")], hands: [], turns: [],
  qa: { questions: [], mine: [], voted: [], settings: { moderation: "off", vote_counts: "always", version: 1 },
    limits: { question_min: 3, question_max: 300, open_max: 5 }, ...qa },
  channels: [{ name: "audience:ses_1", seq: 0 }, { name: "asker:ses_1:k", seq: 0 }],
  ...more,
});

/** A push on the audience's channel. */
export const push = (seq, data, channel = "audience:ses_1") => ({ type: "push", channel, seq, name: "test", data });
