// The site's service worker: keeps this version of the site for work without a network, and answers the site's HTTP
// interface. `xtask dist` writes two things before it: `site`, with the version, each file's SHA-256, how the addresses
// of the app's pages begin and where the program lies; and `load`, which loads the program.
const scope = new URL(self.registration.scope);
const absolute = (path) => new URL(path, scope).href;
// Caches are shared by all sites of an origin; ours begin with this.
const OURS = `reviewlab ${scope.pathname} `;
const CACHE = OURS + site.version;
// Each open page holds the lock of its version (start.js).
const PAGE_LOCK = `reviewlab-page ${scope.pathname} `;
// Where the cache keeps the names of the caches that were there before it.
const BEFORE = "before";
// Below this lies the interface.
const API = "api/";
// What a host that answers the interface itself says with every answer; kept under this name where it does.
const INTERFACE = "reviewlab-interface";
// As the interface's own bound (crates/api).
const MAX_BODY_BYTES = 4194304;
const OVER_TIME = ["content-encoding", "content-length", "transfer-encoding", "vary"];

const hashOf = async (bytes) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// The file as this version has it: kept by a version before, or by the browser on the page's own visit, or anew.
const fetchWhole = async (path, hash) => {
  const sources = [
    () => caches.match(absolute(path)),
    () => fetch(absolute(path)),
    () => fetch(absolute(path), { cache: "reload" }),
  ];
  for (const source of sources) {
    const response = await source().catch(() => undefined);
    const bytes = response?.ok && (await response.arrayBuffer().catch(() => undefined));
    if (!bytes || (await hashOf(bytes)) !== hash) continue;
    const headers = new Headers(response.headers);
    OVER_TIME.forEach((name) => headers.delete(name));
    return new Response(bytes, { headers });
  }
  throw new Error(`${path} of version ${site.version} cannot be had`);
};

const keepAll = async () => {
  const before = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== CACHE);
  const cache = await caches.open(CACHE);
  try {
    for (const [path, hash] of Object.entries(site.files)) {
      if (!(await cache.match(absolute(path)))) await cache.put(absolute(path), await fetchWhole(path, hash));
    }
    const host = await fetch(absolute(""), { method: "HEAD", cache: "no-store" }).catch(() => undefined);
    if (host?.headers.has(INTERFACE)) await cache.put(absolute(INTERFACE), new Response());
    await cache.put(absolute(BEFORE), new Response(JSON.stringify(before)));
  } catch (error) {
    // Half a version is of no use, and its room is somebody else's.
    await caches.delete(CACHE);
    throw error;
  }
};

// Forgets older versions that no page shows any more.
const forgetOlder = async () => {
  const cache = await caches.open(CACHE);
  const before = await (await cache.match(absolute(BEFORE)))?.json();
  if (!before?.length || !navigator.locks) return;
  const { held } = await navigator.locks.query();
  const isShown = (name) => held.some((lock) => lock.name === PAGE_LOCK + name.slice(OURS.length));
  const left = before.filter(isShown);
  await Promise.all(before.filter((name) => !left.includes(name)).map((name) => caches.delete(name)));
  await cache.put(absolute(BEFORE), new Response(JSON.stringify(left)));
};

const kept = async (address) => (await caches.open(CACHE)).match(address);

// A file of this version; of another one that a page still shows; or something of the site that is not ours.
const file = async (request, path) => {
  const address = Object.hasOwn(site.files, path) ? absolute(path) : request.url;
  return (await kept(address)) ?? (await caches.match(request.url)) ?? fetch(request);
};

// A page of the app. Below the site may lie what is not the app's: that is asked for first.
const page = async (request, path) => {
  if (path && Object.hasOwn(site.files, path)) return file(request, path);
  const [first] = path.split("/", 1);
  const isFile = /\.[^/]*$/.test(path);
  if (isFile || !site.pages.includes(first)) {
    const answer = await fetch(request).catch(() => undefined);
    if (answer && (answer.ok || answer.type === "opaqueredirect")) return answer;
  }
  return (await kept(scope.href)) ?? fetch(request);
};

// What was lost with the site's data is fetched again.
const makeWhole = async () => {
  if (!(await kept(scope.href))) await keepAll();
  await forgetOlder();
};

// The interface, and what is due. The program is loaded when it is first asked and stays for as long as this worker lives.
let program;
const compiled = async (path) =>
  WebAssembly.compile(await ((await kept(absolute(path))) ?? (await fetch(absolute(path)))).arrayBuffer());
const started = async () => {
  const [first, later] = await Promise.all([compiled(site.wasm), site.later && compiled(site.later)]);
  self.reviewlab = { later: { add: (wasm) => new WebAssembly.Instance(later, { first: wasm }) } };
  await load({ module_or_path: first });
  return self.reviewlab;
};
const theProgram = () => {
  program ??= started();
  program.catch(() => { program = undefined; });
  return program;
};

// The body, or one byte more than the interface takes, which it refuses.
const bodyOf = async (request) => {
  const pieces = [];
  let size = 0;
  const reader = request.body?.getReader();
  while (reader && size <= MAX_BODY_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    size += value.length;
  }
  if (size > MAX_BODY_BYTES) reader.cancel().catch(() => {});
  return new Uint8Array(await new Blob(pieces).slice(0, MAX_BODY_BYTES + 1).arrayBuffer());
};

const answered = async (request, path) => {
  const asked = bodyOf(request);
  const { answer } = await theProgram();
  const { method, headers } = request;
  const body = await asked;
  const given = await answer({ method, path, type: headers.get("content-type") ?? undefined, body });
  const told = new Headers({ "content-type": given.type, "cache-control": "no-store" });
  if (given.allow) told.set("allow", given.allow);
  return new Response(method === "HEAD" ? null : given.body, { status: given.status, headers: told });
};

// A host that answers the interface itself has its own models: it is asked first, and this worker where it is away.
const answeredByHost = async (request) => {
  if (!(await kept(absolute(INTERFACE)))) return undefined;
  const answer = await fetch(request.clone()).catch(() => undefined);
  return answer?.headers.has(INTERFACE) ? answer : undefined;
};
const interfaceOf = async (request, path) => (await answeredByHost(request)) ?? answered(request, path);

const failed = (error) => {
  const problem = { type: "about:blank", title: "Not ready", status: 503, detail: `The model's program cannot be loaded: ${error}.` };
  return new Response(JSON.stringify(problem), { status: 503, headers: { "content-type": "application/problem+json" } });
};

// Where the browser wakes this worker now and then: the person is told what is due while no page is open to run it.
// Nothing is run here.
const DUE = "reviewlab-due";
const pagesOfSite = async () => {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.filter(({ url }) => url.startsWith(scope.href));
};
const tellWhatIsDue = async () => {
  if ((await pagesOfSite()).length) return;
  const body = await (await theProgram()).due();
  if (body) await self.registration.showNotification("Reviewlab", { body, tag: DUE, icon: absolute("icon-192.png") });
};
self.addEventListener("periodicsync", (event) => {
  if (event.tag === DUE) event.waitUntil(tellWhatIsDue());
});

const showFlows = async () => {
  const [page] = await pagesOfSite();
  await (page ? page.focus() : self.clients.openWindow(absolute("flows")));
};
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(showFlows());
});

self.addEventListener("install", (event) => event.waitUntil(keepAll()));

self.addEventListener("activate", (event) => event.waitUntil(forgetOlder().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== scope.origin || !pathname.startsWith(scope.pathname)) return;
  const path = pathname.slice(scope.pathname.length);
  if (path.startsWith(API)) return event.respondWith(interfaceOf(request, path.slice(API.length)).catch(failed));
  if (request.method !== "GET") return;
  if (request.mode !== "navigate") return event.respondWith(file(request, path + search));
  event.respondWith(page(request, path));
  event.waitUntil(makeWhole().catch(() => {}));
});

self.addEventListener("message", (event) => {
  if (event.data === "version") event.source.postMessage({ version: site.version });
  if (event.data === "take over") self.skipWaiting();
});

// What this worker asked the network for: told as it comes, and when the page of settings wants to know.
performance.setResourceTimingBufferSize?.(5000);
const requests = new BroadcastChannel("reviewlab-requests");
const tell = (entries) => requests.postMessage({ by: "service worker", names: entries.map(({ name }) => name) });
new PerformanceObserver((list) => tell(list.getEntries())).observe({ type: "resource", buffered: true });
requests.onmessage = ({ data }) => {
  if (data === "which?") tell(performance.getEntriesByType("resource"));
};
