// The review page: one claim at a time beside its source. What is decided is kept in this browser until the server has it.
// Offsets from and to the server count code points; strings here count UTF-16 units. `Points` is the only bridge.
"use strict";

const $ = (id) => document.getElementById(id);
const LABELS = ["finding", "cause", "recommendation"];
const ROLES = ["cause", "effect", "connective", "addressee", "action"];
const HELP = {
  finding: ["How things are, were or will be", "Ferry traffic fell by half in 2019."],
  cause: ["One thing brings about another", "Because rains came late, harvests failed."],
  recommendation: ["What somebody should do", "The council should publish its accounts."],
  none: ["It asserts nothing", "What will the next winter bring?"],
};
const VALUES = {
  DATE: { edtf: "Date (EDTF, as 2025-10)", duration: "Duration (ISO 8601, as P10Y)" },
  MONEY: { currency: "Currency (as USD)", min: "From", max: "To", qualifier: ["exact", "about", "more_than", "at_least", "less_than", "at_most", "almost"] },
  PERCENT: { min: "From", max: "To", unit: ["percent", "percentage_point", "basis_point"], qualifier: ["exact", "about", "more_than", "at_least", "less_than", "at_most", "almost"], of: "Of what" },
  AGREEMENT: { name: "Full name", acronym: "Acronym", year: "Year", kind: ["treaty", "convention", "pact", "protocol", "charter", "framework", "roadmap", "statement", "memorandum", "partnership", "initiative", "agreement", "compact", "accord"] },
};
const ADVANCING = new Set(["accept", "reject", "relabel"]);
const AHEAD = 12;

const state = {
  start: null, ids: [], done: new Map(), at: -1, claims: new Map(), documents: new Map(), mode: null, page: 1,
  current: null, shown: 0, pending: [], sending: false, retry: 0, finished: false, drawn: null, adding: null, turn: 0,
};

// ---------------------------------------------------------------- small tools

/** An element with attributes, listeners (onclick: …) and children; text is always text, never markup. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll("_", " ");
const percent = (share) => `${Math.round(share * 100)}%`;

/** Code points to UTF-16 units and back, for one text. */
class Points {
  constructor(text) {
    this.units = null;
    if (!/[\ud800-\udbff]/.test(text)) return;
    this.units = [];
    for (let unit = 0; unit < text.length; unit += text.codePointAt(unit) > 0xffff ? 2 : 1) this.units.push(unit);
    this.units.push(text.length);
  }
  toUnits(point) { return this.units ? this.units[Math.min(point, this.units.length - 1)] : point; }
  toPoints(unit) {
    if (!this.units) return unit;
    let low = 0, high = this.units.length - 1;
    while (low < high) { const middle = (low + high + 1) >> 1; if (this.units[middle] <= unit) low = middle; else high = middle - 1; }
    return low;
  }
}
const slice = (doc, start, end) => doc.text.slice(doc.points.toUnits(start), doc.points.toUnits(end));

let fading = 0;
function say(message) {
  $("status").textContent = message;
  $("status").classList.add("visible");
  clearTimeout(fading);
  fading = setTimeout(() => $("status").classList.remove("visible"), 4000);
}

async function ask(path, options) {
  const answer = await fetch(path, { credentials: "same-origin", ...options });
  let body = null;
  try { body = await answer.json(); } catch { body = { error: `the server answered ${answer.status}` }; }
  return { status: answer.status, ok: answer.ok, body };
}
async function get(path) {
  const { ok, status, body } = await ask(path);
  if (!ok) throw Object.assign(new Error(body.error), { status });
  return body;
}

// ---------------------------------------------------------------- decisions: kept here, sent in order, sent again

const pendingKey = () => `claimx:${state.start.run}:${state.start.annotator}:pending`;
function savePending() { localStorage.setItem(pendingKey(), JSON.stringify(state.pending)); showConnection(); }
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keep a decision, show what it does, send it; accepting, rejecting and naming the type go on to the next claim unless told to stay. */
function decide(action, after = {}, claim = state.current, stay = false) {
  const decision = {
    key: newKey(), action, after, claim: claim ? claim.id : null, document: claim ? claim.document : null,
    base: claim ? claim.base : null, elapsed: Math.round(performance.now() - state.shown) / 1000,
  };
  state.pending.push(decision);
  savePending();
  if (claim && action !== "undo" && action !== "redo") applyHere(claim, action, after);
  if (ADVANCING.has(action)) localStorage.setItem("claimx:decided", Number(localStorage.getItem("claimx:decided") || 0) + 1);
  // A field that changed is still giving its focus to the next one: draw anew when that has happened.
  if (ADVANCING.has(action) && !stay) advance(); else setTimeout(render, 0);
  flush();
}

/** What the server will make of it, shown at once. */
function applyHere(claim, action, after) {
  Object.assign(claim, after);
  if (action === "accept" || action === "relabel") claim.status = claim.original ? (same(claim) ? "accepted" : "corrected") : "added";
  if (action === "reject" || (after.labels && !after.labels.length)) claim.status = "rejected";
  if (["resize", "edit_argument", "edit_attribute", "edit_entity"].includes(action) && claim.status !== "rejected") claim.status = claim.original ? "corrected" : "added";
  if (!["flag", "note"].includes(action)) markDone(claim.id, true);
}
function same(claim) {
  return ["labels", "start", "end", "arguments", "entities", "attribution", "certainty", "polarity"].every((name) => JSON.stringify(claim[name]) === JSON.stringify(claim.original[name]));
}
function markDone(id, done) { if (state.done.has(id)) state.done.set(id, done); showWhere(); }

async function flush() {
  if (state.sending || !state.pending.length) return;
  state.sending = true;
  showConnection();
  while (state.pending.length) {
    const decision = state.pending[0];
    let answer;
    try {
      answer = await ask("/api/decisions", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(decision) });
      if (answer.status >= 500) throw new Error("server error");
    } catch {
      state.retry = Math.min(state.retry + 1, 5);
      state.sending = false;
      showConnection("offline");
      setTimeout(flush, [0, 500, 1000, 2000, 5000, 10000][state.retry]);
      return;
    }
    if (answer.status === 401) { state.sending = false; state.retry = 5; showConnection("closed"); setTimeout(flush, 5000); return; }
    state.retry = 0;
    if (answer.status === 409) { await settleConflict(decision, answer.body); continue; }
    state.pending.shift();
    savePending();
    if (answer.ok) accepted(decision, answer.body); else refused(decision, answer.body);
  }
  state.sending = false;
  showConnection();
}

function accepted(decision, body) {
  if (body.progress) { state.start.progress = body.progress; showProgress(); }
  const waiting = state.pending.some((item) => item.claim === body.concerns);
  if (body.claim && !waiting) keep(body.claim);
  if (["undo", "redo"].includes(decision.action)) {
    if (!body.claim && body.concerns) removeFromQueue(body.concerns); else if (body.claim) goTo(body.claim.id);
    say(decision.action === "undo" ? "Undone." : "Done again.");
  } else if (decision.action === "add" && body.claim) { insertInQueue(body.claim); goTo(body.claim.id); say("Added."); }
  else if (state.current && body.concerns === state.current.id && !waiting) render();
}
function refused(decision, body) {
  say(`Not stored: ${body.error}`);
  if (decision.action === "add" && body.claim) goTo(body.claim);
  else if (decision.claim) { state.claims.delete(decision.claim); if (state.current && state.current.id === decision.claim) goTo(decision.claim); }
}

function settleConflict(decision, body) {
  const names = [...new Set(body.others.map((other) => other.annotator))].join(" and ");
  $("conflict-text").textContent = `${names} decided on it after you saw it. Nothing of yours is stored yet. Compare, then choose.`;
  const theirs = body.claim, fields = new Set([...Object.keys(body.yours.after), ...body.others.flatMap((other) => Object.keys(other.after))]);
  const rows = [["Verdict", capital(body.saw.status), capital(theirs.status), capital(body.yours.action)]];
  for (const name of fields) {
    if (name === "start" || name === "end") continue;
    const mine = name in body.yours.after ? body.yours.after[name] : body.saw[name];
    if (JSON.stringify(theirs[name]) !== JSON.stringify(mine)) rows.push([capital(name), ...[body.saw[name], theirs[name], mine].map(inWords)]);
  }
  $("conflict-table").replaceChildren(
    h("blockquote", {}, theirs.text),
    h("table", {}, h("thead", {}, h("tr", {}, ["", "As you saw it", `${names}, now`, "Yours"].map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, rows.map(([name, ...cells]) => h("tr", {}, h("th", { scope: "row" }, name), cells.map((cell) => h("td", {}, cell)))))));
  $("conflict").showModal();
  return new Promise((resolve) => {
    const choose = (mine) => {
      $("keep-theirs").onclick = $("apply-mine").onclick = $("conflict").oncancel = null;
      $("conflict").close();
      keep(theirs);
      if (mine) { decision.base = theirs.base; decision.key = newKey(); } else state.pending.shift();
      savePending();
      say(mine ? "Yours is applied on top." : "Theirs is kept.");
      if (!mine && state.current && state.current.id === theirs.id) { state.current = theirs; render(); }
      resolve();
    };
    $("keep-theirs").onclick = () => choose(false);
    $("apply-mine").onclick = () => choose(true);
    $("conflict").oncancel = (event) => { event.preventDefault(); choose(false); };
  });
}
function inWords(value) {
  if (value === null || value === undefined || value === "") return "—";
  if (Array.isArray(value)) return value.length ? value.map((item) => (typeof item === "object" ? `${item.label || item.role}: ${item.text}${item.value ? ` = ${valueWords(item.value)}` : ""}` : item)).join("; ") : "none";
  if (typeof value === "object") return value.kind ? `${value.kind}${value.source ? `: ${value.source.text}` : ""}` : JSON.stringify(value);
  return value === true ? "yes" : value === false ? "no" : String(value);
}
const valueWords = (value) => Object.values(value).filter((part) => part !== null).join(" ");

function showConnection(problem) {
  const count = state.pending.length, many = `${count} decision${count === 1 ? "" : "s"}`;
  const [kind, words] = problem === "offline" || (state.retry && count) ? ["offline", `No connection. ${many} kept here, sent again by itself.`]
    : problem === "closed" ? ["offline", `The server was started anew: open the address it printed. ${many} kept here.`]
      : count ? ["sending", `Saving ${many}…`] : ["saved", "All saved"];
  $("connection").dataset.state = kind;
  if ($("connection-text").textContent !== words) $("connection-text").textContent = words;
}

// ---------------------------------------------------------------- the queue

function query() {
  const form = new FormData($("filters")), wanted = new URLSearchParams();
  for (const [name, value] of form) if (value) wanted.set(name, name === "low" || name === "high" ? String(Math.min(Math.max(value, 0), 100) / 100) : value);
  if (wanted.get("order") === "document") wanted.delete("order");
  return wanted;
}
async function loadQueue(preferred) {
  const wanted = query(), turn = state.turn += 1;
  let found;
  try { found = await get(`/api/queue?${wanted}`); } catch (error) { return turn === state.turn && showError(error, () => loadQueue(preferred)); }
  if (turn !== state.turn) return;
  state.ids = found.ids;
  state.done = new Map(found.ids.map((id, index) => [id, found.done[index]]));
  state.finished = false;
  history.replaceState(null, "", `${location.pathname}${wanted.size ? `?${wanted}` : ""}${location.hash}`);
  $("reset").classList.toggle("active", wanted.size > 0);
  const open = state.ids.findIndex((id) => !state.done.get(id));
  const at = preferred ? state.ids.indexOf(preferred) : -1;
  if (!state.ids.length) return showNone();
  await goTo(state.ids[at >= 0 ? at : Math.max(open, 0)]);
}
function keep(claim) {
  state.claims.set(claim.id, claim);
  if (state.done.has(claim.id)) state.done.set(claim.id, claim.status !== "unreviewed");
  if (state.current && state.current.id === claim.id) state.current = claim;
  showWhere();
}
function insertInQueue(claim) {
  if (!state.done.has(claim.id)) state.ids.splice(state.at + 1, 0, claim.id);
  state.done.set(claim.id, true);
}
function removeFromQueue(id) {
  const index = state.ids.indexOf(id);
  if (index >= 0) state.ids.splice(index, 1);
  state.done.delete(id); state.claims.delete(id);
  if (state.current && state.current.id === id) goTo(state.ids[Math.max(0, Math.min(index - 1, state.ids.length - 1))]); else showWhere();
}
async function fetchClaims(ids) {
  const missing = ids.filter((id) => id && !state.claims.has(id));
  if (!missing.length) return;
  for (const claim of (await get(`/api/claims?ids=${missing.map(encodeURIComponent).join(",")}`)).claims) {
    if (!state.claims.has(claim.id)) state.claims.set(claim.id, claim);
  }
}
async function goTo(id) {
  if (!id) return showNone();
  // Whoever asked last decides where to be: an answer that comes later than the next wish is not shown.
  const at = state.ids.indexOf(id), turn = state.turn += 1;
  if (at >= 0) state.at = at;
  if (!state.claims.has(id)) {
    try { await fetchClaims(around(state.at).concat(id)); } catch (error) { return turn === state.turn && showError(error, () => goTo(id)); }
    if (turn !== state.turn) return;
  }
  const claim = state.claims.get(id);
  if (!claim) return showError(new Error("this claim is not on your desk"), () => loadQueue());
  state.current = claim;
  state.finished = false;
  state.shown = performance.now();
  history.replaceState(null, "", `${location.pathname}${location.search}#${encodeURIComponent(id)}`);
  render();
  lookAhead();
}
const around = (at) => state.ids.slice(Math.max(at - 2, 0), at + AHEAD);
async function lookAhead() {
  // Claims, texts and page pictures that come next are fetched before they are asked for.
  try {
    const near = around(state.at);
    if (near.some((id) => !state.claims.has(id))) await fetchClaims(state.ids.slice(Math.max(state.at - 4, 0), state.at + 2 * AHEAD));
    for (const id of near) {
      const claim = state.claims.get(id);
      if (!claim) continue;
      if (!state.documents.has(claim.document)) await fetchDocument(claim.document);
      if (claim.boxes.length && state.mode === "page") new Image().src = pageAddress(claim.document, claim.boxes[0].page);
    }
  } catch { /* looking ahead may fail; the claim itself is asked for again when its turn comes */ }
}
function advance() {
  for (let next = state.at + 1; next < state.ids.length; next += 1) return goTo(state.ids[next]);
  return showFinished();
}
function step(by) {
  const next = state.at + by;
  if (state.finished && by < 0) return goTo(state.ids[state.at]);
  if (next < 0) return say("This is the first claim.");
  if (next >= state.ids.length) return showFinished();
  return goTo(state.ids[next]);
}
function skip() {
  const next = state.ids.findIndex((id, index) => index > state.at && !state.done.get(id));
  return next >= 0 ? goTo(state.ids[next]) : showFinished();
}

// ---------------------------------------------------------------- states of the desk

function panel(...children) {
  state.current = null;
  $("actions").hidden = true;
  $("card").replaceChildren(h("div", { class: "panel" }, ...children));
  showWhere();
}
const button = (words, onclick, kind = "") => h("button", { type: "button", class: kind, onclick }, words);
function showError(error, again) {
  const closed = error.status === 401;
  panel(h("h2", {}, closed ? "This page is closed" : "That did not work"),
    h("p", {}, closed ? error.message : `${error.message === "Failed to fetch" ? "The server does not answer. Is claimx review still running?" : capital(error.message || "Unknown error")}`),
    state.pending.length ? h("p", {}, `${state.pending.length} decisions are kept in this browser and will be sent.`) : null,
    button("Try again", again, "accept"));
  $("where").textContent = "Not loaded";
}
function showNone() {
  const filtered = query().size > 0;
  panel(h("h2", {}, filtered ? "No claim matches these filters" : "There are no claims here"),
    h("p", {}, filtered ? "Widen the filters, or clear them to see all claims." : "Either the pipeline found none or no document was given to you. In the text on the left you can still select words and press n to add a claim."),
    filtered ? button("Clear filters", () => $("reset").click(), "accept") : null);
  if (!filtered && state.start.documents.length) showSource({ document: state.start.documents[0].id, start: 0, end: 0, boxes: [], entities: [], entity_boxes: [], arguments: [] });
}
function showFinished() {
  const left = state.ids.filter((id) => !state.done.get(id)).length, counts = state.start.progress.statuses;
  state.finished = true;
  const words = ["accepted", "corrected", "rejected", "added"].filter((name) => counts[name]).map((name) => `${counts[name]} ${name}`).join(", ");
  panel(h("div", { class: "tick", "aria-hidden": "true" }, left ? "…" : "✓"),
    h("h2", {}, left ? `End of the list: ${left} not reviewed yet` : query().size ? "All claims in this selection are reviewed" : "All claims are reviewed"),
    h("p", {}, words ? `In the whole run: ${words}.` : "Nothing is decided yet."),
    left ? null : h("p", {}, "The reviewed claims are written by ", h("code", {}, `claimx export ${state.start.run}`), ". You can close this page; everything is stored."),
    h("div", { class: "choices" },
      left ? button("Go to the first of them", () => goTo(state.ids.find((id) => !state.done.get(id))), "accept") : null,
      state.start.progress.flagged ? button(`Look at ${state.start.progress.flagged} flagged`, () => { $("filters").reset(); $("filters").elements.flagged.checked = true; loadQueue(); }) : null,
      query().size ? button("Clear filters", () => $("reset").click()) : null,
      button("Back to the last claim", () => goTo(state.ids[state.at]))));
  say(left ? `End of the list. ${left} not reviewed.` : "All reviewed.");
}
function showWhere() {
  const total = state.ids.length;
  if (!total) { $("where").textContent = "No claims"; return; }
  const done = [...state.done.values()].filter(Boolean).length;
  $("where").replaceChildren(h("strong", {}, `Claim ${state.at + 1}`), ` of ${total}`, h("span", { class: "muted" }, ` · ${done} reviewed`));
}
function showProgress() {
  const { done, total, unplaced } = state.start.progress;
  $("progress").textContent = `${done} of ${total} reviewed`;
  $("meter").style.width = total ? `${(100 * done) / total}%` : "0";
  $("open-unplaced").hidden = !unplaced;
  $("open-unplaced").textContent = `${unplaced} unplaced`;
}

// ---------------------------------------------------------------- the card

function render() {
  if (!state.current) return;
  const claim = state.current, focus = focusedField(), words = $("quote") && $("card").dataset.claim === claim.id ? selectedIn($("quote")) : null;
  $("actions").hidden = false;
  $("flag").setAttribute("aria-pressed", String(claim.flagged));
  $("card").replaceChildren(...cardOf(claim));
  refocus(focus);
  if (words) selectIn($("quote"), words);
  showWhere();
  showSource(claim);
}
function focusedField() {
  const element = document.activeElement;
  if (!element || !element.dataset || !element.dataset.key || !$("card").contains(element)) return null;
  const typed = element.tagName === "INPUT" || element.tagName === "TEXTAREA";
  return { key: element.dataset.key, claim: $("card").dataset.claim, value: typed ? element.value : null, at: typed ? element.selectionStart : null };
}
function refocus(focus) {
  const changed = focus && focus.claim !== state.current.id;
  $("card").dataset.claim = state.current.id;
  if (changed) $("card").scrollTop = 0;
  if (!focus || changed) return;
  const element = $("card").querySelector(`[data-key="${CSS.escape(focus.key)}"]`);
  if (!element) return;
  if (focus.value !== null) element.value = focus.value;
  element.focus({ preventScroll: true });
  if (focus.at !== null && element.setSelectionRange && element.type !== "number") element.setSelectionRange(focus.at, focus.at);
}
/** The selection inside an element as UTF-16 offsets into its text, and back: drawing anew must not lose it. */
function selectedIn(element) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !element.contains(selection.anchorNode) || !element.contains(selection.focusNode)) return null;
  const range = selection.getRangeAt(0), before = document.createRange();
  before.selectNodeContents(element);
  before.setEnd(range.startContainer, range.startOffset);
  return { start: before.toString().length, length: range.toString().length, text: element.textContent };
}
function selectIn(element, { start, length, text }) {
  if (element.textContent !== text) return;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), range = document.createRange();
  for (let seen = 0; walker.nextNode(); seen += walker.currentNode.data.length) {
    const size = walker.currentNode.data.length;
    if (start >= seen && start < seen + size) range.setStart(walker.currentNode, start - seen);
    if (start + length > seen && start + length <= seen + size) range.setEnd(walker.currentNode, start + length - seen);
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}
function cardOf(claim) {
  return [
    h("div", { class: "statusline" },
      h("span", { class: `pill ${claim.status}` }, capital(claim.status)),
      claim.flagged ? h("span", { class: "pill flagged" }, "⚑ Flagged") : null,
      claim.settlement === "unresolved" ? h("span", { class: "pill disputed" }, "Annotators disagree") : null,
      h("span", { class: "muted grow" }, [capital(claim.section.kind || "body"), claim.section.title].filter(Boolean).join(" · ")),
      claim.confidence === null || claim.confidence === undefined ? h("span", { class: "muted" }, "Added by hand") : h("span", { class: "confidence", title: "How sure the pipeline is of the type" }, meter(claim.confidence), `${percent(claim.confidence)} sure`)),
    typeChoice(claim),
    h("div", { class: "quote" },
      h("p", { class: "words", id: "quote", "data-start": claim.start, lang: "en" }, ...marked(claim)),
      h("div", { class: "bounds" }, bounds("start", "Start", "Alt"), bounds("end", "End", "Shift"),
        claim.original && (claim.start !== claim.original.start || claim.end !== claim.original.end) ? h("span", { class: "muted" }, "boundary changed") : null)),
    guide(),
    claim.cues.length || Object.keys(claim.scores).length ? h("section", {}, h("h3", {}, "Why the pipeline thinks so"), why(claim)) : null,
    argumentsOf(claim), entitiesOf(claim), attributesOf(claim),
    h("section", {}, h("h3", {}, h("label", { for: "note" }, "Note ", h("kbd", {}, "c"))),
      h("textarea", { id: "note", "data-key": "note", rows: 2, maxlength: 10000, placeholder: "For yourself or a colleague; kept with the claim", value: claim.note || "", onchange: (event) => decide("note", { note: event.target.value || null }, claim) })),
    opinionsOf(claim), historyOf(claim),
  ].filter(Boolean);
}
const meter = (share) => h("meter", { min: 0, max: 1, value: share, low: 0.6, high: 0.85, optimum: 1, "aria-hidden": "true" });
function typeChoice(claim) {
  const rejected = claim.status === "rejected";
  const choice = (label, key) => h("button", {
    type: "button", class: `type-${label}`, "data-key": `type-${label}`, title: `${HELP[label][0]}. For example: ${HELP[label][1]}`,
    "aria-pressed": String(label === "none" ? rejected : !rejected && claim.labels[0] === label), onclick: () => relabel(label),
  }, h("kbd", {}, key), h("span", { class: "name" }, label === "none" ? "Not a claim" : capital(label)), h("small", {}, HELP[label][0]));
  const also = LABELS.filter((label) => label !== claim.labels[0]);
  return h("div", {},
    h("div", { class: "types", role: "group", "aria-label": "Type" }, LABELS.map((label, index) => choice(label, String(index + 1))), choice("none", "0")),
    rejected || !claim.labels.length ? null : h("p", { class: "also" }, h("span", { class: "muted" }, "A separate clause is also a"), also.map((label) => h("label", { class: "check" },
      h("input", { type: "checkbox", "data-key": `also-${label}`, checked: claim.labels.includes(label), onchange: (event) => {
        const labels = claim.labels.filter((item) => item !== label);
        decide("relabel", { labels: event.target.checked ? [...labels, label] : labels }, claim, true);
      } }), h("span", {}, label)))));
}
function relabel(label) {
  if (!state.current) return;
  decide("relabel", { labels: label === "none" ? [] : [label, ...state.current.labels.filter((item) => item !== label && state.current.labels.indexOf(item) > 0)] });
}
/** The claim's words with its entities and arguments marked. */
function marked(claim) {
  const points = new Points(claim.text), local = (at) => points.toUnits(at - claim.start);
  const spans = [
    ...claim.entities.map((item) => ({ ...item, kind: `entity ${item.label.toLowerCase()}`, title: item.label })),
    ...claim.arguments.map((item) => ({ ...item, kind: `argument ${item.role}`, title: item.role })),
    ...claim.cues.map((item) => ({ ...item, kind: "cue", title: `cue: ${item.kind}` })),
  ].filter((item) => item.start >= claim.start && item.end <= claim.end);
  return pieces(claim.text, spans.map((item) => ({ ...item, start: local(item.start), end: local(item.end) })));
}
/** A string cut at the spans' boundaries, each piece in a <mark> with the kinds of the spans that cover it. */
function pieces(text, spans) {
  const cuts = [...new Set([0, text.length, ...spans.flatMap((span) => [span.start, span.end])])].filter((at) => at >= 0 && at <= text.length).sort((a, b) => a - b);
  const out = [];
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const [low, high] = [cuts[index], cuts[index + 1]], over = spans.filter((span) => span.start <= low && span.end >= high);
    const words = text.slice(low, high);
    if (!over.length) { out.push(words); continue; }
    const kinds = new Set(over.flatMap((span) => span.kind.split(" ")));
    for (const span of over) { if (span.start === low) kinds.add("first"); if (span.end === high) kinds.add("last"); }
    out.push(h("mark", { class: [...kinds].join(" "), title: over.map((span) => span.title).filter(Boolean).join(", ") || null }, words));
  }
  return out;
}
function bounds(side, name, key) {
  const arrow = (by) => h("button", { type: "button", class: "tiny", "data-key": `${side}${by}`, "aria-label": `Move the ${side} one word ${by < 0 ? "left" : "right"}`, onclick: () => moveBound(side, by) }, by < 0 ? "←" : "→");
  return h("span", { class: "bound" }, h("span", {}, name), arrow(-1), arrow(1), h("kbd", {}, key));
}
function guide() {
  const seen = Number(localStorage.getItem("claimx:decided") || 0);
  if (seen >= 10 || localStorage.getItem("claimx:guided")) return null;
  return h("aside", { class: "guide", "aria-label": "How to review" },
    h("h3", {}, "New here?"),
    h("p", {}, "Read the marked statement, with its place in the source on the left. If its type, boundaries and values are right, press ", h("kbd", {}, "a"), ". If the type is wrong, press its number. If it asserts nothing, press ", h("kbd", {}, "0"), ". Ask in this order; the first yes is the type:"),
    h("ol", {}, ["recommendation", "cause", "finding", "none"].map((label) => h("li", {}, h("strong", { class: `ink-${label}` }, label === "none" ? "Not a claim" : capital(label)), ` – ${HELP[label][0].toLowerCase()}. `, h("q", {}, HELP[label][1])))),
    h("p", {}, "Every decision is saved at once and ", h("kbd", {}, "u"), " takes it back. ", h("kbd", {}, "g"), " opens the codebook."),
    button("Got it", () => { localStorage.setItem("claimx:guided", "1"); render(); }, "quiet"));
}
function why(claim) {
  return h("div", { class: "why" },
    h("div", { class: "scores" }, LABELS.filter((label) => label in claim.scores).map((label) => h("span", { class: `score ink-${label}` }, `${label} ${percent(claim.scores[label])}`))),
    claim.cues.length ? h("div", { class: "chips" }, claim.cues.map((cue) => h("span", { class: "chip" }, `“${cue.text}” `, h("small", {}, cue.kind)))) : h("p", { class: "muted" }, "No cue words."));
}

/** Rows for spans inside the claim, each with ways to move, take from the selection, and remove. */
function spanTools(key, item, change, remove) {
  const move = (side, by) => { const next = moved(item, side, by); if (next) change({ ...item, ...next }); };
  const tool = (name, words, work) => h("button", { type: "button", class: "tiny", "data-key": `${key}-${name}`, "aria-label": words, title: words, onclick: work }, { sl: "⇤", sr: "⇥", el: "←", er: "→", sel: "“ ”", del: "✕" }[name]);
  return h("span", { class: "tools" },
    tool("sl", "Move its start a word left", () => move("start", -1)), tool("sr", "Move its start a word right", () => move("start", 1)),
    tool("el", "Move its end a word left", () => move("end", -1)), tool("er", "Move its end a word right", () => move("end", 1)),
    tool("sel", "Take the selected words", () => { const span = selected(); if (span) change({ ...item, start: span.start, end: span.end, text: span.text }); else say("Select words in the claim first."); }),
    tool("del", "Remove", remove));
}
const bare = (item, names) => Object.fromEntries(names.map((name) => [name, item[name] ?? null]));
function argumentsOf(claim) {
  const set = (items) => decide("edit_argument", { arguments: items.map((item) => bare(item, ["role", "start", "end", "text"])) }, claim);
  const replace = (index, item) => set(claim.arguments.map((old, at) => (at === index ? item : old)));
  return h("section", {}, h("h3", {}, "Arguments"),
    claim.arguments.length ? h("ul", { class: "rows" }, claim.arguments.map((item, index) => h("li", {},
      select(`argument-${index}`, "Role", ROLES, item.role, (role) => replace(index, { ...item, role })),
      h("span", { class: "words" }, item.text),
      spanTools(`argument-${index}`, item, (next) => replace(index, next), () => set(claim.arguments.filter((_, at) => at !== index)))))) : h("p", { class: "muted" }, "None. Select words in the claim to add one."),
    button("+ From selection", () => { const span = selected(); if (!span) return say("Select words in the claim first."); return set([...claim.arguments, { role: claim.labels[0] === "recommendation" ? "action" : "cause", start: span.start, end: span.end, text: span.text }]); }, "quiet"));
}
function select(key, label, options, value, change) {
  const known = value && !options.includes(value) ? [...options, value] : options;
  return h("select", { "data-key": `${key}-select`, "aria-label": label, onchange: (event) => change(event.target.value) }, known.map((option) => h("option", { value: option, selected: option === value }, capital(option.toLowerCase()))));
}
function entitiesOf(claim) {
  const set = (items) => decide("edit_entity", { entities: items.map((item) => bare(item, ["label", "start", "end", "text", "value", "ref"])) }, claim);
  const replace = (index, item) => set(claim.entities.map((old, at) => (at === index ? item : old)));
  return h("section", { id: "entities" }, h("h3", {}, "Entities ", h("kbd", {}, "e")),
    claim.entities.length ? h("ul", { class: "rows entities" }, claim.entities.map((item, index) => h("li", {},
      select(`entity-${index}`, "Kind of entity", Object.keys(VALUES), item.label, (label) => replace(index, { ...item, label, value: null })),
      h("span", { class: `words entity ${item.label.toLowerCase()}` }, item.text),
      spanTools(`entity-${index}`, item, (next) => replace(index, next), () => set(claim.entities.filter((_, at) => at !== index))),
      valueFields(item, index, (value) => replace(index, { ...item, value }))))) : h("p", { class: "muted" }, "None. Select words in the claim to add one."),
    button("+ From selection", () => { const span = selected(); if (!span) return say("Select words in the claim first."); return set([...claim.entities, { label: "DATE", start: span.start, end: span.end, text: span.text, value: null, ref: null }]); }, "quiet"));
}
function valueFields(item, index, change) {
  const value = item.value || {}, fields = { ...VALUES[item.label] };
  for (const name of Object.keys(value)) if (!(name in fields)) fields[name] = capital(name);
  const set = (name, words) => {
    const next = { ...value, [name]: words.trim() || null };
    change(Object.values(next).every((part) => part === null) ? null : next);
  };
  return h("div", { class: "values" }, Object.entries(fields).map(([name, about]) => {
    const key = `value-${index}-${name}`;
    if (!Array.isArray(about)) return h("label", {}, h("span", {}, about), h("input", { type: "text", "data-key": key, name, value: value[name] ?? "", spellcheck: "false", onchange: (event) => set(name, event.target.value) }));
    const options = value[name] && !about.includes(value[name]) ? [...about, value[name]] : about;
    return h("label", {}, h("span", {}, capital(name)), h("select", { "data-key": key, name, onchange: (event) => set(name, event.target.value) }, h("option", { value: "" }, "—"), options.map((option) => h("option", { value: option, selected: option === value[name] }, capital(option)))));
  }));
}
function attributesOf(claim) {
  const { attribution } = claim, set = (after) => decide("edit_attribute", after, claim);
  const field = (name, label, options, value, change) => h("label", {}, h("span", {}, label), select(name, label, options, value, change));
  return h("section", {}, h("h3", {}, "Attributes"), h("div", { class: "values" },
    field("attribution", "Who says so", ["author", "reported"], attribution.kind, (kind) => set({ attribution: { kind, source: kind === "author" ? null : attribution.source || null } })),
    field("certainty", "Certainty", ["asserted", "hedged"], claim.certainty, (certainty) => set({ certainty })),
    field("polarity", "Polarity", ["positive", "negative"], claim.polarity, (polarity) => set({ polarity }))),
    attribution.kind === "reported" ? h("p", { class: "row" }, h("span", { class: "muted" }, "Source "), h("span", { class: "words" }, attribution.source ? attribution.source.text : "not marked"), " ",
      button("From selection", () => { const span = selected(); if (span) set({ attribution: { kind: "reported", source: { start: span.start, end: span.end, text: span.text } } }); else say("Select words in the claim first."); }, "quiet")) : null);
}
function opinionsOf(claim) {
  if (!claim.opinions.length) return null;
  return h("section", {}, h("h3", {}, "Annotators"), h("ul", { class: "rows" }, claim.opinions.map((item) => h("li", {}, h("strong", {}, item.annotator), h("span", { class: `pill ${item.status}` }, capital(item.status)), h("span", {}, item.status === "rejected" ? "" : item.labels.join(", ")), h("span", { class: "words" }, item.text),
    state.start.adjudicator ? button("Settle on this", () => decide("adjudicate", { ...bare(item, ["labels", "start", "end", "text", "arguments", "entities", "attribution", "certainty", "polarity"]), rejected: item.status === "rejected" }, claim), "quiet") : null))));
}
function historyOf(claim) {
  if (!claim.history.length) return null;
  const line = (item) => h("li", {}, h("time", { datetime: item.at }, new Date(item.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })), " ", h("strong", {}, item.annotator), ` ${item.action.replaceAll("_", " ")}`,
    Object.keys(item.after).filter((name) => !["start", "end"].includes(name)).slice(0, 3).map((name) => h("span", { class: "change" }, `${name}: ${inWords(item.before[name])} → ${inWords(item.after[name])}`)));
  return h("details", { class: "history" }, h("summary", { "data-key": "history" }, `History (${claim.history.length})`), h("ol", {}, claim.history.map(line)));
}

// ---------------------------------------------------------------- spans by word, and the selection

const blockOf = (doc, point) => doc.blocks.find((block) => block.start <= point && point < block.end) || { start: 0, end: doc.length };
function moved(span, side, by) {
  const doc = state.documents.get(state.current.document);
  if (!doc) return null;
  const block = blockOf(doc, span.start), points = doc.points;
  const [low, high, start, end] = [block.start, block.end, span.start, span.end].map((point) => points.toUnits(point));
  let [from, to] = [start, end];
  if (side === "end" && by > 0) to = end + (/^\s*\S+/.exec(doc.text.slice(end, high)) || [""])[0].length;
  if (side === "end" && by < 0) to = end - (/\s*\S+$/.exec(doc.text.slice(start, end)) || [""])[0].length;
  if (side === "start" && by > 0) from = start + (/^\S+\s*/.exec(doc.text.slice(start, end)) || [""])[0].length;
  if (side === "start" && by < 0) from = start - (/\S+\s*$/.exec(doc.text.slice(low, start)) || [""])[0].length;
  if ((from === start && to === end) || from >= to) return null;
  return { start: points.toPoints(from), end: points.toPoints(to), text: doc.text.slice(from, to) };
}
function moveBound(side, by) {
  if (!state.current) return;
  const next = moved(state.current, side, by);
  if (!next) return void say("It cannot go further.");
  decide("resize", next);
}
/** The selected words as {document, start, end, text} in code points, white space trimmed; null when there are none. */
function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0), home = (node) => (node.nodeType === 1 ? node : node.parentElement).closest("[data-start]");
  const [first, last] = [home(range.startContainer), home(range.endContainer)];
  if (!first) return null;
  const doc = state.documents.get(state.current ? state.current.document : state.drawn);
  const offset = (element, node, at) => { const before = document.createRange(); before.selectNodeContents(element); before.setEnd(node, at); return doc.points.toUnits(Number(element.dataset.start)) + before.toString().length; };
  let from = offset(first, range.startContainer, range.startOffset);
  let to = last ? offset(last, range.endContainer, range.endOffset) : from + range.toString().length;
  if (last && last !== first && first.id === "quote") return null;
  while (from < to && /\s/.test(doc.text[from])) from += 1;
  while (to > from && /\s/.test(doc.text[to - 1])) to -= 1;
  if (from >= to) return null;
  return { document: doc.id, start: doc.points.toPoints(from), end: doc.points.toPoints(to), text: doc.text.slice(from, to) };
}
function startAdding() {
  const span = selected();
  if (!span) { if (state.mode === "page") setMode("text"); return say("Select the words of the missed claim in the text, then press n."); }
  state.adding = span;
  $("adding-quote").textContent = span.text;
  $("adding").showModal();
  return $("adding-choices").querySelector("button").focus();
}
function add(label) {
  const { document: id, start, end, text } = state.adding;
  $("adding").close();
  state.pending.push({ key: newKey(), action: "add", claim: null, document: id, after: { start, end, text, labels: [label] }, base: null, elapsed: null });
  savePending(); flush();
}

// ---------------------------------------------------------------- the source

async function fetchDocument(id) {
  if (!state.documents.has(id)) {
    const doc = await get(`/api/documents/${encodeURIComponent(id)}`);
    doc.points = new Points(doc.text);
    doc.length = doc.points.toPoints(doc.text.length);
    if (state.documents.size > 30) state.documents.delete(state.documents.keys().next().value);
    state.documents.set(id, doc);
  }
  return state.documents.get(id);
}
const pageAddress = (id, number) => `/pages/${encodeURIComponent(id)}/${number}.png?scale=2`;
function showSource(claim) {
  const doc = state.documents.get(claim.document);
  if (!doc) {
    fetchDocument(claim.document).then(() => { if (!state.current || state.current.document === claim.document) showSource(state.current || claim); }, (error) => notice(`The text could not be loaded: ${error.message}`));
    return;
  }
  const pdf = doc.media_type === "application/pdf" && !doc.pageless;
  if (state.mode === null) state.mode = localStorage.getItem("claimx:mode") || "page";
  $("source-title").textContent = doc.title || doc.source;
  $("source-title").title = doc.source;
  $("as-page").disabled = !pdf;
  const page = pdf && state.mode === "page";
  $("as-page").setAttribute("aria-pressed", String(page));
  $("as-text").setAttribute("aria-pressed", String(!page));
  $("scroller").setAttribute("aria-label", page ? "Page of the source" : "Source text");
  if (!doc.pageless) notice("");
  if (page) showPage(doc, claim, claim.boxes.length ? claim.boxes[0].page : 1); else showText(doc, claim);
}
function notice(words) { $("source-notice").textContent = words; $("source-notice").hidden = !words; }
function setMode(mode) { state.mode = mode; localStorage.setItem("claimx:mode", mode); if (state.current) showSource(state.current); }

function showPage(doc, claim, number) {
  state.page = number;
  $("pager").hidden = false;
  $("page-number").textContent = doc.pages ? `Page ${number} of ${doc.pages}` : `Page ${number}`;
  $("page-back").disabled = number <= 1;
  $("page-forth").disabled = Boolean(doc.pages) && number >= doc.pages;
  const key = `${doc.id}/${number}`;
  let sheet = $("scroller").firstElementChild;
  if (!sheet || sheet.dataset.sheet !== key) {
    const image = h("img", { alt: `Page ${number} of ${doc.title || doc.source}`, src: pageAddress(doc.id, number) });
    sheet = h("div", { class: "sheet busy", "data-sheet": key }, image, h("div", { class: "boxes" }));
    image.addEventListener("load", () => { sheet.classList.remove("busy"); if (state.current && state.current.document === doc.id) drawBoxes(sheet, state.current, number); });
    image.addEventListener("error", () => pageFailed(doc, number));
    $("scroller").replaceChildren(sheet);
  }
  state.drawn = doc.id;
  if (!sheet.classList.contains("busy")) drawBoxes(sheet, claim, number);
}
async function pageFailed(doc, number) {
  const { body } = await ask(pageAddress(doc.id, number)).catch(() => ({ body: { error: "the server does not answer" } }));
  doc.pageless = true;
  notice(`${capital(body.error || "The page could not be drawn")}. The text is shown instead.`);
  if (state.current && state.current.document === doc.id) showSource(state.current);
}
function drawBoxes(sheet, claim, number) {
  const image = sheet.firstElementChild, width = image.naturalWidth / 2, height = image.naturalHeight / 2;
  const box = (place, kind, title) => {
    const element = h("div", { class: `box ${kind}`, title });
    element.style.left = `${(100 * place.x0) / width}%`; element.style.top = `${(100 * place.top) / height}%`;
    element.style.width = `${(100 * (place.x1 - place.x0)) / width}%`; element.style.height = `${(100 * (place.bottom - place.top)) / height}%`;
    return element;
  };
  const mine = claim.boxes.filter((place) => place.page === number);
  sheet.lastElementChild.replaceChildren(
    ...mine.map((place) => box(place, `claim ${claim.status === "rejected" ? "none" : claim.labels[0] || "none"}`)),
    ...claim.entities.flatMap((entity, index) => (claim.entity_boxes[index] || []).filter((place) => place.page === number).map((place) => box(place, `entity ${entity.label.toLowerCase()}`, entity.label))));
  if (mine.length) scrollTo(mine[0].top / height * sheet.clientHeight, (mine.at(-1).bottom - mine[0].top) / height * sheet.clientHeight);
}
function scrollTo(top, height) {
  const scroller = $("scroller"), room = scroller.clientHeight;
  if (top < scroller.scrollTop + 40 || top + height > scroller.scrollTop + room - 40) scroller.scrollTop = Math.max(0, top - Math.max((room - height) / 3, 24));
}

function showText(doc, claim) {
  $("pager").hidden = true;
  let article = $("scroller").firstElementChild;
  if (!article || article.dataset.text !== doc.id) {
    article = h("article", { "data-text": doc.id }, doc.blocks.filter((block) => block.end > block.start).map((block) => blockElement(doc, block)));
    article.marked = [];
    article.shows = "";
    $("scroller").replaceChildren(article);
    state.drawn = doc.id;
  }
  // What is marked already stays as it is, and with it what somebody may have selected there.
  const shows = JSON.stringify([claim.id, claim.start, claim.end, claim.status, claim.labels, claim.entities]);
  if (article.shows === shows) return;
  article.shows = shows;
  for (const element of article.marked) element.replaceChildren(slice(doc, Number(element.dataset.start), Number(element.dataset.end)));
  article.marked = [];
  if (claim.end <= claim.start) return;
  const spans = [{ start: claim.start, end: claim.end, kind: `claim ${claim.status === "rejected" ? "none" : claim.labels[0] || "none"}` },
    ...claim.entities.map((entity) => ({ start: entity.start, end: entity.end, kind: `entity ${entity.label.toLowerCase()}`, title: entity.label }))];
  for (const element of article.children) {
    const [start, end] = [Number(element.dataset.start), Number(element.dataset.end)];
    if (end <= claim.start || start >= claim.end) continue;
    const low = doc.points.toUnits(start), unit = (point) => Math.min(Math.max(doc.points.toUnits(point) - low, 0), doc.points.toUnits(end) - low);
    element.replaceChildren(...pieces(slice(doc, start, end), spans.filter((span) => span.end > start && span.start < end).map((span) => ({ ...span, start: unit(span.start), end: unit(span.end) }))));
    article.marked.push(element);
  }
  const first = article.querySelector("mark.claim");
  if (!first) return;
  const marks = article.querySelectorAll("mark.claim"), place = first.getBoundingClientRect(), frame = $("scroller").getBoundingClientRect();
  scrollTo(place.top - frame.top + $("scroller").scrollTop, marks[marks.length - 1].getBoundingClientRect().bottom - place.top);
}
function blockElement(doc, block) {
  const words = slice(doc, block.start, block.end);
  return h("p", { class: `block ${block.role}`, "data-start": block.start, "data-end": block.end, "data-marker": block.marker ? `${block.marker} ` : null }, words);
}

// ---------------------------------------------------------------- windows

function showDocuments() {
  const counts = state.start.progress.documents;
  $("documents-list").replaceChildren(h("ul", { class: "documents" }, state.start.documents.map((doc) => {
    const [done, total] = counts[doc.id] || [0, 0];
    return h("li", {}, h("button", { type: "button", onclick: () => { $("documents").close(); $("filter-document").value = doc.id; loadQueue(); } },
      h("span", { class: "name" }, doc.title || doc.source), h("small", { class: "muted" }, doc.source),
      h("progress", { max: Math.max(total, 1), value: done, "aria-hidden": "true" }), h("span", { class: "count" }, `${done} of ${total}`)));
  })), state.start.failures ? h("p", { class: "muted" }, `${state.start.failures} sources could not be read; failures.jsonl says why.`) : null);
  $("documents").showModal();
}
async function showUnplaced() {
  const { unplaced } = await get("/api/unplaced");
  $("unplaced-list").replaceChildren(...(unplaced.length ? unplaced.map((item) => h("section", { class: "waiting" },
    h("p", { class: "muted" }, `${item.source}: ${item.reason}`),
    h("blockquote", {}, h("span", { class: "muted" }, item.prefix), h("strong", {}, item.quote), h("span", { class: "muted" }, item.suffix)),
    h("p", {}, item.decisions.map((decision) => `${decision.annotator}: ${decision.action.replaceAll("_", " ")} ${Object.entries(decision.after).filter(([name]) => !["start", "end", "text"].includes(name)).map(([, value]) => inWords(value)).join(", ")}`).join(" · ")),
    item.candidates.length ? h("ul", { class: "rows" }, item.candidates.map((candidate) => h("li", {}, button("Put here", () => { state.pending.push({ key: newKey(), action: "place", claim: item.claim, after: { claim: candidate.id }, base: null, elapsed: null }); savePending(); $("unplaced").close(); flush().then(() => { state.claims.delete(candidate.id); goTo(candidate.id); }); }, "quiet"), h("span", { class: "words" }, candidate.text), h("small", { class: "muted" }, `${Math.round(candidate.score)}% alike`)))) : h("p", { class: "muted" }, "No claim of this run resembles it."))) : [h("p", {}, "Nothing waits: every decision found its claim.")]));
  if (!$("unplaced").open) $("unplaced").showModal();
}
function toggle(id) { const dialog = $(id); if (dialog.open) dialog.close(); else if (!document.querySelector("dialog[open]")) dialog.showModal(); }
function setTheme(theme) { if (theme) document.documentElement.dataset.theme = theme; localStorage.setItem("claimx:theme", theme || ""); }

// ---------------------------------------------------------------- keys

const DO = {
  accept: () => state.current && decide("accept"), reject: () => state.current && decide("reject"), skip,
  flag: () => { if (state.current) { decide("flag", { flagged: !state.current.flagged }); say(state.current.flagged ? "Flagged." : "Flag taken off."); } },
  undo: () => decide("undo", {}, null), redo: () => decide("redo", {}, null), add: startAdding,
};
function focusEntities() {
  const field = $("card").querySelector("#entities .values :is(input, select)") || $("card").querySelector("#entities button");
  if (!field) return;
  $("card").querySelector("#entities").scrollIntoView({ block: "nearest" });
  field.focus();
  if (field.select) field.select();
}
const KEYS = {
  a: DO.accept, x: DO.reject, 1: () => relabel("finding"), 2: () => relabel("cause"), 3: () => relabel("recommendation"), 0: () => relabel("none"),
  j: () => step(1), k: () => step(-1), " ": skip, n: startAdding, e: focusEntities, f: DO.flag, c: () => $("note") && $("note").focus(), u: DO.undo,
  "/": () => { $("search").focus(); $("search").select(); }, g: () => toggle("codebook"), "?": () => toggle("keys"),
};
function onKey(event) {
  const target = event.target, open = document.querySelector("dialog[open]"), command = event.ctrlKey || event.metaKey;
  const typing = target.matches("input:not([type=checkbox]), textarea, select");
  if (typing) {
    if (event.key === "Escape" && !open) { target.blur(); $("card").focus({ preventScroll: true }); }
    if (event.key === "Enter" && target.matches("input") && !open) { target.dispatchEvent(new Event("change", { bubbles: true })); if (target.id === "search") $("card").focus({ preventScroll: true }); event.preventDefault(); }
    return;
  }
  if (open) {
    if (open.id === "adding" && "123".includes(event.key)) { event.preventDefault(); add(LABELS[Number(event.key) - 1]); }
    if ((open.id === "codebook" && event.key === "g") || (open.id === "keys" && event.key === "?")) open.close();
    return;
  }
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (command && key === "z") { event.preventDefault(); (event.shiftKey ? DO.redo : DO.undo)(); return; }
  if (command) return;
  if ((event.shiftKey !== event.altKey) && (key === "ArrowLeft" || key === "ArrowRight")) {
    event.preventDefault(); moveBound(event.shiftKey ? "end" : "start", key === "ArrowRight" ? 1 : -1); return;
  }
  if (event.altKey) return;
  if ((key === " " || key === "Enter") && target.closest("button, summary, a, input")) return;
  const work = KEYS[key];
  if (!work || !state.start) return;
  if (key === " " && target === $("scroller") && event.shiftKey) return;
  event.preventDefault();
  work();
}

// ---------------------------------------------------------------- opening

function option(select, value, words) { select.append(h("option", { value }, words)); }
function fillFilters() {
  for (const doc of state.start.documents) option($("filter-document"), doc.id, doc.title || doc.source);
  for (const section of state.start.sections) option($("filter-section"), section, capital(section));
  for (const name of state.start.annotators) option($("filter-annotator"), name, name);
  $("annotator-filter").hidden = state.start.annotators.length < 2;
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = $("filters").elements[name];
    if (!field) continue;
    if (field.type === "checkbox") field.checked = true;
    else field.value = name === "low" || name === "high" ? String(Math.round(value * 100)) : value;
  }
}
async function open() {
  try { state.start = await get("/api/start"); } catch (error) { showError(error, open); return; }
  state.pending = JSON.parse(localStorage.getItem(pendingKey()) || "[]");
  $("who").textContent = state.start.annotators.length > 1 || state.start.blind ? `${state.start.annotator}${state.start.blind ? " · blind" : ""}` : "";
  fillFilters(); showProgress(); showConnection();
  await flush();
  await loadQueue(decodeURIComponent(location.hash.slice(1)) || null);
}

let typingPause = 0;
$("filters").addEventListener("input", (event) => { clearTimeout(typingPause); typingPause = setTimeout(() => loadQueue(), event.target.matches("select, [type=checkbox]") ? 0 : 200); });
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("reset", () => setTimeout(() => loadQueue(state.current && state.current.id), 0));
$("actions").addEventListener("click", (event) => { const target = event.target.closest("[data-do]"); if (target) { DO[target.dataset.do](); if (event.detail) target.blur(); } });
$("adding-choices").addEventListener("click", (event) => { const target = event.target.closest("[data-label]"); if (target) add(target.dataset.label); });
for (const [id, work] of Object.entries({ "open-keys": () => toggle("keys"), "open-codebook": () => toggle("codebook"), "open-documents": showDocuments, "open-unplaced": showUnplaced, back: () => step(-1), forth: () => step(1), "as-page": () => setMode("page"), "as-text": () => setMode("text") })) $(id).addEventListener("click", work);
$("page-back").addEventListener("click", () => showPage(state.documents.get(state.drawn), state.current, state.page - 1));
$("page-forth").addEventListener("click", () => showPage(state.documents.get(state.drawn), state.current, state.page + 1));
$("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  setTheme(dark ? "light" : "dark");
});
document.addEventListener("keydown", onKey);
addEventListener("online", () => { state.retry = 0; flush(); });
// The browser asks before a page with unsent decisions is closed; they are kept even so.
addEventListener("beforeunload", (event) => { if (state.pending.length) event.preventDefault(); });
setTheme(localStorage.getItem("claimx:theme"));
open();
