// Runs before the page's own scripts: notes when workers are at work, and what all instances of the program hold.
// A worker is known by the lock that its first message names.
(() => {
  const memoryOf = (made) =>
    Object.values((made.instance ?? made).exports).find((held) => held instanceof WebAssembly.Memory);
  const inWorker = (memoryOf) => {
    const line = new BroadcastChannel("measured");
    const now = () => performance.timeOrigin + performance.now();
    const instantiate = WebAssembly.instantiate;
    let memory, lock, begun;
    WebAssembly.instantiate = async (...given) => {
      const made = await instantiate(...given);
      memory = memoryOf(made);
      return made;
    };
    self.addEventListener("message", ({ data }) => {
      lock ??= data.lock;
      begun = now();
    });
    const post = self.postMessage.bind(self);
    let given = 0;
    self.postMessage = (message, transfer = []) => {
      given = transfer.reduce((sum, buffer) => sum + buffer.byteLength, 0);
      post(message, transfer);
      // The program's own handler stands by now, so this one comes after it.
      if (message === "ready") {
        self.addEventListener("message", ({ data }) => {
          const taken = (data.input ?? data.bytes)?.byteLength ?? 0;
          line.postMessage({ lock, begun, ended: now(), bytes: memory.buffer.byteLength, taken, given });
          given = 0;
        });
      }
    };
  };

  const line = new BroadcastChannel("measured");
  const instances = new Map();
  let inFlight = 0;
  const watched = (globalThis.watched = {
    line,
    spans: [],
    peak: 0,
    // Milliseconds in which a worker worked, since `since`: of the clock, and of all workers together.
    work: (since) => {
      const spans = watched.spans.filter(({ begun }) => begun >= since).sort((a, b) => a.begun - b.begun);
      let [clock, together, until] = [0, 0, since];
      for (const { begun, ended } of spans) {
        together += ended - begun;
        clock += Math.max(0, ended - Math.max(begun, until));
        until = Math.max(until, ended);
      }
      return { clock, together };
    },
    now: () => performance.timeOrigin + performance.now(),
  });
  const weigh = (given) => {
    const held = [...instances.values()].reduce((sum, bytes) => sum + bytes, 0);
    watched.peak = Math.max(watched.peak, held + (watched.memory?.buffer.byteLength ?? 0) + inFlight + given);
  };
  line.onmessage = ({ data }) => {
    watched.spans.push(data);
    if (instances.has(data.lock)) instances.set(data.lock, data.bytes);
    weigh(data.given);
    inFlight -= data.taken;
  };

  for (const way of ["instantiate", "instantiateStreaming"]) {
    const plain = WebAssembly[way];
    WebAssembly[way] = async (...given) => {
      const made = await plain(...given);
      watched.memory ??= memoryOf(made);
      return made;
    };
  }
  const { postMessage, terminate } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message.lock) instances.set((this.lock = message.lock), 0);
    inFlight += (message.input ?? message.bytes)?.byteLength ?? 0;
    weigh(0);
    return postMessage.call(this, message, ...rest);
  };
  Worker.prototype.terminate = function () {
    instances.delete(this.lock);
    return terminate.call(this);
  };
  const PlainBlob = Blob;
  globalThis.Blob = class extends PlainBlob {
    // What the browser itself made is one, too.
    static [Symbol.hasInstance](thing) {
      return Function.prototype[Symbol.hasInstance].call(PlainBlob, thing);
    }
    constructor(parts = [], options = {}) {
      super(options.type === "text/javascript" ? [...parts, `\n(${inWorker})(${memoryOf});`] : parts, options);
    }
  };
})();
