/**
 * The page without a network: the service worker of a build. It keeps every file of the build under the build's own name; pages
 * and files without a hash in their name come from the network while there is one, so a new build is never hidden by an old
 * one. vite.config.ts fills in VERSION and FILES and writes it beside index.html as sw.js.
 */
const VERSION = '__VERSION__';
/** @type {readonly string[]} paths from the folder of this file */
const FILES = JSON.parse('__FILES__');

const PREFIX = 'weft-';
const CACHE = PREFIX + VERSION;
/** Files whose name says what is in them. */
const HASHED = /\/assets\/[^/]+-[\w-]{8}\.\w+$/;

/** @type {any} the global scope of a service worker, whose types are not those of a page */
const worker = self;

worker.addEventListener('install', (/** @type {any} */ event) => {
  const fresh = FILES.map((file) => new Request(new URL(file, location.href), { cache: 'reload' }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

worker.addEventListener('activate', (/** @type {any} */ event) => {
  const old = (/** @type {string[]} */ names) => names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

/** The page asks for it when its visitor does. */
worker.addEventListener('message', (/** @type {any} */ event) => {
  if (event.data === 'take-over') worker.skipWaiting();
});

/** A folder is its index.html. @param {URL} url */
const kept = (url) => caches.match(url.pathname.endsWith('/') ? `${url.origin}${url.pathname}index.html` : `${url.origin}${url.pathname}`);

/** @param {Request} request @param {URL} url */
async function networkFirst(request, url) {
  try {
    return await fetch(request);
  } catch (error) {
    const response = (await kept(url)) ?? (request.mode === 'navigate' ? await kept(new URL(`${url.pathname}/`, url)) : undefined);
    if (response === undefined) throw error;
    return response;
  }
}

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  // Parts of a file are for the network: what is kept is whole.
  if (event.request.headers.has('range')) return;
  if (HASHED.test(url.pathname)) event.respondWith(kept(url).then((response) => response ?? fetch(event.request)));
  else event.respondWith(networkFirst(event.request, url));
});
