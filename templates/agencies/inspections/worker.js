// Keeps one copy of a visit's page on the phone, for a reload where there is no line. Its scope is
// that page alone. A copy is used for HOURS, and is gone once the page can no more be noted on, its
// reader is signed out, or anybody sees the page to sign in (js/copies.js).
const COPIES = "visits";
const HOURS = 12;
const PATIENCE = 8000; // ms until a line that says nothing counts as none
const KEPT_AT = "x-kept-at";
const address = self.registration.scope;

async function keep(response) {
  const text = await response.text();
  const copies = await caches.open(COPIES);
  if (!text.includes('data-copy=""')) return copies.delete(address, { ignoreVary: true });
  const now = new Date().toISOString();
  const headers = new Headers(response.headers);
  headers.set(KEPT_AT, now);
  await copies.put(address, new Response(text.replace('data-copy=""', `data-copy="${now}"`), { headers }));
  const files = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+\.(?:css|js))"/g)].map((found) => found[1]);
  return copies.addAll(new Set(files));
}

async function copy() {
  const kept = await caches.match(address, { cacheName: COPIES, ignoreVary: true });
  if (kept && Date.now() - Date.parse(kept.headers.get(KEPT_AT)) < HOURS * 3_600_000) return kept;
  if (kept) await (await caches.open(COPIES)).delete(address, { ignoreVary: true });
  return undefined;
}

async function page(event) {
  const answer = fetch(event.request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE)).then(copy).then((kept) => kept || answer);
  try {
    const response = await Promise.race([answer, late]);
    if (response.headers.has(KEPT_AT)) return response;
    // Signed out, or no longer there: what was kept goes too. A failing server changes nothing.
    if (response.ok) event.waitUntil(keep(response.clone()));
    else if (response.status < 500) event.waitUntil(caches.open(COPIES).then((copies) => copies.delete(address, { ignoreVary: true })));
    return response;
  } catch (error) {
    const kept = await copy();
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { cacheName: COPIES, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fetch(address).then((response) => response.ok && keep(response)).catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.mode === "navigate" && origin + pathname === address) event.respondWith(page(event));
  else if (pathname.startsWith("/static/")) event.respondWith(file(request));
});
