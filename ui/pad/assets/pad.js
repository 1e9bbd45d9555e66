"use strict";
// The agents' pad. Shows what the floor says, live; keeps taps while the Wi-Fi is away and sends
// each once, in order. What is kept on the phone names visits by id and nobody by name.

const language = document.documentElement.lang;
const words = JSON.parse(document.body.dataset.words);
const main = document.getElementById("main");
const STEPS = ["welcome", "introduce", "ask_needs", "show_homes", "recommend", "negotiate", "thanks"];
const SKIPS = ["guest_declined", "no_time", "known_already", "not_needed", "not_possible"];
const NEXT = ["revisit", "call", "appointment", "think", "none"];
const HANDS = ["drinks", "manager", "contract"];
const AWAY = ["errand", "lunch", "toilet", "leave", "private"];
const NEEDS = {
  budget: ["100", "200", "300", "500", "500+"],
  rooms: ["1", "2", "3", "4", "5+"],
  area: ["90", "120", "144", "200", "200+"],
  decoration: ["bare", "simple", "full", "any"],
  hand_over: ["now", "half_year", "year", "later"],
};
// A tap made a moment ago can be taken back for so long, milliseconds.
const UNDO = 10000;

const say = (key, params = {}) => {
  const text = words[key.includes(".") ? key : "pad." + key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (all, name) => (name in params ? params[name] : all));
};
const known = (key) => words["pad." + key] !== undefined;

// An element with properties, listeners and children; texts are never taken for markup.
const h = (tag, props = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((c) => c !== undefined && c !== null && c !== false));
  return element;
};
const clock = (time) => new Date(time).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false });

const state = {
  view: null, // what the floor said last
  ahead: 0, // the floor's clock before ours, milliseconds
  signing: null, // the sign-in page's own state
  tab: "now",
  offline: null, // since when
  done: [], // taps that the floor has, and its picture not yet
  book: { seq: -1, day: "", lines: [], all: false, answers: {} },
  faces: [],
  pinCode: null,
};
const floorNow = () => Date.now() + state.ahead;

// --- The line to the floor ---

class Refused extends Error {
  constructor(status, problem, wait) {
    super(problem.code);
    Object.assign(this, { status, code: problem.code, wait });
  }
}

const call = async (method, path, body, headers = {}) => {
  const answer = await fetch(path, {
    method,
    cache: "no-store",
    headers: { "Accept-Language": language, "X-Yingbin-Pad": "1", ...(body ? { "Content-Type": "application/json" } : {}), ...headers },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(8000),
  });
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({ code: String(answer.status) }));
  throw new Refused(answer.status, problem, Number(answer.headers.get("Retry-After")) || 0);
};

let source = null;
let lookAgain = 0;

const listen = () => {
  hangUp();
  // From the beginning: a line may fall silent before its first word.
  listenOn();
  source = new EventSource("/api/v1/pad/stream?lang=" + language);
  source.addEventListener("pad", (event) => {
    heard(event.lastEventId);
    take(JSON.parse(event.data));
    onLine();
  });
  source.addEventListener("beat", (event) => heard(event.lastEventId));
  source.onerror = () => {
    // A server that answers with a refusal ends the source for good; one that is away does not.
    offLine();
    hangUp();
    look();
  };
};
const hangUp = () => {
  if (source) source.close();
  source = null;
  unanswered = null;
  clearTimeout(quiet);
  clearTimeout(lookAgain);
};
const startAgain = () => {
  offLine();
  hangUp();
  look();
};
// The floor says something every four seconds. A dead Wi-Fi may leave a stream open that says
// nothing, and one on which nothing is answered: neither is a line.
const QUIET = 12000;
let quiet = 0;
let unanswered = null;
let answering = false;
const listenOn = () => {
  clearTimeout(quiet);
  quiet = setTimeout(startAgain, QUIET);
};
const heard = async (id) => {
  listenOn();
  // Receptionists and managers have no turn to lose: theirs bear no id.
  unanswered = id || null;
  if (answering) return;
  answering = true;
  const stream = source;
  try {
    while (unanswered) {
      const seen = unanswered;
      unanswered = null;
      await call("POST", "/api/v1/pad/beats", { seen });
    }
  } catch (error) {
    // A floor that is only busy asks again with its next word.
    const busy = error instanceof Refused && (error.status === 429 || error.status >= 500);
    if (!busy && stream === source) startAgain();
  } finally {
    answering = false;
  }
};
// Asks by a plain call, which tells a session that is over from a line that is cut.
const look = async () => {
  clearTimeout(lookAgain);
  try {
    take(await call("GET", "/api/v1/pad"));
    onLine();
    if (!source) listen();
  } catch (error) {
    if (error.status === 401) return signInPage(state.view ? "session_over" : null);
    if (!(error instanceof Refused) || error.status >= 500) offLine();
    hangUp();
    lookAgain = setTimeout(look, 2000);
  }
};
const take = (view) => {
  // A plain answer may be overtaken by the stream.
  if (state.view && view.me.id === state.view.me.id && view.version < state.view.version) return;
  state.ahead = Date.parse(view.at) - Date.now();
  const other = state.view && state.view.me.id !== view.me.id;
  const offered = view.offer && !(state.view && state.view.offer && state.view.offer.offered_at === view.offer.offered_at);
  state.view = view;
  state.done = state.done.filter((one) => view.version < one.version);
  state.signing = null;
  if (other) state.done = [];
  if (other) state.book = { seq: -1, day: "", lines: [], all: false, answers: {} };
  if (offered) {
    state.tab = "now";
    closeSheet();
    if (navigator.vibrate) navigator.vibrate([200, 120, 200]);
  }
  if (state.tab === "book" && state.book.seq !== view.book_seq) readBook();
  draw();
};
const onLine = () => {
  const was = state.offline;
  state.offline = null;
  send();
  if (was) draw();
};
const offLine = () => {
  if (state.offline) return;
  state.offline = Date.now();
  if (state.view || !state.signing) draw();
};
addEventListener("online", () => state.view && look());
addEventListener("offline", () => state.view && offLine());
document.addEventListener("visibilitychange", () => !document.hidden && state.view && look());

// --- Taps: kept, sent once, in order ---

const slot = () => "yingbin-pad-taps:" + state.view.me.id;
const kept = () => {
  if (!state.view) return [];
  try {
    return JSON.parse(localStorage.getItem(slot())) || [];
  } catch {
    return [];
  }
};
const keep = (taps) => (taps.length ? localStorage.setItem(slot(), JSON.stringify(taps)) : localStorage.removeItem(slot()));
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

const tap = (deed) => {
  keep([...kept(), { key: newKey(), at: Date.now(), tap: deed }]);
  draw();
  send();
};
const isKept = (test) => kept().some((k) => test(k.tap));

let sending = false;
const send = async () => {
  if (sending || !state.view) return;
  sending = true;
  try {
    for (let next = kept()[0]; next; next = kept()[0]) {
      // From now on it may have arrived, whatever is heard of it.
      keep(kept().map((k) => (k.key === next.key ? { ...k, tried: true } : k)));
      try {
        const { version } = await deliver(next.tap, next.key, Date.now() - next.at);
        if (state.view && next.tap.visit && state.view.version < version) state.done.push({ ...next, version });
      } catch (error) {
        if (!(error instanceof Refused) || error.status >= 500) {
          offLine();
          if (!source) look();
          else setTimeout(send, 2000);
          return;
        }
        if (error.status === 401) return signInPage("session_over");
        if (error.status === 429) return void setTimeout(send, Math.max(1, error.wait) * 1000);
        toast(say("dropped", { why: problem(error.code) }), true);
      }
      keep(kept().filter((k) => k.key !== next.key));
      draw();
    }
  } finally {
    sending = false;
  }
};
const deliver = (deed, key, ago) => call("POST", "/api/v1/pad/taps", { tap: deed, ago_ms: Math.max(0, Math.round(ago)) }, { "Idempotency-Key": key });
const problem = (code) => (known("problem_" + code) ? say("problem_" + code) : say("problem_other", { code }));

const toast = (text, bad) => {
  const note = h("p", { class: bad ? "bad" : "" }, text);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
};

// What the floor said, with the taps on their way already in it.
const picture = () => {
  const view = structuredClone(state.view);
  const visit = view.visit;
  for (const { tap: deed, at, version } of [...state.done, ...kept()]) {
    if (deed.do === "accept" && view.offer && view.offer.visit === deed.visit) view.offer.tapped = true;
    if (deed.do === "status" && view.duty) view.duty.tapped = deed;
    if (deed.do === "hand_given") view.hands = view.hands.filter((one) => one.visit !== deed.visit || one.kind !== deed.hand);
    if (!visit || visit.visit !== deed.visit) continue;
    const step = visit.steps.find((s) => s.step === deed.step);
    if (deed.do === "start") visit.state = "serving";
    if (deed.do === "done" && !step.at) Object.assign(step, { at: clock(at), kept: version === undefined, undo_by: at + state.ahead + UNDO });
    if (deed.do === "undo") Object.assign(step, { at: null, kept: false });
    if (deed.do === "ask_hand" && !visit.hands.includes(deed.hand)) visit.hands.push(deed.hand);
    if (deed.do === "withdraw_hand") visit.hands = visit.hands.filter((one) => one !== deed.hand);
    if (deed.do === "needs") visit.needs = deed.needs;
    if (deed.do === "finish") visit.finished = true;
    if (deed.do === "no_show") visit.left = true;
  }
  return view;
};

// --- Pages ---

// Nothing is drawn under a finger: a button that is replaced between touch and release loses the tap.
let touching = false;
let stale = false;
let letGo = 0;
const release = () => {
  clearTimeout(letGo);
  touching = false;
  if (stale) draw();
};
addEventListener("pointerdown", () => {
  clearTimeout(letGo);
  touching = true;
}, true);
// The click follows the release at once; a finger that only scrolled makes none.
addEventListener("pointerup", () => (letGo = setTimeout(release, 300)), true);
addEventListener("pointercancel", release, true);
addEventListener("click", () => {
  clearTimeout(letGo);
  touching = false;
  if (stale) setTimeout(() => stale && draw());
}, true);

const draw = () => {
  stale = touching;
  if (touching) return;
  const signed = state.view && !state.signing;
  document.getElementById("languages").hidden = Boolean(signed) && state.tab !== "me";
  drawHead(signed);
  if (!signed) return drawSignIn();
  const view = picture();
  const roles = view.me.role === "agent";
  const focused = focusedNow();
  const pages = { now: roles ? nowPage : handsPage, book: bookPage, me: mePage };
  main.replaceChildren(...[pages[state.tab](view)].flat(9).filter(Boolean));
  const tabs = document.getElementById("tabs");
  tabs.hidden = false;
  tabs.replaceChildren(
    ...["now", "book", "me"].map((tab) =>
      h("button", { type: "button", "data-tab": tab, "aria-current": tab === state.tab && "page", onclick: () => openTab(tab) }, say(tab)),
    ),
  );
  if (focused && !open) document.querySelector(focused)?.focus({ preventScroll: true });
  tick();
};
// What has the keyboard, so that it keeps it when the page is drawn anew.
const focusedNow = () => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  if (element.id) return "#" + element.id;
  const [name, value] = Object.entries(element.dataset)[0] || [];
  return name ? `[data-${name}="${CSS.escape(value)}"]` : null;
};
const openTab = (tab) => {
  state.tab = tab;
  if (tab === "book") readBook();
  if (tab === "me" && state.view.me.role === "manager") readFaces();
  scrollTo(0, 0);
  draw();
};

const drawHead = (signed) => {
  document.getElementById("person").textContent = signed ? state.view.me.name : say("title");
  const line = document.getElementById("line");
  const waiting = kept().length;
  line.className = state.offline ? "line off" : "line";
  line.replaceChildren(
    ...(signed
      ? [h("b", {}, state.offline ? say("offline_since", { time: clock(state.offline) }) : say("online")), waiting ? h("span", { id: "kept" }, say("kept", { n: waiting })) : ""]
      : []),
  );
  document.querySelector(".notice")?.remove();
  if (signed && state.offline) document.querySelector("header").append(h("p", { class: "notice", id: "offline" }, say("offline_hint")));
};

// Signing in.

const signInPage = async (why) => {
  hangUp();
  closeSheet();
  state.view = null;
  state.signing = { step: "names", why: why && say(why) };
  draw();
  await readFaces();
};
// After a reload without the Wi-Fi nothing is known, not even who signed in: only that taps wait.
const keptByAnybody = () =>
  Object.keys(localStorage).filter((name) => name.startsWith("yingbin-pad-taps:")).reduce((sum, name) => {
    try {
      return sum + JSON.parse(localStorage.getItem(name)).length;
    } catch {
      return sum;
    }
  }, 0);
const loadingPage = () => {
  if (!state.offline) return h("p", { class: "card plain" }, say("loading"));
  const waiting = keptByAnybody();
  return h("div", { class: "card plain", id: "offline" },
    h("h1", {}, say("offline")),
    h("p", {}, say("offline_reloaded")),
    waiting > 0 && h("p", { class: "quiet", id: "kept" }, say("kept", { n: waiting })),
  );
};
const readFaces = async () => {
  try {
    state.faces = (await call("GET", "/api/v1/staff")).staff;
  } catch {
    if (state.signing) state.signing.why = say("sign_in_offline");
    setTimeout(() => state.signing && !state.faces.length && readFaces(), 2000);
  }
  draw();
};
const title = (face) => face.title[language] || face.title["zh-CN"] || Object.values(face.title)[0] || say("role_" + face.role);
const faceRow = (face) => [h("span", { class: "face", "aria-hidden": "true" }, face.name.slice(0, 1)), h("span", {}, face.name, h("small", {}, title(face)))];

const drawSignIn = () => {
  document.getElementById("tabs").hidden = true;
  const signing = state.signing || { step: "loading" };
  const steps = { loading: loadingPage, names: namesPage, pin: pinPage, code: codePage };
  // What is being typed is not wiped by news.
  if (main.dataset.step === signing.step && (signing.step === "pin" || signing.step === "code")) {
    main.querySelector(".wrong").textContent = signing.why || "";
    main.querySelectorAll("button").forEach((b) => (b.disabled = Boolean(signing.busy)));
    return;
  }
  main.dataset.step = signing.step;
  main.replaceChildren(...[steps[signing.step](signing)].flat(9).filter(Boolean));
  main.querySelector("input")?.focus();
};
const namesPage = (signing) => [
  signing.why && h("p", { class: "wrong", role: "alert" }, signing.why),
  h("h1", {}, say("who_are_you")),
  state.faces.length
    ? h("ul", { class: "names" }, state.faces.map((face) => h("li", {}, h("button", { type: "button", class: "wide", "data-staff": face.id, onclick: () => choose(face) }, faceRow(face)))))
    : h("p", { class: "card plain" }, say("nobody")),
];
const choose = (face) => {
  state.signing = { step: "pin", face };
  draw();
};
const fail = (error) => {
  const code = error instanceof Refused ? error.code : "offline";
  const key = "sign_in_" + code;
  const minutes = Math.max(1, Math.ceil((error.wait || 60) / 60));
  Object.assign(state.signing, { busy: false, why: known(key) ? say(key, { minutes }) : problem(code) });
  draw();
};
const pinPage = (signing) => [
  h("div", { class: "card" },
    h("h1", {}, signing.face.name),
    h("p", { class: "quiet" }, title(signing.face)),
    h("form", { id: "sign-in", onsubmit: (event) => (event.preventDefault(), signIn(signing.face, event.target.pin.value)) },
      h("label", {}, say("pin"), h("input", { name: "pin", class: "pin", type: "password", inputmode: "numeric", pattern: "[0-9]*", maxlength: "6", autocomplete: "off", required: true })),
      h("p", { class: "wrong", role: "alert" }, signing.why || ""),
      h("button", { class: "main wide" }, say("sign_in")),
    ),
  ),
  h("button", { type: "button", class: "link", id: "first-time", onclick: () => ((state.signing = { step: "code", face: signing.face }), draw()) }, say("first_time")),
  h("button", { type: "button", class: "link", onclick: () => signInPage() }, say("back")),
];
const signIn = async (face, pin) => {
  Object.assign(state.signing, { busy: true, why: "" });
  draw();
  try {
    await call("POST", "/api/v1/staff/sessions", { staff: face.id, pin, pad: true });
  } catch (error) {
    document.querySelector("input.pin").value = "";
    return fail(error);
  }
  state.signing = { step: "loading" };
  state.tab = "now";
  look();
};
const codePage = (signing) => [
  h("div", { class: "card" },
    h("h1", {}, signing.face.name),
    h("p", { class: "quiet" }, say("first_time_hint")),
    h("form", { id: "set-pin", onsubmit: (event) => (event.preventDefault(), setPin(signing.face, event.target)) },
      h("label", {}, say("code"), h("input", { name: "code", class: "code", autocomplete: "one-time-code", autocapitalize: "characters", spellcheck: "false", maxlength: "12", required: true })),
      h("label", {}, say("new_pin"), h("input", { name: "pin", class: "pin", type: "password", inputmode: "numeric", pattern: "[0-9]*", maxlength: "6", autocomplete: "new-password", required: true })),
      h("label", {}, say("new_pin_again"), h("input", { name: "again", class: "pin", type: "password", inputmode: "numeric", pattern: "[0-9]*", maxlength: "6", autocomplete: "new-password", required: true })),
      h("p", { class: "wrong", role: "alert" }, signing.why || ""),
      h("button", { class: "main wide" }, say("set_pin")),
    ),
  ),
  h("button", { type: "button", class: "link", onclick: () => choose(signing.face) }, say("back")),
];
const setPin = async (face, form) => {
  const pin = form.pin.value;
  Object.assign(state.signing, { why: pin === form.again.value ? "" : say("pins_differ") });
  if (state.signing.why) return draw();
  state.signing.busy = true;
  draw();
  try {
    await call("POST", "/api/v1/staff/pins", { staff: face.id, code: form.code.value, pin });
  } catch (error) {
    return fail(error);
  }
  await signIn(face, pin);
};

// Now.

const nowPage = (view) => {
  if (view.offer) return offerCard(view.offer);
  if (view.visit && view.visit.finished) return h("p", { class: "card plain" }, say("finish_kept"));
  if (view.visit && view.visit.state === "serving") return servingPage(view);
  if (view.visit) return calledPage(view.visit);
  return [placeCard(view.duty), figures(view.duty), dutyButtons(view.duty), phoneCard(view.duty)];
};

const offerCard = (offer) =>
  h("section", { class: "card offer", id: "offer" },
    h("h1", {}, say("offer")),
    h("p", { class: "ticket" }, offer.ticket),
    h("p", { class: "quiet" }, offer.tapped ? say(state.offline ? "accept_kept" : "accepting") : say("offer_hint")),
    h("div", { class: "bar", "aria-hidden": "true" }, h("i", { id: "bar" })),
    h("p", { class: "left", id: "left" }),
    h("button", { type: "button", class: "main", id: "accept", disabled: Boolean(offer.tapped), onclick: () => tap({ do: "accept", visit: offer.visit, offered_at: offer.offered_at }) }, say("accept")),
  );

const placeCard = (duty) => {
  if (duty.status === "off") {
    return h("section", { class: "card place idle", id: "place" }, h("p", { class: "figure" }, h("b", {}, say("place_off"))), h("p", { class: "quiet" }, say("place_off_hint")));
  }
  const free = duty.status === "ready";
  return h("section", { class: "card place" + (duty.place === null ? " idle" : ""), id: "place" },
    h("p", { class: "quiet" }, say("status_" + duty.status), duty.away_reason && " · " + say("book.why_" + duty.away_reason)),
    standing(duty, free, "before_nobody"),
    duty.waiting ? h("p", { class: "quiet" }, say("waiting", { n: duty.waiting })) : null,
  );
};
// A place in one rota, with who comes before.
const standing = (rota, free, first) => [
  rota.place === null
    ? h("p", { class: "figure" }, h("b", {}, say("place_none")))
    : h("p", { class: "figure" }, say("place"), h("b", {}, String(rota.place)), say("place_unit")),
  h("p", { class: rota.place === 1 && free ? "first" : "" }, rota.why),
  rota.place === 1 && free && h("p", { class: "first" }, say(first)),
  rota.before.length > 0 && h("div", {}, h("p", { class: "quiet" }, say("before")), h("ul", { class: "before" }, rota.before.map((one) => h("li", { class: one.passed ? "passed" : "" }, h("b", {}, one.name), h("span", {}, one.why))))),
];
// Calls by phone: a rota of their own.
const phoneCard = (duty) => {
  const rota = duty.phone;
  if (!rota) return null;
  const counts = ["received", "owed", "prepaid", "penalties"].filter((name) => name !== "penalties" || rota[name] > 0);
  return h("section", { class: "card place" + (rota.place === null ? " idle" : ""), id: "phone" },
    h("h2", {}, say("phone")),
    standing(rota, duty.status === "ready", "phone_nobody"),
    h("p", { class: "quiet" }, counts.map((name) => say(name) + " " + rota[name]).join(" · ")),
  );
};
const figures = (duty) => [
  h("ul", { class: "card figures" }, ["received", "served", "owed", "prepaid", ...(duty.penalties ? ["penalties"] : [])].map((name) => h("li", {}, h("b", {}, String(duty[name])), h("span", {}, say(name))))),
  duty.lapses ? h("p", { class: "quiet" }, say("lapses", { n: duty.lapses })) : null,
];
const status = (to, reason) => tap({ do: "status", status: to, ...(reason ? { reason } : {}) });
const dutyButtons = (duty) => {
  const waits = duty.tapped && h("p", { class: "quiet" }, say("to_send"));
  if (duty.status === "off") return [h("button", { type: "button", class: "main wide", id: "ready", onclick: () => status("ready") }, say("go_ready")), waits];
  const off = h("button", { type: "button", class: "danger", id: "off", onclick: () => confirm(say("go_off_sure")) && status("off") }, say("go_off"));
  // A suspended agent who is away comes back like any other.
  if (duty.away_reason) return [h("button", { type: "button", class: "main wide", id: "ready", onclick: () => status("ready") }, say("go_back")), off, waits];
  return [h("div", { class: "pair" }, h("button", { type: "button", id: "away", onclick: awaySheet }, say("go_away")), off), waits];
};
const awaySheet = () =>
  sheet(() => [
    h("h1", {}, say("away_why")),
    AWAY.map((reason) => h("button", { type: "button", class: "wide", "data-away": reason, onclick: () => (closeSheet(), status("away", reason)) }, say("book.why_" + reason))),
    h("button", { type: "button", class: "link", onclick: closeSheet }, say("cancel")),
  ]);

const guestCard = (visit) =>
  h("section", { class: "card guest", id: "guest" },
    h("div", { class: "top" }, h("p", { class: "form" }, visit.address_form || say("guest")), h("p", { class: "ticket" }, visit.ticket)),
    h("p", { class: "badges" },
      h("span", { class: "badge" }, say("party", { n: visit.party_size })),
      h("span", { class: "badge" }, say(visit.first_visit ? "first_visit" : "come_again")),
      visit.language !== language && h("span", { class: "badge gold" }, say("language_" + visit.language)),
      visit.asked_for_me && h("span", { class: "badge gold" }, say("asked_for_you")),
    ),
    h("dl", {}, h("dt", {}, say("purpose")), h("dd", {}, visit.purpose), visit.drink && [h("dt", {}, say("drink")), h("dd", {}, visit.drink)], visit.place && [h("dt", {}, say("at_place")), h("dd", {}, visit.place)]),
  );
const calledPage = (visit) => {
  const act = (deed) => tap({ do: deed, visit: visit.visit });
  const busy = isKept((t) => t.visit === visit.visit && t.do === "no_show");
  return [
    h("p", { class: "badge good" }, say(visit.place ? "called" : "called_here", { place: visit.place })),
    guestCard(visit),
    h("button", { type: "button", class: "main wide", id: "start", disabled: busy, onclick: () => act("start") }, say("start")),
    h("div", { class: "pair" },
      h("button", { type: "button", id: "recall", disabled: busy, onclick: () => act("recall") }, say("recall"), visit.recalls ? " · " + visit.recalls : ""),
      visit.actions.includes("no_show") && h("button", { type: "button", class: "danger", id: "no-show", disabled: busy, onclick: () => confirm(say("no_show_sure")) && act("no_show") }, say("no_show")),
    ),
  ];
};
const servingPage = (view) => {
  const visit = view.visit;
  const done = visit.steps.filter((s) => s.at || s.skipped).length;
  return [
    guestCard(visit),
    h("section", { class: "card" },
      h("h2", {}, say("steps"), h("small", { id: "done" }, say("steps_done", { n: done }))),
      h("ol", { class: "steps" }, visit.steps.map((step, at) => stepRow(visit, step, at))),
    ),
    h("div", { class: "pair" },
      h("button", { type: "button", id: "needs", onclick: () => needsSheet(visit) }, say(visit.needs ? "needs_noted" : "needs")),
      h("button", { type: "button", id: "hand", onclick: () => handSheet(visit) }, say("hand"), visit.hands.length ? " · " + visit.hands.length : ""),
    ),
    h("button", { type: "button", class: "main wide", id: "finish", onclick: () => finishSheet(visit) }, say("finish")),
    view.duty.announced
      ? h("button", { type: "button", class: "link", id: "stay", onclick: () => status("ready") }, say("away_after", { reason: say("book.why_" + view.duty.announced) }) + " · " + say("away_withdraw"))
      : h("button", { type: "button", class: "link", id: "away", onclick: awaySheet }, say("go_away")),
  ];
};
const stepRow = (visit, step, at) => {
  const undo = step.at && step.undo_by && (typeof step.undo_by === "number" ? step.undo_by : Date.parse(step.undo_by)) > floorNow();
  const button = h("button",
    { type: "button", class: "step" + (step.at ? " done" : "") + (step.kept ? " kept" : ""), "data-step": step.step, "aria-pressed": String(Boolean(step.at)), disabled: Boolean(step.at), onclick: () => tap({ do: "done", visit: visit.visit, step: step.step }) },
    h("i", { "aria-hidden": "true" }, step.at ? "✓" : String(at + 1)),
    h("span", {}, say("step_" + step.step)),
    h("time", {}, step.kept && state.offline ? say("to_send") : step.at || ""),
  );
  return h("li", {}, button, undo && h("button", { type: "button", class: "undo", "data-undo": step.step, onclick: () => undoStep(visit.visit, step.step) }, say("undo")));
};
// A tap not sent yet is simply forgotten.
const undoStep = (visit, step) => {
  const waiting = kept().find((k) => k.tap.do === "done" && k.tap.step === step && k.tap.visit === visit && !k.tried);
  if (!waiting) return tap({ do: "undo", visit, step });
  keep(kept().filter((k) => k.key !== waiting.key));
  draw();
};

// Sheets from below.

let open = null;
const sheet = (build) => {
  closeSheet();
  const dialog = h("dialog", { "aria-modal": "true", onclose: () => dialog.remove() });
  const render = () => dialog.replaceChildren(h("div", { class: "sheet" }, build(render)));
  render();
  document.body.append(dialog);
  dialog.showModal();
  open = dialog;
};
const closeSheet = () => {
  if (open) open.close();
  open = null;
};
const chips = (name, values, chosen, label, pick) =>
  h("fieldset", {}, h("legend", {}, say(name)), h("div", { class: "chips" }, values.map((value) => h("button", { type: "button", "data-chip": name + ":" + value, "aria-pressed": String(chosen === value), onclick: () => pick(chosen === value ? undefined : value) }, say(label + "_" + value)))));

const needsSheet = (visit) => {
  const needs = { ...(visit.needs || {}) };
  const note = h("textarea", { name: "note", rows: "3", maxlength: "1000", autocomplete: "off" });
  const key = newKey();
  let trouble = "";
  sheet((render) => [
    h("h1", {}, say("needs_title")),
    Object.entries(NEEDS).map(([name, values]) => chips(name, values, needs[name], name, (value) => ((needs[name] = value), render()))),
    h("label", {}, say("note"), note),
    h("p", { class: "quiet" }, visit.has_note && say("note_kept") + "。 ", say("note_hint")),
    h("p", { class: "wrong", role: "alert" }, trouble),
    h("button", { type: "button", class: "main wide", id: "save-needs", onclick: async () => {
      const text = note.value.trim();
      const deed = { do: "needs", visit: visit.visit, needs: JSON.parse(JSON.stringify(needs)) };
      if (!text) return closeSheet(), tap(deed);
      // Words that may name people are never kept here: they are sent now or stay in the field.
      try {
        if (state.offline || kept().length) throw new Error("offline");
        await deliver({ ...deed, note: text }, key, 0);
        closeSheet();
      } catch (error) {
        trouble = error instanceof Refused && error.status < 500 ? problem(error.code) : say("note_offline");
        render();
      }
    } }, say("save")),
    h("button", { type: "button", class: "link", onclick: closeSheet }, say("cancel")),
  ]);
};

const handSheet = (visit) =>
  sheet(() => [
    h("h1", {}, say("hand_title")),
    HANDS.map((hand) => {
      const asked = visit.hands.includes(hand);
      return h("button", { type: "button", class: "wide" + (asked ? " main" : ""), "data-hand": hand, onclick: () => (closeSheet(), tap({ do: asked ? "withdraw_hand" : "ask_hand", visit: visit.visit, hand })) }, say("hand_" + hand), asked && " · " + say("hand_asked"));
    }),
    h("button", { type: "button", class: "link", onclick: closeSheet }, say("cancel")),
  ]);

const finishSheet = (visit) => {
  const left = visit.steps.filter((s) => !s.at && !s.skipped).map((s) => s.step);
  const skipped = {};
  let next;
  let day = "";
  sheet((render) => [
    h("h1", {}, say("finish_title")),
    left.length > 0 && h("fieldset", {}, h("legend", {}, say("finish_skipped")), left.map((step) =>
      h("label", {}, say("step_" + step),
        h("select", { "data-skip": step, onchange: (event) => ((skipped[step] = event.target.value || undefined), render()) },
          h("option", { value: "" }, say("choose")),
          SKIPS.map((why) => h("option", { value: why, selected: skipped[step] === why }, say("skip_" + why))))))),
    chips("finish_next", NEXT, next, "next", (value) => ((next = value), render())),
    ["revisit", "call", "appointment"].includes(next) && h("label", {}, say("next_day"), h("input", { type: "date", value: day, min: state.view.day, onchange: (event) => (day = event.target.value) })),
    h("button", { type: "button", class: "main wide", id: "confirm-finish", disabled: !next || left.some((step) => !skipped[step]), onclick: () => (closeSheet(), tap({ do: "finish", visit: visit.visit, skipped: JSON.parse(JSON.stringify(skipped)), next: { next, ...(day ? { day } : {}) } })) }, say("confirm")),
    h("button", { type: "button", class: "link", onclick: closeSheet }, say("cancel")),
  ]);
};

// The turn book.

const readBook = async () => {
  const seq = state.view.book_seq;
  // Lines never change, so only new ones are asked for; a book that is shorter than it was is
  // another one (a restored floor), and so is another day's.
  const known = seq < state.book.seq ? [] : state.book.lines;
  try {
    const after = known.length ? "?after=" + known[0].seq : "";
    const book = await call("GET", "/api/v1/turn-book" + after);
    const same = book.day === state.book.day ? known : [];
    const last = same.length ? same[0].seq : -1;
    const fresh = book.lines.filter((line) => line.seq > last).reverse();
    Object.assign(state.book, { seq, day: book.day, lines: [...fresh, ...same] });
    if (state.tab === "book") draw();
  } catch (error) {
    if (!(error instanceof Refused)) offLine();
  }
};
const mine = (line) => line.agent === state.view.me.id || line.passed_over.some((p) => p.agent === state.view.me.id);
const bookPage = () => {
  const book = state.book;
  const lines = book.lines.filter((line) => book.all || mine(line) || line.code.startsWith("offered"));
  const asks = (line) => state.view.me.role === "agent" && line.visit && line.code.startsWith("offered") && line.agent !== state.view.me.id;
  return [
    h("div", { class: "chips" }, ["mine", "all"].map((which) => h("button", { type: "button", "aria-pressed": String(book.all === (which === "all")), onclick: () => ((book.all = which === "all"), draw()) }, say("book_" + which)))),
    lines.length ? h("ul", { class: "lines" }, lines.map((line) =>
      h("li", { class: "card" + (mine(line) ? " mine" : ""), "data-seq": line.seq },
        h("time", {}, line.at.slice(11, 16), line.ticket ? " · " + line.ticket : ""),
        h("p", {}, line.reason),
        asks(line) && (book.answers[line.seq]
          ? h("p", { class: "answer" }, book.answers[line.seq])
          : h("button", { type: "button", class: "link", "data-why": line.seq, onclick: () => askWhy(line.seq) }, say("why_not_me"))),
      ))) : h("p", { class: "card plain" }, say("book_empty")),
  ];
};
const askWhy = async (seq) => {
  try {
    state.book.answers[seq] = (await call("GET", `/api/v1/turn-book/${seq}/why?agent=me`)).why;
  } catch (error) {
    toast(error instanceof Refused ? problem(error.code) : say("sign_in_offline"), true);
  }
  draw();
};

// For reception and managers.

const handsPage = (view) => [
  h("h1", {}, say("hands")),
  view.hands.length ? h("ul", { class: "lines" }, view.hands.map((one) =>
    h("li", { class: "card hand" },
      h("div", {}, h("p", {}, h("b", {}, say("hand_" + one.kind))), h("p", { class: "quiet" }, `${one.name} · ${one.place} · ${one.ticket} · ${one.since.slice(11, 16)}`)),
      h("button", { type: "button", class: "main", "data-given": one.kind, onclick: () => tap({ do: "hand_given", visit: one.visit, hand: one.kind }) }, say("hand_given")),
    ))) : h("p", { class: "card plain" }, say("hands_none")),
  view.lapses.length ? [h("h2", {}, say("lapsed")), h("ul", { class: "lines", id: "lapsed" }, view.lapses.map((one) =>
    h("li", { class: "card" }, h("p", {}, h("b", {}, one.name), " · " + one.ticket + " · " + one.at.slice(11, 16)), h("p", { class: "quiet" }, say("lapsed_more"))),
  ))] : null,
];

const mePage = (view) => [
  h("section", { class: "card" }, h("h1", {}, view.me.name), h("p", { class: "quiet" }, say("role_" + view.me.role)), view.duty && h("p", {}, say("status_" + view.duty.status))),
  view.duty && !["offered", "serving"].includes(view.duty.status) && dutyButtons(view.duty),
  view.me.role === "manager" && h("section", { class: "card" },
    h("h2", {}, say("reset_pin")), h("p", { class: "quiet" }, say("reset_pin_hint")),
    state.pinCode && [h("p", {}, say("pin_code_for", { name: state.pinCode.name })), h("p", { class: "secret", id: "pin-code" }, state.pinCode.code)],
    h("ul", { class: "names" }, state.faces.filter((f) => f.id !== view.me.id).map((face) => h("li", {}, h("button", { type: "button", class: "wide", "data-reset": face.id, onclick: () => resetPin(face) }, faceRow(face))))),
  ),
  h("button", { type: "button", class: "wide", id: "sign-out", onclick: signOut }, say("sign_out")),
];
const resetPin = async (face) => {
  if (!confirm(say("reset_pin_sure", { name: face.name }))) return;
  try {
    const { code } = await call("POST", `/api/v1/staff/${encodeURIComponent(face.id)}/pin-code`);
    state.pinCode = { name: face.name, code };
  } catch (error) {
    toast(error instanceof Refused ? problem(error.code) : say("sign_in_offline"), true);
  }
  draw();
};
const signOut = async () => {
  try {
    await call("DELETE", "/api/v1/staff/sessions/current");
  } catch (error) {
    if (!(error instanceof Refused)) return toast(say("sign_in_offline"), true);
  }
  Object.assign(state, { pinCode: null });
  signInPage();
};

// What changes with the seconds alone.
let hadUndo = false;
const tick = () => {
  const offer = state.view && state.view.offer;
  const left = document.getElementById("left");
  if (offer && left) {
    const rest = Math.max(0, Date.parse(offer.accept_by) - floorNow());
    left.textContent = say("seconds", { n: Math.ceil(rest / 1000) });
    document.getElementById("bar").style.width = Math.min(100, rest / offer.seconds / 10) + "%";
  }
  const undo = Boolean(document.querySelector("[data-undo]"));
  if (undo || hadUndo) {
    const over = [...document.querySelectorAll("[data-undo]")].some((b) => {
      const step = picture().visit?.steps.find((s) => s.step === b.dataset.undo);
      const by = step && (typeof step.undo_by === "number" ? step.undo_by : Date.parse(step.undo_by));
      return !by || by <= floorNow();
    });
    hadUndo = undo;
    if (over) draw();
  }
};
setInterval(tick, 500);

draw();
look();
// Only where the browser trusts the line (TLS, or this very machine) may a page be kept for a reload
// without the Wi-Fi.
if (navigator.serviceWorker) navigator.serviceWorker.register("/pad/worker.js", { scope: "/pad" }).catch(() => {});
