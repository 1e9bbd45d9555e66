"use strict";
// Comforts only: every page works without this file.

// A live part replaces itself by what the same address says now.
const live = document.getElementById("live");
if (live && live.dataset.live) {
  let failures = 0;
  const later = () => setTimeout(refresh, Number(live.dataset.live) * 1000);
  const stale = () => {
    if (document.getElementById("stale")) return;
    const news = document.createElement("p");
    news.id = "stale";
    news.className = "news warn";
    news.setAttribute("role", "status");
    news.textContent = live.dataset.stale;
    live.prepend(news);
  };
  const refresh = async () => {
    if (document.hidden) return later();
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (answer.redirected || answer.status === 404) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("live");
      failures = 0;
      document.title = page.title;
      document.body.className = page.body.className;
      if (fresh.innerHTML !== live.innerHTML) live.replaceChildren(...fresh.childNodes);
      if (!fresh.dataset.live) return;
    } catch {
      failures += 1;
      if (failures > 1) stale();
    }
    later();
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) failures = 0; });
  later();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
  });
}

for (const button of document.querySelectorAll("[data-add]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const rows = button.closest("fieldset, form").querySelector("[data-rows]");
    const row = rows.lastElementChild.cloneNode(true);
    for (const field of row.querySelectorAll("input")) field.value = "";
    for (const face of row.querySelectorAll(".face")) face.textContent = "＋";
    rows.append(row);
    row.querySelector("input").focus();
  });
}

for (const button of document.querySelectorAll("[data-sure]")) {
  button.addEventListener("click", (event) => {
    if (!confirm(button.dataset.sure)) event.preventDefault();
  });
}

for (const select of document.querySelectorAll("[data-submit]")) {
  select.addEventListener("change", () => select.form.submit());
  const button = select.form.querySelector("[data-noscript]");
  if (button) button.hidden = true;
}
