// The inspector's page and that of the result: a finding is kept on the phone first and sent when
// there is a line. Without this script, or where the phone keeps nothing, each form is posted as it is.
const root = document.querySelector("[data-visit]");
const words = root ? root.dataset : {};
const forms = root ? root.querySelectorAll("form[data-finding]") : [];
const signing = document.querySelector("form[data-sign]");
const STORE = "findings";
const RETRY = 10_000; // ms
let left = [], keeping = 0; // what waits on the phone, and what is just being put there
let timer, sending = false, again = false, signedOut = false;

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open("inspections", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "order", autoIncrement: true });
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
opened.catch(() => {});

async function store(mode, act) {
  const database = await opened;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

// Only one's own: another officer may use the same phone.
const waiting = async () => (await store("readonly", (s) => s.getAll()))
  .filter((one) => one.visit === words.visit && one.owner === words.owner);
const forget = (one) => store("readwrite", (s) => s.delete(one.order));

function newKey() { // crypto.randomUUID needs https, which a demo on a phone may lack
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

async function keep(form) {
  const fields = [], files = [];
  for (const [name, value] of new FormData(form)) {
    if (name === "csrfmiddlewaretoken") continue; // the page's own, when it is sent
    if (typeof value === "string") fields.push([name, value]);
    else if (value.size) files.push({ field: name, name: value.name, type: value.type, bytes: await value.arrayBuffer() });
  }
  fields.push(["noted_at", new Date().toISOString()]);
  const one = { visit: words.visit, owner: words.owner, url: form.action, label: form.dataset.label, fields, files, problem: "" };
  await store("readwrite", (s) => s.add(one));
}

// --- what is shown ---------------------------------------------------------------------------

async function show() {
  left = await waiting();
  tell();
  root.querySelector("[data-queue]").replaceChildren(...left.map((one) => {
    const line = document.createElement("li");
    const pictures = one.files.length ? ` (${one.files.length} ${words.picture})` : "";
    line.append(one.label + pictures + (one.problem ? `. ${words.refused} ${one.problem}` : ""));
    if (one.problem) {
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "btn btn-sm btn-link";
      drop.textContent = words.drop;
      drop.addEventListener("click", async () => { await forget(one); show(); });
      line.append(drop);
    }
    return line;
  }));
}

// At once, not when the phone has kept it: nobody must read "Everything is sent." meanwhile.
function tell() {
  const unsent = left.filter((one) => !one.problem).length + keeping;
  const any = left.length + keeping > 0;
  root.classList.toggle("visit-waits", any);
  if (!forms.length) root.hidden = !any;
  const state = root.querySelector("[data-state]");
  const text = signedOut ? words.signIn : unsent ? `${unsent} ${words.unsent}` : any ? words.some : words.sent;
  if (state.textContent !== text) state.textContent = text;
  if (signing) {
    const leave = signing.querySelector("[data-leave]");
    leave.hidden = !any;
    leave.querySelector("input").required = any;
  }
}

// --- what is sent ----------------------------------------------------------------------------

async function post(one) {
  const data = new FormData();
  for (const [name, value] of one.fields) data.append(name, value);
  for (const file of one.files) data.append(file.field, new Blob([file.bytes], { type: file.type }), file.name);
  data.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  return fetch(one.url, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual" });
}

async function send() {
  if (sending) { again = true; return; }
  sending = true;
  clearTimeout(timer);
  let later = false, sent = 0;
  try {
    for (const one of (await waiting()).filter((one) => !one.problem)) {
      const answer = await post(one);
      signedOut = answer.type === "opaqueredirect" || answer.status === 403;
      if (signedOut || answer.status >= 500 || answer.status === 429) { later = true; break; }
      if (answer.ok) {
        await forget(one);
        sent += 1;
      } else {
        const told = await answer.json().catch(() => ({}));
        await store("readwrite", (s) => s.put({ ...one, problem: told.detail || String(answer.status) }));
      }
      await show();
    }
  } catch { // no line
    later = true;
  }
  sending = false;
  await show();
  if (again) { again = false; send(); } else if (later) timer = setTimeout(send, RETRY);
  // The page of the result lists what was found, and may be signed only now.
  else if (sent && !forms.length && !(signing && signing.elements.conclusion.value)) location.reload();
}

function begin() {
  // A key is made when the form is sent: a page from the browser's memory must not give an old one.
  for (const form of forms) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.busy) return;
      form.dataset.busy = "1";
      form.elements.key.value = newKey();
      keeping += 1;
      tell();
      try {
        await keep(form);
      } catch { // the phone keeps nothing: as without this script
        keeping -= 1;
        form.submit();
        return;
      }
      form.reset();
      delete form.dataset.busy;
      const item = form.closest("details");
      if (item) { item.open = false; item.querySelector("summary").focus(); }
      keeping -= 1;
      await show();
      send();
    });
  }
  if (signing) signing.addEventListener("submit", askFirst);
  window.addEventListener("beforeunload", (event) => { if (keeping) event.preventDefault(); });
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  send();
}

// The browser then wants the box ticked that says: sign without what is not sent.
let asked = false;
async function askFirst(event) {
  if (asked) return;
  event.preventDefault();
  await show().catch(() => {});
  asked = true;
  signing.requestSubmit();
  asked = false;
}

// --- a reload without a line -----------------------------------------------------------------

function keepPage() {
  if (words.copy) {
    const notice = root.querySelector("[data-copy-notice]");
    const at = new Date(words.copy).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: words.zone,
    });
    notice.querySelector("[data-copy-time]").textContent = at;
    notice.hidden = false;
  }
  const worker = navigator.serviceWorker;
  if (!worker || !words.worker) return;
  if (forms.length) worker.register(words.worker, { scope: location.pathname }).catch(() => {});
  else worker.getRegistration(location.pathname).then((found) => found && found.unregister());
}

if (root) {
  keepPage();
  opened.then(begin, () => {});
}
