// A clock that a journey sets forward: `flowClock.forward(ms)`. It stays set when the page is opened again.
(() => {
  const KEY = "journey-clock";
  const real = Date.now.bind(Date);
  let offset = 0;
  try {
    offset = Number(localStorage.getItem(KEY) ?? 0);
  } catch {
    return; // A page that has no storage has no app either.
  }
  Date.now = () => real() + offset;
  globalThis.flowClock = {
    forward(ms) {
      offset += ms;
      localStorage.setItem(KEY, String(offset));
      return offset;
    },
  };
})();
