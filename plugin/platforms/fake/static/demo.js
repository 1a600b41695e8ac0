/** The demo room's page: who is here, who is on stage, one's own microphone, and the Sidestage panel beside it. */

const POLL_MS = 1000;
/* The row of buttons at the foot of a phone, as high as in demo.css: the panel stays above it. */
const BUTTONS_PX = 68;
const page = document.body.dataset;
const part = (id) => document.getElementById(id);
let current = null;
let mounted = null;

async function ask(path, options = {}) {
  const headers = { "X-Sidestage-Demo": "1", "Content-Type": "application/json" };
  const response = await fetch(`${page.address}/${path}`, { ...options, headers });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? "The demo room does not answer.");
  return body;
}

const tell = (path, body = {}) => ask(path, { method: "POST", body: JSON.stringify(body) });

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function card(person) {
  const item = element("li", person.is_audible ? "person on-air" : "person");
  const face = element("span", `face ${person.id}`, person.name.slice(0, 1));
  face.setAttribute("aria-hidden", "true");
  const name = element("strong", "name", person.id === page.who ? `${person.name} (you)` : person.name);
  const words = person.can_speak ? `${person.label} · ${person.is_audible ? "on air" : "muted"}` : person.label;
  item.append(face, name, element("span", "quiet", words));
  return item;
}

function draw(list, people) {
  const key = JSON.stringify(people);
  if (list.dataset.drawn === key) return;
  list.dataset.drawn = key;
  list.replaceChildren(...people.map(card));
}

function sayOf(me, state) {
  if (!state.is_present) return state.is_removed ? "A host removed you from the room." : "You left the room.";
  if (!me?.can_speak) return "You are listening.";
  return me.is_audible ? "You are on air." : "You can speak. Unmute when you are ready.";
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function show(state) {
  current = state;
  const me = state.people.find((person) => person.id === page.who);
  const listening = state.people.filter((person) => !person.can_speak);
  draw(part("stage"), state.people.filter((person) => person.can_speak));
  draw(part("audience"), listening);
  part("nobody").hidden = listening.length > 0;
  setText(part("count"), `${state.people.length} here`);
  setText(part("say"), sayOf(me, state));
  part("say").classList.toggle("on-air", Boolean(me?.is_audible));
  const microphone = part("microphone");
  microphone.hidden = !state.is_present || !me?.can_speak;
  setText(microphone, me?.is_audible ? "Mute" : "Unmute");
  microphone.classList.toggle("plain", Boolean(me?.is_audible));
  part("leave").hidden = !state.is_present;
  part("join").hidden = state.is_present;
  part("notice").hidden = state.notices.length === 0;
  setText(part("notice"), state.notices.join(" · "));
  keepPanel(state.is_present);
}

function keepPanel(isWanted) {
  if (isWanted && !mounted) {
    mounted = window.Sidestage?.mount(part("panel"), {
      panelUrl: page.panel,
      room: page.room,
      layout: "auto",
      sheet: { leaveFree: BUTTONS_PX },
      getToken: async () => (await ask("token")).token,
    }) ?? null;
  } else if (!isWanted && mounted) {
    mounted.unmount();
    mounted = null;
  }
}

async function attempt(work) {
  try {
    show(await work());
  } catch (error) {
    setText(part("say"), `${error.message} Trying again.`);
  }
}

async function keepUp() {
  if (current?.is_present ?? true) await attempt(() => (current ? ask("state") : tell("join")));
  setTimeout(keepUp, POLL_MS);
}

part("microphone").addEventListener("click", () => {
  const me = current?.people.find((person) => person.id === page.who);
  void attempt(() => tell("microphone", { is_open: !me?.is_audible }));
});
part("leave").addEventListener("click", () => void attempt(() => tell("leave")));
part("join").addEventListener("click", () => void attempt(() => tell("join")));
void keepUp();
