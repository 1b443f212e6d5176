// Runs before the first paint: applies the theme, and keeps what a person does on the static shell
// (the sample button, a chosen or dropped file) until the app takes it over from `window.reviewlab.pending`.
// A classic script of our own: the page's policy allows no inline one.
(() => {
  "use strict";
  const root = document.documentElement;

  const stored = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const theme = stored("reviewlab.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  const base = new URL(document.baseURI).pathname;
  const page = location.pathname.slice(base.length).replace(/\/$/, "");
  const firstVisit = stored("reviewlab.returning") !== true;
  root.dataset.page = page === "" && firstVisit ? "home" : page || "returning";

  // Every request is to be seen on the page of settings; browsers remember 250.
  performance.setResourceTimingBufferSize?.(5000);

  const boot = { pending: null, mounted: false, install: null };
  window.reviewlab = boot;

  // Workers come and go; what each asked for is kept for the page of settings.
  boot.asked = [];
  const known = new Set();
  new BroadcastChannel("reviewlab-requests").onmessage = ({ data }) => {
    for (const name of data.names ?? []) {
      const key = `${data.by} ${name}`;
      if (known.has(key) || known.size >= 5000) continue;
      known.add(key);
      boot.asked.push({ by: data.by, names: [name] });
    }
  };

  // The browser offers once to install the site, maybe before the app is there to ask a person.
  const offer = (install) => {
    boot.install = install;
    dispatchEvent(new Event("reviewlab-install"));
  };
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer(event);
  });
  addEventListener("appinstalled", () => offer(null));

  const keep = (pending) => {
    boot.pending = pending;
    const sample = document.querySelector('[data-boot="sample"]');
    if (sample) sample.setAttribute("aria-busy", "true");
  };
  const listen = (type, listener) => {
    const once = (event) => {
      if (boot.mounted) document.removeEventListener(type, once);
      else listener(event);
    };
    document.addEventListener(type, once);
  };
  const within = (event, part) => event.target instanceof Element && event.target.closest(`[data-boot="${part}"]`);

  listen("click", (event) => {
    if (within(event, "sample")) keep("sample");
  });
  listen("change", (event) => {
    if (within(event, "file") && event.target.files.length > 0) keep(event.target.files[0]);
  });
  // Whatever is dropped, and wherever, the browser must not leave the page for it.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => event.preventDefault());
  listen("drop", (event) => {
    const file = event.dataTransfer && event.dataTransfer.files[0];
    if (file && within(event, "drop")) keep(file);
  });
})();
