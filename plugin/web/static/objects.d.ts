/** The shapes that the server sends (docs/protocol.md, docs/api.md); read by the type checker only. */

export type QuestionState =
  | "pending" | "open" | "queued" | "on_stage" | "answered_live" | "answered_text"
  | "later" | "released" | "declined" | "hidden" | "merged" | "withdrawn";
export type Role = "host" | "cohost" | "producer" | "speaker" | "listener";
export type TurnState =
  | "invited" | "accepted" | "on_stage" | "failed" | "left" | "declined" | "withdrawn" | "expired";
export type Voice = "read" | "speak" | "either";
export type TimeLimits = "standard" | "long" | "none";

export interface Me {
  account_id: string; participant_id: string; name: string; role: Role; is_guest: boolean;
  is_platform_moderator: boolean; is_quiet: boolean; time_limits: TimeLimits; undo_seconds: number | null;
}
export interface Room {
  id: string; title: string; platform: string; capabilities: string[]; follows_available: boolean;
}
export interface Session {
  id: string; room_id: string; title: string; number: number; state: string; started_at: string | null;
  ended_at: string | null; present_count: number; quiet_count: number;
  settings: { hands: string; invite_seconds?: number }; version: number;
}
export interface Participant {
  id: string; account_id: string; name: string; role: Role; is_present: boolean; can_speak: boolean;
  is_audible: boolean; is_guest: boolean; joined_at: string | null; is_quiet?: boolean;
  role_is_set_here?: boolean; turns_count?: number;
}
export interface Hand {
  id: string; participant_id: string; name: string; raised_at: string; order_key: string | number;
  reason?: string | null; question_id?: string | null; turns_count?: number; is_first_time?: boolean;
}
export interface StageTurn {
  id: string; participant_id: string; name: string; question_id: string | null; state: TurnState;
  on_stage_at: string | null; is_audible: boolean; version: number; invited_at?: string;
  expires_at?: string | null; is_extended?: boolean; accepted_at?: string | null; invited_by_name?: string | null;
  failure?: { code: string; message: string } | null;
}
export interface Question {
  id: string; number: number; text: string; state: QuestionState; voice: Voice; votes: number | null;
  rank: string | null; asked_at: string; stage_started_at: string | null; answered_at: string | null;
  author: { name: string; participant_id?: string | null }; version: number; seen_at?: string | null;
  is_first?: boolean; guest_votes?: number; asker_present?: boolean;
  last_change?: { by: string | null; verb: string; at: string } | null; undo_until?: string | null;
}
export interface QaSettings { moderation: string; vote_counts: string; version: number }
export interface Bootstrap {
  me: Me; room: Room; session: Session; participants: Participant[]; hands: Hand[]; turns: StageTurn[];
  qa: {
    questions: Question[]; mine: string[]; voted: string[]; settings: QaSettings;
    limits: { question_min: number; question_max: number; open_max: number };
  };
  messaging?: { conversations: Conversation[]; limits: { text_max: number; edit_seconds: number } };
  backchannel?: { conversation_id: string; shows_history: boolean; version: number };
  relations?: { followed: string[]; blocked: string[] };
  chats?: { group_requests: GroupRequest[]; group_invites: string; limits: { group_min: number; group_max: number; name_max: number } };
  channels: { name: string; seq: number }[];
}
export interface Reaction {
  emoji: string; count: number; people: { account_id: string; name: string }[]; mine: boolean;
}
export interface Quote {
  id: string; seq: number | null; author: { account_id: string; name: string } | null; head: string; is_deleted: boolean;
}
export interface BodyNode {
  type: string; text?: string; href?: string; account_id?: string | null; children?: BodyNode[];
}
export interface Message {
  id: string; conversation_id: string; seq: number; author: { account_id: string; name: string } | null; text: string;
  body: BodyNode[]; cards: { type: string; id: string }[]; quote: Quote | null; thread_id: string | null;
  thread_count: number; reactions: Reaction[]; created_at: string; edited_at: string | null; pinned_at: string | null;
  is_deleted: boolean; client_id: string; version: number;
}
export interface Conversation {
  id: string; kind: string; session_id: string | null; name: string | null; state: string;
  members: { account_id: string; name: string; role: string }[]; member_count: number; last_seq: number;
  active_at: string; closes_at: string | null; channel: string; version: number; last_read_seq: number;
  unread_count: number; draft: { text: string; quote_id: string | null; updated_at: string } | null;
  can?: { post: boolean; post_refusal: { code: string; message: string } | null; moderate: boolean; pin: boolean };
  audience?: { kind: string; count: number; names: string[] };
  is_muted?: boolean; is_archived?: boolean;
  last_message?: { id: string; seq: number; author: { account_id: string; name: string } | null; head: string; is_deleted: boolean; created_at: string } | null;
}
export interface Frame { type: string; channel?: string; seq?: number | null; name?: string; data?: any }

export interface State {
  me: Me; room: Room; session: Session; settings: QaSettings;
  limits: { question_min: number; question_max: number; open_max: number };
  participants: Record<string, Participant>; hands: Record<string, Hand>; turns: Record<string, StageTurn>;
  questions: Record<string, Question>; mine: Record<string, true>; voted: Record<string, true>;
  seqs: Record<string, number>; chats: Chats;
}
export interface GroupRequest {
  id: string; name: string | null; invited_by: { account_id: string; name: string }; invited_at: string; member_count: number;
}
export interface Chats {
  isOffered: boolean; followed: Record<string, true>; blocked: Record<string, true>; requests: Record<string, GroupRequest>;
  groupMax: number;
}
