// The declaration form keeps itself: what is typed is saved as a draft after a short rest, and before
// a button is carried out. Whoever is signed out meanwhile, or off line, keeps what is on the page.
// Nothing is kept in the browser: on a shared computer the next person would find it.
const REST = 2500;
let dirty = false, leaving = false, waiting = false, passing = false;
let trouble = "", timer = 0, rest = REST, busy = null, latest = null;
const form = () => document.getElementById("sheet-form");
const line = () => document.getElementById("sheet-kept");

function say(words, bad) {
  line().textContent = words;
  line().classList.toggle("text-danger", bad);
}

// The form may have been swapped, or be of before it had an address of its own.
function goOn() {
  if (!latest) return;
  form().action = latest.address;
  form().elements.stamp.value = latest.stamp;
}

function changed() {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(keep, rest);
}

const written = () => new URLSearchParams(new FormData(form()));
// More than a browser sends on once the page is left.
const large = () => written().toString().length > 60000;

function post() {
  const body = written();
  body.set("autosave", "1");
  return fetch(form().action, {method: "POST", body, keepalive: !large()});
}

const signedOut = (answer) => new URL(answer.url).pathname === line().dataset.login;

// Signing in again in another tab changes the token that every form carries.
async function newToken() {
  const answer = await fetch(form().action);
  if (signedOut(answer)) return "out";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const one of document.querySelectorAll("[name=csrfmiddlewaretoken]")) one.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({"X-CSRFToken": token}));
  return "";
}

// "" if it is saved; "out", "away" or "other" if not, "fault" if only the button can tell why.
async function send() {
  const began = Date.now();
  try {
    let answer = await post();
    if (answer.status === 403) {
      if (await newToken() === "out") return "out";
      answer = await post();
    }
    if (signedOut(answer)) return "out";
    if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) return "fault";
    const told = await answer.json();
    if (answer.status === 409) { say(told.words, true); return "other"; }
    latest = told;
    goOn();
    history.replaceState(null, "", told.address);
    document.querySelector("[data-unsaved]")?.replaceChildren(told.words);
    say(told.words, false);
    return "";
  } catch {
    return "away";
  } finally {
    rest = Math.max(REST, 4 * (Date.now() - began));
  }
}

async function keep() {
  clearTimeout(timer);
  while (busy) await busy;
  if (!dirty || leaving) return trouble;
  dirty = false;
  busy = send();
  trouble = await busy;
  busy = null;
  if (trouble) {
    dirty = true;
    if (trouble !== "other") say(line().dataset[trouble], true);
    if (trouble === "away") timer = setTimeout(keep, 4 * rest);
  }
  return trouble;
}

document.addEventListener("input", (event) => { if (event.target.form === form()) changed(); });
// A second click on a button is none: two filings of one draft would get in each other's way.
function leave() {
  leaving = true;
  setTimeout(() => { leaving = false; }, 10000);
}

document.addEventListener("submit", async (event) => {
  if (event.target !== form()) return;
  if (passing) return leave();
  if (leaving || waiting) return event.preventDefault();
  if (!dirty && !busy) return leave();
  event.preventDefault();
  const button = event.submitter;
  waiting = true;
  const why = await keep();
  waiting = false;
  if (why === "out" || why === "away") return;
  passing = true;
  form().requestSubmit(button?.form === form() ? button : undefined);
  passing = false;
});
document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
window.addEventListener("beforeunload", (event) => {
  if (!dirty || leaving) return;
  keep();
  if (trouble || large()) event.preventDefault();
});
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "post" || !form()?.contains(event.detail.elt)) return;
  event.detail.path = form().getAttribute("action");
  event.detail.headers["X-CSRFToken"] = form().elements.csrfmiddlewaretoken.value;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (!document.getElementById("sheet-form")) return;
  goOn();
  if (event.detail.target.id === "sheet") changed();
});
