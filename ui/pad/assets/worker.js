"use strict";
// Keeps the pad's shell (page, style, script: nothing of anybody) for a reload without the Wi-Fi.
// Calls are never touched, so nothing that was said of a guest is kept, and a tap is sent by the page
// alone. The edition is the content's: a new one replaces the old as a whole.

const EDITION = "{{edition}}";
const NAME = "yingbin-pad-" + EDITION;
const ASSETS = ["pad.css", "pad.js"].map((name) => `/pad/assets/${EDITION}/${name}`);
// A Wi-Fi that lets nothing through must not hold the page up, milliseconds.
const PATIENCE = 3000;

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(["/pad", ...ASSETS])));
});

addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name);
    await clients.claim();
    // The page that brought this worker, in the language it is read in.
    for (const page of await clients.matchAll()) {
      const address = new URL(page.url);
      if (address.pathname === "/pad") await fresh(address.pathname + address.search).catch(() => {});
    }
  };
  event.waitUntil(tidy());
});

// The page of now, kept for later if it is of this edition.
const fresh = async (address) => {
  const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(answer.status);
  const page = await answer.clone().text();
  if (page.includes(EDITION)) await (await caches.open(NAME)).put(address, answer.clone());
  return answer;
};

const page = async (address) => {
  try {
    return await fresh(address);
  } catch {
    const cache = await caches.open(NAME);
    return (await cache.match(address)) || (await cache.match("/pad")) || Response.error();
  }
};

addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname === "/pad") {
    event.respondWith(page(address.pathname + address.search));
  } else if (ASSETS.includes(address.pathname)) {
    event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
  }
});
