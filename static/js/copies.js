// On the pages of the signed out: no copy of a page for inspectors stays on this device. Findings
// that were not sent stay: they are nowhere else, and only their own officer is shown them.
if ("caches" in window) caches.delete("visits").catch(() => {});
if (navigator.serviceWorker) {
  navigator.serviceWorker.getRegistrations().then((all) => all.forEach((one) => one.unregister()), () => {});
}
