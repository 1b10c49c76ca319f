// Menus are <details>: this closes an open one on Escape, on leaving it and on a click elsewhere.
const menus = () => document.querySelectorAll("details[data-menu][open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("focusin", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Where tabs are wider than the window, the current one stands in the middle of what is seen.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const bar = tab.closest(".tabs");
  const [seen, own] = [bar.getBoundingClientRect(), tab.getBoundingClientRect()];
  bar.scrollLeft += own.left + own.width / 2 - (seen.left + seen.width / 2);
}
